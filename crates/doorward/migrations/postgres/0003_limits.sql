-- Counts that several servers share; `doorward_limit` empties itself. Unlogged: a count that a crash of Postgres loses is no loss.
CREATE UNLOGGED TABLE IF NOT EXISTS "doorward_limit" ("key" text NOT NULL PRIMARY KEY, "uses" bigint NOT NULL, "endsAt" timestamptz NOT NULL);
