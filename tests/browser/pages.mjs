// SPDX-License-Identifier: Apache-2.0
// What tests in browsers share: Debian's Chromium, and servers of the examples' pages.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { mountsOf } from "../../examples/serve.mjs";
import { createStaticServer, listen } from "../../js/dist/cli/serve.js";

const { chromium } = createRequire(
  new URL("../../js/package.json", import.meta.url),
)("playwright-core");
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

export const digitsFile = at("../../js/digits.whlo");

export function launch(args = []) {
  const executablePath = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ].find(existsSync);
  if (!executablePath)
    throw new Error("no Chromium; on Debian: apt-get install chromium");
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...args,
    ],
  });
}

/** The page of an example as a site would have it. */
export function serveExample(name, options) {
  return serve(mountsOf(name), options);
}

/** Folders by the path they appear under, and the package as webhlo/. */
export async function serve(mounts, options) {
  const server = createStaticServer({
    mounts: { "/webhlo/": at("../../js/dist"), ...mounts },
    ...options,
  });
  const address = await listen(server, 0, "127.0.0.1");
  return {
    address,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Opens a page; `problems` collects what its console and its policy complain about. */
export async function visit(browser, address, contextOptions = {}) {
  const context = await browser.newContext(contextOptions);
  const page = await context.newPage();
  const problems = [];
  const notes = [];
  page.on("console", (message) => {
    const list = ["error", "warning"].includes(message.type())
      ? problems
      : notes;
    list.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  const requests = [];
  page.on("request", (request) =>
    requests.push(new URL(request.url()).pathname),
  );
  await page.goto(address);
  return { context, page, problems, notes, requests };
}
