"use client";

import { useText } from "@/lib/language";

const WIDTHS = ["w-3/5", "w-2/5", "w-4/5", "w-1/2"];

/** Lines in the place of those that are on their way. */
export function Skeleton({ lines, className = "h-14" }: { lines: number; className?: string }) {
  const text = useText();
  return (
    <div role="status">
      <span className="sr-only">{text("frame.loading")}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
        <div key={line} className={`flex items-center border-b border-line ${className}`} aria-hidden="true">
          <div className={`skeleton h-3.5 ${WIDTHS[line % WIDTHS.length]}`} />
        </div>
      ))}
    </div>
  );
}
