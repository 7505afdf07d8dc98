// Where to go: reading the address of this page, and leaving it for another.

import { useSyncExternalStore } from "react";

const HOME = "/tasks";

/** The query of this page's address; empty while the page is being exported or taken over by React. */
export function useQuery(): URLSearchParams {
  const search = useSyncExternalStore(
    () => () => {},
    () => window.location.search,
    () => "",
  );
  return new URLSearchParams(search);
}

/** Whether scripts have taken over the page. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}

/**
 * Where somebody wanted to go before signing in: a path of this site, and nothing else. `//elsewhere`, `/\elsewhere` and
 * whole addresses lead home.
 */
export function nextPath(query: URLSearchParams): string {
  const next = query.get("next");
  if (!next || !/^\/(?![/\\])/.test(next)) return HOME;
  const here = window.location.origin;
  const target = URL.canParse(next, here) ? new URL(next, here) : null;
  return target?.origin === here ? target.pathname + target.search + target.hash : HOME;
}

/** The sign-in page that leads back here afterwards. */
export function signInPath(extra: Record<string, string> = {}): string {
  const { pathname, search, hash } = window.location;
  return `/signin?${new URLSearchParams({ next: pathname + search + hash, ...extra })}`;
}

/** Longer than loading a page takes. Whoever is still here then has stopped it, and can be led away once more. */
export const LEAVING_TAKES = 10_000;
let leaving = false;

/**
 * Loads another page anew, so that nothing of a person stays in this one's memory. The first to call decides: a page on
 * its way out has other reasons to leave, too.
 */
export function leave(path: string): void {
  if (leaving) return;
  leaving = true;
  setTimeout(() => {
    leaving = false;
  }, LEAVING_TAKES);
  window.location.replace(path);
}

let unsaved = false;

/**
 * Whether something would be lost with this page: the browser asks whoever leaves by themselves. Where the page leads
 * away by its own doing, nobody has to be asked; what is unsaved is kept for the way back.
 */
export function setUnsaved(now: boolean): void {
  if (unsaved === now) return;
  unsaved = now;
  if (now) window.addEventListener("beforeunload", warn);
  else window.removeEventListener("beforeunload", warn);
}

function warn(event: BeforeUnloadEvent): void {
  if (!leaving) event.preventDefault();
}

export const hasUnsaved = () => unsaved;

if (typeof window !== "undefined") {
  window.addEventListener("pageshow", (event) => {
    leaving = false;
    // Taken from the browser's cache by its back button: who is signed in may have changed.
    if (event.persisted) window.location.reload();
  });
}
