import type { Metadata } from "next";
import Link from "next/link";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="main main-narrow">
      <h1>This page does not exist</h1>
      <p className="lead">The address may be misspelt, or the page has moved.</p>
      <Link href="/">Back to the start</Link>
    </main>
  );
}
