// SPDX-License-Identifier: Apache-2.0
// Programs that leave sizes free (`tensor<?x32xf32>`): each run brings its own, by a Tensor or by the
// length of an array. They are compiled once for each set of shapes, over one set of packed weights.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { load, Tensor } from "../../js/dist/index.js";
import { program, refused } from "./programs.mjs";

const inner = 32;
const outer = 8;

// y = relu(x w + b), for any number of rows.
const layer = program(`module {
  func.func public @main(%x: tensor<?x32xf32> loc("inputs['x']"), %w: tensor<32x8xf32> loc("weights['w']"),
      %b: tensor<8xf32> loc("weights['b']")) -> (tensor<?x8xf32> {jax.result_info = "result['y']"}) {
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<?x32xf32>, tensor<32x8xf32>) -> tensor<?x8xf32>
    %z = chlo.broadcast_add %y, %b : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
    %r = chlo.broadcast_maximum %z, %zero : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
    return %r : tensor<?x8xf32>
  }
}`);
// state + x, and twice that, of one length.
const accumulate = program(`module {
  func.func public @main(%state: tensor<?xf32> loc("state"), %x: tensor<?xf32> loc("x"))
      -> (tensor<?xf32> {jax.result_info = "result['next']"}, tensor<?xf32> {jax.result_info = "result['twice']"}) {
    %0 = stablehlo.add %state, %x : tensor<?xf32>
    %1 = stablehlo.add %0, %0 : tensor<?xf32>
    return %0, %1 : tensor<?xf32>, tensor<?xf32>
  }
}`);
const transpose = program(`module {
  func.func public @main(%x: tensor<?x?xf32> loc("x")) -> (tensor<?x?xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.transpose %x, dims = [1, 0] : (tensor<?x?xf32>) -> tensor<?x?xf32>
    return %0 : tensor<?x?xf32>
  }
}`);

// Small whole numbers: sums of products are exact.
const some = (count, seed) =>
  Float32Array.from({ length: count }, (_, i) => ((i * 7 + seed) % 11) - 5);
const w = some(inner * outer, 3);
const b = some(outer, 5);
const weights = {
  w: new Tensor(w, { shape: [inner, outer] }),
  b: new Tensor(b),
};
const expected = (x) => {
  const rows = x.length / inner;
  const y = new Float32Array(rows * outer);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < outer; c++) {
      let sum = b[c];
      for (let k = 0; k < inner; k++)
        sum += x[row * inner + k] * w[k * outer + c];
      y[row * outer + c] = Math.max(sum, 0);
    }
  }
  return y;
};

/** Loads a model for the time of a test. */
const loading = async (t, source, options) => {
  const model = await load(source, { threads: 1, ...options });
  t.after(() => model.dispose());
  return model;
};
const loadLayer = (t) => loading(t, layer, { weights });

test("a program runs with any number of rows, over weights that are packed once", async (t) => {
  const model = await loadLayer(t);
  assert.deepEqual(model.inputs, [
    { name: "x", dtype: "f32", shape: [null, inner] },
  ]);
  assert.deepEqual(model.outputs, [
    { name: "y", dtype: "f32", shape: [null, outer] },
  ]);
  assert.match(await model.inspect("plan"), /once it is run/);
  const sources = 4 * (w.length + b.length);
  assert.equal(model.memory.weights, sources);

  const x16 = some(16 * inner, 1);
  const x20 = some(20 * inner, 2);
  assert.deepEqual(model.runSync({ x: x16 }).y, expected(x16));
  const { packed } = model.memory;
  assert.ok(packed > 0);
  assert.deepEqual((await model.run({ x: x20 })).y, expected(x20));
  const after = model.memory;
  assert.deepEqual([after.packed, after.weights], [packed, sources]);

  // Both are kept, and know their inputs and results wherever the arena has moved to.
  for (const x of [x16, x20, x16, x16, x20]) {
    assert.deepEqual(model.runSync({ x }).y, expected(x));
  }
  assert.deepEqual(model.memory, after);

  const plans = await model.inspect("plan");
  const headers = plans.match(/^\/\/ ==== .*$/gm);
  assert.deepEqual(headers, [
    "// ==== inputs x 20x32",
    "// ==== inputs x 16x32",
  ]);
  assert.match(plans, /matmul\.tiled 20x32x8 .*packed/);
  assert.match(plans, /matmul\.tiled 16x32x8 .*packed/);
  assert.match(
    await model.inspect("passes"),
    /refine-shapes[^]*tensor<16x32xf32>/,
  );
});

test("numbers and Tensors bring shapes too, and no rows are a shape", async (t) => {
  const model = await loadLayer(t);
  const x = some(2 * inner, 4);
  const rows = [...x.subarray(0, inner)];
  for (const given of [
    [...x],
    [rows, [...x.subarray(inner)]],
    new Tensor(x, { shape: [2, inner] }),
  ]) {
    assert.deepEqual(model.runSync({ x: given }).y, expected(x));
  }
  assert.equal(model.runSync({ x: new Float32Array() }).y.length, 0);
  // More shapes than are kept.
  for (let count = 1; count <= 12; count++) {
    const many = some(count * inner, count);
    assert.deepEqual(model.runSync({ x: many }).y, expected(many));
  }
  assert.equal((await model.inspect("plan")).match(/^\/\/ ====/gm).length, 4);
  assert.deepEqual(model.runSync({ x }).y, expected(x));
});

test("shapes that do not fit are told, and the model still runs", async (t) => {
  const model = await loadLayer(t);
  const is = (message) => refused("invalid_argument", message);
  const run = (x) => () => model.runSync({ x });
  assert.throws(
    run(new Float32Array(33)),
    is(
      /^input "x" f32\[\?,32\]: got .* of length 33, expected a multiple of 32, or a Tensor$/,
    ),
  );
  assert.throws(run([1, 2, 3]), is(/of length 3, expected a multiple of 32/));
  assert.throws(
    run(new Tensor(new Float32Array(62), { shape: [2, 31] })),
    is(/^input "x" f32\[\?,32\]: got a tensor f32\[2,31\]$/),
  );
  assert.throws(
    run(new Tensor(new Float32Array(32))),
    is(/got a tensor f32\[32\]/),
  );
  assert.throws(run(new Int32Array(32)), is(/expected f32\[1,32\]/));
  assert.throws(run("text"), is(/got "text"|expected f32/));
  assert.throws(
    () => model.runSync({}),
    is(/program "main" takes "x" f32\[\?,32\]; missing: x/),
  );
  assert.throws(
    () => new Tensor(new Float32Array(32), { shape: [-1, 32] }),
    is(/shape\[0\] is -1/),
  );
  await assert.rejects(
    model.run({ x: new Float32Array(33) }),
    is(/a multiple of 32/),
  );
  const x = some(inner, 1);
  assert.deepEqual(model.runSync({ x }).y, expected(x));
});

test("of several free sizes an array tells none", async (t) => {
  const model = await loading(t, transpose);
  const x = Float32Array.of(1, 2, 3, 4, 5, 6);
  assert.throws(
    () => model.runSync({ x }),
    refused(
      "invalid_argument",
      /^input "x" f32\[\?,\?\] leaves several sizes free; pass a Tensor/,
    ),
  );
  const given = new Tensor(x, { shape: [2, 3] });
  const { y } = model.runSync({ x: given }, { keep: ["y"] });
  assert.deepEqual(y.shape, [3, 2]);
  assert.deepEqual([...y.data()], [1, 4, 2, 5, 3, 6]);
  // What is kept brings its shape back in.
  const { y: again } = model.runSync({ x: y }, { keep: ["y"], donate: ["x"] });
  assert.deepEqual(again.shape, [2, 3]);
  assert.deepEqual(again.data(), x);
  assert.throws(() => y.data(), refused("invalid_argument", /donated/));
});

test("kept results are inputs of runs of their shape", async (t) => {
  const model = await loading(t, accumulate);
  let state = new Tensor(Float32Array.of(0, 0, 0));
  for (let i = 1; i <= 3; i++) {
    const { next, twice } = await model.run(
      { state, x: Float32Array.of(1, 2, 3) },
      { keep: ["next"], donate: ["state"] },
    );
    assert.deepEqual(twice, Float32Array.of(2 * i, 4 * i, 6 * i));
    // A run of another length between.
    const two = Float32Array.of(i, i);
    assert.deepEqual(
      model.runSync({ state: two, x: two }).next,
      Float32Array.of(2 * i, 2 * i),
    );
    state = next;
  }
  assert.deepEqual(state.data(), Float32Array.of(3, 6, 9));
  // Lengths of two inputs that the program adds.
  assert.throws(
    () => model.runSync({ state, x: Float32Array.of(1, 2) }),
    refused(
      "invalid_argument",
      /^program "main" with inputs state 3, x 2: .*stablehlo.add.*\(C1\)/,
    ),
  );
  assert.deepEqual(
    model.runSync({ state, x: Float32Array.of(1, 1, 1) }).next,
    Float32Array.of(4, 7, 10),
  );
});

test("shapes that were let go of come back, and cost what they did", async (t) => {
  const model = await loading(t, accumulate);
  const round = () => {
    for (let length = 1; length <= 9; length++) {
      const x = some(length, length);
      assert.deepEqual(
        model.runSync({ state: x, x }).twice,
        x.map((value) => 4 * value),
      );
    }
    return model.memory;
  };
  const first = round();
  assert.match(await model.inspect("plan"), /1 jit functions/);
  for (let i = 0; i < 20; i++) assert.deepEqual(round(), first);
});

test("a larger shape of one program moves no other from under its arrays", async (t) => {
  const model = await loading(t, { layer, accumulate }, { weights });
  const { programs } = model;
  const three = Float32Array.of(1, 2, 3);
  const check = (x) => {
    assert.deepEqual(programs.layer.runSync({ x }).y, expected(x));
    assert.deepEqual(
      programs.accumulate.runSync({ state: three, x: three }).next,
      Float32Array.of(2, 4, 6),
    );
  };
  for (const rows of [1, 16, 400, 16, 4000, 1]) check(some(rows * inner, rows));
});

test("a first run of a shape stops at its deadline and its signal, and the next goes on", async (t) => {
  const model = await loadLayer(t);
  const x = some(16 * inner, 1);
  assert.throws(
    () => model.runSync({ x }, { deadline: 0 }),
    refused("cancelled", /deadline of 0 ms/),
  );
  await assert.rejects(
    model.run({ x }, { deadline: 0 }),
    refused("cancelled", /deadline of 0 ms/),
  );
  const abort = new AbortController();
  const stopped = model.run({ x }, { signal: abort.signal });
  abort.abort();
  await assert.rejects(stopped, refused("cancelled", /signal/));
  const { signal } = new AbortController();
  assert.deepEqual((await model.run({ x }, { signal })).y, expected(x));
  const x20 = some(20 * inner, 2);
  assert.deepEqual(
    (await model.run({ x: x20 }, { deadline: 1e5 })).y,
    expected(x20),
  );
});

test("runs of several shapes at a time end in their order", async (t) => {
  const model = await loadLayer(t);
  const { signal } = new AbortController();
  const inputs = [16, 3, 16, 20].map((rows) => some(rows * inner, rows));
  const ended = [];
  await Promise.all(
    inputs.map(async (x, i) => {
      assert.deepEqual((await model.run({ x }, { signal })).y, expected(x));
      ended.push(i);
    }),
  );
  assert.deepEqual(ended, [0, 1, 2, 3]);
});

test("a size that no operation tells is unsupported when it is asked for", async (t) => {
  const reshape = program(`module {
    func.func public @main(%x: tensor<?x4xf32>) -> tensor<?xf32> {
      %0 = stablehlo.reshape %x : (tensor<?x4xf32>) -> tensor<?xf32>
      return %0 : tensor<?xf32>
    }
  }`);
  const model = await loading(t, reshape);
  assert.throws(
    () => model.runSync({ arg0: new Float32Array(8) }),
    refused(
      "unsupported",
      /stablehlo.reshape at .*: result 0 has type tensor<\?xf32>, whose sizes are not known/,
    ),
  );
});

test("free sizes go through .whlo, and the command line shows them", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name) => path.join(folder, name);
  const cli = fileURLToPath(new URL("../../js/dist/cli.js", import.meta.url));
  const webhlo = (...args) =>
    execFileSync(process.execPath, [cli, ...args, "--threads", "1"], {
      encoding: "utf8",
    });
  writeFileSync(file("model.mlir"), accumulate);
  webhlo("convert", file("model.mlir"), "--out", file("model.whlo"));
  assert.match(
    webhlo("inspect", file("model.whlo")),
    /inputs\n {2}state {2}f32\[\?\]\n/,
  );
  const inspected = webhlo(
    ...["inspect", file("model.whlo"), "--stage", "plan"],
    ...["--shape", "state=7", "--shape", "x=7"],
  );
  assert.match(inspected, /^\/\/ ==== inputs state 7, x 7\n0: /);
  writeFileSync(file("inputs.json"), '{ "state": [1, 2], "x": [3, 4] }');
  assert.match(
    webhlo("run", file("model.whlo"), "--inputs", file("inputs.json")),
    /^next f32\[2\]: 4, 6\ntwice f32\[2\]: 8, 12$/m,
  );
  assert.match(webhlo("bench", file("model.whlo"), "--time", "0.01"), /runs/);
});

test("a load compiles for shapes that it is told, and shows them", async (t) => {
  const model = await loading(t, layer, {
    weights,
    shapes: [{ x: [3, inner] }, { x: [5, inner] }],
  });
  const kept = async () =>
    (await model.inspect("plan"))
      .match(/inputs x \d+/g)
      .map((line) => Number(line.slice(9)));
  assert.deepEqual(await kept(), [5, 3]);
  assert.deepEqual(
    model.runSync({ x: some(3 * inner, 1) }).y,
    expected(some(3 * inner, 1)),
  );
  assert.deepEqual(await kept(), [3, 5]);
  const one = await loading(t, transpose, { shapes: { x: [2, 3] } });
  assert.match(await one.inspect("plan"), /inputs x 2x3/);
});

test("maxShapes bounds how many shapes stay compiled", async (t) => {
  const counts = async (options) => {
    const model = await loading(t, layer, { weights, ...options });
    for (const rows of [1, 2, 3, 4, 5, 6])
      model.runSync({ x: some(rows * inner, rows) });
    return (await model.inspect("plan")).match(/inputs x/g).length;
  };
  assert.equal(await counts({}), 4);
  assert.equal(await counts({ maxShapes: 2 }), 2);
  const five = [1, 2, 3, 4, 5].map((rows) => ({ x: [rows, inner] }));
  assert.equal(await counts({ shapes: five }), 5);
  assert.equal(await counts({ shapes: five, maxShapes: 1 }), 1);
});

test("shapes that no program has room for are told before the load ends", async () => {
  const code = "invalid_argument";
  const at = (shapes) => load(layer, { threads: 1, weights, shapes });
  await assert.rejects(
    at({ y: [3] }),
    refused(code, /shapes has "y"; of free sizes are "x"/),
  );
  await assert.rejects(
    at({ x: [3, 31] }),
    refused(code, /input "x" is tensor<\?x32xf32>, got tensor<3x31xf32>/),
  );
  await assert.rejects(
    at([{ x: [3, 32] }, 1]),
    refused(code, /shapes is 1, expected \{ input: shape \}/),
  );
  await assert.rejects(
    at({ x: [3, -1] }),
    refused(code, /shapes\.x is .*, expected sizes/),
  );
  await assert.rejects(
    load(layer, { threads: 1, weights, maxShapes: 0 }),
    refused(code, /maxShapes is 0, expected 1 to 1024/),
  );
});

test("warmup compiles for the shapes that it is given", async () => {
  const model = await load(layer, { weights });
  await model.warmup({ shapes: { x: [3, inner] }, runs: 1 });
  assert.match(await model.inspect("plan"), /inputs x 3x32/);
  for (const shapes of [undefined, {}, { x: [3, 4] }, { x: 3 }]) {
    await assert.rejects(
      model.warmup({ shapes }),
      refused("invalid_argument", /warmup: shapes.x/),
    );
  }
  model.dispose();
});
