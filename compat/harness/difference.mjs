// Two transcripts, exchange by exchange and line by line, and what of the difference
// is allowed.

import { ADDITIONS } from './additions.mjs';

/**
 * The lines that only one side has.
 * @returns {{ side: 'reference' | 'subject', line: string, at: string }[]} `at` is the request it answers
 */
export function difference(reference, subject) {
  const [left, right] = [exchanges(reference), exchanges(subject)];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => index)
    .flatMap((index) => compare(left[index] ?? [], right[index] ?? [], (left[index] ?? right[index])[0]));
}

/** A request line starts an exchange; what is indented belongs to it. */
function exchanges(lines) {
  const found = [];
  for (const line of lines) {
    if (line.startsWith(' ')) found.at(-1).push(line);
    else found.push([line]);
  }
  return found;
}

/** By longest common subsequence. */
function compare(a, b, at) {
  const length = lengths(a, b);
  const found = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && length[i + 1][j] >= length[i][j + 1])) {
      found.push({ side: 'reference', line: a[i], at });
      i += 1;
    } else {
      found.push({ side: 'subject', line: b[j], at });
      j += 1;
    }
  }
  return found;
}

function lengths(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  }
  return table;
}

/**
 * What is left to explain.
 *
 * @param {{ side, line, at }[]} found from `difference`
 * @param {object} [allowed] a row of allowed.mjs. Every line must match a pattern of its side,
 *   and every pattern must match a line, so that a row cannot outlive its reason
 * @returns {{ unexplained: object[], stale: string[] }}
 */
export function judge(found, allowed = {}) {
  const essential = found.filter(({ side, line }) => side === 'reference' || !ADDITIONS.some((pattern) => pattern.test(line)));
  const { betterAuth = [], doorward = [], anyOrder = false } = allowed;
  const ordered = anyOrder ? withoutMoved(essential) : essential;
  const patterns = [...betterAuth.map((pattern) => ({ side: 'reference', pattern })), ...doorward.map((pattern) => ({ side: 'subject', pattern }))];
  const matches = (entry, candidate) => candidate.side === entry.side && candidate.pattern.test(entry.line);
  const stale = patterns.filter((candidate) => !ordered.some((entry) => matches(entry, candidate))).map(({ side, pattern }) => `${side === 'reference' ? 'betterAuth' : 'doorward'}: ${pattern}`);
  if (anyOrder && ordered.length === essential.length) stale.push('anyOrder');
  return { unexplained: ordered.filter((entry) => !patterns.some((candidate) => matches(entry, candidate))), stale };
}

/** Leaves out lines that both sides have in the same exchange, only elsewhere in it. */
function withoutMoved(entries) {
  const left = [...entries];
  for (const entry of entries.filter(({ side }) => side === 'reference')) {
    const twin = left.findIndex(({ side, line, at }) => side === 'subject' && line === entry.line && at === entry.at);
    if (twin >= 0) {
      left.splice(twin, 1);
      left.splice(left.indexOf(entry), 1);
    }
  }
  return left;
}

/** A difference as people read it: `-` only Better Auth says so, `+` only the subject does. */
export function show(entries) {
  let request;
  return entries.flatMap(({ side, line, at }) => {
    const heading = at === request || line === at ? [] : [`  ${at}`];
    request = at;
    return [...heading, `${side === 'reference' ? '-' : '+'} ${line}`];
  }).join('\n');
}
