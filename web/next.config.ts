// The pages are exported as plain files and live inside the server's binary: no Node runs where they are served.
// In development there is a Node, and it passes everything that belongs to the server on to a running one.

import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";

const served = ["/api/:path*", "/theme.json", "/theme.css", "/.well-known/:path*"];

export default function configure(phase: string): NextConfig {
  const shared: NextConfig = { reactStrictMode: true, poweredByHeader: false };
  if (phase !== PHASE_DEVELOPMENT_SERVER) return { ...shared, output: "export" };
  const origin = process.env.DOORWARD_ORIGIN ?? "http://localhost:3000";
  return {
    ...shared,
    rewrites: async () => ({
      beforeFiles: served.map((source) => ({ source, destination: `${origin}${source}` })),
      afterFiles: [],
      fallback: [],
    }),
  };
}
