-- Counts that several servers share; `doorward_limit` empties itself.
CREATE TABLE IF NOT EXISTS "doorward_limit" ("key" text NOT NULL PRIMARY KEY, "uses" integer NOT NULL, "endsAt" date NOT NULL) WITHOUT ROWID;
