"use client";

import { useState } from "react";
import { Summary, useForm } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Status } from "@/components/ui/notice";
import { PasswordField } from "@/components/ui/password-field";
import { leave } from "@/lib/address";
import { deleteAccount, type User } from "@/lib/auth";
import { requirePassword } from "@/lib/checks";
import { useText } from "@/lib/language";
import { Part } from "./part";

export function DeleteAccount({ user }: { user: User }) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const [mailed, setMailed] = useState(false);

  function end(isDeleted: boolean) {
    setOpen(false);
    setMailed(!isDeleted);
    if (isDeleted) leave("/signin?deleted=1");
  }

  return (
    <Part id="delete" title="account.delete">
      <p className="mb-5 max-w-[34rem] text-quiet">{text("account.delete.lead")}</p>
      {mailed && <Status takeFocus>{text("account.delete.mailed")}</Status>}
      {!mailed && (
        <Button kind="danger" onClick={() => setOpen(true)}>
          {text("account.delete.open")}
        </Button>
      )}
      <Dialog open={open} title={text("account.delete.title")} onClose={() => setOpen(false)}>
        <Confirm email={user.email} onDone={end} onCancel={() => setOpen(false)} />
      </Dialog>
    </Part>
  );
}

type ConfirmProps = { email: string; onDone: (isDeleted: boolean) => void; onCancel: () => void };

function Confirm({ email, onDone, onCancel }: ConfirmProps) {
  const text = useText();
  const form = useForm({
    check: ({ password }) => requirePassword(password, text),
    fields: { current: "password" },
    async send({ password = "" }) {
      const { data, refusal } = await deleteAccount(password);
      if (refusal) return refusal;
      onDone(data.message !== "Verification email sent");
      return null;
    },
  });
  return (
    <form {...form.form} method="post" className="grid gap-5">
      <p className="text-quiet">{text("account.delete.confirm")}</p>
      <Summary {...form} labels={{ password: text("field.password") }} />
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <PasswordField
        label={text("field.password")}
        name="password"
        autoComplete="current-password"
        required
        error={form.errors.password}
      />
      <div className="flex flex-wrap justify-end gap-3">
        <Button kind="plain" onClick={onCancel}>
          {text("frame.cancel")}
        </Button>
        <Button type="submit" kind="danger" busy={form.busy}>
          {text("account.delete.submit")}
        </Button>
      </div>
    </form>
  );
}
