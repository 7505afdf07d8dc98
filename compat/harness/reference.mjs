// The real Better Auth on a real SQLite file, started by the same environment
// variables as Doorward (contract.mjs).
//
//   node reference.mjs [PACKAGE]     PACKAGE is a folder in node_modules: better-auth,
//                                    better-auth-1-4, better-auth-1-6, better-auth-1-7-2
//
// REFERENCE_FAULT=name makes it misbehave on purpose (faults.mjs). It proves that
// the scenarios notice, and is never set for the reference side.

import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { faultyHandler, faultyOptions } from './faults.mjs';

const name = process.argv[2] ?? 'better-auth';
const { betterAuth } = await import(name);
const { toNodeHandler } = await import(`${name}/node`);
const { bearer, genericOAuth, jwt } = await import(`${name}/plugins`);
// 1.4 keeps migrations under another name.
const { getMigrations } = await import(`${name}/db/migration`).catch(() => import(`${name}/db`));

const { env } = process;
const on = (variable) => env[variable] === 'on';
const list = (variable) => (env[variable] ?? '').split(/[ ,]+/).filter(Boolean);

const mailFolder = env.DOORWARD_MAIL?.replace(/^file:/, '');
let mails = 0;
/** A mailer for one purpose, or undefined when no mailer is configured. */
function mailer(subject, { enabled = true } = {}) {
  if (!mailFolder || !enabled) return undefined;
  return async ({ user, url }) => {
    mails += 1;
    const file = path.join(mailFolder, `${Date.now()}-${String(mails).padStart(6, '0')}`);
    fs.writeFileSync(`${file}.part`, `To: ${user.email}\r\nSubject: ${subject}\r\n\r\n${url}\r\n`);
    fs.renameSync(`${file}.part`, `${file}.eml`);
  };
}

const socialProviders = {};
const providers = [];
for (const id of list('DOORWARD_OAUTH_PROVIDERS')) {
  const setting = (suffix) => env[`DOORWARD_OAUTH_${id.toUpperCase()}_${suffix}`];
  const credentials = { clientId: setting('CLIENT_ID'), clientSecret: setting('CLIENT_SECRET') };
  if (id === 'github' || id === 'google') {
    socialProviders[id] = credentials;
    continue;
  }
  providers.push({
    providerId: id,
    ...credentials,
    discoveryUrl: setting('DISCOVERY_URL'),
    authorizationUrl: setting('AUTHORIZATION_URL'),
    tokenUrl: setting('TOKEN_URL'),
    userInfoUrl: setting('USERINFO_URL'),
    scopes: list(`DOORWARD_OAUTH_${id.toUpperCase()}_SCOPES`),
    pkce: setting('PKCE') !== 'off',
  });
}

const database = new Database(env.DATABASE_URL.replace(/^sqlite:\/\//, ''), { timeout: 5_000 });
const algorithm = env.DOORWARD_JWT_ALG ?? 'EdDSA';
const options = faultyOptions(env.REFERENCE_FAULT, {
  // With BETTER_AUTH_SECRETS the list is read from the environment, and this is the legacy secret.
  secret: env.BETTER_AUTH_SECRET,
  baseURL: env.BETTER_AUTH_URL,
  database,
  telemetry: { enabled: false },
  logger: { disabled: !env.REFERENCE_LOG },
  emailAndPassword: {
    enabled: true,
    requireEmailVerification: on('DOORWARD_REQUIRE_EMAIL_VERIFICATION'),
    sendResetPassword: mailer('Reset your password'),
  },
  emailVerification: { sendVerificationEmail: mailer('Verify your address') },
  user: {
    changeEmail: {
      enabled: on('DOORWARD_CHANGE_EMAIL'),
      sendChangeEmailConfirmation: mailer('Confirm your new address', { enabled: on('DOORWARD_CHANGE_EMAIL_CONFIRM') }),
    },
    deleteUser: {
      enabled: on('DOORWARD_DELETE_USER'),
      sendDeleteAccountVerification: mailer('Delete your account', { enabled: on('DOORWARD_DELETE_USER_MAIL') }),
    },
  },
  session: { cookieCache: { enabled: on('DOORWARD_COOKIE_CACHE') } },
  rateLimit: { enabled: on('DOORWARD_RATE_LIMIT') },
  socialProviders,
  jwt: { jwks: { keyPairConfig: { alg: algorithm } } },
  plugins: providers.length > 0 ? [genericOAuth({ config: providers })] : [],
});
const { jwt: jwtOptions, bearer: bearerOptions, ...rest } = options;
rest.plugins = [jwt(jwtOptions), bearer(bearerOptions), ...rest.plugins];

await (await getMigrations(rest)).runMigrations();
const handle = toNodeHandler(faultyHandler(env.REFERENCE_FAULT, betterAuth(rest)));

const server = http.createServer((request, response) => {
  // toNodeHandler rejects when it cannot answer at all; a client should not hang then.
  handle(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
const [host, port] = env.DOORWARD_LISTEN.split(':');
server.listen(Number(port), host);

process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => {
    database.close();
    process.exit(0);
  });
});
