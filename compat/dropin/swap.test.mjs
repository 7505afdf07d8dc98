// Better Auth writes, Doorward takes over, Better Auth comes back.
//
// For each version of Better Auth whose databases are promised to open: cookies, bearer
// tokens, passwords, JWTs, keys and links that are still in somebody's mail work across
// both swaps, and no row is rewritten on the way.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { referenceCommand, subjectCommand, subjectIsReference } from '../harness/subject.mjs';
import { House, PASSWORD, whoIs } from './house.mjs';

// Better Auth 1.7.25 itself refuses databases of 1.7.2: their account.issuer is NOT NULL.
const VERSIONS = ['better-auth-1-4', 'better-auth-1-6', ...(subjectIsReference ? [] : ['better-auth-1-7-2']), 'better-auth'];
const NEXT = 'another fine password 8';
/** Deletion is confirmed by mail here, so that there is a link to carry across. */
const PROFILE = { DOORWARD_DELETE_USER_MAIL: 'on' };
const TABLES = ['user', 'session', 'account', 'verification', 'jwks'];

/** Links as they wait in people's mail, one for each purpose. */
async function waitingLinks(house, prefix) {
  const [forgetful, unverified, leaving] = [await house.member(`${prefix}-forgetful`), await house.member(`${prefix}-unverified`), await house.member(`${prefix}-leaving`)];
  await house.visitor().quietly.post('/request-password-reset', { email: forgetful.email, redirectTo: '/reset' });
  await unverified.quietly.post('/send-verification-email', { email: unverified.email, callbackURL: '/verified' });
  await leaving.quietly.post('/delete-user', { callbackURL: '/bye' });
  return { forgetful, unverified, leaving, reset: await house.mail(forgetful.email), verify: await house.mail(unverified.email), leave: await house.mail(leaving.email) };
}

async function followLinks(house, waiting) {
  const opened = await house.visitor().follow(waiting.reset);
  assert.equal(opened.status, 302, 'the reset link opens');
  const token = new URL(opened.headers.location).searchParams.get('token');
  assert.equal((await house.visitor().post('/reset-password', { token, newPassword: NEXT })).status, 200, 'the password is reset');
  assert.equal((await house.visitor().post('/sign-in/email', { email: waiting.forgetful.email, password: NEXT })).status, 200, 'the new password opens');

  assert.equal((await waiting.unverified.follow(waiting.verify)).headers.location, '/verified');
  assert.equal((await waiting.unverified.get('/get-session')).json.user.emailVerified, true, 'the address is verified');

  assert.equal((await waiting.leaving.follow(waiting.leave)).headers.location, '/bye');
  assert.equal(house.sql('SELECT count(*) AS n FROM user WHERE id = ?', waiting.leaving.user.id)[0].n, 0, 'the account is gone');
}

/** Checks a JWT as another API would, with the keys served now. */
async function verifies(house, token) {
  const { json } = await house.visitor().get('/jwks');
  const origin = house.server.origin;
  return (await jwtVerify(token, createLocalJWKSet(json), { issuer: origin, audience: origin })).payload.sub;
}
const keyOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()).kid;

/** Every row, in the columns the database had at first. */
function rows(house, columns = Object.fromEntries(TABLES.map((table) => [table, house.sql(`SELECT name FROM pragma_table_info('${table}')`).map(({ name }) => `"${name}"`).join(', ')]))) {
  return { columns, content: Object.fromEntries(TABLES.map((table) => [table, house.sql(`SELECT ${columns[table]} FROM "${table}" ORDER BY id`)])) };
}

for (const version of VERSIONS) {
  describe(version, () => {
    let house;
    const written = {};
    const added = {};

    before(async () => {
      house = await House.build();
      await house.open(referenceCommand({ version }), PROFILE);
      written.ada = await house.member('ada', { image: 'https://example.com/ada.png' });
      written.zoe = await house.member('Zoë 李 🦊', { email: 'zoe@example.com' });
      written.passing = await house.member('passing', { rememberMe: false });
      written.mobile = await house.member('mobile');
      written.jwt = (await written.ada.get('/token')).json.token;
      written.waiting = await waitingLinks(house, 'before');
      written.rows = rows(house);
      await house.open(subjectCommand(), PROFILE);
    });
    after(() => house?.tearDown());

    it('nothing is rewritten by opening the database', () => {
      assert.deepEqual(rows(house, written.rows.columns).content, written.rows.content);
    });
    it('cookies work', async () => {
      assert.equal(await whoIs(written.ada), 'ada');
      assert.equal(await whoIs(written.zoe), 'Zoë 李 🦊');
      assert.equal(await whoIs(written.passing), 'passing');
    });
    it('bearer tokens work, raw and signed', async () => {
      assert.equal(await whoIs(house.visitor(), { bearer: written.mobile.token }), 'mobile');
      assert.equal(await whoIs(house.visitor(), { bearer: written.mobile.signedToken }), 'mobile');
    });
    it('passwords work', async () => {
      const visitor = house.visitor();
      assert.equal((await visitor.post('/sign-in/email', { email: 'ada@example.com', password: PASSWORD })).status, 200);
      assert.equal(await whoIs(visitor), 'ada');
      assert.equal((await house.visitor().post('/sign-in/email', { email: 'ada@example.com', password: NEXT })).status, 401);
    });
    it('JWTs verify, and the key that signed them signs on', async () => {
      assert.equal(await verifies(house, written.jwt), written.ada.user.id);
      added.jwt = (await written.ada.get('/token')).json.token;
      assert.equal(keyOf(added.jwt), keyOf(written.jwt));
      assert.equal(house.sql('SELECT count(*) AS n FROM jwks')[0].n, 1);
    });
    it('links that wait in the mail work', () => followLinks(house, written.waiting));
    it('life goes on', async () => {
      added.newcomer = await house.member('newcomer');
      added.jwtOfNewcomer = (await added.newcomer.get('/token')).json.token;
      added.revoked = await house.member('revoked');
      added.kept = added.revoked.jar.header();
      await added.revoked.quietly.post('/revoke-sessions', {});
      await written.zoe.quietly.post('/update-user', { name: 'Zoë' });
      await written.mobile.quietly.post('/change-password', { currentPassword: PASSWORD, newPassword: NEXT });
      added.waiting = await waitingLinks(house, 'added');
    });

    describe('and back', () => {
      before(() => house.open(referenceCommand({ version }), PROFILE));

      it('Better Auth accepts its database', async () => {
        assert.equal((await house.visitor().get('/ok')).status, 200);
      });
      it('old and new cookies work, revoked ones do not', async () => {
        assert.equal(await whoIs(written.ada), 'ada');
        assert.equal(await whoIs(written.zoe), 'Zoë');
        assert.equal(await whoIs(written.passing), 'passing');
        assert.equal(await whoIs(added.newcomer), 'newcomer');
        assert.equal(await whoIs(house.visitor(), { cookie: added.kept }), null);
      });
      it('bearer tokens work', async () => {
        assert.equal(await whoIs(house.visitor(), { bearer: written.mobile.token }), 'mobile');
        // 1.4 gave such tokens percent-encoded, and takes them only so.
        const signed = version === 'better-auth-1-4' ? encodeURIComponent(added.newcomer.signedToken) : added.newcomer.signedToken;
        assert.equal(await whoIs(house.visitor(), { bearer: signed }), 'newcomer');
      });
      it('old, new and changed passwords work', async () => {
        const tries = [['ada', PASSWORD, 200], ['newcomer', PASSWORD, 200], ['mobile', NEXT, 200], ['mobile', PASSWORD, 401]];
        for (const [name, password, status] of tries) assert.equal((await house.visitor().post('/sign-in/email', { email: `${name}@example.com`, password })).status, status, `${name} with ${password}`);
      });
      it('JWTs verify, and the key signs on', async () => {
        assert.equal(await verifies(house, written.jwt), written.ada.user.id);
        assert.equal(await verifies(house, added.jwtOfNewcomer), added.newcomer.user.id);
        assert.equal(keyOf((await written.ada.get('/token')).json.token), keyOf(written.jwt));
      });
      it('links that wait in the mail work', () => followLinks(house, added.waiting));
      it('accounts can be listed', async () => {
        const { status, json } = await added.newcomer.get('/list-accounts');
        assert.deepEqual([status, json.map(({ providerId }) => providerId)], [200, ['credential']]);
      });
    });
  });
}

describe('the other way round', () => {
  let house;
  const made = {};
  before(async () => {
    house = await House.build();
    await house.open(subjectCommand(), PROFILE);
    made.ada = await house.member('ada');
    made.jwt = (await made.ada.get('/token')).json.token;
    made.waiting = await waitingLinks(house, 'made');
    await house.open(referenceCommand(), PROFILE);
  });
  after(() => house?.tearDown());

  it('Better Auth opens a database that Doorward made', async () => {
    assert.equal(await whoIs(made.ada), 'ada');
    assert.equal((await house.visitor().post('/sign-in/email', { email: 'ada@example.com', password: PASSWORD })).status, 200);
  });
  it('its keys sign on', async () => {
    assert.equal(await verifies(house, made.jwt), made.ada.user.id);
    assert.equal(keyOf((await made.ada.get('/token')).json.token), keyOf(made.jwt));
  });
  it('its links work', () => followLinks(house, made.waiting));
});

describe('the column 1.7.2 left behind, made nullable as the upgrade guide says', () => {
  let house;
  let ada;
  before(async () => {
    house = await House.build();
    await house.open(referenceCommand({ version: 'better-auth-1-7-2' }));
    ada = await house.member('ada');
    await house.close();
    const [{ sql }] = house.sql("SELECT sql FROM sqlite_master WHERE name = 'account'");
    const names = house.sql("SELECT name FROM pragma_table_info('account')").map(({ name }) => `"${name}"`).join(', ');
    house.sql(sql.replace('CREATE TABLE "account"', 'CREATE TABLE "account_new"').replace('"issuer" text not null', '"issuer" text'));
    house.sql(`INSERT INTO account_new (${names}) SELECT ${names} FROM account`);
    house.sql('DROP TABLE account');
    house.sql('ALTER TABLE account_new RENAME TO account');
    await house.open(subjectCommand());
  });
  after(() => house?.tearDown());

  it('the old account and a new one work', async () => {
    assert.equal(await whoIs(ada), 'ada');
    assert.equal((await house.visitor().post('/sign-in/email', { email: ada.email, password: PASSWORD })).status, 200);
    await house.member('zoe');
  });
  it('both work with Better Auth 1.7.25', async () => {
    await house.open(referenceCommand());
    assert.equal(await whoIs(ada), 'ada');
    assert.equal((await house.visitor().post('/sign-in/email', { email: 'zoe@example.com', password: PASSWORD })).status, 200);
  });
});
