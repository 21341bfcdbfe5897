// SPDX-License-Identifier: Apache-2.0
/// <reference lib="esnext.disposable" preserve="true" />
// Model and Program: metadata and runs. A run copies its inputs into wasm memory, starts the program,
// lets it advance, and copies the results out. All programs of a model share one instance, so one run
// is under way at a time; others wait in the order of their calls.

import { answerHostCall } from './custom_calls.js';
import { dtypeInfo, elementCount, fromNumbers, isTypedArray, typeText } from './dtype.js';
import type { DType, DTypeInfo, NumberArray, NumericArray, TypedArray } from './dtype.js';
import type { TypedArrayConstructor } from './dtype.js';
import { check, fail, WebHLOError } from './errors.js';
import type { Instance } from './instance.js';
import { Advance } from './native.js';
import type { NativePort, NativeProgram } from './native.js';
import { cancelled } from './sources.js';
import { checkArray, Kept, Tensor } from './tensor.js';
import type { Variant } from './variants.js';

/** Name and type of one input or result. */
export interface PortInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export type Inputs = Readonly<Record<string, TypedArray | NumberArray | Tensor>>;
/** What results can be. */
export type Outputs = Record<string, TypedArray | Tensor>;

/**
 * Fresh typed arrays, and Tensors for the names in `keep`. i64 and ui64 come as BigInt64Array and
 * BigUint64Array: whoever has such results says so, as in `run<{ ids: BigInt64Array }>(...)`.
 */
export type Results<Name extends string> = string extends Name
  ? Outputs
  : Record<Name, Tensor> & Record<string, NumericArray>;

export interface RunSyncOptions<Name extends string = string> {
  /** Results to leave in wasm memory, as Tensors. */
  keep?: readonly Name[];
  /** Inputs whose Tensor the run uses up. */
  donate?: readonly string[];
  /** Milliseconds that the run may take; past them it stops with code `cancelled`. */
  deadline?: number;
}

export interface RunOptions<Name extends string = string> extends RunSyncOptions<Name> {
  /** Stops the run with code `cancelled`. */
  signal?: AbortSignal;
}

export type InspectStage = 'graph' | 'passes' | 'init' | 'plan' | 'jit' | 'memory';

/** Bytes of wasm memory by their use; `wasm` is the size of the whole memory now. */
export type MemoryUse = Readonly<Record<string, number>>;

/** How long native code holds the thread between two looks at a signal. */
const sliceMs = 4;

class Port implements PortInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly info: DTypeInfo;
  readonly array: TypedArrayConstructor;
  readonly elementBytes: number;
  readonly slots: number;
  /** For messages. */
  readonly label: string;

  constructor({ name, dtype, shape }: NativePort) {
    this.name = name;
    this.info = dtypeInfo(dtype);
    this.dtype = this.info.dtype;
    this.shape = Object.freeze(shape);
    this.array = this.info.array;
    this.elementBytes = this.array.BYTES_PER_ELEMENT;
    this.slots = elementCount(shape) * this.info.slots;
    this.label = `"${name}" ${typeText(this.dtype, shape)}`;
  }
}

/** One program of a model. */
export class Program {
  readonly name: string;
  /** What exported it, as its file says. */
  readonly producer: string;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #inputs: readonly Port[];
  readonly #outputs: readonly Port[];
  /** Names of arguments that the exporter dropped: a caller may give them all the same. */
  readonly #dropped: ReadonlySet<string>;
  readonly #instance: Instance;
  readonly #index: number;
  readonly #queue: Queue;

  /** @internal */
  constructor(instance: Instance, queue: Queue, index: number, description: NativeProgram) {
    const { name, producer, inputs, results, dropped } = description;
    this.name = name;
    this.producer = producer;
    this.#instance = instance;
    this.#queue = queue;
    this.#index = index;
    this.#inputs = inputs.map((port) => new Port(port));
    this.#outputs = results.map((port) => new Port(port));
    this.#dropped = new Set(dropped.flatMap((keys) => keys.map((_, i) => keys.slice(i).join('.'))));
    this.inputs = this.#inputs.map(portInfo);
    this.outputs = this.#outputs.map(portInfo);
  }

  /**
   * Runs on the caller's thread, in slices when there is a `signal` or a `deadline`. Do not change
   * the inputs' arrays before the promise settles.
   */
  run<Name extends string = never>(
    inputs: Inputs,
    options?: RunOptions<Name>,
  ): Promise<Results<Name>>;
  run<R extends Outputs>(inputs: Inputs, options?: RunOptions): Promise<R>;
  run(inputs: Inputs, options?: RunOptions): Promise<Outputs> {
    if (this.#queue.idle && !options?.signal && options?.deadline === undefined) {
      return new Promise<Outputs>((resolve) => {
        resolve(this.#whole(inputs, options, true));
      });
    }
    return this.#queue.add(options?.signal, () => this.#sliced(inputs, options));
  }

  /** Runs to the end before it returns. */
  runSync<Name extends string = never>(
    inputs: Inputs,
    options?: RunSyncOptions<Name>,
  ): Results<Name>;
  runSync<R extends Outputs>(inputs: Inputs, options?: RunSyncOptions): R;
  runSync(inputs: Inputs, options?: RunSyncOptions): Outputs {
    if (!this.#queue.idle) underWay();
    return this.#whole(inputs, options, false) as Outputs;
  }

  #whole(
    inputs: Inputs,
    options: RunSyncOptions | undefined,
    mayWait: boolean,
  ): Outputs | Promise<Outputs> {
    const instance = this.#instance;
    this.#begin();
    let waits = false;
    try {
      const end = options?.deadline === undefined ? Infinity : performance.now() + options.deadline;
      this.#start(inputs, options);
      for (;;) {
        const budget = end === Infinity ? -1 : Math.max(end - performance.now(), 0);
        const state = instance.session.advance(budget);
        if (state === Advance.done) return this.#collect(inputs, options);
        if (state === Advance.error) throw instance.lastError();
        if (state === Advance.paused) {
          if (performance.now() >= end) throw deadlinePassed(options?.deadline);
          continue;
        }
        const answer = answerHostCall(instance);
        if (!answer) continue;
        if (!mayWait)
          fail('invalid_argument', 'a custom call answered a promise; use run, not runSync');
        waits = true;
        return this.#queue.hold(this.#finish(answer.then(() => this.#advance(inputs, options))));
      }
    } catch (error) {
      throw instance.failure(error);
    } finally {
      if (!waits) instance.busy = false;
    }
  }

  async #sliced(inputs: Inputs, options: RunOptions | undefined): Promise<Outputs> {
    this.#begin();
    return this.#finish(
      (async () => {
        this.#start(inputs, options);
        return await this.#advance(inputs, options);
      })(),
    );
  }

  async #finish(run: Promise<Outputs>): Promise<Outputs> {
    try {
      return await run;
    } catch (error) {
      throw this.#instance.failure(error);
    } finally {
      this.#instance.busy = false;
    }
  }

  /** From a started or continued run to its results, giving the event loop its turns. */
  async #advance(inputs: Inputs, options: RunOptions | undefined): Promise<Outputs> {
    const instance = this.#instance;
    const { signal, deadline } = options ?? {};
    const end = performance.now() + (deadline ?? Infinity);
    for (;;) {
      if (signal?.aborted) throw cancelled(signal);
      const now = performance.now();
      if (now >= end) throw deadlinePassed(deadline);
      instance.ready();
      const state = instance.session.advance(Math.min(sliceMs, end - now));
      if (state === Advance.done) return this.#collect(inputs, options);
      if (state === Advance.error) throw instance.lastError();
      await (state === Advance.hostCall ? answerHostCall(instance) : nextTurn());
    }
  }

  #begin(): void {
    this.#instance.ready();
    if (this.#instance.busy) underWay();
    this.#instance.busy = true;
  }

  #start(inputs: Inputs, options: RunSyncOptions | undefined): void {
    const ports = this.#inputs;
    let given = 0;
    for (const name in inputs) if (inputs[name] !== undefined) given++;
    for (let i = 0; i < ports.length; i++) {
      const port = ports[i] as Port;
      const value = inputs[port.name];
      if (value === undefined) return this.#wrongNames(inputs);
      this.#bind(port, i, value);
    }
    if (given !== ports.length && this.#extraNames(inputs).length > 0) this.#wrongNames(inputs);
    for (const name of options?.keep ?? []) this.#find(this.#outputs, name, 'keep', 'results');
    for (const name of options?.donate ?? []) {
      if (!this.#dropped.has(name)) this.#find(this.#inputs, name, 'donate', 'inputs');
      if (!(inputs[name] instanceof Tensor)) {
        fail('invalid_argument', `donate: input "${name}" is no Tensor`);
      }
    }
    if (!this.#instance.session.start(this.#index)) throw this.#instance.lastError();
  }

  #bind(port: Port, i: number, value: TypedArray | NumberArray | Tensor): void {
    const instance = this.#instance;
    let data: TypedArray;
    if (value instanceof port.array) {
      data = value;
    } else if (value instanceof Tensor) {
      if (value.dtype !== port.dtype || !sameShape(value.shape, port.shape)) {
        fail(
          'invalid_argument',
          `input ${port.label}: got a tensor ${typeText(value.dtype, value.shape)}`,
        );
      }
      const handle = value.handleIn(instance);
      if (handle !== undefined) {
        check(instance.session.bindInput(this.#index, i, handle));
        return;
      }
      data = value.data();
    } else if (isTypedArray(value)) {
      checkArray(value, port.info, port.shape, `input "${port.name}"`);
      instance.write(instance.session.inputPointer(this.#index, i), value);
      return;
    } else {
      data = fromNumbers(value, port.info, port.shape, `input "${port.name}"`);
    }
    if (data.length !== port.slots) checkArray(data, port.info, port.shape, `input "${port.name}"`);
    const pointer = instance.session.inputPointer(this.#index, i);
    (instance.view(port.array) as Float32Array).set(
      data as Float32Array,
      pointer / port.elementBytes,
    );
  }

  #collect(inputs: Inputs, options: RunSyncOptions | undefined): Outputs {
    const instance = this.#instance;
    const ports = this.#outputs;
    const results: Outputs = {};
    for (let i = 0; i < ports.length; i++) {
      const port = ports[i] as Port;
      if (options?.keep?.includes(port.name)) {
        const handle = instance.session.takeOutput(this.#index, i);
        if (handle === 0) throw instance.lastError();
        results[port.name] = new Tensor(new Kept(instance, handle, port.dtype, port.shape));
      } else {
        const begin = instance.session.outputPointer(this.#index, i) / port.elementBytes;
        results[port.name] = instance.view(port.array).slice(begin, begin + port.slots);
      }
    }
    for (const name of options?.donate ?? []) (inputs[name] as Tensor).dispose();
    return results;
  }

  #find(ports: readonly Port[], name: string, option: string, kind: string): number {
    const index = ports.findIndex((port) => port.name === name);
    return index >= 0
      ? index
      : fail('invalid_argument', `${option}: no "${name}" among the ${kind} ${labels(ports)}`);
  }

  #extraNames(inputs: Inputs): string[] {
    const names = new Set(this.#inputs.map((port) => port.name));
    return Object.keys(inputs).filter(
      (name) => inputs[name] !== undefined && !names.has(name) && !this.#dropped.has(name),
    );
  }

  #wrongNames(inputs: Inputs): never {
    const missing = this.#inputs.map(({ name }) => name).filter((n) => inputs[n] === undefined);
    const extra = this.#extraNames(inputs);
    fail(
      'invalid_argument',
      `program "${this.name}" takes ${labels(this.#inputs)};` +
        (missing.length ? ` missing: ${missing.join(', ')}` : '') +
        (extra.length ? ` not an input: ${extra.join(', ')}` : ''),
    );
  }
}

/** A loaded model: one weight set, one or more programs. */
export class Model {
  /** By name; a model of one program calls it `main`, and a `.whlo` file gives the names it holds. */
  readonly programs: Readonly<Record<string, Program>>;
  readonly #first: Program;
  readonly #instance: Instance;

  /** @internal */
  constructor(instance: Instance, descriptions: readonly NativeProgram[]) {
    const queue = new Queue();
    const programs = descriptions.map((d, i) => new Program(instance, queue, i, d));
    this.#first = programs[0] ?? fail('invalid_model', 'the model holds no program');
    this.programs = Object.freeze(Object.fromEntries(programs.map((p) => [p.name, p])));
    this.#instance = instance;
  }

  /** Of the first program, as are `outputs`, `run` and `runSync`. */
  get inputs(): readonly PortInfo[] {
    return this.#first.inputs;
  }
  get outputs(): readonly PortInfo[] {
    return this.#first.outputs;
  }
  run<Name extends string = never>(
    inputs: Inputs,
    options?: RunOptions<Name>,
  ): Promise<Results<Name>>;
  run<R extends Outputs>(inputs: Inputs, options?: RunOptions): Promise<R>;
  run(inputs: Inputs, options?: RunOptions): Promise<Outputs> {
    return this.#first.run(inputs, options);
  }
  runSync<Name extends string = never>(
    inputs: Inputs,
    options?: RunSyncOptions<Name>,
  ): Results<Name>;
  runSync<R extends Outputs>(inputs: Inputs, options?: RunSyncOptions): R;
  runSync(inputs: Inputs, options?: RunSyncOptions): Outputs {
    return this.#first.runSync(inputs, options);
  }

  /** Threads that this model may use: 1 where the page is not cross-origin isolated. */
  get threads(): number {
    return this.#instance.threads;
  }
  /** Which of the wasm files runs it. */
  get variant(): Variant {
    return this.#instance.variant;
  }
  get memory(): MemoryUse {
    const use = JSON.parse(this.#instance.call((session) => session.memory())) as MemoryUse;
    return { ...use, wasm: this.#instance.wasmMemory.buffer.byteLength };
  }

  /** What a stage of the compiler made of a program, as text. */
  inspect(stage: InspectStage, program: string = this.#first.name): string {
    if (!Object.hasOwn(this.programs, program)) {
      fail(
        'invalid_argument',
        `no program "${program}" among ${Object.keys(this.programs).join(', ')}`,
      );
    }
    const text = this.#instance.call((session) => session.inspect(stage, program));
    if (text === null) throw this.#instance.lastError();
    return text;
  }

  /** Gives the memory and the threads back; a run under way ends with an error. */
  dispose(): void {
    this.#instance.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Runs one after the other, in the order of the calls. */
class Queue {
  #length = 0;
  #tail: Promise<unknown> = Promise.resolve();

  get idle(): boolean {
    return this.#length === 0;
  }

  /** A run that is under way already and will end with `promise`. */
  hold<T>(promise: Promise<T>): Promise<T> {
    this.#length++;
    this.#tail = promise.catch(() => undefined);
    return promise.finally(() => this.#length--);
  }

  add<T>(signal: AbortSignal | undefined, start: () => Promise<T>): Promise<T> {
    if (!signal) return this.hold(this.#tail.then(start));
    return new Promise<T>((resolve, reject) => {
      // A run that still waits is rejected at once; one under way when it has really stopped.
      const abort = () => {
        reject(cancelled(signal));
      };
      signal.addEventListener('abort', abort, { once: true });
      const turn = this.#tail.then(() => {
        signal.removeEventListener('abort', abort);
        if (signal.aborted) throw cancelled(signal);
        return start();
      });
      this.hold(turn).then(resolve, reject);
    });
  }
}

function underWay(): never {
  fail('invalid_argument', 'a run of this model is under way; await it first');
}

function labels(ports: readonly Port[]): string {
  return ports.map((port) => port.label).join(', ') || '(none)';
}

function portInfo({ name, dtype, shape }: Port): PortInfo {
  return Object.freeze({ name, dtype, shape });
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

function deadlinePassed(deadline: number | undefined): WebHLOError {
  return new WebHLOError('cancelled', `the deadline of ${deadline ?? 0} ms has passed`);
}

/** Lets the event loop handle what is waiting: input, timers, messages. */
const nextTurn: () => Promise<void> =
  typeof setImmediate === 'function'
    ? () => new Promise((resolve) => setImmediate(resolve))
    : () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            port1.close();
            resolve();
          };
          port2.postMessage(undefined);
        });
