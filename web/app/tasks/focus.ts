// Where the focus goes when what had it has gone: to another task, or to the field for a new one.

import { NEW_TASK } from "./new-task";
import type { Row } from "./rows";

/** The checkbox of a row. */
export const checkboxOf = (key: string) => `task-${key}`;

/** Once the list is drawn anew. Nothing is scrolled under somebody's pointer. */
export function focusTask(key: string | undefined, byKeyboard: boolean): void {
  requestAnimationFrame(() => {
    const checkbox = key === undefined ? null : document.getElementById(checkboxOf(key));
    (checkbox ?? document.getElementById(NEW_TASK))?.focus({ preventScroll: !byKeyboard });
  });
}

/** The row that stands where another one was, or the last one before it. */
export function neighbour(list: Row[], at: number, isShown: (row: Row) => boolean): Row | undefined {
  return list.slice(at).find(isShown) ?? list.slice(0, at).findLast(isShown);
}
