// SPDX-License-Identifier: Apache-2.0
// What every project here builds: the README's first lines, on two threads.

import { load } from "webhlo";
import digits from "webhlo/digits.js";

export async function classify() {
  const model = await load(digits, { threads: 2 });
  const image = new Float32Array(28 * 28);
  for (let y = 5; y < 23; y++) image.fill(1, y * 28 + 13, y * 28 + 16);
  const { probabilities } = await model.run({ image });
  return `a ${probabilities.indexOf(Math.max(...probabilities))} on ${model.threads}`;
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
  const answer = await classify().catch((error) => `error: ${error.message}`);
  if (answer.endsWith("on 2")) await threadUp;
  document.title = answer;
}
