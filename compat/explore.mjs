#!/usr/bin/env node
// Looks for differences nobody has thought of: random sequences of requests, played on
// Better Auth and on Doorward, compared as the scenarios are. For each difference the
// smallest sequence that still shows it is printed.
//
//   node explore.mjs [--seed N] [--count N] [--profile NAME,NAME]
//
// Run by hand (`make explore`). What it finds becomes a scenario and a correction, or a
// row in docs/differences.md.

import { parseArgs } from 'node:util';
import { judge, show } from './harness/difference.mjs';
import { Pair } from './harness/pair.mjs';
import { KNOWN } from './explorer/known.mjs';
import { scenarioOf } from './explorer/player.mjs';
import { sequence } from './explorer/sequence.mjs';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '100' }, profile: { type: 'string', default: 'everyday,verified,confirmed,cached,https,mailless,social' } } });
const [first, count] = [Number(values.seed), Number(values.count)];
let played = 0;
let [explored, differing] = [0, 0];
const classes = new Map();

for (const profile of values.profile.split(',')) {
  const pair = await Pair.start(profile);
  try {
    for (let seed = first; seed < first + count; seed += 1) {
      explored += 1;
      await explore(pair, profile, seed);
    }
  } finally {
    await pair.stop();
  }
}
console.log(`${explored} sequences, ${differing} differ, in ${classes.size} ways`);
process.exit(differing === 0 ? 0 : 1);

async function explore(pair, profile, seed) {
  let story = sequence(seed);
  let found = await differences(pair, story, profile);
  if (found.length === 0) return;
  differing += 1;
  const kind = classOf(found);
  classes.set(kind, (classes.get(kind) ?? 0) + 1);
  // Seen before: once in full is enough.
  if (classes.get(kind) > 1) return;
  for (let index = story.steps.length - 1; index >= 0; index -= 1) {
    const shorter = { ...story, steps: story.steps.filter((_, at) => at !== index) };
    const still = await differences(pair, shorter, profile);
    if (still.length > 0 && classOf(still) === kind) [story, found] = [shorter, still];
  }
  console.log(`\n${profile}, seed ${seed}, ${JSON.stringify(story.setup)}\n${story.steps.map((step) => `    ${JSON.stringify(step)}`).join('\n')}\n${show(found)}`);
}

async function differences(pair, story, profile) {
  played += 1;
  let result;
  try {
    result = await pair.play(scenarioOf(story, played));
  } catch (error) {
    // A connection that Better Auth itself ends tells nothing about Doorward.
    console.error(`skipped: ${error.message.split('\n')[0]}`);
    return [];
  }
  // Request lines hold signatures over tokens, which differ by nature.
  const unexplained = judge(result.found).unexplained.filter(({ line }) => !/^\d+ [A-Z]+ \//.test(line));
  const requests = [...new Set(unexplained.map(({ at }) => at))];
  // A known difference explains its whole answer, and what follows from it.
  const known = requests.findIndex((at) => KNOWN.some(({ matches }) => matches(unexplained.filter((entry) => entry.at === at), at, profile)));
  return known < 0 ? unexplained : unexplained.filter(({ at }) => requests.indexOf(at) < known);
}

/** What differs first, without the particulars. */
function classOf(found) {
  const { at } = found[0];
  const route = at.split(' ').slice(1, 3).join(' ').replace(/\?.*/, '');
  return `${route} | ${found.filter((entry) => entry.at === at).map(({ side, line }) => `${side[0]}${line.replace(/"[^"]*"/g, '""').slice(0, 60)}`).slice(0, 3).join('|')}`;
}
