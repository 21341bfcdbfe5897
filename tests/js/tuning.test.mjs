// SPDX-License-Identifier: Apache-2.0
// Tuning: kernels are tried when nothing runs, or within a load; what is found out is data, kept for loads
// to come where they can find it, and believed only as far as it fits.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";

import { load, Tensor } from "../../js/dist/index.js";
import { version } from "../../js/dist/tuning.js";
import { program } from "./programs.mjs";

const folder = mkdtempSync(join(tmpdir(), "webhlo-tuning-"));
const { XDG_CACHE_HOME } = process.env;
process.env.XDG_CACHE_HOME = folder;
after(() => {
  if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  rmSync(folder, { recursive: true });
});
beforeEach(() =>
  rmSync(join(folder, "webhlo"), { recursive: true, force: true }),
);
const kept = () => {
  const cache = join(folder, "webhlo");
  return readdirSync(cache).map((name) => join(cache, name));
};

// A convolution that Winograd's transform suits, and a product of what it gives.
const network = (height) =>
  program(`module {
  func.func public @main(%f: tensor<32x3x3x32xf32> loc("weights['f']"), %w: tensor<32x24xf32> loc("weights['w']"),
      %x: tensor<1x${height}x16x32xf32> loc("x")) -> (tensor<1x${height}x16x24xf32> {jax.result_info = "result['y']"}) {
    %y = stablehlo.convolution(%x, %f) dim_numbers = [b, 0, 1, f]x[o, 0, 1, i]->[b, 0, 1, f], window = {pad = [[1, 1], [1, 1]]}
        {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x${height}x16x32xf32>, tensor<32x3x3x32xf32>) -> tensor<1x${height}x16x32xf32>
    %t = stablehlo.tanh %y : tensor<1x${height}x16x32xf32>
    %p = stablehlo.dot_general %t, %w, contracting_dims = [3] x [0] : (tensor<1x${height}x16x32xf32>, tensor<32x24xf32>) -> tensor<1x${height}x16x24xf32>
    return %p : tensor<1x${height}x16x24xf32>
  }
}`);
const waves = (length, step) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * step));
const weights = {
  f: new Tensor(waves(32 * 9 * 32, 0.7), { shape: [32, 3, 3, 32] }),
  w: new Tensor(waves(32 * 24, 0.9), { shape: [32, 24] }),
};
const x = waves(16 * 16 * 32, 0.1);
const fixed = network(16);
const loadFixed = (options) => load(fixed, { weights, threads: 1, ...options });

function assertNear(actual, expected) {
  assert.equal(actual.length, expected.length);
  const off = actual.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - expected[i])),
    0,
  );
  assert.ok(off < 1e-4, `${off}`);
}

/** All kernels, within the load, for this load alone. */
const allTried = { tune: "load", tuneBudget: Infinity, tuneCache: false };

let expected;
test("without tuning, the plan says which kernels its sizes suggest", async () => {
  const model = await loadFixed();
  expected = model.runSync({ x }).y;
  assert.match(
    await model.inspect("plan"),
    /winograd .*; first of winograd, convolution.tiled/,
  );
  assert.deepEqual((await model.tuned).kernels, {});
  model.dispose();
});

test("idle: it measures while nothing runs, keeps what it found out, and says so in the plan", async () => {
  const model = await loadFixed({ tune: "idle" });
  assertNear(model.runSync({ x }).y, expected);
  const [{ y }, tuning] = await Promise.all([model.run({ x }), model.tuned]);
  assertNear(y, expected);
  assert.equal(Object.keys(tuning.kernels).length, 2);
  assert.equal(tuning.webhlo, version);
  assert.match(
    await model.inspect("plan"),
    /measured fastest of winograd, convolution.tiled/,
  );
  const tuned = model.runSync({ x }).y;
  assertNear(tuned, expected);
  const [file] = kept();
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), tuning);
  model.dispose();

  // A load that finds it has nothing to try.
  const again = await loadFixed({ tune: "idle" });
  assert.match(await again.inspect("plan"), /measured fastest of/);
  assert.deepEqual(again.runSync({ x }).y, tuned);
  assert.deepEqual(await again.tuned, tuning);
  again.dispose();
});

test("load: it measures within the load, as long as it may", async () => {
  const model = await loadFixed(allTried);
  assert.equal(Object.keys((await model.tuned).kernels).length, 2);
  assertNear(model.runSync({ x }).y, expected);
  assert.throws(kept, { code: "ENOENT" });
  model.dispose();
  const hasty = await loadFixed({ tune: "load", tuneBudget: 0 });
  assert.deepEqual((await hasty.tuned).kernels, {});
  assertNear(hasty.runSync({ x }).y, expected);
  hasty.dispose();
});

test("a shape that comes later is measured, too", async () => {
  const model = await load(network("?"), {
    weights,
    threads: 1,
    tune: "idle",
    tuneCache: false,
  });
  assert.deepEqual((await model.tuned).kernels, {});
  assertNear(
    model.runSync({ x: new Tensor(x, { shape: [1, 16, 16, 32] }) }).y,
    expected,
  );
  assert.equal(Object.keys((await model.tuned).kernels).length, 2);
  assertNear(
    model.runSync({ x: new Tensor(x, { shape: [1, 16, 16, 32] }) }).y,
    expected,
  );
  const half = new Tensor(x.subarray(0, x.length / 2), {
    shape: [1, 8, 16, 32],
  });
  model.runSync({ x: half });
  assert.equal(Object.keys((await model.tuned).kernels).length, 4);
  model.dispose();
});

test("what is given counts where it was found out on such a machine, and proposes a kernel", async () => {
  const first = await loadFixed(allTried);
  const tuning = await first.tuned;
  first.dispose();
  const kernelsOf = async (given) => {
    const model = await loadFixed({ tuning: given });
    const plan = await model.inspect("plan");
    assertNear(model.runSync({ x }).y, expected);
    model.dispose();
    return /measured fastest/.test(plan);
  };
  const elsewhere = { ...tuning, machine: "another" };
  assert.equal(await kernelsOf(tuning), true);
  assert.equal(await kernelsOf([elsewhere, tuning]), true);
  assert.equal(await kernelsOf(JSON.parse(JSON.stringify(tuning))), true);
  const others = { webhlo: "0.0.1", variant: "another", threads: 7 };
  for (const [name, value] of Object.entries(others)) {
    assert.equal(await kernelsOf({ ...tuning, [name]: value }), false, name);
  }
  assert.equal(await kernelsOf(elsewhere), false);
  assert.equal(await kernelsOf([]), false);
  // No kernel of the step, and no kernels at all.
  const all = (kernel) =>
    Object.fromEntries(
      Object.keys(tuning.kernels).map((step) => [step, kernel]),
    );
  for (const kernel of [
    "depthwise",
    "constructor",
    "x y",
    "x\n0",
    "",
    7,
    null,
  ]) {
    assert.equal(
      await kernelsOf({ ...tuning, kernels: all(kernel) }),
      false,
      String(kernel),
    );
  }
  for (const kernels of [
    undefined,
    null,
    3,
    ["winograd"],
    { "": "winograd" },
    { __proto__: null },
  ]) {
    assert.equal(await kernelsOf({ ...tuning, kernels }), false);
  }
});

test("a cache that is damaged, too large or not to be written is as good as none", async () => {
  const tune = async () => {
    const model = await loadFixed({ tune: "load", tuneBudget: Infinity });
    assertNear(model.runSync({ x }).y, expected);
    const { kernels } = await model.tuned;
    model.dispose();
    return Object.keys(kernels).length;
  };
  assert.equal(await tune(), 2);
  const [file] = kept();
  const good = readFileSync(file, "utf8");
  for (const text of [
    "",
    "{",
    "[]",
    "null",
    good.slice(0, -9),
    good + " ".repeat(2 ** 21),
  ]) {
    writeFileSync(file, text);
    assert.equal(await tune(), 2);
    assert.deepEqual(
      Object.keys(JSON.parse(readFileSync(file, "utf8"))).length,
      5,
    );
  }
  assert.deepEqual(kept(), [file]);
  rmSync(join(folder, "webhlo"), { recursive: true });
  writeFileSync(join(folder, "webhlo"), "a file where the folder should be");
  assert.equal(await tune(), 2);
});

test("where memory is short, tuning ends and the model goes on", async () => {
  const plain = await loadFixed();
  const bytes = plain.memory.wasm;
  plain.dispose();
  const model = await loadFixed({
    tune: "idle",
    tuneCache: false,
    maxMemory: bytes + 2 ** 20,
  });
  await assert.rejects(model.tuned, { code: "out_of_memory" });
  assertNear(model.runSync({ x }).y, expected);
  model.dispose();
  const loaded = await loadFixed({
    tune: "load",
    tuneCache: false,
    maxMemory: bytes + 2 ** 20,
  });
  assert.deepEqual((await loaded.tuned).kernels, {});
  assertNear(loaded.runSync({ x }).y, expected);
  loaded.dispose();
});

test("tuning ends with the model, and keeps no process alive", async () => {
  const model = await loadFixed({ tune: "idle" });
  const { tuned } = model;
  model.dispose();
  await assert.rejects(tuned, {
    code: "invalid_argument",
    message: /disposed/,
  });

  const script = `
    import { load, Tensor } from ${JSON.stringify(new URL("../../js/dist/index.js", import.meta.url))};
    const model = await load(process.argv[1], { tune: "idle", threads: 1 });
    if (process.argv[2] === "wait") console.log(Object.keys((await model.tuned).kernels).length);`;
  const digits = new URL("../../js/digits.whlo", import.meta.url).pathname;
  for (const [wait, answer] of [
    ["wait", /^\d+\n$/],
    ["go", /^$/],
  ]) {
    const args = ["--input-type=module", "-e", script, digits, wait];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
    });
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.match(stdout, answer);
  }
});

test("memory: 'low' packs no filter in a layout that is larger than it", async () => {
  const fast = await loadFixed();
  const small = await loadFixed({ memory: "low" });
  assert.match(await small.inspect("plan"), /convolution.tiled/);
  assert.doesNotMatch(await small.inspect("plan"), /winograd/);
  assertNear(small.runSync({ x }).y, expected);
  const bytes = 4 * (32 * 9 * 32 + 32 * 24);
  assert.ok(small.memory.packed < 1.1 * bytes, `${small.memory.packed}`);
  assert.ok(fast.memory.packed > 4 * bytes, `${fast.memory.packed}`);
  fast.dispose();
  small.dispose();
});

test("options that are none are errors", async () => {
  const wrong = {
    tune: "always",
    tuneBudget: -1,
    tuning: 3,
    tuneCache: 1,
    memory: "high",
  };
  for (const [name, value] of Object.entries(wrong)) {
    const message = new RegExp(`load: ${name} is`);
    await assert.rejects(loadFixed({ [name]: value }), {
      code: "invalid_argument",
      message,
    });
  }
});

test("the version is the package's", () => {
  const file = new URL("../../js/package.json", import.meta.url);
  assert.equal(version, JSON.parse(readFileSync(file, "utf8")).version);
});
