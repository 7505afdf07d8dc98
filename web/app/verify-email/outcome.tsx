"use client";

import Link from "next/link";
import { useEffect, useState } from "react";

/** Where the link in a mail leads: it worked, or it is too old, and then what to do. */
export function Outcome() {
  const [failed, setFailed] = useState<boolean>();
  useEffect(() => setFailed(new URLSearchParams(window.location.search).has("error")), []);
  if (failed === undefined) return <h1>Email</h1>;
  if (failed) {
    return (
      <div className="stack">
        <h1>This link no longer works</h1>
        <p>It is older than an hour, or was used already. If you did change your email, everything may be in order.</p>
        <Link href="/account">Look at your account, or ask for a new link there</Link>
      </div>
    );
  }
  return (
    <div className="stack">
      <h1>Thank you</h1>
      <p>Your email address is in order.</p>
      <Link href="/tasks">Go to your tasks</Link>
    </div>
  );
}
