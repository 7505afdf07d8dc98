// What can be said about a form's fields before anything is sent. The server decides; these only save a round trip.

import type { Translate } from "./language";
import { passwordLengths } from "./theme";

type Found = Record<string, string>;

export function checkEmail(value: string | undefined, text: Translate, field = "email"): Found {
  const email = value?.trim() ?? "";
  if (!email) return { [field]: text("check.email") };
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? {} : { [field]: text("check.email.form") };
}

export function checkName(value: string | undefined, text: Translate): Found {
  return value?.trim() ? {} : { name: text("check.name") };
}

/** A password that exists already: any will do, the server knows whether it is right. */
export function requirePassword(value: string | undefined, text: Translate, field = "password"): Found {
  return value ? {} : { [field]: text("check.password") };
}

/** A password that is being chosen. */
export function checkNewPassword(value: string | undefined, text: Translate, field = "password"): Found {
  if (!value) return { [field]: text("check.password.new") };
  const { shortest, longest } = passwordLengths();
  if (value.length < shortest) return { [field]: text("check.password.short", { count: shortest }) };
  return value.length > longest ? { [field]: text("check.password.long", { count: longest }) } : {};
}
