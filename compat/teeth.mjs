#!/usr/bin/env node
// Proves that the scenarios can fail: plays each feature against a reference with one
// deliberate fault (harness/faults.mjs) and expects at least one difference.
//
//   npm run teeth [-- REGEX]      only faults whose name matches

import { judge } from './harness/difference.mjs';
import { FAULTS } from './harness/faults.mjs';
import { loadScenarios, troupes } from './harness/library.mjs';
import { Pair } from './harness/pair.mjs';
import { referenceCommand } from './harness/subject.mjs';

const wanted = new RegExp(process.argv[2] ?? '', 'i');
const all = await loadScenarios();
const missed = [];
const faults = Object.entries(FAULTS).filter(([name]) => wanted.test(name));
for (const [name, { feature }] of faults) {
  const noticed = await firstNotice(name, all.filter((scenario) => scenario.feature === feature));
  if (!noticed) missed.push(name);
  console.log(noticed ? `caught  ${name}: ${noticed}` : `MISSED  ${name} (${feature})`);
}
console.log(`teeth: ${faults.length - missed.length} of ${faults.length} faults caught`);
process.exit(missed.length === 0 ? 0 : 1);

/** The first scenario that notices, or undefined. */
async function firstNotice(fault, scenarios) {
  for (const { profile, scenarios: list } of troupes(scenarios)) {
    const pair = await Pair.start(profile, { subject: referenceCommand({ fault }) });
    try {
      for (const scenario of list) {
        const { found } = await pair.play(scenario);
        if (judge(found).unexplained.length > 0) return scenario.id;
      }
    } finally {
      await pair.stop();
    }
  }
  return undefined;
}
