// SPDX-License-Identifier: Apache-2.0
// From the names in a tensor file to a program's inputs, and from expected values to a verdict.

import { dtypeInfo, elementCount, toFloat32, typeText } from '../dtype.js';
import type { NumberArray, TypedArray } from '../dtype.js';
import { fail } from '../errors.js';
import type { Program } from '../program.js';
import type { PortInfo } from '../ports.js';
import { maxBlock } from '../sources.js';
import { Tensor } from '../tensor.js';
import type { Values } from './tensor_files.js';

/** Keys of one side of a file whose keys carry `in.` and `out.`; all keys where none does. */
function side(values: Values, prefix: 'in.' | 'out.'): Values {
  const marked = [...values.keys()].some((key) => key.startsWith('in.') || key.startsWith('out.'));
  if (!marked) return values;
  const chosen = [...values].filter(([key]) => key.startsWith(prefix));
  return new Map(chosen.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** The port of this name; else the only one for '', or the i-th for a number. */
function portOf(ports: readonly PortInfo[], name: string): PortInfo | undefined {
  const named = ports.find((port) => port.name === name);
  if (named || (name !== '' && !/^\d+$/.test(name))) return named;
  return name === '' ? (ports.length === 1 ? ports[0] : undefined) : ports[Number(name)];
}

export function inputsFrom(values: Values, program: Program): Record<string, Tensor | NumberArray> {
  return Object.fromEntries(
    [...side(values, 'in.')].map(([key, value]) => [
      portOf(program.inputs, key)?.name ?? key,
      value,
    ]),
  );
}

/**
 * The most bytes that a program can want of the array with this key, whatever its dtype; undefined for a
 * key that it has no port for.
 */
export function wantedOf(program: Program): (key: string) => number | undefined {
  const widest = dtypeInfo('c128').bytes;
  return (key) => {
    const [, , name = key] = /^(in|out)\.(.*)$/s.exec(key) ?? [];
    const ports = [
      portOf(program.inputs, name),
      portOf(program.outputs, name.replace(/\.at_pos$/, '')),
    ].flatMap((port) => (port ? [mostElements(port) * widest] : []));
    return ports.length > 0 ? Math.max(...ports) : undefined;
  };
}

function mostElements({ shape }: PortInfo): number {
  return shape.includes(null) ? maxBlock : elementCount(shape as readonly number[]);
}

/**
 * Floats spread over [-1, 1), integers 0: for timing where no inputs are given. Sizes that the program
 * leaves free are 1.
 */
export function syntheticInputs(program: Program): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  for (const { name, dtype, shape: declared } of program.inputs) {
    const shape = declared.map((size) => size ?? 1);
    const info = dtypeInfo(dtype);
    const data = new info.array(elementCount(shape) * info.slots);
    if (data instanceof Float32Array || data instanceof Float64Array) {
      let state = 1;
      for (let i = 0; i < data.length; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        data[i] = state / 2 ** 31 - 1;
      }
    }
    inputs[name] = new Tensor(data, { dtype, shape });
  }
  return inputs;
}

export interface Comparison {
  readonly name: string;
  readonly maxError: number;
  /** Relative to the largest absolute value that is expected. */
  readonly relative: number;
  readonly passed: boolean;
}

/**
 * Compares every expected `out.NAME` with the results. `out.NAME.at_pos` is the part of result NAME at
 * the index that input `pos` gives, of the dimension that the expected shape lacks; the rest of it must
 * have come back as input NAME (without `_out`) had it.
 */
export function compare(
  expected: Values,
  results: ReadonlyMap<string, Tensor>,
  inputs: Readonly<Record<string, Tensor | NumberArray>>,
  rtol: number,
): Comparison[] {
  const wanted = side(expected, 'out.');
  if (wanted.size === 0) fail('invalid_argument', 'the file with expected outputs holds none');
  const ports = [...results].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  return [...wanted].flatMap(([key, value]) => {
    const whole = key.endsWith('.at_pos') ? key.slice(0, -'.at_pos'.length) : key;
    const result = results.get(portOf(ports, whole)?.name ?? '');
    if (!result) {
      return fail(
        'invalid_argument',
        `expected "${key}", results are ${[...results.keys()].join(', ')}`,
      );
    }
    if (whole === key)
      return difference(key, numbers(result), expectedNumbers(key, value, result), rtol);
    if (!(value instanceof Tensor))
      return fail('invalid_argument', `expected "${key}" needs a shape`);
    return atPosition(key, value, result, inputs, whole, rtol);
  });
}

function expectedNumbers(
  key: string,
  value: Tensor | NumberArray,
  result: Tensor,
): ArrayLike<number> {
  const { dtype, shape } = result;
  const tensor = value instanceof Tensor ? value : new Tensor(value, { dtype, shape });
  if (elementCount(tensor.shape) !== elementCount(shape)) {
    const got = typeText(dtype, shape);
    fail(
      'invalid_argument',
      `expected "${key}" is ${typeText(tensor.dtype, tensor.shape)}, the result ${got}`,
    );
  }
  return numbers(tensor);
}

function atPosition(
  key: string,
  expected: Tensor,
  result: Tensor,
  inputs: Readonly<Record<string, Tensor | NumberArray>>,
  name: string,
  rtol: number,
): Comparison[] {
  const { shape } = result;
  const axis = shape.findIndex(
    (_, i) => String(shape.filter((_, j) => j !== i)) === String(expected.shape),
  );
  const position = inputs.pos instanceof Tensor ? Number(inputs.pos.data()[0]) : NaN;
  const size = shape[axis] ?? 0;
  if (!(position >= 0 && position < size)) {
    fail(
      'invalid_argument',
      `expected "${key}": no input "pos" within ${typeText(result.dtype, shape)}`,
    );
  }
  const inner = elementCount(shape.slice(axis + 1));
  const values = numbers(result);
  const before = inputs[name.replace(/_out$/, '')];
  const old = before instanceof Tensor ? numbers(before) : undefined;
  const part: number[] = [];
  let changed = 0;
  for (let i = 0; i < values.length; i++) {
    if (Math.floor(i / inner) % size === position) part.push(values[i] ?? NaN);
    else if (old && !Object.is(values[i], old[i])) changed++;
  }
  const rest: Comparison[] = old
    ? [{ name: `${name} elsewhere`, maxError: changed, relative: changed, passed: changed === 0 }]
    : [];
  return [...difference(key, part, numbers(expected), rtol), ...rest];
}

function difference(
  name: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  rtol: number,
): Comparison[] {
  let scale = 0;
  let maxError = 0;
  for (let i = 0; i < expected.length; i++) {
    const want = expected[i] ?? NaN;
    const have = got[i] ?? NaN;
    if (Number.isFinite(want)) scale = Math.max(scale, Math.abs(want));
    if (Object.is(want, have) || want === have) continue;
    const error = Math.abs(have - want);
    maxError = Math.max(maxError, Number.isNaN(error) ? Infinity : error);
  }
  const relative = maxError === 0 ? 0 : maxError / (scale || 1);
  return [{ name, maxError, relative, passed: relative <= rtol }];
}

/** Values for comparison; 64-bit integers as the nearest double. */
export function numbers(tensor: Tensor): ArrayLike<number> {
  const data: TypedArray = tensor.data();
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return Array.from(data, Number);
  const info = dtypeInfo(tensor.dtype);
  return info.float ? toFloat32(data, info) : data;
}
