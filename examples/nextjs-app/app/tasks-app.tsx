"use client";

import { type FormEvent, useEffect, useState } from "react";
import { connect, type Doorward, type Task } from "./doorward";

export function TasksApp({ doorward }: { doorward: string }) {
  const [client] = useState(() => connect(doorward));
  const { data, isPending } = client.auth.useSession();
  if (isPending) return <p>…</p>;
  return data ? <Tasks client={client} name={data.user.name} /> : <Door client={client} />;
}

function Door({ client }: { client: Doorward }) {
  const [isNew, setIsNew] = useState(false);
  const [refusal, setRefusal] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, email, password] = ["name", "email", "password"].map((field) => String(form.get(field)));
    const { error } = isNew
      ? await client.auth.signUp.email({ name, email, password })
      : await client.auth.signIn.email({ email, password });
    setRefusal(error?.message ?? "");
  }

  return (
    <form onSubmit={submit} style={{ display: "grid", gap: "1rem", justifyItems: "start" }}>
      <h1>{isNew ? "Create an account" : "Sign in"}</h1>
      {isNew && <label>Name <input name="name" autoComplete="name" required /></label>}
      <label>Email <input name="email" type="email" autoComplete="username" required /></label>
      <label>
        Password{" "}
        <input name="password" type="password" autoComplete={isNew ? "new-password" : "current-password"} required />
      </label>
      {refusal && <p role="alert">{refusal}</p>}
      <button type="submit">{isNew ? "Sign up" : "Sign in"}</button>
      <button type="button" onClick={() => setIsNew(!isNew)}>{isNew ? "I have an account" : "I am new here"}</button>
    </form>
  );
}

function Tasks({ client, name }: { client: Doorward; name: string }) {
  const [tasks, setTasks] = useState<Task[]>([]);
  const show = () => client.tasks().then(setTasks);
  useEffect(() => {
    client.tasks().then(setTasks);
  }, [client]);

  async function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    await client.addTask(String(new FormData(form).get("title")));
    form.reset();
    await show();
  }

  return (
    <>
      <h1>Hello, {name}</h1>
      <form onSubmit={add}>
        <label>New task <input name="title" required /></label> <button type="submit">Add</button>
      </form>
      <ul>
        {tasks.map((task) => (
          <li key={task.id}>
            <label>
              <input type="checkbox" checked={task.completed} onChange={() => client.tick(task).then(show)} /> {task.title}
            </label>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => client.signOut()}>Sign out</button>
    </>
  );
}
