// Names for what must differ between two servers.
//
// Ids, tokens and addresses of servers get a name that says their form and where
// they were first seen, e.g. `<32 from 1.body.token>`. The same value has the same
// name wherever it returns, so relations between answers are compared although
// values are not. A value of another form (a UUID, 31 characters) gets no name and
// shows up as it is.

import { ADDITIONS, UNNAMED } from './additions.mjs';
import { WIRE_DATE, moment, momentOfNumber } from './moments.mjs';
import { JWT, readJwt } from './tokens.mjs';

const RANDOM = /(?<![A-Za-z0-9])(?:[A-Za-z0-9]{32}|[A-Za-z0-9]{24})(?![A-Za-z0-9])/g;
/** Parameters of the OAuth flow: their alphabets contain `-` and `_`. */
const OAUTH_PARAMETER = /((?:^|[?&"])(state|nonce|code|code_challenge)(?:=|":"))([\w~.-]+)/g;
/** The numbers a public key is made of. */
const KEY_MEMBER = /\.keys\[\d+\]\.(x|y|n)$/;
/** Fields that hold a provider's tokens. */
const PROVIDER_TOKEN = /(^|\.)(accessToken|refreshToken|at_hash|nonce)$/;

export class Masks {
  #names = new Map();

  /**
   * @param {object} side
   * @param {string} side.origin the server's own
   * @param {string[]} side.secrets current first
   * @param {string} [side.providerOrigin]
   */
  constructor({ origin, secrets, providerOrigin }) {
    this.secrets = secrets;
    this.places = [[origin, '<origin>'], ...(providerOrigin ? [[providerOrigin, '<provider>']] : [])];
  }

  /** Gives a value a speaking name before it is seen, e.g. `ada's token`. */
  know(value, name) {
    if (value) this.#names.set(value, `<${name}>`);
  }

  /** A text with its random parts named; `where` is where this text was seen, `now` when. */
  text(text, where, now) {
    let masked = text.replace(JWT, (token) => this.#jwtInline(token, where, now));
    for (const [place, name] of this.places) {
      masked = masked.replaceAll(place, name).replaceAll(encodeURIComponent(place), `${name}%`);
    }
    return masked
      .replace(WIRE_DATE, (date) => `<date ${moment(Date.parse(date), now)}>`)
      .replace(OAUTH_PARAMETER, (_, before, name, value) => `${before}${this.#name(value, `${name} from ${where}`)}`)
      .replace(RANDOM, (value) => this.#name(value, where));
  }

  /**
   * A JSON value as lines `path: value`, in the order it was written.
   * @returns {string[]}
   */
  lines(value, path, where, now) {
    const here = `${where}.${path}`;
    if (Array.isArray(value) && value.length > 0) return value.flatMap((item, index) => this.lines(item, `${path}[${index}]`, where, now));
    if (value instanceof Date) return [`${path}: Date ${moment(value.getTime(), now)}`];
    if (value !== null && typeof value === 'object' && Object.keys(value).length > 0) {
      return Object.entries(value).flatMap(([key, item]) => this.lines(item, `${path}.${key}`, where, now));
    }
    if (UNNAMED.test(path)) return [`${path}: <added>`];
    if (typeof value === 'number') return [`${path}: ${momentOfNumber(value, now) ?? value}`];
    if (typeof value === 'string') {
      const whole = value.match(JWT);
      if (whole?.[0] === value) return this.jwt(value, path, where, now);
      if (KEY_MEMBER.test(path)) return [`${path}: <${value.length} characters>`];
      if (PROVIDER_TOKEN.test(path)) return [`${path}: <provider's>`];
      return [`${path}: ${JSON.stringify(this.text(value, here, now))}`];
    }
    return [`${path}: ${JSON.stringify(value) ?? String(value)}`];
  }

  /** A JWT as lines, one per header field and claim; lifetimes exact, relative to `iat`. */
  jwt(token, path, where, now) {
    const { header, claims, valid, length } = readJwt(token, this.secrets);
    const lines = [`${path}: <JWT, signature ${valid === undefined ? `of ${length} characters` : valid ? 'valid' : 'INVALID'}>`, ...this.lines(header, `${path}.header`, where, now)];
    for (const [claim, value] of Object.entries(claims)) {
      if (claim === 'exp' && typeof claims.iat === 'number') lines.push(`${path}.claims.exp: iat + ${value - claims.iat}`);
      else lines.push(...this.lines(value, `${path}.claims.${claim}`, where, now));
    }
    return lines;
  }

  /** A value that is random as a whole, whatever its alphabet: an OAuth state has `-` and `_`. */
  whole(value, where, now) {
    return /^[\w-]{32}$/.test(value) ? this.#name(value, where) : this.text(value, where, now);
  }

  #jwtInline(token, where, now) {
    const lines = this.jwt(token, 'jwt', where, now).filter((line) => !ADDITIONS.some((pattern) => pattern.test(line)));
    return `<${lines.join(' ')}>`;
  }

  #name(value, where) {
    if (!this.#names.has(value)) {
      const lower = value.length === 32 && !/[A-Z]/.test(value) ? ' lower case' : '';
      this.#names.set(value, `<${value.length}${lower} from ${where}>`);
    }
    return this.#names.get(value);
  }
}
