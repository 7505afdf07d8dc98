// Times, said relative to now, so that two servers a moment apart say the same.
//
// Distances are rounded to five minutes when they are within a minute of one;
// every lifetime of the protocol is a multiple of that. What must be exact on the
// wire (Max-Age, exp - iat) is never rounded: it does not pass through here.

const STEP = 300;
const TOLERANCE = 60;
const UNITS = [['d', 86_400], ['h', 3_600], ['m', 60]];

/** Farther away than any lifetime of the protocol: a date of somebody's own choosing. */
const FAR = 400 * 86_400;

/** `now`, `now+7d`, `now-2h`, or exact seconds when the distance is not round. */
export function moment(milliseconds, now) {
  const seconds = (milliseconds - now) / 1000;
  if (Math.abs(seconds) > FAR) return new Date(milliseconds).toISOString();
  const rounded = Math.round(seconds / STEP) * STEP;
  if (Math.abs(seconds - rounded) > TOLERANCE) return `now${signed(Math.round(seconds))}s`;
  if (rounded === 0) return 'now';
  const [unit, size] = UNITS.find(([, candidate]) => rounded % candidate === 0);
  return `now${signed(rounded / size)}${unit}`;
}

const signed = (number) => (number < 0 ? String(number) : `+${number}`);

/** The one form of a date on the wire: UTC with exactly three digits of milliseconds. */
export const WIRE_DATE = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** Numbers that can only be points in time, in this century. */
export function momentOfNumber(number, now) {
  if (number > 1.5e12 && number < 5e12) return `<ms ${moment(number, now)}>`;
  if (number > 1.5e9 && number < 5e9 && Number.isInteger(number)) return `<s ${moment(number * 1000, now)}>`;
  return undefined;
}
