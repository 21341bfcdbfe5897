// SPDX-License-Identifier: Apache-2.0
// Tensor: what it does with values in JavaScript. Models, and tensors in their memory, are in model.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load, Tensor } from "../../js/dist/index.js";
import { program, refused } from "./programs.mjs";

const cube = new Tensor(
  Float32Array.from({ length: 24 }, (_, i) => i),
  { shape: [2, 3, 4] },
);

test("reshape shares the values, and finds out one size", () => {
  const flat = cube.reshape([-1, 8]);
  assert.deepEqual([...flat.shape], [3, 8]);
  assert.equal(flat.data(), cube.data());
  assert.deepEqual([...new Tensor([7]).reshape([]).shape], []);
  assert.deepEqual(
    [...new Tensor([], { shape: [0, 3] }).reshape([3, 0]).shape],
    [3, 0],
  );
  for (const shape of [
    [5, 5],
    [-1, 5],
    [-1, -1],
    [2.5, -1],
    [-2, -12],
    24,
    undefined,
  ]) {
    assert.throws(
      () => cube.reshape(shape),
      refused("invalid_argument", /reshape of \[2, 3, 4\]/),
    );
  }
  assert.throws(
    () => new Tensor([], { shape: [0, 3] }).reshape([0, -1]),
    /as many elements/,
  );
});

test("slice takes a part as Array.slice does, in each dimension", () => {
  assert.deepEqual(cube.slice([1, 1, 1], [2, 3, 3]).toArray(), [
    [
      [17, 18],
      [21, 22],
    ],
  ]);
  assert.deepEqual(cube.slice([-1]).toArray(), [cube.toArray()[1]]);
  assert.deepEqual(cube.slice([0, 0, -1]).toArray(), [
    [[3], [7], [11]],
    [[15], [19], [23]],
  ]);
  assert.deepEqual(cube.slice([0], [1]).slice([], [9, -2, 2]).toArray(), [
    [[0, 1]],
  ]);
  assert.deepEqual([...cube.slice([0, 2], [2, 1]).shape], [2, 0, 4]);
  assert.equal(new Tensor(5, { shape: [] }).slice([]).toArray(), 5);
  const complex = new Tensor([1, 2, 3, 4, 5, 6], { dtype: "c64", shape: [3] });
  assert.deepEqual(complex.slice([1]).toArray(), [
    [3, 4],
    [5, 6],
  ]);
  assert.notEqual(cube.slice([]).data(), cube.data());
  assert.throws(
    () => cube.slice([0, 0, 0, 0]),
    refused("invalid_argument", /slice of f32\[2,3,4\]/),
  );
  assert.throws(
    () => cube.slice([0.5]),
    refused("invalid_argument", /0.5 in dimension 0/),
  );
});

test("argmax, topk: the greatest first, the first of equals, NaN before numbers", () => {
  const x = new Tensor([
    [1, 5, 5, -2],
    [7, NaN, 0, 8],
  ]);
  assert.equal(x.argmax(), 5);
  assert.deepEqual(x.argmax(1).toArray(), [1, 1]);
  assert.deepEqual(x.argmax(-2).toArray(), [1, 1, 0, 1]);
  assert.equal(x.argmax(-1).dtype, "i32");
  const { values, indices } = x.topk(3);
  assert.deepEqual(values.toArray(), [
    [5, 5, 1],
    [NaN, 8, 7],
  ]);
  assert.deepEqual(indices.toArray(), [
    [1, 2, 0],
    [1, 3, 0],
  ]);
  assert.deepEqual(x.topk(1, 0).values.toArray(), [[7, NaN, 5, 8]]);
  assert.deepEqual([...x.topk(0).values.shape], [2, 0]);
  const ids = new Tensor([3n, 9n, -4n], { dtype: "i64" });
  assert.equal(ids.argmax(), 1);
  assert.deepEqual(ids.topk(2).values.data(), BigInt64Array.of(9n, 3n));
  // Floats of any width compare as what they are, and come as they were stored.
  const halves = new Tensor([0.5, -3, 2], { dtype: "bf16" });
  assert.equal(halves.argmax(), 2);
  assert.deepEqual(halves.topk(3).values.toArray(), [2, 0.5, -3]);
  assert.throws(
    () => x.topk(5),
    refused("invalid_argument", /k is 5, expected .* 0 to 4/),
  );
  assert.throws(
    () => x.topk(1, 2),
    refused("invalid_argument", /axis 2 of a tensor of 2/),
  );
  assert.throws(
    () => new Tensor([]).argmax(),
    refused("invalid_argument", /is empty/),
  );
  const complex = new Tensor([1, 2], { dtype: "c64", shape: [1] });
  assert.throws(
    () => complex.argmax(),
    refused("invalid_argument", /c64 has no order/),
  );
});

test("topk of few and of many agree with a sort", () => {
  const data = Float32Array.from({ length: 500 }, (_, i) => (i * 7919) % 97);
  const sorted = [...data.keys()].sort((a, b) => data[b] - data[a] || a - b);
  for (const k of [1, 5, 64, 65, 500]) {
    assert.deepEqual(
      [...new Tensor(data).topk(k).indices.data()],
      sorted.slice(0, k),
    );
  }
});

test("softmax along any dimension", () => {
  const x = new Tensor([
    [0, Math.log(3)],
    [1000, 1000],
  ]);
  const close = (got, wanted) =>
    got.forEach((v, i) => assert.ok(Math.abs(v - wanted[i]) < 1e-7));
  close(x.softmax().data(), [0.25, 0.75, 0.5, 0.5]);
  close(x.softmax(0).data(), [0, 0, 1, 1]);
  assert.equal(x.softmax().dtype, "f32");
  assert.equal(new Tensor([1, 2], { dtype: "f64" }).softmax().dtype, "f64");
  close(new Tensor([0, 0], { dtype: "i32" }).softmax().data(), [0.5, 0.5]);
  assert.ok(new Tensor([NaN, 1]).softmax().data().every(Number.isNaN));
});

test("toArray and JSON are what a tensor is made of again", () => {
  const types = {
    f32: 1.5,
    f16: 0.5,
    bf16: -2,
    i8: -3,
    u32: 7,
    f64: 0.1,
    i1: true,
    i64: 12n,
  };
  for (const [dtype, value] of Object.entries(types)) {
    const tensor = new Tensor([[value, value]], { dtype });
    assert.deepEqual(tensor.toArray(), [[value, value]], dtype);
    assert.deepEqual(
      new Tensor(tensor.toArray(), { dtype }).data(),
      tensor.data(),
    );
    const { values, ...options } = JSON.parse(JSON.stringify(tensor));
    assert.deepEqual(new Tensor(values, options).data(), tensor.data());
  }
  for (const [dtype, value] of [
    ["f32", NaN],
    ["f64", Infinity],
    ["i64", 2n ** 60n],
  ]) {
    const tensor = new Tensor([0, value], { dtype });
    assert.throws(
      () => JSON.stringify(tensor),
      refused("unsupported", /element 1 is/),
    );
  }
  const bits = new Tensor(Uint8Array.of(1), { dtype: "f8E4M3FN" });
  assert.throws(
    () => JSON.stringify(bits),
    refused("unsupported", /f8E4M3FN.* is bits/),
  );
});

test("a clone has dtype, shape and values, or there is none", async () => {
  const clone = structuredClone(cube);
  assert.deepEqual(clone, {
    dtype: "f32",
    shape: [2, 3, 4],
    values: cube.data(),
  });
  const again = new Tensor(clone.values, {
    dtype: clone.dtype,
    shape: clone.shape,
  });
  assert.deepEqual(again.toArray(), cube.toArray());

  const model = await load(
    program(`module {
  func.func public @main(%arg0: tensor<3xf32> loc("x")) -> (tensor<3xf32> {jax.result_info = "y"}) {
    %0 = stablehlo.add %arg0, %arg0 : tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}`),
  );
  const { y } = await model.run({ x: [1, 2, 3] }, { keep: ["y"] });
  assert.deepEqual(structuredClone(y).values, Float32Array.of(2, 4, 6));
  assert.equal(y.argmax(), 2);
  assert.deepEqual(y.reshape([3, 1]).toArray(), [[2], [4], [6]]);
  y.dispose();
  assert.throws(
    () => structuredClone(y),
    refused("invalid_argument", /was disposed/),
  );
  assert.throws(
    () => JSON.stringify(y),
    refused("invalid_argument", /was disposed/),
  );
  model.dispose();
});
