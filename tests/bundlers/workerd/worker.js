// SPDX-License-Identifier: Apache-2.0
// A worker at the edge: no wasm is compiled at run time, so it comes compiled, and there is no JIT.

import { load } from "./webhlo/index.js";
import relaxed from "./webhlo/webhlo-relaxed.wasm";
import digits from "./digits.whlo";

export default {
  async fetch() {
    const model = await load(digits, { wasmModule: { relaxed } });
    const image = new Float32Array(28 * 28);
    for (let y = 5; y < 23; y++) image.fill(1, y * 28 + 13, y * 28 + 16);
    const { probabilities } = await model.run({ image });
    const digit = probabilities.indexOf(Math.max(...probabilities));
    return new Response(`a ${digit} on ${model.threads}`);
  },
};
