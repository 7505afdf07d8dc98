#!/usr/bin/env node
// The one entry point: runs the parts under node's own test runner, which prints the
// summary. The options become environment variables, so a part can also be run by hand
// with `node --test`.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

const PARTS = {
  harness: ['harness.test.mjs'],
  scenarios: ['scenarios.test.mjs'],
  'drop-in': ['dropin/'],
};
const USAGE = `usage: node run.mjs [${Object.keys(PARTS).join(' | ')} ...] [options]
  --only REGEX         only scenarios whose "feature / name" matches (case does not matter)
  --show               print what each scenario saw
  --subject reference  Better Auth on both sides, to develop scenarios
  --subject FILE       this doorward binary (default: DOORWARD_BINARY, then the newest build in ../target)
  --reporter NAME      another of node's reporters (default: spec)`;

let options;
try {
  options = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string' }, show: { type: 'boolean' }, subject: { type: 'string' }, reporter: { type: 'string', default: 'spec' }, help: { type: 'boolean' } },
  });
  const unknown = options.positionals.find((part) => !(part in PARTS));
  if (unknown) throw new Error(`there is no part called ${unknown}`);
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exit(2);
}
const { values, positionals } = options;
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const parts = positionals.length > 0 ? positionals : Object.keys(PARTS);
const environment = { ...process.env };
if (values.only) environment.COMPAT_ONLY = values.only;
if (values.show) environment.COMPAT_SHOW = '1';
if (values.subject === 'reference') environment.COMPAT_SUBJECT = 'reference';
else if (values.subject) environment.DOORWARD_BINARY = path.resolve(values.subject);

// A missing binary is said once here, not by every test.
try {
  Object.assign(process.env, environment);
  const { subjectCommand } = await import('./harness/subject.mjs');
  console.log(`Better Auth is compared with: ${subjectCommand().join(' ')}`);
} catch (error) {
  console.error(error.message);
  process.exit(2);
}

const runner = spawn(process.execPath, ['--test', `--test-reporter=${values.reporter}`, ...parts.flatMap((part) => PARTS[part])], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  env: environment,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => runner.kill(signal));
runner.on('exit', (code, signal) => process.exit(signal ? 1 : code));
