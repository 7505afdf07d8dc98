import { Lead } from "./lead";

export default function Page() {
  return (
    <main className="main">
      <Lead />
    </main>
  );
}
