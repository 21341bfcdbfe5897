// SPDX-License-Identifier: Apache-2.0
// The example page in headless Chromium: what is drawn is read, with and without isolation, under a
// strict policy, and without a network once it was visited.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, serveExample, visit } from "./pages.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'";

const arc = (x, y, rx, ry, from, to) =>
  Array.from({ length: 25 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 24) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
/** Strokes in a unit square. */
const drawings = {
  0: [arc(0.5, 0.5, 0.22, 0.35, -90, 270)],
  1: [
    [
      [0.5, 0.15],
      [0.5, 0.85],
    ],
  ],
  2: [[...arc(0.48, 0.35, 0.2, 0.2, -170, 40), [0.28, 0.85], [0.75, 0.85]]],
  3: [
    [
      ...arc(0.47, 0.33, 0.2, 0.18, -150, 90),
      ...arc(0.47, 0.68, 0.23, 0.18, -90, 150),
    ],
  ],
  4: [
    [
      [0.55, 0.15],
      [0.25, 0.6],
      [0.78, 0.6],
    ],
    [
      [0.62, 0.4],
      [0.62, 0.88],
    ],
  ],
  7: [
    [
      [0.25, 0.18],
      [0.75, 0.18],
      [0.45, 0.85],
    ],
  ],
};

async function draw(page, strokes) {
  await page.locator("#clear").click();
  const box = await page.locator("#pad").boundingBox();
  const to = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  for (const [first, ...rest] of strokes) {
    await page.mouse.move(...to(first));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...to(point), { steps: 3 });
    await page.mouse.up();
  }
}

const ready = (page) =>
  page.waitForSelector("body[data-state=ready]", { timeout: 20_000 });

async function reads(page, digit, strokes = drawings[digit]) {
  await draw(page, strokes);
  await page.waitForFunction(
    (d) => document.querySelector("#digit").textContent === d,
    String(digit),
    {
      timeout: 20_000,
    },
  );
  const shares = await page
    .locator("#bars li span:last-child")
    .allTextContents();
  assert.equal(shares.length, 10);
  const sum = shares.reduce((total, text) => total + parseFloat(text), 0);
  assert.ok(Math.abs(sum - 100) < 0.6, shares.join());
}

for (const isolate of [true, false]) {
  test(`drawn digits are read, ${isolate ? "with" : "without"} isolation`, async () => {
    const site = await serveExample("digits", {
      isolate,
      headers: { "Content-Security-Policy": policy },
    });
    const { context, page, problems, notes, requests } = await visit(
      browser,
      site.address,
    );
    try {
      await ready(page);
      assert.equal(await page.evaluate(() => crossOriginIsolated), isolate);
      for (const digit of Object.keys(drawings)) await reads(page, digit);
      const status = await page.locator("#status").textContent();
      // The library is one file; beside it are the variant's, and no others.
      const variant = isolate ? "webhlo-relaxed-threads" : "webhlo-relaxed";
      const files = ["index.js", `${variant}.mjs`, `${variant}.wasm`];
      if (isolate) files.push(`${variant}-worker.mjs`);
      const fetched = requests.filter((path) => path.startsWith("/webhlo/"));
      assert.deepEqual(
        [...new Set(fetched)].sort(),
        files.map((name) => `/webhlo/${name}`).sort(),
      );
      if (isolate) {
        assert.match(status, /up to \d+ threads/);
      } else {
        assert.match(status, /1 thread\b/);
        assert.ok(
          notes.some((note) =>
            /one thread: this page is not cross-origin isolated/.test(note),
          ),
        );
      }
      assert.deepEqual(problems, []);
    } finally {
      await context.close();
      site.close();
    }
  });
}

test("the page works without a network after the first visit", async () => {
  const site = await serveExample("digits");
  const { context, page } = await visit(browser, site.address);
  try {
    await page.waitForSelector("body[data-offline=ready]", { timeout: 20_000 });
    site.close();
    await context.setOffline(true);
    await page.reload();
    await ready(page);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    await reads(page, 3);
  } finally {
    await context.close();
    site.close();
  }
});

test("a digit can be drawn on the keyboard, and cleared", async () => {
  const site = await serveExample("digits");
  const { context, page, problems } = await visit(browser, site.address);
  try {
    await ready(page);
    await page.locator("#pad").focus();
    await page.keyboard.press("Space");
    for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.waitForFunction(
      () => document.querySelector("#digit").textContent === "1",
    );
    await page.waitForFunction(() =>
      /^1, \d+ percent$/.test(document.querySelector("#spoken").textContent),
    );
    await page.keyboard.press("Escape");
    await page.waitForFunction(
      () => document.querySelector("#digit").textContent === "?",
    );
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    site.close();
  }
});

test("a phone shows a sample with all its bars at once, until somebody draws", async () => {
  const site = await serveExample("digits");
  // What Safari leaves of an iPhone's screen.
  const viewport = { width: 390, height: 664 };
  const { context, page, problems } = await visit(browser, site.address, {
    viewport,
  });
  const reading = (digit) =>
    page.waitForFunction(
      (d) => document.querySelector("#digit").textContent === d,
      digit,
    );
  try {
    await ready(page);
    await reading("2");
    const bars = await page.locator("#bars li").all();
    const boxes = await Promise.all(bars.map((bar) => bar.boundingBox()));
    assert.equal(boxes.length, 10);
    for (const { x, y, width, height } of boxes) {
      assert.ok(y >= 0 && y + height <= viewport.height, `${y} + ${height}`);
      assert.ok(x >= 0 && x + width <= viewport.width, `${x} + ${width}`);
    }
    const { x, y, width, height } = await page.locator("#pad").boundingBox();
    await page.mouse.move(x + width / 2, y + 0.15 * height);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 0.85 * height, { steps: 9 });
    await page.mouse.up();
    await reading("1");
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    site.close();
  }
});

test("a finger draws, in a narrow dark page too", async () => {
  const site = await serveExample("digits");
  const { context, page } = await visit(browser, site.address, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    colorScheme: "dark",
  });
  try {
    await ready(page);
    const box = await page.locator("#pad").boundingBox();
    assert.ok(box.width > 250 && box.x >= 0 && box.x + box.width <= 390);
    const session = await context.newCDPSession(page);
    const touch = (type, x, y) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints:
          type === "touchEnd"
            ? []
            : [{ x: box.x + x * box.width, y: box.y + y * box.height }],
      });
    await touch("touchStart", 0.5, 0.15);
    for (let y = 0.2; y < 0.9; y += 0.05) await touch("touchMove", 0.5, y);
    await touch("touchEnd");
    await page.waitForFunction(
      () => document.querySelector("#digit").textContent === "1",
    );
  } finally {
    await context.close();
    site.close();
  }
});
