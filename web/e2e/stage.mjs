// One server and one browser for all tests of the file that imports this.

import { after, before } from "node:test";
import { startBrowser, startServer } from "./support.mjs";

export let server;
export let browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
