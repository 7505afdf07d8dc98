-- What happened, to whom, when and from where. Rows are only added; docs/features/events.md says what may be taken away.
CREATE TABLE IF NOT EXISTS "doorward_audit" ("id" text COLLATE "C" NOT NULL PRIMARY KEY, "createdAt" timestamptz NOT NULL, "event" text NOT NULL, "userId" text, "sessionId" text, "account" text, "ipAddress" text, "userAgent" text, "reason" text, "times" bigint NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS "doorward_audit_user_idx" ON "doorward_audit" ("userId", "id");
CREATE INDEX IF NOT EXISTS "doorward_audit_account_idx" ON "doorward_audit" ("account") WHERE "account" IS NOT NULL;
CREATE OR REPLACE FUNCTION "doorward_audit_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'doorward_audit is append-only'; END $$;
DROP TRIGGER IF EXISTS "doorward_audit_no_update" ON "doorward_audit";
CREATE TRIGGER "doorward_audit_no_update" BEFORE UPDATE ON "doorward_audit" FOR EACH ROW WHEN (NOT (ROW(NEW."id", NEW."createdAt", NEW."event", NEW."userId", NEW."sessionId", NEW."reason", NEW."times") IS NOT DISTINCT FROM ROW(OLD."id", OLD."createdAt", OLD."event", OLD."userId", OLD."sessionId", OLD."reason", OLD."times") AND NEW."account" IS NULL AND NEW."ipAddress" IS NULL AND NEW."userAgent" IS NULL)) EXECUTE FUNCTION "doorward_audit_refuse"();
DROP TRIGGER IF EXISTS "doorward_audit_no_delete" ON "doorward_audit";
CREATE TRIGGER "doorward_audit_no_delete" BEFORE DELETE ON "doorward_audit" FOR EACH ROW WHEN (OLD."createdAt" > now() - interval '1 day') EXECUTE FUNCTION "doorward_audit_refuse"();
DROP TRIGGER IF EXISTS "doorward_audit_no_truncate" ON "doorward_audit";
CREATE TRIGGER "doorward_audit_no_truncate" BEFORE TRUNCATE ON "doorward_audit" FOR EACH STATEMENT EXECUTE FUNCTION "doorward_audit_refuse"();
