"use client";

import Link from "next/link";
import { useEffect } from "react";
import { useSession } from "@/lib/auth";

/** The start leads to the right page: to the tasks, or to sign in. */
export function Lead() {
  const { data, isPending } = useSession();
  useEffect(() => {
    if (!isPending) window.location.replace(data ? "/tasks" : "/signin");
  }, [data, isPending]);
  return (
    <noscript>
      <Link href="/signin">Sign in</Link>
    </noscript>
  );
}
