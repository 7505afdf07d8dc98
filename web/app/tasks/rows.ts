// The list as it is shown, and what can happen to it. Pure: the network is in `store.ts`.

import type { Task } from "@/lib/api";

export type Content = { title: string; completed: boolean };

/**
 * One task on the page. `key` stays the same while the server gives it an `id`; `saved` is what the server last said, and
 * `waiting` counts the changes that it has not answered yet.
 */
export type Row = Content & { key: string; id: string | null; saved: Content | null; waiting: number };
export type Rows = { list: Row[]; loaded: "nothing" | "some" | "all" | "failed" };

export type Happening =
  | { type: "page"; tasks: Task[]; last: boolean }
  | { type: "refresh"; tasks: Task[] }
  | { type: "failed" }
  | { type: "add"; row: Row; at: number }
  | { type: "change"; key: string; content: Partial<Content> }
  | { type: "saved"; key: string; task: Task }
  | { type: "revert"; key: string }
  | { type: "remove"; key: string };

export const NOTHING: Rows = { list: [], loaded: "nothing" };

const contentOf = ({ title, completed }: Content): Content => ({ title, completed });

const rowOf = (task: Task): Row => ({
  ...contentOf(task),
  key: task.id,
  id: task.id,
  saved: contentOf(task),
  waiting: 0,
});

export function after(rows: Rows, happening: Happening): Rows {
  const { list } = rows;
  const withRow = (key: string, change: (row: Row) => Row) => ({
    ...rows,
    list: list.map((row) => (row.key === key ? change(row) : row)),
  });
  switch (happening.type) {
    case "page": {
      const known = new Set(list.map((row) => row.id));
      const fresh = happening.tasks.filter((task) => !known.has(task.id));
      return { list: [...list, ...fresh.map(rowOf)], loaded: happening.last ? "all" : "some" };
    }
    case "refresh":
      return { ...rows, list: refreshed(list, happening.tasks) };
    case "failed":
      return { ...rows, loaded: rows.loaded === "nothing" ? "failed" : rows.loaded };
    case "add":
      return { ...rows, list: [...list.slice(0, happening.at), happening.row, ...list.slice(happening.at)] };
    case "change":
      return withRow(happening.key, (row) => ({ ...row, ...happening.content, waiting: row.waiting + 1 }));
    case "saved": {
      const saved = contentOf(happening.task);
      // What was changed since is on its way, and stays as it is shown.
      return withRow(happening.key, (row) => ({
        ...row,
        ...(row.waiting > 1 ? {} : saved),
        id: happening.task.id,
        saved,
        waiting: row.waiting - 1,
      }));
    }
    case "revert":
      return withRow(happening.key, (row) => ({ ...row, ...row.saved, waiting: row.waiting - 1 }));
    case "remove":
      return { ...rows, list: list.filter((row) => row.key !== happening.key) };
  }
}

/**
 * The list as the server has it, while nothing waits to be sent. Rows stay where they are, and the same where nothing has
 * changed; what is new stands behind the task that the server has before it.
 */
function refreshed(list: Row[], tasks: Task[]): Row[] {
  const left = new Map(tasks.map((task) => [task.id, task]));
  const kept: Row[] = [];
  for (const row of list) {
    const task = row.id === null ? undefined : left.get(row.id);
    if (!task) continue;
    left.delete(task.id);
    const isSame = row.title === task.title && row.completed === task.completed;
    kept.push(isSame ? row : { ...row, ...contentOf(task), saved: contentOf(task) });
  }
  if (left.size === 0) return kept;
  const behind = new Map<string | null, Row[]>();
  let before: string | null = null;
  for (const task of tasks) {
    if (left.has(task.id)) behind.set(before, [...(behind.get(before) ?? []), rowOf(task)]);
    else before = task.id;
  }
  return [...(behind.get(null) ?? []), ...kept.flatMap((row) => [row, ...(behind.get(row.id) ?? [])])];
}
