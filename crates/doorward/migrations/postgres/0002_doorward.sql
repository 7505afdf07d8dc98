-- Doorward's own tables stand beside Better Auth's and touch none of theirs.
CREATE TABLE IF NOT EXISTS "doorward_refresh" ("digest" text NOT NULL PRIMARY KEY, "sessionId" text NOT NULL REFERENCES "session" ("id") ON DELETE CASCADE, "successor" text, "expiresAt" timestamptz NOT NULL, "familyEndsAt" timestamptz, "createdAt" timestamptz NOT NULL, "usedAt" timestamptz, "replays" integer NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS "doorward_refresh_session_idx" ON "doorward_refresh" ("sessionId");
CREATE TABLE IF NOT EXISTS "doorward_revoked" ("sid" text NOT NULL PRIMARY KEY, "until" timestamptz NOT NULL);
