// Proving that an address is one's own.

import { PASSWORD } from '../harness/stage.mjs';
import { createHmac } from 'node:crypto';

/** A verification token as the protocol makes them, for what cannot be had by mail. */
function tokenFor(claims, secret, header = { alg: 'HS256' }) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const seconds = () => Math.floor(Date.now() / 1000);

export const everyday = {
  'the whole way': async ({ mail, member }) => {
    const ada = await member();
    await ada.post('/send-verification-email', { email: ada.email, callbackURL: '/verified' });
    await ada.follow(await mail(ada.email));
    await ada.get('/get-session');
  },
  'without a callbackURL the answer is JSON': async ({ mail, member }) => {
    const ada = await member();
    await ada.post('/send-verification-email', { email: ada.email });
    const link = await mail(ada.email);
    link.searchParams.delete('callbackURL');
    await ada.follow(link);
  },
  'a link works again, and changes nothing': async ({ browser, mail, member }) => {
    const ada = await member();
    await ada.quietly.post('/send-verification-email', { email: ada.email, callbackURL: '/verified' });
    const link = await mail(ada.email, { quiet: true });
    await browser().follow(link);
    await browser().follow(link);
  },
  'asked for by nobody in particular': async ({ browser, email, mail, member, noMail }) => {
    const ada = await member();
    await browser().post('/send-verification-email', { email: ada.email });
    await mail(ada.email);
    await browser().post('/send-verification-email', { email: email('nobody') });
    await noMail(email('nobody'));
  },
  'asked for somebody else': async ({ email, member }) => {
    const ada = await member();
    await ada.post('/send-verification-email', { email: email('bob') });
  },
  'asked for once too often': async ({ browser, member, noMail, sql }) => {
    const ada = await member();
    sql('UPDATE user SET emailVerified = 1 WHERE id = ?', ada.user.id);
    await ada.post('/send-verification-email', { email: ada.email });
    await browser().post('/send-verification-email', { email: ada.email });
    await noMail(ada.email);
  },
  'the address must be one': async ({ browser }) => {
    await browser().post('/send-verification-email', {});
    await browser().post('/send-verification-email', { email: 'ada' });
  },
  'tokens that are none': async ({ browser, secrets, email }) => {
    const visitor = browser();
    const claims = { email: email('nobody'), iat: seconds(), exp: seconds() + 3600 };
    const broken = ['', 'nothing', 'a.b.c', tokenFor(claims, 'another secret of thirty-two chars'), tokenFor(claims, secrets[0], { alg: 'none' })];
    for (const token of broken) {
      await visitor.get(`/verify-email?token=${token}`);
      await visitor.get(`/verify-email?token=${token}&callbackURL=/verified`);
    }
    await visitor.get('/verify-email');
  },
  'a token for nobody': async ({ browser, secrets, email }) => {
    const token = tokenFor({ email: email('nobody'), iat: seconds(), exp: seconds() + 3600 }, secrets[0]);
    await browser().get(`/verify-email?token=${token}`);
    await browser().get(`/verify-email?token=${token}&callbackURL=/verified?from=mail`);
  },
  'an expired token says so': async ({ browser, member, secrets }) => {
    const { email, user } = await member();
    const token = tokenFor({ email, userId: user.id, iat: seconds() - 7200, exp: seconds() - 3600 }, secrets[0]);
    await browser().get(`/verify-email?token=${token}`);
    await browser().get(`/verify-email?token=${token}&callbackURL=/verified`);
  },
};

export const verified = {
  'sign-up sends the mail and the link lets in': async ({ browser, email, mail }) => {
    const visitor = browser();
    await visitor.post('/sign-up/email', { name: 'Ada', email: email(), password: PASSWORD, callbackURL: '/verified' });
    await visitor.follow(await mail(email()));
    await visitor.post('/sign-in/email', { email: email(), password: PASSWORD });
  },
};

export const mailless = {
  'no mailer, no verification': async ({ browser, member }) => {
    const ada = await member();
    await ada.post('/send-verification-email', { email: ada.email });
    await browser().post('/send-verification-email', { email: ada.email });
  },
};
