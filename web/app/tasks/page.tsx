import { TaskPage } from "./task-page";

export default function Tasks() {
  return <TaskPage />;
}
