// Plays a sequence on one stage: fills in what only that side knows, and goes on
// whatever is answered.

import { DAY, PASSWORD } from '../harness/stage.mjs';
import { sign } from '../harness/tokens.mjs';

export { DAY };

/** A scenario, as the harness plays them, out of a sequence. */
export function scenarioOf({ setup, steps }, number) {
  return { slug: `x${number}`, number: number % 4096, play: (stage) => play(stage, setup, steps) };
}

async function play(stage, setup, steps) {
  let [bob, ada] = [await stage.member('bob', { name: 'Bob' }), await stage.member('ada', remembered(setup))];
  if (!ada.token) {
    // Where an address must be verified first: it is, from outside.
    stage.sql('UPDATE user SET emailVerified = 1');
    [bob, ada] = [await stage.signedIn(bob.email), await stage.signedIn(ada.email, remembered(setup))];
  }
  const other = await stage.signedIn(ada.email);
  const values = {
    EMAIL: ada.email, UPPER: ada.email.toUpperCase(), BOB: bob.email, PASSWORD, ORIGIN: stage.server.origin, USERID: ada.user.id,
    TOKEN: ada.token, TOKEN2: other.token, BOBTOKEN: bob.token,
    SIGNED: sign(ada.token, stage.secrets[0]), PLAIN: decodeURIComponent(sign(ada.token, stage.secrets[0])), BOBSIGNED: sign(bob.token, stage.secrets[0]),
    FORGED: sign(ada.token, 'some other secret of 32 characters'), REMEMBERED: sign('true', stage.secrets[0]), COOKIE: ada.sessionCookie,
  };
  const fill = (text) => text.replace(/\$([A-Z]+2?)/g, (whole, name) => values[name] ?? whole);
  const filled = (value) => (typeof value === 'string' ? fill(value) : value);
  const first = setup.signedOut ? stage.browser() : ada;
  const people = { bob, other };
  let followed;
  for (const step of steps) {
    const visitor = people[step.by] ?? first;
    if (step.kind === 'move') stage.move(ada.token, step.times);
    else if (step.kind === 'sql') stage.sql(step.statement, ada.user.id);
    else if (step.kind === 'mail') followed = await openMail(stage, visitor, fill(step.to), step.spoil) ?? followed;
    else if (step.kind === 'again') await (followed && visitor.follow(followed));
    else if (step.kind === 'visit') followed = await visit(stage, visitor, step, fill) ?? followed;
    else {
      const headers = Object.fromEntries(Object.entries(step.headers ?? {}).map(([name, value]) => [name, fill(value)]));
      if (step.authorization) headers.authorization = fill(step.authorization);
      await visitor.request(step.method, fill(step.path), {
        body: step.body === undefined ? undefined : fill(step.body), type: step.type, headers,
        ...(step.origin === undefined ? {} : { origin: filled(step.origin) }),
        ...(step.cookie === undefined ? {} : { cookie: filled(step.cookie), keep: false }),
      });
    }
  }
  stage.note('rows', stage.sql('SELECT token, expiresAt, ipAddress, userAgent FROM session WHERE userId = ? ORDER BY createdAt, token = ?', ada.user.id, other.token).map((row) => ({ ...row, token: undefined })));
  stage.note('user', stage.sql('SELECT name, email, emailVerified, image FROM user WHERE id = ?', ada.user.id));
}

const remembered = ({ rememberMe }) => (rememberMe === undefined ? {} : { rememberMe });

async function openMail(stage, visitor, address, spoil) {
  const found = await stage.mailbox.next(address, 400);
  stage.note(`mail to ${address}`, found?.link ?? 'none');
  if (found?.link) await visitor.follow(found.link + spoil);
  return found?.link;
}

/** To the provider and back, with something changed on the way back. */
async function visit(stage, visitor, { provider, login, changes, extra }, fill) {
  if (!stage.provider) return undefined;
  const person = fill(login);
  stage.provider.person(person, { email: person });
  const { json } = await visitor.post('/sign-in/social', { provider, loginHint: person, callbackURL: '/home', ...extra });
  if (!json?.url) return undefined;
  const back = new URL(await stage.provider.authorize(json.url));
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) back.searchParams.delete(name);
    else if (name === 'again') back.searchParams.append(value, 'x');
    else back.searchParams.set(name, value);
  }
  await visitor.follow(back.href);
  return back.href;
}
