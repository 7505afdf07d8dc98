"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, PasswordField } from "@/components/ui/field";
import { ErrorSummary, Success } from "@/components/ui/notice";
import { explain, signUp } from "@/lib/auth";
import { nextPath } from "@/lib/next";

const SHORTEST = 8;

export function SignUpForm() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [tooShort, setTooShort] = useState(false);
  const [sent, setSent] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const fields = new FormData(event.currentTarget);
    const password = String(fields.get("password"));
    setTooShort(password.length < SHORTEST);
    if (password.length < SHORTEST) return;
    setBusy(true);
    setProblem("");
    const { data, error } = await signUp.email({
      name: String(fields.get("name")),
      email: String(fields.get("email")),
      password,
      callbackURL: "/verify-email",
    });
    if (data?.token) return window.location.assign(nextPath(window.location.search));
    if (data) setSent(true);
    setProblem(explain(error));
    setBusy(false);
  }

  if (sent) return <Success>Check your mail: open the link we sent you, then sign in.</Success>;
  return (
    <form className="stack" method="post" action="/api/auth/sign-up/email" onSubmit={submit}>
      <ErrorSummary>{problem}</ErrorSummary>
      <Field label="Name" name="name" autoComplete="name" maxLength={256} required />
      <Field label="Email" name="email" type="email" autoComplete="username" inputMode="email" required />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        hint={`At least ${SHORTEST} characters. A few words in a row are easy to keep and hard to guess.`}
        error={tooShort ? `This is too short: use at least ${SHORTEST} characters.` : undefined}
        required
      />
      <Button type="submit" busy={busy}>
        Create account
      </Button>
    </form>
  );
}
