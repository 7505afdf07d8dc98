// Access tokens for other APIs, and the keys they are checked with.

import { createLocalJWKSet, jwtVerify } from 'jose';

/** Checks a token as an API would, and records what it found. */
async function verified({ note, server }, browser, token) {
  const { json } = await browser.get('/jwks');
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(json), { issuer: server.origin, audience: server.origin });
  note('verified by its public key', { algorithm: protectedHeader.alg, subject: payload.sub });
}

async function tokenIsVerifiable(stage) {
  const ada = await stage.member();
  const { json } = await ada.get('/token');
  await verified(stage, ada, json.token);
}

export const everyday = {
  'a token for a session': tokenIsVerifiable,
  'the token beside a session': async (stage) => {
    const ada = await stage.member();
    const { headers } = await ada.get('/get-session');
    await verified(stage, ada, headers['set-auth-jwt']);
  },
  'no session, no token': async ({ browser }) => {
    await browser().get('/token');
    await browser().carry('G'.repeat(32)).get('/token');
  },
  'a revoked session gets none': async ({ member }) => {
    const ada = await member();
    const cookie = ada.jar.header();
    await ada.quietly.post('/sign-out', {});
    await ada.get('/token', { cookie });
  },
  'it says what the user is now': async ({ member }) => {
    const ada = await member();
    await ada.get('/token');
    await ada.quietly.post('/update-user', { name: 'Augusta "Ada" é 李' });
    await ada.get('/token');
    await ada.get('/get-session');
  },
  'anybody may have the keys': async ({ browser }) => {
    await browser().get('/jwks');
    await browser().post('/jwks', {});
  },
  'the key is stored sealed': async ({ browser, note, sql }) => {
    await browser().quietly.get('/jwks');
    const rows = sql('SELECT * FROM jwks');
    note('keys', rows.length);
    note('columns', Object.keys(rows[0]).filter((name) => ['id', 'publicKey', 'privateKey', 'createdAt', 'expiresAt', 'alg', 'crv'].includes(name)).sort());
    note('members of the public key', Object.keys(JSON.parse(rows[0].publicKey)));
    note('the private key is hex in a JSON string', /^"[0-9a-f]+"$/.test(rows[0].privateKey));
    note('lifetime', { alg: rows[0].alg, crv: rows[0].crv, expiresAt: rows[0].expiresAt });
  },
  'by bearer token': async ({ browser, member }) => {
    const { token } = await member();
    await browser().get('/token', { bearer: token });
  },
  'only by GET': async ({ member }) => {
    const ada = await member();
    await ada.post('/token', {});
  },
  'a session that is due slides here too': async ({ member, move }) => {
    const ada = await member();
    move(ada.token, { expires: 86_400 });
    await ada.get('/token');
  },
};

export const es256 = {
  'signed with ECDSA': tokenIsVerifiable,
};

export const rs256 = {
  'signed with RSA': tokenIsVerifiable,
};
