"use client";

import Link from "next/link";
import { useText } from "@/lib/language";
import { Page } from "./page";

/** Where each kind of link is had anew. */
const NEXT = {
  verify: "/verify-email",
  reset: "/forgot-password",
  change: "/account#email",
  delete: "/account#delete",
  other: "/",
} as const;

export type LinkKind = keyof typeof NEXT;

export function linkKind(name: string | null): LinkKind {
  return name && Object.hasOwn(NEXT, name) ? (name as LinkKind) : "other";
}

/** A link from a mail that is too old or was used: why, and what to do next. */
export function ExpiredLink({ kind }: { kind: LinkKind }) {
  const text = useText();
  return (
    <Page title="expired.title">
      <div className="grid gap-5">
        <p>{text("expired.why")}</p>
        <p>{text(`expired.${kind}`)}</p>
        <p>
          <Link href={NEXT[kind]} prefetch={false} className="link">
            {text(`expired.${kind}.do`)}
          </Link>
        </p>
      </div>
    </Page>
  );
}
