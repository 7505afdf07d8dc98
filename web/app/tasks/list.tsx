"use client";

import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { ErrorSummary } from "@/components/ui/notice";
import { addTask, changeTask, deleteTask, listTasks, type Task } from "@/lib/api";
import { TaskRow } from "./row";

type Filter = "all" | "open" | "done";
const FILTERS: [Filter, string][] = [
  ["all", "All"],
  ["open", "Open"],
  ["done", "Done"],
];
const UNDO_TIME = 8000;

/** A person's tasks. Changes show at once and are taken back when the server refuses them. */
export function TaskList() {
  const [tasks, setTasks] = useState<Task[] | null>(null);
  const [more, setMore] = useState<string | null>(null);
  const [filter, setFilter] = useState<Filter>("all");
  const [problem, setProblem] = useState("");
  const [deleted, setDeleted] = useState<Task | null>(null);
  const form = useRef<HTMLFormElement>(null);

  const load = useCallback(async (cursor?: string) => {
    try {
      const page = await listTasks(cursor);
      setTasks((known) => (cursor && known ? [...known, ...page.tasks] : page.tasks));
      setMore(page.next);
      setProblem("");
    } catch {
      setProblem("Your tasks cannot be reached. We try again when you are back online.");
    }
  }, []);

  useEffect(() => {
    load();
    const again = () => load();
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, [load]);

  useEffect(() => {
    if (!deleted) return;
    const timer = setTimeout(() => setDeleted(null), UNDO_TIME);
    return () => clearTimeout(timer);
  }, [deleted]);

  /** Shows a change, asks the server, and goes back to `before` when it says no. */
  async function attempt(before: Task[], after: Task[], ask: () => Promise<Task[] | undefined>) {
    setTasks(after);
    setProblem("");
    try {
      const settled = await ask();
      if (settled) setTasks(settled);
    } catch (error) {
      setTasks(before);
      setProblem(error instanceof Error && error.message ? error.message : "That did not work. Please try again.");
    }
  }

  function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const title = String(new FormData(event.currentTarget).get("title")).trim();
    if (!title || !tasks) return;
    form.current?.reset();
    create({ title });
  }

  function create(task: { title: string; completed?: boolean }) {
    if (!tasks) return;
    const draft: Task = { id: `draft-${Date.now()}`, completed: false, userId: "", ...task };
    attempt(tasks, [draft, ...tasks], async () => [await addTask(task), ...tasks]);
  }

  function change(task: Task, fields: { title?: string; completed?: boolean }) {
    if (!tasks) return;
    const after = tasks.map((other) => (other.id === task.id ? { ...other, ...fields } : other));
    attempt(tasks, after, async () => void (await changeTask(task.id, fields)));
  }

  // Deleting is real at once, whatever happens to this tab; undoing makes the task anew.
  function remove(task: Task) {
    if (!tasks) return;
    setDeleted(task);
    const after = tasks.filter((other) => other.id !== task.id);
    attempt(tasks, after, async () => void (await deleteTask(task.id)));
  }

  function undo() {
    if (!deleted) return;
    setDeleted(null);
    create({ title: deleted.title, completed: deleted.completed });
  }

  const shown = tasks?.filter((task) => filter === "all" || task.completed === (filter === "done"));
  const open = tasks?.filter((task) => !task.completed).length ?? 0;

  return (
    <>
      <form ref={form} className="add" onSubmit={add}>
        <Field label="New task" name="title" maxLength={500} autoComplete="off" />
        <Button type="submit">Add</Button>
      </form>
      <ErrorSummary>{problem}</ErrorSummary>
      <div className="filters">
        {FILTERS.map(([name, label]) => (
          <button
            key={name}
            type="button"
            className="filter"
            aria-pressed={filter === name}
            onClick={() => setFilter(name)}
          >
            {label}
          </button>
        ))}
        <span className="quiet count" role="status">
          {tasks ? (open === 1 ? "1 open" : `${open} open`) : ""}
        </span>
      </div>
      <ul className="list" aria-label="Tasks" aria-busy={!tasks}>
        {shown?.map((task) => (
          <TaskRow key={task.id} task={task} onChange={change} onDelete={remove} />
        ))}
        {!tasks &&
          ["one", "two", "three"].map((name) => (
            <li key={name} className="row">
              <div className="skeleton" />
            </li>
          ))}
      </ul>
      {tasks?.length === 0 && <p className="empty">Nothing here yet. Write down the first thing above.</p>}
      {tasks && tasks.length > 0 && shown?.length === 0 && (
        <p className="empty">{filter === "open" ? "Everything is done." : "Nothing is done yet."}</p>
      )}
      {more && (
        <Button kind="plain" onClick={() => load(more)}>
          Show older tasks
        </Button>
      )}
      {deleted && (
        <div className="toast" role="status">
          <span>Deleted “{deleted.title}”</span>
          <button type="button" className="link-button" onClick={undo}>
            Undo
          </button>
        </div>
      )}
    </>
  );
}
