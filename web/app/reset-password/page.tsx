import type { Metadata } from "next";
import { ResetForm } from "./form";

export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

export default function Page() {
  return (
    <main className="main main-narrow">
      <h1>Choose a new password</h1>
      <ResetForm />
    </main>
  );
}
