"use client";

import { type ComponentProps, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useHydrated } from "@/lib/address";
import { type Key, useText } from "@/lib/language";
import { strength } from "@/lib/strength";
import { passwordLengths, useTheme } from "@/lib/theme";
import { Field } from "./field";

type Props = Omit<ComponentProps<typeof Field>, "aside" | "note" | "type" | "hint"> & {
  /** A password that is being chosen: its least length and its strength are told. */
  isNew?: boolean;
};

/** A password that can be looked at, with a word on Caps Lock. Pasting is welcome. */
export function PasswordField({ isNew = false, onInput, ...field }: Props) {
  const text = useText();
  const hydrated = useHydrated();
  const [shown, setShown] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const [typed, setTyped] = useState("");
  const box = useRef<HTMLInputElement>(null);

  // A form that is emptied says so to itself alone, and not to its fields.
  useEffect(() => {
    const form = box.current?.form;
    const empty = () => setTyped("");
    form?.addEventListener("reset", empty);
    return () => form?.removeEventListener("reset", empty);
  }, []);

  const watchCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));
  const level = strength(typed);
  const theme = useTheme();
  const { shortest } = passwordLengths(theme);

  return (
    <Field
      {...field}
      ref={box}
      type={shown ? "text" : "password"}
      minLength={isNew ? shortest : undefined}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      onKeyDown={watchCapsLock}
      onKeyUp={watchCapsLock}
      onBlur={() => setCapsLock(false)}
      onInput={(event) => {
        if (isNew) setTyped(event.currentTarget.value);
        onInput?.(event);
      }}
      aside={
        hydrated && (
          <button
            type="button"
            aria-pressed={shown}
            aria-label={text("field.showPassword.whole")}
            onClick={() => setShown(!shown)}
            className="min-h-6 text-fine text-quiet underline decoration-transparent underline-offset-4 hover:text-ink hover:decoration-current aria-pressed:text-ink aria-pressed:decoration-current"
          >
            {text("field.showPassword")}
          </button>
        )
      }
      note={
        <>
          {isNew && (
            <div className="mt-1.5 flex min-h-5 items-center justify-between gap-4 text-fine text-quiet">
              <span data-settings={theme ? "known" : "unknown"}>{text("field.length", { count: shortest })}</span>
              {typed && (
                <span className="flex items-center gap-2">
                  <span aria-live="polite">{text(`strength.${level}` as Key)}</span>
                  <span className="flex gap-1" aria-hidden="true">
                    {[1, 2, 3, 4].map((step) => (
                      <span
                        key={step}
                        className={`h-1 w-4 rounded-full ${step <= level ? "step" : ""} ${step > level ? "bg-line" : level === 1 ? "bg-danger" : "bg-accent"}`}
                      />
                    ))}
                  </span>
                </span>
              )}
            </div>
          )}
          <p role="status" className="text-fine text-quiet empty:sr-only">
            {capsLock ? text("field.capsLock") : ""}
          </p>
        </>
      }
    />
  );
}
