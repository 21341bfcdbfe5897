// SPDX-License-Identifier: Apache-2.0
// What every project here builds: the README's first lines, on two threads, here and in a worker, and a program
// that needs the wasm of linear algebra.

import { load } from "webhlo";
import digits from "webhlo/digits.js";

async function answerOf(options) {
  const model = await load(digits, { threads: 2, ...options });
  const image = new Float32Array(28 * 28);
  for (let y = 5; y < 23; y++) image.fill(1, y * 28 + 13, y * 28 + 16);
  const { probabilities } = await model.run({ image });
  if (options.worker) model.dispose();
  return `a ${probabilities.indexOf(Math.max(...probabilities))} on ${model.threads}`;
}

export async function classify() {
  const answer = await answerOf({});
  const there = await answerOf({ worker: true });
  if (there !== answer) throw new Error(`${answer}; in a worker ${there}`);
  return answer;
}

const program = (text) => load(new TextEncoder().encode(text), { threads: 1 });

export async function factor() {
  const model =
    await program(`func.func @main(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
    %0:2 = stablehlo.custom_call @lapack_spotrf_ffi(%a) {mhlo.backend_config = {uplo = 76 : ui8}}
      : (tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<i32>)
    return %0#0 : tensor<2x2xf32>
  }`);
  const { result } = model.runSync({ arg0: [4, 2, 2, 5] });
  if (String(result) !== "2,2,1,2") throw new Error(`the factor is ${result}`);
}

/** Files of wasm that the page has fetched; their names are the bundler's. */
const fetched = () =>
  performance
    .getEntriesByType("resource")
    .filter(({ name }) => new URL(name).pathname.endsWith(".wasm")).length;

async function work() {
  const answer = await classify();
  await program(
    "func.func @main(%x: tensor<f32>) -> tensor<f32> { return %x : tensor<f32> }",
  );
  const before = fetched();
  await factor();
  const more = fetched() - before;
  if (more !== 1) throw new Error(`linear algebra took ${more} files of wasm`);
  return answer;
}

/** In a page; waits until the second thread says that it is up: one that never comes goes unnoticed. */
export async function show() {
  let up;
  const threadUp = new Promise((resolve) => (up = resolve));
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => data.cmd === 3 && up());
    }
  };
  const answer = await work().catch((error) => `error: ${error.message}`);
  if (answer.endsWith("on 2")) await threadUp;
  document.title = answer;
}
