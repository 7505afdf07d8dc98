// Changing and checking a password while signed in.

import { PASSWORD } from '../harness/stage.mjs';

const NEXT = 'another fine password 8';

export const everyday = {
  'it is changed': async ({ browser, member }) => {
    const ada = await member();
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: NEXT });
    await ada.get('/get-session');
    await browser().post('/sign-in/email', { email: ada.email, password: PASSWORD });
    await browser().post('/sign-in/email', { email: ada.email, password: NEXT });
  },
  'other sessions stay unless asked': async ({ member, signedIn }) => {
    const ada = await member();
    const other = await signedIn(ada.email);
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: NEXT });
    await other.get('/get-session');
  },
  'other sessions end when asked': async ({ member, signedIn }) => {
    const ada = await member();
    const other = await signedIn(ada.email);
    const before = ada.jar.header();
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: NEXT, revokeOtherSessions: true });
    await ada.get('/get-session');
    await ada.get('/get-session', { cookie: before, keep: false });
    await other.get('/get-session');
  },
  'the current one must be right': async ({ member }) => {
    const ada = await member();
    await ada.post('/change-password', { currentPassword: `${PASSWORD}!`, newPassword: NEXT });
  },
  'the new one must have a length': async ({ member }) => {
    const ada = await member();
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: 'short' });
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: 'y'.repeat(129) });
    await ada.post('/change-password', { currentPassword: 'wrong too', newPassword: 'short' });
  },
  'the same one again is fine': async ({ member }) => {
    const ada = await member();
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: PASSWORD });
  },
  'an account without a password has none to change': async ({ member, sql }) => {
    const ada = await member();
    sql('UPDATE account SET password = NULL WHERE userId = ?', ada.user.id);
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: NEXT });
    sql('DELETE FROM account WHERE userId = ?', ada.user.id);
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: NEXT });
  },
  'fields and sessions are needed': async ({ browser, member }) => {
    const ada = await member();
    await ada.post('/change-password', {});
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: 5 });
    await ada.post('/change-password', { currentPassword: PASSWORD, newPassword: NEXT, revokeOtherSessions: 'yes' });
    await browser().post('/change-password', {});
    await browser().post('/change-password', { currentPassword: PASSWORD, newPassword: NEXT });
  },
  'a right password is verified': async ({ member }) => {
    const ada = await member();
    await ada.post('/verify-password', { password: PASSWORD });
  },
  'a wrong one is not': async ({ browser, member, sql }) => {
    const ada = await member();
    await ada.post('/verify-password', { password: `${PASSWORD}!` });
    await ada.post('/verify-password', { password: '' });
    await ada.post('/verify-password', {});
    await browser().post('/verify-password', { password: PASSWORD });
    sql('UPDATE account SET password = NULL WHERE userId = ?', ada.user.id);
    await ada.post('/verify-password', { password: PASSWORD });
  },
  'setting one over HTTP is no route': async ({ member }) => {
    const ada = await member();
    await ada.post('/set-password', { newPassword: NEXT });
  },
};
