"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { ErrorSummary, Success } from "@/components/ui/notice";
import { changeEmail, explain, sendVerificationEmail, useSession } from "@/lib/auth";
import { useForm } from "./use-form";

export function EmailAddress() {
  const { data } = useSession();
  const [verification, setVerification] = useState("");
  const form = useForm(
    (fields) => changeEmail({ newEmail: String(fields.get("newEmail")), callbackURL: "/verify-email" }),
    "Open the link in the mail we sent to the new address. Until then nothing changes.",
  );

  async function verify() {
    if (!data) return;
    const { error } = await sendVerificationEmail({ email: data.user.email, callbackURL: "/verify-email" });
    setVerification(error ? explain(error) : "We sent you a mail with a link.");
  }

  return (
    <section className="section" aria-labelledby="email">
      <h2 id="email">Email</h2>
      <p className="quiet">
        You sign in with {data?.user.email}
        {data?.user.emailVerified ? ", which is verified." : ", which is not verified yet. "}
        {data && !data.user.emailVerified && (
          <button type="button" className="link-button" onClick={verify}>
            Send the verification mail
          </button>
        )}
      </p>
      {verification && <Success>{verification}</Success>}
      <form className="stack" onSubmit={form.onSubmit}>
        <ErrorSummary>{form.problem}</ErrorSummary>
        <Field label="New email" name="newEmail" type="email" inputMode="email" autoComplete="email" required />
        <Button type="submit" className="button-start" busy={form.busy}>
          Change email
        </Button>
        {form.done && <Success>{form.done}</Success>}
      </form>
    </section>
  );
}
