// Runs Biome's own binary. Its npm wrapper lists a package for every platform, and `npm ci` refuses a lock file where a
// registry does not carry all of them; so the platforms we lint on are optional dependencies of ours.

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

let binary;
try {
  binary = createRequire(import.meta.url).resolve(`@biomejs/cli-${process.platform}-${process.arch}/biome`);
} catch {
  console.error(`There is no Biome for ${process.platform}-${process.arch} in package.json: lint on Linux.`);
  process.exit(1);
}
process.exit(spawnSync(binary, process.argv.slice(2), { stdio: "inherit" }).status ?? 1);
