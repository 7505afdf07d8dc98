// How often one may ask. Each scenario comes from an address of its own.

import { setTimeout as sleep } from 'node:timers/promises';
import { PASSWORD } from '../harness/stage.mjs';

const times = async (count, act) => {
  for (let index = 0; index < count; index += 1) await act(index);
};

export const limited = {
  'three sign-ins in ten seconds': async ({ browser, email }) => {
    await times(4, () => browser().post('/sign-in/email', { email: email('nobody'), password: PASSWORD }));
  },
  'three sign-ups': async ({ browser, email }) => {
    await times(4, (index) => browser().post('/sign-up/email', { name: 'Ada', email: email(`n${index}`), password: PASSWORD }));
  },
  'three reset mails in a minute': async ({ browser, email }) => {
    await times(4, () => browser().post('/request-password-reset', { email: email('nobody') }));
  },
  'refused bodies count': async ({ browser }) => {
    await times(4, () => browser().post('/sign-in/email', {}));
  },
  'three changes of password or address': async ({ browser }) => {
    await times(4, () => browser().post('/change-password', {}));
    await times(4, () => browser().post('/change-email', {}));
  },
  'each path counts for itself': async ({ browser, email }) => {
    await times(3, () => browser().post('/sign-in/email', {}));
    await browser().post('/sign-in/social', { provider: 'github' });
    await browser().post('/sign-up/email', { name: 'Ada', email: email(), password: PASSWORD });
    await browser().post('/sign-in/email', {});
  },
  'each address counts for itself': async ({ browser }) => {
    const other = browser();
    other.headers = { 'x-forwarded-for': '198.51.100.77' };
    await times(4, () => browser().post('/sign-in/email', {}));
    await other.post('/sign-in/email', {});
  },
  'a home has one address: IPv6 counts by its network': async ({ browser }) => {
    const at = (address) => Object.assign(browser(), { headers: { 'x-forwarded-for': address } });
    await times(3, (index) => at(`2001:db8:77:1::${index + 1}`).post('/sign-in/email', {}));
    await at('2001:db8:77:1:ffff::9').post('/sign-in/email', {});
    await at('2001:db8:77:2::1').post('/sign-in/email', {});
  },
  'paths that do not exist count': async ({ browser }) => {
    await times(4, () => browser().get('/sign-in/nowhere'));
  },
  'a hundred of anything else': async ({ browser, note }) => {
    const visitor = browser();
    const statuses = new Set();
    await times(100, async () => statuses.add((await visitor.quietly.get('/ok')).status));
    note('the first hundred', [...statuses]);
    await visitor.get('/ok');
  },
  'after the window one may ask again': async ({ browser }) => {
    await times(4, () => browser().post('/sign-in/email', {}));
    await sleep(10_500);
    await browser().post('/sign-in/email', {});
  },
};
