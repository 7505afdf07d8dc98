// One server process: started with the contract's environment, awaited until it
// answers, stopped by its own process handle.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { environment } from './contract.mjs';
import { send } from './wire.mjs';

const START_PATIENCE = 30_000;
const STOP_PATIENCE = 5_000;

const alive = new Set();
process.on('exit', () => alive.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** A fresh folder for a server's database, mails and data. */
export function freshFolder(label) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `compat-${label}-`));
  fs.mkdirSync(path.join(folder, 'mail'));
  return folder;
}

export class Server {
  /**
   * @param {object} what
   * @param {string[]} what.command program and arguments
   * @param {number} what.port where to listen
   * @param {string} what.folder from freshFolder
   * @param {object} [what.profile] variables from profiles.mjs
   * @param {string} [what.providerOrigin] the OpenID Connect provider beside it
   */
  constructor({ command, port, folder, profile, providerOrigin }) {
    this.command = command;
    this.port = port;
    this.folder = folder;
    this.environment = environment({ port, folder }, profile, providerOrigin);
    /** What clients believe they talk to. */
    this.origin = new URL(this.environment.BETTER_AUTH_URL).origin;
    this.databaseFile = path.join(folder, 'auth.db');
    this.log = '';
  }

  static async start(what) {
    const server = new Server(what);
    await server.start();
    return server;
  }

  async start() {
    const [program, ...parameters] = this.command;
    // A deliberate fault travels with the command, so that only the faulty side has it.
    const fault = this.command.fault ? { REFERENCE_FAULT: this.command.fault } : {};
    const child = spawn(program, parameters, { env: { ...this.environment, ...fault }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    alive.add(child);
    const keep = (chunk) => { this.log = (this.log + chunk).slice(-6_000); };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.ended = new Promise((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('exit', (code, signal) => resolve(signal ?? `status ${code}`));
    });
    let ending;
    this.ended.then((how) => { ending = how; alive.delete(child); });

    const until = Date.now() + START_PATIENCE;
    for (;;) {
      if (ending !== undefined) throw new Error(`${program} ended with ${ending} before it was ready:\n${this.log}`);
      const answer = await send({ port: this.port, path: '/api/auth/ok', timeout: 2_000 }).catch(() => undefined);
      if (answer?.status === 200) return;
      if (Date.now() > until) {
        await this.stop();
        throw new Error(`${program} did not answer GET /api/auth/ok with 200 within ${START_PATIENCE} ms:\n${this.log}`);
      }
      await sleep(25);
    }
  }

  async stop() {
    if (!this.child || !alive.has(this.child)) return;
    this.child.kill('SIGTERM');
    const late = sleep(STOP_PATIENCE, 'late', { ref: false });
    if (await Promise.race([this.ended, late]) === 'late') this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Runs SQL on the database file from outside, as an operator would; rows for a SELECT. */
  sql(statement, ...values) {
    const database = new Database(this.databaseFile, { timeout: 5_000 });
    try {
      const prepared = database.prepare(statement);
      return prepared.reader ? prepared.all(...values) : prepared.run(...values);
    } finally {
      database.close();
    }
  }

  /** Removes everything the server left behind. */
  clean() {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
