// SPDX-License-Identifier: Apache-2.0
// The two limits of WebAssembly memory: no block (a tensor, the arena) has 2 GiB, all blocks together
// fill 4 GiB.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../../js/dist/index.js";
import { program, refused } from "./programs.mjs";

// `size` bytes, byte i of which is value + i / 2^22.
const bytes = (size) =>
  program(`module {
    func.func public @main(%value: tensor<ui8> loc("inputs['value']")) -> (tensor<${size}xui8> {jax.result_info = "result['y']"}) {
      %0 = stablehlo.iota dim = 0 : tensor<${size / 2 ** 22}xui8>
      %1 = stablehlo.broadcast_in_dim %value, dims = [] : (tensor<ui8>) -> tensor<${size / 2 ** 22}xui8>
      %2 = stablehlo.add %0, %1 : tensor<${size / 2 ** 22}xui8>
      %3 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<${size / 2 ** 22}xui8>) -> tensor<${size / 2 ** 22}x4194304xui8>
      %4 = stablehlo.reshape %3 : (tensor<${size / 2 ** 22}x4194304xui8>) -> tensor<${size}xui8>
      return %4 : tensor<${size}xui8>
    }
  }`);

// Its first, its middle and its last byte.
const probe = (size) =>
  program(`module {
    func.func public @main(%y: tensor<${size}xui8> loc("inputs['y']")) -> (tensor<3xui8> {jax.result_info = "result['bytes']"}) {
      %0 = stablehlo.slice %y [0:1] : (tensor<${size}xui8>) -> tensor<1xui8>
      %1 = stablehlo.slice %y [${size / 2}:${size / 2 + 1}] : (tensor<${size}xui8>) -> tensor<1xui8>
      %2 = stablehlo.slice %y [${size - 1}:${size}] : (tensor<${size}xui8>) -> tensor<1xui8>
      %3 = stablehlo.concatenate %0, %1, %2, dim = 0 : (tensor<1xui8>, tensor<1xui8>, tensor<1xui8>) -> tensor<3xui8>
      return %3 : tensor<3xui8>
    }
  }`);

test("a program with a value of 2 GiB is refused with the limit", async () => {
  await assert.rejects(
    load(bytes(2 ** 31), { threads: 1 }),
    refused("out_of_memory", /2147483648 bytes.* 2 GiB.* 4 GiB/),
  );
});

test("several blocks fill 4 GiB, and what no longer fits is an error", async () => {
  const size = 768 * 2 ** 20;
  const model = await load(
    { fill: bytes(size), probe: probe(size) },
    { threads: 1 },
  );
  const fill = (value) =>
    model.programs.fill.run({ value: Uint8Array.of(value) }, { keep: ["y"] });
  // With the arena that makes 3.75 GiB.
  const kept = [];
  for (let value = 0; value < 4; ++value) kept.push((await fill(value)).y);
  await assert.rejects(fill(4), refused("out_of_memory", /805306368 bytes/));
  for (const [value, y] of kept.entries()) {
    const { bytes } = await model.programs.probe.run({ y });
    assert.deepEqual([...bytes], [value, value + 96, value + 191]);
  }
  // The room of those that go is there for others.
  kept[0].dispose();
  const { y } = await fill(7);
  const { bytes: seen } = await model.programs.probe.run({ y });
  assert.deepEqual([...seen], [7, 103, 198]);
  model.dispose();
});
