// Finds the scenarios: every file in scenarios/ is a feature, every table it exports
// is named after the profile it runs under, every entry is one scenario.

import fs from 'node:fs';
import { PROFILES } from './profiles.mjs';

const FOLDER = new URL('../scenarios/', import.meta.url);

/** @returns {Promise<{ id: string, feature: string, profile: string, number: number, slug: string, play: Function }[]>} */
export async function loadScenarios() {
  const found = [];
  for (const file of fs.readdirSync(FOLDER).filter((name) => name.endsWith('.mjs')).sort()) {
    const feature = file.replace(/\.mjs$/, '');
    const tables = Object.entries(await import(new URL(file, FOLDER)));
    let inFile = 0;
    for (const [profile, table] of tables) {
      if (!(profile in PROFILES)) throw new Error(`scenarios/${file} exports ${profile}, which is no profile`);
      for (const [name, play] of Object.entries(table)) {
        inFile += 1;
        const number = found.length + 1;
        found.push({ id: `${feature} / ${name}`, feature, profile, number, slug: `${feature}${number}`, play });
      }
    }
    // A name used twice in one table would silently replace the first.
    const written = fs.readFileSync(new URL(file, FOLDER), 'utf8').match(/^ {2}(?:'.*'|".*"): (?:async|\w+,$)/gm)?.length ?? 0;
    if (written !== inFile) throw new Error(`scenarios/${file} has ${written} scenarios written but ${inFile} found: is a name used twice?`);
  }
  const names = new Set();
  for (const { id } of found) {
    if (names.has(id)) throw new Error(`two scenarios are called "${id}"`);
    names.add(id);
  }
  return found;
}

/** At most this many scenarios share a pair of servers, so that two cores stay busy. */
const TROUPE = 70;

/** Scenarios that share a pair of servers: those of one profile, the many of one profile in several groups. */
export function troupes(scenarios) {
  const profiles = new Map();
  for (const scenario of scenarios) profiles.set(scenario.profile, [...(profiles.get(scenario.profile) ?? []), scenario]);
  return [...profiles].flatMap(([profile, list]) => {
    const count = Math.ceil(list.length / TROUPE);
    const size = Math.ceil(list.length / count);
    return Array.from({ length: count }, (_, index) => ({ profile, scenarios: list.slice(index * size, (index + 1) * size) }));
  });
}
