// The only file that calls the tasks API. The access JWT is kept in this module's memory and nowhere else; it is renewed
// a minute before it ends, one renewal at a time, and once more when the API refuses it.
//
// It does not decide what to do without the network: `Unreachable` is thrown, and `app/tasks` tries again.

import { LEAVING_TAKES, leave, signInPath } from "./address";
import { accessToken } from "./auth";
import { lost, reached, turnedAway, worthTrying } from "./connection";

export type Task = { id: string; title: string; completed: boolean; userId: string };
export type Page = { tasks: Task[]; next: string | null };

/** The API said no, in its own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Nobody answered, or somebody who asks to come back later. */
export class Unreachable extends Error {}

const RENEW_BEFORE_END = 60_000;

let token: { text: string; renewAt: number } | null = null;
let renewal: Promise<string> | null = null;

/** Milliseconds a token lives, by its own two stamps: this machine's clock may be wrong. */
function lifetime(jwt: string): number {
  const payload = (jwt.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const { iat, exp } = JSON.parse(atob(payload)) as { iat: number; exp: number };
  return (exp - iat) * 1000;
}

async function renew(): Promise<string> {
  const askedAt = Date.now();
  const { data, refusal } = await accessToken();
  if (refusal === null) {
    token = { text: data.token, renewAt: askedAt + lifetime(data.token) - RENEW_BEFORE_END };
    return data.token;
  }
  token = null;
  if (refusal.status === 401) return signInAgain();
  if (refusal.status === 0) throw new Unreachable();
  if (isForLater(refusal.status)) return comeBackLater();
  throw new Refused(refusal.status, refusal.code, refusal.message);
}

function currentToken(): string | Promise<string> {
  if (token && Date.now() < token.renewAt) return token.text;
  renewal ??= renew().finally(() => {
    renewal = null;
  });
  return renewal;
}

/** The session is over: the page is left. Should somebody have stopped that, the call is to be tried again. */
async function signInAgain(): Promise<never> {
  leave(signInPath({ ended: "1" }));
  await worthTrying(LEAVING_TAKES);
  throw new Unreachable();
}

const isForLater = (status: number) => status === 429 || status >= 500;

/** Said to the reader, too: what they do is not saved yet. */
function comeBackLater(): never {
  turnedAway();
  throw new Unreachable();
}

async function send(jwt: string, path: string, method: string, body: unknown): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${jwt}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    return await fetch(`/api/tasks${path}`, {
      method,
      headers,
      credentials: "omit",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    lost();
    throw new Unreachable();
  }
}

async function call(path: string, method = "GET", body?: unknown): Promise<Response> {
  let answer = await send(await currentToken(), path, method, body);
  if (answer.status === 401) {
    token = null;
    answer = await send(await currentToken(), path, method, body);
    if (answer.status === 401) return signInAgain();
  }
  if (isForLater(answer.status)) return comeBackLater();
  reached();
  if (answer.ok) return answer;
  const { code = "", message = "" } = (await answer.json().catch(() => ({}))) as { code?: string; message?: string };
  throw new Refused(answer.status, code, message);
}

/** Tasks, newest first; `next` is where to go on, or null at the end. */
export async function listTasks(limit: number, cursor: string | null): Promise<Page> {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor === null ? {} : { cursor }) });
  const answer = await call(`?${query}`);
  return { tasks: (await answer.json()) as Task[], next: answer.headers.get("x-next-cursor") };
}

export async function addTask(title: string, completed = false): Promise<Task> {
  return (await call("", "POST", { title, completed })).json();
}

export async function changeTask(id: string, change: { title?: string; completed?: boolean }): Promise<Task> {
  return (await call(`/${encodeURIComponent(id)}`, "PATCH", change)).json();
}

/** A task that is gone already is deleted, too. */
export async function deleteTask(id: string): Promise<void> {
  try {
    await call(`/${encodeURIComponent(id)}`, "DELETE");
  } catch (error) {
    if (!(error instanceof Refused && error.status === 404)) throw error;
  }
}
