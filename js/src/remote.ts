// SPDX-License-Identifier: Apache-2.0
/// <reference lib="esnext.disposable" preserve="true" />
// Remote: a model that lives in a worker, as its caller has it. Calls become messages to webhlo-worker.ts; what comes
// back are fresh arrays, and tensors that stay there.

import { behind, checkOptions, checkSignal, isArray, isDetached } from './arguments.js';
import { isNumeric, kindOf, knowItself, show } from './arguments.js';
import { registeredCalls } from './custom_calls.js';
import type { CustomCall, CustomCallFunction } from './custom_calls.js';
import { isTypedArray } from './dtype.js';
import type { TypedArray } from './dtype.js';
import { fail, messageOf, WebHLOError } from './errors.js';
import type { Addresses } from './files_of_worker.js';
import { checkLoadOptions, checkPrograms, checkWeights } from './load_options.js';
import type { LoadOptions, ModelSource } from './load_options.js';
import type { Metadata } from './metadata.js';
import { checkRunOptions, inputsOf, runOptions, runsItself, setResult } from './runs.js';
import { portInfo } from './ports.js';
import { profileOptions, warmupOptions } from './runs.js';
import type { InspectStage, MemoryUse } from './model.js';
import type { Inputs, Outputs, Results, RunOptions } from './runs.js';
import type { WarmupOptions } from './runs.js';
import { cancelled, Patience } from './patience.js';
import type { PortInfo } from './ports.js';
import type { Profile, ProfileOptions } from './profile.js';
import { checkResponse, isNode, nodeModule, urlOf } from './sources.js';
import type { ProgressFunction, Source } from './sources.js';
import { bufferHint, Kept, Tensor } from './tensor.js';
import type { TensorStore } from './tensor.js';
import type { Tuning } from './tuning.js';
import { revectorize } from './variants.js';
import type { Variant } from './variants.js';
import { errorFromWire, isWhole, isWireTensor, mapValues, Packing, plainNumbers } from './wire.js';
import { unpack } from './wire.js';
import type { FromWorker, Request, ToWorker, WireLoad, WireModel, WireProgram } from './wire.js';
import type { WireResult, WireRunOptions, WireSource, WireTensor, WireValue } from './wire.js';
import type { WireValues } from './wire.js';

/** Of files that the worker cannot find by itself; written out, so that bundlers find them. */
function addresses(): Addresses {
  const urls = {
    'webhlo-simd.mjs': new URL('./webhlo-simd.mjs', import.meta.url),
    'webhlo-simd.wasm': new URL('./webhlo-simd.wasm', import.meta.url),
    'webhlo-simd-threads.mjs': new URL('./webhlo-simd-threads.mjs', import.meta.url),
    'webhlo-simd-threads.wasm': new URL('./webhlo-simd-threads.wasm', import.meta.url),
    'webhlo-simd-threads-worker.mjs': new URL('./webhlo-simd-threads-worker.mjs', import.meta.url),
    'webhlo-relaxed.mjs': new URL('./webhlo-relaxed.mjs', import.meta.url),
    'webhlo-relaxed.wasm': new URL('./webhlo-relaxed.wasm', import.meta.url),
    'webhlo-relaxed-threads.mjs': new URL('./webhlo-relaxed-threads.mjs', import.meta.url),
    'webhlo-relaxed-threads.wasm': new URL('./webhlo-relaxed-threads.wasm', import.meta.url),
    'webhlo-relaxed-threads-worker.mjs': new URL(
      './webhlo-relaxed-threads-worker.mjs',
      import.meta.url,
    ),
    'webhlo-importer.mjs': new URL('./webhlo-importer.mjs', import.meta.url),
    'webhlo-importer.wasm': new URL('./webhlo-importer.wasm', import.meta.url),
    'webhlo-linear-algebra.wasm': new URL('./webhlo-linear-algebra.wasm', import.meta.url),
  };
  // Turbopack's are relative to the page.
  return mapValues(urls, ({ href }) => addressOf(href));
}

/** The thread of a worker. */
interface Line {
  post(message: ToWorker, transfer: Iterable<Transferable>): void;
  /** Whether it keeps a process alive. */
  hold(holds: boolean): void;
  close(): void;
}

/** `broken` hears why it will never answer. */
function startWorker(receive: (message: FromWorker) => void, broken: (why: string) => void): Line {
  if (isNode) {
    const { Worker } = nodeModule('node:worker_threads');
    const worker = new Worker(new URL('./webhlo-worker.js', import.meta.url), { execArgv: [] });
    worker.on('message', receive);
    worker.on('error', (error) => {
      broken(messageOf(error));
    });
    worker.on('exit', (code) => {
      broken(`exit code ${code}`);
    });
    worker.unref();
    return {
      post: (message, transfer) => {
        worker.postMessage(message, [...transfer] as (MessagePort & ArrayBuffer)[]);
      },
      hold: (holds) => {
        if (holds) worker.ref();
        else worker.unref();
      },
      close: () => void worker.terminate(),
    };
  }
  const worker = new Worker(new URL('./webhlo-worker.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => {
    receive(data as FromWorker);
  };
  worker.onmessageerror = () => {
    broken('a message that cannot be read');
  };
  worker.onerror = (event) => {
    event.preventDefault();
    broken(event.message || 'its file cannot be loaded');
  };
  return {
    post: (message, transfer) => {
      worker.postMessage(message, [...transfer]);
    },
    hold: () => undefined,
    close: () => {
      worker.terminate();
    },
  };
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Hears which inputs a run has used up. */
  readonly used: (names: readonly string[]) => void;
}

/** A worker and what was asked of it. */
class Remote implements TensorStore {
  readonly #line: Line;
  readonly #pending = new Map<number, Pending>();
  /** What functions of custom calls threw, until the reply of their run. */
  readonly #thrown = new Map<number, unknown>();
  #ended: WebHLOError | undefined;
  #inHostCall = false;
  #isStarted = false;
  #lastId = 0;

  constructor(
    private readonly functions: ReadonlyMap<string, CustomCallFunction>,
    private readonly progress: (progress: readonly unknown[]) => void,
  ) {
    try {
      this.#line = startWorker(
        (message) => {
          this.#receive(message);
        },
        (why) => {
          this.#broken(why);
        },
      );
    } catch (error) {
      fail('unsupported', `load: worker: none can be started (${messageOf(error)})`, error);
    }
  }

  /** Throws when the worker is gone, or waits for the very function that calls. */
  ready(): void {
    const { code, message, cause } = this.#ended ?? {};
    if (code) throw new WebHLOError(code, message ?? '', { cause });
    if (this.#inHostCall) fail('invalid_argument', runsItself);
  }

  ask<T>(
    request: Request,
    packing = new Packing(),
    signal?: AbortSignal,
    used: Pending['used'] = () => undefined,
  ): Promise<T> {
    this.ready();
    if (signal?.aborted) throw cancelled(signal);
    const id = ++this.#lastId;
    const abort = () => {
      this.#post({ abort: id });
    };
    try {
      this.#post({ id, request, abortable: signal !== undefined }, packing.transfer);
    } catch (error) {
      fail('invalid_argument', `no worker can be given this: ${messageOf(error)}`, error);
    }
    const reply = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, used });
    });
    this.#line.hold(true);
    signal?.addEventListener('abort', abort);
    return reply
      .catch((error: unknown) => {
        const isOurs = error instanceof WebHLOError && error.code === 'cancelled';
        throw isOurs && signal?.aborted ? cancelled(signal) : error;
      })
      .finally(() => {
        signal?.removeEventListener('abort', abort);
      }) as Promise<T>;
  }

  #post(message: ToWorker, transfer: Iterable<Transferable> = []): void {
    if (!this.#ended) this.#line.post(message, transfer);
  }

  #receive(message: FromWorker): void {
    this.#isStarted = true;
    if ('progress' in message) this.progress(message.progress);
    else if ('hostCall' in message && 'call' in message) void this.#answer(message);
    else this.#settle(message);
  }

  #settle(message: Extract<FromWorker, { reply: number }>): void {
    const pending = this.#pending.get(message.reply);
    this.#pending.delete(message.reply);
    if (this.#pending.size === 0) this.#line.hold(false);
    pending?.used(message.gone);
    if ('error' in message) {
      const { hostCall = 0, error } = message;
      pending?.reject(
        this.#thrown.has(hostCall) ? this.#thrown.get(hostCall) : errorFromWire(error),
      );
    } else {
      pending?.resolve(message.value);
    }
    if (this.#pending.size === 0) this.#thrown.clear();
  }

  async #answer({ hostCall, inputs, call }: Extract<FromWorker, { call: unknown }>): Promise<void> {
    const packing = new Packing();
    try {
      const answer = this.#callFunction(inputs, call);
      const results = await answer;
      const pack = (result: unknown) => packResult(packing, call.target, result);
      const packed = isArray(results) ? results.map(pack) : pack(results);
      this.#post({ answer: hostCall, results: packed }, packing.transfer);
    } catch (error) {
      this.#thrown.set(hostCall, error);
      this.#post({ answer: hostCall, results: undefined });
    }
  }

  #callFunction(inputs: readonly WireTensor[], call: CustomCall): ReturnType<CustomCallFunction> {
    const fn = this.functions.get(call.target);
    if (!fn) fail('internal', `@${call.target} was not looked for`);
    this.#inHostCall = true;
    try {
      return fn(inputs.map(unpack), call);
    } finally {
      this.#inHostCall = false;
    }
  }

  #broken(why: string): void {
    const [code, what] = this.#isStarted
      ? (['internal', 'has ended'] as const)
      : (['invalid_argument', 'cannot start'] as const);
    this.end(new WebHLOError(code, `the worker of the model ${what} (${why}); load it again`));
  }

  /** Nothing is answered from now on. */
  end(reason: WebHLOError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#line.close();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  copyOut(): never {
    return fail(
      'invalid_argument',
      "the values of this tensor are in the model's worker; await tensor.read()",
    );
  }

  async readOut(handle: number): Promise<TypedArray> {
    return this.ask({ read: handle });
  }

  release(handle: number): void {
    this.#post({ dispose: handle });
  }
}

function packResult(packing: Packing, target: string, result: unknown): WireResult {
  const value = isTypedArray(result) ? result : Tensor.from(result);
  return value
    ? packing.value(value, false)
    : fail(
        'invalid_argument',
        `custom_call @${target}: expected typed arrays or Tensors, got ${show(result)}`,
      );
}

/** Reads, compiles and fills a model in a worker of its own; resolves when it can run. */
export async function loadInWorker(source: ModelSource, given: LoadOptions): Promise<WorkerModel> {
  const { signal, deadline, onProgress, revec, wasmURL, transfer, weights, tuning, ...options } =
    checkLoadOptions(given);
  const programs = checkPrograms(source);
  const { files, tensors } = checkWeights(weights);
  const patience = new Patience(signal, deadline);
  patience.check();
  // V8's flag is the whole process's, and holds for what is compiled from then on.
  if (revec) revectorize();
  const packing = new Packing();
  const isGiven = transfer === true;
  const packProgram = async ([name, source]: [string, Source]) =>
    [name, await packSource(packing, source, isGiven)] as const;
  const functions = registeredCalls();
  let fails: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fails = reject;
  });
  const remote = new Remote(functions, (progress) => {
    try {
      onProgress?.(...(progress as Parameters<ProgressFunction>));
    } catch (error) {
      fails(error);
    }
  });
  try {
    const load: WireLoad = {
      programs: Object.fromEntries(await Promise.all(Object.entries(programs).map(packProgram))),
      files: await Promise.all(files.map((file) => packSource(packing, file, isGiven))),
      tensors: mapValues(tensors, (tensor) => packing.tensor(tensor, isGiven)),
      options: {
        ...options,
        // Without the Proxies that frameworks wrap data in.
        ...(tuning && { tuning: JSON.parse(JSON.stringify(tuning)) as Tuning }),
        ...(wasmURL !== undefined && { wasmURL: addressOf(wasmURL) }),
      },
      reports: onProgress !== undefined,
      addresses: addresses(),
      targets: [...functions.keys()],
    };
    const loading = remote.ask<WireModel>({ load }, packing);
    return new WorkerModel(remote, await patience.race(Promise.race([loading, failed])));
  } catch (error) {
    remote.end(new WebHLOError('cancelled', 'the load has ended'));
    throw error;
  }
}

/** Relative to the page, which a worker does not know. */
function addressOf(address: string | URL): string {
  return urlOf(address)?.href ?? String(address);
}

async function packSource(packing: Packing, source: Source, given: boolean): Promise<WireSource> {
  if (typeof source === 'string' || kindOf(source) === 'URL') {
    return addressOf(source as string | URL);
  }
  if (kindOf(source) === 'Response') return packResponse(packing, source as Response);
  if (!ArrayBuffer.isView(source) && !kindOf(source).endsWith('Buffer')) return source as Blob;
  const view = ArrayBuffer.isView(source)
    ? source
    : new Uint8Array(source as ArrayBuffer | SharedArrayBuffer);
  const { buffer, byteOffset, byteLength } = view;
  if (isDetached(buffer)) fail('invalid_argument', 'load: the buffer was transferred away');
  // Shared memory is not copied, and neither is what is left to the message itself.
  if (kindOf(buffer) === 'SharedArrayBuffer') return view;
  if (given && isWhole(view)) packing.transfer.add(buffer as ArrayBuffer);
  else if (!isWhole(view)) return buffer.slice(byteOffset, byteOffset + byteLength);
  return buffer;
}

async function packResponse(packing: Packing, response: Response): Promise<WireSource> {
  const { url } = response;
  const body = checkResponse(response, url || 'the Response');
  const headers = [...response.headers];
  if (!streamsMove()) return { body: await response.arrayBuffer(), url, headers };
  packing.transfer.add(body);
  return { body, url, headers };
}

let canMove: boolean | undefined;

/** Whether this engine lets streams go to workers: Safari does not. */
function streamsMove(): boolean {
  if (canMove === undefined) {
    const stream = new ReadableStream();
    try {
      structuredClone(stream, { transfer: [stream] });
      canMove = true;
    } catch {
      canMove = false;
    }
  }
  return canMove;
}

/** A Program of a model in a worker. */
export class WorkerProgram {
  readonly name: string;
  /** What exported it, as its file says. */
  readonly producer: string;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #remote: Remote;

  /** @internal */
  constructor(remote: Remote, { name, producer, inputs, outputs }: WireProgram) {
    knowItself(this, 'WorkerProgram');
    this.#remote = remote;
    this.name = name;
    this.producer = producer;
    this.inputs = inputs.map(portInfo);
    this.outputs = outputs.map(portInfo);
  }

  /** Runs in the worker. Inputs are copied there before this returns; `transfer` names those that move. */
  run<Name extends string = never>(
    inputs: Inputs,
    options?: RunOptions<Name>,
  ): Promise<Results<Name>>;
  run<R extends Outputs>(inputs: Inputs, options?: RunOptions): Promise<R>;
  async run(inputs: Inputs, options: RunOptions = {}): Promise<Outputs> {
    const own = behind<WorkerProgram>(this, 'WorkerProgram');
    const remote = own.#remote;
    remote.ready();
    const { keep, outputs, donate, transfer, signal, deadline } = checkRunOptions(
      options,
      runOptions,
      'run',
    );
    const record = inputsOf(own, inputs);
    const packing = new Packing();
    const packed = packInputs(packing, remote, record, transfer);
    const wireOptions: WireRunOptions = {
      keep: [...keep],
      donate,
      transfer,
      ...(outputs && { outputs: [...outputs] }),
      ...(deadline !== Infinity && { deadline }),
    };
    const request = { run: own.name, inputs: packed, options: wireOptions };
    const donated = new Set(donate);
    const results = await remote.ask<WireValues>(request, packing, signal, (names) => {
      for (const name of names) if (donated.has(name)) Tensor.from(record[name])?.dispose();
    });
    const answer: Outputs = {};
    for (const [name, value] of Object.entries(results)) {
      setResult(answer, name, isWireTensor(value) ? keptBy(remote, value) : (value as TypedArray));
    }
    return answer;
  }

  /** An error: nobody can wait for a worker at once. */
  runSync(): never {
    behind<WorkerProgram>(this, 'WorkerProgram');
    return fail('unsupported', 'runSync: the model is in a worker; await run(...) instead');
  }

  /** As Program.warmup. */
  async warmup(options: WarmupOptions = {}): Promise<void> {
    const own = behind<WorkerProgram>(this, 'WorkerProgram');
    checkOptions(options, warmupOptions, 'warmup');
    const { signal, ...rest } = options;
    checkSignal(signal, 'warmup');
    await own.#remote.ask({ warmup: own.name, options: rest }, undefined, signal);
  }

  /** As Program.profile. */
  async profile(inputs: Inputs, options: ProfileOptions = {}): Promise<Profile> {
    const own = behind<WorkerProgram>(this, 'WorkerProgram');
    const remote = own.#remote;
    remote.ready();
    checkOptions(options, profileOptions, 'profile');
    const { signal, ...rest } = options;
    checkSignal(signal, 'profile');
    const packing = new Packing();
    const packed = packInputs(packing, remote, inputsOf(own, inputs));
    return remote.ask({ profile: own.name, inputs: packed, options: rest }, packing, signal);
  }
}

function packInputs(
  packing: Packing,
  remote: Remote,
  record: Readonly<Record<string, unknown>>,
  transfer: readonly string[] = [],
): WireValues {
  const given = new Set(transfer);
  return mapValues(record, (value, name) =>
    packInput(packing, remote, name, value, given.has(name)),
  );
}

function packInput(
  packing: Packing,
  remote: Remote,
  name: string,
  value: unknown,
  given: boolean,
): WireValue | undefined {
  if (value === undefined) return undefined;
  if (isTypedArray(value)) return packing.array(value, given);
  const tensor = Tensor.from(value);
  if (!tensor) {
    if (isNumeric(value)) return plainNumbers(value);
    return fail(
      'invalid_argument',
      `input "${name}": expected a typed array, numbers or a Tensor; got ${bufferHint(value)}`,
    );
  }
  const held = tensor.valueFor(remote);
  if (!(held instanceof Kept)) return packing.tensor(tensor, given);
  return { dtype: held.dtype, shape: held.shape, values: held.handle };
}

function keptBy(remote: Remote, { dtype, shape, values }: WireTensor): Tensor {
  return new Tensor(new Kept(remote, values as number, dtype, Object.freeze(shape)));
}

/**
 * A Model in a worker: what of it takes time is a promise here. Tensors that runs keep stay in the worker, and
 * `await tensor.read()` brings their values.
 */
export class WorkerModel {
  readonly programs: Readonly<Record<string, WorkerProgram>>;
  readonly metadata: Metadata;
  readonly threads: number;
  readonly variant: Variant;
  readonly #first: WorkerProgram;
  readonly #remote: Remote;

  /** @internal */
  constructor(remote: Remote, { programs, metadata, threads, variant }: WireModel) {
    knowItself(this, 'WorkerModel');
    const all = programs.map((program) => new WorkerProgram(remote, program));
    this.#first = all[0] ?? fail('invalid_model', 'the model holds no program');
    this.#remote = remote;
    this.programs = Object.freeze(Object.fromEntries(all.map((p) => [p.name, p])));
    this.metadata = metadata;
    this.threads = threads;
    this.variant = variant;
  }

  /** Of the first program, as are `outputs`, `run`, `warmup` and `profile`. */
  get inputs(): readonly PortInfo[] {
    return ownModel(this).#first.inputs;
  }
  get outputs(): readonly PortInfo[] {
    return ownModel(this).#first.outputs;
  }
  run<Name extends string = never>(
    inputs: Inputs,
    options?: RunOptions<Name>,
  ): Promise<Results<Name>>;
  run<R extends Outputs>(inputs: Inputs, options?: RunOptions): Promise<R>;
  async run(inputs: Inputs, options?: RunOptions): Promise<Outputs> {
    return ownModel(this).#first.run(inputs, options);
  }
  runSync(): never {
    return ownModel(this).#first.runSync();
  }
  async warmup(options?: WarmupOptions): Promise<void> {
    return ownModel(this).#first.warmup(options);
  }
  async profile(inputs: Inputs, options?: ProfileOptions): Promise<Profile> {
    return ownModel(this).#first.profile(inputs, options);
  }

  /** As Model.memory. */
  get memory(): Promise<MemoryUse> {
    return ownModel(this).#ask({ get: 'memory' });
  }
  /** As Model.tuned. */
  get tuned(): Promise<Tuning> {
    return ownModel(this).#ask({ get: 'tuned' });
  }
  /** As Model.inspect. */
  async inspect(stage: InspectStage, program?: string): Promise<string> {
    return ownModel(this).#ask({ inspect: stage, program });
  }

  async #ask<T>(request: Request): Promise<T> {
    return this.#remote.ask<T>(request);
  }

  /** Ends the worker at once; whatever it was asked ends with an error. */
  dispose(): void {
    ownModel(this).#remote.end(new WebHLOError('invalid_argument', 'the model was disposed'));
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function ownModel(model: WorkerModel): WorkerModel {
  return behind(model, 'WorkerModel');
}
