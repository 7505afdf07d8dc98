// A forgotten password: asking for a link, following it, setting a new one.

import { PASSWORD } from '../harness/stage.mjs';

const NEXT = 'another fine password 8';

/** The token in a reset link's path. */
const tokenOf = (link) => link.pathname.split('/').at(-1);

async function asked({ browser, mail }, email, redirectTo = '/reset') {
  await browser().quietly.post('/request-password-reset', { email, redirectTo });
  return mail(email, { quiet: true });
}

export const everyday = {
  'the query of the target is written anew': async ({ browser, member, mail }) => {
    const { email } = await member();
    for (const target of ['/a?x=/y', '/a?error=old&x=1&error=older&token=mine', '/a?x&y=%2F&z=a+b#part', "/a?b=~*'()!"]) {
      await browser().get(`/reset-password/unknown?callbackURL=${encodeURIComponent(target)}`);
    }
    await browser().quietly.post('/request-password-reset', { email, redirectTo: '/new?x=/y&token=mine' });
    await browser().follow(await mail(email));
  },
  'the whole way': async ({ browser, mail, member }) => {
    const { email } = await member();
    const visitor = browser();
    await visitor.post('/request-password-reset', { email, redirectTo: '/reset' });
    const link = await mail(email);
    await visitor.follow(link);
    await visitor.post('/reset-password', { token: tokenOf(link), newPassword: NEXT });
    await visitor.post('/sign-in/email', { email, password: PASSWORD });
    await visitor.post('/sign-in/email', { email, password: NEXT });
  },
  'an unknown address is answered the same and gets no mail': async ({ browser, email, noMail }) => {
    await browser().post('/request-password-reset', { email: email('nobody'), redirectTo: '/reset' });
    await noMail(email('nobody'));
  },
  'without a redirect': async ({ browser, mail, member }) => {
    const { email } = await member();
    await browser().post('/request-password-reset', { email });
    await browser().follow(await mail(email));
  },
  'the address must be one': async ({ browser }) => {
    await browser().post('/request-password-reset', {});
    await browser().post('/request-password-reset', { email: 'ada' });
    await browser().post('/request-password-reset', { email: 'ada@example.com', redirectTo: 5 });
  },
  'the redirect keeps its query': async (stage) => {
    const { email } = await stage.member();
    const link = await asked(stage, email, 'https://app.example.test/reset?from=mail');
    stage.note('link', String(link));
    await stage.browser().follow(link);
  },
  'a token works once': async (stage) => {
    const { email } = await stage.member();
    const token = tokenOf(await asked(stage, email));
    await stage.browser().post('/reset-password', { token, newPassword: NEXT });
    await stage.browser().post('/reset-password', { token, newPassword: PASSWORD });
  },
  'a refused password does not use it up': async (stage) => {
    const { email } = await stage.member();
    const token = tokenOf(await asked(stage, email));
    await stage.browser().post('/reset-password', { token, newPassword: 'short' });
    await stage.browser().post('/reset-password', { token, newPassword: 'y'.repeat(129) });
    await stage.browser().post('/reset-password', { token, newPassword: NEXT });
  },
  'the token may stand in the query': async (stage) => {
    const { email } = await stage.member();
    const token = tokenOf(await asked(stage, email));
    await stage.browser().post(`/reset-password?token=${token}`, { newPassword: NEXT });
  },
  'tokens that are none': async ({ browser }) => {
    const visitor = browser();
    await visitor.post('/reset-password', { token: 'E'.repeat(24), newPassword: NEXT });
    await visitor.post('/reset-password', { token: '', newPassword: NEXT });
    await visitor.post('/reset-password', { newPassword: NEXT });
    await visitor.post('/reset-password', { token: 'E'.repeat(24) });
    await visitor.post('/reset-password', { token: 5, newPassword: NEXT });
    await visitor.get(`/reset-password/${'E'.repeat(24)}?callbackURL=/reset`);
    await visitor.get(`/reset-password/${'E'.repeat(24)}`);
    await visitor.get(`/reset-password/${'E'.repeat(24)}?callbackURL=`);
  },
  'an old token has expired': async (stage) => {
    const { email, user } = await stage.member();
    const link = await asked(stage, email);
    stage.sql("UPDATE verification SET expiresAt = ? WHERE value = ?", new Date(Date.now() - 1000).toISOString(), user.id);
    await stage.browser().follow(link);
    await stage.browser().post('/reset-password', { token: tokenOf(link), newPassword: NEXT });
  },
  'the row it leaves': async (stage) => {
    const { email, user } = await stage.member();
    await asked(stage, email);
    stage.note('verification', stage.sql('SELECT * FROM verification WHERE value = ?', user.id));
  },
  'sessions stay open': async (stage) => {
    const ada = await stage.member();
    const token = tokenOf(await asked(stage, ada.email));
    await stage.browser().post('/reset-password', { token, newPassword: NEXT });
    await ada.get('/get-session');
  },
  'an account without a password gets one': async (stage) => {
    const ada = await stage.member();
    stage.sql('DELETE FROM account WHERE userId = ?', ada.user.id);
    const token = tokenOf(await asked(stage, ada.email));
    await stage.browser().post('/reset-password', { token, newPassword: NEXT });
    await stage.browser().post('/sign-in/email', { email: ada.email, password: NEXT });
    await ada.get('/list-accounts');
  },
  'an account that is gone': async (stage) => {
    const ada = await stage.member();
    const token = tokenOf(await asked(stage, ada.email));
    stage.sql('DELETE FROM account WHERE userId = ?', ada.user.id);
    stage.sql('DELETE FROM session WHERE userId = ?', ada.user.id);
    stage.sql('DELETE FROM user WHERE id = ?', ada.user.id);
    await stage.browser().post('/reset-password', { token, newPassword: NEXT });
  },
  'each request has a token of its own': async (stage) => {
    const { email } = await stage.member();
    const [first, second] = [await asked(stage, email), await asked(stage, email)];
    await stage.browser().post('/reset-password', { token: tokenOf(first), newPassword: NEXT });
    await stage.browser().post('/reset-password', { token: tokenOf(second), newPassword: PASSWORD });
  },
};

export const mailless = {
  'no mailer, no reset': async ({ browser, member }) => {
    const { email } = await member();
    await browser().post('/request-password-reset', { email, redirectTo: '/reset' });
  },
};
