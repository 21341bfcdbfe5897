// SPDX-License-Identifier: Apache-2.0
// Models in workers of a page, with and without isolation: what the page's own thread has to wait for while a large
// model loads and runs is measured and told, by the clock and by the processor's time: the clock also counts waiting for
// a processor that others have.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { digitsFile, launch, serve, visit } from "./pages.mjs";
import { tell, traceTasks } from "./tasks.mjs";

// 24 layers of 1024 x 1024: 96 MiB of weights.
const layers = 24;
const width = 1024;
const type = `tensor<${width}x${width}xf32>`;
const row = `tensor<1x${width}xf32>`;
const each = (line) => Array.from({ length: layers }, (_, i) => line(i));
const large = `module {
  func.func public @main(${each((i) => `%w${i}: ${type} loc("params['w${i}']")`).join(", ")}, %x0: ${row} loc("inputs['x']"))
      -> (${row} {jax.result_info = "result['y']"}) {
    ${each(
      (
        i,
      ) => `%y${i} = stablehlo.dot_general %x${i}, %w${i}, contracting_dims = [1] x [0] : (${row}, ${type}) -> ${row}
    %x${i + 1} = stablehlo.tanh %y${i} : ${row}`,
    ).join("\n    ")}
    return %x${layers} : ${row}
  }
}`;

function writeWeights(file) {
  const size = width * width * 4;
  const entries = each((i) => [
    `w${i}`,
    {
      dtype: "F32",
      shape: [width, width],
      data_offsets: [i * size, (i + 1) * size],
    },
  ]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const layer = new Float32Array(width * width).map((_, i) => Math.sin(i) / 30);
  writeFileSync(
    file,
    Buffer.concat([length, header, ...each(() => Buffer.from(layer.buffer))]),
  );
}

let browser, folder, isolated, plain;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  writeFileSync(
    path.join(folder, "index.html"),
    `<!doctype html><link rel="icon" href="data:,">`,
  );
  writeFileSync(path.join(folder, "large.mlir"), large);
  writeWeights(path.join(folder, "large.safetensors"));
  execFileSync(process.execPath, [
    fileURLToPath(new URL("../../js/dist/cli.js", import.meta.url)),
    ...["convert", path.join(folder, "large.mlir")],
    ...["--weights", path.join(folder, "large.safetensors")],
    ...["--out", path.join(folder, "large.whlo")],
  ]);
  const mounts = { "/": folder, "/digits.whlo": digitsFile };
  [browser, isolated, plain] = await Promise.all([
    launch(),
    serve(mounts, { isolate: true }),
    serve(mounts, { isolate: false }),
  ]);
});

after(async () => {
  await browser?.close();
  isolated?.close();
  plain?.close();
  rmSync(folder, { recursive: true });
});

for (const [kind, threads] of [
  ["an isolated", 2],
  ["any other", 1],
]) {
  test(`in ${kind} page a worker answers on ${threads} thread(s)`, async () => {
    const { address } = threads === 2 ? isolated : plain;
    const { context, page, problems } = await visit(browser, address);
    const answer = await page.evaluate(async () => {
      const { load } = await import("/webhlo/index.js");
      const image = new Float32Array(784).fill(0.5);
      const here = await load("digits.whlo", { threads: 2 });
      const there = await load("digits.whlo", { threads: 2, worker: true });
      const mine = (await here.run({ image })).logits;
      const { logits } = await there.run({ image }, { keep: ["logits"] });
      const same = (await logits.read()).every((value, i) => value === mine[i]);
      // A download that the page has begun.
      const response = await load(await fetch("digits.whlo"), { worker: true });
      const moved = (await response.run({ image }, { transfer: ["image"] }))
        .logits;
      const stuck = there.run({ image: new Float32Array(784) });
      there.dispose();
      const ended = await stuck.catch((error) => error.message);
      return {
        same,
        moved: moved.every((value, i) => value === mine[i]) && image.length,
        threads: there.threads,
        ended,
      };
    });
    assert.deepEqual(answer, {
      same: true,
      moved: 0,
      threads,
      ended: "the model was disposed",
    });
    assert.deepEqual(problems, []);
    await context.close();
  });
}

for (const [kind, file, weights] of [
  ["as text with its weights beside it", "large.mlir", "large.safetensors"],
  ["in one file", "large.whlo"],
]) {
  test(`the page goes on while a model of 96 MiB, ${kind}, loads and runs`, async (t) => {
    const { context, page, problems } = await visit(browser, isolated.address);
    await page.evaluate(async () => {
      const { load } = await import("/webhlo/index.js");
      globalThis.loadAndRun = async ({ file, weights }, measure) => {
        const options = {
          worker: true,
          threads: 1,
          ...(weights && { weights }),
        };
        const model = await measure("loads", () => load(file, options));
        const x = new Float32Array(1024).fill(0.1);
        const y = await measure("runs", async () => {
          let y;
          for (let i = 0; i < 20; i++) ({ y } = await model.run({ x }));
          return y;
        });
        model.dispose();
        return y.length === 1024 && y.every(Number.isFinite);
      };
    });
    const { value, tasks } = await traceTasks(
      browser,
      page,
      (files) => globalThis.loadAndRun(files, globalThis.measure),
      { file, weights },
    );
    const pauses = await page.evaluate(
      async (files) => {
        // Turns of the event loop, one after the other: what is between two of them is a task of somebody else, or
        // another process.
        const { port1, port2 } = new MessageChannel();
        let last = performance.now();
        let longest = 0;
        port1.onmessage = () => {
          const now = performance.now();
          longest = Math.max(longest, now - last);
          last = now;
          port2.postMessage(undefined);
        };
        port2.postMessage(undefined);
        const pauses = {};
        const finite = await globalThis.loadAndRun(
          files,
          async (name, work) => {
            await new Promise((resolve) => setTimeout(resolve, 100));
            longest = 0;
            const value = await work();
            pauses[name] = longest;
            return value;
          },
        );
        port1.close();
        return finite && pauses;
      },
      { file, weights },
    );
    assert.ok(pauses && value);
    for (const name of ["loads", "runs"]) {
      t.diagnostic(
        `while it ${name}: ${tell(tasks[name], 8)}; ` +
          `the longest pause of the page is ${pauses[name].toFixed(1)} ms by the clock`,
      );
      assert.ok(tasks[name].length > 0);
      assert.ok(tasks[name].every(({ processor }) => processor >= 0));
    }
    assert.deepEqual(problems, []);
    await context.close();
  });
}

test("a worker whose file is not there is an error that says so", async () => {
  const { context, page } = await visit(browser, plain.address);
  await page.route("**/webhlo-worker.js", (route) =>
    route.fulfill({ status: 404, body: "" }),
  );
  const message = await page.evaluate(async () => {
    const { load } = await import("/webhlo/index.js");
    const error = await load("digits.whlo", { worker: true }).catch((e) => e);
    return `${error.code}: ${error.message}`;
  });
  assert.match(
    message,
    /^invalid_argument: the worker of the model cannot start/,
  );
  await context.close();
});
