"use client";

import { type ReactNode, useEffect, useRef } from "react";

/** What went wrong with a whole form: read aloud, and focused, so that it is not missed. */
export function ErrorSummary({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (children) box.current?.focus();
  }, [children]);
  if (!children) return null;
  return (
    <div ref={box} className="notice notice-error" role="alert" tabIndex={-1}>
      {children}
    </div>
  );
}

/** What went well. */
export function Success({ children }: { children: ReactNode }) {
  return (
    <div className="notice" role="status">
      {children}
    </div>
  );
}
