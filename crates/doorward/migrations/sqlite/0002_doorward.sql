-- Doorward's own tables stand beside Better Auth's and touch none of theirs.
CREATE TABLE IF NOT EXISTS "doorward_refresh" ("digest" text NOT NULL PRIMARY KEY, "sessionId" text NOT NULL REFERENCES "session" ("id") ON DELETE CASCADE, "successor" text, "expiresAt" date NOT NULL, "familyEndsAt" date, "createdAt" date NOT NULL, "usedAt" date, "replays" integer NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "doorward_refresh_session_idx" ON "doorward_refresh" ("sessionId");
CREATE TABLE IF NOT EXISTS "doorward_revoked" ("sid" text NOT NULL PRIMARY KEY, "until" date NOT NULL) WITHOUT ROWID;
