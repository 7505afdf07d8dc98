// The operator's name and logo, from the server: asked for once, by the script that runs before the first paint.

import { useSyncExternalStore } from "react";

export type Theme = { name?: string; logo?: string };

declare global {
  interface Window {
    doorwardTheme?: Promise<Theme>;
  }
}

const listeners = new Set<() => void>();
let theme: Theme | null = null;

if (typeof window !== "undefined") {
  (window.doorwardTheme ?? Promise.resolve({})).then((answer) => {
    theme = answer;
    for (const listener of listeners) listener();
  });
}

/** `null` until the server has answered. */
export function useTheme(): Theme | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
    () => null,
  );
}
