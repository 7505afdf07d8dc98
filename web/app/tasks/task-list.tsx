"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Alert } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { useText } from "@/lib/language";
import { focusTask, neighbour } from "./focus";
import { NewTask } from "./new-task";
import type { Row } from "./rows";
import { add, change, forgetDeleted, load, type Problem, remove, restore } from "./store";
import type { Filter, Open } from "./task-page";
import { TaskRow } from "./task-row";
import { Undo } from "./undo";
import { useTasks } from "./use-tasks";

/** Rows drawn at first, and more each time the end comes into sight. */
const STEP = 150;

const isShown = { all: () => true, open: (row: Row) => !row.completed, done: (row: Row) => row.completed };

type Props = {
  person: string;
  filter: Filter;
  onFilter: (filter: Filter) => void;
  onCount: (open: Open) => void;
};

export function TaskList({ person, filter, onFilter, onCount }: Props) {
  const text = useText();
  const { rows, problem, deleted } = useTasks(person);
  const { list, loaded } = rows;
  const [drawn, setDrawn] = useState(STEP);
  const open = list.filter(isShown.open).length;
  const shown = list.filter(isShown[filter]);

  useEffect(() => onCount(loaded === "all" ? open : null), [onCount, loaded, open]);

  // The rows are many, and none of them should be drawn anew because another changed.
  const latest = useRef({ list, filter });
  latest.current = { list, filter };
  const [actions] = useState(() => ({
    change(row: Row, content: { title?: string; completed?: boolean }) {
      const { list, filter } = latest.current;
      change(row, content);
      // Ticked away: the focus goes with the row, unless it is given to the next one.
      const at = list.indexOf(row);
      const stays = isShown[filter]({ ...row, ...content });
      if (!stays) focusTask(neighbour(list.toSpliced(at, 1), at, isShown[filter])?.key, false);
    },
    remove,
  }));

  function addShown(title: string) {
    // Where only what is done is shown, a new task would not be seen.
    if (filter === "done") onFilter("all");
    add(title);
  }

  function undo(byKeyboard: boolean) {
    focusTask(restore() ?? undefined, byKeyboard);
  }

  function dismiss(byKeyboard: boolean) {
    if (deleted) focusTask(neighbour(list, deleted.at, isShown[filter])?.key, byKeyboard);
    forgetDeleted();
  }

  return (
    <>
      <NewTask onAdd={addShown} />
      {problem && (
        <div className="mt-4">
          <Told key={problem.id} problem={problem} />
        </div>
      )}
      <div className="mt-6">
        {loaded === "nothing" && list.length === 0 && <Skeleton lines={4} />}
        {loaded === "failed" && (
          <Alert>
            <p className="mb-3">{text("tasks.failed.load")}</p>
            <Button kind="plain" onClick={() => void load()}>
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
      {deleted && (
        <Undo
          key={deleted.row.key}
          title={deleted.row.title}
          takeFocus={deleted.byKeyboard}
          onUndo={undo}
          onDismiss={dismiss}
          onEnd={forgetDeleted}
        />
      )}
    </>
  );
}

/** What the server did not take. */
function Told({ problem: { failure, title, reason } }: { problem: Problem }) {
  const text = useText();
  return <Alert>{text(failure, { title, reason: reason ?? text("tasks.failed.gone") })}</Alert>;
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
