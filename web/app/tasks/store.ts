// A person's tasks in this tab: shown at once, sent one after the other for each task, tried again until the server
// answers, and taken back when it says no. They outlive the page that shows them, so that nothing is lost on the way to
// another one; loading a page anew ends them.
//
// Deleting is real at once, whatever becomes of this tab; undoing makes the task anew, in its old place on the page.

import { setUnsaved } from "@/lib/address";
import { addTask, changeTask, deleteTask, listTasks, type Page, Refused, type Task, Unreachable } from "@/lib/api";
import { tryNow, worthTrying } from "@/lib/connection";
import type { Key } from "@/lib/language";
import { after, type Content, type Happening, NOTHING, type Row, type Rows } from "./rows";
import { keepUnsent, takeUnsent, type Unsent, unsentOf } from "./unsent";

/** Few at first, so that they are here soon; then as many as the API gives. */
const FIRST_PAGE = 100;
const LARGE_PAGE = 1000;
const LONGEST_PAUSE = 30_000;
/** Attempts after which the reader is told that the list does not come. */
const PATIENCE = 3;

/** What the server did not take, and why: `null` where the task is gone. */
export type Problem = { id: number; failure: Key; title: string; reason: string | null };
export type Deleted = { row: Row; at: number; byKeyboard: boolean };
export type State = { rows: Rows; problem: Problem | null; deleted: Deleted | null };

export const EMPTY: State = { rows: NOTHING, problem: null, deleted: null };

let state = EMPTY;
let person: string | null = null;
let loading = false;
let made = 0;
/** Changes that are on their way, and how often one began or ended. */
let unsent = 0;
let movements = 0;
/** What was kept from before this page, and waits for the list. */
let resumed: Unsent | null = null;
let handedOver = false;
const removing = new Set<string>();
// What the server calls a row, once it is known, after everything before has been sent.
const ids = new Map<string, Promise<string | null>>();
const listeners = new Set<() => void>();

function set(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

const happen = (happening: Happening) => set({ rows: after(state.rows, happening) });

export const current = () => state;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whose tasks are shown. Those that are here already are looked at anew. */
export function open(user: string): void {
  if (person === user) {
    refresh();
    return;
  }
  person = user;
  resumed = takeUnsent(user);
  for (const { title, completed } of resumed?.added.reverse() ?? []) create(title, completed, 0);
  void load();
}

/** What was told or offered is not told again to somebody who comes back. */
export function close(): void {
  set({ problem: null, deleted: null });
}

/** Calls until somebody answers. A task that is added could be there twice, should only the answer have been lost. */
async function untilReached<T>(call: () => Promise<T>, onPatienceEnd = () => {}): Promise<T> {
  for (let tries = 1, pause = 1000; ; tries += 1, pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (tries === PATIENCE) onPatienceEnd();
      await worthTrying(pause);
    }
  }
}

export async function load(): Promise<void> {
  if (loading) return tryNow();
  loading = true;
  const before = movements;
  try {
    for (let cursor: string | null = null, limit = FIRST_PAGE; ; limit = LARGE_PAGE) {
      const from: string | null = cursor;
      const page: Page = await untilReached(
        () => listTasks(limit, from),
        () => happen({ type: "failed" }),
      );
      happen({ type: "page", tasks: page.tasks, last: page.next === null });
      if (page.next === null) break;
      cursor = page.next;
    }
    resume();
  } catch {
    happen({ type: "failed" });
  } finally {
    loading = false;
  }
  // A task that was added meanwhile may have come twice: by its own answer, and with the list.
  if (outdated || before !== movements) refresh();
}

/** Changes and deletions from before this page, now that their rows are here. */
function resume(): void {
  const { changed = [], removed = [] } = resumed ?? {};
  resumed = null;
  const rowOf = (id: string) => state.rows.list.find((row) => row.id === id);
  for (const { id, title, completed } of changed) {
    const row = rowOf(id);
    if (row) change(row, { title, completed });
  }
  for (const id of removed) {
    const row = rowOf(id);
    if (row) discard(row, state.rows.list.indexOf(row));
  }
}

let refreshing = false;
let outdated = false;

/** Takes over what happened elsewhere. It waits until everything from here has been sent, so that nothing is undone. */
export function refresh(): void {
  outdated = true;
  if (!refreshing && state.rows.loaded === "all") void refreshAll();
}

async function refreshAll(): Promise<void> {
  refreshing = true;
  try {
    while (outdated && unsent === 0) {
      outdated = false;
      const before = movements;
      const tasks: Task[] = [];
      let cursor: string | null = null;
      do {
        const page: Page = await listTasks(LARGE_PAGE, cursor);
        tasks.push(...page.tasks);
        cursor = page.next;
      } while (cursor !== null);
      if (before === movements) happen({ type: "refresh", tasks });
      else outdated = true;
    }
  } catch {
    // There will be another occasion.
  } finally {
    refreshing = false;
  }
}

function move(by: 1 | -1): void {
  movements += 1;
  unsent += by;
  setUnsaved(unsent > 0);
  if (unsent > 0) return;
  tellOthers();
  if (outdated) refresh();
}

/** Sends one change of a row after those before it. */
function enqueue(row: Row, failure: Key, send: (id: string) => Promise<string | null>, undo: () => void): void {
  const before = ids.get(row.key) ?? Promise.resolve(row.key);
  move(1);
  const settled = before.then(async (id) => {
    try {
      // The row was never added, or is deleted: there is nothing to change any more.
      return id === null ? null : await untilReached(() => send(id));
    } catch (error) {
      undo();
      const isGone = error instanceof Refused && error.status === 404;
      const reason = isGone ? null : error instanceof Error ? error.message : "";
      made += 1;
      set({ problem: { id: made, failure, title: row.title, reason } });
      return failure === "tasks.failed.add" ? null : id;
    } finally {
      move(-1);
    }
  });
  ids.set(row.key, settled);
}

function create(title: string, completed: boolean, at: number): string {
  made += 1;
  const row: Row = { key: `new-${made}`, id: null, title, completed, saved: null, waiting: 1 };
  happen({ type: "add", row, at });
  const send = async () => {
    const task = await addTask(title, completed);
    happen({ type: "saved", key: row.key, task });
    return task.id;
  };
  enqueue(row, "tasks.failed.add", send, () => happen({ type: "remove", key: row.key }));
  return row.key;
}

export const add = (title: string) => create(title, false, 0);

export function change(row: Row, content: Partial<Content>): void {
  happen({ type: "change", key: row.key, content });
  const send = async (id: string) => {
    happen({ type: "saved", key: row.key, task: await changeTask(id, content) });
    return id;
  };
  enqueue(row, "tasks.failed.change", send, () => happen({ type: "revert", key: row.key }));
}

export function remove(row: Row, byKeyboard: boolean): void {
  const at = state.rows.list.findIndex((other) => other.key === row.key);
  set({ deleted: { row, at, byKeyboard } });
  discard(row, at);
}

function discard(row: Row, at: number): void {
  happen({ type: "remove", key: row.key });
  if (row.id !== null) removing.add(row.id);
  const send = async (id: string) => {
    await deleteTask(id);
    removing.delete(id);
    return null;
  };
  enqueue(row, "tasks.failed.delete", send, () => {
    if (row.id !== null) removing.delete(row.id);
    happen({ type: "add", row: { ...row, waiting: 0 }, at });
    set({ deleted: null });
  });
}

/** The key of the row that is there again. */
export function restore(): string | null {
  const { deleted } = state;
  set({ deleted: null });
  return deleted && create(deleted.row.title, deleted.row.completed, deleted.at);
}

export function forgetDeleted(): void {
  set({ deleted: null });
}

// Another tab of the same person may show the same list.
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("doorward.tasks");
const tellOthers = () => channel?.postMessage(person);
const isSeen = () => listeners.size > 0 && document.visibilityState === "visible";

if (channel) {
  channel.onmessage = ({ data }) => {
    if (data === person && isSeen()) refresh();
  };
}

if (typeof window !== "undefined") {
  document.addEventListener("visibilitychange", () => {
    if (person && isSeen()) refresh();
  });
  window.addEventListener("pagehide", () => {
    // A page that comes back from the browser's cache is loaded anew, and must not keep the same things twice.
    if (!person || handedOver || (unsent === 0 && !resumed)) return;
    handedOver = true;
    const left = unsentOf(person, state.rows.list, removing);
    if (resumed) {
      left.changed.push(...resumed.changed);
      left.removed.push(...resumed.removed);
    }
    keepUnsent(left);
  });
}
