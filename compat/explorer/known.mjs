// Differences that docs/differences.md tells of, as the explorer meets them.
// `matches` gets the differing lines of one answer, its request line and the profile.

const only = (side, lines) => lines.filter((entry) => entry.side === side).map(({ line }) => line.trim());
const has = (side, pattern) => (lines) => only(side, lines).some((line) => pattern.test(line));
const both = (reference, subject) => (lines) => has('reference', reference)(lines) && has('subject', subject)(lines);

const CACHE = /^cookie \S*better-auth\.session_data/;
/** The same lines, apart from what `change` makes equal, in whatever order. */
const same = (lines, change = (line) => line) => {
  const [reference, subject] = ['reference', 'subject'].map((side) => only(side, lines).map(change).sort().join('\n'));
  return reference === subject;
};

export const KNOWN = [
  { why: 'User-Agent and addresses of whoever is connected', matches: both(/ipAddress: ""/, /ipAddress: "127\.0\.0\.1"/) },
  { why: 'names are bounded', matches: has('subject', /\[body\.name\] Too big/) },
  { why: 'never a 500 for what a client can send', matches: both(/^status 500/, /^status (302|303|400|401|404)/) },
  { why: 'the target is normalised', matches: (lines, at) => /(callbackURL|redirectTo)/i.test(at) && both(/header location: \S*\.\.?\//, /header location: /)(lines) },
  { why: 'the row is read every time, and its keys are in its own order', matches: (lines, _, profile) => profile === 'cached' && !lines.some(({ line }) => /^\s*status/.test(line)) && same(lines, (line) => line.replace(/: .*/, '')) },
  { why: 'the row is read every time, so a copy that is good is not renewed', matches: (lines, _, profile) => profile === 'cached' && lines.every(({ side, line }) => side === 'reference' && CACHE.test(line.trim())) },
  { why: 'the second may turn while Better Auth signs', matches: (lines) => same(lines, (line) => line.replaceAll('iat + 3601', 'iat + 3600')) },
  { why: 'an address holds no quotes or angle brackets', matches: (lines, at) => /["<>]/.test(at.split('?').slice(1).join('?')) && has('subject', /^status 400/)(lines) && has('subject', /^body: empty/)(lines) },
];
