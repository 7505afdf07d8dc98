"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { Summary, useForm } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Status } from "@/components/ui/notice";
import { PasswordField } from "@/components/ui/password-field";
import { leave, nextPath, useQuery } from "@/lib/address";
import { endDevice, signIn, useSession } from "@/lib/auth";
import { checkEmail, requirePassword } from "@/lib/checks";
import { useText } from "@/lib/language";

/** Why somebody was led here, when it was not their own wish. */
const REASONS = ["ended", "again", "deleted", "reset"] as const;

export function SignInForm() {
  const text = useText();
  const query = useQuery();
  const session = useSession();
  const [email, setEmail] = useState("");
  const again = query.has("again");
  const signedInAs = session.state === "signed-in" ? session.token : null;

  // Whoever is signed in already goes on, unless they are here to prove once more who they are.
  useEffect(() => {
    if (signedInAs && !again) leave(nextPath(query));
  }, [signedInAs, again, query]);

  const form = useForm({
    check: (values) => ({ ...checkEmail(values.email, text), ...requirePassword(values.password, text) }),
    async send(values) {
      const before = again ? signedInAs : null;
      setEmail(values.email ?? "");
      const { refusal } = await signIn(values.email ?? "", values.password ?? "");
      if (refusal) return refusal;
      // The session that was not fresh enough is replaced, not joined by another.
      if (before) await endDevice(before);
      leave(nextPath(query));
      return null;
    },
  });

  const reason = REASONS.find((name) => query.has(name));
  return (
    // Without scripts the browser posts the form itself.
    <form {...form.form} method="post" action="/api/auth/sign-in/email" className="grid gap-6">
      {reason && <Status>{text(`signIn.${reason}`)}</Status>}
      <Summary {...form} labels={{ email: text("field.email"), password: text("field.password") }}>
        {(refusal) =>
          refusal.code === "EMAIL_NOT_VERIFIED" && (
            <Link href={`/verify-email?${new URLSearchParams({ email })}`} className="underline underline-offset-2">
              {text("signIn.unverified")}
            </Link>
          )
        }
      </Summary>
      <Field
        label={text("field.email")}
        name="email"
        type="email"
        autoComplete="username"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        required
        error={form.errors.email}
      />
      <PasswordField
        label={text("field.password")}
        name="password"
        autoComplete="current-password"
        required
        error={form.errors.password}
      />
      <input type="hidden" name="callbackURL" value="/tasks" />
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-4">
        <Button type="submit" busy={form.busy} className="min-w-32">
          {text("signIn.submit")}
        </Button>
        <Link href="/forgot-password" prefetch={false} className="link inline-flex min-h-6 items-center text-small">
          {text("signIn.forgot")}
        </Link>
      </div>
    </form>
  );
}
