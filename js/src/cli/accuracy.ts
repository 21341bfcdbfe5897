// SPDX-License-Identifier: Apache-2.0
// What weights in fewer bits cost: the results of one run beside those with weights as written.

import { Tensor } from '../tensor.js';
import type { Program } from '../program.js';
import type { Inputs, Outputs } from '../runs.js';
import { numbers } from './values.js';

export interface Accuracy {
  readonly name: string;
  /** The largest difference, relative to the largest absolute value that is exact. */
  readonly largest: number;
  /** The root of the mean square of the differences, relative to that of the exact values. */
  readonly rms: number;
}

/** The results by name, of one run. */
export function resultsOf(program: Program, inputs: Inputs): Map<string, ArrayLike<number>> {
  const outputs: Outputs = program.runSync(inputs);
  return new Map(
    program.outputs.map(({ name, dtype, shape }) => {
      const value = outputs[name] as Outputs[string];
      if (value instanceof Tensor) return [name, numbers(value)];
      const sizes = shape.includes(null) ? [value.length] : (shape as readonly number[]);
      return [name, numbers(new Tensor(value, { dtype, shape: sizes }))];
    }),
  );
}

export function accuracy(
  exact: ReadonlyMap<string, ArrayLike<number>>,
  results: ReadonlyMap<string, ArrayLike<number>>,
): Accuracy[] {
  return [...exact].map(([name, expected]) => {
    const got = results.get(name) ?? [];
    let largest = 0;
    let difference = 0;
    let squares = 0;
    let differences = 0;
    for (let i = 0; i < expected.length; i++) {
      const value = expected[i] ?? NaN;
      const off = Math.abs((got[i] ?? NaN) - value);
      // Equal infinities are no difference, NaN beside NaN is none.
      const isSame = Object.is(got[i], value);
      if (Number.isFinite(value)) {
        largest = Math.max(largest, Math.abs(value));
        squares += value * value;
      }
      if (!isSame) {
        difference = Math.max(difference, off);
        differences += off * off;
      }
    }
    return {
      name,
      largest: difference === 0 ? 0 : difference / largest,
      rms: differences === 0 ? 0 : Math.sqrt(differences / squares),
    };
  });
}
