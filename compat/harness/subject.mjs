// Which program is held against the reference.
//
// COMPAT_SUBJECT=reference   the reference against itself (to develop scenarios)
// DOORWARD_BINARY=path       this binary
// otherwise                  the newer of ../target/release/doorward and ../target/debug/doorward

import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const BUILDS = ['../../target/release/doorward', '../../target/debug/doorward'].map(at);

/** True when Better Auth stands on both sides: nothing may differ then, allowed or not. */
export const subjectIsReference = process.env.COMPAT_SUBJECT === 'reference';

/** Starts the real Better Auth; `version` is a folder of node_modules. */
export function referenceCommand({ version = 'better-auth', fault } = {}) {
  return Object.assign([process.execPath, at('reference.mjs'), version], { fault });
}

/** Starts what is being tested. */
export function subjectCommand() {
  if (subjectIsReference) return referenceCommand({ fault: process.env.COMPAT_FAULT });
  const binary = process.env.DOORWARD_BINARY ?? newest(BUILDS.filter((file) => fs.existsSync(file)));
  if (!binary || !fs.existsSync(binary)) {
    throw new Error(`no doorward binary: build one (cargo build -p doorward-server), name one in DOORWARD_BINARY, or run with --subject reference; looked for ${binary ?? BUILDS.join(' and ')}`);
  }
  return [binary, 'serve'];
}

const newest = (files) => files.sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)[0];
