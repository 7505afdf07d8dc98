import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Header } from "@/components/header";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Doorward", template: "%s · Doorward" },
  description: "Sign up, sign in, and keep your tasks.",
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script src="/theme-init.js" />
        <link rel="stylesheet" href="/theme.css" />
      </head>
      <body>
        <div className="frame">
          <Header />
          {children}
        </div>
      </body>
    </html>
  );
}
