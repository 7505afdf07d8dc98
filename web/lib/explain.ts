// A refusal in words for a person, and the field it belongs to.

import type { Refusal } from "./auth";
import type { Key, Translate } from "./language";
import { en } from "./messages/en";
import { passwordLengths } from "./theme";

/** The field that a refusal is about, by the name it has in our forms. */
const FIELDS: Record<string, string> = {
  INVALID_EMAIL: "email",
  INVALID_PASSWORD: "current",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: "email",
  PASSWORD_TOO_SHORT: "password",
  PASSWORD_TOO_LONG: "password",
  PASSWORD_TOO_COMMON: "password",
  PASSWORD_COMPROMISED: "password",
};

export function fieldOf(refusal: Refusal): string | null {
  return FIELDS[refusal.code] ?? null;
}

export function explain(refusal: Refusal, text: Translate): string {
  const key = `refusal.${refusal.code}`;
  const { shortest, longest } = passwordLengths();
  if (key in en) return text(key as Key, { count: refusal.code === "PASSWORD_TOO_LONG" ? longest : shortest });
  if (refusal.status >= 500) return text("refusal.busy");
  if (refusal.message === "Email is the same") return text("refusal.sameEmail");
  if (refusal.message === "Verification email isn't enabled") return text("refusal.VERIFICATION_EMAIL_NOT_ENABLED");
  if (refusal.message === "") return text("refusal.unknown");
  // `[body.email] Invalid email address`: the part in brackets is for programs.
  return text("refusal.other", { message: refusal.message.replace(/\[[\w.]+\] /g, "") });
}
