// The only file that knows the auth client. Everything else asks here.

import { jwtClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

const client = createAuthClient({ plugins: [jwtClient()] });

export const { useSession, signIn, signUp, signOut, getSession } = client;
export const {
  updateUser,
  changePassword,
  changeEmail,
  deleteUser,
  listSessions,
  revokeSession,
  revokeOtherSessions,
  listAccounts,
} = client;
export const { requestPasswordReset, resetPassword, sendVerificationEmail } = client;

/** A fresh access JWT of the session, or null when nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  const { data } = await client.token();
  return data?.token ?? null;
}

/** What went wrong, in words for a person. */
export function explain(error: { status?: number; message?: string; code?: string } | null | undefined): string {
  if (!error) return "";
  if (!error.status) return "The server cannot be reached. Check your connection and try again.";
  if (error.status === 429) return "Too many tries. Wait a moment, then try again.";
  if (error.status >= 500) return "The server is busy. Please try again in a moment.";
  switch (error.code) {
    case "INVALID_EMAIL_OR_PASSWORD":
      return "That email and password do not belong together.";
    case "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL":
      return "There is an account with this email already. Sign in instead, or use another email.";
    case "EMAIL_NOT_VERIFIED":
      return "This email is not verified yet. Open the link in the mail we sent you.";
    case "INVALID_PASSWORD":
      return "That is not your present password.";
    case "INVALID_TOKEN":
      return "This link is too old or was used already. Ask for a new one.";
    case "RESET_PASSWORD_DISABLED":
    case "VERIFICATION_EMAIL_NOT_ENABLED":
      return "This server sends no mail, so this cannot be done here. Ask the people who run it.";
    case "SESSION_NOT_FRESH":
    case "SESSION_EXPIRED":
      return "For this you need to have signed in lately. Sign out, sign in again, and come back.";
    default:
      return error.message || "Something went wrong. Please try again.";
  }
}
