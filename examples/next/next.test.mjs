// SPDX-License-Identifier: Apache-2.0
// The Next.js example with the packed package, built, started and visited: page and server read what is drawn.

import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch, visit } from "../../tests/browser/pages.mjs";
import {
  makeProject,
  run,
  startServer,
} from "../../tests/bundlers/harness.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

let browser, server, address;
before(async () => {
  const packages = (folder) =>
    JSON.parse(readFileSync(path.join(folder, "package.json"))).dependencies;
  assert.deepEqual(
    packages(here),
    packages(path.join(here, "../../tests/bundlers/next")),
    "the versions that are installed are those of tests/bundlers/next",
  );
  const project = makeProject("next", here);
  cpSync(path.join(here, "../page.css"), path.join(project, "app/page.css"));
  await run(["node_modules/.bin/next", "build"], project);
  const start = (port) => ["node_modules/.bin/next", "start", "--port", port];
  server = await startServer(start, project);
  address = `http://127.0.0.1:${server.port}`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

const read = (page, where, digit) =>
  page.waitForFunction(
    ([where, digit]) =>
      document.querySelector(`#${where} output`).textContent === digit,
    [where, digit],
    { timeout: 30_000 },
  );
const share = async (page, where) =>
  parseFloat(await page.locator(`#${where} p`).first().textContent());

test("page and server read the same digit alike", async () => {
  const { context, page, problems } = await visit(browser, address, {
    viewport: { width: 390, height: 664 },
    colorScheme: "dark",
  });
  try {
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    for (const where of ["here", "there"]) await read(page, where, "2");
    const [mine, theirs] = [
      await share(page, "here"),
      await share(page, "there"),
    ];
    assert.ok(
      mine > 90 && Math.abs(mine - theirs) < 0.11,
      `${mine}, ${theirs}`,
    );

    const { x, y, width, height } = await page.locator("#pad").boundingBox();
    await page.mouse.move(x + width / 2, y + 0.15 * height);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 0.85 * height, { steps: 9 });
    await page.mouse.up();
    for (const where of ["here", "there"]) await read(page, where, "1");

    const box = await page.locator("#there").boundingBox();
    assert.ok(box.y + box.height <= 664, `${box.y} + ${box.height}`);
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth),
      390,
    );
    await page.getByRole("button", { name: "Clear" }).click();
    for (const where of ["here", "there"]) await read(page, where, "?");
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});

test("the route refuses what is no image", async () => {
  const response = await fetch(`${address}/api/classify`, {
    method: "POST",
    body: new Float32Array(27 * 28),
  });
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), {
    error: "3024 bytes, expected 28 x 28 numbers of 4",
  });
});
