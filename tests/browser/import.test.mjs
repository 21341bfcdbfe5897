// SPDX-License-Identifier: Apache-2.0
// What a page pays to import the package: one file, and nothing else until it loads a model. How long it takes is
// measured and told: by the clock, beside an empty module, as on a busy machine the clock mostly counts waiting for a
// processor; and by the time that V8 had one.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { digitsFile, launch, serve, visit } from "./pages.mjs";
import { trace } from "./tasks.mjs";

const visits = 6;
/** After a page is there Chromium still starts what it needs next, and that takes processors from the import. */
const settle_ms = 700;

let browser, folder, server;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  writeFileSync(
    path.join(folder, "index.html"),
    `<!doctype html><link rel="icon" href="data:,">`,
  );
  writeFileSync(
    path.join(folder, "empty.js"),
    "export const load = () => undefined;\n",
  );
  const mounts = { "/": folder, "/digits.whlo": digitsFile };
  [browser, server] = await Promise.all([
    launch(),
    serve(mounts, { isolate: true }),
  ]);
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true });
});

/** Opens the page anew, in a context that may have been there before, and imports. */
async function importIn(context, address) {
  const page = await context.newPage();
  const requests = [];
  page.on("request", (request) =>
    requests.push(new URL(request.url()).pathname),
  );
  await page.goto(server.address);
  await page.waitForTimeout(settle_ms);
  const ms = await page.evaluate(async (address) => {
    const begin = performance.now();
    const { load } = await import(address);
    return typeof load === "function" && performance.now() - begin;
  }, address);
  assert.notEqual(ms, false);
  return { page, ms, requests };
}

/** The best and the median, in words. */
function tell(times) {
  const [best, median] = [0, times.length >> 1].map((i) =>
    times.toSorted((a, b) => a - b)[i].toFixed(1),
  );
  return `best ${best} ms, median ${median} ms`;
}

test("to import the package is to fetch one file, and what a model needs comes with it", async (t) => {
  const times = {};
  const note = (what, ms) => (times[what] ??= []).push(ms);
  for (let i = 0; i < visits; i++) {
    for (const address of ["/empty.js", "/webhlo/index.js"]) {
      const context = await browser.newContext();
      // The server has a page ask for what it has in its cache, and answers that it has not changed.
      for (const cache of ["empty cache", "second visit"]) {
        const { page, ms, requests } = await importIn(context, address);
        note(`import ${address}, ${cache}`, ms);
        assert.deepEqual(requests, ["/", address]);
        if (address !== "/empty.js") {
          const { ms, size } = await page.evaluate(async () => {
            const { load } = await import("/webhlo/index.js");
            const begin = performance.now();
            const model = await load("digits.whlo", { threads: 1 });
            const image = new Float32Array(784);
            const { logits } = await model.run({ image });
            return { ms: performance.now() - begin, size: logits.length };
          });
          note(`load to first answer, ${cache}`, ms);
          assert.equal(size, 10);
          const [glue, wasm] = ["mjs", "wasm"].map((kind) =>
            requests.find((file) => file.endsWith(`.${kind}`)),
          );
          assert.match(glue, /^\/webhlo\/webhlo-(simd|relaxed)\.mjs$/);
          assert.equal(wasm, glue.replace("mjs", "wasm"));
          assert.deepEqual(
            requests.slice(2).sort(),
            ["/digits.whlo", glue, wasm].sort(),
          );
        }
        await page.close();
      }
      await context.close();
    }
  }
  for (const [what, list] of Object.entries(times)) {
    t.diagnostic(`${what}: ${tell(list)}`);
  }
});

test("the package is evaluated once, and what that takes of a processor is told", async (t) => {
  // Whether a file is compiled while it arrives or when it is there is Chromium's choice.
  const compile = ["v8.parseOnBackground", "v8.compileModule"];
  const times = { compiling: [], evaluating: [] };
  for (let i = 0; i < visits; i++) {
    const { context, page } = await visit(browser, server.address);
    const { events } = await trace(
      browser,
      page,
      () => import("/webhlo/index.js").then(() => true),
      { categories: ["v8", "devtools.timeline"] },
    );
    const tasks = (...names) =>
      events.filter(({ name }) => names.includes(name));
    const [evaluate, ...more] = tasks("v8.evaluateModule");
    assert.ok(evaluate.tdur >= 0);
    assert.deepEqual(more, []);
    times.evaluating.push(evaluate.tdur / 1000);
    const sum = tasks(...compile).reduce((sum, { tdur = 0 }) => sum + tdur, 0);
    times.compiling.push(sum / 1000);
    await context.close();
  }
  for (const [what, list] of Object.entries(times)) {
    t.diagnostic(`${what} it: ${tell(list)} of a processor`);
  }
});
