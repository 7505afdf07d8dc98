// Better Auth UI, another project's pages, unchanged: what people do with them works in front of Doorward.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, openPage, PASSWORD, screenshot, somebody, startBrowser, startServer } from '../../web/e2e/support.mjs';
import { bundle, openHouse } from './house.mjs';

let house;
let origin;
let server;
let browser;
before(async () => {
  house = await openHouse(await bundle());
  origin = `http://localhost:${house.address().port}`;
  server = await startServer({ BETTER_AUTH_URL: origin });
  house.server = server.origin.replace('localhost', '127.0.0.1');
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  house?.closeAllConnections();
  house?.close();
});

test('sign up, change the name, see and end sessions, sign out, be refused, sign in', async () => {
  const { page, context, problems } = await openPage(browser, origin);
  const failures = [];
  page.on('response', (answer) => { if (answer.status() >= 400) failures.push(`${answer.status()} ${answer.url()}`); });
  const email = somebody('ui');
  const session = async () => (await context.request.get('/api/auth/get-session')).json();
  const signIn = async (tab, password) => {
    await tab.getByLabel('Email').fill(email);
    await tab.getByLabel('Password', { exact: true }).fill(password);
    await tab.locator('form').getByRole('button', { name: 'Login' }).click();
  };

  await page.goto('/auth/sign-up');
  await page.getByLabel('Name').fill('Ada Example');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.waitForURL('**/account/settings');
  await page.getByText('Please enter your full name').waitFor();
  await page.getByRole('textbox', { name: 'Ada Example' }).or(page.locator('input[name=name]')).first().fill('Ada King');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await eventually(async () => (await session()).user.name === 'Ada King', 'the new name');

  const other = await openPage(browser, origin);
  await other.page.goto('/auth/sign-in');
  await signIn(other.page, PASSWORD);
  await other.page.waitForURL('**/account/settings');
  await page.goto('/account/security');
  await page.getByText('Current Session').waitFor();
  await page.getByRole('button', { name: 'Revoke' }).waitFor();
  await screenshot(page, 'better-auth-ui-security');
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke' }).waitFor({ state: 'detached' });
  assert.equal(await (await other.context.request.get('/api/auth/get-session')).json(), null);
  assert.equal((await session()).user.email, email);

  await page.goto('/auth/sign-out');
  await page.waitForURL('**/auth/sign-in');
  assert.equal(await session(), null);
  assert.deepEqual(failures, []);
  await signIn(page, 'not the password');
  await page.getByText('Invalid email or password').waitFor();
  assert.deepEqual(failures, [`401 ${origin}/api/auth/sign-in/email`]);
  await signIn(page, PASSWORD);
  await page.waitForURL('**/account/settings');
  assert.deepEqual(problems, []);
});
