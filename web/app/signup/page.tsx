import type { Metadata } from "next";
import Link from "next/link";
import { SignUpForm } from "./form";

export const metadata: Metadata = { title: "Create account" };

export default function Page() {
  return (
    <main className="main main-narrow">
      <h1>Create an account</h1>
      <p className="lead">It takes a name, an email and a password.</p>
      <SignUpForm />
      <p className="after-form">
        Have an account? <Link href="/signin">Sign in</Link>
      </p>
    </main>
  );
}
