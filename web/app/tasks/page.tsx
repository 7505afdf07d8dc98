import type { Metadata } from "next";
import { Guard } from "@/components/guard";
import { TaskList } from "./list";

export const metadata: Metadata = { title: "Tasks" };

export default function Page() {
  return (
    <main className="main">
      <h1>Tasks</h1>
      <Guard>
        <TaskList />
      </Guard>
    </main>
  );
}
