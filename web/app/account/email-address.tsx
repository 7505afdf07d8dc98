"use client";

import { useState } from "react";
import { Summary, useForm } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Status } from "@/components/ui/notice";
import { changeEmail, sendVerification, type User } from "@/lib/auth";
import { checkEmail } from "@/lib/checks";
import { useText } from "@/lib/language";
import { Part } from "./part";

/** A new address counts only once the link sent to it was opened. */
export function EmailAddress({ user }: { user: User }) {
  const text = useText();
  const [sent, setSent] = useState(false);
  const form = useForm({
    check({ newEmail }) {
      setSent(false);
      return checkEmail(newEmail, text, "newEmail");
    },
    fields: { email: "newEmail" },
    async send({ newEmail = "" }) {
      const { refusal } = await changeEmail(newEmail.trim());
      setSent(refusal === null);
      return refusal;
    },
  });
  return (
    <Part id="email" title="account.email">
      <div className="grid max-w-[26rem] gap-5">
        <p>
          {text("account.email.now", { email: user.email })}{" "}
          <span className="text-quiet">
            {text(user.emailVerified ? "account.email.verified" : "account.email.unverified")}
          </span>
        </p>
        {!user.emailVerified && <SendLink email={user.email} />}
        <form {...form.form} method="post" className="grid gap-5">
          <Summary {...form} labels={{ newEmail: text("account.email.new") }} />
          <Field
            label={text("account.email.new")}
            name="newEmail"
            type="email"
            inputMode="email"
            autoComplete="email"
            autoCapitalize="none"
            spellCheck={false}
            required
            error={form.errors.newEmail}
          />
          <div>
            <Button type="submit" kind="plain" busy={form.busy}>
              {text("account.email.submit")}
            </Button>
          </div>
          <Status>{sent && text("account.email.sent", { email: user.email })}</Status>
        </form>
      </div>
    </Part>
  );
}

function SendLink({ email }: { email: string }) {
  const text = useText();
  const [sent, setSent] = useState(false);
  const form = useForm({
    async send() {
      const { refusal } = await sendVerification(email);
      setSent(refusal === null);
      return refusal;
    },
  });
  if (sent) return <Status takeFocus>{text("account.email.verify.sent", { email })}</Status>;
  return (
    <form {...form.form} method="post" className="grid gap-3">
      <Summary {...form} labels={{}} />
      <div>
        <Button type="submit" kind="plain" busy={form.busy}>
          {text("account.email.verify")}
        </Button>
      </div>
    </form>
  );
}
