"use client";

import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { ErrorSummary, Success } from "@/components/ui/notice";
import { updateUser, useSession } from "@/lib/auth";
import { useForm } from "./use-form";

export function Profile() {
  const { data } = useSession();
  const form = useForm(
    (fields) =>
      updateUser({ name: String(fields.get("name")).trim(), image: String(fields.get("image")).trim() || null }),
    "Saved.",
  );
  return (
    <section className="section" aria-labelledby="profile">
      <h2 id="profile">Profile</h2>
      <p className="quiet">Your name stands in the access tokens that APIs see.</p>
      <form className="stack" onSubmit={form.onSubmit}>
        <ErrorSummary>{form.problem}</ErrorSummary>
        <Field label="Name" name="name" autoComplete="name" maxLength={256} defaultValue={data?.user.name} required />
        <Field
          label="Picture address"
          name="image"
          type="url"
          inputMode="url"
          autoComplete="photo"
          defaultValue={data?.user.image ?? ""}
        />
        <Button type="submit" className="button-start" busy={form.busy}>
          Save profile
        </Button>
        {form.done && <Success>{form.done}</Success>}
      </form>
    </section>
  );
}
