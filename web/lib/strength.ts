// A rough guess at how hard a password is to guess, to tell a person before they submit. The server decides; it may
// refuse common passwords that this does not know.

import { passwordLengths } from "./theme";

const OFTEN = /^(?:pass(?:wor[dt])?|qwert[yz]|letmein|welcome|admin|iloveyou|hallo|abc|123|111|000)/i;

/** 0 too short, 1 easy, 2 fair, 3 good, 4 strong. Length counts more than odd characters. */
export function strength(password: string): 0 | 1 | 2 | 3 | 4 {
  if (password.length < passwordLengths().shortest) return 0;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  const different = new Set(password).size;
  if (different < 5 || (OFTEN.test(password) && password.length < 14)) return 1;
  const score = Math.min(password.length, different * 2) + kinds * 2;
  if (score >= 24) return 4;
  if (score >= 18) return 3;
  return score >= 13 ? 2 : 1;
}
