"use client";

import Link from "next/link";
import { type FormEvent, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/field";
import { ErrorSummary, Success } from "@/components/ui/notice";
import { explain, resetPassword } from "@/lib/auth";

export function ResetForm() {
  const [token, setToken] = useState<string | null>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState(false);

  useEffect(() => {
    setToken(new URLSearchParams(window.location.search).get("token"));
    // The token is a key: it stays in this page's memory and leaves the address bar and the history.
    window.history.replaceState(null, "", "/reset-password");
  }, []);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy || !token) return;
    setBusy(true);
    setProblem("");
    const newPassword = String(new FormData(event.currentTarget).get("password"));
    const { error } = await resetPassword({ newPassword, token });
    setProblem(explain(error));
    setDone(!error);
    setBusy(false);
  }

  if (done) {
    return (
      <div className="stack">
        <Success>Your password is changed.</Success>
        <Link href="/signin">Sign in with it</Link>
      </div>
    );
  }
  if (token === null) {
    return (
      <div className="stack">
        <p>This link is too old, or was used already. A link works once, for one hour.</p>
        <Link href="/forgot-password">Ask for a new link</Link>
      </div>
    );
  }
  return (
    <form className="stack" onSubmit={submit}>
      <ErrorSummary>{problem}</ErrorSummary>
      <PasswordField
        label="New password"
        name="password"
        autoComplete="new-password"
        minLength={8}
        hint="At least 8 characters. A few words in a row are easy to keep and hard to guess."
        required
      />
      <Button type="submit" busy={busy}>
        Set password
      </Button>
    </form>
  );
}
