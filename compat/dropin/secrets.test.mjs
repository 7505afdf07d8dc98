// Secrets that change: rotated by a list, or simply wrong.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SECRET } from '../harness/contract.mjs';
import { referenceCommand, subjectCommand, subjectIsReference } from '../harness/subject.mjs';
import { readSigned } from '../harness/tokens.mjs';
import { House, whoIs } from './house.mjs';

const NEW = 'Zt8Ls5Wq2Xv9Bn4Km7Jh3Gf6Dd1Pa0Oy';
const NEWER = 'Hh4Rw9Tc2Yb7Un5Im8Ok3Lp6Qx1Zv0Ej';
const WRONG = 'not the secret of this database 77';
/** What Better Auth itself does not hold (docs/differences.md). */
const better = { skip: subjectIsReference };

const keyOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()).kid;
const newToken = async (house, name) => (await (await house.member(name)).get('/token')).json.token;
const signedBy = (visitor, secret) => readSigned(visitor.jar.get('better-auth.session_token'), [secret]).valid;

describe('a list of secrets', () => {
  let house;
  let old;
  let key;
  before(async () => {
    house = await House.build();
    await house.open(referenceCommand());
    old = await house.member('old');
    key = keyOf((await old.get('/token')).json.token);
    // The secret the key was sealed with is no longer current, and has no number.
    await house.open(subjectCommand(), { BETTER_AUTH_SECRETS: `1:${NEW}` });
  });
  after(() => house?.tearDown());

  it('what the single secret sealed still opens', async () => {
    assert.equal(keyOf(await newToken(house, 'first')), key);
  });
  it('new cookies are signed by the current one', async () => {
    assert.ok(signedBy(await house.member('second'), NEW));
  });
  it('old cookies still count', better, async () => {
    assert.equal(await whoIs(old), 'old');
  });
  it('what one server seals the other opens', async () => {
    house.sql('DELETE FROM jwks');
    await house.open(subjectCommand(), { BETTER_AUTH_SECRETS: `2:${NEWER},1:${NEW}` });
    const made = keyOf(await newToken(house, 'third'));
    assert.match(house.sql('SELECT privateKey FROM jwks')[0].privateKey, /^"\$ba\$2\$[0-9a-f]+"$/);
    await house.open(referenceCommand(), { BETTER_AUTH_SECRETS: `3:${SECRET},2:${NEWER},1:${NEW}` });
    assert.equal(keyOf(await newToken(house, 'fourth')), made);
  });
  it('and the other way round', async () => {
    house.sql('DELETE FROM jwks');
    await house.open(referenceCommand(), { BETTER_AUTH_SECRETS: `3:${SECRET},2:${NEWER}` });
    const made = keyOf(await newToken(house, 'fifth'));
    await house.open(subjectCommand(), { BETTER_AUTH_SECRETS: `4:${NEW},3:${SECRET}` });
    assert.equal(keyOf(await newToken(house, 'sixth')), made);
  });
  for (const list of ['no-number', `1:${NEW},1:${NEWER}`, `-1:${NEW}`, '1:', `x:${NEW}`]) {
    it(`a list that is none stops the start: ${list.replaceAll(/[A-Za-z0-9]{32}/g, '…')}`, better, async () => {
      await assert.rejects(house.open(subjectCommand(), { BETTER_AUTH_SECRETS: list }), /ended with status [1-9]/);
    });
  }
});

describe('a wrong secret', () => {
  let house;
  let ada;
  before(async () => {
    house = await House.build();
    await house.open(referenceCommand());
    ada = await house.member('ada');
    await ada.get('/token');
    await house.open(subjectCommand(), { BETTER_AUTH_SECRET: WRONG });
  });
  after(() => house?.tearDown());

  it('old cookies are strangers’', async () => {
    assert.equal(await whoIs(ada), null);
  });
  it('the password still works, and nothing is a 500', better, async () => {
    const visitor = house.visitor();
    assert.equal((await visitor.post('/sign-in/email', { email: ada.email, password: 'correct horse battery 9' })).status, 200);
    for (const path of ['/get-session', '/token', '/jwks', '/list-sessions']) assert.equal((await visitor.get(path)).status, 200, path);
    assert.equal(await whoIs(visitor), 'ada');
  });
  it('the key that does not open stays for verifiers', better, async () => {
    assert.equal((await house.visitor().get('/jwks')).json.keys.length, 2);
  });
});
