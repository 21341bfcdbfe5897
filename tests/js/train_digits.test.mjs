// SPDX-License-Identifier: Apache-2.0
// The training example in Node: its losses are JAX's, its state stays in wasm memory and takes no more of
// it with each step.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { prepare } from "../../examples/train-digits/training.js";
import { load } from "../../js/dist/index.js";
import { assertCurve } from "../training_curve.mjs";

const models = new URL("../../models/train_digits/", import.meta.url);
const steps = 40;
let training;

before(async () => {
  training = await prepare(load, (name) => readFile(new URL(name, models)));
});
after(() => training?.model.dispose());

async function train(count) {
  while (training.losses.length < count) await training.step();
}

test("losses are JAX's, and what was learned shows in images held out", async () => {
  const { right: before } = await training.examine();
  await train(steps);
  assertCurve(training.losses, training.jax);
  const { digits, right } = await training.examine();
  assert.equal(digits.length, 200);
  assert.ok(right > before + 50, `${right} right, ${before} at first`);
});

test("a state takes the place of the one before it", async () => {
  training.restart();
  const { model } = training;
  const bytes = model.programs.init.outputs
    .map(({ shape }) => 4 * shape.reduce((size, length) => size * length, 1))
    .reduce((sum, size) => sum + size);
  await train(1);
  const { wasm } = model.memory;
  for (let n = 2; n < 12; n++) {
    await train(n);
    assert.equal(model.memory.tensors, bytes);
    assert.equal(model.memory.wasm, wasm);
  }
  // Written over it, not beside it: the plan reads and writes the inputs' own memory.
  assert.match(await model.inspect("plan", "step"), / -> [^;\n]*input\d/);
});
