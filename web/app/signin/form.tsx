"use client";

import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, PasswordField } from "@/components/ui/field";
import { ErrorSummary } from "@/components/ui/notice";
import { explain, signIn } from "@/lib/auth";
import { nextPath } from "@/lib/next";

export function SignInForm() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    setProblem("");
    const { error } = await signIn.email({
      email: String(fields.get("email")),
      password: String(fields.get("password")),
    });
    if (!error) return window.location.assign(nextPath(window.location.search));
    setProblem(explain(error));
    setBusy(false);
  }

  // Without JavaScript the form itself posts to the protocol's route.
  return (
    <form className="stack" method="post" action="/api/auth/sign-in/email" onSubmit={submit}>
      <ErrorSummary>{problem}</ErrorSummary>
      <Field label="Email" name="email" type="email" autoComplete="username" inputMode="email" required />
      <PasswordField label="Password" name="password" autoComplete="current-password" required />
      <input type="hidden" name="callbackURL" value="/tasks" />
      <Button type="submit" busy={busy}>
        Sign in
      </Button>
      <Link className="quiet" href="/forgot-password">
        Forgot your password?
      </Link>
    </form>
  );
}
