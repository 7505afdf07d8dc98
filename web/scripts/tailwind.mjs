// Makes app/generated.css of app/styles.css: Tailwind's compiler is plain JavaScript, and this finds the class names.
//
// Tailwind's own plugins bring native scanners and minifiers for a dozen platforms, and `npm ci` refuses a lock file
// where a registry does not carry all of them. Next minifies the result anyway. `--watch` follows changes.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "tailwindcss";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const SOURCE = path.join(WEB, "app/styles.css");
const RESULT = path.join(WEB, "app/generated.css");
const PLACES = ["app", "components"];
const require = createRequire(import.meta.url);

/** Every run of characters that could be a class name; the compiler ignores those that are none. */
function candidates() {
  const found = new Set();
  for (const place of PLACES) {
    for (const entry of fs.readdirSync(path.join(WEB, place), { recursive: true })) {
      if (!/\.tsx?$/.test(entry)) continue;
      const text = fs.readFileSync(path.join(WEB, place, entry), "utf8");
      for (const word of text.split(/[\s"'`{}$]+/)) if (word) found.add(word);
    }
  }
  return [...found];
}

async function loadStylesheet(id, base) {
  const file = id === "tailwindcss" ? require.resolve("tailwindcss/index.css") : path.resolve(base, id);
  return { path: file, base: path.dirname(file), content: fs.readFileSync(file, "utf8") };
}

async function generate() {
  const { build } = await compile(fs.readFileSync(SOURCE, "utf8"), { base: path.dirname(SOURCE), loadStylesheet });
  const styles = build(candidates());
  if (!fs.existsSync(RESULT) || fs.readFileSync(RESULT, "utf8") !== styles) fs.writeFileSync(RESULT, styles);
}

await generate();
if (process.argv.includes("--watch")) {
  let waiting = null;
  for (const place of PLACES) {
    fs.watch(path.join(WEB, place), { recursive: true }, (_, file) => {
      if (file?.endsWith("generated.css")) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => generate().catch((error) => console.error(error.message)), 50);
    });
  }
}
