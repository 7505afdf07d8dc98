// Whether the server answers: what the browser says, and what our own calls found.

import { useSyncExternalStore } from "react";

/** `gone`: nobody answers; `busy`: somebody does, and asks to come back later. */
export type Connection = "there" | "gone" | "busy";

/** Between two looks whether the server is back, where nobody else asks it anything. */
const LOOK_AGAIN = 5000;

const listeners = new Set<() => void>();
const waiting = new Set<() => void>();
let connection: Connection = "there";

function set(now: Connection): void {
  if (connection === now) return;
  connection = now;
  for (const listener of listeners) listener();
  if (now === "there") tryNow();
  if (now === "gone") void look();
}

/** On a page that sends nothing by itself, nobody else would find out that the server is back. */
async function look(): Promise<void> {
  while (connection === "gone") {
    await worthTrying(LOOK_AGAIN);
    if (connection !== "gone" || !navigator.onLine) continue;
    await fetch("/api/auth/ok").then(reached, () => {});
  }
}

if (typeof window !== "undefined") {
  window.addEventListener("offline", () => set("gone"));
  window.addEventListener("online", () => {
    set("there");
    tryNow();
  });
}

/** A call came through. */
export function reached(): void {
  set("there");
}

/** A call found nobody. */
export function lost(): void {
  set("gone");
}

/** A call was answered by somebody who cannot help at the moment. */
export function turnedAway(): void {
  set("busy");
}

/** Whoever waits for `worthTrying` goes on at once. */
export function tryNow(): void {
  for (const goOn of [...waiting]) goOn();
}

/** Resolves when it is worth trying again: the server is back, somebody asks for it, or `milliseconds` have passed. */
export function worthTrying(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      clearTimeout(timer);
      waiting.delete(goOn);
      resolve();
    };
    const timer = setTimeout(goOn, milliseconds);
    waiting.add(goOn);
  });
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      if (!navigator.onLine) lost();
      return () => listeners.delete(listener);
    },
    () => connection,
    () => "there",
  );
}
