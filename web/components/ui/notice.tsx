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

/** What went well, or is good to know. */
export function Status({ children }: { children: ReactNode }) {
  return (
    <div role="status" className="border-l-[3px] border-accent py-1 pl-4 text-small empty:hidden">
      {children}
    </div>
  );
}
