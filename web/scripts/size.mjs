// The JavaScript that the sign-in page loads, compressed as browsers receive it, against its limit.

import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 190 * 1024;
const out = path.join(import.meta.dirname, "..", "out");
const page = fs.readFileSync(path.join(out, "signin.html"), "utf8");
const scripts = new Set([...page.matchAll(/<script[^>]* src="([^"]+)"(?![^>]*nomodule)/gi)].map((match) => match[1]));
const sizes = [...scripts].map((script) => gzipSync(fs.readFileSync(path.join(out, script))).length);
const total = sizes.reduce((sum, size) => sum + size, 0);
console.log(`${scripts.size} scripts, ${(total / 1024).toFixed(1)} KB of ${LIMIT / 1024} KB`);
process.exit(total <= LIMIT ? 0 : 1);
