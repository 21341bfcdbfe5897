// SPDX-License-Identifier: Apache-2.0
// Ports: the inputs and results of a program, as it declares them and as a run has them.

import { isNumeric, show } from './arguments.js';
import { dtypeInfo, elementCount, isTypedArray, nesting, typeText } from './dtype.js';
import type { DType, DTypeInfo, NumberArray, PortShape, TypedArrayConstructor } from './dtype.js';
import { fail } from './errors.js';
import type { NativePort } from './native.js';
import { Tensor } from './tensor.js';

/** Name and type of one input or result. */
export interface PortInfo {
  readonly name: string;
  readonly dtype: DType;
  /** Null for a size that the program leaves free: each run brings its own. */
  readonly shape: PortShape;
}

/** With all sizes known. */
export class Port implements PortInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly info: DTypeInfo;
  readonly array: TypedArrayConstructor;
  readonly elementBytes: number;
  readonly slots: number;
  /** For messages. */
  readonly label: string;
  /** Where it lies in runs that are given arrays alone, once that was asked; else 0. */
  pointer = 0;

  constructor({ name, dtype }: { name: string; dtype: string }, shape: readonly number[]) {
    this.name = name;
    this.info = dtypeInfo(dtype);
    this.dtype = this.info.dtype;
    this.shape = shape;
    this.array = this.info.array;
    this.elementBytes = this.array.BYTES_PER_ELEMENT;
    this.slots = elementCount(shape) * this.info.slots;
    this.label = `"${name}" ${typeText(this.dtype, shape)}`;
  }
}

/** As a program declares it: a port that leaves sizes free becomes one of known sizes with each run. */
export class DeclaredPort implements PortInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: PortShape;
  readonly label: string;
  /** Itself, unless it leaves sizes free. */
  readonly port: Port | undefined;

  constructor({ name, dtype, shape }: NativePort) {
    this.name = name;
    this.dtype = dtypeInfo(dtype).dtype;
    this.shape = Object.freeze(shape);
    this.label = `"${name}" ${typeText(this.dtype, shape)}`;
    this.port = isKnown(shape) ? new Port(this, shape) : undefined;
  }

  /** For what a caller gives: a Tensor brings its shape, of an array the length tells one size. */
  of(given: unknown): Port {
    const tensor = Tensor.from(given);
    if (tensor) {
      if (tensor.dtype !== this.dtype || !admits(this.shape, tensor.shape)) {
        const got = typeText(tensor.dtype, tensor.shape);
        fail('invalid_argument', `input ${this.label}: got a tensor ${got}`);
      }
      return new Port(this, tensor.shape);
    }
    const known = this.shape.filter((size) => size !== null);
    if (known.length < this.shape.length - 1) {
      fail(
        'invalid_argument',
        `input ${this.label} leaves several sizes free; pass a Tensor, which has a shape`,
      );
    }
    const one = elementCount(known) * dtypeInfo(this.dtype).slots;
    const length = isTypedArray(given)
      ? given.length
      : isNumeric(given)
        ? elementCount(nesting(given as NumberArray))
        : one;
    const size = length / one;
    if (!Number.isInteger(size)) {
      fail(
        'invalid_argument',
        `input ${this.label}: got ${show(given)} of length ${length}, expected a multiple of ` +
          `${one}, or a Tensor`,
      );
    }
    return new Port(
      this,
      this.shape.map((declared) => declared ?? size),
    );
  }
}

/** Whether a tensor of that shape may be where the port is. */
export function admits(port: PortShape, shape: readonly number[]): boolean {
  return (
    port.length === shape.length && port.every((size, i) => size === null || size === shape[i])
  );
}

function isKnown(shape: PortShape): shape is readonly number[] {
  return !shape.includes(null);
}

/** Without what is ours. */
export function portInfo({ name, dtype, shape }: PortInfo): PortInfo {
  return Object.freeze({ name, dtype, shape });
}
