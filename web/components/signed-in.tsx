"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { leave, signInPath } from "@/lib/address";
import { type User, useSession } from "@/lib/auth";
import { useText } from "@/lib/language";
import { Button } from "./ui/button";
import { Alert } from "./ui/notice";
import { Skeleton } from "./ui/skeleton";

type Props = {
  lines?: number;
  /** What comes is longer than the window: the footer waits below it from the start. */
  tall?: boolean;
  children: (session: { user: User; token: string }) => ReactNode;
};

/**
 * Shows its matter to somebody who is signed in, and leads anybody else to sign in and back. It hides nothing: what the
 * server gives out is the server's to decide.
 */
export function SignedIn({ lines = 4, tall = false, children }: Props) {
  const text = useText();
  const session = useSession();
  const known = useRef<string | null>(null);
  const person = session.state === "signed-in" ? session.user.id : null;

  useEffect(() => {
    // Somebody else signed in in another tab: nothing of the first person may stay.
    if (person && known.current && known.current !== person) window.location.reload();
    if (session.state === "signed-out") leave(signInPath(known.current ? { ended: "1" } : {}));
    if (person) known.current = person;
  }, [session.state, person]);

  if (session.state === "signed-in") return children(session);
  if (session.state === "unreachable") {
    return (
      <Alert>
        <p className="mb-3">{text("frame.unreachable")}</p>
        <Button kind="plain" onClick={session.again}>
          {text("frame.tryAgain")}
        </Button>
      </Alert>
    );
  }
  return (
    <div className={tall ? "min-h-dvh" : ""}>
      <Skeleton lines={lines} />
      <noscript>{text("frame.noScript")}</noscript>
    </div>
  );
}
