// Plays every scenario on both servers and compares the transcripts.
//
//   npm run scenarios -- --only 'sign-in|jwt'      scenarios whose "feature / name" matches
//   npm run scenarios -- --only '...' --show       and print what was said

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { ALLOWED } from './allowed.mjs';
import { judge, show } from './harness/difference.mjs';
import { loadScenarios, troupes } from './harness/library.mjs';
import { Pair } from './harness/pair.mjs';
import { subjectIsReference } from './harness/subject.mjs';

const all = await loadScenarios();
const only = new RegExp(process.env.COMPAT_ONLY ?? '', 'i');

// Within a troupe one scenario follows another: scenarios write to the database from
// outside, and Better Auth fails a sign-up that happens to be under way at that moment.
describe('scenarios', { concurrency: 3 }, () => {
  for (const { profile, scenarios } of troupes(all.filter(({ id }) => only.test(id)))) {
    describe(profile, { concurrency: 1 }, () => {
      let pair;
      before(async () => { pair = await Pair.start(profile); });
      after(() => pair?.stop());
      for (const scenario of scenarios) it(scenario.id, () => compare(pair, scenario));
    });
  }
});

async function compare(pair, scenario) {
  assert.ok(pair, 'the servers did not start');
  const { found, subject } = await pair.play(scenario);
  if (process.env.COMPAT_SHOW) console.log(`\n${scenario.id}\n${subject.join('\n')}`);
  const { unexplained, stale } = judge(found, subjectIsReference ? undefined : ALLOWED[scenario.id]);
  if (unexplained.length > 0) assert.fail(`- Better Auth   + Doorward\n${show(unexplained)}\n`);
  if (stale.length > 0) assert.fail(`allowed.mjs expects differences that are gone: ${stale.join(', ')}`);
}

it('every row of allowed.mjs names a scenario', () => {
  const names = new Set(all.map(({ id }) => id));
  assert.deepEqual(Object.keys(ALLOWED).filter((id) => !names.has(id)), []);
});

// A few of the explorer's stories, always the same ones; `make explore` tells many more.
it('random sequences', { skip: Boolean(process.env.COMPAT_ONLY) || subjectIsReference }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['explore.mjs', '--seed', '100', '--count', '10', '--profile', 'everyday'], { cwd: import.meta.dirname, encoding: 'utf8', timeout: 120_000 });
  assert.equal(status, 0, stdout + stderr);
});
