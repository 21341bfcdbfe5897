// SPDX-License-Identifier: Apache-2.0
// Weights in fewer bits: what load's precision does to memory, to plans and to results.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load, Tensor } from "../../js/dist/index.js";
import { program } from "./programs.mjs";

test("a precision stores weights of products in fewer bits", async () => {
  const k = 200;
  const n = 96;
  const product = (rows) =>
    program(`module {
    func.func public @main(%arg0: tensor<${n}x${k}xf32> loc("weights['w']"), %arg1: tensor<${rows}x${k}xf32> loc("inputs['x']"))
        -> (tensor<${rows}x${n}xf32> {jax.result_info = "result['y']"}) {
      %0 = stablehlo.dot_general %arg1, %arg0, contracting_dims = [1] x [1] : (tensor<${rows}x${k}xf32>, tensor<${n}x${k}xf32>) -> tensor<${rows}x${n}xf32>
      return %0 : tensor<${rows}x${n}xf32>
    }
  }`);
  const random = (length, seed) => {
    let state = seed;
    return Float32Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 31 - 1;
    });
  };
  const w = new Tensor(random(n * k, 1), { shape: [n, k] });
  const bounds = { f32: 1e-6, bf16: 6e-3, f16: 8e-4, int8: 1e-2, int4: 0.15 };
  for (const rows of [1, 3, 40]) {
    const x = random(rows * k, rows);
    let exact;
    let bytes;
    for (const [precision, bound] of Object.entries(bounds)) {
      for (const threads of [1, 2]) {
        const options = { weights: { w }, precision, threads };
        const model = await load(product(rows), options);
        const result = model.runSync({ x }).y;
        exact ??= result;
        const largest = Math.max(...exact.map(Math.abs));
        const off = Math.max(...result.map((v, i) => Math.abs(v - exact[i])));
        assert.ok(off <= bound * largest, `${precision} ${off / largest}`);
        const plan = await model.inspect("plan");
        const compact = new RegExp(`matmul\\.compact .*${precision}`);
        if (precision === "f32") assert.doesNotMatch(plan, /matmul.compact/);
        else assert.match(plan, compact);
        bytes ??= model.memory.packed;
        if (precision === "int4") assert.ok(model.memory.packed < bytes / 6);
        model.dispose();
      }
    }
  }
});
