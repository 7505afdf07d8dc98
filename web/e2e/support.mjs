// A server on a port of its own, and a real browser. Both are stopped by what started them.
//
// DOORWARD_BINARY names the binary (the release build is the default); DOORWARD_E2E_ORIGIN names a server that runs
// already, with its mail folder in DOORWARD_E2E_MAIL.

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SHOTS = path.join(HERE, "..", "test-results");
const AXE = fs.readFileSync(path.join(HERE, "..", "node_modules", "axe-core", "axe.min.js"), "utf8");
export const PASSWORD = "correct horse 9";

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
/** The narrowest screen that has to do; 1280 pixels at four times the size, too. */
export const NARROW = { width: 320, height: 640 };

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Tries until there is something. */
export async function eventually(find, what) {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await find();
    if (found) return found;
    await pause(50);
  }
  throw new Error(`waited in vain for ${what}`);
}

function mailbox(folder) {
  return {
    /** The link in the newest mail to an address. */
    link: (to) =>
      eventually(() => {
        const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
        for (const name of names.sort().reverse()) {
          const text = fs.readFileSync(path.join(folder, name), "utf8").replaceAll("=\r\n", "").replaceAll("=3D", "=");
          if (text.includes(`To: ${to}`)) return text.match(/http:\/\/localhost\S+/)[0];
        }
        return null;
      }, `a mail to ${to}`),
  };
}

/** What runs until its test has stopped it; a test that failed leaves it to the end of the file. */
const running = new Set();
after(() => Promise.all([...running].map((server) => server.stop())));

/** Starts `doorward serve` with a database and a mail folder of its own; `settings` are further variables. */
export async function startServer(settings = {}, given = 0) {
  if (process.env.DOORWARD_E2E_ORIGIN && Object.keys(settings).length === 0) {
    const mail = mailbox(process.env.DOORWARD_E2E_MAIL ?? "");
    return { origin: process.env.DOORWARD_E2E_ORIGIN, mail, stop: async () => {} };
  }
  const binary = process.env.DOORWARD_BINARY ?? path.join(HERE, "..", "..", "target", "release", "doorward");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "doorward-e2e-"));
  const mail = path.join(folder, "mail");
  const port = given || (await freePort());
  const origin = `http://localhost:${port}`;
  const server = spawn(binary, ["serve"], {
    env: {
      PATH: process.env.PATH,
      BETTER_AUTH_URL: origin,
      DOORWARD_LISTEN: `127.0.0.1:${port}`,
      DOORWARD_DATA: folder,
      DOORWARD_MAIL: `file:${mail}`,
      DOORWARD_RATE_LIMIT: "off",
      ...settings,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${origin}/api/auth/ok`).catch(() => null);
    if (answer?.ok) break;
    if (tries > 200 || server.exitCode !== null) throw new Error("the server did not get ready");
    await pause(50);
  }
  const started = {
    origin,
    mail: mailbox(mail),
    async stop() {
      running.delete(started);
      server.kill("SIGTERM");
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  running.add(started);
  return started;
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

/** A page in a browser profile of its own; `problems` collects what must not happen on any page. */
export async function openPage(browser, origin, options = {}) {
  const context = await browser.newContext({ baseURL: origin, locale: "en-GB", viewport: DESKTOP, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  return { page, context, problems: watch(page) };
}

/** Errors in scripts, refused by the policy, or of a hydration that did not fit. */
export function watch(page) {
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // A refused request is the page's business; a violated policy or a broken hydration is ours.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(message.text());
  });
  return problems;
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

/** Pixels by which the page is wider than its window. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Signs somebody up over the wire and gives the page their cookies. */
export async function signUp(context, origin, email, name = "Ada Example") {
  const answer = await context.request.post("/api/auth/sign-up/email", {
    data: { name, email, password: PASSWORD },
    headers: { origin },
  });
  if (!answer.ok()) throw new Error(await answer.text());
}

/** Adds tasks over the wire, the first of `titles` last, so that it stands on top. */
export async function addTasks(context, titles) {
  const { token } = await (await context.request.get("/api/auth/token")).json();
  for (const title of [...titles].reverse()) {
    const answer = await context.request.post("/api/tasks", {
      data: { title },
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok()) throw new Error(await answer.text());
  }
}

let people = 0;
/** An address nobody else in this run has. */
export function somebody(name = "ada") {
  people += 1;
  return `${name}-${process.pid}-${people}@example.com`;
}
