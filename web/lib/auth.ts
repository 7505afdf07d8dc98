// The only file that knows the auth client. Everything else asks in these words and gets an `Outcome`: what it wanted,
// or a refusal with the server's code.
//
// It keeps no token: the session is in a cookie that no script can read, and the access JWT lives in `api.ts`.

import { jwtClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";
import { lost, reached } from "./connection";

const client = createAuthClient({ plugins: [jwtClient()] });

/** A refusal: the protocol's code, or `UNREACHABLE` when nobody answered; `wait` is in seconds. */
export type Refusal = { status: number; code: string; message: string; wait: number | null };
export type Outcome<T> = { data: T; refusal: null } | { data: null; refusal: Refusal };

type ClientError = { status: number; code?: string | undefined; message?: string | undefined };
type Options = { onError: (context: { response: Response }) => void };

async function ask<T>(
  call: (options: Options) => Promise<{ data: T; error: null } | { data: null; error: ClientError }>,
): Promise<Outcome<NonNullable<T>>> {
  let wait: number | null = null;
  const onError: Options["onError"] = ({ response }) => {
    const header = response.headers.get("x-retry-after") ?? response.headers.get("retry-after");
    wait = header === null ? null : Math.max(1, Number.parseInt(header, 10) || 1);
  };
  try {
    const { data, error } = await call({ onError });
    reached();
    if (data !== null && data !== undefined) return { data, refusal: null };
    const { status = 0, code = "", message = "" } = error ?? {};
    return { data: null, refusal: { status, code, message, wait } };
  } catch {
    lost();
    return { data: null, refusal: { status: 0, code: "UNREACHABLE", message: "", wait: null } };
  }
}

// Other tabs are told what happened here. The client says so itself for some calls; signing in is not among them.
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("doorward.session");
if (channel) channel.onmessage = () => client.$store.notify("$sessionSignal");

async function tellOthers<T>(outcome: Promise<Outcome<T>>): Promise<Outcome<T>> {
  const settled = await outcome;
  if (settled.refusal === null) channel?.postMessage("changed");
  return settled;
}

export type User = { id: string; name: string; email: string; emailVerified: boolean; image: string | null };

export type CurrentSession =
  | { state: "loading" | "signed-out" }
  | { state: "unreachable"; again: () => void }
  | { state: "signed-in"; user: User; token: string };

/** Who is signed in. It follows this tab, the others, and what the server says when the tab is looked at again. */
export function useSession(): CurrentSession {
  const { data, isPending, error, refetch } = client.useSession();
  if (data) {
    const { id, name, email, emailVerified, image } = data.user;
    return {
      state: "signed-in",
      user: { id, name, email, emailVerified, image: image ?? null },
      token: data.session.token,
    };
  }
  if (isPending) return { state: "loading" };
  if (error && error.status !== 401) return { state: "unreachable", again: () => void refetch() };
  return { state: "signed-out" };
}

export const signIn = (email: string, password: string) =>
  tellOthers(ask((fetchOptions) => client.signIn.email({ email, password, fetchOptions })));

/** Leads away to the provider; a visit that fails there ends on the page for errors. */
export const signInWith = (provider: string, callbackURL: string) =>
  ask((fetchOptions) => client.signIn.social({ provider, callbackURL, errorCallbackURL: "/error", fetchOptions }));

/** `data.token` is null where an address has to be verified before the first sign-in. */
export const signUp = (name: string, email: string, password: string) =>
  tellOthers(
    ask((fetchOptions) =>
      client.signUp.email({ name, email, password, callbackURL: "/verify-email?done=verified", fetchOptions }),
    ),
  );

export const signOut = () => tellOthers(ask((fetchOptions) => client.signOut({ fetchOptions })));

/** A new access JWT for the session. */
export const accessToken = () => ask((fetchOptions) => client.token({ fetchOptions }));

export const requestPasswordReset = (email: string) =>
  ask((fetchOptions) => client.requestPasswordReset({ email, redirectTo: "/reset-password", fetchOptions }));

export const resetPassword = (token: string, newPassword: string) =>
  ask((fetchOptions) => client.resetPassword({ token, newPassword, fetchOptions }));

export const sendVerification = (email: string) =>
  ask((fetchOptions) =>
    client.sendVerificationEmail({ email, callbackURL: "/verify-email?done=verified", fetchOptions }),
  );

export const changeProfile = (profile: { name: string; image: string | null }) =>
  tellOthers(ask((fetchOptions) => client.updateUser({ ...profile, fetchOptions })));

export const changeEmail = (newEmail: string) =>
  ask((fetchOptions) => client.changeEmail({ newEmail, callbackURL: "/verify-email?done=changed", fetchOptions }));

export const changePassword = (currentPassword: string, newPassword: string, revokeOtherSessions: boolean) =>
  ask((fetchOptions) => client.changePassword({ currentPassword, newPassword, revokeOtherSessions, fetchOptions }));

export type DeletionReply = { success: boolean; message: string };

/** The account is gone, or a mail with a link was sent: `message` is then "Verification email sent". */
export const deleteAccount = (password: string) =>
  tellOthers(
    ask<DeletionReply>((options) =>
      client.$fetch("/delete-user", {
        method: "POST",
        body: { password, callbackURL: "/signin?deleted=1" },
        ...options,
      }),
    ),
  );

export const listDevices = () => ask((fetchOptions) => client.listSessions({ fetchOptions }));
export const endDevice = (token: string) => ask((fetchOptions) => client.revokeSession({ token, fetchOptions }));
export const endOtherDevices = () => ask((fetchOptions) => client.revokeOtherSessions({ fetchOptions }));
export const listSignInMethods = () => ask((fetchOptions) => client.listAccounts({ fetchOptions }));

export type Activity = {
  id: string;
  action: string;
  createdAt: Date;
  ipAddress?: string | null;
  userAgent?: string | null;
  /** How often, where several attempts share an entry. */
  times: number;
};

/** What happened to the account lately; a server without such a record answers 404. */
export const listActivity = (before?: string) =>
  ask<Activity[]>((options) =>
    client.$fetch(before ? `/activity?before=${encodeURIComponent(before)}` : "/activity", {
      method: "GET",
      ...options,
    }),
  );
