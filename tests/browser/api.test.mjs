// SPDX-License-Identifier: Apache-2.0
// The API in headless Chromium, outside of the example: every kind of source, a worker, what goes wrong,
// and the README's first lines under an import map.

import assert from "node:assert/strict";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { createStaticServer, listen } from "../../js/dist/cli/serve.js";
import { launch, visit } from "./pages.mjs";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
let browser, folder, server, address, page, context, problems;

const importMap = {
  imports: {
    webhlo: "/node_modules/webhlo/dist/index.js",
    "webhlo/digits.js": "/node_modules/webhlo/digits.js",
  },
};

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  const html = (script) =>
    `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${JSON.stringify(importMap)}</script>${script}`;
  writeFileSync(path.join(folder, "index.html"), html(""));
  writeFileSync(
    path.join(folder, "worker.js"),
    `import { load } from '/node_modules/webhlo/dist/index.js';
     onmessage = async ({ data }) => {
       try {
         const model = await load(data);
         const { logits } = model.runSync({ image: new Float32Array(784) });
         postMessage([logits.length, model.threads]);
       } catch (error) {
         postMessage(String(error));
       }
     };`,
  );
  const readme = at("../../README.md");
  const block = existsSync(readme)
    ? /```js\n([^]*?)```/.exec(readFileSync(readme, "utf8"))
    : null;
  if (block)
    writeFileSync(
      path.join(folder, "readme.html"),
      html(`<script type="module">${block[1]}</script>`),
    );
  server = createStaticServer({
    mounts: {
      "/": folder,
      "/node_modules/webhlo/": at("../../js"),
      "/models/": at("../../models"),
    },
  });
  address = await listen(server, 0, "127.0.0.1");
  browser = await launch();
  ({ page, context, problems } = await visit(browser, address));
});

after(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

test("kernels are tried in idle times, and what was found out is in the page's Cache", async () => {
  const { tuned, kept, again, plan, off } = await page.evaluate(async () => {
    const { load } = await import("webhlo");
    const url = new URL("/node_modules/webhlo/digits.whlo", location.href);
    const image = Float32Array.from({ length: 784 }, (_, i) => (i % 7) / 7);
    const model = await load(url, { tune: "idle", threads: 1 });
    const before = model.runSync({ image }).logits;
    const [tuned] = await Promise.all([model.tuned, model.run({ image })]);
    const after = model.runSync({ image }).logits;
    const off = Math.max(...after.map((x, i) => Math.abs(x - before[i])));
    const cache = await caches.open("webhlo");
    const entries = await cache.keys();
    const kept = await Promise.all(
      entries.map(async (entry) => (await cache.match(entry)).json()),
    );
    const other = await load(url, { tune: "idle", threads: 1 });
    const plan = await other.inspect("plan");
    const again = await other.tuned;
    model.dispose();
    other.dispose();
    await caches.delete("webhlo");
    return { tuned, kept, again, plan, off };
  });
  assert.ok(Object.keys(tuned.kernels).length > 0);
  assert.match(tuned.machine, /^\d+ processors, .*Chrome/);
  assert.deepEqual(kept, [tuned]);
  assert.deepEqual(again, tuned);
  assert.match(plan, /measured fastest of/);
  assert.ok(off < 1e-4, `${off}`);
});

test("every kind of source loads and gives the same answer", async () => {
  const answers = await page.evaluate(async () => {
    const { load } = await import("webhlo");
    const url = new URL("/node_modules/webhlo/digits.whlo", location.href);
    const get = () => fetch(url);
    const bytes = await (await get()).arrayBuffer();
    const sources = {
      "URL string": url.href,
      "relative string": "node_modules/webhlo/digits.whlo",
      URL: url,
      Response: await get(),
      Blob: new Blob([bytes]),
      File: new File([bytes], "digits.whlo"),
      ArrayBuffer: bytes,
      "blob: URL": URL.createObjectURL(new Blob([bytes])),
    };
    const answers = {};
    for (const [name, source] of Object.entries(sources)) {
      const steps = [];
      const model = await load(source, {
        onProgress: (loaded, total) => steps.push(loaded / total),
      });
      const { logits } = await model.run({
        image: new Float32Array(784).fill(0.5),
      });
      answers[name] = [[...logits], steps.at(-1), model.threads];
      model.dispose();
    }
    return answers;
  });
  const [expected] = Object.values(answers);
  assert.equal(expected[0].length, 10);
  for (const [name, answer] of Object.entries(answers)) {
    assert.deepEqual(answer[0], expected[0], name);
    assert.equal(answer[1], 1, name);
    assert.ok(answer[2] > 1, name);
  }
  assert.deepEqual(problems, []);
});

test("programs and weights stream from their own files, read by an importer that is fetched once", async () => {
  const [logits, fetched] = await page.evaluate(async () => {
    const { load } = await import("webhlo");
    const model = await load("/models/digits/model.jaxexport", {
      weights: "/models/digits/weights.safetensors",
      threads: 1,
    });
    return [
      [...model.runSync({ image: new Float32Array(784) }).logits],
      performance
        .getEntriesByType("resource")
        .filter(({ name }) => name.endsWith("/webhlo-importer.wasm")).length,
    ];
  });
  assert.equal(logits.length, 10);
  assert.ok(logits.every(Number.isFinite));
  assert.equal(fetched, 1);
});

test("linear algebra is fetched by the first program that needs it", async () => {
  const answer = await page.evaluate(async () => {
    const { load } = await import("webhlo");
    const fetched = () =>
      performance
        .getEntriesByType("resource")
        .filter(({ name }) => name.endsWith("/webhlo-linear-algebra.wasm"))
        .length;
    const before = fetched();
    const cholesky = `func.func @main(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
      %0:2 = stablehlo.custom_call @lapack_spotrf_ffi(%a) {mhlo.backend_config = {uplo = 76 : ui8}}
        : (tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<i32>)
      return %0#0 : tensor<2x2xf32>
    }`;
    const factors = [];
    for (let i = 0; i < 2; i++) {
      const model = await load(new TextEncoder().encode(cholesky));
      factors.push(...model.runSync({ arg0: [4, 2, 2, 5] }).result);
      model.dispose();
    }
    return [before, factors, fetched()];
  });
  assert.deepEqual(answer, [0, [2, 2, 1, 2, 2, 2, 1, 2], 1]);
  assert.deepEqual(problems, []);
});

test("what goes wrong is a WebHLOError with its code", async () => {
  const codes = await page.evaluate(async () => {
    const { load } = await import("webhlo");
    const codeOf = (promise) =>
      promise.then(
        () => "none",
        (error) => `${error.name} ${error.code}`,
      );
    const model = await load("/node_modules/webhlo/digits.whlo");
    const abort = new AbortController();
    const aborted = codeOf(
      load("/node_modules/webhlo/digits.whlo", { signal: abort.signal }),
    );
    abort.abort();
    return [
      await codeOf(load("/none.whlo")),
      await codeOf(load("/index.html")),
      await codeOf(load(new Uint8Array(9))),
      await codeOf(model.run({ image: new Float32Array(3) })),
      await codeOf(
        load("/node_modules/webhlo/digits.whlo", { wasmURL: "/none/" }),
      ),
      await aborted,
      await codeOf(model.run({ image: new Float32Array(784) })),
    ];
  });
  assert.deepEqual(codes, [
    "WebHLOError invalid_argument",
    "WebHLOError invalid_model",
    "WebHLOError invalid_model",
    "WebHLOError invalid_argument",
    "WebHLOError invalid_argument",
    "WebHLOError cancelled",
    "none",
  ]);
});

test("a dedicated worker runs a model with threads of its own", async () => {
  const answer = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker("/worker.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(
          new URL("/node_modules/webhlo/digits.whlo", location.href).href,
        );
      }),
  );
  assert.equal(answer[0], 10, String(answer));
  assert.ok(answer[1] > 1);
});

test("a page profiles models, here and in a worker; recordings show loads and runs", async () => {
  const { profiles, events, track, names } = await page.evaluate(async () => {
    const { load, traceOf } = await import("webhlo");
    const url = "/node_modules/webhlo/digits.whlo";
    const measures = [];
    const observer = new PerformanceObserver((list) => {
      measures.push(...list.getEntries());
    });
    observer.observe({ entryTypes: ["measure"] });
    const image = new Float32Array(784);
    const profiles = [];
    for (const worker of [false, true]) {
      const model = await load(url, { threads: 1, log: "debug", worker });
      await model.run({ image });
      profiles.push(await model.profile({ image }, { runs: 2 }));
      model.dispose();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    observer.disconnect();
    return {
      profiles,
      events: traceOf(profiles[0]).traceEvents.length,
      track: measures[0].detail.devtools.track,
      names: measures.map(({ name }) => name).sort(),
    };
  });
  const kernels = ({ steps }) => steps.map(({ kernel }) => kernel);
  assert.deepEqual(kernels(profiles[0]), kernels(profiles[1]));
  assert.ok(profiles.every(({ totalMs }) => totalMs > 0));
  const ran = profiles[0].steps.filter(({ runs }) => runs > 0);
  assert.equal(events, ran.length + 1);
  assert.equal(track, "webhlo");
  // Those of the worker are the worker's own.
  assert.equal(names.filter((name) => name === "webhlo load").length, 1);
  assert.deepEqual(names.slice(-3), Array(3).fill("webhlo run main"));
});

test("where no worker can be started, one thread runs and the console says why", async () => {
  const { page, context, problems, notes } = await visit(browser, address);
  const threads = await page.evaluate(async () => {
    globalThis.Worker = class {
      constructor() {
        throw new Error("workers are refused here");
      }
    };
    const { load } = await import("webhlo");
    const model = await load("/node_modules/webhlo/digits.whlo", {
      threads: 3,
    });
    model.runSync({ image: new Float32Array(784) });
    return model.threads;
  });
  assert.equal(threads, 1);
  assert.deepEqual(notes, [
    "WebHLO runs on one thread: no worker can be started (workers are refused here).",
  ]);
  assert.deepEqual(problems, []);
  await context.close();
});

test("the first lines of the README run as they stand", async (t) => {
  if (!existsSync(path.join(folder, "readme.html")))
    return t.skip("no README with a js block");
  const readme = await context.newPage();
  const lines = [];
  readme.on("console", (message) => lines.push(message.text()));
  readme.on("pageerror", (error) => lines.push(`error: ${error.message}`));
  await readme.goto(`${address}readme.html`);
  for (let i = 0; i < 100 && lines.length === 0; i++)
    await readme.waitForTimeout(50);
  assert.deepEqual(lines, ["a 1"]);
  await readme.close();
});

test("images that a page shows become tensors, and a tensor an image", async () => {
  const seen = await page.evaluate(async () => {
    const { fromImage, toImageData } = await import("webhlo");
    const canvas = new OffscreenCanvas(4, 2);
    const context = canvas.getContext("2d");
    context.fillStyle = "rgb(255, 0, 51)";
    context.fillRect(0, 0, 2, 2);
    context.fillStyle = "rgb(0, 102, 0)";
    context.fillRect(2, 0, 2, 2);
    const img = new Image();
    img.src = URL.createObjectURL(await canvas.convertToBlob());
    await img.decode();
    const element = document.createElement("canvas");
    [element.width, element.height] = [4, 2];
    element.getContext("2d").drawImage(canvas, 0, 0);
    const frame = new VideoFrame(canvas, { timestamp: 0 });
    const images = {
      canvas,
      element,
      img,
      frame,
      bitmap: await createImageBitmap(canvas),
      pixels: context.getImageData(0, 0, 4, 2),
    };
    const shape = [1, 3, 1, 2];
    const options = { shape, layout: "nchw" };
    const tensors = Object.entries(images).map(([name, image]) => [
      name,
      fromImage(image, options).toArray(),
    ]);
    frame.close();
    const refusals = [
      new Image(),
      document.createElement("video"),
      document.createElement("p"),
    ].map((image) => {
      try {
        return fromImage(image, options);
      } catch (error) {
        return `${error.code}: ${error.message}`;
      }
    });
    const shown = toImageData(fromImage(canvas, { shape: [2, 4, 3] }));
    return {
      tensors,
      refusals,
      isImageData: shown instanceof ImageData,
      same: String(shown.data) === String(images.pixels.data),
    };
  });
  // A pixel of the result takes a seventh of the other half.
  const [near, far] = [6 / 7, 1 / 7];
  const expected = [near, far, 0.4 * far, 0.4 * near, 0.2 * near, 0.2 * far];
  for (const [name, tensor] of seen.tensors) {
    // Video frames may pass through another color space.
    const tolerance = name === "frame" ? 0.05 : 0.005;
    for (const [i, value] of tensor.flat(4).entries()) {
      const message = `${name}: ${JSON.stringify(tensor)}`;
      assert.ok(Math.abs(value - expected[i]) <= tolerance, message);
    }
  }
  assert.deepEqual(
    seen.refusals.map((text) => text.replace(/(a|an) HTML\w+/, "it")),
    [
      "invalid_argument: fromImage: it has no pixels yet",
      "invalid_argument: fromImage: it has no pixels yet",
      "invalid_argument: fromImage: expected an image, a canvas, a video, or { data, width, height } of RGBA; got it",
    ],
  );
  assert.ok(seen.isImageData && seen.same);
});
