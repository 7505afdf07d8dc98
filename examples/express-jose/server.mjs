// An API behind Doorward with Express and jose. The lines that matter are `claimsOf`.

import express from 'express';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const ISSUER = process.env.ISSUER ?? 'http://localhost:3000';
const AUDIENCE = process.env.AUDIENCE ?? ISSUER;
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'PS256']; // of public keys; never HS256 beside them
const FOLLOW_ENDED_SESSIONS = process.env.ENDED_SESSIONS === 'on';

const keys = createRemoteJWKSet(new URL(`${ISSUER}/api/auth/jwks`)); // kept; an unknown key: one fetch in 30 s

/** What a good token says; anything else throws one of jose's errors. */
async function claimsOf(token) {
  const { payload } = await jwtVerify(token, keys, {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ALGORITHMS,
    typ: 'JWT',
    requiredClaims: ['exp', 'iat', 'sub'],
  });
  if (FOLLOW_ENDED_SESSIONS && (await endedSessions()).has(payload.sid)) throw new errors.JWTInvalid('its session was ended');
  return payload;
}

/** Express middleware: `request.user` is the id of the person who asks. */
async function signedIn(request, response, next) {
  const [, token] = /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!token) return response.status(401).set('WWW-Authenticate', 'Bearer').json({ message: 'Send an access token' });
  try {
    request.user = (await claimsOf(token)).sub;
  } catch (error) {
    if (isOutage(error)) {
      return response.status(503).set('Retry-After', '2').json({ message: "The issuer's keys cannot be read now" });
    }
    return response.status(401).set('WWW-Authenticate', 'Bearer error="invalid_token"').json({ message: 'The token is not good' });
  }
  next();
}

/** Not a refusal: the keys could not be read. jose's own fetch says so with a TypeError or one of these codes. */
function isOutage(error) {
  return !(error instanceof errors.JOSEError) || ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC'].includes(error.code);
}

const ended = { sessions: Promise.resolve(new Set()), readAt: -Infinity };

/** The ids of ended sessions whose tokens are still alive, as the issuer publishes them; read at most every two seconds. */
function endedSessions() {
  if (performance.now() - ended.readAt > 2_000) {
    const last = ended.sessions;
    ended.readAt = performance.now();
    ended.sessions = readEndedSessions().catch(() => last); // the issuer is away: the list at hand goes on
  }
  return ended.sessions;
}

async function readEndedSessions() {
  const answer = await fetch(`${ISSUER}/api/auth/revoked`, { signal: AbortSignal.timeout(2_000) });
  const options = { issuer: ISSUER, algorithms: ALGORITHMS, typ: 'doorward-revoked+jwt', requiredClaims: ['exp', 'iat'] };
  const { payload } = await jwtVerify(await answer.text(), keys, options);
  return new Set(payload.sids.map(([session]) => session));
}

const app = express();
app.get('/', (request, response) => response.send('GET /me with a bearer token\n'));
app.get('/me', signedIn, (request, response) => response.json({ id: request.user }));

const [host, port] = (process.env.LISTEN ?? '127.0.0.1:8080').split(':');
const server = app.listen(Number(port), host, () => console.log(`listening on http://${host}:${server.address().port}`));
