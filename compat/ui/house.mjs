// Where the page set lives: one address with the pages on it and /api handed on to the server, as a reverse proxy does.

import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild-wasm';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const PAGE = '<!doctype html><html lang="en"><title>Pages</title><link rel="stylesheet" href="/pages.css"><div id="pages"></div><script type="module" src="/pages.js"></script></html>';

/** The pages as the browser gets them. The compiler is WebAssembly: one package for every platform. */
export async function bundle() {
  const { outputFiles: [script] } = await build({
    entryPoints: [here('pages.jsx')],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  });
  const style = readFileSync(createRequire(import.meta.url).resolve('@daveyplate/better-auth-ui/css'));
  return { '/pages.js': ['text/javascript', script.contents], '/pages.css': ['text/css', style] };
}

/** Serves on a port of the system's choice; `server` says later where /api leads. */
export function openHouse(files) {
  const house = http.createServer((request, answer) => {
    if (request.url.startsWith('/api/')) return handOn(house.server, request, answer);
    const [type, content] = files[request.url] ?? ['text/html', PAGE];
    answer.writeHead(200, { 'content-type': type }).end(content);
  });
  return new Promise((resolve) => house.listen(0, '127.0.0.1', () => resolve(house)));
}

function handOn(server, request, answer) {
  const { hostname, port } = new URL(server);
  const passed = http.request({ hostname, port, path: request.url, method: request.method, headers: request.headers }, (reply) => {
    answer.writeHead(reply.statusCode, reply.rawHeaders);
    reply.pipe(answer);
  });
  passed.on('error', () => answer.destroy());
  request.pipe(passed);
}
