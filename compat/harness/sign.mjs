// Signs anything with a server's own stored key, to see what others make of it:
// an expired token, one for another audience, one without `exp`.
//
//   DATABASE_URL=sqlite://… BETTER_AUTH_SECRET=… node sign.mjs <<<'[{"header":{…},"claims":{…}}]'
//
// Prints the tokens as a JSON array. The key is opened with Better Auth's own code,
// whoever wrote it.

import { symmetricDecrypt } from 'better-auth/crypto';
import Database from 'better-sqlite3';
import { CompactSign, importJWK } from 'jose';

const database = new Database(process.env.DATABASE_URL.replace(/^sqlite:\/\//, ''), { readonly: true, timeout: 5_000 });
const row = database.prepare('SELECT id, alg, "privateKey" FROM jwks ORDER BY "createdAt" DESC LIMIT 1').get();
const jwk = JSON.parse(await symmetricDecrypt({ key: process.env.BETTER_AUTH_SECRET, data: JSON.parse(row.privateKey) }));
const alg = row.alg ?? 'EdDSA';
const key = await importJWK(jwk, alg);

let wanted = '';
for await (const chunk of process.stdin) wanted += chunk;
const tokens = JSON.parse(wanted).map(({ header, claims }) =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg, kid: row.id, typ: 'JWT', ...header }).sign(key),
);
console.log(JSON.stringify(await Promise.all(tokens)));
