"use client";

import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useHydrated } from "@/lib/address";
import type { Refusal } from "@/lib/auth";
import { explain, fieldOf } from "@/lib/explain";
import { useText } from "@/lib/language";
import { Alert } from "./ui/notice";

/** What is wrong with each field, in words. */
export type Errors = Partial<Record<string, string>>;
export type Values = Record<string, string>;

type Rules = {
  /** Looked at before anything is sent. */
  check?: (values: Values) => Errors;
  /** Sends the form; a refusal is told, `null` means that all went well. */
  send: (values: Values, form: HTMLFormElement) => Promise<Refusal | null>;
  /** Fields that are called otherwise here than the server calls them. */
  fields?: Record<string, string>;
};

/**
 * One form: it is sent once at a time, checked before, and what is wrong stands beside the field and above the form.
 * Its inputs keep their own values, so nothing typed is ever cleared and password managers see real fields.
 */
export function useForm({ check, send, fields = {} }: Rules) {
  const text = useText();
  const hydrated = useHydrated();
  const sending = useRef(false);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  // The refusal that `errors` tells at its field.
  const [atField, setAtField] = useState<Refusal | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [waitUntil, setWaitUntil] = useState(0);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (sending.current || Date.now() < waitUntil) return;
    const form = event.currentTarget;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const found = check?.(values) ?? {};
    setAttempt((count) => count + 1);
    setErrors(found);
    setRefusal(null);
    setAtField(null);
    if (Object.keys(found).length > 0) return;
    sending.current = true;
    setBusy(true);
    const answer = await send(values, form);
    sending.current = false;
    setBusy(false);
    setAttempt((count) => count + 1);
    if (answer === null) return;
    if (answer.status === 429) setWaitUntil(Date.now() + (answer.wait ?? 10) * 1000);
    const field = fieldOf(answer);
    if (field) {
      setErrors({ [fields[field] ?? field]: explain(answer, text) });
      setAtField(answer);
    } else setRefusal(answer);
  }

  /** What is being mended is no longer wrong. */
  function mend(event: FormEvent<HTMLFormElement>) {
    const { name } = event.target as HTMLInputElement;
    if (errors[name]) setErrors(({ [name]: _, ...others }) => others);
  }

  return {
    busy,
    errors,
    refusal,
    atField,
    attempt,
    waitUntil,
    /** The browser's own checks are for those without scripts. */
    form: { onSubmit: submit, onInput: mend, noValidate: hydrated },
  };
}

type SummaryProps = Pick<ReturnType<typeof useForm>, "errors" | "refusal" | "atField" | "attempt" | "waitUntil"> & {
  /** Fields in their order, with the words of their labels. */
  labels: Record<string, string>;
  children?: (refusal: Refusal) => ReactNode;
};

/** Above the form: what the server refused, or the list of fields to mend, each a way to its field. */
export function Summary({ errors, refusal, atField, attempt, waitUntil, labels, children }: SummaryProps) {
  const text = useText();
  if (refusal?.status === 429) {
    return (
      <Alert key={attempt}>
        <Wait until={waitUntil} />
      </Alert>
    );
  }
  if (refusal) {
    return (
      <Alert key={attempt}>
        {explain(refusal, text)} {children?.(refusal)}
      </Alert>
    );
  }
  const wrong = Object.keys(labels).filter((name) => errors[name]);
  if (wrong.length === 0) return null;
  return (
    <Alert key={attempt}>
      <p className="font-[560]">{text("check.summary")}</p>
      <ul className="mt-1">
        {wrong.map((name) => (
          <li key={name}>
            <button
              type="button"
              className="min-h-6 text-left underline underline-offset-2"
              onClick={(event) => focusField(event.currentTarget, name)}
            >
              {labels[name]}: {errors[name]}
            </button>
          </li>
        ))}
      </ul>
      {atField && children?.(atField)}
    </Alert>
  );
}

function focusField(from: HTMLElement, name: string) {
  const field = from.closest("form")?.elements.namedItem(name);
  if (field instanceof HTMLElement) field.focus();
}

/** The wait, second by second for the eye, once for the ear. */
function Wait({ until }: { until: number }) {
  const text = useText();
  const left = () => Math.max(0, Math.ceil((until - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  const [first] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.max(0, Math.ceil((until - Date.now()) / 1000))), 500);
    return () => clearInterval(timer);
  }, [until]);
  if (seconds === 0) return text("refusal.wait.over");
  return (
    <>
      <span className="sr-only">{text("refusal.wait", { seconds: first })}</span>
      <span aria-hidden="true" className="tabular-nums">
        {text("refusal.wait", { seconds })}
      </span>
    </>
  );
}
