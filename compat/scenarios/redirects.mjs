// Where a link or an answer may lead: callbackURL and its relatives.

import { PASSWORD } from '../harness/stage.mjs';

const GOOD = ['/', '/home', '/home?a=1&b=%20c#d', '/a/../b', '/with space', '/@x', '/%41', 'https://app.example.test', 'https://app.example.test/x?y=z', 'https://x.branch.example.test/x', 'doorwardapp://signed-in'];
const BAD = ['home', '//evil.example', '///evil.example', '/\\evil.example', '\\\\evil.example', '/%2fevil.example', '/%5cevil.example', '/home/%2F/x', 'https://evil.example', 'http://app.example.test/x', 'https://app.example.test@evil.example/', 'https://evil.example#app.example.test', 'javascript:alert(1)', 'data:text/html,x', 'otherapp://signed-in', '/\u0009/evil.example', '/home\u0000', ' /home', 'https:/app.example.test', 'HTTPS://APP.EXAMPLE.TEST/x'];

export const everyday = {
  'good targets after signing in': async ({ browser, member }) => {
    const { email } = await member();
    for (const callbackURL of GOOD) await browser().post('/sign-in/email', { email, password: PASSWORD, callbackURL });
  },
  'bad targets are refused before the password is looked at': async ({ browser, email }) => {
    for (const callbackURL of BAD) await browser().post('/sign-in/email', { email: email('nobody'), password: PASSWORD, callbackURL });
  },
  'the own origin, written out': async ({ browser, member, server }) => {
    const { email } = await member();
    await browser().post('/sign-in/email', { email, password: PASSWORD, callbackURL: `${server.origin}/home` });
  },
  'a target must be text': async ({ browser, email }) => {
    for (const callbackURL of [5, true, ['/home'], { a: 1 }, null]) await browser().post('/sign-in/email', { email: email(), password: PASSWORD, callbackURL });
  },
  'each kind of target has its own refusal': async ({ browser, email }) => {
    const target = 'https://evil.example';
    await browser().post('/sign-up/email', { name: 'Ada', email: email(), password: PASSWORD, callbackURL: target });
    await browser().post('/request-password-reset', { email: email(), redirectTo: target });
    await browser().post('/sign-in/social', { provider: 'github', errorCallbackURL: target });
    await browser().post('/sign-in/social', { provider: 'github', newUserCallbackURL: target });
    await browser().post('/sign-in/social', { provider: 'github', callbackURL: target });
    await browser().post('/send-verification-email?callbackURL=https://evil.example', { email: email() });
  },
  'links check their target too': async ({ browser }) => {
    for (const target of ['https://evil.example', '//evil.example', 'home', '/\\evil.example']) {
      const query = encodeURIComponent(target);
      await browser().get(`/verify-email?token=x&callbackURL=${query}`);
      await browser().get(`/reset-password/abc?callbackURL=${query}`);
      await browser().get(`/delete-user/callback?token=x&callbackURL=${query}`);
    }
  },
  'links lead to good targets': async ({ browser }) => {
    for (const target of ['/home?a=1', '/home?a=1&', '/home?', '/home#part', '/a b?c=d e', 'https://app.example.test/x?y=1', 'https://app.example.test', 'doorwardapp://x']) {
      const query = encodeURIComponent(target);
      await browser().get(`/verify-email?token=x&callbackURL=${query}`);
      await browser().get(`/reset-password/abc?callbackURL=${query}`);
    }
  },
  'a target beyond Latin-1, after a bad link': async ({ browser }) => {
    await browser().get(`/verify-email?token=x&callbackURL=${encodeURIComponent('/приём')}`);
  },
  'a target beyond Latin-1, after a good link': async ({ browser, mail, member }) => {
    const ada = await member();
    await ada.quietly.post('/send-verification-email', { email: ada.email, callbackURL: '/приём' });
    await browser().follow(await mail(ada.email, { quiet: true }));
  },
  'a target twice': async ({ browser }) => {
    await browser().get('/verify-email?token=x&callbackURL=/home&callbackURL=https://evil.example');
    await browser().get('/verify-email?token=x&callbackURL=https://evil.example&callbackURL=/home');
  },
};
