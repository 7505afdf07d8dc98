// The operator's name and logo, and what the forms have to know of the settings, from the server: asked for once, by the
// script that runs before the first paint.

import { useSyncExternalStore } from "react";

export type Theme = {
  name?: string;
  logo?: string;
  /** Whether anybody may make an account by email and password. */
  signUp?: boolean;
  passwordMin?: number;
  passwordMax?: number;
  /** Who else signs people in, by the names the server calls them. */
  providers?: string[];
};

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

/** How long a password has to be and may be: the server's defaults, until it has said otherwise. */
export function passwordLengths(known = theme): { shortest: number; longest: number } {
  return { shortest: known?.passwordMin ?? 8, longest: known?.passwordMax ?? 128 };
}
