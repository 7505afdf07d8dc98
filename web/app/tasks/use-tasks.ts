"use client";

import { useEffect, useSyncExternalStore } from "react";
import { close, current, EMPTY, open, type State, subscribe } from "./store";

/** The tasks of a person, for as long as they are shown; `store.ts` has them, and what can be done with them. */
export function useTasks(person: string): State {
  useEffect(() => {
    open(person);
    return close;
  }, [person]);
  return useSyncExternalStore(subscribe, current, () => EMPTY);
}
