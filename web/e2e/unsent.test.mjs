// Tasks while the server does not take them: nothing is lost, and nobody believes that it is saved.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, server } from "./stage.mjs";
import { addTasks, eventually, openPage, PASSWORD, screenshot, signUp, somebody } from "./support.mjs";

/** Somebody with these tasks, on the page that shows them. */
async function openTasks(titles = [], options = {}) {
  const opened = await openPage(browser, server.origin, options);
  const email = somebody();
  await signUp(opened.context, server.origin, email);
  await addTasks(opened.context, titles);
  await opened.page.goto("/tasks");
  if (titles.length === 0) await opened.page.getByText("Nothing to do yet.").waitFor();
  else await opened.page.getByRole("checkbox", { name: titles[0], exact: true }).waitFor();
  return { ...opened, email };
}

async function add(page, title) {
  await page.getByLabel("New task").fill(title);
  await page.getByLabel("New task").press("Enter");
}

async function titlesOf(context) {
  const { token } = await (await context.request.get("/api/auth/token")).json();
  const answer = await context.request.get("/api/tasks", { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()).map(({ title }) => title);
}

const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);
const busy = (method) => (route) =>
  route.request().method() === method ? route.fulfill({ status: 503, json: {} }) : route.continue();
/** Whether the browser would ask before it leaves. */
const asks = (page) => page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));

test("a task written after the session ended elsewhere is there after signing in again", async () => {
  const { page, context, email } = await openTasks(["Rename me", "Throw away"]);
  const dialogs = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.type());
    void dialog.accept();
  });
  // Unsent as well, and of all kinds.
  await page.route("**/api/tasks/*", (route) => route.fulfill({ status: 503, json: {} }));
  await page.getByRole("checkbox", { name: "Rename me" }).check();
  await page.getByRole("button", { name: "Delete “Throw away”" }).click();
  await context.request.post("/api/auth/sign-in/email", {
    data: { email, password: PASSWORD },
    headers: { origin: server.origin },
  });
  await context.request.post("/api/auth/revoke-sessions", { headers: { origin: server.origin } });
  await page.waitForTimeout(2200);
  await add(page, "Too late");
  await page.waitForURL("**/signin?next=%2Ftasks&ended=1");
  await page.unroute("**/api/tasks/*");
  assert.deepEqual(dialogs, [], "the page leads away by itself and asks nobody");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await page.waitForURL("**/tasks");
  await page.getByRole("checkbox", { name: "Too late" }).waitFor();
  await eventually(async () => (await titlesOf(context)).join() === "Too late,Rename me", "everything to arrive");
  assert.ok(await page.getByRole("checkbox", { name: "Rename me" }).isChecked());
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, "nothing stays behind");
});

test("what was not sent is given to nobody else who signs in", async () => {
  const { page, context } = await openTasks();
  await page.route("**/api/tasks", busy("POST"));
  await add(page, "A secret of Ada");
  await page.getByText("cannot answer at the moment").waitFor();
  await context.clearCookies();
  await signUp(context, server.origin, somebody("eve"));
  page.once("dialog", (dialog) => dialog.accept());
  await page.goto("/tasks");
  await page.getByText("Nothing to do yet.").waitFor();
  assert.equal(await page.getByText("A secret of Ada").count(), 0);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test("a task the server has no time for is marked, told, and sent later", async () => {
  const { page, context, problems } = await openTasks(["Saved"]);
  await page.route("**/api/tasks", busy("POST"));
  await add(page, "Waits");
  await page.getByText("The server cannot answer at the moment. What you do is kept here").waitFor();
  const row = page.getByRole("listitem").filter({ hasText: "Waits" });
  await row.getByText("Not saved yet").waitFor();
  assert.equal(await page.getByText("Not saved yet").count(), 1, "the others are not marked");
  await screenshot(page, "unsent-late");
  await page.unroute("**/api/tasks");
  await row.getByText("Not saved yet").waitFor({ state: "detached" });
  await page.getByText("cannot answer at the moment").waitFor({ state: "detached" });
  assert.deepEqual(await titlesOf(context), ["Waits", "Saved"]);
  assert.deepEqual(problems, []);
});

test("a list that does not come is told, and comes by itself when the server can", async () => {
  const { page, context } = await openPage(browser, server.origin);
  await signUp(context, server.origin, somebody());
  await addTasks(context, ["Here after all"]);
  await page.route("**/api/tasks?*", busy("GET"));
  await page.goto("/tasks");
  await page.getByRole("alert").getByText("could not be loaded. We keep trying.").waitFor();
  await screenshot(page, "unsent-list");
  await page.unroute("**/api/tasks?*");
  await page.getByRole("checkbox", { name: "Here after all" }).waitFor();
  assert.equal(await page.getByText("could not be loaded").count(), 0);
});

test("who is signed in is asked again until the server says so", async () => {
  const { page, context } = await openPage(browser, server.origin);
  await signUp(context, server.origin, somebody());
  await page.route("**/api/auth/get-session**", (route) => route.fulfill({ status: 503, json: {} }));
  await page.goto("/tasks");
  await page.getByText("We keep trying.").waitFor();
  await page.unroute("**/api/auth/get-session**");
  await page.getByText("Nothing to do yet.").waitFor();
});

test("what is unsent survives the way to the account and back, and is not left without a question", async () => {
  const { page, context } = await openTasks(["Saved"]);
  assert.equal(await asks(page), false);
  await page.route("**/api/tasks", busy("POST"));
  await add(page, "On the way");
  await page.getByText("cannot answer at the moment").waitFor();
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByText("This device").waitFor();
  assert.equal(await asks(page), true);
  await page.getByRole("link", { name: "Tasks" }).click();
  await page.getByRole("checkbox", { name: "On the way" }).waitFor();
  await page.unroute("**/api/tasks");
  await eventually(async () => (await titlesOf(context)).length === 2, "the task to arrive");
  assert.equal(await page.getByRole("checkbox").count(), 2);
  await eventually(async () => !(await asks(page)), "nothing to ask any more");
});

test("whoever signs out is told what is not saved, and finds it again", async () => {
  const { page, context, email } = await openTasks();
  await page.route("**/api/tasks", busy("POST"));
  await add(page, "Not saved");
  await page.getByText("cannot answer at the moment").waitFor();
  const dialogs = [];
  page.on("dialog", (dialog) => {
    dialogs.push(`${dialog.type()}: ${dialog.message()}`);
    void (dialogs.length === 1 ? dialog.dismiss() : dialog.accept());
  });
  const signOut = page.getByRole("button", { name: "Sign out" });
  await signOut.click();
  assert.match(dialogs.join(), /^confirm: Not everything is saved yet/);
  assert.notEqual(await (await context.request.get("/api/auth/get-session")).json(), null);
  await signOut.click();
  await page.waitForURL("**/signin");
  assert.equal(dialogs.length, 2);
  await page.unroute("**/api/tasks");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await page.getByRole("checkbox", { name: "Not saved" }).waitFor();
  await eventually(async () => (await titlesOf(context)).join() === "Not saved", "the task to arrive");
});

test("a second tab shows what the first one does", async () => {
  const { page, context } = await openTasks(["In both", "Ticked", "Deleted"]);
  const other = await context.newPage();
  await other.goto("/tasks");
  await other.getByText("In both").waitFor();
  await add(page, "New in one");
  await page.getByRole("checkbox", { name: "Ticked" }).check();
  await page.getByRole("button", { name: "Delete “Deleted”" }).click();
  await other.getByRole("checkbox", { name: "New in one" }).waitFor();
  await other.getByRole("checkbox", { name: "Deleted" }).waitFor({ state: "detached" });
  await eventually(() => other.getByRole("checkbox", { name: "Ticked" }).isChecked(), "the tick");
  assert.deepEqual(await other.getByRole("listitem").allInnerTexts(), ["New in one", "In both", "Ticked"]);
});

test("the focus goes on where its place has gone", async () => {
  const { page } = await openTasks(["One", "Two", "Three"]);
  const box = (name) => page.getByRole("checkbox", { name });
  await page.getByLabel("Open", { exact: true }).check();
  await box("Two").focus();
  await page.keyboard.press("Space");
  await box("Two").waitFor({ state: "detached" });
  await eventually(() => isFocused(box("Three")), "the focus on the next task");
  await page.getByRole("button", { name: "Delete “Three”" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Dismiss" }).focus();
  await page.keyboard.press("Enter");
  await eventually(() => isFocused(box("One")), "the focus on what is left");
  await page.getByRole("button", { name: "Delete “One”" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await eventually(() => isFocused(box("One")), "the focus on what is back");
  await box("One").focus();
  await page.keyboard.press("Space");
  await eventually(() => isFocused(page.getByLabel("New task")), "the focus on the field");
});

test("a task is seen and counted aloud when it is added, also where only what is done was shown", async () => {
  const { page } = await openTasks(["One"]);
  const count = page.getByRole("status").filter({ hasText: "open task" });
  assert.equal(await count.textContent(), "1 open task");
  await page.getByLabel("Done", { exact: true }).check();
  await page.getByText("Nothing is done yet.").waitFor();
  await add(page, "Two");
  await page.getByRole("checkbox", { name: "Two" }).waitFor();
  assert.ok(await page.getByLabel("All", { exact: true }).isChecked());
  assert.equal(await count.textContent(), "2 open tasks");
});

test("titles from right to left do not turn the words around them", async () => {
  const { page } = await openTasks(["שלום עולם (1)"]);
  assert.equal(await page.getByText("שלום עולם").evaluate((label) => getComputedStyle(label).direction), "rtl");
  await page.getByRole("button", { name: "Delete “\u2068שלום עולם (1)\u2069”" }).click();
  await page.getByText("“\u2068שלום עולם (1)\u2069” was deleted.").waitFor();
});

test("a lost connection is told in sight, moves nothing, and promises only what is true", async () => {
  const { page, context } = await openTasks(Array.from({ length: 40 }, (_, index) => `Task ${index}`));
  await page.evaluate(() => window.scrollTo(0, 800));
  const top = () => page.getByText("Task 20").evaluate((row) => row.getBoundingClientRect().top);
  const before = await top();
  await context.setOffline(true);
  const notice = page.getByText("No connection to the server. What you do is kept here");
  await notice.waitFor();
  const { y, height } = await notice.boundingBox();
  assert.ok(y >= 0 && y + height <= 800, `the notice is at ${y}`);
  assert.equal(await top(), before);
  // Back online and without its cookies, the page would lead to sign in by itself, in the way of the next line's goto.
  await page.goto("about:blank");
  await context.setOffline(false);
  await context.clearCookies();
  await page.goto("/signin");
  await page.route("**/api/auth/**", (route) => route.abort());
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("No connection to the server.").waitFor();
  assert.equal(await page.getByText("kept here").count(), 0);
  await page.unroute("**/api/auth/**");
  await page.getByText("No connection to the server.").waitFor({ state: "detached" });
});
