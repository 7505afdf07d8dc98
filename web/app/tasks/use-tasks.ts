"use client";

// A person's tasks: shown at once, sent one after the other for each task, tried again when the network is back, and
// taken back when the server says no.
//
// Deleting is real at once, whatever becomes of this tab; undoing makes the task anew, in its old place on the page.

import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { addTask, changeTask, deleteTask, listTasks, type Page, Refused, Unreachable } from "@/lib/api";
import { worthTrying } from "@/lib/connection";
import { type Key, useText } from "@/lib/language";
import { after, NOTHING, type Row } from "./rows";

/** Few at first, so that they are here soon; then as many as the API gives. */
const FIRST_PAGE = 100;
const LARGE_PAGE = 1000;
const LONGEST_PAUSE = 30_000;

/** Calls until somebody answers. A task that is added could be there twice, should only the answer have been lost. */
async function untilReached<T>(call: () => Promise<T>): Promise<T> {
  for (let pause = 1000; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await worthTrying(pause);
    }
  }
}

export type Problem = { id: number; text: string };
export type Deleted = { row: Row; at: number; byKeyboard: boolean };

export function useTasks() {
  const text = useText();
  const [rows, happen] = useReducer(after, NOTHING);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [deleted, setDeleted] = useState<Deleted | null>(null);
  const made = useRef(0);
  const unsent = useRef(0);
  // What the server calls a row, once it is known, after everything before has been sent.
  const ids = useRef(new Map<string, Promise<string | null>>());

  const load = useCallback(async () => {
    try {
      for (let cursor: string | null = null, limit = FIRST_PAGE; ; limit = LARGE_PAGE) {
        const from: string | null = cursor;
        const page: Page = await untilReached(() => listTasks(limit, from));
        happen({ type: "page", tasks: page.tasks, last: page.next === null });
        if (page.next === null) return;
        cursor = page.next;
      }
    } catch {
      happen({ type: "failed" });
    }
  }, []);

  useEffect(() => {
    void load();
    const warn = (event: BeforeUnloadEvent) => {
      if (unsent.current > 0) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [load]);

  /** Sends one change of a row after those before it. */
  function enqueue(row: Row, failure: Key, send: (id: string) => Promise<string | null>, undo: () => void) {
    const before = ids.current.get(row.key) ?? Promise.resolve(row.key);
    unsent.current += 1;
    const settled = before.then(async (id) => {
      try {
        // The row was never added, or is deleted: there is nothing to change any more.
        return id === null ? null : await untilReached(() => send(id));
      } catch (error) {
        undo();
        const gone = error instanceof Refused && error.status === 404;
        const reason = gone ? text("tasks.failed.gone") : error instanceof Error ? error.message : "";
        made.current += 1;
        setProblem({ id: made.current, text: text(failure, { title: row.title, reason }) });
        return failure === "tasks.failed.add" ? null : id;
      } finally {
        unsent.current -= 1;
      }
    });
    ids.current.set(row.key, settled);
  }

  function create(title: string, completed: boolean, at: number) {
    made.current += 1;
    const row: Row = { key: `new-${made.current}`, title, completed, saved: null };
    happen({ type: "add", key: row.key, content: { title, completed }, at });
    const send = async () => {
      const task = await addTask(title, completed);
      happen({ type: "saved", key: row.key, content: { title: task.title, completed: task.completed } });
      return task.id;
    };
    enqueue(row, "tasks.failed.add", send, () => happen({ type: "remove", key: row.key }));
  }

  function change(row: Row, content: { title?: string; completed?: boolean }) {
    happen({ type: "change", key: row.key, content });
    const send = async (id: string) => {
      const task = await changeTask(id, content);
      happen({ type: "saved", key: row.key, content: { title: task.title, completed: task.completed } });
      return id;
    };
    enqueue(row, "tasks.failed.change", send, () => happen({ type: "revert", key: row.key }));
  }

  function remove(row: Row, byKeyboard: boolean) {
    const at = rows.list.findIndex((other) => other.key === row.key);
    happen({ type: "remove", key: row.key });
    setDeleted({ row, at, byKeyboard });
    const send = async (id: string) => {
      await deleteTask(id);
      return null;
    };
    enqueue(row, "tasks.failed.delete", send, () => {
      happen({ type: "add", key: row.key, content: { title: row.title, completed: row.completed }, at });
      setDeleted(null);
    });
  }

  function restore() {
    if (deleted) create(deleted.row.title, deleted.row.completed, deleted.at);
    setDeleted(null);
  }

  return {
    rows,
    problem,
    deleted,
    load,
    add: (title: string) => create(title, false, 0),
    change,
    remove,
    restore,
    forgetDeleted: useCallback(() => setDeleted(null), []),
  };
}
