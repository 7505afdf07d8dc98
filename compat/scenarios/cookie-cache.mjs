// The session cache in a cookie: faster reads, and what it may not do.

import { PASSWORD } from '../harness/stage.mjs';

const CACHE = 'better-auth.session_data';

export const cached = {
  'signing up and in set the cache': async ({ browser, email, member }) => {
    await browser().post('/sign-up/email', { name: 'Ada', email: email('new'), password: PASSWORD });
    const { email: known } = await member();
    await browser().post('/sign-in/email', { email: known, password: PASSWORD });
  },
  'it is read, in its own order of keys': async ({ member }) => {
    const ada = await member();
    await ada.get('/get-session');
  },
  'it can be left aside': async ({ member }) => {
    const ada = await member();
    for (const value of ['true', 'false', '']) await ada.get(`/get-session?disableCookieCache=${value}`);
  },
  'without it the row is read and it is set again': async ({ member }) => {
    const ada = await member();
    ada.jar.drop(CACHE);
    await ada.get('/get-session');
  },
  'a forged one is not believed': async ({ member }) => {
    const ada = await member();
    const { signature, ...rest } = JSON.parse(Buffer.from(ada.jar.get(CACHE), 'base64url').toString());
    rest.session.user.name = 'Eve';
    for (const forged of [{ ...rest, signature }, { ...rest, signature: 'x'.repeat(43) }, rest, 'nonsense']) {
      const text = typeof forged === 'string' ? forged : Buffer.from(JSON.stringify(forged)).toString('base64url');
      ada.jar.set(CACHE, text);
      await ada.get('/get-session');
    }
  },
  "somebody else's is not believed": async ({ member }) => {
    const [ada, eve] = [await member('ada'), await member('eve')];
    eve.jar.set(CACHE, ada.jar.get(CACHE));
    await eve.get('/get-session');
  },
  'alone it signs nobody in': async ({ member }) => {
    const ada = await member();
    ada.jar.drop('better-auth.session_token');
    await ada.get('/get-session');
  },
  'a change of the profile renews it': async ({ member }) => {
    const ada = await member();
    await ada.post('/update-user', { name: 'Augusta' });
    await ada.get('/get-session');
  },
  'signing out clears it': async ({ member }) => {
    const ada = await member();
    await ada.post('/sign-out', {});
  },
  'not to be remembered, it lives as long as the browser': async ({ browser, member }) => {
    const { email } = await member();
    const visitor = browser();
    await visitor.post('/sign-in/email', { email, password: PASSWORD, rememberMe: false });
    await visitor.get('/get-session');
  },
  'a revoked session': async ({ member, signedIn }) => {
    const ada = await member();
    const thief = await signedIn(ada.email);
    await ada.quietly.post('/revoke-session', { token: thief.token });
    await thief.get('/get-session', { keep: false });
    await thief.get('/token', { keep: false });
    await thief.post('/update-user', { name: 'Eve' }, { keep: false });
    await thief.get('/list-accounts', { keep: false });
  },
  'what is sensitive asks the database': async ({ member, signedIn }) => {
    const ada = await member();
    const thief = await signedIn(ada.email);
    await ada.quietly.post('/revoke-session', { token: thief.token });
    await thief.post('/change-password', { currentPassword: PASSWORD, newPassword: 'another fine password 8' }, { keep: false });
    await thief.post('/revoke-other-sessions', {}, { keep: false });
  },
  'a slide on a guarded route': async ({ member, move }) => {
    const ada = await member();
    ada.jar.drop(CACHE);
    move(ada.token, { expires: 2 * 86_400 });
    await ada.get('/list-accounts');
  },
};
