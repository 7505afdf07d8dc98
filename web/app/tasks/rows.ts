// The list as it is shown, and what can happen to it. Pure: the network is in `use-tasks.ts`.

import type { Task } from "@/lib/api";

type Content = { title: string; completed: boolean };

/** One task on the page. `key` stays the same while the server gives it an id; `saved` is what the server last said. */
export type Row = Content & { key: string; saved: Content | null };
export type Rows = { list: Row[]; loaded: "nothing" | "some" | "all" | "failed" };

export type Happening =
  | { type: "page"; tasks: Task[]; last: boolean }
  | { type: "failed" }
  | { type: "add"; key: string; content: Content; at: number }
  | { type: "change"; key: string; content: Partial<Content> }
  | { type: "saved"; key: string; content: Content }
  | { type: "revert"; key: string }
  | { type: "remove"; key: string };

export const NOTHING: Rows = { list: [], loaded: "nothing" };

export function after(rows: Rows, happening: Happening): Rows {
  const { list } = rows;
  const withRow = (key: string, change: (row: Row) => Row) => ({
    ...rows,
    list: list.map((row) => (row.key === key ? change(row) : row)),
  });
  switch (happening.type) {
    case "page": {
      const known = new Set(list.map((row) => row.key));
      const fresh = happening.tasks.filter((task) => !known.has(task.id));
      const added = fresh.map(({ id, title, completed }) => ({
        key: id,
        title,
        completed,
        saved: { title, completed },
      }));
      return { list: [...list, ...added], loaded: happening.last ? "all" : "some" };
    }
    case "failed":
      return { ...rows, loaded: rows.loaded === "nothing" ? "failed" : rows.loaded };
    case "add": {
      const row = { ...happening.content, key: happening.key, saved: null };
      return { ...rows, list: [...list.slice(0, happening.at), row, ...list.slice(happening.at)] };
    }
    case "change":
      return withRow(happening.key, (row) => ({ ...row, ...happening.content }));
    case "saved":
      return withRow(happening.key, (row) => ({ ...row, saved: happening.content }));
    case "revert":
      return withRow(happening.key, (row) => ({ ...row, ...row.saved }));
    case "remove":
      return { ...rows, list: list.filter((row) => row.key !== happening.key) };
  }
}
