import type { Metadata } from "next";
import { Outcome } from "./outcome";

export const metadata: Metadata = { title: "Email" };

export default function Page() {
  return (
    <main className="main main-narrow">
      <Outcome />
    </main>
  );
}
