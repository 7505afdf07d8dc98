"use client";

import { ExpiredLink, linkKind } from "@/components/expired-link";
import { useQuery } from "@/lib/address";

/** `?kind=` says which link it was. */
export function Expired() {
  return <ExpiredLink kind={linkKind(useQuery().get("kind"))} />;
}
