/** Where to go after signing in: a path of this site, whatever the address says. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "";
  try {
    const target = new URL(next, window.location.origin);
    const own = target.origin === window.location.origin && next.startsWith("/") && !next.startsWith("//");
    return own && !next.includes("\\") ? target.pathname + target.search : "/tasks";
  } catch {
    return "/tasks";
  }
}

/** The sign-in page, and back here afterwards. */
export function signInPath(): string {
  return `/signin?next=${encodeURIComponent(window.location.pathname + window.location.search)}`;
}
