"use client";

import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/field";
import { ErrorSummary, Success } from "@/components/ui/notice";
import { changePassword, useSession } from "@/lib/auth";
import { useForm } from "./use-form";

export function Password() {
  const { data } = useSession();
  const form = useForm(
    (fields) =>
      changePassword({
        currentPassword: String(fields.get("currentPassword")),
        newPassword: String(fields.get("newPassword")),
        revokeOtherSessions: true,
      }),
    "Changed. Your other devices are signed out.",
  );
  return (
    <section className="section" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <p className="quiet">A new password signs you out everywhere else.</p>
      <form className="stack" onSubmit={form.onSubmit}>
        <ErrorSummary>{form.problem}</ErrorSummary>
        {/* Tells password managers whose password this is. */}
        <input
          type="email"
          className="visually-hidden"
          aria-hidden="true"
          tabIndex={-1}
          autoComplete="username"
          value={data?.user.email ?? ""}
          readOnly
        />
        <PasswordField label="Current password" name="currentPassword" autoComplete="current-password" required />
        <PasswordField
          label="New password"
          name="newPassword"
          autoComplete="new-password"
          minLength={8}
          hint="At least 8 characters."
          required
        />
        <Button type="submit" className="button-start" busy={form.busy}>
          Change password
        </Button>
        {form.done && <Success>{form.done}</Success>}
      </form>
    </section>
  );
}
