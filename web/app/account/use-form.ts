"use client";

import { type FormEvent, useState } from "react";
import { explain } from "@/lib/auth";

type Refused = { status?: number; message?: string; code?: string } | null;

/** What every form here does: one submission at a time, then words for how it went. */
export function useForm(submit: (fields: FormData) => Promise<{ error: Refused }>, success: string) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState("");

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    setBusy(true);
    setProblem("");
    setDone("");
    const { error } = await submit(new FormData(form));
    setProblem(explain(error));
    if (!error) {
      setDone(success);
      for (const field of form.querySelectorAll<HTMLInputElement>("input[autocomplete$=password]")) field.value = "";
    }
    setBusy(false);
  }

  return { busy, problem, done, onSubmit };
}
