// Reading one's own session, and how long it lives.

import { DAY } from '../harness/stage.mjs';
import { sign } from '../harness/tokens.mjs';

export const everyday = {
  'who is signed in': async ({ member }) => {
    const ada = await member();
    await ada.get('/get-session');
  },
  'nobody is signed in': async ({ browser }) => {
    await browser().get('/get-session');
  },
  'an unknown token clears the cookies': async ({ browser }) => {
    const visitor = browser().carry('B'.repeat(32));
    await visitor.get('/get-session');
  },
  'a bad signature does not': async ({ browser, member }) => {
    const { token } = await member();
    const visitor = browser();
    await visitor.carry(token, 'some other secret of 32 characters').get('/get-session');
    for (const value of [token, `${token}.`, `${token}.short`, '.', '', `${token}.${'A'.repeat(43)}=`, '%', '%E0%A4%A']) {
      await visitor.get('/get-session', { cookie: `better-auth.session_token=${value}` });
    }
  },
  'a cookie is read unencoded, quoted and among others': async ({ browser, member, secrets }) => {
    const { token } = await member();
    const encoded = sign(token, secrets[0]);
    const plain = decodeURIComponent(encoded);
    const visitor = browser();
    const read = (cookie) => visitor.get('/get-session', { cookie, keep: false });
    await read(`better-auth.session_token=${plain}`);
    await read(`better-auth.session_token="${plain}"`);
    await read(`theme=dark; better-auth.session_token=${encoded}; _ga=GA1.2.3`);
    await read(`theme=dark;better-auth.session_token=${encoded}`);
    await read(`better-auth.session_token=${encoded}; better-auth.session_token=other`);
    await read(`better-auth.session_token=other; better-auth.session_token=${encoded}`);
    await read(`__Secure-better-auth.session_token=${encoded}`);
    await read(`BETTER-AUTH.session_token=${encoded}`);
  },
  'an expired session is gone, and so is its row': async ({ member, move, note, sql }) => {
    const ada = await member();
    move(ada.token, { expires: -1 });
    await ada.get('/get-session');
    note('rows', sql('SELECT count(*) AS rows FROM session WHERE token = ?', ada.token));
  },
  'a day later it slides': async ({ member, move, note, sql }) => {
    const ada = await member();
    move(ada.token, { expires: 6 * DAY - 120 });
    await ada.get('/get-session');
    note('row', sql('SELECT expiresAt, updatedAt FROM session WHERE token = ?', ada.token));
  },
  'sooner it does not': async ({ member, move }) => {
    const ada = await member();
    move(ada.token, { expires: 6 * DAY + 300 });
    await ada.get('/get-session');
  },
  'sliding can be left out': async ({ member, move }) => {
    const ada = await member();
    move(ada.token, { expires: 3 * DAY });
    for (const value of ['true', '1', 'false']) await ada.get(`/get-session?disableRefresh=${value}`);
    await ada.get('/get-session?disableRefresh=');
  },
  'not to be remembered never slides': async ({ member, move }) => {
    const ada = await member('ada', { rememberMe: false });
    move(ada.token, { expires: DAY / 2 });
    await ada.get('/get-session');
  },
  'it slides on a guarded route as well': async ({ member, move }) => {
    const ada = await member();
    move(ada.token, { expires: 2 * DAY });
    await ada.get('/list-accounts');
    await ada.get('/get-session');
  },
  'a session of an account that is gone': async ({ member, sql }) => {
    const ada = await member();
    sql('PRAGMA foreign_keys = off');
    sql('DELETE FROM session WHERE token = ?', ada.token);
    sql('DELETE FROM user WHERE id = ?', ada.user.id);
    await ada.get('/get-session');
  },
  'what another program writes counts at once': async ({ member, sql }) => {
    const ada = await member();
    await ada.get('/get-session');
    sql("UPDATE user SET name = 'Augusta', emailVerified = 1, image = 'https://example.com/a.png' WHERE id = ?", ada.user.id);
    await ada.get('/get-session');
    sql('DELETE FROM session WHERE token = ?', ada.token);
    await ada.get('/get-session');
  },
  'POST needs deferred refresh, which is off': async ({ browser, member }) => {
    const ada = await member();
    await ada.post('/get-session', {});
    await browser().post('/get-session', {});
  },
  'a left-over cache cookie is cleared': async ({ member }) => {
    const ada = await member();
    ada.jar.set('better-auth.session_data', 'left-over');
    await ada.get('/get-session');
  },
  'fields of the session cannot be set': async ({ browser, member }) => {
    const ada = await member();
    await ada.post('/update-session', {});
    await ada.post('/update-session', { theme: 'dark' });
    await ada.post('/update-session', { token: 'mine', userId: 'other', expiresAt: '2099-01-01T00:00:00.000Z' });
    await ada.get('/get-session');
    await browser().post('/update-session', { theme: 'dark' });
    await browser().request('POST', '/update-session');
  },
  'where it was opened from is kept': async ({ browser, email }) => {
    const visitor = browser();
    visitor.headers = { 'user-agent': 'Browser/1.0 (Möbius; "quoted")', 'x-forwarded-for': '2001:db8:1:2:3:4:5:6' };
    await visitor.post('/sign-up/email', { name: 'Ada', email: email(), password: 'correct horse battery 9' });
    await visitor.get('/get-session');
  },
  'no address, no browser name': async ({ browser, email }) => {
    const visitor = browser();
    visitor.headers = { 'user-agent': undefined, 'x-forwarded-for': undefined };
    await visitor.post('/sign-up/email', { name: 'Ada', email: email(), password: 'correct horse battery 9' });
    await visitor.get('/get-session');
  },
};
