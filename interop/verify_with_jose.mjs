// Asks npm's `jose` whether tokens are good, as its own documentation says to ask: key,
// algorithm, issuer and audience, and the defaults for the rest. test_matrix.py makes a
// table of the answers.
//
// In: {"algorithm", "issuer", "audience", "jwks" | "secret", "tokens": […]}.
// Out: for each token null, or why not.

import { createRequire } from 'node:module';

// The version that the example beside this folder takes.
const example = createRequire(new URL('../examples/express-jose/package.json', import.meta.url));
const { createLocalJWKSet, jwtVerify } = await import(example.resolve('jose'));

let question = '';
for await (const chunk of process.stdin) question += chunk;
const { algorithm, issuer, audience, jwks, secret, tokens } = JSON.parse(question);
const key = secret ? new TextEncoder().encode(secret) : createLocalJWKSet(jwks);
const ask = (token) => jwtVerify(token, key, { algorithms: [algorithm], issuer, audience });
console.log(JSON.stringify(await Promise.all(tokens.map((token) => ask(token).then(() => null, (error) => error.message)))));
