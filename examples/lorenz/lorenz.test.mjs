// SPDX-License-Identifier: Apache-2.0
// The butterflies in headless Chromium: the program answers what the same arithmetic in JavaScript does, and the
// page's points drift apart, or together, as the settings have it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, serveExample, visit } from "../../tests/browser/pages.mjs";

let browser, site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serveExample("lorenz")]);
});
after(async () => {
  await browser?.close();
  site?.close();
});

/** The program's arithmetic, in its order, for one point. */
function reference(point, { steps, dt, sigma, rho, beta }) {
  const slope = ([x, y, z]) => [
    sigma * (y - x),
    x * (rho - z) - y,
    x * y - beta * z,
  ];
  const along = (from, slopes, h) => from.map((v, i) => v + h * slopes[i]);
  for (let step = 0; step < steps; step++) {
    const k1 = slope(point);
    const k2 = slope(along(point, k1, dt / 2));
    const k3 = slope(along(point, k2, dt / 2));
    const k4 = slope(along(point, k3, dt));
    const sum = k1.map((k, i) => k + 2 * (k2[i] + k3[i]) + k4[i]);
    point = along(point, sum, dt / 6);
  }
  return point;
}

test("the program integrates as the same arithmetic does, to the last bit", async () => {
  const { context, page } = await visit(browser, site.address);
  const settings = { steps: 400, dt: 0.01, sigma: 10, rho: 28, beta: 8 / 3 };
  const start = (i) => [1 + i / 512, 2 - i / 1024, 20 + i / 4096];
  const ends = await page.evaluate(async (settings) => {
    const { load } = await import("/webhlo/index.js");
    const model = await load("lorenz.mlir");
    const all = (at) => Float64Array.from({ length: 4096 }, (_, i) => at(i));
    const { x, y, z } = await model.run({
      x: all((i) => 1 + i / 512),
      y: all((i) => 2 - i / 1024),
      z: all((i) => 20 + i / 4096),
      ...Object.fromEntries(
        Object.entries(settings).map(([name, number]) => [name, [number]]),
      ),
    });
    return Array.from(x, (_, i) => [x[i], y[i], z[i]]);
  }, settings);
  ends.forEach((end, i) =>
    assert.deepEqual(end, reference(start(i), settings), `point ${i}`),
  );
  await context.close();
});

const apart = (page) =>
  page.evaluate(() => Number(document.querySelector("#apart").textContent));

/** Waits until the points were on their way for so long. */
const passed = (page, time) =>
  page.waitForFunction(
    (time) => Number(document.querySelector("#time").textContent) >= time,
    time,
    { timeout: 60_000 },
  );

test("points that begin together end anywhere, and together again where it is cold", async () => {
  const { context, page, problems } = await visit(browser, site.address);
  try {
    await page.waitForSelector("body[data-state=running]");
    await page.locator("#speed").fill("60");
    await page.locator("#gather").click();
    assert.ok((await apart(page)) < 1e-6);
    await passed(page, 40);
    assert.ok((await apart(page)) > 1);
    const curve = await page.locator("#curve").getAttribute("points");
    assert.ok(curve.split(" ").length > 20);

    // Colours that are drawn: those of points everywhere.
    const colours = await page.evaluate(() => {
      const { width, height } = document.querySelector("#points");
      const { data } = document
        .querySelector("#points")
        .getContext("2d")
        .getImageData(0, 0, width, height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    assert.ok(colours > 100, `${colours} colours`);

    await page.locator("#rho").fill("10");
    await page.locator("#first").fill("-3");
    await passed(page, 20);
    assert.ok((await apart(page)) < 1e-6, `${await apart(page)} apart`);

    await page.locator("#go").click();
    await page.waitForSelector("body[data-state=paused]");
    const time = await page.locator("#time").textContent();
    await page.waitForTimeout(200);
    assert.equal(await page.locator("#time").textContent(), time);
    assert.match(
      await page.locator("#status").textContent(),
      /f64 · a step of all points in \d+\.\d+ ms, \d+ million points a second$/,
    );
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});

test("nothing moves by itself where that is not wanted, and a phone has room for all of it", async () => {
  const { context, page, problems } = await visit(browser, site.address, {
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
    reducedMotion: "reduce",
  });
  try {
    await page.waitForSelector("body[data-state=paused]");
    assert.equal(await page.locator("#time").textContent(), "0.0");
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth),
      390,
    );
    await page.locator("#go").click();
    await passed(page, 0.1);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});
