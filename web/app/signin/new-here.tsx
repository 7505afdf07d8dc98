"use client";

import Link from "next/link";
import { useText } from "@/lib/language";
import { useTheme } from "@/lib/theme";

/** The way to an account, where one can be made. */
export function NewHere() {
  const text = useText();
  const theme = useTheme();
  if (theme?.signUp === false) return null;
  return (
    <span data-settings={theme ? "known" : "unknown"}>
      {text("signIn.new")}{" "}
      <Link href="/signup" className="link">
        {text("signIn.create")}
      </Link>
    </span>
  );
}
