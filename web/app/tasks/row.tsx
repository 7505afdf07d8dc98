"use client";

import { type FormEvent, memo, useState } from "react";
import { Button } from "@/components/ui/button";
import type { Task } from "@/lib/api";

type RowProps = {
  task: Task;
  onChange: (task: Task, fields: { title?: string; completed?: boolean }) => void;
  onDelete: (task: Task) => void;
};

/** One task: tick it, click its title to rename it, delete it. */
export const TaskRow = memo(function TaskRow({ task, onChange, onDelete }: RowProps) {
  const [renaming, setRenaming] = useState(false);
  const unsaved = task.id.startsWith("draft-");

  function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const title = String(new FormData(event.currentTarget).get("title")).trim();
    setRenaming(false);
    if (title && title !== task.title) onChange(task, { title });
  }

  return (
    <li className={task.completed ? "row done" : "row"}>
      <input
        type="checkbox"
        className="check"
        aria-label={task.title}
        checked={task.completed}
        disabled={unsaved}
        onChange={(event) => onChange(task, { completed: event.target.checked })}
      />
      <div className="row-main">
        {renaming ? (
          <form onSubmit={rename} onBlur={(event) => event.currentTarget.requestSubmit()}>
            <input
              className="input"
              name="title"
              aria-label={`Rename ${task.title}`}
              defaultValue={task.title}
              maxLength={500}
              ref={(input) => input?.focus()}
              onKeyDown={(event) => event.key === "Escape" && setRenaming(false)}
            />
          </form>
        ) : (
          <button
            type="button"
            className="title-button"
            title="Rename"
            disabled={unsaved}
            onClick={() => setRenaming(true)}
          >
            {task.title}
          </button>
        )}
      </div>
      <Button kind="plain" small disabled={unsaved} aria-label={`Delete ${task.title}`} onClick={() => onDelete(task)}>
        Delete
      </Button>
    </li>
  );
});
