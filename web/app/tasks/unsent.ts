// What the server has not taken when a page ends: a session that ended elsewhere, a tab that was loaded anew. It is kept
// for this tab alone, and given back once to the person whose it is; whoever signs in instead removes it.
//
// A task whose answer was still on its way could be there twice afterwards. Losing it would be worse.

import type { Content, Row } from "./rows";

export type Unsent = {
  person: string;
  added: Content[];
  changed: (Content & { id: string })[];
  removed: string[];
};

const PLACE = "doorward.unsent";

/** What of these rows the server does not know yet. */
export function unsentOf(person: string, list: Row[], removed: Iterable<string>): Unsent {
  const waiting = list.filter((row) => row.waiting > 0);
  return {
    person,
    added: waiting.flatMap(({ id, title, completed }) => (id === null ? [{ title, completed }] : [])),
    changed: waiting.flatMap(({ id, title, completed }) => (id === null ? [] : [{ id, title, completed }])),
    removed: [...removed],
  };
}

export function keepUnsent(unsent: Unsent): void {
  if (unsent.added.length + unsent.changed.length + unsent.removed.length === 0) return;
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(unsent));
  } catch {}
}

export function takeUnsent(person: string): Unsent | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null") as Unsent | null;
    sessionStorage.removeItem(PLACE);
    return kept?.person === person ? kept : null;
  } catch {
    return null;
  }
}
