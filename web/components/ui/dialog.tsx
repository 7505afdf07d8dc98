"use client";

import { type ReactNode, useEffect, useId, useRef } from "react";

type Props = { open: boolean; title: string; onClose: () => void; children: ReactNode };

/** The browser's own dialog: it keeps the focus inside, closes on Escape, and gives the focus back. */
export function Dialog({ open, title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onClose={onClose}
      className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-control border border-line bg-paper p-6 text-ink wide:p-8"
    >
      <h2 id={heading} className="mb-3">
        {title}
      </h2>
      {open && children}
    </dialog>
  );
}
