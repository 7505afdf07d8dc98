"use client";

import Link from "next/link";
import { useState } from "react";
import { EmailField, EntryForm } from "@/components/entry-form";
import { ExpiredLink } from "@/components/expired-link";
import { useForm } from "@/components/form";
import { Page } from "@/components/page";
import { Status } from "@/components/ui/notice";
import { useQuery } from "@/lib/address";
import { sendVerification, useSession } from "@/lib/auth";
import { checkEmail } from "@/lib/checks";
import { useText } from "@/lib/language";

/**
 * Where the links that prove an address lead: `?done=verified` or `changed` after a good one, `?error=` after a bad one.
 * Without either it sends such a link.
 */
export function VerifyPage() {
  const text = useText();
  const query = useQuery();
  const session = useSession();
  const done = query.get("done");
  const user = session.state === "signed-in" ? session.user : null;

  if (query.has("error")) return <ExpiredLink kind={done === "changed" ? "change" : "verify"} />;
  if (done === "verified" || done === "changed") {
    return (
      <Page title={done === "changed" ? "verify.changed.title" : "verify.done.title"}>
        <p className="mb-5">{text(done === "changed" ? "verify.changed" : "verify.done")}</p>
        <Link href="/tasks" prefetch={false} className="link">
          {text("verify.go")}
        </Link>
      </Page>
    );
  }
  return (
    <Page title="verify.title" aside={text("verify.lead")}>
      {user?.emailVerified ? (
        <Status>{text("verify.already", { email: user.email })}</Status>
      ) : (
        <VerifyForm key={user?.email ?? ""} email={user?.email ?? query.get("email") ?? ""} />
      )}
    </Page>
  );
}

function VerifyForm({ email: known }: { email: string }) {
  const text = useText();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({
    check: ({ email }) => checkEmail(email, text),
    async send({ email = "" }) {
      const { refusal } = await sendVerification(email.trim());
      if (refusal === null) setSentTo(email.trim());
      return refusal;
    },
  });
  return (
    <EntryForm form={form} labels={{ email: text("field.email") }} submit={text("verify.submit")}>
      <Status>
        {sentTo && (
          <>
            <h2>{text("verify.sent.title")}</h2>
            <p className="mt-1">{text("verify.sent", { email: sentTo })}</p>
          </>
        )}
      </Status>
      <EmailField defaultValue={known} error={form.errors.email} />
    </EntryForm>
  );
}
