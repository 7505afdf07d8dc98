// The only file that calls the tasks API. The JWT lives in this module's memory and nowhere else: it is taken from the
// session, renewed before it ends (one renewal at a time), and renewed once more when the API refuses it.

import { accessToken } from "./auth";
import { signInPath } from "./next";

export type Task = { id: string; title: string; completed: boolean; userId: string };

/** A refusal of the API, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const RENEW_BEFORE_END = 60;

let token: { text: string; renewAt: number } | null = null;
let renewal: Promise<string | null> | null = null;

function endOf(jwt: string): number {
  const payload = jwt.split(".")[1] ?? "";
  return (JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as { exp: number }).exp;
}

function renew(): Promise<string | null> {
  renewal ??= accessToken()
    .then((text) => {
      token = text ? { text, renewAt: (endOf(text) - RENEW_BEFORE_END) * 1000 } : null;
      return text;
    })
    .finally(() => {
      renewal = null;
    });
  return renewal;
}

/** Forgets the token: somebody signed out. */
export function forgetToken(): void {
  token = null;
}

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  let text = token && Date.now() < token.renewAt ? token.text : await renew();
  for (let attempt = 0; text && attempt < 2; attempt += 1) {
    const answer = await fetch(`/api/tasks${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${text}`,
        ...(init.body === undefined ? {} : { "content-type": "application/json" }),
      },
    });
    if (answer.status !== 401) {
      if (answer.ok) return answer;
      const refusal = (await answer.json().catch(() => null)) as { message?: string } | null;
      throw new ApiError(answer.status, refusal?.message ?? "The tasks cannot be reached. Please try again.");
    }
    token = null;
    text = attempt === 0 ? await renew() : null;
  }
  window.location.assign(signInPath());
  return new Promise(() => {}); // the page is on its way out
}

/** One page of tasks, newest first, and where to go on. */
export async function listTasks(cursor?: string): Promise<{ tasks: Task[]; next: string | null }> {
  const answer = await call(`?limit=200${cursor ? `&cursor=${cursor}` : ""}`);
  return { tasks: (await answer.json()) as Task[], next: answer.headers.get("x-next-cursor") };
}

export async function addTask(task: { title: string; completed?: boolean }): Promise<Task> {
  return (await call("", { method: "POST", body: JSON.stringify(task) })).json() as Promise<Task>;
}

export async function changeTask(id: string, change: { title?: string; completed?: boolean }): Promise<Task> {
  return (await call(`/${id}`, { method: "PATCH", body: JSON.stringify(change) })).json() as Promise<Task>;
}

export async function deleteTask(id: string): Promise<void> {
  await call(`/${id}`, { method: "DELETE" });
}
