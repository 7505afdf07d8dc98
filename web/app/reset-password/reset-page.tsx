"use client";

import { useEffect, useState } from "react";
import { EntryForm } from "@/components/entry-form";
import { ExpiredLink } from "@/components/expired-link";
import { useForm } from "@/components/form";
import { Page } from "@/components/page";
import { PasswordField } from "@/components/ui/password-field";
import { leave, useHydrated, useQuery } from "@/lib/address";
import { resetPassword } from "@/lib/auth";
import { checkNewPassword } from "@/lib/checks";
import { useText } from "@/lib/language";

export function ResetPage() {
  const query = useQuery();
  const hydrated = useHydrated();
  const [token, setToken] = useState<string | null>(null);
  const [isUsed, setUsed] = useState(false);

  useEffect(() => {
    const given = query.get("token");
    if (!given) return;
    // It stays in this page's memory, and leaves the address bar and the history.
    setToken(given);
    window.history.replaceState(window.history.state, "", "/reset-password");
  }, [query]);

  if (hydrated && (isUsed || (!token && !query.has("token")))) return <ExpiredLink kind="reset" />;
  return (
    <Page title="reset.title">
      <ResetForm token={token ?? ""} onExpired={() => setUsed(true)} />
    </Page>
  );
}

function ResetForm({ token, onExpired }: { token: string; onExpired: () => void }) {
  const text = useText();
  const form = useForm({
    check: ({ password }) => checkNewPassword(password, text),
    async send({ password = "" }) {
      const { refusal } = await resetPassword(token, password);
      if (refusal?.code === "INVALID_TOKEN") onExpired();
      else if (refusal) return refusal;
      else leave("/signin?reset=1");
      return null;
    },
  });
  return (
    <EntryForm form={form} labels={{ password: text("field.newPassword") }} submit={text("reset.submit")}>
      <PasswordField
        label={text("field.newPassword")}
        name="password"
        autoComplete="new-password"
        required
        isNew
        error={form.errors.password}
      />
    </EntryForm>
  );
}
