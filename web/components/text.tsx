"use client";

import { type Key, useText } from "@/lib/language";

/** Words in the reader's language, for pages that are otherwise plain. */
export function Text({ of, values }: { of: Key; values?: Record<string, string | number> }) {
  return useText()(of, values);
}
