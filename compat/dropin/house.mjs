// One database, one port, one secret, and servers that move in and out.
//
// A drop-in is exactly this: a process stops, another starts in its place, and nobody
// who holds a cookie, a token or a link should notice.

import path from 'node:path';
import { Browser } from '../harness/browser.mjs';
import { SECRET } from '../harness/contract.mjs';
import { Mailbox } from '../harness/mailbox.mjs';
import { Server, freshFolder } from '../harness/server.mjs';
import { freePort } from '../harness/wire.mjs';

export const PASSWORD = 'correct horse battery 9';

export class House {
  static async build() {
    const house = new House();
    house.folder = freshFolder('house');
    house.port = await freePort();
    house.mailbox = new Mailbox(path.join(house.folder, 'mail'));
    return house;
  }

  /** Stops whoever lives here and lets the next one in. */
  async open(command, profile = {}) {
    await this.close();
    this.server = await Server.start({ command, port: this.port, folder: this.folder, profile, providerOrigin: this.provider?.origin });
    return this;
  }

  async close() { await this.server?.stop(); }

  async tearDown() {
    await this.close();
    await this.provider?.stop();
    this.server?.clean();
  }

  sql(statement, ...values) { return this.server.sql(statement, ...values); }

  /** A browser with a jar of its own; it outlives the servers. */
  visitor() {
    const house = this;
    return new Browser({ get server() { return house.server; }, transcript: { exchange() {} }, address: '203.0.113.9', secrets: [SECRET] });
  }

  /** Somebody new, signed in. */
  async member(name, more = {}) {
    const visitor = this.visitor();
    const email = `${name}@example.com`;
    const { json, headers } = await visitor.quietly.post('/sign-up/email', { name, email, password: PASSWORD, ...more });
    return Object.assign(visitor, { email, name, user: json.user, token: json.token, signedToken: headers['set-auth-token'] });
  }

  /** The link in the next mail to this address. */
  async mail(email) {
    const found = await this.mailbox.next(email);
    if (!found?.link) throw new Error(`no mail with a link came for ${email}`);
    return new URL(found.link);
  }
}

/** Who the server thinks this is: a name, or null. */
export async function whoIs(visitor, options) {
  const { status, json } = await visitor.get('/get-session', { keep: false, ...options });
  if (status !== 200) return `status ${status}`;
  return json === null ? null : json.user.name;
}
