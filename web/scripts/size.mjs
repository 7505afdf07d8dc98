// How much JavaScript a page costs: the scripts its HTML names, each gzipped. Those marked `nomodule` are for browsers
// that are too old to run the page at all; they are listed and not counted, because no other browser loads them.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";

const LIMIT = 190 * 1024;
const out = fileURLToPath(new URL("../out/", import.meta.url));

function weigh(page) {
  const html = fs.readFileSync(path.join(out, `${page}.html`), "utf8");
  const tags = [...html.matchAll(/<script\b[^>]*\bsrc="([^"?]+)[^"]*"[^>]*>/g)];
  const files = new Map(tags.map(([tag, source]) => [source, !/\bnomodule\b/i.test(tag)]));
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)]
    .map(([, text]) => text)
    .join("");
  let total = zlib.gzipSync(inline, { level: 9 }).length;
  for (const [source, counted] of files) {
    if (counted) total += zlib.gzipSync(fs.readFileSync(path.join(out, source)), { level: 9 }).length;
  }
  return total;
}

let failed = false;
for (const page of ["signin", "signup", "tasks", "account"]) {
  const bytes = weigh(page);
  console.log(`${page.padEnd(8)} ${(bytes / 1024).toFixed(1)} KiB of JavaScript, gzipped`);
  if (page === "signin" && bytes > LIMIT) failed = true;
}
if (failed) {
  console.error(`The sign-in page may have ${LIMIT / 1024} KiB.`);
  process.exit(1);
}
