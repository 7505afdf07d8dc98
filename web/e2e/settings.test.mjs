// The pages know what the operator has set: they offer what there is, and ask for what the server asks for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findings, openPage, overflow, PHONE, screenshot, somebody, startBrowser, startServer } from "./support.mjs";

let browser;
before(async () => {
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
});

test("a longer password is asked for where the operator wants one", async () => {
  const strict = await startServer({ DOORWARD_PASSWORD_MIN: "12", DOORWARD_PASSWORD_MAX: "20" });
  const { page, problems } = await openPage(browser, strict.origin);
  await page.goto("/signup");
  await page.getByText("At least 12 characters.").waitFor();
  const password = page.getByLabel("Password", { exact: true });
  assert.equal(await password.getAttribute("minlength"), "12");
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill(somebody());
  await password.fill("Correct 9");
  await page.getByText("Too short", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("Use at least 12 characters.").first().waitFor();
  await password.fill("correct horse battery staple");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("Use at most 20 characters.").first().waitFor();
  // A page from before the setting was changed is told by the server, in its own number.
  await page.route("**/theme.json", (route) => route.fulfill({ json: { passwordMin: 4, passwordMax: 128 } }));
  await page.goto("/signup");
  await page.getByText("At least 4 characters.").waitFor();
  await page.unroute("**/theme.json");
  await page.goto("/signup");
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill(somebody());
  await password.fill("correct horse 9");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/tasks");
  assert.deepEqual(problems, []);
  await strict.stop();
});

test("no account is offered where none can be made", async () => {
  const closed = await startServer({ DOORWARD_SIGN_UP: "off" });
  const { page } = await openPage(browser, closed.origin);
  await page.goto("/signin", { waitUntil: "networkidle" });
  assert.equal(await page.getByText("Create an account").count(), 0);
  await page.goto("/signup");
  await page.getByText("New accounts cannot be created here.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Create account" }).count(), 0);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.waitForURL("**/signin");
  await closed.stop();
});

const PROVIDERS = {
  DOORWARD_OAUTH_PROVIDERS: "github,google,company",
  DOORWARD_OAUTH_GITHUB_CLIENT_ID: "id",
  DOORWARD_OAUTH_GITHUB_CLIENT_SECRET: "secret",
  DOORWARD_OAUTH_GOOGLE_CLIENT_ID: "id",
  DOORWARD_OAUTH_GOOGLE_CLIENT_SECRET: "secret",
  DOORWARD_OAUTH_COMPANY_CLIENT_ID: "id",
  DOORWARD_OAUTH_COMPANY_CLIENT_SECRET: "secret",
  DOORWARD_OAUTH_COMPANY_AUTHORIZATION_URL: "https://login.example.com/authorize",
  DOORWARD_OAUTH_COMPANY_TOKEN_URL: "https://login.example.com/token",
  DOORWARD_OAUTH_COMPANY_USERINFO_URL: "https://login.example.com/userinfo",
};

test("every provider has its button, which leads there and would lead back", async () => {
  const open = await startServer(PROVIDERS);
  for (const colorScheme of ["light", "dark"]) {
    for (const [device, viewport] of Object.entries({ desktop: undefined, phone: PHONE })) {
      const look = await openPage(browser, open.origin, { colorScheme, ...(viewport && { viewport }) });
      await look.page.addInitScript(() => {
        window.shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
      });
      await look.page.goto("/signin");
      await look.page.getByRole("button", { name: "Continue with Company" }).waitFor();
      await look.page.waitForTimeout(200);
      assert.deepEqual(await findings(look.page), []);
      assert.ok((await overflow(look.page)) <= 0);
      const shift = await look.page.evaluate(() => window.shift);
      assert.ok(shift < 0.01, `the page shifts by ${shift}`);
      await screenshot(look.page, `signin-providers-${colorScheme}-${device}`);
      await look.context.close();
    }
  }
  const { page } = await openPage(browser, open.origin);
  await page.route("https://github.com/**", (route) => route.fulfill({ body: "somewhere else" }));
  await page.goto("/signin?next=%2Faccount");
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await page.waitForURL("https://github.com/login/oauth/authorize**");
  const state = new URL(page.url()).searchParams.get("state");
  // Back from there without a code: the words for that, and no blank page.
  await page.goto(`${open.origin}/api/auth/callback/github?state=${state}&error=access_denied`);
  await page.waitForURL("**/error?error=access_denied**");
  await page.getByText("Something went wrong").waitFor();
  await page.route("**/api/auth/sign-in/social", (route) => route.fulfill({ status: 503, json: {} }));
  await page.goto("/signin");
  await page.getByRole("button", { name: "Continue with Google" }).click();
  await page.getByRole("alert").getByText("The server is busy.").waitFor();
  await open.stop();
});

test("words in another language are asked for before the program is there", async () => {
  const usual = await startServer({ DOORWARD_THEME_NAME: "Haus" });
  const { page, problems } = await openPage(browser, usual.origin, { locale: "de-DE" });
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.route("**/_next/**/*.js", (route) => route.abort());
  await page.goto("/signin");
  assert.ok(asked.includes("/words/de.json"), asked.join());
  await page.unroute("**/_next/**/*.js");
  asked.length = 0;
  await page.goto("/signin");
  await page.getByRole("heading", { name: "Anmelden" }).waitFor();
  assert.equal(asked.filter((path) => path === "/words/de.json").length, 1, "once is enough");
  await page.getByLabel("English").check();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  // It counts as chosen once its words are here.
  await page.getByLabel("Deutsch").click();
  await page.getByRole("heading", { name: "Anmelden" }).waitFor();
  assert.deepEqual(problems, []);
  await usual.stop();
});
