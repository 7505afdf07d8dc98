// Moving an account to another address.

import { PASSWORD } from '../harness/stage.mjs';

export const everyday = {
  'an unverified address: the new one is asked': async ({ browser, email, mail, member }) => {
    const ada = await member();
    await ada.post('/change-email', { newEmail: email('new'), callbackURL: '/account' });
    await ada.follow(await mail(email('new')));
    await ada.get('/get-session');
    await browser().post('/sign-in/email', { email: email('new'), password: PASSWORD });
    await browser().post('/sign-in/email', { email: ada.email, password: PASSWORD });
  },
  'a verified address: the new one is asked as well': async ({ email, mail, member, sql }) => {
    const ada = await member();
    sql('UPDATE user SET emailVerified = 1 WHERE id = ?', ada.user.id);
    await ada.post('/change-email', { newEmail: email('new'), callbackURL: '/account' });
    await ada.follow(await mail(email('new')));
    await ada.get('/get-session');
  },
  'without a callbackURL the answer is JSON': async ({ email, mail, member }) => {
    const ada = await member();
    await ada.post('/change-email', { newEmail: email('new') });
    const link = await mail(email('new'));
    link.searchParams.delete('callbackURL');
    await ada.follow(link);
  },
  'opened in a browser nobody is signed in with': async ({ browser, email, mail, member }) => {
    const ada = await member();
    await ada.quietly.post('/change-email', { newEmail: email('new'), callbackURL: '/account' });
    await browser().follow(await mail(email('new'), { quiet: true }));
    await ada.get('/get-session');
  },
  'opened by somebody else': async ({ email, mail, member }) => {
    const [ada, eve] = [await member('ada'), await member('eve')];
    await ada.quietly.post('/change-email', { newEmail: email('new'), callbackURL: '/account' });
    await eve.follow(await mail(email('new'), { quiet: true }));
    await ada.get('/get-session');
    await eve.get('/get-session');
  },
  'a taken address looks like a free one': async ({ member, noMail }) => {
    const [ada, bob] = [await member('ada'), await member('bob')];
    await ada.post('/change-email', { newEmail: bob.email });
    await noMail(bob.email);
  },
  'the same address is refused': async ({ member }) => {
    const ada = await member();
    await ada.post('/change-email', { newEmail: ada.email });
    await ada.post('/change-email', { newEmail: ada.email.toUpperCase() });
  },
  'the new address is kept in lower case': async ({ email, mail, member }) => {
    const ada = await member();
    await ada.post('/change-email', { newEmail: email('NEW').toUpperCase(), callbackURL: '/account' });
    await ada.follow(await mail(email('new')));
    await ada.get('/get-session');
  },
  'it must be one, and somebody must ask': async ({ browser, email, member }) => {
    const ada = await member();
    await ada.post('/change-email', {});
    await ada.post('/change-email', { newEmail: 'ada' });
    await browser().post('/change-email', {});
    await browser().post('/change-email', { newEmail: email('new') });
  },
};

export const confirmed = {
  'a verified address confirms first, then the new one': async ({ email, mail, member, sql }) => {
    const ada = await member();
    sql('UPDATE user SET emailVerified = 1 WHERE id = ?', ada.user.id);
    await ada.post('/change-email', { newEmail: email('new'), callbackURL: '/account' });
    await ada.follow(await mail(ada.email));
    await ada.get('/get-session');
    await ada.follow(await mail(email('new')));
    await ada.get('/get-session');
  },
  'an unverified address does not confirm': async ({ email, mail, member, noMail }) => {
    const ada = await member();
    await ada.post('/change-email', { newEmail: email('new'), callbackURL: '/account' });
    await noMail(ada.email);
    await ada.follow(await mail(email('new')));
    await ada.get('/get-session');
  },
};

export const closed = {
  'switched off': async ({ browser, email, member }) => {
    const ada = await member();
    await ada.post('/change-email', { newEmail: email('new') });
    await browser().post('/change-email', { newEmail: email('new') });
    await ada.post('/change-email', {});
  },
};

export const mailless = {
  'no mailer, no change': async ({ email, member, sql }) => {
    const ada = await member();
    await ada.post('/change-email', { newEmail: email('new') });
    sql('UPDATE user SET emailVerified = 1 WHERE id = ?', ada.user.id);
    await ada.post('/change-email', { newEmail: email('new') });
    await ada.get('/get-session');
  },
};
