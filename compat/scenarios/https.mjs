// The same behind an https origin: cookies change their name and become Secure.

import { PASSWORD } from '../harness/stage.mjs';

export const https = {
  'signing up sets secure cookies': async ({ browser, email }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', { name: 'Ada', email: email(), password: PASSWORD });
    await visitor.get('/get-session');
  },
  'not to be remembered': async ({ browser, member }) => {
    const { email } = await member();
    await browser().post('/sign-in/email', { email, password: PASSWORD, rememberMe: false });
  },
  'signing out clears them': async ({ member }) => {
    const ada = await member();
    await ada.post('/sign-out', {});
  },
  'a cookie without the prefix is not looked at': async ({ browser, member }) => {
    const ada = await member();
    const visitor = browser();
    visitor.jar.set('better-auth.session_token', ada.jar.get('__Secure-better-auth.session_token'));
    await visitor.get('/get-session');
  },
  'the plain http origin is another one': async ({ member, server }) => {
    const ada = await member();
    await ada.post('/update-user', { name: 'Augusta' }, { origin: `http://127.0.0.1:${server.port}` });
    await ada.post('/update-user', { name: 'Augusta' }, { origin: 'http://auth.example.test' });
    await ada.post('/update-user', { name: 'Augusta' });
  },
  'links and tokens name the public origin': async ({ mail, member }) => {
    const ada = await member();
    await ada.post('/request-password-reset', { email: ada.email, redirectTo: '/reset' });
    await ada.follow(await mail(ada.email));
    await ada.get('/token');
  },
};
