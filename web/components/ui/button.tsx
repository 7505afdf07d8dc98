import type { ComponentProps } from "react";

type ButtonProps = ComponentProps<"button"> & {
  busy?: boolean;
  kind?: "plain" | "danger";
  small?: boolean;
};

/** A button that keeps its label while it is busy, and cannot be pressed twice. */
export function Button({ busy = false, kind, small, className = "", onClick, ...button }: ButtonProps) {
  const classes = ["button", kind && `button-${kind}`, small && "button-small", className].filter(Boolean).join(" ");
  return (
    <button
      type="button"
      {...button}
      className={classes}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
    />
  );
}
