// Better Auth on node:http and better-sqlite3 with the jwt and bearer plugins.
//   PORT, DATABASE, SECRET, BASE_URL from the environment. Rate limit off, as for Doorward.

import http from 'node:http';
import Database from 'better-sqlite3';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { bearer, jwt } from 'better-auth/plugins';

const { PORT, DATABASE, SECRET, BASE_URL } = process.env;
const database = new Database(DATABASE);
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${process.env.SYNCHRONOUS ?? 'FULL'}`);

const options = {
  secret: SECRET,
  baseURL: BASE_URL,
  database,
  telemetry: { enabled: false },
  logger: { disabled: true },
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  plugins: [jwt(), bearer()],
};
await (await getMigrations(options)).runMigrations();
http.createServer(toNodeHandler(betterAuth(options))).listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
