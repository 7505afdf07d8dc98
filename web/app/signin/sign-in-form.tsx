"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { EmailField, EntryForm } from "@/components/entry-form";
import { useForm } from "@/components/form";
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

  // A link that should have deleted the account leads here, and was too old.
  const error = query.get("error");
  const deletionExpired = query.has("deleted") && error === "INVALID_TOKEN";

  // Whoever is signed in already goes on, unless they are here to prove once more who they are.
  useEffect(() => {
    if (deletionExpired) leave("/link-expired?kind=delete");
    else if (signedInAs && !again) leave(nextPath(query));
  }, [deletionExpired, signedInAs, again, query]);

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

  const reason = error === null ? REASONS.find((name) => query.has(name)) : undefined;
  return (
    <EntryForm
      form={form}
      labels={{ email: text("field.email"), password: text("field.password") }}
      submit={text("signIn.submit")}
      plain={{ action: "/api/auth/sign-in/email", back: "/signin" }}
      advice={({ code }) =>
        code === "EMAIL_NOT_VERIFIED" && (
          <Link href={`/verify-email?${new URLSearchParams({ email })}`} className="underline underline-offset-2">
            {text("signIn.unverified")}
          </Link>
        )
      }
      aside={
        <Link href="/forgot-password" prefetch={false} className="link inline-flex min-h-6 items-center text-small">
          {text("signIn.forgot")}
        </Link>
      }
    >
      {reason && <Status>{text(`signIn.${reason}`)}</Status>}
      <EmailField error={form.errors.email} />
      <PasswordField
        label={text("field.password")}
        name="password"
        autoComplete="current-password"
        required
        error={form.errors.password}
      />
    </EntryForm>
  );
}
