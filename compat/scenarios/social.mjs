// Signing in with somebody else's account, against a real OpenID Connect provider.

import { PASSWORD } from '../harness/stage.mjs';

/** Starts at `path`, goes through the provider's pages as `login`, and returns the link back to the server. */
async function visitProvider(stage, browser, { path = '/sign-in/social', provider = 'local', login = stage.email(), claims = {}, ...body } = {}) {
  stage.provider.person(login, { email: login, ...claims });
  const { json } = await browser.post(path, { provider, loginHint: login, callbackURL: '/home', ...body });
  return stage.provider.authorize(json.url);
}

/** Somebody who signed in through the provider; nothing of it is recorded. */
async function socialMember(stage, options) {
  const browser = stage.browser();
  await browser.quietly.follow(await visitProvider(stage, browser.quietly, options));
  const { json } = await browser.quietly.get('/get-session');
  const accounts = (await browser.quietly.get('/list-accounts')).json;
  return Object.assign(browser, { user: json.user, token: json.session.token, accountId: accounts.find(({ providerId }) => providerId !== 'credential').id });
}

/** Tampers with a link. */
function changed(link, changes) {
  const url = new URL(link);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}

export const social = {
  'a stranger becomes a user': async (stage) => {
    const visitor = stage.browser();
    const back = await visitProvider(stage, visitor, { claims: { name: 'Grace Hopper', picture: 'https://example.com/grace.png' } });
    await visitor.follow(back);
    await visitor.get('/get-session');
    await visitor.get('/list-accounts');
  },
  'the rows are those Better Auth would write': async (stage) => {
    const grace = await socialMember(stage);
    stage.note('account', stage.sql('SELECT id, accountId, providerId, userId, scope, password, accessToken, refreshToken, idToken, accessTokenExpiresAt, refreshTokenExpiresAt, createdAt, updatedAt FROM account WHERE userId = ?', grace.user.id));
    stage.note('user', stage.sql('SELECT * FROM user WHERE id = ?', grace.user.id));
    const { json } = await grace.quietly.post('/get-access-token', { accountId: grace.accountId });
    stage.note('tokens are stored as they are', json.accessToken === stage.sql('SELECT accessToken FROM account WHERE id = ?', grace.accountId)[0].accessToken);
  },
  'a newcomer may be led elsewhere, once': async (stage) => {
    const options = { newUserCallbackURL: '/welcome' };
    for (let visit = 0; visit < 2; visit += 1) {
      const visitor = stage.browser();
      await visitor.follow(await visitProvider(stage, visitor, options));
    }
  },
  'the second time it is the same user': async (stage) => {
    const first = await socialMember(stage);
    const again = stage.browser();
    await again.follow(await visitProvider(stage, again, { claims: { name: 'Another name' } }));
    const { json } = await again.get('/get-session');
    stage.note('the same', json.user.id === first.user.id);
  },
  'an unverified address is taken as it is': async (stage) => {
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { claims: { email_verified: false } }));
    await visitor.get('/get-session');
  },
  'no address, no user': async (stage) => {
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { claims: { email: undefined } }));
    await visitor.get('/get-session');
  },
  'no name is an empty name': async (stage) => {
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { claims: { name: undefined } }));
    await visitor.get('/get-session');
  },
  'a known but unverified address is not taken over': async (stage) => {
    const { email } = await stage.member();
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { login: email }));
    await visitor.get('/get-session');
  },
  'a known and verified address is linked': async (stage) => {
    const ada = await stage.member();
    stage.sql('UPDATE user SET emailVerified = 1 WHERE id = ?', ada.user.id);
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { login: ada.email }));
    await visitor.get('/get-session');
    await visitor.get('/list-accounts');
  },
  'a verified address, but the provider does not say so': async (stage) => {
    const ada = await stage.member();
    stage.sql('UPDATE user SET emailVerified = 1 WHERE id = ?', ada.user.id);
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { login: ada.email, claims: { email_verified: false } }));
  },
  'the person refuses': async (stage) => {
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { login: `deny.${stage.email()}` }));
    const again = stage.browser();
    await again.follow(await visitProvider(stage, again, { login: `deny.${stage.email()}`, errorCallbackURL: '/sign-in?from=provider' }));
  },
  'a link back works once': async (stage) => {
    const visitor = stage.browser();
    const back = await visitProvider(stage, visitor);
    await visitor.follow(back);
    await visitor.follow(back);
  },
  'a link back works only in the browser that left': async (stage) => {
    const back = await visitProvider(stage, stage.browser(), { errorCallbackURL: '/oops' });
    await stage.browser().follow(back);
    const other = stage.browser();
    await visitProvider(stage, other, { login: stage.email('eve') });
    await other.follow(back);
  },
  'a link back that was tampered with': async (stage) => {
    const attempts = [{ state: undefined }, { state: 'x'.repeat(32) }, { code: undefined }, { code: 'wrong' }, { iss: 'https://evil.example' }, { iss: undefined }, { error: 'server_error', error_description: 'It <broke> & more' }];
    for (const changes of attempts) {
      const visitor = stage.browser();
      await visitor.follow(changed(await visitProvider(stage, visitor), changes));
    }
  },
  'a link back to another provider': async (stage) => {
    const visitor = stage.browser();
    const back = await visitProvider(stage, visitor);
    await visitor.follow(back.replace('/callback/local', '/callback/nobody'));
    const second = stage.browser();
    await second.follow((await visitProvider(stage, second)).replace('/callback/local', '/callback/plain'));
  },
  'a link back that came too late': async (stage) => {
    const visitor = stage.browser();
    const back = await visitProvider(stage, visitor);
    const state = new URL(back).searchParams.get('state');
    const [{ value }] = stage.sql('SELECT value FROM verification WHERE identifier = ?', `auth-state:${state}`);
    stage.sql('UPDATE verification SET value = ? WHERE identifier = ?', JSON.stringify({ ...JSON.parse(value), expiresAt: Date.now() - 1000 }), `auth-state:${state}`);
    await visitor.follow(back);
  },
  'a link back that was posted': async (stage) => {
    const visitor = stage.browser();
    const back = new URL(await visitProvider(stage, visitor));
    const body = back.searchParams.toString();
    await visitor.request('POST', '/callback/local', { body, type: 'application/x-www-form-urlencoded', cookie: false, origin: stage.provider.origin });
    await visitor.post('/callback/local', Object.fromEntries(back.searchParams), { cookie: false });
    await visitor.request('POST', `/callback/local?state=a`, { body: 'code=b%20c&error=d&unknown=e', type: 'application/x-www-form-urlencoded', cookie: false });
  },
  'the state row': async (stage) => {
    const visitor = stage.browser();
    const { json } = await visitor.post('/sign-in/social', { provider: 'local', callbackURL: '/home', errorCallbackURL: '/oops', newUserCallbackURL: '/welcome', requestSignUp: true, additionalData: { plan: 'pro' } });
    const state = new URL(json.url).searchParams.get('state');
    const [row] = stage.sql('SELECT * FROM verification WHERE identifier = ?', `auth-state:${state}`);
    const value = JSON.parse(row.value);
    stage.note('keys in order', Object.keys(value));
    stage.note('values', { ...value, codeVerifier: `${value.codeVerifier.length} characters`, oauthState: value.oauthState === state, idTokenNonce: value.idTokenNonce === new URL(json.url).searchParams.get('nonce') });
    stage.note('expires', row.expiresAt);
  },
  'where the browser is sent': async ({ browser }) => {
    const visitor = browser();
    for (const provider of ['local', 'plain', 'github', 'google']) {
      await visitor.post('/sign-in/social', { provider, callbackURL: '/home' });
      await visitor.post('/sign-in/social', { provider, callbackURL: '/home', disableRedirect: true, scopes: ['calendar', 'openid'], loginHint: 'ada@example.com', additionalParams: { prompt: 'login', 'x y': 'a&b' } });
    }
  },
  'without a callbackURL': async (stage) => {
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { callbackURL: undefined }));
  },
  'requests that are refused': async ({ browser }) => {
    const visitor = browser();
    for (const body of [{}, { provider: 'nobody' }, { provider: 5 }, { provider: '' }, { provider: 'local', scopes: 'email' }, { provider: 'local', disableRedirect: 'yes' }, { provider: 'local', additionalParams: { state: 'mine' } }, { provider: 'local', additionalParams: { prompt: 5 } }, { provider: 'local', idToken: 'text' }, { provider: 'local', idToken: {} }, { provider: 'local', additionalData: 'text' }]) {
      await visitor.post('/sign-in/social', body);
    }
  },
  'a provider without discovery': async (stage) => {
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { provider: 'plain' }));
    await visitor.get('/get-session');
    await visitor.get('/list-accounts');
  },
  'an id token signs in': async (stage) => {
    const grace = await socialMember(stage);
    const { json } = await grace.quietly.post('/get-access-token', { accountId: grace.accountId });
    const app = stage.browser();
    await app.post('/sign-in/social', { provider: 'local', idToken: { token: json.idToken } });
    await app.get('/get-session');
  },
  'an id token signs up': async (stage) => {
    const grace = await socialMember(stage);
    const { json } = await grace.quietly.post('/get-access-token', { accountId: grace.accountId });
    for (const table of ['session', 'account']) stage.sql(`DELETE FROM ${table} WHERE userId = ?`, grace.user.id);
    stage.sql('DELETE FROM user WHERE id = ?', grace.user.id);
    const app = stage.browser();
    await app.post('/sign-in/social', { provider: 'local', idToken: { token: json.idToken, accessToken: json.accessToken } });
    await app.get('/list-accounts');
  },
  'an id token with a wrong nonce, and tokens that are none': async (stage) => {
    const grace = await socialMember(stage);
    const { json } = await grace.quietly.post('/get-access-token', { accountId: grace.accountId });
    const [head, claims, signature] = json.idToken.split('.');
    const { nonce } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), email: 'eve@example.com' })).toString('base64url');
    const app = stage.browser();
    for (const idToken of [{ token: json.idToken, nonce: 'wrong' }, { token: json.idToken, nonce }, { token: `${head}.${forged}.${signature}` }, { token: 'nothing' }, { token: '' }]) {
      const { status, json: body } = await app.quietly.post('/sign-in/social', { provider: 'local', idToken }, { keep: false }).catch((error) => ({ status: 'refused', json: error.message.replace(/^.*answered /, '') }));
      stage.note('answer', { status, code: body.token ? 'signed in' : body });
    }
    await app.post('/sign-in/social', { provider: 'plain', idToken: { token: 'nothing' } });
    await app.post('/sign-in/social', { provider: 'github', idToken: { token: 'nothing' } });
  },
  'another account is linked': async (stage) => {
    const ada = await stage.member();
    const back = await visitProvider(stage, ada, { path: '/link-social', login: ada.email, callbackURL: '/account' });
    await ada.follow(back);
    await ada.get('/list-accounts');
    await ada.get('/get-session');
  },
  'an account with another address is not linked': async (stage) => {
    const ada = await stage.member();
    const back = await visitProvider(stage, ada, { path: '/link-social', login: stage.email('work'), errorCallbackURL: '/oops' });
    await ada.follow(back);
    await ada.get('/list-accounts');
  },
  'an account whose address is not verified is not linked': async (stage) => {
    const ada = await stage.member();
    await ada.follow(await visitProvider(stage, ada, { path: '/link-social', login: ada.email, claims: { email_verified: false } }));
  },
  'an account of somebody else is not linked': async (stage) => {
    const grace = await socialMember(stage);
    stage.sql('UPDATE user SET email = ? WHERE id = ?', stage.email('moved'), grace.user.id);
    const ada = await stage.member();
    await ada.follow(await visitProvider(stage, ada, { path: '/link-social', login: ada.email }));
    await ada.get('/list-accounts');
  },
  'linking again only refreshes': async (stage) => {
    const ada = await stage.member();
    for (let visit = 0; visit < 2; visit += 1) await ada.follow(await visitProvider(stage, ada, { path: '/link-social', login: ada.email }));
    await ada.get('/list-accounts');
  },
  'linking ends with the session it began in': async (stage) => {
    const ada = await stage.member();
    const back = await visitProvider(stage, ada, { path: '/link-social', login: ada.email });
    stage.sql('DELETE FROM session WHERE token = ?', ada.token);
    await ada.follow(back);
    stage.note('accounts', stage.sql('SELECT providerId FROM account WHERE userId = ?', ada.user.id));
  },
  'linking with an id token': async (stage) => {
    const grace = await socialMember(stage);
    const { json } = await grace.quietly.post('/get-access-token', { accountId: grace.accountId });
    const link = (browser, provider = 'local', token = json.idToken) => browser.quietly.post('/link-social', { provider, idToken: { token } }).then((answer) => answer.json, (error) => error.message.replace(/^.*answered /, ''));
    stage.note('her own', await link(grace));
    stage.note("somebody else's", await link(await stage.member('bob')));
    stage.note('none', await link(grace, 'local', 'nothing'));
    stage.note('where it is not possible', await link(grace, 'plain'));
    stage.sql('DELETE FROM account WHERE userId = ?', grace.user.id);
    stage.note('a new one', await link(grace));
    await grace.get('/list-accounts');
  },
  'linking needs somebody and a provider': async ({ browser, member }) => {
    const ada = await member();
    await ada.post('/link-social', {});
    await ada.post('/link-social', { provider: 'nobody' });
    await ada.post('/link-social', { provider: 'local', additionalParams: { client_id: 'mine' } });
    await browser().post('/link-social', { provider: 'local' });
    await browser().post('/link-social', {});
  },
  'a linked account is unlinked': async (stage) => {
    const ada = await stage.member();
    await ada.quietly.follow(await visitProvider(stage, ada.quietly, { path: '/link-social', login: ada.email }));
    const { json } = await ada.get('/list-accounts');
    await ada.post('/unlink-account', { accountId: json.find(({ providerId }) => providerId === 'local').id });
    await ada.get('/list-accounts');
    const visitor = stage.browser();
    await visitor.follow(await visitProvider(stage, visitor, { login: ada.email }));
  },
  'the access token': async (stage) => {
    const grace = await socialMember(stage);
    await grace.post('/get-access-token', { accountId: grace.accountId });
    await grace.post('/get-access-token', { accountId: grace.accountId, userId: 'somebody else' });
    const eve = await stage.member('eve');
    await eve.post('/get-access-token', { accountId: grace.accountId });
  },
  'an access token that ran out is renewed': async (stage) => {
    const grace = await socialMember(stage);
    const before = stage.sql('SELECT accessToken FROM account WHERE id = ?', grace.accountId)[0].accessToken;
    stage.sql('UPDATE account SET accessTokenExpiresAt = ? WHERE id = ?', new Date(Date.now() + 2000).toISOString(), grace.accountId);
    await grace.post('/get-access-token', { accountId: grace.accountId });
    stage.note('another one', stage.sql('SELECT accessToken FROM account WHERE id = ?', grace.accountId)[0].accessToken !== before);
  },
  'tokens are refreshed': async (stage) => {
    const grace = await socialMember(stage);
    await grace.post('/refresh-token', { accountId: grace.accountId });
    await grace.post('/refresh-token', { accountId: grace.accountId });
    stage.sql("UPDATE account SET refreshToken = 'broken' WHERE id = ?", grace.accountId);
    await grace.post('/refresh-token', { accountId: grace.accountId });
    stage.sql('UPDATE account SET refreshToken = NULL WHERE id = ?', grace.accountId);
    await grace.post('/refresh-token', { accountId: grace.accountId });
  },
  'a renewal that fails': async (stage) => {
    const grace = await socialMember(stage);
    stage.sql("UPDATE account SET refreshToken = 'broken', accessTokenExpiresAt = ? WHERE id = ?", new Date(Date.now() - 2000).toISOString(), grace.accountId);
    await grace.post('/get-access-token', { accountId: grace.accountId });
    await grace.get(`/account-info?accountId=${grace.accountId}`);
  },
  'what the provider knows': async (stage) => {
    const grace = await socialMember(stage, { claims: { picture: 'https://example.com/grace.png' } });
    await grace.get(`/account-info?accountId=${grace.accountId}`);
    const eve = await stage.member('eve');
    await eve.get(`/account-info?accountId=${grace.accountId}`);
  },
  'tokens of a password': async ({ member }) => {
    const ada = await member();
    const { json } = await ada.quietly.get('/list-accounts');
    await ada.post('/get-access-token', { accountId: json[0].id });
    await ada.post('/refresh-token', { accountId: json[0].id });
    await ada.get(`/account-info?accountId=${json[0].id}`);
  },
  'somebody without a password signs in with one in vain': async (stage) => {
    const grace = await socialMember(stage);
    await stage.browser().post('/sign-in/email', { email: grace.user.email, password: PASSWORD });
    await grace.post('/change-password', { currentPassword: PASSWORD, newPassword: 'another fine password 8' });
    await grace.post('/delete-user', { password: PASSWORD });
  },
  'signing out here is not signing out there': async (stage) => {
    const grace = await socialMember(stage);
    await grace.post('/sign-out', {});
  },
  'by the official client': async (stage) => {
    stage.provider.person(stage.email(), { email: stage.email() });
    const app = stage.client();
    await app.call('signIn.social', { provider: 'local', callbackURL: '/home', loginHint: stage.email() });
    await app.call('signIn.social', { provider: 'nobody' });
  },
};
