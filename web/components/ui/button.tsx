import type { ComponentProps } from "react";

const KINDS = {
  primary: "bg-accent text-on-accent hover:bg-ink hover:text-paper",
  plain: "border border-edge bg-raised text-ink hover:border-ink",
  danger: "border border-danger text-danger hover:bg-danger hover:text-paper",
};

type Props = ComponentProps<"button"> & { kind?: keyof typeof KINDS; busy?: boolean };

/** While busy it keeps its words, its width and the focus, and does nothing more. */
export function Button({ kind = "primary", busy = false, type = "button", className = "", children, ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
      className={`button relative inline-flex min-h-11 items-center justify-center rounded-control px-5 py-2 font-[560] ${KINDS[kind]} ${className}`}
    >
      <span className={busy ? "opacity-30" : ""}>{children}</span>
      {busy && <span className="spinner absolute" aria-hidden="true" />}
    </button>
  );
}
