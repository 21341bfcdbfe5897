// SPDX-License-Identifier: Apache-2.0
// The model, for the page and for the server: the same lines, and the same file.

import { load } from "webhlo";
import digits from "webhlo/digits.js";

let loading;

/**
 * `image`: 28 x 28 numbers, 0 is paper, 1 is ink. Answers the `probabilities` of the ten digits, how many
 * `milliseconds` that took, and on which `variant` of the wasm.
 */
export async function classify(image) {
  loading ??= load(digits);
  const model = await loading;
  const start = performance.now();
  const { probabilities } = await model.run({ image });
  const milliseconds = performance.now() - start;
  return {
    probabilities: Array.from(probabilities),
    milliseconds,
    variant: model.variant,
  };
}
