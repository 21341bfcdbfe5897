// SPDX-License-Identifier: Apache-2.0
// The story writer in headless Chromium: what it writes is what JAX's model does, token by token; it streams, stops
// when it is told to, and goes on working.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { mountsOf } from "../serve.mjs";
import { launch, serveExample, visit } from "../../tests/browser/pages.mjs";
import { load } from "../../js/dist/index.js";

const file = mountsOf("story")["/story.whlo"];
/** Of JAX: `tokens`, the likeliest ones after the `prompt`, and the `logits` of the last. */
const expected = JSON.parse(
  readFileSync(new URL("../../models/story/expected.json", import.meta.url)),
);

let browser, site, labels;
before(async () => {
  [browser, site] = await Promise.all([launch(), serveExample("story")]);
});
after(async () => {
  await browser?.close();
  site?.close();
});

test("a run for each token makes JAX's logits, also once the caches have gone round", async () => {
  const model = await load(file);
  ({ labels } = model.metadata);
  assert.equal(labels.length, 512);
  const { shape } = model.inputs.find(({ name }) => name === "k_cache");
  const [, window] = shape;
  const tokens = [...expected.prompt, ...expected.tokens];
  assert.ok(tokens.length > window);
  const zeros = new Float32Array(shape.reduce((a, b) => a * b));
  let caches = { k_cache: zeros, v_cache: zeros };
  const names = Object.keys(caches);
  for (const [pos, token] of tokens.slice(0, -1).entries()) {
    const { logits, ...next } = await model.run(
      { token: [token], pos: [pos], ...caches },
      { keep: names, donate: pos > 0 ? names : [] },
    );
    caches = next;
    if (pos === tokens.length - 2) {
      logits.forEach((logit, i) => {
        const wanted = expected.logits[i];
        assert.ok(Math.abs(logit - wanted) < 1e-3, `${logit}, ${wanted}`);
      });
    }
  }
  model.dispose();
});

const writing = (page) => page.waitForSelector("body[data-state=writing]");
const rests = (page) =>
  page.waitForSelector("body[data-state=ready]", { timeout: 60_000 });
const written = (page) => page.locator("#written").textContent();
const count = (page) =>
  page.evaluate(() => Number(document.querySelector("#count").textContent));
/** Waits until so many tokens are shown. */
const shown = (page, tokens) =>
  page.waitForFunction(
    (n) => Number(document.querySelector("#count").textContent) >= n,
    tokens,
    { timeout: 60_000 },
  );

test("at temperature 0 the page writes JAX's own text", async () => {
  const { context, page, problems } = await visit(browser, site.address);
  try {
    // It begins by itself.
    await writing(page);
    await page.locator("#write").click();
    await rests(page);
    await page.locator("#temperature").fill("0");
    await page.locator("#maxTokens").fill(String(expected.tokens.length));
    await page.locator("#write").click();
    await writing(page);
    await rests(page);
    await shown(page, expected.tokens.length);
    const pieces = await page.evaluate(async () => {
      const { load } = await import("/webhlo/index.js");
      return (await load("story.whlo")).metadata.labels;
    });
    const text = expected.tokens.map((token) => pieces[token]).join("");
    assert.equal(await written(page), text);
    assert.match(await page.locator("#rate").textContent(), /^\d+$/);
    assert.match(
      await page.locator("#status").textContent(),
      /^WebAssembly \(\S+\) in a worker · \d\.\d MB of model$/,
    );
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});

test("text streams, stops when it is told to, and another is begun", async () => {
  const { context, page, problems } = await visit(browser, site.address, {
    viewport: { width: 390, height: 664 },
    colorScheme: "dark",
  });
  try {
    await writing(page);
    await page.locator("#write").click();
    await rests(page);
    await page.locator("#maxTokens").fill("5000");
    await page.locator("#write").click();
    await shown(page, 20);
    const some = await written(page);
    await shown(page, 200);
    assert.ok((await written(page)).startsWith(some));
    // The last line is in sight, and so are the buttons.
    const scrolled = await page.evaluate(() => {
      const text = document.querySelector("#text");
      return text.scrollHeight - text.scrollTop - text.clientHeight;
    });
    assert.ok(scrolled < 60, `${scrolled} pixels below`);
    const { y, height } = await page.locator("#write").boundingBox();
    assert.ok(y + height < 664);
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth),
      390,
    );
    await page.locator("#write").click();
    await rests(page);
    await page.waitForTimeout(100);
    const stopped = await count(page);
    assert.ok(stopped < 5000);
    await page.waitForTimeout(200);
    assert.equal(await count(page), stopped);

    await page.getByRole("button", { name: "In the beginning" }).click();
    await shown(page, 30);
    assert.equal(
      await page.locator("#begun").textContent(),
      "In the beginning",
    );
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});

test("what the model has never seen is named, and another prompt works", async () => {
  const { context, page, problems } = await visit(browser, site.address);
  try {
    await writing(page);
    await page.locator("#write").click();
    await rests(page);
    await page.locator("#prompt").fill("Und es begab sich für");
    await page.locator("#write").click();
    await page.waitForSelector("body[data-state=failed]");
    assert.match(await page.locator("#status").textContent(), /never seen ü$/);
    await page.locator("#prompt").fill("Blessed are");
    await page.locator("#write").click();
    await shown(page, 30);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});
