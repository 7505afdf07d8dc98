"use client";

import { useEffect } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import { leave } from "@/lib/address";
import { useSession } from "@/lib/auth";

/** The front door: to the tasks or to signing in; and to an explanation, when an error was sent along. */
export function Lead() {
  const { state } = useSession();
  useEffect(() => {
    const { search } = window.location;
    if (new URLSearchParams(search).has("error")) leave(`/error${search}`);
    else if (state === "signed-in") leave("/tasks");
    else if (state !== "loading") leave("/signin");
  }, [state]);
  return (
    <div className="max-w-80 pt-8">
      <title>Doorward</title>
      <Skeleton lines={3} />
      <noscript>
        <a className="link" href="/signin">
          Sign in
        </a>
      </noscript>
    </div>
  );
}
