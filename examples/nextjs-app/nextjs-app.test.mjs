// The app of this folder in a real browser, in front of a real Doorward: once by rewrites, once from another origin.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually, freePort, openPage, PASSWORD, somebody, startBrowser, startServer } from "../../web/e2e/support.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const NEXT = path.join(HERE, "node_modules", "next", "dist", "bin", "next");

let browser;
let appPort;
let doorwardPort;
before(async () => {
  [appPort, doorwardPort] = [await freePort(), await freePort()];
  // Rewrites are fixed when the app is built; the second test does not use them.
  const build = spawnSync(process.execPath, [NEXT, "build"], {
    cwd: HERE,
    env: environment({ DOORWARD_ORIGIN: `http://localhost:${doorwardPort}` }),
    encoding: "utf8",
  });
  assert.equal(build.status, 0, build.stdout + build.stderr);
  browser = await startBrowser();
});
after(() => browser?.close());

function environment(variables) {
  return { PATH: process.env.PATH, HOME: process.env.HOME, NEXT_TELEMETRY_DISABLED: "1", ...variables };
}

/** `next start`, ended with the test that asked for it. */
async function startApp(t, port, variables) {
  const app = spawn(process.execPath, [NEXT, "start", "--port", String(port), "--hostname", "127.0.0.1"], {
    cwd: HERE,
    env: environment(variables),
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise((resolve) => app.once("exit", resolve));
  t.after(async () => {
    // It holds nothing that is worth finishing, and would wait for the browser's open connections.
    app.kill("SIGKILL");
    await ended;
  });
  const origin = `http://localhost:${port}`;
  await eventually(() => fetch(origin).then(({ ok }) => ok, () => false), "the app");
  return origin;
}

/** Sign up, keep a task, sign out, be refused, sign in again, find the task. */
async function story(page) {
  const email = somebody("next");
  await page.goto("/");
  await page.getByRole("button", { name: "I am new here" }).click();
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
  await page.getByLabel("New task").fill("Water the plants");
  await page.getByRole("button", { name: "Add" }).click();
  const task = page.getByRole("checkbox", { name: "Water the plants" });
  await task.click();
  await eventually(() => task.isChecked(), "the tick");

  await page.reload();
  await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
  assert.equal(await task.isChecked(), true);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("Invalid email or password").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await task.waitFor();
}

/** Every origin that was called below /api. */
function callsOf(page) {
  const origins = new Set();
  page.on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) origins.add(origin);
  });
  return origins;
}

test("by rewrites: one address for the browser, and the cookie is the app's own", async (t) => {
  const app = `http://localhost:${appPort}`;
  const server = await startServer({ BETTER_AUTH_URL: app }, doorwardPort);
  t.after(() => server.stop());
  await startApp(t, appPort, {});
  const { page, context, problems } = await openPage(browser, app);
  const called = callsOf(page);
  await story(page);
  assert.deepEqual([...called], [app]);
  const [cookie] = await context.cookies(app);
  assert.deepEqual([cookie.name, cookie.httpOnly], ["better-auth.session_token", true]);
  assert.deepEqual(problems, []);
});

test("from another origin: Doorward trusts it and answers its scripts", async (t) => {
  const port = await freePort();
  const app = `http://localhost:${port}`;
  const server = await startServer({ BETTER_AUTH_TRUSTED_ORIGINS: app, DOORWARD_CORS: "on" });
  t.after(() => server.stop());
  await startApp(t, port, { DOORWARD_DIRECT: server.origin });
  const { page, problems } = await openPage(browser, app);
  const called = callsOf(page);
  await story(page);
  assert.deepEqual([...called], [server.origin]);
  assert.deepEqual(problems, []);
});

test("from another origin that is not trusted: nothing can be read", async (t) => {
  const port = await freePort();
  const server = await startServer({ BETTER_AUTH_TRUSTED_ORIGINS: "https://app.example.com", DOORWARD_CORS: "on" });
  t.after(() => server.stop());
  await startApp(t, port, { DOORWARD_DIRECT: server.origin });
  const { page } = await openPage(browser, `http://localhost:${port}`);
  await page.goto("/");
  const read = await page.evaluate(
    (url) => fetch(url, { credentials: "include" }).then(() => "read", ({ message }) => message),
    `${server.origin}/api/auth/get-session`,
  );
  assert.equal(read, "Failed to fetch");
});
