// All sessions of a person: listing and ending them.

import { DAY } from '../harness/stage.mjs';

const ended = async (...browsers) => {
  for (const browser of browsers) await browser.get('/get-session');
};

export const everyday = {
  'every live session is listed': async ({ member, move, signedIn }) => {
    const ada = await member();
    const other = await signedIn(ada.email);
    const expired = await signedIn(ada.email);
    move(ada.token, { created: -120 });
    move(other.token, { created: -60 });
    move(expired.token, { expires: -1 });
    await ada.get('/list-sessions');
  },
  'nobody gets no list': async ({ browser }) => {
    await browser().get('/list-sessions');
    await browser().carry('C'.repeat(32)).get('/list-sessions');
  },
  'a day-old session is not fresh enough to list': async ({ member, move }) => {
    const ada = await member();
    move(ada.token, { created: -DAY - 60 });
    await ada.get('/list-sessions');
    await ada.get('/get-session');
  },
  'a session a little younger is': async ({ member, move }) => {
    const ada = await member();
    move(ada.token, { created: -DAY + 300 });
    await ada.get('/list-sessions');
  },
  'one session is ended from another': async ({ member, signedIn }) => {
    const ada = await member();
    const lost = await signedIn(ada.email);
    await ada.post('/revoke-session', { token: lost.token });
    await ended(ada, lost);
  },
  'the own session is ended': async ({ member }) => {
    const ada = await member();
    await ada.post('/revoke-session', { token: ada.token });
    await ended(ada);
  },
  'a session that slides and ends in one answer is not handed out again': async ({ member, move }) => {
    const ada = await member();
    move(ada.token, { expires: 3 * 86_400 });
    await ada.post('/revoke-session', { token: ada.token });
  },
  "somebody else's session stays": async ({ member }) => {
    const [ada, eve] = [await member('ada'), await member('eve')];
    await eve.post('/revoke-session', { token: ada.token });
    await ended(ada);
  },
  'a token nobody has': async ({ member }) => {
    const ada = await member();
    await ada.post('/revoke-session', { token: 'nothing' });
    await ada.post('/revoke-session', { token: '' });
  },
  'which one must be said': async ({ browser, member }) => {
    const ada = await member();
    await ada.post('/revoke-session', {});
    await ada.post('/revoke-session', { token: 5 });
    await browser().post('/revoke-session', {});
    await browser().post('/revoke-session', { token: ada.token });
  },
  'all sessions': async ({ browser, member, signedIn }) => {
    const ada = await member();
    const other = await signedIn(ada.email);
    await ada.post('/revoke-sessions', {});
    await ended(ada, other);
    await browser().post('/revoke-sessions', {});
  },
  'all other sessions': async ({ browser, member, signedIn }) => {
    const ada = await member();
    const [second, third] = [await signedIn(ada.email), await signedIn(ada.email)];
    await ada.request('POST', '/revoke-other-sessions');
    await ended(ada, second, third);
    await browser().post('/revoke-other-sessions', {});
  },
  'not only fresh sessions may end sessions': async ({ member, move, signedIn }) => {
    const ada = await member();
    const other = await signedIn(ada.email);
    move(ada.token, { created: -3 * DAY });
    await ada.post('/revoke-session', { token: other.token });
    await ada.post('/revoke-other-sessions', {});
    await ended(ada, other);
  },
};
