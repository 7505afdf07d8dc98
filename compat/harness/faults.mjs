// Deliberate mistakes in the reference, to prove that the scenarios can fail.
//
// Each is small and plausible: something an honest port of the protocol could get
// wrong. teeth.mjs plays one at a time and expects the named feature to notice.
//
//   options  changes what Better Auth is configured with
//   answer   changes what it answers: (response, request) => response

/** An answer with other text in its body. */
const body = (change) => async (response) => {
  const text = await response.text();
  return new Response(text === '' ? null : change(text), { status: response.status, headers: response.headers });
};

/** An answer with other headers. */
const headers = (change) => (response) => {
  const changed = new Headers(response.headers);
  change(changed);
  return new Response(response.body, { status: response.status, headers: changed });
};

/** An answer whose Set-Cookie lines are rewritten; `undefined` leaves one out. */
const cookies = (change) => headers((list) => {
  const lines = list.getSetCookie();
  list.delete('set-cookie');
  for (const line of lines.map(change)) if (line !== undefined) list.append('set-cookie', line);
});

const status = (from, to) => (response) => (response.status === from ? new Response(response.body, { status: to, headers: response.headers }) : response);

/** Only answers at a path that contains this. */
const at = (part, change) => (response, request) => (new URL(request.url).pathname.includes(part) ? change(response, request) : response);

const merge = (changes) => (options) => {
  for (const [key, value] of Object.entries(changes)) options[key] = { ...options[key], ...value };
};

export const FAULTS = {
  'sessions live six days': { feature: 'session', options: merge({ session: { expiresIn: 6 * 86_400 } }) },
  'sessions never slide': { feature: 'session', options: merge({ session: { disableSessionRefresh: true } }) },
  'sessions slide at every read': { feature: 'session', options: merge({ session: { updateAge: 0 } }) },
  'no session is 401': { feature: 'session', answer: at('/get-session', async (response) => ((await response.clone().text()) === 'null' ? Response.json({ message: 'Unauthorized' }, { status: 401 }) : response)) },
  'dates have no milliseconds': { feature: 'session', answer: body((text) => text.replace(/\.\d{3}Z/g, 'Z')) },
  'the user comes before the session': { feature: 'session', answer: at('/get-session', body((text) => (text === 'null' ? text : JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()))))) },
  'get-session may be cached': { feature: 'session', answer: headers((list) => list.delete('cache-control')) },
  'JSON has a charset': { feature: 'session', answer: headers((list) => list.get('content-type') === 'application/json' && list.set('content-type', 'application/json; charset=utf-8')) },
  'JSON is pretty': { feature: 'session', answer: body((text) => (text.startsWith('{') ? JSON.stringify(JSON.parse(text), null, 1) : text)) },
  'an expired session keeps its cookies': { feature: 'session', answer: cookies((line) => (line.includes('Max-Age=0') ? undefined : line)) },
  'every session is fresh': { feature: 'sessions', options: merge({ session: { freshAge: 0 } }) },
  'cookies are Strict': { feature: 'sign-in', answer: cookies((line) => line.replace('SameSite=Lax', 'SameSite=Strict')) },
  'scripts can read cookies': { feature: 'sign-in', answer: cookies((line) => line.replace('; HttpOnly', '')) },
  'cookies live a second less': { feature: 'sign-in', answer: cookies((line) => line.replace('Max-Age=604800', 'Max-Age=604799')) },
  'cookie signatures are not escaped': { feature: 'sign-in', answer: cookies((line) => line.replace(/=([^;]*)/, (_, value) => `=${decodeURIComponent(value)}`)) },
  'cookies are signed with something else': { feature: 'sign-in', answer: cookies((line) => line.replace(/\.([^;]{3})/, (_, start) => `.${start === 'AAA' ? 'BBB' : 'AAA'}`)) },
  'a wrong password has another code': { feature: 'sign-in', answer: body((text) => text.replace('INVALID_EMAIL_OR_PASSWORD', 'INVALID_CREDENTIALS')) },
  'an unknown address is told': { feature: 'sign-in', answer: at('/sign-in/email', status(401, 404)) },
  'a picture that is null is left out': { feature: 'sign-in', answer: body((text) => text.replace('"image":null,', '')) },
  'one key too many': { feature: 'sign-in', answer: body((text) => text.replace('"emailVerified":', '"role":"user","emailVerified":')) },
  'a known address is 409': { feature: 'sign-up', answer: status(422, 409) },
  'seven characters are enough': { feature: 'sign-up', options: merge({ emailAndPassword: { minPasswordLength: 7 } }) },
  '129 characters are allowed': { feature: 'sign-up', options: merge({ emailAndPassword: { maxPasswordLength: 129 } }) },
  'ids are UUIDs': { feature: 'sign-up', options: merge({ advanced: { database: { generateId: 'uuid' } } }) },
  'one word of an error': { feature: 'sign-up', answer: body((text) => text.replace('"Password too short"', '"Password is too short"')) },
  'signing out says nothing': { feature: 'sign-out', answer: at('/sign-out', body(() => '{}')) },
  'signing out keeps the note not to remember': { feature: 'sign-out', answer: cookies((line) => (line.startsWith('better-auth.dont_remember=;') ? undefined : line)) },
  'an empty name is not kept': { feature: 'user', options: (options) => { options.databaseHooks = { user: { update: { before: async (user) => (user.name === '' ? false : undefined) } } }; } },
  'a changed password ends every session': { feature: 'password', answer: at('/change-password', cookies((line) => line.replace('Max-Age=604800', 'Max-Age=0'))) },
  'a reset ends every session': { feature: 'reset', options: merge({ emailAndPassword: { revokeSessionsOnPasswordReset: true } }) },
  'a reset link lives two hours': { feature: 'reset', options: merge({ emailAndPassword: { resetPasswordTokenExpiresIn: 7200 } }) },
  'a verified address signs in': { feature: 'verification', options: merge({ emailVerification: { autoSignInAfterVerification: true } }) },
  'a verification link lives a day': { feature: 'verification', options: merge({ emailVerification: { expiresIn: 86_400 } }) },
  'an address changes at once': { feature: 'change-email', options: (options) => { options.user.changeEmail.updateEmailWithoutVerification = true; } },
  'deletion needs no password': { feature: 'delete-user', answer: at('/delete-user', status(400, 200)) },
  'the last account can be unlinked': { feature: 'accounts', options: merge({ account: { accountLinking: { allowUnlinkingAll: true } } }) },
  'access tokens live an hour': { feature: 'jwt', options: merge({ jwt: { jwt: { expirationTime: '1h' } } }) },
  'access tokens say less': { feature: 'jwt', options: merge({ jwt: { jwt: { definePayload: ({ user }) => ({ email: user.email }) } } }) },
  'access tokens have another audience': { feature: 'jwt', options: merge({ jwt: { jwt: { audience: 'https://api.example.test' } } }) },
  'no token beside the session': { feature: 'jwt', options: merge({ jwt: { disableSettingJwtHeader: true } }) },
  'keys are stored in the open': { feature: 'jwt', options: (options) => { options.jwt.jwks = { ...options.jwt.jwks, disablePrivateKeyEncryption: true }; } },
  'raw bearer tokens are refused': { feature: 'bearer', options: merge({ bearer: { requireSignature: true } }) },
  'set-auth-token is missing': { feature: 'bearer', answer: headers((list) => list.delete('set-auth-token')) },
  'no Origin is looked at': { feature: 'origin', options: merge({ advanced: { disableCSRFCheck: true } }) },
  'any target is good': { feature: 'redirects', options: merge({ advanced: { disableOriginCheck: true, disableCSRFCheck: false } }) },
  'another method is 405': { feature: 'routing', answer: status(404, 405) },
  'a slash at the end is fine': { feature: 'routing', options: merge({ advanced: { skipTrailingSlashes: true } }) },
  'any media type is read': { feature: 'bodies', answer: status(415, 400) },
  'the cache lives ten minutes': { feature: 'cookie-cache', options: (options) => { options.session.cookieCache.maxAge = 600; } },
  'the cache is encrypted': { feature: 'cookie-cache', options: (options) => { options.session.cookieCache.strategy = 'jwe'; } },
  'five sign-ins in ten seconds': { feature: 'rate-limit', options: merge({ rateLimit: { customRules: { '/sign-in/*': { window: 10, max: 5 } } } }) },
  'too many requests without a hint': { feature: 'rate-limit', answer: headers((list) => list.delete('x-retry-after')) },
  'secure cookies that are not': { feature: 'https', answer: cookies((line) => line.replace('; Secure', '')) },
  'a refusal without words': { feature: 'client', answer: async (response) => (response.status >= 400 ? new Response(null, { status: response.status }) : response) },
  'accounts are linked without a verified address': { feature: 'social', options: merge({ account: { accountLinking: { requireLocalEmailVerified: false } } }) },
  'provider tokens are sealed': { feature: 'social', options: merge({ account: { encryptOAuthTokens: true } }) },
  'the state cookie stays': { feature: 'social', answer: at('/callback/', cookies((line) => (line.startsWith('better-auth.state=') ? undefined : line))) },
  'a refused sign-in loses its reason': { feature: 'social', answer: at('/callback/', headers((list) => list.has('location') && list.set('location', list.get('location').replace(/error_description=[^&]*/, '')))) },
};

/** Options with the fault in them. */
export function faultyOptions(name, options) {
  FAULTS[name]?.options?.(options);
  return options;
}

/** A handler that answers with the fault in it. */
export function faultyHandler(name, auth) {
  const change = FAULTS[name]?.answer;
  if (!change) return auth;
  return { ...auth, handler: async (request) => change(await auth.handler(request), request) };
}
