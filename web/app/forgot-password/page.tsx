import type { Metadata } from "next";
import Link from "next/link";
import { ForgotForm } from "./form";

export const metadata: Metadata = { title: "Forgot password" };

export default function Page() {
  return (
    <main className="main main-narrow">
      <h1>Forgot your password?</h1>
      <p className="lead">We send you a link to choose a new one. It works once, for one hour.</p>
      <ForgotForm />
      <p className="after-form">
        <Link href="/signin">Back to sign in</Link>
      </p>
    </main>
  );
}
