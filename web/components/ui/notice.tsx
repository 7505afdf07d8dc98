"use client";

import { type ReactNode, useEffect, useRef } from "react";

export const ALERT = "rounded-control border-l-[3px] border-danger bg-danger-wash px-4 py-3 text-small text-danger";

/** What went wrong with a form as a whole: read aloud, and given the focus, each time it appears. */
export function Alert({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} role="alert" tabIndex={-1} className={ALERT}>
      {children}
    </div>
  );
}

type StatusProps = {
  /** It stands in the place of what was pressed: the focus would be lost otherwise. */
  takeFocus?: boolean;
  children: ReactNode;
};

/**
 * What went well, or is good to know. It is read aloud where it was there, empty, before its words: a region that comes
 * together with them is passed over by many screen readers.
 */
export function Status({ takeFocus = false, children }: StatusProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takeFocus) box.current?.focus();
  }, [takeFocus]);
  return (
    <div
      ref={box}
      role="status"
      tabIndex={takeFocus ? -1 : undefined}
      className="border-l-[3px] border-accent py-1 pl-4 text-small empty:sr-only"
    >
      {children}
    </div>
  );
}
