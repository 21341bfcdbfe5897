// SPDX-License-Identifier: Apache-2.0
// What goes between a caller (remote.ts) and the worker that holds its model (webhlo-worker.ts): messages, and values
// as messages carry them. Arrays go as copies, or as they are where the caller gives them away: their buffers move.

import { isArray, kindOf } from './arguments.js';
import type { CustomCall } from './custom_calls.js';
import { dtypeInfo, dtypeOf, isTypedArray } from './dtype.js';
import type { DType, TypedArray } from './dtype.js';
import { allocate, WebHLOError } from './errors.js';
import type { ErrorCode } from './errors.js';
import type { Addresses } from './files_of_worker.js';
import type { LoadOptions } from './load_options.js';
import type { Metadata } from './metadata.js';
import type { WarmupOptions } from './runs.js';
import type { PortInfo } from './ports.js';
import type { ProfileOptions } from './profile.js';
import { Tensor } from './tensor.js';
import type { Variant } from './variants.js';

/** A tensor: its values, or the number by which the worker keeps it. */
export interface WireTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: TypedArray | number;
}

/** Typed arrays and nested numbers are what they are. */
export type WireValue = TypedArray | WireTensor | number | bigint | boolean | readonly WireValue[];
export type WireValues = Readonly<Record<string, WireValue | undefined>>;

/** What a custom call answers: one result, or all in order. */
export type WireResult = TypedArray | WireTensor;
export type WireResults = WireResult | readonly WireResult[];

/** A Response, taken apart. */
export interface WireResponse {
  readonly body: ReadableStream<Uint8Array> | ArrayBuffer;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
}

export type WireSource =
  string | Blob | ArrayBuffer | SharedArrayBuffer | ArrayBufferView | WireResponse;

export interface WireError {
  /** Of a WebHLOError. */
  readonly code?: ErrorCode;
  readonly name: string;
  readonly message: string;
  readonly cause?: WireError;
}

export interface WireRunOptions {
  readonly keep: readonly string[];
  readonly outputs?: readonly string[];
  readonly donate: readonly string[];
  readonly transfer: readonly string[];
  readonly deadline?: number;
}

export interface WireLoad {
  readonly programs: Readonly<Record<string, WireSource>>;
  readonly files: readonly WireSource[];
  readonly tensors: Readonly<Record<string, WireTensor>>;
  readonly options: LoadOptions;
  readonly reports: boolean;
  readonly addresses: Addresses;
  /** Of custom calls that the caller's functions answer. */
  readonly targets: readonly string[];
}

export interface WireProgram {
  readonly name: string;
  readonly producer: string;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
}

/** What a load answers. */
export interface WireModel {
  readonly programs: readonly WireProgram[];
  readonly metadata: Metadata;
  readonly threads: number;
  readonly variant: Variant;
}

/** What a caller asks for, and gets one reply to. */
export type Request =
  | { readonly load: WireLoad }
  | { readonly run: string; readonly inputs: WireValues; readonly options: WireRunOptions }
  | { readonly warmup: string; readonly options: WarmupOptions }
  | { readonly profile: string; readonly inputs: WireValues; readonly options: ProfileOptions }
  | { readonly read: number }
  | { readonly inspect: string; readonly program: string | undefined }
  | { readonly get: 'memory' | 'tuned' };

export type ToWorker =
  | { readonly id: number; readonly request: Request; readonly abortable: boolean }
  | { readonly abort: number }
  | { readonly dispose: number }
  /** Undefined if the function failed. */
  | { readonly answer: number; readonly results: WireResults | undefined };

export type FromWorker =
  | { readonly reply: number; readonly value: unknown; readonly gone: readonly string[] }
  | {
      readonly reply: number;
      readonly error: WireError;
      /** Of the function that has failed; its own thread knows how. */
      readonly hostCall: number | undefined;
      /** Inputs that a run has used up. */
      readonly gone: readonly string[];
    }
  | { readonly progress: readonly unknown[] }
  | {
      readonly hostCall: number;
      readonly inputs: readonly WireTensor[];
      readonly call: CustomCall;
    };

/** Makes values ready for one message. */
export class Packing {
  /** What moves with it. */
  readonly transfer = new Set<Transferable>();

  /** `given`: the caller needs it no more. */
  array(values: TypedArray, given: boolean): TypedArray {
    const own = given && isWhole(values) ? values : copyOf(values);
    this.transfer.add(own.buffer as ArrayBuffer);
    return own;
  }

  tensor(tensor: Tensor, given: boolean): WireTensor {
    const { dtype, shape } = tensor;
    return { dtype, shape, values: this.array(tensor.data(), given) };
  }

  /** What a custom call takes or answers. */
  value(value: TypedArray | Tensor, given: boolean): WireResult {
    return isTypedArray(value) ? this.array(value, given) : this.tensor(value, given);
  }
}

/** Whether moving its buffer moves nothing else. */
export function isWhole({ buffer, byteLength }: ArrayBufferView): boolean {
  return kindOf(buffer) === 'ArrayBuffer' && byteLength === buffer.byteLength;
}

/** The same of each value, whatever their names are. */
export function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  map: (value: T, name: string) => R,
): Record<string, R> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, map(value, name)]),
  );
}

/** With a buffer of its own: a view may show a small part of a large one, or of a shared one. */
function copyOf(values: TypedArray): TypedArray {
  const { array } = dtypeInfo(dtypeOf(values));
  const copy = allocate(() => new array(values.length), 'a copy for the worker');
  (copy as Float32Array).set(values as Float32Array);
  return copy;
}

/** Numbers without the Proxies that frameworks wrap arrays in, which no message carries. */
export function plainNumbers(value: unknown): WireValue {
  return isArray(value) ? Array.from(value, plainNumbers) : (value as number);
}

export const isWireTensor = (value: unknown): value is WireTensor =>
  typeof value === 'object' && value !== null && 'dtype' in value;

/** One that comes with its values. */
export function unpack({ values, dtype, shape }: WireTensor): Tensor {
  return new Tensor(values, { dtype, shape });
}

export function errorToWire(error: unknown): WireError {
  const { name, message, cause } = error instanceof Error ? error : new Error(String(error));
  return {
    name,
    message,
    ...(error instanceof WebHLOError && { code: error.code }),
    ...(cause !== undefined && { cause: errorToWire(cause) }),
  };
}

export function errorFromWire({ code, name, message, cause }: WireError): Error {
  const options = cause && { cause: errorFromWire(cause) };
  if (code) return new WebHLOError(code, message, options);
  return Object.defineProperty(new Error(message, options), 'name', { value: name });
}
