import type { NextConfig } from "next";

const server = process.env.DOORWARD_ORIGIN ?? "http://localhost:3000";
const developing = process.env.NODE_ENV === "development";

// The pages are exported and live in the server's binary. `next dev` works against a running server: the API calls are
// handed on, so that the browser sees one origin.
const config: NextConfig = {
  ...(developing
    ? {
        rewrites: async () => [
          { source: "/api/:path*", destination: `${server}/api/:path*` },
          { source: "/theme.json", destination: `${server}/theme.json` },
          { source: "/theme.css", destination: `${server}/theme.css` },
        ],
      }
    : { output: "export" as const }),
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
};

export default config;
