import { TasksApp } from "./tasks-app";

/** Read at each request, so that one build runs anywhere. */
export const dynamic = "force-dynamic";

export default function Page() {
  // Unset, the app calls its own address and next.config.ts hands the calls on. Set, it calls Doorward directly:
  // another origin of the same site, which Doorward has to trust.
  return <TasksApp doorward={process.env.DOORWARD_DIRECT ?? ""} />;
}
