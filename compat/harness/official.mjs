// The client people actually use: `better-auth/client` from npm, given a fetch with
// a browser's cookie jar and Origin. What it returns is recorded, dates revived and
// errors shaped as an application sees them; what it sends is the client's business.

import { createAuthClient } from 'better-auth/client';
import { jwtClient } from 'better-auth/client/plugins';
import { Jar } from './wire.mjs';

export class OfficialClient {
  jar = new Jar();

  constructor(stage) {
    this.stage = stage;
    this.client = createAuthClient({
      baseURL: stage.server.origin,
      plugins: [jwtClient()],
      fetchOptions: { customFetchImpl: (url, init) => this.#fetch(url, init) },
    });
  }

  /** Calls e.g. `signIn.email` and records the result. */
  async call(name, ...parameters) {
    const result = await this.#invoke(name, parameters);
    this.stage.note(`client.${name}`, plain(result));
    return result;
  }

  /** The same for what only prepares. */
  async quietly(name, ...parameters) {
    const result = await this.#invoke(name, parameters);
    if (result.error) throw new Error(`preparing: client.${name} failed with ${JSON.stringify(result.error)}`);
    return result;
  }

  #invoke(name, parameters) {
    const method = name.split('.').reduce((target, key) => target[key], this.client);
    return method(...parameters);
  }

  async #fetch(url, init) {
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-for', this.stage.address);
    headers.set('user-agent', 'compat');
    if (init.method !== 'GET') headers.set('origin', this.stage.server.origin);
    const cookies = this.jar.header();
    if (cookies) headers.set('cookie', cookies);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    this.jar.take(response.headers.getSetCookie());
    return response;
  }
}

/** Own data only: what `undefined` members and class instances leave behind. */
function plain(value) {
  if (value === undefined) return 'undefined';
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
