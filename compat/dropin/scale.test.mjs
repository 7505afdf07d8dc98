// Many rows at once: nothing about the first row must differ from the thousandth.
//
// Hashing a thousand passwords takes minutes, so twenty real ones stand for them;
// DOORWARD_COMPAT_FULL=1 takes the full number.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hashPassword } from 'better-auth/crypto';
import Database from 'better-sqlite3';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { SECRET } from '../harness/contract.mjs';
import { referenceCommand, subjectCommand } from '../harness/subject.mjs';
import { sign } from '../harness/tokens.mjs';
import { House, whoIs } from './house.mjs';

const PEOPLE = process.env.DOORWARD_COMPAT_FULL ? 1000 : 20;
const SESSIONS = 1000;
const ALGORITHMS = ['EdDSA', 'ES256', 'ES512', 'RS256', 'PS256'];

const person = (index) => ({ id: `user${String(index).padStart(28, '0')}`, name: `Person ${index}`, email: `person.${index}@example.com`, password: `pässwörd № ${index * 7919}` });
const tokenOf = (index) => `session${String(index).padStart(25, 'x')}`;

/** Rows in the form Better Auth writes them, with hashes it made. */
async function fill(file) {
  const now = new Date().toISOString();
  const later = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const people = await Promise.all(Array.from({ length: PEOPLE }, async (_, index) => ({ ...person(index), hash: await hashPassword(person(index).password) })));
  const database = new Database(file);
  database.transaction(() => {
    const user = database.prepare('INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt) VALUES (?, ?, ?, 1, ?, ?)');
    const account = database.prepare("INSERT INTO account (id, accountId, providerId, userId, password, createdAt, updatedAt) VALUES (?, ?, 'credential', ?, ?, ?, ?)");
    const session = database.prepare("INSERT INTO session (id, token, userId, expiresAt, createdAt, updatedAt, ipAddress, userAgent) VALUES (?, ?, ?, ?, ?, ?, '', '')");
    for (const { id, name, email, hash } of people) {
      user.run(id, name, email, now, now);
      account.run(`account-${id}`, id, id, hash, now, now);
    }
    for (let index = 0; index < SESSIONS; index += 1) session.run(`row-${index}`, tokenOf(index), person(index % PEOPLE).id, later, now, now);
  })();
  database.close();
}

describe(`${SESSIONS} sessions, ${PEOPLE} passwords, ${ALGORITHMS.length} keys`, () => {
  let house;
  const tokens = [];
  before(async () => {
    house = await House.build();
    const keys = [];
    for (const algorithm of ALGORITHMS) {
      await house.open(referenceCommand(), { DOORWARD_JWT_ALG: algorithm });
      const member = await house.member(algorithm);
      tokens.push({ algorithm, token: (await member.get('/token')).json.token, subject: member.user.id });
      await house.close();
      // Better Auth makes a key only where there is none, of whatever algorithm.
      keys.push(...house.sql('SELECT * FROM jwks'));
      house.sql('DELETE FROM jwks');
    }
    for (const { id, publicKey, privateKey, createdAt, alg, crv } of keys) {
      house.sql('INSERT INTO jwks (id, publicKey, privateKey, createdAt, alg, crv) VALUES (?, ?, ?, ?, ?, ?)', id, publicKey, privateKey, createdAt, alg, crv);
    }
    await fill(house.server.databaseFile);
    await house.open(subjectCommand());
  });
  after(() => house?.tearDown());

  it('every cookie opens its own session', async () => {
    for (let index = 0; index < SESSIONS; index += 1) {
      const cookie = `better-auth.session_token=${sign(tokenOf(index), SECRET)}`;
      assert.equal(await whoIs(house.visitor(), { cookie }), person(index % PEOPLE).name);
    }
  });
  it('every password opens, and only for its owner', async () => {
    for (let index = 0; index < PEOPLE; index += 1) {
      const { email, password, name } = person(index);
      const { status, json } = await house.visitor().post('/sign-in/email', { email, password });
      assert.deepEqual([status, json.user?.name], [200, name]);
    }
    assert.equal((await house.visitor().post('/sign-in/email', { email: person(0).email, password: person(1).password })).status, 401);
  });
  it('every key is served and verifies what it signed', async () => {
    const { json } = await house.visitor().get('/jwks');
    assert.equal(json.keys.length, ALGORITHMS.length);
    for (const { algorithm, token, subject } of tokens) {
      const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(json), { issuer: house.server.origin, audience: house.server.origin });
      assert.deepEqual([protectedHeader.alg, payload.sub], [algorithm, subject]);
    }
  });
  it('no key is made when one is there', async () => {
    const { headers } = await house.visitor().get('/get-session', { bearer: tokenOf(0) });
    assert.ok(headers['set-auth-jwt']);
    assert.equal(house.sql('SELECT count(*) AS n FROM jwks')[0].n, ALGORITHMS.length);
  });
});
