// SPDX-License-Identifier: Apache-2.0
// Trains the digits model in Node, from a step that JAX exported, and draws the curve of its losses down
// the terminal, beside JAX's. With --browser it serves the page of this folder and prints its address.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { prepare } from "./training.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (process.argv.includes("--browser")) await serve();
else await train();

async function train() {
  const { load } = await import("../../js/dist/index.js");
  const training = await prepare(load, (name) =>
    readFile(here(`../../models/train_digits/${name}`)),
  );
  const { model, losses, jax } = training;
  const started = performance.now();
  while (!training.done) {
    await training.step();
    const n = losses.length;
    if (n % 10 === 1 || training.done)
      show(n, losses[n - 1], jax.losses[n - 1]);
  }
  const seconds = (performance.now() - started) / 1000;
  const { digits, right } = await training.examine();

  console.log(
    `\n${right} of ${digits.length} held-out images right (JAX: ${jax.right})`,
  );
  console.log(
    `losses differ from JAX's by at most ${training.apart.toExponential(1)}; ` +
      `rounding alone moves JAX's by ${training.rounding.toExponential(1)}`,
  );
  console.log(
    `${losses.length} steps in ${seconds.toFixed(1)} s, ${((1000 * seconds) / losses.length).toFixed(0)} ms a step`,
  );
  const { tensors, arena } = model.memory;
  console.log(
    `the state: ${(tensors / 1024).toFixed(0)} KB in wasm memory; all that a step computes: ${(arena / 2 ** 20).toFixed(1)} MB`,
  );
  console.log(`wasm: ${model.variant}, up to ${model.threads} threads`);
  model.dispose();
}

/** A line of the curve: a bar as long as the loss, and a mark where JAX's ends. */
function show(n, loss, expected) {
  const columns = (value) => Math.round(18 * value);
  const bar = "█".repeat(columns(loss)).padEnd(columns(expected));
  const line = `${bar.slice(0, columns(expected))}▏${bar.slice(columns(expected) + 1)}`;
  console.log(
    `step ${String(n).padStart(3)}  loss ${loss.toFixed(4)}  JAX ${expected.toFixed(4)}  ${line}`,
  );
}

async function serve() {
  const { mountsOf, servePage } = await import("../serve.mjs");
  const address = await servePage(mountsOf("train-digits"));
  console.log(`Train digits at ${address} (Ctrl-C ends it)`);
}
