import type { NextConfig } from "next";

// Everything below /api belongs to Doorward. The browser sees one address only: cookies are first-party, and there is
// no cross-origin request anywhere. Read when the app is built.
const doorward = process.env.DOORWARD_ORIGIN ?? "http://localhost:3000";

export default {
  poweredByHeader: false,
  rewrites: async () => [{ source: "/api/:path*", destination: `${doorward}/api/:path*` }],
} satisfies NextConfig;
