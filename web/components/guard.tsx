"use client";

import { type ReactNode, useEffect } from "react";
import { useSession } from "@/lib/auth";
import { signInPath } from "@/lib/next";

/** Shows a page to somebody who is signed in; anybody else is sent to sign in and comes back. */
export function Guard({ children }: { children: ReactNode }) {
  const { data, isPending, error } = useSession();
  const gone = !isPending && !data && !error;
  useEffect(() => {
    if (gone) window.location.replace(signInPath());
  }, [gone]);
  if (data) return children;
  if (error) return <p role="alert">The server cannot be reached. This page tries again when you are back.</p>;
  return (
    <div className="stack" role="status" aria-label="Loading">
      <div className="skeleton" />
      <div className="skeleton" />
      <div className="skeleton" />
    </div>
  );
}
