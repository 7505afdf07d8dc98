"use client";

import { useEffect, useRef, useState } from "react";
import { Icon } from "@/components/ui/icon";
import { useText } from "@/lib/language";

const TIME = 10_000;

type Props = { title: string; takeFocus: boolean; onUndo: () => void; onEnd: () => void };

/** The way back after deleting. It stays while it is looked at: pointed to, or holding the focus. */
export function Undo({ title, takeFocus, onUndo, onEnd }: Props) {
  const text = useText();
  const undoButton = useRef<HTMLButtonElement>(null);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (takeFocus) undoButton.current?.focus();
  }, [takeFocus]);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onEnd, TIME);
    return () => clearTimeout(timer);
  }, [held, onEnd]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it does nothing by itself; it only does not vanish under the hand
    <div
      className="fixed inset-x-5 bottom-5 z-10 mx-auto flex max-w-lg items-center gap-2 rounded-control bg-ink py-1 pr-1 pl-4 text-small text-paper"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <p role="status" className="line-clamp-2 min-w-0 flex-1 py-2">
        {text("tasks.deleted", { title })}
      </p>
      <button
        ref={undoButton}
        type="button"
        onClick={onUndo}
        className="min-h-10 px-3 font-[600] underline underline-offset-4 focus-visible:outline-paper"
      >
        {text("tasks.undo")}
      </button>
      <button
        type="button"
        onClick={onEnd}
        aria-label={text("tasks.dismiss")}
        className="grid size-10 place-content-center focus-visible:outline-paper"
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
