// Making an account with an address and a password.

import { PASSWORD } from '../harness/stage.mjs';

const NAME = 'Ada Lovelace';

export const everyday = {
  'an account is made and its first session opened': async ({ browser, email }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD });
    await visitor.get('/get-session');
  },
  'the rows are those Better Auth would write': async ({ member, note, sql }) => {
    const { user, token } = await member('ada', { image: 'https://example.com/ada.png' });
    note('user', sql('SELECT * FROM user WHERE id = ?', user.id));
    note('session', sql('SELECT * FROM session WHERE token = ?', token));
    note('account', sql('SELECT id, accountId, providerId, userId, accessToken, refreshToken, idToken, scope, createdAt, updatedAt FROM account WHERE userId = ?', user.id));
    const [{ password }] = sql('SELECT password FROM account WHERE userId = ?', user.id);
    note('form of the hash', /^[0-9a-f]{32}:[0-9a-f]{128}$/.test(password));
  },
  'a picture may come along': async ({ browser, email }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD, image: 'https://example.com/ada.png' });
  },
  'a picture may not be null': async ({ browser, email }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD, image: null });
  },
  'an empty name is a name': async ({ browser, email }) => {
    await browser().post('/sign-up/email', { name: '', email: email(), password: PASSWORD });
  },
  'names keep every script': async ({ browser, email }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', { name: 'Зоя "Zoë" 李 🦊 <b>', email: email(), password: PASSWORD });
    await visitor.get('/get-session');
  },
  'addresses are kept in lower case': async ({ browser, email }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email('ADA').toUpperCase(), password: PASSWORD });
  },
  'a known address is refused': async ({ browser, member }) => {
    const { email } = await member();
    await browser().post('/sign-up/email', { name: NAME, email, password: PASSWORD });
    await browser().post('/sign-up/email', { name: NAME, email: email.toUpperCase(), password: PASSWORD });
  },
  'an address must be one': async ({ browser }) => {
    const visitor = browser();
    for (const email of ['', 'ada', 'ada@', '@example.com', 'ada@example', ' ada@example.com', 'ada lovelace@example.com', 'ada@exam_ple.com', 'ada..b@example.com', 'ädä@example.com']) {
      await visitor.post('/sign-up/email', { name: NAME, email, password: PASSWORD });
    }
  },
  'unusual addresses are addresses': async ({ browser, email }) => {
    for (const tag of ["o'hara", 'ada+tag', 'a_b-c', 'A.B.C', '1']) {
      await browser().post('/sign-up/email', { name: NAME, email: email(tag), password: PASSWORD });
    }
  },
  'eight characters are enough, seven are not': async ({ browser, email }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email('seven'), password: 'q7#kLp2' });
    await browser().post('/sign-up/email', { name: NAME, email: email('eight'), password: 'q7#kLp2z' });
  },
  '128 characters are allowed, 129 are not': async ({ browser, email }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email('longest'), password: 'xY3-'.repeat(32) });
    await browser().post('/sign-up/email', { name: NAME, email: email('longer'), password: `${'xY3-'.repeat(32)}z` });
  },
  'characters are counted in UTF-16 units': async ({ browser, email }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email('four'), password: '🦊🐻🐼🐨' });
    await browser().post('/sign-up/email', { name: NAME, email: email('three'), password: '🦊🐻🐼' });
  },
  'an empty password is a validation error': async ({ browser, email }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email(), password: '' });
  },
  'missing fields are named in order': async ({ browser, email }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', {});
    await visitor.post('/sign-up/email', { email: email(), password: PASSWORD });
    await visitor.post('/sign-up/email', { name: NAME, password: PASSWORD });
    await visitor.post('/sign-up/email', { name: NAME, email: email() });
  },
  'fields of another type are named': async ({ browser, email }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', { name: 5, email: 5, password: 5 });
    await visitor.post('/sign-up/email', { name: null, email: null, password: null });
    await visitor.post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD, rememberMe: 'yes' });
    await visitor.post('/sign-up/email', { name: ['Ada'], email: email(), password: PASSWORD });
  },
  'nobody makes themselves verified or an administrator': async ({ browser, email }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD, emailVerified: true, role: 'admin', id: 'mine' });
    await visitor.get('/get-session');
  },
  'not to be remembered': async ({ browser, email }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD, rememberMe: false });
    await visitor.get('/get-session');
  },
  'a callbackURL changes nothing in the answer': async ({ browser, email }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD, callbackURL: '/welcome' });
  },
  'signing up again in the same browser is another session': async ({ browser, email }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', { name: NAME, email: email('first'), password: PASSWORD });
    await visitor.post('/sign-up/email', { name: NAME, email: email('second'), password: PASSWORD });
    await visitor.get('/get-session');
  },
};

export const verified = {
  'no session before the address is verified': async ({ browser, email, mail }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD });
    await mail(email());
    await visitor.get('/get-session');
  },
  'a known address is answered like a new one': async ({ browser, email, mail, noMail, note, sql }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD });
    await mail(email());
    await browser().post('/sign-up/email', { name: 'Somebody else', email: email(), password: PASSWORD });
    await noMail(email());
    note('accounts', sql('SELECT name FROM user WHERE email = ?', email()));
  },
  'the mail carries the callbackURL': async ({ browser, email, mail }) => {
    await browser().post('/sign-up/email', { name: NAME, email: email(), password: PASSWORD, callbackURL: '/welcome?step=2' });
    await mail(email());
  },
};
