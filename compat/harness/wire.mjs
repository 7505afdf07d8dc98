// Raw HTTP and a browser's cookie jar.
//
// Requests are sent byte for byte as asked: no client library decides on headers,
// follows redirects or merges Set-Cookie lines. Each request has a connection of
// its own, so servers can be stopped and swapped under a story.

import http from 'node:http';
import net from 'node:net';

/** A port nobody listens on right now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * @returns {Promise<{status: number, reason: string, headers: object, cookies: string[], text: string, json: any, at: number}>}
 *   `headers` without Set-Cookie, which is in `cookies`; `at` is when the answer came, in milliseconds
 */
export function send({ port, method = 'GET', path, headers = {}, body, timeout = 20_000 }) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false, timeout }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { 'set-cookie': cookies = [], ...rest } = response.headers;
        resolve({ status: response.statusCode, reason: response.statusMessage, headers: rest, cookies, text, json: parsed(text), at: Date.now() });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path} within ${timeout} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One Set-Cookie line in its parts; attribute names in lower case. */
export function parseSetCookie(line) {
  const [pair, ...attributes] = line.split(/;\s*/);
  const split = pair.indexOf('=');
  return {
    name: pair.slice(0, split),
    value: pair.slice(split + 1),
    attributes: Object.fromEntries(attributes.map((attribute) => {
      const [name, ...value] = attribute.split('=');
      return [name.toLowerCase(), value.join('=')];
    })),
  };
}

/** The cookies one browser keeps. Values stay as they were sent. */
export class Jar {
  #cookies = new Map();

  take(lines) {
    for (const line of lines) {
      const { name, value, attributes } = parseSetCookie(line);
      if (attributes['max-age'] === '0' || value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  get(name) { return this.#cookies.get(name); }
  set(name, value) { this.#cookies.set(name, value); return this; }
  drop(name) { this.#cookies.delete(name); return this; }
  names() { return [...this.#cookies.keys()]; }

  header() {
    return this.#cookies.size === 0 ? undefined : [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
