// SPDX-License-Identifier: Apache-2.0
// The training example in headless Chromium: the curve that the page draws is JAX's, from the first step
// to the last; the page lives while it trains, and can be paused; with and without isolation.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { assertCurve } from "../training_curve.mjs";
import { launch, serveExample, visit } from "./pages.mjs";

const jax = JSON.parse(
  readFileSync(
    new URL("../../models/train_digits/curve.json", import.meta.url),
  ),
);

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const state = (page, name, timeout = 60_000) =>
  page.waitForSelector(`body[data-state=${name}]`, { timeout });

/** Waits until that many steps are shown. */
const trained = (page, steps) =>
  page.waitForFunction(
    (n) => parseInt(document.querySelector("#steps").textContent) >= n,
    steps,
    { timeout: 60_000 },
  );

async function stepsOf(page) {
  return parseInt(await page.locator("#steps").textContent());
}

/** The losses that the chart shows, by the scale at which it shows JAX's. */
async function drawnLosses(page) {
  const curve = async (id) => {
    const points = await page.locator(id).getAttribute("points");
    return points.split(" ").map((point) => point.split(",").map(Number));
  };
  const theirs = await curve("#theirs");
  const ours = await curve("#ours");
  assert.equal(theirs.length, jax.losses.length);
  ours.forEach(([x], i) => assert.equal(x, theirs[i][0]));
  const last = theirs.length - 1;
  const [y0, y1] = [theirs[0][1], theirs[last][1]];
  const [loss0, loss1] = [jax.losses[0], jax.losses[last]];
  const slope = (loss1 - loss0) / (y1 - y0);
  return ours.map(([, y]) => loss0 + slope * (y - y0));
}

test("the page trains to the end, along JAX's curve", async () => {
  const site = await serveExample("train-digits");
  const { context, page, problems, requests } = await visit(
    browser,
    site.address,
  );
  try {
    await state(page, "ready");
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    await page.locator("#train").click();
    await state(page, "done", 1_200_000);
    const losses = await drawnLosses(page);
    assert.equal(losses.length, jax.losses.length);
    assertCurve(losses, jax);
    const [right, of] = (await page.locator("#right").textContent())
      .split(" of ")
      .map(Number);
    assert.ok(Math.abs(right - jax.right) <= 0.03 * of, `${right} right`);
    assert.match(
      await page.locator("#status").textContent(),
      /threads? · \d+ ms a step$/,
    );
    assert.ok(await page.locator("#train").isDisabled());
    assert.ok(requests.some((path) => path.endsWith("-threads.wasm")));
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    site.close();
  }
});

test("the page lives while it trains, on one thread too, can be paused and begun again", async () => {
  const site = await serveExample("train-digits", { isolate: false });
  const { context, page, problems } = await visit(browser, site.address);
  try {
    await state(page, "ready");
    // Turns of the event loop.
    await page.evaluate(() => {
      window.turns = 0;
      setInterval(() => window.turns++);
    });
    await page.locator("#train").click();
    await trained(page, 10);
    await page.locator("#train").click();
    await state(page, "paused");
    const turns = await page.evaluate(() => window.turns);
    const steps = await stepsOf(page);
    assert.ok(turns > steps, `${turns} turns in ${steps} steps`);
    assert.match(await page.locator("#status").textContent(), /, 1 thread ·/);

    await page.locator("#train").click();
    await trained(page, steps + 5);
    await page.locator("#train").click();
    await state(page, "paused");
    const losses = await drawnLosses(page);
    assert.ok(losses.length >= steps + 5);
    assertCurve(losses, jax);

    await page.locator("#again").click();
    await state(page, "ready");
    await page.waitForFunction(
      () => document.querySelector("#steps").textContent === "0 of 300",
    );
    await page.locator("#train").click();
    await trained(page, 5);
    assertCurve(await drawnLosses(page), jax);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    site.close();
  }
});
