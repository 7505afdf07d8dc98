"use client";

import { type ComponentProps, type ReactNode, useId } from "react";

export const INPUT =
  "input block w-full min-h-11 rounded-control border bg-raised px-3 py-2 text-ink placeholder:text-quiet border-edge hover:border-ink aria-invalid:border-danger aria-invalid:border-2";

type Props = ComponentProps<"input"> & {
  label: string;
  name: string;
  error?: string | undefined;
  hint?: string;
  /** Stands at the end of the label's line. */
  aside?: ReactNode;
  /** Stands below the input, and is read with it. */
  note?: ReactNode;
};

/** A labelled input; what is wrong with it stands below and is read with it. */
export function Field({ label, error, hint, aside, note, id: given, className = "", ...input }: Props) {
  const made = useId();
  const id = given ?? made;
  const describedBy = [hint && `${id}-hint`, note && `${id}-note`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={className}>
      <div className="mb-1.5 flex items-baseline justify-between gap-4">
        <label htmlFor={id} className="text-small font-[560]">
          {label}
        </label>
        {aside}
      </div>
      <input
        {...input}
        id={id}
        className={INPUT}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy || undefined}
      />
      {error && (
        <p id={`${id}-error`} className="mt-1.5 text-small font-[520] text-danger">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-fine text-quiet">
          {hint}
        </p>
      )}
      {note && <div id={`${id}-note`}>{note}</div>}
    </div>
  );
}
