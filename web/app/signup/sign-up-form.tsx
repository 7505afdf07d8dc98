"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { EmailField, EntryForm } from "@/components/entry-form";
import { useForm } from "@/components/form";
import { Field } from "@/components/ui/field";
import { Status } from "@/components/ui/notice";
import { PasswordField } from "@/components/ui/password-field";
import { leave, nextPath, useQuery } from "@/lib/address";
import { signUp, useSession } from "@/lib/auth";
import { checkEmail, checkName, checkNewPassword } from "@/lib/checks";
import { useText } from "@/lib/language";
import { useTheme } from "@/lib/theme";

export function SignUpForm() {
  const text = useText();
  const query = useQuery();
  const { state } = useSession();
  const theme = useTheme();
  const [sentTo, setSentTo] = useState<string | null>(null);

  useEffect(() => {
    if (state === "signed-in") leave(nextPath(query));
  }, [state, query]);

  const form = useForm({
    check: ({ name, email, password }) => ({
      ...checkName(name, text),
      ...checkEmail(email, text),
      ...checkNewPassword(password, text),
    }),
    async send({ name = "", email = "", password = "" }) {
      const { data, refusal } = await signUp(name.trim(), email.trim(), password);
      if (refusal) return refusal;
      // No token: the address has to be verified before the first sign-in, or the server does not say who is known.
      if (data.token) leave(nextPath(query));
      else setSentTo(email.trim());
      return null;
    },
  });

  if (sentTo) {
    return (
      <Status takeFocus>
        <h2>{text("signUp.sent.title")}</h2>
        <p className="mt-1 mb-3">{text("signUp.sent", { email: sentTo })}</p>
        <Link href={`/verify-email?${new URLSearchParams({ email: sentTo })}`} className="link">
          {text("signUp.sent.again")}
        </Link>
      </Status>
    );
  }
  // Nobody should fill in a form that is then refused whole.
  if (theme?.signUp === false) return <Status>{text("signUp.closed")}</Status>;
  return (
    <EntryForm
      form={form}
      labels={{ name: text("field.name"), email: text("field.email"), password: text("field.password") }}
      submit={text("signUp.submit")}
      plain={{ action: "/api/auth/sign-up/email", back: "/signup" }}
      advice={({ code }) =>
        code === "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" && (
          <Link href="/signin" className="mt-2 inline-flex min-h-6 items-center underline underline-offset-2">
            {text("signUp.taken")}
          </Link>
        )
      }
    >
      <Field
        label={text("field.name")}
        name="name"
        autoComplete="name"
        maxLength={256}
        required
        error={form.errors.name}
      />
      <EmailField error={form.errors.email} />
      <PasswordField
        label={text("field.password")}
        name="password"
        autoComplete="new-password"
        required
        isNew
        error={form.errors.password}
      />
    </EntryForm>
  );
}
