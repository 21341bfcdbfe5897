// SPDX-License-Identifier: Apache-2.0
// What tests of the package share: programs from text, and what an error must be.

import assert from "node:assert/strict";

import { WebHLOError } from "../../js/dist/index.js";

export const program = (text) => new TextEncoder().encode(text);

/** y = x times x, 500 times over. */
export const loop = `module {
  func.func public @main(%x: tensor<8x8xf32> loc("inputs['x']")) -> (tensor<8x8xf32> {jax.result_info = "result['y']"}) {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %0:2 = stablehlo.while(%i = %zero, %y = %x) : tensor<i32>, tensor<8x8xf32>
    cond {
      %n = stablehlo.constant dense<500> : tensor<i32>
      %p = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %1 = stablehlo.add %i, %one : tensor<i32>
      %2 = stablehlo.dot_general %y, %x, contracting_dims = [1] x [0] : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
      stablehlo.return %1, %2 : tensor<i32>, tensor<8x8xf32>
    }
    return %0#1 : tensor<8x8xf32>
  }
}`;

/** For assert.throws and assert.rejects. */
export const refused = (code, message) => (error) => {
  assert.ok(error instanceof WebHLOError, error.stack);
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};
