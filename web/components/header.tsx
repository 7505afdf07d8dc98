"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { hasUnsaved, leave } from "@/lib/address";
import { signOut, useSession } from "@/lib/auth";
import { useText } from "@/lib/language";
import { Brand } from "./brand";

/** Pages with a menu: those of somebody who is signed in. */
const INSIDE = ["/tasks", "/account"] as const;

export function Header() {
  const text = useText();
  const path = usePathname();
  const inside = INSIDE.some((page) => page === path);
  return (
    <header>
      <a
        href="#content"
        className="sr-only rounded-control bg-ink px-4 py-2 text-paper focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10"
      >
        {text("frame.skip")}
      </a>
      <div className="flex min-h-20 flex-wrap items-center justify-between gap-x-6 gap-y-1 py-4">
        <Link href="/" prefetch={false} className="rounded-control">
          <Brand />
        </Link>
        {inside && <Menu path={path} />}
      </div>
    </header>
  );
}

function Menu({ path }: { path: string }) {
  const text = useText();
  const { state } = useSession();
  const [busy, setBusy] = useState(false);
  const item =
    "choice inline-flex min-h-8 items-center border-b-2 border-transparent text-quiet hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink";

  async function end() {
    if (busy || (hasUnsaved() && !window.confirm(text("frame.signOut.unsaved")))) return;
    setBusy(true);
    const { refusal } = await signOut();
    setBusy(false);
    // Without an answer the session lives on, and nobody should believe otherwise; the notice of no connection is shown.
    if (refusal === null) leave("/signin");
  }

  return (
    <nav aria-label={text("frame.menu")} className="flex items-center gap-x-5 text-small">
      {INSIDE.map((page) => (
        <Link key={page} href={page} className={item} aria-current={page === path ? "page" : undefined}>
          {text(page === "/tasks" ? "frame.tasks" : "frame.account")}
        </Link>
      ))}
      <button
        type="button"
        onClick={end}
        aria-busy={busy || undefined}
        className={`${item} ${state === "signed-in" ? "" : "invisible"}`}
      >
        {text("frame.signOut")}
      </button>
    </nav>
  );
}
