// All that this app knows of Doorward: the official client, and the tasks API behind a bearer token.

import { jwtClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

export type Task = { id: string; title: string; completed: boolean };

/** `origin` is Doorward's address, or empty where /api of our own address leads to it. */
export function connect(origin: string) {
  const auth = createAuthClient({ ...(origin ? { baseURL: origin } : {}), plugins: [jwtClient()] });
  let jwt: string | undefined;

  /** Any API that checks Doorward's tokens is called like this; a token lives fifteen minutes and is asked for anew. */
  async function api<T>(path: string, method = "GET", body?: object): Promise<T> {
    for (const retried of [false, true]) {
      jwt ??= (await auth.token()).data?.token;
      const answer = await fetch(`${origin}/api${path}`, {
        method,
        headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
      jwt = undefined;
      if (answer.status !== 401 || retried) throw new Error(`${path} answered ${answer.status}`);
    }
    throw new Error("unreachable");
  }

  return {
    auth,
    tasks: () => api<Task[]>("/tasks"),
    addTask: (title: string) => api<Task>("/tasks", "POST", { title }),
    tick: ({ id, completed }: Task) => api<Task>(`/tasks/${id}`, "PATCH", { completed: !completed }),
    async signOut() {
      jwt = undefined;
      await auth.signOut();
    },
  };
}

export type Doorward = ReturnType<typeof connect>;
