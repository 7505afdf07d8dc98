"use client";

import type { ReactNode } from "react";
import { type Key, useText } from "@/lib/language";
import { useTheme } from "@/lib/theme";

type Props = {
  title: Key;
  /** Below the title: a sentence, a link, a filter. */
  aside?: ReactNode;
  /** Wide for lists, narrow for forms. */
  width?: "form" | "list";
  children: ReactNode;
};

/** Every page: its title in the margin, its matter beside it; on a narrow screen one below the other. */
export function Page({ title, aside, width = "form", children }: Props) {
  const text = useText();
  const theme = useTheme();
  const name = theme?.name ?? "Doorward";
  const heading = text(title);
  return (
    <div className="grid gap-8 pt-8 pb-16 wide:grid-cols-[17rem_minmax(0,1fr)] wide:gap-20 wide:pt-24">
      <title>{`${heading} · ${name}`}</title>
      <div className="wide:sticky wide:top-10 wide:self-start">
        <h1 id="content" tabIndex={-1}>
          {heading}
        </h1>
        {aside && <div className="mt-4 text-small text-quiet">{aside}</div>}
      </div>
      <div className={`wide:pt-2 ${width === "form" ? "max-w-[26rem]" : ""}`}>{children}</div>
    </div>
  );
}
