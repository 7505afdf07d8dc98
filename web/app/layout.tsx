import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import type { ReactNode } from "react";
import { Footer } from "@/components/footer";
import { Header } from "@/components/header";
import { Notices } from "@/components/notices";
import { FIRST_PAINT } from "./first-paint";
import "./generated.css";

const instrument = localFont({
  src: "../node_modules/@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2",
  variable: "--font-instrument",
  weight: "400 700",
  display: "swap",
});

export const metadata: Metadata = { robots: { index: false } };
export const viewport: Viewport = { colorScheme: "light dark" };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={instrument.variable} suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own constant; it has to run before the first paint */}
        <script dangerouslySetInnerHTML={{ __html: FIRST_PAINT }} />
        <link rel="stylesheet" href="/theme.css" />
      </head>
      <body>
        <div className="mx-auto flex min-h-dvh max-w-[70rem] flex-col px-5 wide:px-10">
          <Header />
          <main className="flex-1">{children}</main>
          <Footer />
        </div>
        <Notices />
      </body>
    </html>
  );
}
