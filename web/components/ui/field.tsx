"use client";

import { type ComponentProps, type ReactNode, useId } from "react";

export const INPUT =
  "input block w-full min-h-11 rounded-control border bg-raised px-3 py-2 text-ink placeholder:text-quiet border-edge hover:border-ink aria-invalid:border-danger aria-invalid:border-2";

type Props = ComponentProps<"input"> & {
  label: string;
  name: string;
  error?: string | undefined;
  hint?: string;
  /** Stands at the end of the label's line, but comes after the input: whoever presses Tab wants to type. */
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
    <div className={`grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 *:col-span-2 ${className}`}>
      <label htmlFor={id} className="col-span-1! row-start-1 mb-1.5 self-baseline text-small font-[560]">
        {label}
      </label>
      <input
        {...input}
        id={id}
        className={`${INPUT} row-start-2`}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy || undefined}
      />
      {aside && <div className="col-span-1! col-start-2! row-start-1 mb-1.5 self-baseline">{aside}</div>}
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
