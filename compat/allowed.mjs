// Every difference between Better Auth and Doorward that is tolerated, one row per
// scenario. The reasons are told in docs/differences.md; `why` names the row there.
//
// A row lists patterns of the lines that may differ: `betterAuth` for lines only Better
// Auth's transcript has, `doorward` for lines only Doorward's has; `anyOrder` says that
// lines of one answer may also change places. Every differing line must match, and every
// pattern must match a line: a difference that is gone fails the run, so the list cannot
// outlive its reasons. What Doorward says on top everywhere is in harness/additions.mjs.

/** With the cookie cache Better Auth prints what it kept in the cookie; Doorward prints the row. */
const FROM_THE_ROW = {
  why: 'With the cookie cache on: the session row is read every time, so keys keep the order of the row',
  anyOrder: true,
};

/** The answer to somebody whose session is gone. */
const CLEARED = [
  / {2}status 401 Unauthorized/,
  / {2}cookie better-auth\.(session_token|session_data|dont_remember): empty; httponly; max-age=0/,
  / {2}body\.message: "Unauthorized"/,
  / {2}body\.code: "UNAUTHORIZED"/,
];

export const ALLOWED = {
  'bearer / a session not to be remembered': {
    why: 'rememberMe: false used by bearer token alone turns into a seven-day session',
    betterAuth: [/cookie better-auth\.session_token: signed .*max-age=604800/, /access-control-expose-headers: set-auth-jwt, set-auth-token/, /header set-auth-token/, /body\.session\.expiresAt: "<date now\+7d>"/],
    doorward: [/access-control-expose-headers: set-auth-jwt$/, /body\.session\.expiresAt: "<date now\+1[dh]>"/],
  },
  'bodies / a body of seventy thousand bytes': {
    why: 'Any request body is read, whatever its size',
    betterAuth: [/status 200 OK/, /body\.status: true/, /body\.message: "If this email exists/],
    doorward: [/status 413 Payload Too Large/, /body\.message: "The request body is larger than 64 KiB"/, /body\.code: "PAYLOAD_TOO_LARGE"/],
  },
  'cookie-cache / it is read, in its own order of keys': FROM_THE_ROW,
  'cookie-cache / it can be left aside': FROM_THE_ROW,
  'cookie-cache / a change of the profile renews it': FROM_THE_ROW,
  'cookie-cache / not to be remembered, it lives as long as the browser': FROM_THE_ROW,
  'cookie-cache / a revoked session': {
    why: 'With the cookie cache on, a revoked session reads, writes and mints JWTs for up to five minutes',
    betterAuth: [/./],
    doorward: [...CLEARED, /body: null/],
  },
  'cookie-cache / a slide on a guarded route': {
    why: 'A slide on a guarded route with the cookie cache on loses the session cookie',
    doorward: [/cookie better-auth\.session_token: signed .*max-age=604800/, /access-control-expose-headers: set-auth-token/, /header set-auth-token: signed/],
  },
  'redirects / good targets after signing in': {
    why: 'One redirect check compares one text and sends another',
    betterAuth: [/header location: \/a\/\.\.\/b/, /body\.url: "\/a\/\.\.\/b"/],
    doorward: [/header location: \/b/, /body\.url: "\/b"/],
  },
  'redirects / a target beyond Latin-1, after a good link': {
    why: '`callbackURL` with characters outside Latin-1 is 500',
    betterAuth: [/status 500 Internal Server Error/],
    doorward: [/status 302 Found/, /header content-type: application\/json/, /header location: \/%D0%BF%D1%80%D0%B8%D1%91%D0%BC$/],
  },
  'reset / each request has a token of its own': {
    why: 'After a password reset, older reset links still work',
    betterAuth: [/status 200 OK/, /body\.status: true/],
    doorward: [/status 400 Bad Request/, /body\.message: "Invalid token"/, /body\.code: "INVALID_TOKEN"/],
  },
  'routing / paths that are almost right': {
    why: "Doorward's own pages stand beside the routes (additions)",
    betterAuth: [/status 404 Not Found/, /body: empty/],
    doorward: [/status 200 OK/, /header content-type: text\/html; charset=utf-8/, /body: a page/],
  },
  'session / no address, no browser name': {
    why: 'Any single-valued X-Forwarded-For is believed; otherwise the address is the peer’s',
    betterAuth: [/body\.session\.ipAddress: ""/],
    doorward: [/body\.session\.ipAddress: "127\.0\.0\.1"/],
  },
  'session / where it was opened from is kept': {
    why: 'Header text is read as UTF-8; Node reads it as Latin-1, which garbles the browser’s name',
    betterAuth: [/body\.session\.userAgent: "Browser\/1\.0 \(MÃ¶bius/],
    doorward: [/body\.session\.userAgent: "Browser\/1\.0 \(Möbius/],
  },
  'user / no name is a mistake': {
    why: 'POST /update-user {"name": null} is 500',
    betterAuth: [/status 500 Internal Server Error/, /body: empty/],
    doorward: [/status 400 Bad Request/, /header content-type: application\/json/, /body\.message: "\[body\.name\] Invalid input: expected string, received null"/, /body\.code: "VALIDATION_ERROR"/],
  },
};
