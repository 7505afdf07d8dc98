"use client";

import { usePathname } from "next/navigation";
import { useConnection } from "@/lib/connection";
import { useText } from "@/lib/language";

/** Where a page puts a bar of its own, so that none covers another. */
export const NOTICES = "notices";

/** What is told at the lower edge of the window, wherever somebody has scrolled to; it moves nothing. */
export function Notices() {
  return (
    <div
      id={NOTICES}
      className="pointer-events-none fixed inset-x-5 bottom-5 z-10 mx-auto flex max-w-lg flex-col-reverse gap-2 *:pointer-events-auto"
    >
      <Offline />
    </div>
  );
}

function Offline() {
  const text = useText();
  const connection = useConnection();
  // The tasks alone are sent by themselves when the server is back; a form is sent by whoever filled it in.
  const isKept = usePathname() === "/tasks";
  return (
    <div role="status">
      {connection !== "there" && (
        <p className="bar rounded-control bg-ink px-4 py-2 text-small text-paper">
          {text(`frame.${connection}`)} {isKept && text("frame.kept")}
        </p>
      )}
    </div>
  );
}
