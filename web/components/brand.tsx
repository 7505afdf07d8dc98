"use client";

import { useTheme } from "@/lib/theme";

/** The operator's logo and name; our own door where they have set none. */
export function Brand() {
  const theme = useTheme();
  return (
    <span
      className="inline-flex items-center gap-2.5 font-[600] tracking-[-0.01em]"
      data-brand={theme ? "known" : "unknown"}
    >
      {theme?.logo ? (
        // biome-ignore lint/performance/noImgElement: exported pages have no image server
        <img src={theme.logo} alt="" className="h-6 w-auto max-w-32" />
      ) : (
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" className="text-accent">
          <path d="M3 2.5h18v19H3z" fill="none" stroke="currentColor" strokeWidth="2" />
          <path d="M7.5 6.5L17 4v16l-9.5-2.5z" fill="currentColor" />
        </svg>
      )}
      {theme?.name ?? "Doorward"}
    </span>
  );
}
