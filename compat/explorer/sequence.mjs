// Random stories: sequences of requests, most of them almost right.
//
// A sequence is plain data, made from a seed alone, so the same seed tells the same
// story to both servers, and steps can be left out one by one to find the smallest
// story that still differs. What only a server knows (tokens, its origin) is written
// as `$NAME` and filled in when the sequence is played.

/** A small seeded generator (mulberry32): good enough to choose, and the same everywhere. */
export function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  const pick = (list) => list[below(list.length)];
  return { pick, below, chance: (probability) => next() < probability };
}

const EMAILS = ['$EMAIL', '$EMAIL', '$BOB', '$UPPER', ' $EMAIL', '$EMAIL ', 'nobody@example.com', 'a', '', 'a@b', 'a@b.c', 'a@b.co', 'a b@example.com', '.a@example.com', 'a.@example.com', 'a..b@example.com', 'a+b@example.com', "o'neil@example.com",
  '"a b"@example.com', 'a@example..com', 'a@-example.com', 'a@example-.com', 'a@exam_ple.com', 'ä@example.com', 'a@exämple.com', 'a@[127.0.0.1]', 'a@127.0.0.1', 'a@example.com.', '@example.com', 'a@', 'a@b@example.com', 'a@example.c0m', 'a@xn--bcher-kva.example', 'a&b@example.com', 'a!b@example.com', 'a/b@example.com', 'a%40b@example.com', '-a@example.com', '_a@example.com', 'a-@example.com', "'a@example.com", 'a@EXAMPLE.COM'];
const PASSWORDS = ['$PASSWORD', '$PASSWORD', '$PASSWORD', 'wrong password', '', 'short', '1234567', '12345678', 'пароль-пароль', '🦊🦊🦊🦊', 'x'.repeat(128), 'x'.repeat(129), '        '];
const TARGETS = ['/', '/home', 'home', '', '//evil.example', '/\\evil.example', '$ORIGIN/home', 'https://app.example.test/a?b=c', 'https://evil.example/', 'https://x.branch.example.test/', 'doorwardapp://open', 'javascript:alert(1)', '/a?b=c&d=e', '/a#f', '/a b', '/%2f%2fevil', '/a%20b', '/a,b', '/a;b', '/a:b', '/a@b', '/a+b', '/a?x=/y', '/a?x=https://evil.example', '?a=b', '#x', '/ä', '/a?b=%2F', '/a%', '/_x-y.z', '/a//b', "/a'b", '/a=b', '/a&b', '/a!', '/a*', '/~a', '/a?b[]=1', '/a|b'];
const NAMES = ['Ada', '', ' ', ' Ada ', 'Ädä 🦊', 'A'.repeat(300), '<b>x</b>', '"', 'a\\b'];
const IMAGES = ['https://example.com/a.png', '', 'x', null, 'data:image/png;base64,AAAA'];
const FLAGS = [true, false, null, 'true', 'false', 'on', 1, 0, ''];
const TOKENS = ['$TOKEN', '$TOKEN2', '$BOBTOKEN', 'x', '', '$SIGNED', 'B'.repeat(32)];
const PROVIDERS = ['credential', 'google', 'github', 'local', 'nothing', '', 'Credential'];
const MAILTOKENS = ['', 'x', 'a.b.c', 'eyJhbGciOiJIUzI1NiJ9.e30.x', '$TOKEN', 'A'.repeat(24)];
const ODD = [null, 5, 0, true, [], {}, ['x'], { a: 1 }, '', ' ', 'x', -1, 1.5, 1e21, 'ü', [null], '\u0000'.slice(1)];

const email = { email: EMAILS };
const callbackURL = { callbackURL: TARGETS };

/** Every route: its method, its fields (`?` before the name: often left out), and whether they go in the query. */
export const ROUTES = [
  ['GET', '/ok', {}], ['GET', '/error', { '?error': ['x', 'access_denied', '<b>', 'a b', "it's", '', 'please_restart_the_process'], '?error_description': ['words', '<i>', 'a&b', "d'oh", 'a+b'] }, true],
  ['POST', '/sign-up/email', { name: NAMES, email: EMAILS, password: PASSWORDS, '?image': IMAGES, '?callbackURL': TARGETS, '?rememberMe': FLAGS }],
  ['POST', '/sign-in/email', { email: EMAILS, password: PASSWORDS, '?callbackURL': TARGETS, '?rememberMe': FLAGS }],
  ['POST', '/sign-out', {}], ['GET', '/get-session', { '?disableRefresh': FLAGS, '?disableCookieCache': FLAGS }, true], ['POST', '/get-session', {}],
  ['POST', '/update-session', { '?x': ODD, '?token': TOKENS, '?expiresAt': ODD, '?ipAddress': ODD, '?userAgent': ODD }],
  ['GET', '/list-sessions', {}, true], ['POST', '/revoke-session', { token: TOKENS }], ['POST', '/revoke-sessions', {}], ['POST', '/revoke-other-sessions', {}],
  ['POST', '/update-user', { '?name': NAMES, '?image': IMAGES, '?email': EMAILS, '?emailVerified': FLAGS, '?id': ODD, '?createdAt': ODD, '?role': ODD }],
  ['POST', '/change-password', { newPassword: PASSWORDS, currentPassword: PASSWORDS, '?revokeOtherSessions': FLAGS }],
  ['POST', '/set-password', { newPassword: PASSWORDS }], ['POST', '/verify-password', { password: PASSWORDS }],
  ['POST', '/delete-user', { '?password': PASSWORDS, '?token': MAILTOKENS, '?callbackURL': TARGETS }], ['GET', '/delete-user/callback', { token: MAILTOKENS, '?callbackURL': TARGETS }, true],
  ['POST', '/change-email', { newEmail: EMAILS, '?callbackURL': TARGETS }],
  ['POST', '/request-password-reset', { ...email, '?redirectTo': TARGETS }], ['GET', '/reset-password/xyz', callbackURL, true], ['GET', '/reset-password/', callbackURL, true],
  ['POST', '/reset-password', { newPassword: PASSWORDS, '?token': MAILTOKENS }], ['POST', '/reset-password?token=x', { newPassword: PASSWORDS, '?token': MAILTOKENS }],
  ['POST', '/send-verification-email', { ...email, '?callbackURL': TARGETS }], ['GET', '/verify-email', { token: MAILTOKENS, '?callbackURL': TARGETS }, true],
  ['GET', '/list-accounts', {}, true], ['POST', '/unlink-account', { providerId: PROVIDERS, '?accountId': ['x', '', '$USERID'] }],
  ['POST', '/sign-in/social', { provider: PROVIDERS, '?callbackURL': TARGETS, '?errorCallbackURL': TARGETS, '?newUserCallbackURL': TARGETS, '?disableRedirect': FLAGS, '?scopes': [['a'], [], ['a', 'b'], 'a'], '?requestSignUp': FLAGS, '?loginHint': ['a@b.co', ''], '?idToken': [{ token: 'x' }, {}, 'x', { token: 'a.b.c', nonce: 'n' }] }],
  ['POST', '/link-social', { provider: PROVIDERS, '?callbackURL': TARGETS, '?scopes': [['a'], 'a'], '?disableRedirect': FLAGS, '?errorCallbackURL': TARGETS, '?idToken': [{ token: 'x' }, {}, 'x'] }],
  ['GET', '/callback/github', { '?code': ['x', ''], '?state': ['x', '', 'A'.repeat(32)], '?error': ['access_denied', ''], '?error_description': ['words'] }, true],
  ['GET', '/callback/nothing', { '?code': ['x'], '?state': ['x'] }, true], ['POST', '/callback/github', { '?code': ['x'], '?state': ['x', 'a b'], '?error': ['e'], '?user': ['{}'] }],
  ['POST', '/get-access-token', { providerId: PROVIDERS, '?accountId': ['x', ''], '?userId': ['$USERID', 'x', ''] }], ['POST', '/refresh-token', { providerId: PROVIDERS, '?accountId': ['x'], '?userId': ['$USERID', 'x'] }],
  ['GET', '/account-info', { '?accountId': ['x', '', '$USERID'], '?providerId': PROVIDERS, '?userId': ['$USERID'] }, true],
  ['GET', '/token', {}, true], ['GET', '/jwks', {}, true],
];

const TYPES = ['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'APPLICATION/JSON', 'text/plain', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', 'application/problem+json', '', 'application/json, text/plain', ' application/json', 'multipart/form-data', 'application/*', 'application/json;', false];
const BODIES = ['', '{}', 'null', '[]', '{', '""', '0', '{"a":1}', ' ', '{"email":"a@b.co","email":5}', '[{}]', '\ufeff{}', 'a=b', '{"a":NaN}', 'true'];
const ORIGINS = ['$ORIGIN?', '$ORIGIN#', '$ORIGIN.evil.example', 'https://APP.example.test', 'https://app.example.test:443', 'https://app.example.test.', 'https://x.y.branch.example.test', 'https://branch.example.test', 'http://x.branch.example.test', false, 'null', '', '$ORIGIN', '$ORIGIN/', 'https://evil.example', 'https://app.example.test', 'https://x.branch.example.test', 'https://x.branch.example.test:8443', 'doorwardapp://', 'doorwardapp://x', 'about:blank', 'https://app.example.test, https://evil.example', 'HTTP://127.0.0.1'];
const COOKIES = ['$COOKIE=$SIGNED', '$COOKIE=$PLAIN', '$COOKIE="$SIGNED"', '$COOKIE="$PLAIN"', 'a=b; $COOKIE=$SIGNED', 'a=b;$COOKIE=$SIGNED', '  $COOKIE=$SIGNED  ', '$COOKIE =$SIGNED', '$COOKIE= $SIGNED', ';$COOKIE=$SIGNED', '$COOKIE=$SIGNED;', '$COOKIE=$SIGNED; $COOKIE=x', '$COOKIE=x; $COOKIE=$SIGNED', 'x', '=', '=x', ';', 'a=b; c', '$COOKIE', '$COOKIE=', '$COOKIE=$TOKEN', '__Secure-$COOKIE=$SIGNED', '__Host-$COOKIE=$SIGNED', 'a=$SIGNED', '$COOKIE=$SIGNED,a=b',
  '$COOKIE=$SIGNED; better-auth.dont_remember=true', '$COOKIE=$SIGNED; better-auth.dont_remember=$REMEMBERED', '$COOKIE=$SIGNED; better-auth.session_data=x', '$COOKIE=$BOBSIGNED', '$COOKIE=$FORGED', '$COOKIE=%22$SIGNED%22', '$COOKIE=$SIGNED%20', 'ä=b; $COOKIE=$SIGNED', 'a b=c; $COOKIE=$SIGNED', 'a="b;c"; $COOKIE=$SIGNED', '$COOKIE=$SIGNED; better-auth.session_token=$BOBSIGNED', '$COOKIE=$BOBSIGNED; $COOKIE=$SIGNED', '$COOKIE=$SIGNED; better-auth.session_data.0=x; better-auth.session_data.1=y', '$COOKIE=$SIGNED; better-auth.dont_remember=', '$COOKIE=$SIGNED; better-auth.state=x', 'better-auth.session_data=x', '$COOKIE=\'$SIGNED\'', '$COOKIE=$SIGNED==', '$COOKIE=.$SIGNED', '__proto__=x; $COOKIE=$SIGNED', '$COOKIE=%', '$COOKIE=%E0%A4%A; a=b', false];
const BEARERS = ['Bearer $TOKEN', 'Bearer $SIGNED', 'Bearer $PLAIN', 'bearer $TOKEN', 'BEARER $TOKEN', 'Bearer  $TOKEN', 'Bearer\t$TOKEN', ' Bearer $TOKEN', 'Bearer $TOKEN ', 'Bearer', 'Bearer ', 'Bearer x', 'Bearer $FORGED', 'Bearer "$TOKEN"', 'Basic $TOKEN', '$TOKEN', 'Bearer $TOKEN, Bearer x', 'Bearer $BOBTOKEN', 'Bearer $TOKEN x', 'Bearer a.b', 'Bearer a.b.c', 'Bearer %', 'Bearer $SIGNED%', 'Bearer .', 'Bearer $TOKEN.'];
const HEADERS = [{ accept: 'text/html' }, { accept: 'application/json' }, { accept: '*/*' }, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, { 'sec-fetch-mode': 'cors' }, { referer: '$ORIGIN/a' }, { referer: 'https://evil.example/' }, { referer: '$ORIGIN' }, { referer: '$ORIGIN.evil.example/' }, { referer: 'https://x@evil.example/' }, { referer: '' }, { referer: 'about:client' }, { 'content-encoding': 'identity' }, { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }, { 'accept-language': 'de' }, { 'x-requested-with': 'XMLHttpRequest' }, { 'x-forwarded-for': '1.2.3.4, 5.6.7.8' }, { 'x-forwarded-for': 'nonsense' }, { 'x-forwarded-for': '2001:db8::1' }, { 'x-forwarded-for': '::ffff:1.2.3.4' }, { 'user-agent': '' }, { 'x-http-method-override': 'DELETE' }, { 'x-skip-oauth-proxy': '1' }];
const MOVES = [{ expires: -1 }, { expires: 60 }, { expires: 6 * 86_400 - 300 }, { expires: 3 * 86_400 }, { created: -2 * 86_400 }, { created: -86_400 + 600, expires: 86_400 }];
const CHANGES = ['DELETE FROM session WHERE userId = ?', 'DELETE FROM account WHERE userId = ?', 'UPDATE user SET emailVerified = 1 WHERE id = ?', 'UPDATE account SET password = NULL WHERE userId = ?', "UPDATE account SET providerId = 'github', accountId = 'x' WHERE userId = ?",
  "UPDATE verification SET expiresAt = '2020-01-01T00:00:00.000Z' WHERE ? <> ''", "DELETE FROM verification WHERE ? <> ''", 'UPDATE user SET emailVerified = 0 WHERE id = ?', 'DELETE FROM user WHERE id = ?', "UPDATE session SET expiresAt = '2020-01-01T00:00:00.000Z' WHERE userId = ?"];
const SPOILED = [{}, {}, {}, { state: 'x' }, { state: null }, { state: '' }, { code: 'x' }, { code: null }, { code: '' }, { error: 'access_denied' }, { error: 'server_error', code: null }, { iss: 'https://evil.example' }, { iss: null }, { again: 'state' }, { again: 'code' }, { state: null, error: 'e', error_description: 'words' }];
const EXTRAS = [{}, {}, { newUserCallbackURL: '/new' }, { errorCallbackURL: '/oops?x=/y&error=old' }, { callbackURL: '/home?a=/b&error=c' }, { requestSignUp: true }, { callbackURL: undefined }, { rememberMe: false }];

/** One sequence for a seed: a beginning and up to five steps. */
export function sequence(seed) {
  const random = generator(seed);
  const { chance, below, pick } = random;
  const setup = { rememberMe: pick([undefined, undefined, false, true]), signedOut: chance(0.15) };
  return { setup, steps: Array.from({ length: 2 + below(5) }, () => step(random, chance)) };
}

function step(random, chance) {
  const { pick } = random;
  if (chance(0.06)) return { kind: 'move', times: pick(MOVES) };
  if (chance(0.04)) return { kind: 'sql', statement: pick(CHANGES) };
  if (chance(0.12)) return { kind: 'mail', to: pick(['$EMAIL', '$EMAIL', 'a+b@example.com', '$BOB']), spoil: pick(['', '', '', 'x', '&callbackURL=%2F%2Fevil', '&x=y']) };
  if (chance(0.04)) return { kind: 'again' };
  if (chance(0.06)) return { kind: 'visit', provider: pick(['local', 'plain']), login: pick(['$EMAIL', '$BOB', 'new.$EMAIL', 'deny.$EMAIL']), changes: pick(SPOILED), extra: pick(EXTRAS) };
  return { ...request(random), ...(chance(0.15) ? { by: pick(['other', 'bob']) } : {}) };
}

function request({ pick, chance }) {
  const [method, route, fields, inQuery = false] = pick(ROUTES);
  const values = {};
  for (const [field, choices] of Object.entries(fields)) {
    const name = field.replace('?', '');
    if (chance(name === field ? 0.08 : 0.5)) continue;
    values[name] = chance(0.12) ? pick(ODD) : chance(name === field ? 0.55 : 0) ? choices[0] : pick(choices);
  }
  if (chance(0.06)) values[pick(['extra', '__proto__', 'constructor', 'id', 'fetchOptions'])] = pick(ODD);
  const made = { kind: 'request', method, path: route };
  const query = inQuery ? queryOf(values, { pick, chance }) : chance(0.05) ? pick(['?', '?a=b', '?a=b&a=c', '?%', '?disableRefresh=true', '?disableCookieCache=true']) : '';
  made.path += query;
  if (chance(0.03)) made.method = pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']);
  if (chance(0.02)) made.path = pick([`${route}/`, `/${route}`, route.toUpperCase(), `${route}/x`, `${route}%2f`, `${route}.json`, route.replace('/', '/%20')]);
  if (!inQuery && made.method !== 'GET') {
    if (chance(0.07)) made.body = pick(BODIES);
    else made.body = JSON.stringify(values);
    made.type = chance(0.1) ? pick(TYPES) : 'application/json';
    if (made.body === '' || chance(0.03)) delete made.body;
  }
  if (chance(0.15)) made.origin = pick(ORIGINS);
  if (chance(0.15)) made.cookie = pick(COOKIES);
  if (chance(0.12)) {
    made.authorization = pick(BEARERS);
    if (chance(0.7)) { made.cookie = false; made.origin ??= false; }
  }
  if (chance(0.15)) made.headers = pick(HEADERS);
  return made;
}

function queryOf(values, { pick, chance }) {
  const parts = Object.entries(values).map(([name, value]) => {
    const text = value === null || typeof value === 'object' ? JSON.stringify(value) : String(value);
    const written = chance(0.8) ? encodeURIComponent(text) : text.replace(/[ #\u0080-\uffff]/g, encodeURIComponent);
    return `${name}=${written.replaceAll('%24', '$')}`;
  });
  if (parts.length > 0 && chance(0.08)) parts.push(chance(0.5) ? parts[0] : parts[0].replace(/=.*/, pick(['=', '', '=x', '[]=x'])));
  if (chance(0.05)) parts.push(pick(['x=y', '', '&', '=', 'a[b]=c', '__proto__=x']));
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}
