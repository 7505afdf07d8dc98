"use client";

import type { ReactNode } from "react";
import { useQuery } from "@/lib/address";
import type { Refusal } from "@/lib/auth";
import { explain } from "@/lib/explain";
import { type Translate, useText } from "@/lib/language";
import { Summary, type useForm } from "./form";
import { Button } from "./ui/button";
import { Field } from "./ui/field";
import { ALERT } from "./ui/notice";

/** What signing in and up are refused with; without scripts, the words of the one in the address are shown. */
const REFUSALS = [
  "INVALID_EMAIL_OR_PASSWORD",
  "INVALID_EMAIL",
  "EMAIL_NOT_VERIFIED",
  "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
  "PASSWORD_TOO_SHORT",
  "PASSWORD_TOO_LONG",
  "PASSWORD_TOO_COMMON",
  "EMAIL_PASSWORD_SIGN_UP_DISABLED",
  "TOO_MANY_REQUESTS",
  "VALIDATION_ERROR",
  "REFUSED",
  "SERVICE_UNAVAILABLE",
  "INTERNAL_SERVER_ERROR",
] as const;

type Props = {
  form: ReturnType<typeof useForm>;
  /** Fields in their order, with the words of their labels. */
  labels: Record<string, string>;
  submit: string;
  /** Without scripts the browser posts the form to `action` by itself, and a refusal leads `back` to this page. */
  plain?: { action: string; back: string };
  /** Beside the button. */
  aside?: ReactNode;
  /** After the words of a refusal. */
  advice?: (refusal: Refusal) => ReactNode;
  children: ReactNode;
};

/** The forms before the door: what was refused, the fields, one button. */
export function EntryForm({ form, labels, submit, plain, aside, advice, children }: Props) {
  const text = useText();
  const sentBack = useSentBack();
  const refusal = form.refusal ?? (plain && form.attempt === 0 ? sentBack : null);
  return (
    <form {...form.form} method="post" action={plain?.action} className="grid gap-6">
      {plain ? <PlainRefusal /> : <noscript>{text("frame.noScript")}</noscript>}
      <Summary {...form} refusal={refusal} labels={labels}>
        {advice}
      </Summary>
      {children}
      {plain && (
        <>
          <input type="hidden" name="callbackURL" value="/tasks" />
          <input type="hidden" name="errorCallbackURL" value={plain.back} />
        </>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-4">
        <Button type="submit" busy={form.busy} className="min-w-32">
          {submit}
        </Button>
        {aside}
      </div>
    </form>
  );
}

/** The refusal that a plain post of the form was led back with. */
function useSentBack(): Refusal | null {
  const code = useQuery().get("error");
  return code === null ? null : { status: 400, code, message: "", wait: null };
}

/**
 * The server leads back to `?error=CODE#CODE`: the one that is the target of the address appears. `contents`, so that
 * the others leave no gap, and only without scripts: with them it would show what a browser hides.
 */
function PlainRefusal() {
  const text = useText();
  return (
    <noscript className="noscript:contents">
      {REFUSALS.map((code) => (
        <p key={code} id={code} className={`hidden scroll-mt-24 target:block ${ALERT}`}>
          {plainly(code, text)}
        </p>
      ))}
    </noscript>
  );
}

/** The page was exported before anybody knew how long a password has to be here. */
function plainly(code: (typeof REFUSALS)[number], text: Translate): string {
  if (code === "PASSWORD_TOO_SHORT") return text("refusal.short");
  if (code === "PASSWORD_TOO_LONG") return text("refusal.long");
  return explain({ status: 400, code, message: "", wait: null }, text);
}

type EmailProps = {
  error?: string | undefined;
  defaultValue?: string;
  /** It stands in the place of what was pressed. */
  takeFocus?: boolean;
};

const focus = (input: HTMLInputElement | null) => input?.focus();

/** The address that somebody is known by. */
export function EmailField({ takeFocus, ...field }: EmailProps) {
  const text = useText();
  return (
    <Field
      {...field}
      ref={takeFocus ? focus : undefined}
      label={text("field.email")}
      name="email"
      type="email"
      autoComplete="username"
      inputMode="email"
      autoCapitalize="none"
      spellCheck={false}
      required
    />
  );
}
