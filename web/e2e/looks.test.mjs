// Every page and state, light and dark, on a desk, a phone and the narrowest screen: nothing serious for axe, nothing
// wider than the window, nothing that jumps.

import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { browser, server } from "./stage.mjs";
import {
  addTasks,
  DESKTOP,
  findings,
  NARROW,
  openPage,
  overflow,
  PHONE,
  screenshot,
  signUp,
  somebody,
} from "./support.mjs";

const LONG = `A long one ${"that goes on and on ".repeat(6)}`.trim();

for (const colorScheme of ["light", "dark"]) {
  for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE, narrow: NARROW })) {
    test(`every page is accessible and fits: ${colorScheme}, ${device}`, async () => {
      const { page, context, problems } = await openPage(browser, server.origin, { colorScheme, viewport });
      const look = async (path, ready, name) => {
        await page.goto(path);
        await page.getByText(ready).first().waitFor();
        await page.waitForTimeout(200);
        assert.deepEqual(await findings(page), [], path);
        assert.doesNotMatch(
          // biome-ignore lint/performance/useDomNodeTextContent: what is seen is asked for, not what is there
          await page.locator("body").innerText(),
          /<\/?\w+[ >]|\w+\.\w+[A-Z]\w+/,
          `${path} shows its source`,
        );
        assert.ok((await overflow(page)) <= 0, `${path} is too wide by ${await overflow(page)}`);
        await screenshot(page, `${name}-${colorScheme}-${device}`);
      };
      await look("/signin", "Forgot your password?", "signin");
      await look("/signin?next=%2Ftasks&ended=1", "Your session has ended.", "signin-ended");
      await look("/signup", "At least 8 characters.", "signup");
      await look("/forgot-password", "Back to sign in", "forgot-password");
      await look("/reset-password?token=x", "At least 8 characters.", "reset-password");
      await look("/reset-password?error=INVALID_TOKEN", "no longer works", "reset-expired");
      await look("/verify-email", "We send you a link.", "verify-email");
      await look("/verify-email?done=verified", "Everything is ready.", "verify-done");
      await look("/verify-email?done=changed", "is confirmed", "verify-changed");
      await look("/verify-email?error=TOKEN_EXPIRED", "no longer works", "verify-expired");
      for (const kind of ["verify", "reset", "change", "delete", "other"])
        await look(`/link-expired?kind=${kind}`, "no longer works", `link-expired-${kind}`);
      await look("/error?error=state_mismatch", "state_mismatch", "error");
      await look("/nothing-here", "There is no such page", "not-found");
      await signUp(context, server.origin, somebody("look"));
      await look("/tasks", "Nothing to do yet.", "tasks-empty");
      await addTasks(context, ["Water the plants", "Write to Grace", LONG, `Unbroken${"x".repeat(120)}`]);
      await look("/tasks", "Water the plants", "tasks");
      await page.getByRole("checkbox", { name: "Write to Grace" }).check();
      await page.getByRole("button", { name: "Rename “Water the plants”" }).click();
      await page.getByLabel("Title").waitFor();
      assert.deepEqual(await findings(page), [], "renaming");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Delete “Water the plants”" }).click();
      await page.getByText("was deleted").waitFor();
      await page.waitForTimeout(200);
      assert.deepEqual(await findings(page), [], "undo");
      assert.ok((await overflow(page)) <= 0, "undo");
      await screenshot(page, `tasks-undo-${colorScheme}-${device}`);
      await look("/account", "This device", "account");
      await page.getByRole("button", { name: "Delete account…" }).click();
      await page.waitForTimeout(100);
      assert.deepEqual(await findings(page), [], "deleting the account");
      assert.ok((await overflow(page)) <= 0, "deleting the account");
      await page.getByRole("dialog").screenshot();
      assert.deepEqual(problems, []);
    });
  }
}

test("nothing jumps, and the largest paint is soon there", async (t) => {
  const { page, context } = await openPage(browser, server.origin);
  await signUp(context, server.origin, somebody("paint"));
  await addTasks(context, ["One", "Two", "Three"]);
  await page.addInitScript(() => {
    window.shift = 0;
    window.paint = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.paint = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
  });
  const measure = async (path, ready) => {
    await page.goto(path);
    await page.getByText(ready).first().waitFor();
    await page.waitForTimeout(500);
    const { shift, paint } = await page.evaluate(() => ({ shift: window.shift, paint: window.paint }));
    t.diagnostic(`${path}: largest paint after ${Math.round(paint)} ms, layout shift ${shift.toFixed(4)}`);
    assert.ok(shift < 0.01, `${path} shifts by ${shift}`);
  };
  await measure("/tasks", "Three");
  await measure("/account", "This device");
  await context.clearCookies();
  await measure("/signin", "Forgot your password?");
  await measure("/signup", "At least 8 characters.");
  await measure("/forgot-password", "Back to sign in");
  await measure("/verify-email", "We send you a link.");
  await measure("/link-expired?kind=reset", "no longer works");
});

test("what is chosen is seen in the system's own contrast colours, too", async () => {
  const { page, context } = await openPage(browser, server.origin, { forcedColors: "active" });
  await signUp(context, server.origin, somebody("contrast"));
  await addTasks(context, ["One"]);
  await page.goto("/tasks");
  await page.getByRole("checkbox", { name: "One" }).waitFor();
  const line = (locator) => locator.evaluate((item) => getComputedStyle(item).borderBottomColor);
  const menu = page.getByRole("navigation");
  const pairs = [
    [menu.getByRole("link", { name: "Tasks" }), menu.getByRole("link", { name: "Account" })],
    ...[
      ["All", "Done"],
      ["System", "Dark"],
      ["English", "Deutsch"],
    ].map((words) => words.map((word) => page.locator("label", { hasText: new RegExp(`^${word}$`) }))),
  ];
  for (const [chosen, other] of pairs) assert.notEqual(await line(chosen), await line(other));
  await page.getByRole("button", { name: "Delete “One”" }).click();
  const bar = page.locator(".bar", { hasText: "was deleted" });
  assert.equal(await bar.evaluate((box) => getComputedStyle(box).borderTopWidth), "1px");
  await screenshot(page, "contrast-tasks");
  await context.clearCookies();
  await page.goto("/signup");
  await page.getByLabel("Password", { exact: true }).fill("password1");
  const [first, second] = await page.locator("span.h-1").all();
  const fill = (step) => step.evaluate((span) => getComputedStyle(span).backgroundColor);
  assert.notEqual(await fill(first), await fill(second));
  await screenshot(page, "contrast-signup");
});

test("at 200 % nothing is wider than the window", async () => {
  // What a browser does to a window of 1280 pixels at 200 %: half the pixels for the page, each twice as large.
  const zoomed = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };
  const { page, context } = await openPage(browser, server.origin, zoomed);
  const look = async (path, ready) => {
    await page.goto(path);
    await page.getByText(ready).first().waitFor();
    assert.ok((await overflow(page)) <= 0, `${path} is too wide by ${await overflow(page)}`);
    await screenshot(page, `${path.slice(1)}-zoomed`);
  };
  await look("/signin", "Forgot your password?");
  await look("/signup", "At least 8 characters.");
  await signUp(context, server.origin, somebody("zoom"));
  await addTasks(context, [LONG, `Unbroken${"x".repeat(120)}`]);
  await look("/tasks", "Unbroken");
  await look("/account", "This device");
});

test("the sign-in page costs at most 190 KB of JavaScript", async (t) => {
  const { page } = await openPage(browser, server.origin);
  const scripts = new Set();
  page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.add(request.url());
  });
  await page.goto("/signin", { waitUntil: "networkidle" });
  const sizes = await Promise.all([...scripts].map(gzipped));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  t.diagnostic(`${scripts.size} scripts, ${total} bytes gzipped`);
  assert.ok(scripts.size > 0 && total <= 190_000, `${total} bytes`);
});

/** Bytes on the wire to a browser that knows gzip and nothing better. */
function gzipped(url) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers: { "accept-encoding": "gzip" } }, (answer) => {
      let size = 0;
      assert.equal(answer.headers["content-encoding"], "gzip", url);
      answer.on("data", (chunk) => {
        size += chunk.length;
      });
      answer.on("end", () => resolve(size));
    });
    request.on("error", reject);
  });
}

test("no page carries a style or a script that the policy would have to allow", async () => {
  for (const path of ["/", "/signin", "/signup", "/tasks", "/account", "/nothing-here"]) {
    const answer = await fetch(server.origin + path);
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.ok(policy.includes("script-src 'self'") && !policy.includes("unsafe"), `${path}: ${policy}`);
    const html = await answer.text();
    assert.ok(!/\sstyle=|<style/.test(html), `${path} has a style of its own`);
    assert.ok(!/(?:src|href)="https?:/.test(html), `${path} loads something from elsewhere`);
  }
});
