"use client";

import { useRef } from "react";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/field";
import { ErrorSummary } from "@/components/ui/notice";
import { deleteUser } from "@/lib/auth";
import { useForm } from "./use-form";

export function DeleteAccount() {
  const dialog = useRef<HTMLDialogElement>(null);
  const form = useForm(async (fields) => {
    const { data, error } = await deleteUser({ password: String(fields.get("password")), callbackURL: "/signup" });
    if (data?.message === "User deleted") window.location.assign("/signup");
    return { error };
  }, "Open the link in the mail we sent you, in this browser.");
  return (
    <section className="section" aria-labelledby="delete">
      <h2 id="delete">Delete account</h2>
      <p className="quiet">Your account, your sessions and your tasks go at once, and cannot be brought back.</p>
      <Button kind="plain" onClick={() => dialog.current?.showModal()}>
        Delete account…
      </Button>
      <dialog ref={dialog} className="dialog" aria-labelledby="delete-title">
        <form className="stack" onSubmit={form.onSubmit}>
          <h2 id="delete-title">Delete your account?</h2>
          <p>Everything in it is deleted with it. Enter your password to go on.</p>
          <ErrorSummary>{form.problem}</ErrorSummary>
          <PasswordField label="Password" name="password" autoComplete="current-password" required />
          {form.done && <p role="status">{form.done}</p>}
          <div className="dialog-buttons">
            <Button kind="plain" onClick={() => dialog.current?.close()}>
              Keep it
            </Button>
            <Button type="submit" kind="danger" busy={form.busy}>
              Delete for ever
            </Button>
          </div>
        </form>
      </dialog>
    </section>
  );
}
