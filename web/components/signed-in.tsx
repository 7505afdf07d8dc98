"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { leave, signInPath } from "@/lib/address";
import { type User, useSession } from "@/lib/auth";
import { tryNow, worthTrying } from "@/lib/connection";
import { useText } from "@/lib/language";
import { Button } from "./ui/button";
import { Alert } from "./ui/notice";
import { Skeleton } from "./ui/skeleton";

/** Between two attempts to find out who is signed in; it doubles each time. */
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 30_000;

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

  // While it is asked once more, what was found out before still stands.
  const isStuck = useRef(false);
  if (session.state !== "loading") isStuck.current = session.state === "unreachable";
  const latest = useRef(session);
  latest.current = session;
  const pause = useRef(FIRST_PAUSE);

  useEffect(() => {
    if (session.state !== "unreachable") return;
    let isOver = false;
    void worthTrying(pause.current).then(() => {
      if (!isOver && latest.current.state === "unreachable") latest.current.again();
    });
    pause.current = Math.min(pause.current * 2, LONGEST_PAUSE);
    return () => {
      isOver = true;
    };
  }, [session.state]);

  if (session.state === "signed-in") return children(session);
  if (isStuck.current) {
    return (
      <Alert>
        <p className="mb-3">{text("frame.unreachable")}</p>
        <Button kind="plain" busy={session.state === "loading"} onClick={tryNow}>
          {text("frame.tryAgain")}
        </Button>
      </Alert>
    );
  }
  return (
    <div className={tall ? "min-h-dvh" : ""}>
      <noscript>{text("frame.noScript")}</noscript>
      <div className="noscript:hidden">
        <Skeleton lines={lines} />
      </div>
    </div>
  );
}
