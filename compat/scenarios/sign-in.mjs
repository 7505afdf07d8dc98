// Signing in with an address and a password.

import { PASSWORD } from '../harness/stage.mjs';

export const everyday = {
  'a right password opens a session': async ({ browser, member }) => {
    const { email } = await member();
    const visitor = browser();
    await visitor.post('/sign-in/email', { email, password: PASSWORD });
    await visitor.get('/get-session');
  },
  'an address is found in any case': async ({ browser, member }) => {
    const { email } = await member();
    await browser().post('/sign-in/email', { email: email.toUpperCase(), password: PASSWORD });
  },
  'a wrong password and an unknown address look the same': async ({ browser, email, member }) => {
    const ada = await member();
    await browser().post('/sign-in/email', { email: ada.email, password: `${PASSWORD}!` });
    await browser().post('/sign-in/email', { email: email('nobody'), password: PASSWORD });
  },
  'a password has no other spellings': async ({ browser, member }) => {
    const { email } = await member();
    for (const password of [PASSWORD.toUpperCase(), ` ${PASSWORD}`, `${PASSWORD} `, '']) await browser().post('/sign-in/email', { email, password });
  },
  'a password typed in another Unicode form is the same': async ({ browser, member }) => {
    const { email } = await member('ada', { password: 'ﬁancée Ångström 9' });
    await browser().post('/sign-in/email', { email, password: 'fiance\u0301e A\u030angstro\u0308m 9' });
  },
  'an account without a password is not let in': async ({ browser, member, sql }) => {
    const { email, user } = await member();
    sql('UPDATE account SET password = NULL WHERE userId = ?', user.id);
    await browser().post('/sign-in/email', { email, password: PASSWORD });
    sql('DELETE FROM account WHERE userId = ?', user.id);
    await browser().post('/sign-in/email', { email, password: PASSWORD });
  },
  'an address must be one': async ({ browser }) => {
    await browser().post('/sign-in/email', { email: 'not an address', password: PASSWORD });
    await browser().post('/sign-in/email', { email: '', password: PASSWORD });
  },
  'a password of 129 characters is refused': async ({ browser, member }) => {
    const { email } = await member();
    await browser().post('/sign-in/email', { email, password: 'z'.repeat(129) });
  },
  'fields are missing or of another type': async ({ browser, email }) => {
    const visitor = browser();
    await visitor.post('/sign-in/email', {});
    await visitor.post('/sign-in/email', { email: email() });
    await visitor.post('/sign-in/email', { email: email(), password: 12345678 });
    await visitor.post('/sign-in/email', { email: email(), password: PASSWORD, rememberMe: 1 });
  },
  'a callbackURL comes back as a redirect for the client': async ({ browser, member }) => {
    const { email } = await member();
    for (const callbackURL of ['/dashboard', '/a/b?c=d&e=f#g', 'https://app.example.test/home', '']) {
      await browser().post('/sign-in/email', { email, password: PASSWORD, callbackURL });
    }
  },
  'not to be remembered is a session cookie for a day': async ({ browser, member }) => {
    const { email } = await member();
    const visitor = browser();
    await visitor.post('/sign-in/email', { email, password: PASSWORD, rememberMe: false });
    await visitor.get('/get-session');
  },
  'being remembered again clears the note not to': async ({ browser, member }) => {
    const { email } = await member();
    const visitor = browser();
    await visitor.post('/sign-in/email', { email, password: PASSWORD, rememberMe: false });
    await visitor.post('/sign-in/email', { email, password: PASSWORD });
    await visitor.get('/get-session');
  },
  'a second sign-in leaves the first session alone': async ({ browser, member, note, sql }) => {
    const { email, user } = await member();
    const visitor = browser();
    await visitor.post('/sign-in/email', { email, password: PASSWORD });
    await visitor.post('/sign-in/email', { email, password: PASSWORD });
    note('sessions', sql('SELECT count(*) AS sessions FROM session WHERE userId = ?', user.id));
  },
  'by a form': async ({ browser, member }) => {
    const { email } = await member();
    const form = (fields) => ({ body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' });
    await browser().request('POST', '/sign-in/email', form({ email, password: PASSWORD }));
    await browser().request('POST', '/sign-in/email', form({ email, password: PASSWORD, rememberMe: 'false' }));
    await browser().request('POST', '/sign-in/email', form({ email }));
  },
  'an unknown session cookie is no obstacle': async ({ browser, member }) => {
    const { email } = await member();
    const visitor = browser().carry('A'.repeat(32));
    await visitor.post('/sign-in/email', { email, password: PASSWORD });
  },
};

export const verified = {
  'an unverified address is refused, after the password': async ({ browser, member }) => {
    const { email } = await member();
    await browser().post('/sign-in/email', { email, password: `${PASSWORD}!` });
    await browser().post('/sign-in/email', { email, password: PASSWORD });
  },
  'a verified address gets in': async ({ browser, mail, member }) => {
    const ada = await member();
    await ada.follow(await mail(ada.email, { quiet: true }));
    await browser().post('/sign-in/email', { email: ada.email, password: PASSWORD });
  },
};
