"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useText } from "@/lib/language";

/** The field that is always there, for a focus whose place has gone. */
export const NEW_TASK = "new-task";

export function NewTask({ onAdd }: { onAdd: (title: string) => void }) {
  const text = useText();
  const [error, setError] = useState<string>();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const field = form.elements.namedItem("title") as HTMLInputElement;
    const title = field.value.trim();
    setError(title ? undefined : text("tasks.check.title"));
    if (title) {
      onAdd(title);
      form.reset();
    }
    field.focus();
  }

  return (
    <form onSubmit={submit} noValidate className="flex items-start gap-3">
      <Field
        label={text("tasks.new")}
        name="title"
        id={NEW_TASK}
        dir="auto"
        autoComplete="off"
        maxLength={500}
        error={error}
        onInput={() => setError(undefined)}
        className="min-w-0 flex-1"
      />
      <Button type="submit" className="mt-7">
        {text("tasks.add")}
      </Button>
    </form>
  );
}
