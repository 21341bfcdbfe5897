// SPDX-License-Identifier: Apache-2.0
// The camera example in headless Chromium, where `./dev example camera` has made its model: pictures and the frames
// of a camera, which is a file here, are named as PyTorch names them.

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { launch, serveExample, visit } from "../../tests/browser/pages.mjs";
import { mountsOf } from "../serve.mjs";

const folder = mountsOf("camera")["/model/"];
const skip = existsSync(folder)
  ? false
  : "./dev example camera makes its model";

let browser, site, frames;
before(async () => {
  if (skip) return;
  frames = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  // What the camera sees: films of one frame are pictures.
  cpSync(path.join(folder, "coffee.jpg"), path.join(frames, "coffee.mjpeg"));
  [browser, site] = await Promise.all([
    launch([
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${path.join(frames, "coffee.mjpeg")}`,
    ]),
    serveExample("camera"),
  ]);
});
after(async () => {
  await browser?.close();
  site?.close();
  if (frames) rmSync(frames, { recursive: true });
});

const ready = (page) =>
  page.waitForSelector("body[data-state=ready]", { timeout: 60_000 });

/** Waits until the likeliest class is this one; answers its share in percent. */
async function named(page, label) {
  await page.waitForFunction(
    (label) =>
      document
        .querySelector("#answers li:first-child")
        ?.textContent.startsWith(label),
    label,
    { timeout: 30_000 },
  );
  const text = await page
    .locator("#answers li:first-child span:nth-child(2)")
    .textContent();
  return parseInt(text);
}

test("pictures are named as PyTorch names them", { skip }, async () => {
  const { context, page, problems } = await visit(browser, site.address);
  const expected = JSON.parse(readFileSync(path.join(folder, "expected.json")));
  try {
    await ready(page);
    const labels = await page.evaluate(async () => {
      const { load } = await import("/webhlo/index.js");
      return (await load("model/efficientnet.whlo")).metadata.labels;
    });
    assert.equal(labels.length, 1000);
    for (const [name, probabilities] of Object.entries(expected)) {
      await page.getByRole("button", { name }).click();
      const share = Math.max(...probabilities);
      const percent = await named(page, labels[probabilities.indexOf(share)]);
      // Browsers decode JPEG a little differently.
      assert.ok(Math.abs(percent - 100 * share) < 4, `${name}: ${percent} %`);
    }
    assert.equal(await page.locator("#answers li").count(), 5);
    assert.match(
      await page.locator("#status").textContent(),
      /in a worker, .*threads? · \d+ ms a picture$/,
    );
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});

test(
  "what the camera sees is named until it is stopped",
  { skip },
  async () => {
    const { context, page, problems } = await visit(browser, site.address, {
      viewport: { width: 390, height: 664 },
      colorScheme: "dark",
    });
    try {
      await ready(page);
      await named(page, "Egyptian cat");
      await page.locator("#camera").click();
      await named(page, "espresso");
      const { y, height } = await page.locator("#answers").boundingBox();
      assert.ok(y + height <= 664, `${y} + ${height}`);
      assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth),
        390,
      );
      await page.locator("#camera").click();
      assert.equal(await page.locator("#camera").textContent(), "Camera");
      await page.getByRole("button", { name: "rocket" }).click();
      await named(page, "missile");
      assert.deepEqual(problems, []);
    } finally {
      await context.close();
    }
  },
);

test(
  "files are looked at, and those that are no picture are told",
  { skip },
  async () => {
    const { context, page, problems } = await visit(browser, site.address);
    try {
      await ready(page);
      const choose = (name, buffer, mimeType) =>
        page.locator("#file").setInputFiles({ name, mimeType, buffer });
      await choose("notes.png", Buffer.from("no picture"), "image/png");
      await page.waitForFunction(
        () =>
          document.querySelector("#status").textContent ===
          "notes.png is no picture that this browser reads",
      );
      const rocket = readFileSync(path.join(folder, "rocket.jpg"));
      await choose("rocket.jpg", rocket, "image/jpeg");
      await named(page, "missile");
      assert.deepEqual(problems, []);
    } finally {
      await context.close();
    }
  },
);
