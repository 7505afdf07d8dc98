"use client";

import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { NOTICES } from "@/components/notices";
import { Icon } from "@/components/ui/icon";
import { useText } from "@/lib/language";

const TIME = 10_000;

type Props = {
  title: string;
  takeFocus: boolean;
  onUndo: (byKeyboard: boolean) => void;
  onDismiss: (byKeyboard: boolean) => void;
  onEnd: () => void;
};

/** The way back after deleting. It stays while it is looked at: pointed to, or holding the focus. */
export function Undo({ title, takeFocus, onUndo, onDismiss, onEnd }: Props) {
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
  const notices = document.getElementById(NOTICES);
  if (!notices) return null;
  return createPortal(
    // biome-ignore lint/a11y/noStaticElementInteractions: it does nothing by itself; it only does not vanish under the hand
    <div
      className="bar flex items-center gap-2 rounded-control bg-ink py-1 pr-1 pl-4 text-small text-paper"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {/* Space inside what is cut after two lines would show a slice of the third. */}
      <div className="min-w-0 flex-1 py-2">
        <p role="status" className="line-clamp-2">
          {text("tasks.deleted", { title })}
        </p>
      </div>
      <button
        ref={undoButton}
        type="button"
        onClick={(event) => onUndo(event.detail === 0)}
        className="min-h-10 px-3 font-[600] underline underline-offset-4 focus-visible:outline-paper"
      >
        {text("tasks.undo")}
      </button>
      <button
        type="button"
        onClick={(event) => onDismiss(event.detail === 0)}
        aria-label={text("tasks.dismiss")}
        className="grid size-10 place-content-center focus-visible:outline-paper"
      >
        <Icon name="close" />
      </button>
    </div>,
    notices,
  );
}
