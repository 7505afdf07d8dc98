// Somebody is on the provider's page while the server is swapped. They come back to
// another program, which must know where they came from.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startProvider } from '../harness/provider.mjs';
import { referenceCommand, subjectCommand } from '../harness/subject.mjs';
import { House, whoIs } from './house.mjs';

const PROFILE = { provider: true };

/** Leaves for the provider; returns the link back. */
async function leave(house, visitor, login, path = '/sign-in/social') {
  house.provider.person(login, { email: login, name: login.split('@')[0] });
  const { json } = await visitor.quietly.post(path, { provider: 'local', callbackURL: '/home', loginHint: login });
  return house.provider.authorize(json.url);
}
const localAccount = async (visitor) => (await visitor.quietly.get('/list-accounts')).json.find(({ providerId }) => providerId === 'local');

for (const [title, first, second] of [['from Better Auth to Doorward', referenceCommand, subjectCommand], ['from Doorward to Better Auth', subjectCommand, referenceCommand]]) {
  describe(title, () => {
    let house;
    let settled;
    let newcomer;
    let linking;
    const back = {};
    before(async () => {
      house = await House.build();
      house.provider = await startProvider(`http://127.0.0.1:${house.port}`);
      await house.open(first(), PROFILE);
      settled = house.visitor();
      await settled.quietly.follow(await leave(house, settled, 'settled@example.com'));
      newcomer = house.visitor();
      back.newcomer = await leave(house, newcomer, 'newcomer@example.com');
      linking = await house.member('linking');
      back.linking = await leave(house, linking, 'linking@example.com', '/link-social');
      await house.open(second(), PROFILE);
    });
    after(() => house?.tearDown());

    it('who was on the way in arrives', async () => {
      assert.equal((await newcomer.follow(back.newcomer)).headers.location, '/home');
      assert.equal(await whoIs(newcomer), 'newcomer');
    });
    it('who was linking an account has it linked', async () => {
      assert.equal((await linking.follow(back.linking)).headers.location, '/home');
      assert.ok(await localAccount(linking));
    });
    it('who came before is known again', async () => {
      assert.equal(await whoIs(settled), 'settled');
      const again = house.visitor();
      await again.quietly.follow(await leave(house, again, 'settled@example.com'));
      assert.equal((await again.get('/get-session')).json.user.id, (await settled.get('/get-session')).json.user.id);
    });
    it('tokens of the provider are still of use', async () => {
      const { id } = await localAccount(settled);
      const { status, json } = await settled.post('/refresh-token', { accountId: id });
      assert.equal(status, 200);
      assert.ok(json.accessToken && json.refreshToken);
    });
  });
}
