// Whether the server can be reached: what the browser says, and what our own calls found.

import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let reachable = true;

function set(now: boolean): void {
  if (reachable === now) return;
  reachable = now;
  for (const listener of listeners) listener();
}

if (typeof window !== "undefined") {
  window.addEventListener("offline", () => set(false));
  window.addEventListener("online", () => set(true));
}

/** A call came through. */
export function reached(): void {
  set(true);
}

/** A call found nobody. */
export function lost(): void {
  set(false);
}

/** Resolves when it is worth trying again: the network is back, or `milliseconds` have passed. */
export function worthTrying(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
  });
}

export function useReachable(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      if (!navigator.onLine) lost();
      return () => listeners.delete(listener);
    },
    () => reachable,
    () => true,
  );
}
