// Moments as people say them, in the reader's language and as their region writes it.

/** "en-GB" where the browser asks for it and the page is English; the language alone otherwise. */
function locale(language: string): string {
  return navigator.languages.find((wanted) => wanted.startsWith(`${language}-`)) ?? language;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 hours ago" within a week, the date before that. */
export function ago(when: Date | string, language: string, now = Date.now()): string {
  const seconds = Math.min(0, Math.round((new Date(when).getTime() - now) / 1000));
  if (seconds < -7 * 86_400) return date(when, language);
  const [unit, size] = UNITS.find(([, size]) => -seconds >= size) ?? ["second", 1];
  const count = unit === "second" ? 0 : Math.trunc(seconds / size);
  return new Intl.RelativeTimeFormat(locale(language), { numeric: "auto" }).format(count, unit);
}

export function date(when: Date | string, language: string): string {
  return new Intl.DateTimeFormat(locale(language), { dateStyle: "long" }).format(new Date(when));
}

export function exact(when: Date | string, language: string): string {
  return new Intl.DateTimeFormat(locale(language), { dateStyle: "long", timeStyle: "short" }).format(new Date(when));
}
