"use client";

import { type KeyboardEvent, memo, useEffect, useRef, useState } from "react";
import { INPUT } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { useText } from "@/lib/language";
import { checkboxOf } from "./focus";
import type { Row } from "./rows";

type Props = {
  row: Row;
  actions: {
    change: (row: Row, content: { title?: string; completed?: boolean }) => void;
    remove: (row: Row, byKeyboard: boolean) => void;
  };
};

const TOOL =
  "mt-2.5 grid size-9 shrink-0 place-content-center rounded-control text-quiet hover:text-ink pointer-fine:not-focus-visible:not-group-hover:opacity-0 group-focus-within:opacity-100!";

/** An answer usually comes sooner; after that the reader should know that there is none yet. */
const LATE = 2000;

/** Whether something has been so for a while. */
function useLate(isSo: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setLate(true), LATE);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [isSo]);
  return isLate;
}

/** A task: tick it, rename it, delete it. */
export const TaskRow = memo(function TaskRow({ row, actions }: Props) {
  const text = useText();
  const id = checkboxOf(row.key);
  const isLate = useLate(row.waiting > 0);
  const [renaming, setRenaming] = useState(false);
  const renameButton = useRef<HTMLButtonElement>(null);

  function endRenaming(title: string | null) {
    if (!renaming) return;
    setRenaming(false);
    if (title && title !== row.title) actions.change(row, { title });
    requestAnimationFrame(() => renameButton.current?.focus({ preventScroll: true }));
  }

  return (
    <li className="row group flex min-h-14 items-start gap-1 border-t border-line last:border-b">
      <input
        id={id}
        type="checkbox"
        className="check mt-4 mr-3 ml-1"
        aria-describedby={isLate ? `${id}-late` : undefined}
        checked={row.completed}
        onChange={(event) => actions.change(row, { completed: event.currentTarget.checked })}
      />
      {renaming ? (
        <>
          <label htmlFor={id} className="sr-only">
            {row.title}
          </label>
          <Rename title={row.title} label={text("tasks.rename.field")} onEnd={endRenaming} />
        </>
      ) : (
        <div className="min-w-0 flex-1 py-3.5">
          <label htmlFor={id} dir="auto" className={`block ${row.completed ? "text-quiet line-through" : ""}`}>
            {row.title}
          </label>
          {isLate && (
            <p id={`${id}-late`} className="text-fine text-quiet">
              {text("tasks.late")}
            </p>
          )}
        </div>
      )}
      {!renaming && (
        <button
          ref={renameButton}
          type="button"
          className={TOOL}
          aria-label={text("tasks.rename", { title: row.title })}
          onClick={() => setRenaming(true)}
        >
          <Icon name="pencil" />
        </button>
      )}
      <button
        type="button"
        className={`${TOOL} hover:text-danger`}
        aria-label={text("tasks.delete", { title: row.title })}
        // A click without a pointer: the focus is on a button that is about to vanish.
        onClick={(event) => actions.remove(row, event.detail === 0)}
      >
        <Icon name="remove" />
      </button>
    </li>
  );
});

/** Enter and leaving keep the new title, Escape the old one. */
function Rename({ title, label, onEnd }: { title: string; label: string; onEnd: (title: string | null) => void }) {
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) onEnd(event.currentTarget.value.trim());
    if (event.key === "Escape") onEnd(null);
  }
  return (
    <input
      ref={(input) => input?.focus()}
      aria-label={label}
      dir="auto"
      defaultValue={title}
      maxLength={500}
      autoComplete="off"
      className={`${INPUT} my-1.5 flex-1`}
      onKeyDown={onKeyDown}
      onBlur={(event) => onEnd(event.currentTarget.value.trim())}
    />
  );
}
