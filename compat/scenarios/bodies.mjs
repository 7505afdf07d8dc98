// What a request body may be.

import { PASSWORD } from '../harness/stage.mjs';

const post = (browser, path, body, type, options) => browser.request('POST', path, { body, type, ...options });

export const everyday = {
  'only JSON, in most places': async ({ browser }) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/vnd.api+json', 'text/html; charset=utf-8', 'application/jsonp', 'json']) {
      await post(browser(), '/request-password-reset', '{"email":"nobody@example.com"}', type);
    }
  },
  'forms too, for signing in and up': async ({ browser }) => {
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/xml']) {
      await post(browser(), '/sign-in/email', '{}', type);
      await post(browser(), '/sign-up/email', '{}', type);
    }
  },
  'a form signs up': async ({ browser, email }) => {
    const form = new URLSearchParams({ name: 'Ada Lovelace', email: email(), password: PASSWORD }).toString();
    await post(browser(), '/sign-up/email', form, 'application/x-www-form-urlencoded');
  },
  'JSON with a charset, in any case': async ({ browser }) => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=latin1', 'application/json ;x=y']) {
      await post(browser(), '/request-password-reset', '{"email":"nobody@example.com"}', type);
    }
  },
  'no content type at all': async ({ browser }) => {
    await post(browser(), '/request-password-reset', '{"email":"nobody@example.com"}', false);
    await post(browser(), '/sign-up/email', '{}', false);
    await post(browser(), '/update-user', '{}', false);
  },
  'JSON that is none': async ({ browser }) => {
    for (const body of ['{', '{"email":}', "{'email':'a'}", '{"email":"nobody@example.com"} x', '{"email":"nobody@example.com",}', 'undefined', '\u0000']) {
      await post(browser(), '/request-password-reset', body, 'application/json');
    }
  },
  'JSON that is no object': async ({ browser }) => {
    for (const body of ['null', '[]', '5', '"text"', 'true', '[{"email":"nobody@example.com"}]', '']) {
      await post(browser(), '/request-password-reset', body, 'application/json');
      await post(browser(), '/sign-up/email', body, 'application/json');
    }
  },
  'space around, a key twice, keys too many': async ({ browser }) => {
    for (const body of [' \n{"email" : "nobody@example.com"}\r\n ', '{"email":"broken","email":"nobody@example.com"}', '{"email":"nobody@example.com","more":{"deep":[1,2,3]}}', '{"\\u0065mail":"nobody@example.com"}']) {
      await post(browser(), '/request-password-reset', body, 'application/json');
    }
  },
  'keys that mean something to JavaScript': async ({ browser }) => {
    for (const body of ['{"__proto__":{"email":"nobody@example.com"}}', '{"email":"nobody@example.com","__proto__":null}', '{"email":"nobody@example.com","constructor":{"prototype":{}}}']) {
      await post(browser(), '/request-password-reset', body, 'application/json');
    }
  },
  'bytes that are no UTF-8': async ({ browser, email, note, sql }) => {
    const body = Buffer.concat([Buffer.from('{"name":"Ad'), Buffer.from([0xff]), Buffer.from(`a","email":"${email()}","password":"${PASSWORD}"}`)]);
    await browser().request('POST', '/sign-up/email', { body, type: 'application/json' });
    note('name', sql('SELECT name FROM user WHERE email = ?', email()));
  },
  'escapes and surrogates in names': async ({ browser, email }) => {
    await post(browser(), '/sign-up/email', `{"name":"\\ud83e\\udd8a \\u00e9 \\/ \\" \\\\","email":"${email()}","password":"${PASSWORD}"}`, 'application/json');
  },
  'a body of sixty thousand bytes is read': async ({ browser }) => {
    await browser().post('/request-password-reset', { email: 'nobody@example.com', padding: 'x'.repeat(60_000) });
  },
  'a body of seventy thousand bytes': async ({ browser }) => {
    await browser().post('/request-password-reset', { email: 'nobody@example.com', padding: 'x'.repeat(70_000) });
  },
  'a body announced as none has no type': async ({ browser }) => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data', '']) await post(browser(), '/reset-password', '', type);
    await browser().request('POST', '/get-session', { type: 'multipart/form-data' });
  },
  'get-session reads no body, whatever it is': async ({ browser }) => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json']) await post(browser(), '/get-session', '{"callbackURL":"https://evil.example.net"', type);
    await browser().post('/get-session', { callbackURL: 'https://evil.example.net' });
  },
  'a body in pieces, of which none comes': async ({ browser }) => {
    for (const type of ['text/plain', 'application/json']) await post(browser(), '/reset-password', '', type, { headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' } });
  },
  'a byte order mark': async ({ browser }) => {
    for (const body of ['\ufeff{"email":"nobody@example.com"}', '\ufeff']) await post(browser(), '/request-password-reset', body, 'application/json');
    await post(browser(), '/sign-in/email', '\ufeffemail=nobody@example.com&password=x', 'application/x-www-form-urlencoded');
  },
  'a body on a GET is not looked at': async ({ browser }) => {
    await browser().request('GET', '/get-session', { body: '{', type: 'text/plain' });
  },
};
