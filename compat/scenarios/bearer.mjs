// The session token in an Authorization header, for clients without cookies.

import { sign } from '../harness/tokens.mjs';

export const everyday = {
  'the raw token': async ({ browser, member }) => {
    const { token } = await member();
    await browser().get('/get-session', { bearer: token });
  },
  'the signed token, as set-auth-token gave it': async ({ browser, email }) => {
    const { headers } = await browser().post('/sign-up/email', { name: 'Ada', email: email(), password: 'correct horse battery 9' });
    await browser().get('/get-session', { bearer: headers['set-auth-token'] });
    await browser().get('/get-session', { bearer: encodeURIComponent(headers['set-auth-token']) });
  },
  'the scheme in any case': async ({ browser, member }) => {
    const { token } = await member();
    for (const authorization of [`bearer ${token}`, `BEARER ${token}`, `Bearer  ${token}`, `Bearer ${token} `, `Bearer\t${token}`, `Token ${token}`, token, 'Bearer', 'Bearer ']) {
      await browser().get('/get-session', { headers: { authorization } });
    }
  },
  'tokens that are none': async ({ browser, member, secrets }) => {
    const { token } = await member();
    const signed = decodeURIComponent(sign(token, secrets[0]));
    const urlSafe = signed.replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
    for (const bearer of ['H'.repeat(32), `${token}.`, `${token}.wrong`, decodeURIComponent(sign(token, 'another secret of thirty-two chars')), `${signed}.more`, urlSafe, 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl']) {
      await browser().get('/get-session', { bearer });
    }
  },
  'a good token wins over a cookie': async ({ member }) => {
    const [ada, bob] = [await member('ada'), await member('bob')];
    await ada.get('/get-session', { headers: { authorization: `Bearer ${bob.token}` } });
  },
  'a bad token leaves the cookie': async ({ member }) => {
    const ada = await member();
    await ada.get('/get-session', { headers: { authorization: `Bearer ${'H'.repeat(32)}.bad` } });
  },
  'writing needs no Origin': async ({ browser, member }) => {
    const { token } = await member();
    await browser().post('/update-user', { name: 'Augusta' }, { bearer: token });
    await browser().get('/get-session', { bearer: token });
  },
  'but does beside a cookie': async ({ member }) => {
    const ada = await member();
    await ada.post('/update-user', { name: 'Augusta' }, { origin: false, headers: { authorization: `Bearer ${ada.token}` } });
  },
  'every route takes it': async ({ browser, member }) => {
    const { token } = await member();
    for (const path of ['/list-sessions', '/list-accounts', '/token']) await browser().get(path, { bearer: token });
    await browser().post('/revoke-other-sessions', {}, { bearer: token });
  },
  'a session that is due slides and says so': async ({ browser, member, move }) => {
    const { token } = await member();
    move(token, { expires: 2 * 86_400 });
    await browser().get('/get-session', { bearer: token });
  },
  'a session not to be remembered': async ({ browser, member, move }) => {
    const { token } = await member('ada', { rememberMe: false });
    await browser().get('/get-session', { bearer: token });
    move(token, { expires: 3_600 });
    await browser().get('/get-session', { bearer: token });
  },
};
