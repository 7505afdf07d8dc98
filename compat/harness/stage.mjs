// What a scenario gets to work with: browsers, the official client, the mailbox,
// the database. Each scenario is played on two stages at once, one per server, and
// knows nothing of the other.

import { AssertionError } from 'node:assert';
import { Browser } from './browser.mjs';
import { OfficialClient } from './official.mjs';
import { Transcript } from './transcript.mjs';
import { Masks } from './masks.mjs';

export const PASSWORD = 'correct horse battery 9';
export const DAY = 86_400;

export class Stage {
  #sessions = 0;

  /**
   * @param {object} side { server, mailbox, provider } of one server
   * @param {object} scenario { slug, number }
   */
  constructor({ server, mailbox, provider }, { slug, number }) {
    Object.assign(this, { server, mailbox, provider, slug });
    this.secrets = [server.environment.BETTER_AUTH_SECRET];
    this.transcript = new Transcript(new Masks({ origin: server.origin, providerOrigin: provider?.origin, secrets: this.secrets }));
    /** An address of its own for each scenario: rate limits and sessions see it. */
    this.address = `203.0.${113 + (number >> 8)}.${number & 255}`;
    // So that scenarios can take what they need: async ({ member, browser }) => …
    for (const name of ['browser', 'client', 'email', 'mail', 'member', 'move', 'noMail', 'note', 'signedIn', 'sql']) this[name] = this[name].bind(this);
  }

  /** An address for mail that no other scenario uses. */
  email(tag = 'ada') { return `${tag}.${this.slug}@example.com`; }

  /** A browser nobody has signed in with. */
  browser() { return new Browser(this); }

  /** The npm client, with a browser's cookie jar. */
  client() { return new OfficialClient(this); }

  /** A browser of somebody who just signed up; nothing of that is recorded. */
  async member(tag = 'ada', { name = 'Ada Lovelace', ...more } = {}) {
    const browser = this.browser();
    const { json } = await browser.quietly.post('/sign-up/email', { name, email: this.email(tag), password: PASSWORD, ...more });
    return this.#known(browser, this.email(tag), json);
  }

  /** Another browser of the same person. */
  async signedIn(email, { password = PASSWORD, ...more } = {}) {
    const browser = this.browser();
    const { json } = await browser.quietly.post('/sign-in/email', { email, password, ...more });
    return this.#known(browser, email, json);
  }

  #known(browser, email, { user, token }) {
    const [who] = email.split('.');
    this.#sessions += 1;
    this.transcript.masks.know(user.id, `${who}'s id`);
    this.transcript.masks.know(token, `${who}'s token, session ${this.#sessions}`);
    return Object.assign(browser, { email, user, token });
  }

  /** The link in the next mail to this address; recorded unless `quiet`. */
  async mail(address, { quiet = false } = {}) {
    const found = await this.mailbox.next(address);
    if (!found?.link) throw new AssertionError({ message: `no mail with a link came for ${address}` });
    if (!quiet) this.note(`mail to ${address}`, found.link);
    return new URL(found.link);
  }

  /** Records whether a mail comes although none should (or the other way round). */
  async noMail(address) {
    this.note(`mail to ${address}`, await this.mailbox.next(address, 300) ? 'came' : 'none');
  }

  /** Records anything a scenario found out. */
  note(label, value) { this.transcript.note(label, value); }

  /** SQL from outside, as an operator or another program would run it. */
  sql(statement, ...values) { return this.server.sql(statement, ...values); }

  /** Moves a session in time, in seconds from now, as if days had passed. */
  move(token, { created, expires, updated }) {
    const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
    for (const [column, seconds] of Object.entries({ createdAt: created, expiresAt: expires, updatedAt: updated })) {
      if (seconds !== undefined) this.sql(`UPDATE session SET "${column}" = ? WHERE token = ?`, at(seconds), token);
    }
  }
}
