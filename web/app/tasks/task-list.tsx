"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Alert } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { useText } from "@/lib/language";
import { NewTask } from "./new-task";
import type { Row } from "./rows";
import type { Filter, Open } from "./task-page";
import { TaskRow } from "./task-row";
import { Undo } from "./undo";
import { useTasks } from "./use-tasks";

/** Rows drawn at first, and more each time the end comes into sight. */
const STEP = 150;

const isShown = { all: () => true, open: (row: Row) => !row.completed, done: (row: Row) => row.completed };

export function TaskList({ filter, onCount }: { filter: Filter; onCount: (open: Open) => void }) {
  const text = useText();
  const tasks = useTasks();
  const { list, loaded } = tasks.rows;
  const [drawn, setDrawn] = useState(STEP);
  const open = list.filter(isShown.open).length;
  const shown = list.filter(isShown[filter]);

  useEffect(() => onCount(loaded === "all" ? open : null), [onCount, loaded, open]);

  // The rows are many, and none of them should be drawn anew because another changed.
  const latest = useRef(tasks);
  latest.current = tasks;
  const [actions] = useState(() => ({
    change: (row: Row, content: { title?: string; completed?: boolean }) => latest.current.change(row, content),
    remove: (row: Row, byKeyboard: boolean) => latest.current.remove(row, byKeyboard),
  }));

  return (
    <>
      <NewTask onAdd={tasks.add} />
      {tasks.problem && (
        <div className="mt-4">
          <Alert key={tasks.problem.id}>{tasks.problem.text}</Alert>
        </div>
      )}
      <div className="mt-6">
        {loaded === "nothing" && list.length === 0 && <Skeleton lines={4} />}
        {loaded === "failed" && (
          <Alert>
            <p className="mb-3">{text("tasks.failed.load")}</p>
            <Button kind="plain" onClick={tasks.load}>
              {text("frame.tryAgain")}
            </Button>
          </Alert>
        )}
        <ul aria-label={text("tasks.list")} hidden={shown.length === 0}>
          {shown.slice(0, drawn).map((row) => (
            <TaskRow key={row.key} row={row} actions={actions} />
          ))}
        </ul>
        {shown.length > drawn && <More onMore={() => setDrawn((count) => count + STEP)} />}
        {loaded === "all" && shown.length === 0 && <Empty filter={list.length === 0 ? "all" : filter} />}
      </div>
      {tasks.deleted && (
        <Undo
          key={tasks.deleted.row.key}
          title={tasks.deleted.row.title}
          takeFocus={tasks.deleted.byKeyboard}
          onUndo={tasks.restore}
          onEnd={tasks.forgetDeleted}
        />
      )}
    </>
  );
}

function Empty({ filter }: { filter: Filter }) {
  const text = useText();
  return (
    <div className="border-t border-line py-10">
      <p className="text-heading font-[520]">{text(filter === "all" ? "tasks.empty" : `tasks.empty.${filter}`)}</p>
      {filter === "all" && <p className="mt-1 text-quiet">{text("tasks.empty.hint")}</p>}
    </div>
  );
}

/** A button that presses itself when it comes near the view. */
function More({ onMore }: { onMore: () => void }) {
  const text = useText();
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    if (!box.current) return;
    const seen = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && latest.current(),
      { rootMargin: "1200px" },
    );
    seen.observe(box.current);
    return () => seen.disconnect();
  }, []);
  return (
    <div ref={box} className="py-6">
      <Button kind="plain" onClick={onMore}>
        {text("tasks.more")}
      </Button>
    </div>
  );
}
