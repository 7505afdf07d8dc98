// A Node server beside Doorward on the same database: each counts what the other writes
// at the next request, and a busy file is waited for.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Server } from '../harness/server.mjs';
import { referenceCommand, subjectCommand, subjectIsReference } from '../harness/subject.mjs';
import { freePort } from '../harness/wire.mjs';
import { House, PASSWORD, whoIs } from './house.mjs';

describe('two servers, one database', () => {
  const doorward = new House();
  const node = new House();
  before(async () => {
    Object.assign(doorward, await House.build());
    await doorward.open(subjectCommand());
    // The same folder and public address, another port.
    const port = await freePort();
    Object.assign(node, { ...doorward, port });
    node.server = await Server.start({ command: referenceCommand(), port, folder: doorward.folder, profile: { BETTER_AUTH_URL: doorward.server.environment.BETTER_AUTH_URL } });
  });
  after(async () => {
    await node.close();
    await doorward.tearDown();
  });

  /** The same browser, talking to the other server. */
  const at = (house, visitor) => Object.assign(house.visitor(), { jar: visitor.jar });

  it('who signs up at one is known at the other', async () => {
    assert.equal(await whoIs(at(doorward, await node.member('made-by-node'))), 'made-by-node');
    assert.equal(await whoIs(at(node, await doorward.member('made-by-doorward'))), 'made-by-doorward');
  });
  it('a change counts at the next request', async () => {
    const ada = await doorward.member('ada');
    assert.equal(await whoIs(ada), 'ada');
    await at(node, ada).quietly.post('/update-user', { name: 'Augusta' });
    assert.equal(await whoIs(ada), 'Augusta');
    const { headers } = await ada.get('/get-session');
    assert.equal(JSON.parse(Buffer.from(headers['set-auth-jwt'].split('.')[1], 'base64url').toString()).name, 'Augusta');
  });
  it('a session ended at one is dead at the other', async () => {
    const [first, second] = [await doorward.member('first'), await node.member('second')];
    assert.equal(await whoIs(first), 'first');
    await at(node, first).quietly.post('/revoke-session', { token: first.token });
    assert.equal(await whoIs(first), null);
    assert.equal((await first.get('/token', { keep: false })).status, 401);
    assert.equal(await whoIs(second), 'second');
    await at(doorward, second).quietly.post('/sign-out', {}, { keep: false });
    assert.equal(await whoIs(second), null);
  });
  it('a password changed at one opens the other', async () => {
    const changed = await doorward.member('changed');
    await at(node, changed).quietly.post('/change-password', { currentPassword: PASSWORD, newPassword: 'another fine password 8' });
    const credentials = (password) => ({ email: changed.email, password });
    assert.equal((await doorward.visitor().post('/sign-in/email', credentials(PASSWORD))).status, 401);
    assert.equal((await doorward.visitor().post('/sign-in/email', credentials('another fine password 8'))).status, 200);
  });
  it('both sign with one key', async () => {
    const keyOf = ({ json }) => JSON.parse(Buffer.from(json.token.split('.')[0], 'base64url').toString()).kid;
    const member = await doorward.member('signed');
    assert.equal(keyOf(await member.get('/token')), keyOf(await at(node, member).get('/token')));
  });
  // Better Auth reads first and writes then: a write in between fails its sign-up.
  it('a busy file is waited for', { skip: subjectIsReference }, async () => {
    const other = new Database(doorward.server.databaseFile, { timeout: 5_000 });
    other.exec('BEGIN IMMEDIATE');
    try {
      const signUp = doorward.visitor().post('/sign-up/email', { name: 'patient', email: 'patient@example.com', password: PASSWORD });
      await sleep(1_500);
      other.exec('COMMIT');
      assert.equal((await signUp).status, 200);
    } finally {
      other.close();
    }
  });
});
