"use client";

import { useState } from "react";
import { Summary, useForm } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Status } from "@/components/ui/notice";
import { changeProfile, type User } from "@/lib/auth";
import { checkName } from "@/lib/checks";
import { useText } from "@/lib/language";
import { Part } from "./part";

export function Profile({ user }: { user: User }) {
  const text = useText();
  const [saved, setSaved] = useState(false);
  const form = useForm({
    check({ name, image }) {
      setSaved(false);
      const hasForm = !image || (image.startsWith("https://") && URL.canParse(image));
      return { ...checkName(name, text), ...(hasForm ? {} : { image: text("check.image") }) };
    },
    async send({ name = "", image = "" }) {
      const { refusal } = await changeProfile({ name: name.trim(), image: image.trim() || null });
      setSaved(refusal === null);
      return refusal;
    },
  });
  return (
    <Part id="profile" title="account.profile">
      <form {...form.form} method="post" className="grid max-w-[26rem] gap-5">
        <Summary {...form} labels={{ name: text("field.name"), image: text("account.profile.image") }} />
        {user.image && (
          // biome-ignore lint/performance/noImgElement: the address is anywhere on the web, and there is no image server
          <img src={user.image} alt="" width="64" height="64" className="size-16 rounded-control object-cover" />
        )}
        <Field
          label={text("field.name")}
          name="name"
          autoComplete="name"
          defaultValue={user.name}
          maxLength={256}
          required
          error={form.errors.name}
        />
        <Field
          label={text("account.profile.image")}
          hint={text("account.profile.image.hint")}
          name="image"
          type="url"
          inputMode="url"
          autoComplete="photo"
          defaultValue={user.image ?? ""}
          error={form.errors.image}
        />
        <div className="flex items-center gap-5">
          <Button type="submit" kind="plain" busy={form.busy}>
            {text("frame.save")}
          </Button>
          <Status>{saved && text("frame.saved")}</Status>
        </div>
      </form>
    </Part>
  );
}
