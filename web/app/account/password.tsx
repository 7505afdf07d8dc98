"use client";

import { useState } from "react";
import { Summary, useForm } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/notice";
import { PasswordField } from "@/components/ui/password-field";
import { changePassword, type User } from "@/lib/auth";
import { checkNewPassword, requirePassword } from "@/lib/checks";
import { useText } from "@/lib/language";
import { Part } from "./part";

export function Password({ user }: { user: User }) {
  const text = useText();
  const [saved, setSaved] = useState(false);
  const form = useForm({
    check({ currentPassword, newPassword }) {
      setSaved(false);
      return {
        ...requirePassword(currentPassword, text, "currentPassword"),
        ...checkNewPassword(newPassword, text, "newPassword"),
      };
    },
    fields: { password: "newPassword", current: "currentPassword" },
    async send({ currentPassword = "", newPassword = "", others }, element) {
      const { refusal } = await changePassword(currentPassword, newPassword, others === "on");
      if (refusal) return refusal;
      element.reset();
      setSaved(true);
      return null;
    },
  });
  return (
    <Part id="password" title="account.password">
      <form {...form.form} method="post" className="grid max-w-[26rem] gap-5">
        <Summary
          {...form}
          labels={{ currentPassword: text("field.currentPassword"), newPassword: text("field.newPassword") }}
        />
        {/* Tells password managers whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={user.email} readOnly hidden />
        <PasswordField
          label={text("field.currentPassword")}
          name="currentPassword"
          autoComplete="current-password"
          required
          error={form.errors.currentPassword}
        />
        <PasswordField
          label={text("field.newPassword")}
          name="newPassword"
          autoComplete="new-password"
          required
          isNew
          error={form.errors.newPassword}
        />
        <label className="flex min-h-6 items-center gap-3">
          <input type="checkbox" name="others" className="check" defaultChecked />
          {text("account.password.others")}
        </label>
        <div>
          <Button type="submit" kind="plain" busy={form.busy}>
            {text("account.password.submit")}
          </Button>
        </div>
        <Status>{saved && text("account.password.saved")}</Status>
      </form>
    </Part>
  );
}
