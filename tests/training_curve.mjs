// SPDX-License-Identifier: Apache-2.0
// When the losses of models/train_digits are JAX's, for tests in Node and in pages.

import assert from "node:assert/strict";

// Training makes a difference grow: here by a third or more with each of the steps 10 to 40, until it is as
// large as two batches' losses are apart. So what rounding may do is measured, not guessed: `rounding` is
// how far JAX's losses came apart by each step when it trained in f64, or from weights an ulp away. Code
// that sums in another order, or multiplies and adds at once, begins with tens of ulps; one ulp takes ten
// steps to become as many. And it is another sample than those few, which may be some times larger.
const ahead = 10;
const margin = 3;
/** Of a loss itself, before anything has grown. */
const own = 4e-6;

export function assertCurve(losses, { losses: expected, rounding }) {
  losses.forEach((loss, i) => {
    const grown = rounding[Math.min(i + ahead, rounding.length - 1)];
    const allowed = own + margin * grown;
    // Not `>`: NaN is refused.
    assert.ok(
      Math.abs(loss - expected[i]) <= allowed,
      `step ${i + 1}: loss ${loss}, in JAX ${expected[i]}; ${allowed} allowed`,
    );
  });
}
