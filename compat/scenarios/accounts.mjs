// The ways a person can sign in: listing and removing them.

import { DAY } from '../harness/stage.mjs';

/** Another way in, as if it had been linked. */
function linked({ sql }, userId, { id = 'linked-account-row', providerId = 'github', accountId = '4711', scope = 'read:user,user:email' } = {}) {
  const now = new Date().toISOString();
  sql('INSERT INTO account (id, accountId, providerId, userId, scope, accessToken, createdAt, updatedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)', `${id}-${userId}`, accountId, providerId, userId, scope, 'secret', now, now);
  return `${id}-${userId}`;
}

export const everyday = {
  'a password is an account': async ({ member }) => {
    const ada = await member();
    await ada.get('/list-accounts');
  },
  'linked accounts show their scopes and no tokens': async (stage) => {
    const ada = await stage.member();
    linked(stage, ada.user.id);
    linked(stage, ada.user.id, { id: 'second', providerId: 'google', accountId: '12', scope: null });
    await ada.get('/list-accounts');
  },
  'nobody has none': async ({ browser }) => {
    await browser().get('/list-accounts');
  },
  'one of two is removed': async (stage) => {
    const ada = await stage.member();
    const accountId = linked(stage, ada.user.id);
    await ada.post('/unlink-account', { accountId });
    await ada.get('/list-accounts');
  },
  'the last one stays': async ({ member }) => {
    const ada = await member();
    const { json } = await ada.get('/list-accounts');
    await ada.post('/unlink-account', { accountId: json[0].id });
    await ada.post('/unlink-account', { accountId: 'nothing' });
  },
  'an unknown one, and one of somebody else': async (stage) => {
    const [ada, eve] = [await stage.member('ada'), await stage.member('eve')];
    const accountId = linked(stage, ada.user.id);
    linked(stage, eve.user.id);
    await ada.post('/unlink-account', { accountId: 'nothing' });
    await eve.post('/unlink-account', { accountId });
    await ada.get('/list-accounts');
  },
  'a fresh session is needed': async (stage) => {
    const ada = await stage.member();
    const accountId = linked(stage, ada.user.id);
    stage.move(ada.token, { created: -DAY - 60 });
    await ada.post('/unlink-account', { accountId });
    await stage.browser().post('/unlink-account', { accountId });
    await ada.post('/unlink-account', {});
  },
  'tokens of a provider nobody configured': async (stage) => {
    const ada = await stage.member();
    const accountId = linked(stage, ada.user.id);
    await ada.post('/get-access-token', { accountId });
    await ada.post('/refresh-token', { accountId });
    await ada.get(`/account-info?accountId=${encodeURIComponent(accountId)}`);
  },
  'tokens of nobody, and of nothing': async ({ browser, member }) => {
    const ada = await member();
    for (const body of [{}, { accountId: 'nothing' }, { accountId: 5 }, { useAccountCookie: true }, { accountId: 'x', useAccountCookie: true }, { useAccountCookie: false }, { accountId: 'x', more: 1 }]) {
      await ada.post('/get-access-token', body);
    }
    await ada.post('/refresh-token', { accountId: 'nothing' });
    await ada.get('/account-info?accountId=nothing');
    await ada.get('/account-info');
    await browser().post('/get-access-token', { accountId: 'nothing' });
    await browser().post('/get-access-token', {});
    await browser().post('/refresh-token', { accountId: 'nothing' });
    await browser().get('/account-info?accountId=nothing');
  },
};
