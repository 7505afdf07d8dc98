// Tokens, keys and cookies of the real Better Auth package: known answers for jwk, jwt and the verifier.
//
//   node jwt-make.mjs <node_modules> > jwt-better-auth.json
//
// <node_modules> is a folder with better-auth 1.7.25 in it, loaded by path as in make.mjs. The clock is fixed; the keys
// are new at each run, are stored unsealed (disablePrivateKeyEncryption), and belong to nobody.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const now = 1_767_225_600;
const SystemDate = Date;
globalThis.Date = class extends SystemDate {
  constructor(...parts) {
    super(...(parts.length ? parts : [now * 1000]));
  }
  static now() {
    return now * 1000;
  }
};

const [modules] = process.argv.slice(2);
if (!modules) {
  console.error('usage: node jwt-make.mjs <node_modules>');
  process.exit(2);
}
const load = (path) => import(pathToFileURL(resolve(modules, 'better-auth/dist', path)));
const { betterAuth } = await load('index.mjs');
const { memoryAdapter } = await load('adapters/memory-adapter/index.mjs');
const { createEmailVerificationToken } = await load('api/index.mjs');
const { jwt } = await load('plugins/index.mjs');

const secret = 'a-secret-for-test-vectors-of-40-letters!';
const issuer = 'https://app.example';

/** A server with one person signed in. */
async function signedIn(jwtOptions, session) {
  const tables = { user: [], session: [], account: [], verification: [], jwks: [] };
  const auth = betterAuth({
    secret,
    baseURL: issuer,
    database: memoryAdapter(tables),
    telemetry: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: { enabled: true },
    session,
    plugins: [jwt(jwtOptions)],
  });
  const request = (path, init = {}) =>
    auth.handler(new Request(`${issuer}/api/auth${path}`, { ...init, headers: { origin: issuer, ...init.headers } }));
  const answer = await request('/sign-up/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery', name: 'Ada Lovelace' }),
  });
  const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0]);
  const get = async (path) => (await request(path, { headers: { cookie: cookies.join('; ') } })).json();
  const cookie = (name) => {
    const found = cookies.find((pair) => pair.startsWith(`${name}=`));
    return found && decodeURIComponent(found.slice(name.length + 1));
  };
  return { get, cookie, tables };
}

const cases = [];
for (const keyPairConfig of [
  { alg: 'EdDSA', crv: 'Ed25519' },
  { alg: 'ES256' },
  { alg: 'ES512' },
  { alg: 'RS256' },
  { alg: 'PS256' },
]) {
  const { get, tables } = await signedIn({ jwks: { keyPairConfig, disablePrivateKeyEncryption: true } });
  const { token } = await get('/token');
  const jwks = await get('/jwks');
  const [row] = tables.jwks;
  cases.push({ algorithm: keyPairConfig.alg, kid: row.id, token, jwks, privateKey: row.privateKey, publicKey: row.publicKey });
}

// What the same keys and the same secret sign for other purposes.
const cacheAsJws = await signedIn(
  { sessionCookieCache: true, jwks: { disablePrivateKeyEncryption: true } },
  { cookieCache: { enabled: true, strategy: 'jwt' } },
);
const cacheAsHs256 = await signedIn({}, { cookieCache: { enabled: true, strategy: 'jwt' } });

console.log(
  JSON.stringify(
    {
      secret,
      issuer,
      now,
      cases,
      emailVerification: await createEmailVerificationToken(secret, 'ada@example.com'),
      sessionCacheHs256: cacheAsHs256.cookie('__Secure-better-auth.session_data'),
      sessionCache: {
        token: cacheAsJws.cookie('__Secure-better-auth.session_data'),
        jwks: await cacheAsJws.get('/jwks'),
      },
    },
    null,
    1,
  ),
);
