"use client";

import type { ReactNode } from "react";
import { type Key, useText } from "@/lib/language";

/** One matter of the account, with its heading. */
export function Part({ id, title, children }: { id: string; title: Key; children: ReactNode }) {
  const text = useText();
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="mb-12 scroll-mt-6 border-t border-line pt-8 first:border-t-0 first:pt-0"
    >
      <h2 id={`${id}-title`} className="mb-5">
        {text(title)}
      </h2>
      {children}
    </section>
  );
}
