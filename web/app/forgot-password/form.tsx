"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { ErrorSummary, Success } from "@/components/ui/notice";
import { explain, requestPasswordReset } from "@/lib/auth";

export function ForgotForm() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [sent, setSent] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem("");
    const email = String(new FormData(event.currentTarget).get("email"));
    const { error } = await requestPasswordReset({ email, redirectTo: "/reset-password" });
    setProblem(explain(error));
    setSent(!error);
    setBusy(false);
  }

  return (
    <form className="stack" onSubmit={submit}>
      <ErrorSummary>{problem}</ErrorSummary>
      {sent && <Success>If there is an account with this email, a mail with the link is on its way.</Success>}
      <Field label="Email" name="email" type="email" autoComplete="username" inputMode="email" required />
      <Button type="submit" busy={busy}>
        Send the link
      </Button>
    </form>
  );
}
