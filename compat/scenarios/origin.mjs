// Who may send requests that change something: the Origin rules.

import { PASSWORD } from '../harness/stage.mjs';

const UPDATE = { name: 'Augusta' };

/** Tries the same write from several origins. */
async function from(browser, origins) {
  for (const origin of origins) await browser.post('/update-user', UPDATE, { origin });
}

export const everyday = {
  'the own origin and trusted ones': async ({ member, server }) => {
    const ada = await member();
    await from(ada, [server.origin, 'https://app.example.test', 'https://pr-7.branch.example.test', 'https://a.b.branch.example.test']);
  },
  'other origins': async ({ member, server }) => {
    const ada = await member();
    const port = new URL(server.origin).port;
    await from(ada, ['https://evil.example', 'http://app.example.test', 'https://app.example.test:444', 'https://branch.example.test', 'https://app.example.test.evil.example', `http://localhost:${port}`, `https://127.0.0.1:${port}`]);
  },
  'no origin, or none to speak of': async ({ member }) => {
    const ada = await member();
    await from(ada, [false, 'null', '', 'nonsense']);
  },
  'case and a path make no difference, as they come': async ({ member }) => {
    const ada = await member();
    await from(ada, ['HTTPS://APP.EXAMPLE.TEST', 'https://app.example.test/', 'https://app.example.test/path?query']);
  },
  'a referer stands in for an origin': async ({ member, server }) => {
    const ada = await member();
    for (const referer of [`${server.origin}/account?tab=1`, 'https://app.example.test/a/b', 'https://evil.example/', 'nonsense']) {
      await ada.post('/update-user', UPDATE, { origin: false, headers: { referer } });
    }
    await ada.post('/update-user', UPDATE, { origin: 'https://evil.example', headers: { referer: `${server.origin}/` } });
  },
  'a null origin and what the browser vouches for': async ({ member }) => {
    const ada = await member();
    for (const site of ['same-origin', 'same-site', 'cross-site', 'none']) {
      await ada.post('/update-user', UPDATE, { origin: 'null', headers: { 'sec-fetch-site': site } });
    }
  },
  'no cookie, no check': async ({ browser, email }) => {
    await browser().post('/request-password-reset', { email: email('nobody') }, { origin: 'https://evil.example' });
    await browser().post('/sign-out', {}, { origin: 'https://evil.example' });
    await browser().post('/update-user', UPDATE, { origin: 'https://evil.example' });
  },
  'any cookie will do': async ({ browser, email }) => {
    const visitor = browser();
    visitor.jar.set('analytics', '1');
    await visitor.post('/request-password-reset', { email: email('nobody') }, { origin: 'https://evil.example' });
    await visitor.post('/request-password-reset', { email: email('nobody') }, { origin: false });
    await visitor.post('/sign-out', {}, { origin: false });
  },
  'reading is free': async ({ member }) => {
    const ada = await member();
    await ada.get('/get-session', { origin: 'https://evil.example' });
    await ada.get('/list-accounts', { origin: 'https://evil.example' });
  },
  'the body is looked at first when it is no JSON, last when it is': async ({ member }) => {
    const ada = await member();
    await ada.request('POST', '/update-user', { body: '{', type: 'application/json', origin: 'https://evil.example' });
    await ada.post('/change-password', {}, { origin: 'https://evil.example' });
    await ada.post('/no-such-route', {}, { origin: 'https://evil.example' });
  },
  'signing in from another site': async ({ browser, member }) => {
    const { email } = await member();
    const credentials = { email, password: PASSWORD };
    for (const origin of ['https://app.example.test', 'https://evil.example', 'null', false]) {
      await browser().post('/sign-in/email', credentials, { origin });
    }
  },
  'signing in by a navigation from another site': async ({ browser, member, server }) => {
    const { email } = await member();
    const credentials = { email, password: PASSWORD };
    const attempt = (site, mode, origin) => browser().post('/sign-in/email', credentials, { origin, headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': 'document' } });
    await attempt('cross-site', 'navigate', 'https://evil.example');
    await attempt('cross-site', 'navigate', server.origin);
    await attempt('cross-site', 'cors', 'https://app.example.test');
    await attempt('same-origin', 'cors', server.origin);
    await attempt('same-origin', 'cors', false);
    await attempt('none', 'navigate', false);
    await attempt('same-site', 'navigate', 'https://evil.example');
  },
  'signing up from another site': async ({ browser, email }) => {
    const attempt = (tag, origin, headers) => browser().post('/sign-up/email', { name: 'Ada', email: email(tag), password: PASSWORD }, { origin, headers });
    await attempt('evil', 'https://evil.example');
    await attempt('form', 'https://evil.example', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' });
    await attempt('app', 'https://app.example.test');
    await attempt('tool', false);
  },
  'signing in anew beside an old cookie': async ({ member }) => {
    const ada = await member();
    const credentials = { email: ada.email, password: PASSWORD };
    await ada.post('/sign-in/email', credentials, { origin: 'https://evil.example' });
    await ada.post('/sign-in/email', credentials, { origin: false });
    await ada.post('/sign-in/email', {}, { origin: 'https://evil.example' });
  },
};
