// One browser: cookies, an Origin on what is not a GET, and a transcript of what it saw.

import { AssertionError } from 'node:assert';
import { sign } from './tokens.mjs';
import { Jar, send } from './wire.mjs';

const BASE = '/api/auth';

export class Browser {
  jar = new Jar();
  /** Headers it sends with everything; a scenario may add some. */
  headers = {};

  constructor(stage, { recorded = true } = {}) {
    this.stage = stage;
    this.recorded = recorded;
  }

  /** The same browser, unrecorded, for what only prepares: anything but success stops the scenario. */
  get quietly() {
    return Object.assign(Object.create(Browser.prototype), this, { recorded: false });
  }

  get(path, options) { return this.request('GET', path, options); }
  post(path, json, options) { return this.request('POST', path, { json, ...options }); }

  /**
   * @param {object} options
   *   json      sent as JSON
   *   body      sent as it is, with `type` as its content type
   *   type      content type; false for none
   *   headers   more headers, lower case
   *   origin    Origin header; false for none. Default: the server's own, but on GET none
   *   cookie    Cookie header; false for none. Default: this browser's jar
   *   keep      false: do not take over the cookies of the answer
   *   bearer    a bearer token instead of cookies
   */
  async request(method, path, { json, body = json === undefined ? undefined : JSON.stringify(json), type, headers, origin, cookie, keep = true, bearer } = {}) {
    const { server, transcript, address } = this.stage;
    const contentType = type ?? (json === undefined ? false : 'application/json');
    const from = origin ?? (method === 'GET' || bearer ? false : server.origin);
    const cookies = cookie ?? (bearer ? false : this.jar.header());
    const sent = {
      host: new URL(server.origin).host,
      'user-agent': 'compat',
      'x-forwarded-for': address,
      ...(contentType ? { 'content-type': contentType } : {}),
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      ...(from ? { origin: from } : {}),
      ...(cookies ? { cookie: cookies } : {}),
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      ...this.headers,
      ...headers,
    };
    for (const name of Object.keys(sent)) if (sent[name] === undefined) delete sent[name];
    const answer = await send({ port: server.port, method, path: path.startsWith('http') ? pathOf(path) : BASE + path, headers: sent, body });
    if (keep) this.jar.take(answer.cookies);
    if (this.recorded) transcript.exchange({ method, path, body }, answer);
    else if (answer.status >= 400) throw new AssertionError({ message: `preparing: ${method} ${path} answered ${answer.status} ${answer.text.slice(0, 200)}` });
    return answer;
  }

  /** Opens a link from a mail or a redirect. */
  follow(url, options) { return this.request('GET', String(url), options); }

  /** The name of the session cookie: it says whether the origin is https. */
  get sessionCookie() {
    return `${this.stage.server.origin.startsWith('https:') ? '__Secure-' : ''}better-auth.session_token`;
  }

  /** Puts a session cookie into the jar, signed as the server would. */
  carry(token, secret = this.stage.secrets[0]) {
    this.jar.set(this.sessionCookie, sign(token, secret));
    return this;
  }
}

function pathOf(url) {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
