// The real binary on a port of its own, and a real browser. Both are stopped by what started them.

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SHOTS = path.join(HERE, "..", "test-results");
const AXE = fs.readFileSync(path.join(HERE, "..", "node_modules", "axe-core", "axe.min.js"), "utf8");
export const PASSWORD = "correct horse 9";

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts `doorward serve` with a database and a mail folder of its own. */
export async function startServer() {
  const binary = process.env.DOORWARD_BINARY ?? path.join(HERE, "..", "..", "target", "release", "doorward");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "doorward-e2e-"));
  const mail = path.join(folder, "mail");
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const server = spawn(binary, ["serve"], {
    env: {
      PATH: process.env.PATH,
      BETTER_AUTH_URL: origin,
      DOORWARD_LISTEN: `127.0.0.1:${port}`,
      DOORWARD_DATA: folder,
      DOORWARD_MAIL: `file:${mail}`,
      DOORWARD_RATE_LIMIT: "off",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${origin}/api/auth/ok`).catch(() => null);
    if (answer?.ok) break;
    if (tries > 200 || server.exitCode !== null) throw new Error("the server did not get ready");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    origin,
    /** The link in the newest mail to an address. */
    async mailLink(to) {
      for (let tries = 0; tries < 100; tries += 1) {
        const names = fs.existsSync(mail) ? fs.readdirSync(mail).filter((name) => !name.startsWith(".")) : [];
        for (const name of names.sort().reverse()) {
          const text = fs.readFileSync(path.join(mail, name), "utf8").replaceAll("=\r\n", "").replaceAll("=3D", "=");
          if (text.includes(`To: ${to}`)) return text.match(/http:\/\/localhost\S+/)[0];
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no mail to ${to}`);
    },
    async stop() {
      server.kill("SIGTERM");
      await new Promise((resolve) => server.once("exit", resolve));
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page that fails its test on any error in the console or any refused script. */
export async function openPage(browser, origin, options = {}) {
  const context = await browser.newContext({ baseURL: origin, locale: "en-GB", ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // A refused request is the page's business; a violated policy or a broken hydration is ours.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(message.text());
  });
  return { page, context, problems };
}

export async function screenshot(page, name) {
  fs.mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
}

/** Serious and critical findings of axe on the page as it is now. */
export async function findings(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** Signs somebody up over the wire and gives the page their cookies. */
export async function signUp(page, email, name = "Ada Example") {
  const answer = await page.request.post("/api/auth/sign-up/email", {
    data: { name, email, password: PASSWORD },
    headers: { origin: new URL(page.context()._options.baseURL).origin },
  });
  if (!answer.ok()) throw new Error(await answer.text());
}
