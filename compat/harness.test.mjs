// The comparison itself: a harness that calls everything equal would be worth nothing.
// Whole faults in a server are played by teeth.mjs.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sign } from './harness/tokens.mjs';
import { difference, judge } from './harness/difference.mjs';
import { parseMail } from './harness/mailbox.mjs';
import { Masks } from './harness/masks.mjs';
import { moment } from './harness/moments.mjs';
import { Transcript } from './harness/transcript.mjs';
import { Jar } from './harness/wire.mjs';

const SECRET = 'a secret that is long enough for it';
const masks = (origin = 'http://127.0.0.1:1') => new Masks({ origin, secrets: [SECRET] });
const id = (character) => `A${character.repeat(31)}`;

function transcript(answer, origin) {
  const text = answer.text ?? JSON.stringify(answer.json);
  const made = new Transcript(masks(origin));
  made.exchange({ method: 'GET', path: '/x' }, { status: 200, reason: 'OK', headers: {}, cookies: [], at: Date.now(), ...answer, text });
  return made.lines;
}
const differs = (left, right) => judge(difference(transcript(left), transcript(right))).unexplained.map(({ side, line }) => `${side} ${line.trim()}`);

describe('what must differ does not', () => {
  it('ids, dates and origins of two servers', () => {
    const at = (origin, character, late) => transcript({ json: { id: id(character), again: id(character), when: new Date(Date.now() + late).toISOString(), link: `${origin}/x` } }, origin);
    assert.deepEqual(difference(at('http://127.0.0.1:1', 'a', 0), at('http://127.0.0.1:22', 'B', 5_000)), []);
  });
  it('signed cookies', () => {
    const cookie = (character) => ({ json: {}, cookies: [`token=${sign(id(character), SECRET)}; Path=/; HttpOnly`] });
    assert.deepEqual(differs(cookie('a'), cookie('B')), []);
  });
  it('the order of headers, cookies and attributes', () => {
    assert.deepEqual(differs({ json: {}, headers: { a: '1', b: '2' }, cookies: ['x=1; Path=/; HttpOnly', 'y=2'] }, { json: {}, headers: { b: '2', a: '1' }, cookies: ['y=2', 'x=1; HttpOnly; Path=/'] }), []);
  });
  it('what Doorward says on top', () => {
    assert.deepEqual(differs({ json: {}, headers: {} }, { json: {}, headers: { 'x-content-type-options': 'nosniff' } }), []);
    assert.equal(differs({ json: {}, headers: { 'x-content-type-options': 'nosniff' } }, { json: {}, headers: {} }).length, 1);
  });
});

describe('what must be the same differs', () => {
  it('the relation between values', () => {
    assert.deepEqual(differs({ json: { a: id('a'), b: id('a') } }, { json: { a: id('a'), b: id('b') } }), ['reference body.b: "<32 from 1.body.a>"', 'subject body.b: "<32 from 1.body.b>"']);
  });
  it('the form of an id', () => assert.equal(differs({ json: { id: id('a') } }, { json: { id: 'a'.repeat(31) } }).length, 2));
  it('the order of keys', () => assert.equal(differs({ json: { a: 1, b: 2 } }, { json: { b: 2, a: 1 } }).length, 2));
  it('a missing key and a null', () => assert.equal(differs({ json: { a: null } }, { json: {} }).length, 2));
  it('a number and its text', () => assert.equal(differs({ json: { a: 1 } }, { json: { a: '1' } }).length, 2));
  it('an hour', () => {
    const at = (seconds) => ({ json: { when: new Date(Date.now() + seconds * 1000).toISOString() } });
    assert.equal(differs(at(7_200), at(3_600)).length, 2);
  });
  it('the form of a date', () => assert.equal(differs({ json: { when: new Date().toISOString() } }, { json: { when: new Date().toISOString().replace(/\.\d+/, '') } }).length, 2));
  it('a signature by another secret', () => {
    const cookie = (secret) => ({ json: {}, cookies: [`token=${sign(id('a'), secret)}`] });
    assert.equal(differs(cookie(SECRET), cookie('another secret')).length, 2);
  });
  it('space in JSON', () => assert.deepEqual(differs({ text: '{"a":1}', json: { a: 1 } }, { text: '{"a": 1}', json: { a: 1 } }), ['subject body is not compact JSON']));
  it('a cookie too many', () => assert.equal(differs({ json: {}, cookies: ['a=1'] }, { json: {}, cookies: ['a=1', 'b=2'] }).length, 1));
  it('an exchange too few', () => assert.equal(difference(['1 GET /a', '  x', '2 GET /b', '  y'], ['1 GET /a', '  x']).length, 2));
});

describe('an allowed difference', () => {
  const found = difference(['1 GET /a', '  status 500', '  body: empty'], ['1 GET /a', '  status 400', '  body: empty']);
  it('explains what it names', () => assert.deepEqual(judge(found, { betterAuth: [/status 500/], doorward: [/status 400/] }), { unexplained: [], stale: [] }));
  it('explains no more than that', () => assert.equal(judge(found, { betterAuth: [/status 500/] }).unexplained.length, 1));
  it('explains only its side', () => assert.equal(judge(found, { betterAuth: [/status 400/], doorward: [/status 500/] }).unexplained.length, 2));
  it('must still differ', () => {
    assert.equal(judge([], { betterAuth: [/status 500/] }).stale.length, 1);
    assert.deepEqual(judge([], { anyOrder: true }).stale, ['anyOrder']);
  });
  it('of order is one of order only', () => {
    const moved = difference(['1 GET /a', '  x', '  y'], ['1 GET /a', '  y', '  x']);
    assert.deepEqual(judge(moved, { anyOrder: true }), { unexplained: [], stale: [] });
    const changed = difference(['1 GET /a', '  x', '  y'], ['1 GET /a', '  y', '  z']);
    assert.equal(judge(changed, { anyOrder: true }).unexplained.length, 2);
  });
});

describe('the small parts', () => {
  it('moments', () => {
    assert.deepEqual([0, 20, -30, 604_790, -7_200, 86_400, 100].map((seconds) => moment(seconds * 1000, 0)), ['now', 'now', 'now', 'now+7d', 'now-2h', 'now+1d', 'now+100s']);
  });
  it('mails in the encodings mail has', () => {
    const link = 'http://127.0.0.1:1/api/auth/verify-email?token=abc&callbackURL=%2Fhome';
    const head = 'From: a@example.com\r\nTo: "Ada" <ada@example.com>\r\nSubject: x\r\n';
    assert.deepEqual(parseMail(`${head}\r\nHello\r\n${link}\r\n`), { to: 'ada@example.com', link });
    const quoted = link.replaceAll('=', '=3D').replace(/(.{30})/g, '$1=\r\n');
    assert.equal(parseMail(`${head}Content-Transfer-Encoding: quoted-printable\r\n\r\n${quoted}\r\n`).link, link);
    const base64 = Buffer.from(`Hello\n${link}\n`).toString('base64').replace(/(.{76})/g, '$1\r\n');
    assert.equal(parseMail(`${head}Content-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`).link, link);
  });
  it('a jar forgets what is cleared', () => {
    const jar = new Jar();
    jar.take(['a=1; Path=/', 'b=2']);
    jar.take(['a=; Max-Age=0']);
    assert.equal(jar.header(), 'b=2');
  });
});
