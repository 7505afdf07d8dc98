"use client";

import Link from "next/link";
import { useState } from "react";
import { EmailField, EntryForm } from "@/components/entry-form";
import { useForm } from "@/components/form";
import { Status } from "@/components/ui/notice";
import { requestPasswordReset } from "@/lib/auth";
import { checkEmail } from "@/lib/checks";
import { useText } from "@/lib/language";

export function ForgotForm() {
  const text = useText();
  const [sentTo, setSentTo] = useState<string | null>(null);
  // A mistyped address is mended, not typed once more.
  const [before, setBefore] = useState("");
  const form = useForm({
    check: ({ email }) => checkEmail(email, text),
    async send({ email = "" }) {
      const { refusal } = await requestPasswordReset(email.trim());
      if (refusal === null) setSentTo(email.trim());
      return refusal;
    },
  });
  if (sentTo) {
    return (
      <Status takeFocus>
        <h2>{text("forgot.sent.title")}</h2>
        <p className="mt-1 mb-3">{text("forgot.sent", { email: sentTo })}</p>
        <button
          type="button"
          className="link min-h-6"
          onClick={() => {
            setBefore(sentTo);
            setSentTo(null);
          }}
        >
          {text("forgot.sent.again")}
        </button>
      </Status>
    );
  }
  return (
    <EntryForm
      form={form}
      labels={{ email: text("field.email") }}
      submit={text("forgot.submit")}
      aside={
        <Link href="/signin" className="link inline-flex min-h-6 items-center text-small">
          {text("forgot.back")}
        </Link>
      }
    >
      <EmailField defaultValue={before} takeFocus={before !== ""} error={form.errors.email} />
    </EntryForm>
  );
}
