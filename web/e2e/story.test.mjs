import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findings, openPage, PASSWORD, screenshot, signUp, startBrowser, startServer } from "./support.mjs";

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("the whole story: sign up, keep tasks, sign out, and come back to them", async () => {
  const { page, problems } = await openPage(browser, server.origin);
  await page.goto("/");
  await page.waitForURL("**/signin");
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.waitForURL("**/signup");
  await page.getByLabel("Name").fill("Ada Example");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/tasks");

  for (const title of ["Water the plants", "Write to Grace", "Buy <b>bread</b> & 渡辺"]) {
    await page.getByLabel("New task").fill(title);
    await page.getByLabel("New task").press("Enter");
    await page.getByRole("checkbox", { name: title }).and(page.locator(":enabled")).waitFor();
  }
  await page.getByRole("checkbox", { name: "Write to Grace" }).check();
  await page.getByRole("button", { name: "Delete Water the plants" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("checkbox", { name: "Water the plants" }).and(page.locator(":enabled")).waitFor();
  await screenshot(page, "tasks-desktop");

  await page.reload();
  await page.getByRole("checkbox", { name: "Write to Grace" }).waitFor();
  assert.equal(await page.getByRole("checkbox", { name: "Write to Grace" }).isChecked(), true);
  assert.equal(await page.getByRole("checkbox").count(), 3);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/signin");
  await page.goto("/tasks");
  await page.waitForURL("**/signin?next=%2Ftasks");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("do not belong together").waitFor();
  assert.equal(await page.getByLabel("Email").inputValue(), "ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await page.waitForURL("**/tasks");
  await page.getByRole("checkbox", { name: "Write to Grace" }).waitFor();
  assert.deepEqual(problems, []);
});

test("two people see their own tasks alone", async () => {
  const ada = await openPage(browser, server.origin);
  const eve = await openPage(browser, server.origin);
  await signUp(ada.page, "ada2@example.com");
  await signUp(eve.page, "eve2@example.com");
  await ada.page.goto("/tasks");
  await ada.page.getByLabel("New task").fill("A secret of Ada");
  await ada.page.getByRole("button", { name: "Add" }).click();
  await ada.page.getByRole("checkbox", { name: "A secret of Ada" }).waitFor();
  await eve.page.goto("/tasks");
  await eve.page.getByText("Nothing here yet").waitFor();
  assert.equal(await eve.page.getByText("A secret of Ada").count(), 0);
});

test("a forgotten password is chosen anew by the link in the mail", async () => {
  const { page, problems } = await openPage(browser, server.origin);
  await signUp(page, "forgetful@example.com");
  await page.context().clearCookies();
  await page.goto("/forgot-password");
  await page.getByLabel("Email").fill("forgetful@example.com");
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByText("on its way").waitFor();
  const link = await server.mailLink("forgetful@example.com");
  await page.goto(link);
  await page.getByLabel("New password", { exact: true }).fill("battery staple 7");
  assert.ok(!page.url().includes("token"), "the token leaves the address bar");
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByText("Your password is changed.").waitFor();
  await page.goto(link);
  await page.getByText("Ask for a new link").waitFor();
  assert.deepEqual(problems, []);
});

test("the account page changes the name, signs other devices out, and deletes the account", async () => {
  const { page, problems } = await openPage(browser, server.origin);
  const other = await openPage(browser, server.origin);
  await signUp(page, "account@example.com");
  await other.page.request.post("/api/auth/sign-in/email", {
    data: { email: "account@example.com", password: PASSWORD },
    headers: { origin: server.origin },
  });
  await page.goto("/account");
  await page.getByLabel("Name").fill("Grace");
  await page.getByRole("button", { name: "Save profile" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("button", { name: "Sign out all other devices" }).click();
  await page.getByRole("button", { name: "Sign out all other devices" }).waitFor({ state: "detached" });
  assert.equal(await (await other.page.request.get("/api/auth/get-session")).text(), "null");
  await screenshot(page, "account-desktop");
  await page.getByRole("button", { name: "Delete account…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Delete for ever" }).click();
  await page.waitForURL("**/signup");
  assert.deepEqual(problems, []);
});

test("nobody is led away by the next parameter", async () => {
  for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
    const { page, context } = await openPage(browser, server.origin);
    await signUp(page, `next-${Math.random().toString(36).slice(2)}@example.com`);
    const { email } = (await (await page.request.get("/api/auth/get-session")).json()).user;
    await context.clearCookies();
    await page.goto(`/signin?next=${encodeURIComponent(next)}`);
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/tasks");
    assert.equal(new URL(page.url()).origin, server.origin);
    await context.close();
  }
});

for (const colorScheme of ["light", "dark"]) {
  for (const [device, viewport] of [
    ["desktop", { width: 1280, height: 800 }],
    ["phone", { width: 320, height: 720 }],
  ]) {
    test(`every page is accessible and fits, ${colorScheme}, ${device}`, async () => {
      const { page, problems } = await openPage(browser, server.origin, { colorScheme, viewport });
      const look = async (path, ready) => {
        await page.goto(path);
        await page.getByText(ready, { exact: false }).first().waitFor();
        assert.deepEqual(await findings(page), [], path);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= viewport.width, `${path} is ${width} wide`);
        await screenshot(page, `${path.slice(1).split("?")[0] || "start"}-${colorScheme}-${device}`);
      };
      await look("/signin", "Welcome back");
      await look("/signup", "It takes a name");
      await look("/forgot-password", "Back to sign in");
      await look("/reset-password", "Ask for a new link");
      await look("/reset-password?token=x", "At least 8 characters");
      await look("/verify-email", "Thank you");
      await look("/verify-email?error=TOKEN_EXPIRED", "no longer works");
      await look("/nothing-here", "does not exist");
      await signUp(page, `look-${colorScheme}-${device}@example.com`);
      await look("/tasks", "Nothing here yet");
      for (const title of ["Water the plants", `A long one ${"that goes on and on ".repeat(8)}`]) {
        await page.getByLabel("New task").fill(title);
        await page.getByLabel("New task").press("Enter");
        await page.getByRole("checkbox", { name: title.trim() }).and(page.locator(":enabled")).waitFor();
      }
      await look("/tasks", "Water the plants");
      await look("/account", "This device");
      assert.deepEqual(problems, []);
    });
  }
}
