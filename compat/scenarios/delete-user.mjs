// Deleting one's own account.

import { DAY, PASSWORD } from '../harness/stage.mjs';

const left = ({ sql, note }, id) => note('rows left', {
  users: sql('SELECT count(*) AS n FROM user WHERE id = ?', id)[0].n,
  sessions: sql('SELECT count(*) AS n FROM session WHERE userId = ?', id)[0].n,
  accounts: sql('SELECT count(*) AS n FROM account WHERE userId = ?', id)[0].n,
});

export const everyday = {
  'a bad target is refused before the session is read': async ({ member, sql }) => {
    const ada = await member();
    sql('DELETE FROM session WHERE token = ?', ada.token);
    await ada.get('/delete-user/callback?token=x&callbackURL=https%3A%2F%2Fevil.example');
    await ada.get('/delete-user/callback?token=x&callbackURL=%2F');
  },
  'with the password, nothing is left': async (stage) => {
    const ada = await stage.member();
    await stage.signedIn(ada.email);
    await ada.post('/delete-user', { password: PASSWORD });
    await ada.get('/get-session');
    left(stage, ada.user.id);
  },
  'a fresh session needs no password': async (stage) => {
    const ada = await stage.member();
    await ada.post('/delete-user', {});
    left(stage, ada.user.id);
  },
  'an old session does': async (stage) => {
    const ada = await stage.member();
    stage.move(ada.token, { created: -DAY - 60 });
    await ada.post('/delete-user', {});
    left(stage, ada.user.id);
    await ada.post('/delete-user', { password: PASSWORD });
    left(stage, ada.user.id);
  },
  'a wrong password': async (stage) => {
    const ada = await stage.member();
    await ada.post('/delete-user', { password: `${PASSWORD}!` });
    left(stage, ada.user.id);
  },
  'a password where there is none': async (stage) => {
    const ada = await stage.member();
    stage.sql('UPDATE account SET password = NULL WHERE userId = ?', ada.user.id);
    await ada.post('/delete-user', { password: PASSWORD });
    left(stage, ada.user.id);
  },
  'a token that is none': async ({ member }) => {
    const ada = await member();
    await ada.post('/delete-user', { token: 'f'.repeat(32) });
    await ada.get('/get-session');
  },
  'nobody, and bodies that are none': async ({ browser, member }) => {
    await browser().post('/delete-user', {});
    const ada = await member();
    await ada.post('/delete-user', { password: 5 });
    await ada.request('POST', '/delete-user');
  },
  'the address is free again': async ({ browser, member }) => {
    const ada = await member();
    await ada.quietly.post('/delete-user', { password: PASSWORD });
    await browser().post('/sign-up/email', { name: 'Ada again', email: ada.email, password: PASSWORD });
  },
  'the callback without a token or session': async ({ browser, member }) => {
    const ada = await member();
    await ada.get('/delete-user/callback');
    await ada.get(`/delete-user/callback?token=${'f'.repeat(32)}`);
    await ada.get(`/delete-user/callback?token=${'f'.repeat(32)}&callbackURL=/bye`);
    await browser().get(`/delete-user/callback?token=${'f'.repeat(32)}&callbackURL=/bye`);
    await ada.get('/get-session');
  },
};

export const confirmed = {
  'a link in a mail, opened in the same browser': async (stage) => {
    const ada = await stage.member();
    await ada.post('/delete-user', { callbackURL: '/bye' });
    await ada.follow(await stage.mail(ada.email));
    await ada.get('/get-session');
    left(stage, ada.user.id);
  },
  'a password is checked before the mail': async (stage) => {
    const ada = await stage.member();
    await ada.post('/delete-user', { password: `${PASSWORD}!` });
    await stage.noMail(ada.email);
    await ada.post('/delete-user', { password: PASSWORD });
    await stage.mail(ada.email);
    left(stage, ada.user.id);
  },
  'the token may be posted': async (stage) => {
    const ada = await stage.member();
    await ada.quietly.post('/delete-user', {});
    const link = await stage.mail(ada.email, { quiet: true });
    await ada.post('/delete-user', { token: link.searchParams.get('token') });
    left(stage, ada.user.id);
  },
  'the token is of no use to others': async (stage) => {
    const [ada, eve] = [await stage.member('ada'), await stage.member('eve')];
    await ada.quietly.post('/delete-user', {});
    const link = await stage.mail(ada.email, { quiet: true });
    await stage.browser().follow(link);
    await eve.follow(link);
    left(stage, ada.user.id);
    left(stage, eve.user.id);
  },
  'an old session may ask for the mail': async (stage) => {
    const ada = await stage.member();
    stage.move(ada.token, { created: -3 * DAY });
    await ada.post('/delete-user', {});
    await stage.mail(ada.email);
  },
  'the row it leaves': async (stage) => {
    const ada = await stage.member();
    await ada.quietly.post('/delete-user', {});
    await stage.mail(ada.email, { quiet: true });
    stage.note('verification', stage.sql('SELECT * FROM verification WHERE value = ?', ada.user.id));
  },
};

export const closed = {
  'switched off': async ({ browser, member }) => {
    const ada = await member();
    await ada.post('/delete-user', { password: PASSWORD });
    await ada.get(`/delete-user/callback?token=${'f'.repeat(32)}`);
    await browser().post('/delete-user', {});
    await ada.get('/get-session');
  },
};
