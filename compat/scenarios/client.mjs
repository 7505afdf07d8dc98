// The official npm client, as an application calls it: what it returns, dates revived
// and errors shaped. A server may answer right and still break it.

import { DAY, PASSWORD } from '../harness/stage.mjs';

const NEXT = 'another fine password 8';
const ADA = (email) => ({ name: 'Ada Lovelace', email, password: PASSWORD });

/** A client somebody just signed up with. */
async function signedUp({ client, email }, tag = 'ada') {
  const made = client();
  const { data } = await made.quietly('signUp.email', ADA(email(tag)));
  return Object.assign(made, { data, email: email(tag) });
}

export const everyday = {
  'sign up, read the session, sign out': async ({ client, email }) => {
    const app = client();
    await app.call('signUp.email', ADA(email()));
    await app.call('getSession');
    await app.call('signOut');
    await app.call('getSession');
  },
  'sign in, right and wrong': async (stage) => {
    const { email } = await signedUp(stage);
    const app = stage.client();
    await app.call('signIn.email', { email, password: 'wrong password 1' });
    await app.call('signIn.email', { email, password: PASSWORD });
    await app.call('signIn.email', { email, password: PASSWORD, callbackURL: '/home' });
    await app.call('signIn.email', { email, password: PASSWORD, rememberMe: false });
    await app.call('getSession');
  },
  'refused sign-ups': async (stage) => {
    const { email } = await signedUp(stage);
    const app = stage.client();
    await app.call('signUp.email', ADA(email));
    await app.call('signUp.email', { ...ADA(stage.email('bob')), password: 'short' });
    await app.call('signUp.email', { name: 'Bob' });
  },
  'nobody is signed in': async ({ client }) => {
    const app = client();
    for (const name of ['getSession', 'listSessions', 'listAccounts', 'token']) await app.call(name);
    await app.call('updateUser', { name: 'Nobody' });
    await app.call('deleteUser');
  },
  'profile': async (stage) => {
    const app = await signedUp(stage);
    await app.call('updateUser', { name: 'Augusta', image: 'https://example.com/a.png' });
    await app.call('getSession');
    await app.call('updateUser', { image: null });
    await app.call('updateUser', {});
  },
  'sessions': async (stage) => {
    const app = await signedUp(stage);
    const other = stage.client();
    const { data } = await other.quietly('signIn.email', { email: app.email, password: PASSWORD });
    stage.move(data.token, { created: -60 });
    await app.call('listSessions');
    await app.call('revokeSession', { token: data.token });
    await app.call('revokeOtherSessions');
    await app.call('listSessions');
    await app.call('revokeSessions');
    await app.call('getSession');
  },
  'an old session is not fresh': async (stage) => {
    const app = await signedUp(stage);
    stage.move(app.data.token, { created: -2 * DAY });
    await app.call('listSessions');
  },
  'password': async (stage) => {
    const app = await signedUp(stage);
    await app.call('changePassword', { currentPassword: 'wrong password 1', newPassword: NEXT });
    await app.call('changePassword', { currentPassword: PASSWORD, newPassword: NEXT, revokeOtherSessions: true });
    await app.call('getSession');
    await app.call('verifyPassword', { password: NEXT });
  },
  'forgotten password': async (stage) => {
    const { email } = await signedUp(stage);
    const app = stage.client();
    await app.call('requestPasswordReset', { email, redirectTo: '/reset' });
    const link = await stage.mail(email);
    await app.call('resetPassword', { token: link.pathname.split('/').at(-1), newPassword: NEXT });
    await app.call('resetPassword', { token: 'used', newPassword: NEXT });
    await app.call('signIn.email', { email, password: NEXT });
  },
  'verification': async (stage) => {
    const app = await signedUp(stage);
    await app.call('sendVerificationEmail', { email: app.email, callbackURL: '/verified' });
    const link = await stage.mail(app.email);
    await app.call('verifyEmail', { query: { token: link.searchParams.get('token') } });
    await app.call('getSession');
    await app.call('verifyEmail', { query: { token: 'none' } });
  },
  'another address': async (stage) => {
    const app = await signedUp(stage);
    await app.call('changeEmail', { newEmail: stage.email('new'), callbackURL: '/account' });
    const link = await stage.mail(stage.email('new'));
    await app.call('verifyEmail', { query: { token: link.searchParams.get('token') } });
    await app.call('getSession');
  },
  'accounts': async (stage) => {
    const app = await signedUp(stage);
    const { data } = await app.call('listAccounts');
    await app.call('unlinkAccount', { accountId: data[0].id });
  },
  'deletion': async (stage) => {
    const app = await signedUp(stage);
    await app.call('deleteUser', { password: 'wrong password 1' });
    await app.call('deleteUser', { password: PASSWORD });
    await app.call('getSession');
  },
  'tokens and keys': async (stage) => {
    const app = await signedUp(stage);
    await app.call('token');
    await app.call('jwks');
  },
  'a provider nobody configured': async ({ client }) => {
    await client().call('signIn.social', { provider: 'github', callbackURL: '/home' });
  },
};

export const limited = {
  'too many requests': async ({ client, email }) => {
    const app = client();
    for (let attempt = 0; attempt < 4; attempt += 1) await app.call('signIn.email', { email: email('nobody'), password: PASSWORD });
  },
};
