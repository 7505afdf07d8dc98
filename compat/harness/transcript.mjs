// What happened between one client and one server, as lines of text.
//
//   1 POST /sign-in/email {"email":"…","password":"…"}
//     status 200 OK
//     header content-type: application/json
//     cookie better-auth.session_token: signed <32 from 1.cookie>; httponly; max-age=604800; path=/; samesite=Lax
//     body.redirect: false
//
// Two transcripts are compared line by line (difference.mjs). JSON keys stay in the
// order of the wire; headers, cookies and cookie attributes have none and are sorted.

import { readCache, readSigned } from './tokens.mjs';
import { parseSetCookie } from './wire.mjs';

/** Headers that belong to the connection and not to the protocol. */
const TRANSPORT = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'server', 'vary']);

export class Transcript {
  lines = [];
  #count = 0;

  constructor(masks) {
    this.masks = masks;
  }

  /** Records a request and its answer. */
  exchange({ method, path, body }, answer) {
    this.#count += 1;
    const where = String(this.#count);
    const { masks } = this;
    const now = answer.at;
    const carried = body === undefined ? '' : ` ${masks.text(printable(String(body)), `${where}.request`, now)}`;
    this.lines.push(`${where} ${method} ${masks.text(path, `${where}.request`, now)}${carried}`);
    const lines = [
      `status ${answer.status} ${answer.reason}`,
      ...this.#cookies(answer.cookies, where, now),
      ...this.#headers(answer.headers, where, now),
      ...this.#body(answer, where, now),
    ];
    this.lines.push(...lines.map((line) => `  ${line}`));
  }

  /** Records anything else a scenario found out. */
  note(label, value) {
    this.#count += 1;
    const where = String(this.#count);
    this.lines.push(`${where} ${label}`, ...this.masks.lines(value, 'value', where, Date.now()).map((line) => `  ${line}`));
  }

  /** Records what stopped the scenario. */
  exception(error) {
    this.lines.push(`! ${this.masks.text(error.message, 'exception', Date.now())}`);
  }

  #headers(headers, where, now) {
    return Object.entries(headers).filter(([name]) => !TRANSPORT.has(name)).sort(([a], [b]) => a.localeCompare(b)).flatMap(([name, value]) => {
      if (name === 'set-auth-token') return [`header ${name}: ${this.#signed(value, `${where}.header`, now)}`];
      if (name === 'set-auth-jwt') return this.masks.jwt(value, `header ${name}`, where, now);
      if (name === 'x-retry-after' || name === 'retry-after') return [`header ${name}: ${/^[1-9]\d?$/.test(value) ? '<seconds>' : value}`];
      if (name === 'etag') return [`header etag: <tag>`];
      return [`header ${name}: ${this.masks.text(value, `${where}.header ${name}`, now)}`];
    });
  }

  #cookies(cookies, where, now) {
    const parsed = cookies.map(parseSetCookie).sort((a, b) => a.name.localeCompare(b.name));
    return parsed.flatMap(({ name, value, attributes }) => {
      if (attributes.expires) attributes.expires = '<date>';
      const list = Object.keys(attributes).sort().map((attribute) => (attributes[attribute] === '' ? attribute : `${attribute}=${attributes[attribute]}`));
      const cache = name.endsWith('session_data') && value ? readCache(value, this.masks.secrets) : undefined;
      const shown = cache ? `session cache, signature ${cache.valid ? 'valid' : 'INVALID'}` : this.#signed(value, `${where}.cookie`, now);
      return [
        `cookie ${name}: ${[shown, ...list].join('; ')}`,
        ...(cache ? this.masks.lines({ session: cache.session, expiresAt: cache.expiresAt }, `cookie ${name}`, where, now) : []),
      ];
    });
  }

  #signed(value, where, now) {
    if (value === '') return 'empty';
    const read = readSigned(value, this.masks.secrets);
    if (!read) return this.masks.text(value, where, now);
    const flaws = [read.valid ? '' : ' with an INVALID signature', read.canonical ? '' : ', encoded unusually'].join('');
    return `signed${read.encoded ? '' : ' unencoded'} ${this.masks.whole(read.value, where, now)}${flaws}`;
  }

  #body(answer, where, now) {
    if (answer.text === '') return ['body: empty'];
    if (answer.json !== undefined) {
      const compact = JSON.stringify(answer.json) === answer.text ? [] : ['body is not compact JSON'];
      return [...compact, ...this.masks.lines(answer.json, 'body', where, now)];
    }
    if ((answer.headers['content-type'] ?? '').startsWith('text/html')) return ['body: a page'];
    return [`body: ${this.masks.text(JSON.stringify(answer.text.slice(0, 300)), `${where}.body`, now)}`];
  }
}

/** The beginning of a text, on one line. */
const printable = (text) => text.slice(0, 160).replace(/[\u0000-\u001f\u007f\ufffd]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
