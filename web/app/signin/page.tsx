import type { Metadata } from "next";
import Link from "next/link";
import { SignInForm } from "./form";

export const metadata: Metadata = { title: "Sign in" };

export default function Page() {
  return (
    <main className="main main-narrow">
      <h1>Sign in</h1>
      <p className="lead">Welcome back.</p>
      <SignInForm />
      <p className="after-form">
        New here? <Link href="/signup">Create an account</Link>
      </p>
    </main>
  );
}
