// Forms in every state: what is told before, beside and after, by eye, by ear and by keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, server } from "./stage.mjs";
import { eventually, findings, openPage, PASSWORD, screenshot, signUp, somebody, startServer } from "./support.mjs";

const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

test("what is missing stands beside its field and above the form, and each line leads to its field", async () => {
  const { page } = await openPage(browser, server.origin);
  await page.goto("/signup");
  await page.getByLabel("Email").fill("not an address");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "Please check" });
  await alert.waitFor();
  assert.ok(await alert.evaluate((box) => box === document.activeElement), "the summary has the focus");
  for (const [label, words] of [
    ["Name", "Enter your name."],
    ["Email", "Enter an address like name@example.com."],
    ["Password", "Use at least 8 characters."],
  ]) {
    const field = page.getByLabel(label, { exact: true });
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    const described = (await field.getAttribute("aria-describedby")).split(" ");
    const told = await Promise.all(described.map((id) => page.locator(`[id="${id}"]`).textContent()));
    assert.ok(told.join(" ").includes(words), `${label}: ${told}`);
  }
  await page.waitForTimeout(200);
  assert.deepEqual(await findings(page), []);
  await screenshot(page, "form-errors");
  await alert.getByRole("button", { name: /^Email/ }).click();
  assert.ok(await page.getByLabel("Email").evaluate((field) => field === document.activeElement));
  await page.getByLabel("Email").fill("ada@example.com");
  assert.equal(await page.getByLabel("Email").getAttribute("aria-invalid"), null);
});

test("an address that is taken is told beside its field", async () => {
  const { page, context } = await openPage(browser, server.origin);
  const email = somebody("taken");
  await signUp(context, server.origin, email);
  await context.clearCookies();
  await page.goto("/signup");
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("There is an account with this email already").first().waitFor();
  assert.equal(await page.getByLabel("Email").getAttribute("aria-invalid"), "true");
  await page.getByRole("alert").getByRole("link", { name: "Sign in instead" }).click();
  await page.waitForURL("**/signin");
});

test("a busy form is sent once, keeps its words, and says so", async () => {
  const { page } = await openPage(browser, server.origin);
  let sent = 0;
  await page.route("**/api/auth/sign-in/email", async (route) => {
    sent += 1;
    await new Promise((resolve) => setTimeout(resolve, 600));
    await route.continue();
  });
  await page.goto("/signin");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  const button = page.getByRole("button", { name: "Sign in" });
  await button.click();
  await button.click({ force: true });
  await page.getByLabel("Password", { exact: true }).press("Enter");
  assert.equal(await button.getAttribute("aria-busy"), "true");
  assert.deepEqual(await findings(page), []);
  await screenshot(page, "form-busy");
  await page.getByRole("alert").getByText("did not match").waitFor();
  assert.equal(sent, 1);
});

test("the wait after too many attempts is told in the server's seconds, and nothing is sent before it is over", async () => {
  const limited = await startServer({ DOORWARD_RATE_LIMIT: "on" });
  const { page } = await openPage(browser, limited.origin);
  const statuses = [];
  page.on("response", (answer) => {
    if (answer.url().endsWith("/sign-in/email")) statuses.push(answer.status());
  });
  await page.goto("/signin");
  await page.getByLabel("Email").fill("nobody@example.com");
  const button = page.getByRole("button", { name: "Sign in" });
  for (let tries = 0; tries < 6 && statuses.at(-1) !== 429; tries += 1) {
    await page.getByLabel("Password", { exact: true }).fill(`wrong password ${tries}`);
    const answer = page.waitForResponse("**/api/auth/sign-in/email");
    await button.click();
    if ((await answer).status() === 401) await page.getByRole("alert").getByText("did not match").waitFor();
  }
  const wait = page.getByRole("alert").getByText(/Too many attempts\. Try again in \d+ s\./);
  await wait.first().waitFor();
  await screenshot(page, "form-wait");
  const before = statuses.length;
  await button.click();
  await page.waitForTimeout(300);
  assert.equal(statuses.length, before);
  await page.getByText("You can try again now.").waitFor({ timeout: 15_000 });
  assert.equal(await page.getByLabel("Email").inputValue(), "nobody@example.com");
  await button.click();
  await page.getByRole("alert").getByText("did not match").waitFor();
  assert.deepEqual(statuses, [401, 401, 401, 429, 401]);
  await limited.stop();
});

test("an unverified address is offered its link again", async () => {
  const strict = await startServer({ DOORWARD_REQUIRE_EMAIL_VERIFICATION: "on" });
  const { page } = await openPage(browser, strict.origin);
  await page.goto("/signup");
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("We sent a link to ada@example.com.").waitFor();
  assert.ok(await isFocused(page.getByRole("status").filter({ hasText: "We sent a link" })));
  await page.goto("/signin");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("not verified yet").waitFor();
  await page.getByRole("link", { name: "Send the link again" }).click();
  await page.waitForURL("**/verify-email?email=ada%40example.com");
  // The address of the page is there a moment before what it says is read.
  await eventually(async () => (await page.getByLabel("Email").inputValue()) === "ada@example.com", "the address");
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByText("a link is on its way").waitFor();
  await page.goto(await strict.mail.link("ada@example.com"));
  await page.getByText("Your email is verified").waitFor();
  await strict.stop();
});

test("a server without mail says so", async () => {
  const silent = await startServer({ DOORWARD_MAIL: "" });
  const { page } = await openPage(browser, silent.origin);
  await page.goto("/forgot-password");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByRole("alert").getByText("sends no mail").waitFor();
  await silent.stop();
});

test("a password is shown on request, judged while it is chosen, and pasted freely", async () => {
  const { page, context } = await openPage(browser, server.origin);
  await page.goto("/signup");
  const field = page.getByLabel("Password", { exact: true });
  assert.equal(await field.getAttribute("type"), "password");
  const show = page.getByRole("button", { name: "Show password" });
  assert.equal(await show.getAttribute("aria-pressed"), "false");
  await show.click();
  assert.equal(await field.getAttribute("type"), "text");
  assert.equal(await show.getAttribute("aria-pressed"), "true");
  for (const [typed, word] of [
    ["abc", "Too short"],
    ["password1", "Easy to guess"],
    ["correct horse battery staple", "Strong"],
  ]) {
    await field.fill(typed);
    await page.getByText(word, { exact: true }).waitFor();
  }
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await field.fill("");
  await page.evaluate(() => navigator.clipboard.writeText("pasted password"));
  await field.focus();
  await page.keyboard.press("Control+V");
  assert.equal(await field.inputValue(), "pasted password");
});

test("password managers find what they look for", async () => {
  const { page, context } = await openPage(browser, server.origin);
  const hints = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("main input[autocomplete]")].map((input) => `${input.name}=${input.autocomplete}`),
    );
  await page.goto("/signin");
  assert.deepEqual(await hints(), ["email=username", "password=current-password"]);
  await page.goto("/signup");
  assert.deepEqual(await hints(), ["name=name", "email=username", "password=new-password"]);
  await page.goto("/reset-password?token=x");
  await page.getByRole("button", { name: "Save the password" }).waitFor();
  assert.deepEqual(await hints(), ["password=new-password"]);
  await signUp(context, server.origin, somebody("manager"));
  await page.goto("/account");
  await page.getByText("This device").waitFor();
  assert.deepEqual(await hints(), [
    "name=name",
    "image=photo",
    "newEmail=email",
    "username=username",
    "currentPassword=current-password",
    "newPassword=new-password",
  ]);
});

test("everything is done by keyboard alone", async () => {
  const { page } = await openPage(browser, server.origin);
  const email = somebody("keyboard");
  await page.goto("/signup");
  await page.getByLabel("Name").focus();
  await page.keyboard.type("Ada");
  await page.keyboard.press("Tab");
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/tasks");
  await page.getByText("Nothing to do yet.").waitFor();
  await page.getByLabel("New task").focus();
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Enter");
  const box = page.getByRole("checkbox", { name: "By keyboard" });
  await box.waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.ok(await box.isChecked());
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByLabel("Title").waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Title").waitFor({ state: "detached" });
  await page.waitForTimeout(100);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("“By keyboard” was deleted.").waitFor();
  assert.ok(await page.getByRole("button", { name: "Undo" }).evaluate((button) => button === document.activeElement));
  await page.keyboard.press("Enter");
  await box.waitFor();
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByText("This device").waitFor();
  await page.getByRole("button", { name: "Delete account…" }).focus();
  await page.keyboard.press("Enter");
  const field = page.getByRole("dialog").getByLabel("Password", { exact: true });
  await eventually(() => isFocused(field), "the focus in the dialog");
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.waitForURL("**/signin");
  // What password managers type.
  await page.getByLabel("Email").focus();
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/tasks");
});

test("words that take the place of a form take its focus, and an address is mended, not typed anew", async () => {
  const { page, context } = await openPage(browser, server.origin);
  const sentTo = page.getByRole("status").filter({ hasText: "on its way" });
  await page.goto("/forgot-password");
  await page.getByLabel("Email").fill("ada@exmaple.com");
  await page.getByLabel("Email").press("Enter");
  await eventually(async () => (await sentTo.count()) > 0 && (await isFocused(sentTo)), "the focus on the words");
  await page.getByRole("button", { name: "Use another address" }).click();
  assert.equal(await page.getByLabel("Email").inputValue(), "ada@exmaple.com");
  assert.ok(await isFocused(page.getByLabel("Email")));
  await signUp(context, server.origin, somebody("focus"));
  await page.goto("/account");
  await page.getByRole("button", { name: "Send a link to verify it" }).click();
  await eventually(async () => (await sentTo.count()) > 0 && (await isFocused(sentTo)), "the focus on the words");
});

test("a part of the account is come to by its address, from the first moment", async () => {
  const { page, context } = await openPage(browser, server.origin);
  await signUp(context, server.origin, somebody("part"));
  await page.goto("/account#devices");
  await page.getByText("This device").waitFor();
  const top = await page.locator("#devices").evaluate((part) => part.getBoundingClientRect().top);
  assert.ok(top >= 0 && top < 200, `the devices stand at ${top}`);
});
