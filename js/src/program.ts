// SPDX-License-Identifier: Apache-2.0
// Program: one program of a model, and how it runs. A run copies its inputs into wasm memory, starts the program, lets it
// advance, and copies the results out.

import {
  checkOptions,
  checkDeadline,
  isThenable,
  isNumeric,
  knowItself,
  behind,
} from './arguments.js';
import { callHost } from './custom_calls.js';
import type { HostCall } from './custom_calls.js';
import {
  dtypeInfo,
  checkShape,
  isTypedArray,
  elementCount,
  typeText,
  fromNumbers,
} from './dtype.js';
import type { DType, TypedArray, NumberArray } from './dtype.js';
import { fail, allocate } from './errors.js';
import type { WebHLOError } from './errors.js';
import type { Instance } from './instance.js';
import { mark } from './log.js';
import { Advance } from './native.js';
import type {
  NativeChoice,
  NativeProgram,
  FactsName,
  NativeStep,
  NativeRoofline,
  Advanced,
} from './native.js';
import { copyBytes, Patience, cancelled, nextTurn } from './patience.js';
import { Port, DeclaredPort, admits, portInfo } from './ports.js';
import type { PortInfo } from './ports.js';
import type { ProfileOptions, Profile } from './profile.js';
import type { Queue } from './queue.js';
import {
  runOptions,
  runSyncOptions,
  warmupOptions,
  profileOptions,
  runsItself,
  noOptions,
  checkRunOptions,
  checkCount,
  inputsOf,
  setResult,
} from './runs.js';
import type {
  Inputs,
  Outputs,
  Results,
  RunSyncOptions,
  RunOptions,
  WarmupOptions,
  CheckedOptions,
} from './runs.js';
import { Kept, Tensor, bufferHint, checkArray } from './tensor.js';
import type { IdleTuner } from './tuning.js';

/** How long native code holds the thread between two looks at a signal. */
const sliceMs = 4;

/**
 * What one run was given, checked when it is called. Tensors in wasm memory are held from then until the
 * run has ended, however long it waits for its turn: disposing of one takes effect only then.
 */
interface Given {
  /** Of the inputs, for a program that leaves sizes free; else empty. */
  readonly shapes: string;
  readonly ports: readonly Port[];
  /** By input: an array of the caller's, or what lies in this model's memory. */
  readonly values: readonly (TypedArray | Kept)[];
  /** By the name of its input. */
  readonly donate: ReadonlyMap<string, Tensor>;
  /** Whether results may lie where inputs do, which lie elsewhere in each run. */
  readonly bound: boolean;
  readonly options: CheckedOptions;
  readonly results: Outputs;
  /** By result: what stays in this model's memory, once the run has begun. */
  readonly kept: (Kept | undefined)[];
  /** When it began to do something, where that is to be told. */
  start: number;
  /** Whether the executable for its shapes is being looked for. */
  specializing: boolean;
  begun: boolean;
  /** Computed: what is left is to take the results. */
  done: boolean;
  /** Which input is copied next, or which result once the run has begun, and how much of it was. */
  port: number;
  bytes: number;
}

/** What a run waits for: a turn of the event loop, one if it is time for that, or the promise of a custom
 * call. Nothing once its results are there. */
type Wait = 'turn' | 'breath' | HostCall | undefined;

const nothingDonated: ReadonlyMap<string, Tensor> = new Map();

/** One program of a model. */
export class Program {
  readonly name: string;
  /** What exported it, as its file says. */
  readonly producer: string;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #inputs: readonly DeclaredPort[];
  readonly #outputs: readonly DeclaredPort[];
  readonly #inputNames: ReadonlySet<string>;
  readonly #outputNames: ReadonlySet<string>;
  /** Whether runs bring sizes that the program leaves free. */
  readonly #isFree: boolean;
  /** The ports of the run at hand or the last one, and the shapes of its inputs. */
  #now: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] };
  #shapes: string | undefined;
  /** Instance.moves when their addresses were asked for. */
  #moves = 0;
  /** Names of arguments that the exporter dropped: a caller may give them all the same. */
  readonly #dropped: ReadonlySet<string>;
  /** Whether results may take the place of inputs. */
  readonly #inPlace: boolean;
  readonly #instance: Instance;
  readonly #index: number;
  readonly #queue: Queue;
  readonly #tuner: IdleTuner | undefined;

  /** @internal */
  constructor(
    instance: Instance,
    queue: Queue,
    index: number,
    description: NativeProgram,
    tuner?: IdleTuner,
  ) {
    const { name, producer, inputs, results, dropped, inPlace } = description;
    knowItself(this, 'Program');
    this.name = name;
    this.producer = producer;
    this.#inPlace = inPlace;
    this.#instance = instance;
    this.#queue = queue;
    this.#tuner = tuner;
    this.#index = index;
    this.#inputs = inputs.map((port) => new DeclaredPort(port));
    this.#outputs = results.map((port) => new DeclaredPort(port));
    this.#inputNames = new Set(inputs.map(({ name }) => name));
    this.#outputNames = new Set(results.map(({ name }) => name));
    this.#isFree = this.#inputs.some(({ port }) => !port);
    this.#shapes = this.#isFree ? undefined : '';
    const known = (ports: readonly DeclaredPort[]) => ports.flatMap(({ port }) => port ?? []);
    this.#now = { inputs: known(this.#inputs), outputs: known(this.#outputs) };
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
    // What is wrong with the call rejects the promise, as what goes wrong later does.
    return new Promise<Outputs>((resolve) => {
      resolve(behind<Program>(this, 'Program').#run(inputs, options));
    });
  }

  /** Runs to the end before it returns. */
  runSync<Name extends string = never>(
    inputs: Inputs,
    options?: RunSyncOptions<Name>,
  ): Results<Name>;
  runSync<R extends Outputs>(inputs: Inputs, options?: RunSyncOptions): R;
  runSync(inputs: Inputs, options?: RunSyncOptions): Outputs {
    const own = behind<Program>(this, 'Program');
    own.#checkTurn();
    if (!own.#queue.idle) {
      fail('invalid_argument', 'a run of this model is under way; await it first');
    }
    const checked = own.#checkOptions(options, runSyncOptions, 'runSync');
    return own.#atOnce(own.#take(inputs, checked), false) as Outputs;
  }

  /**
   * Runs on zeros and answers nothing: what the engine compiles as it goes is compiled then, and with `shapes` what
   * WebHLO compiles for them. Custom calls are called as in any run.
   */
  async warmup(options: WarmupOptions = {}): Promise<void> {
    const own = behind<Program>(this, 'Program');
    checkOptions(options, warmupOptions, 'warmup');
    const { runs = 3, shapes = {}, signal, deadline } = options;
    checkCount(runs, 0, 'warmup');
    const patience = new Patience(signal, checkDeadline(deadline, 'warmup'));
    const inputs = Object.fromEntries(
      own.#inputs.map((port) => {
        const shape = port.port?.shape ?? own.#shapeGiven(port, shapes);
        return [port.name, zeros(port.dtype, shape)];
      }),
    );
    for (let i = 0; i < runs; i++) {
      await own.run(inputs, {
        outputs: [],
        ...(signal && { signal }),
        ...(deadline !== undefined && { deadline: Math.max(patience.left, 0) }),
      });
    }
  }

  /**
   * Runs so many times, as `run` does, with a look at the clock before each step, and answers what each step of the
   * plan took at the shortest, beside what this machine can do. Other runs wait meanwhile.
   */
  async profile(inputs: Inputs, options: ProfileOptions = {}): Promise<Profile> {
    const own = behind<Program>(this, 'Program');
    own.#checkTurn();
    checkOptions(options, profileOptions, 'profile');
    const { runs = 5, ...limits } = options;
    checkCount(runs, 1, 'profile');
    const checked = own.#checkOptions({ ...limits, outputs: [] }, runOptions, 'profile');
    const given = own.#take(inputs, checked);
    return own.#queue
      .add(checked.signal, () => own.#profile(given, runs))
      .finally(() => {
        letGo(given);
      });
  }

  async #profile(given: Given, runs: number): Promise<Profile> {
    const { profileOf } = await import('./profile.js');
    const instance = this.#instance;
    const { signal, deadline } = given.options;
    const patience = new Patience(signal, deadline);
    const inSlices = signal !== undefined || deadline !== Infinity;
    const ask = (what: FactsName): unknown => JSON.parse(instance.facts(what, this.name));
    const { recordsTimes } = instance;
    const times: NativeStep[][] = [];
    // Before and after: the engine compiles its loops meanwhile, which may take a busy machine longer than they do.
    const before = ask('roofline') as NativeRoofline;
    try {
      instance.recordsTimes = true;
      for (let i = 0; i < runs; i++) {
        await this.#inTurns({ ...given, ...notBegun() }, 'turn', patience, inSlices);
        times.push(ask('steps') as NativeStep[]);
      }
    } finally {
      if (instance.alive) instance.recordsTimes = recordsTimes;
    }
    const choices = ask('choices') as (NativeChoice | null)[];
    return profileOf(times, choices, [before, ask('roofline') as NativeRoofline]);
  }

  #shapeGiven(port: DeclaredPort, shapes: Readonly<Record<string, unknown>>): readonly number[] {
    const place = `warmup: shapes.${port.name}`;
    const given = Object.hasOwn(shapes, port.name) ? shapes[port.name] : undefined;
    const shape = checkShape(given, place);
    if (admits(port.shape, shape)) return shape;
    return fail('invalid_argument', `${place}: [${shape.join(', ')}] is none of ${port.label}`);
  }

  #run(inputs: Inputs, options: RunOptions | undefined): Outputs | Promise<Outputs> {
    this.#checkTurn();
    const given = this.#take(inputs, this.#checkOptions(options, runOptions, 'run'));
    const { signal, deadline } = given.options;
    if (this.#queue.idle && !signal && deadline === Infinity) return this.#atOnce(given, true);
    return this.#queue
      .add(signal, () => this.#inTurns(given, undefined))
      .finally(() => {
        letGo(given);
      });
  }

  /** A run that its own model waits for would wait for ever. */
  #checkTurn(): void {
    this.#instance.ready();
    if (this.#instance.inHostCall) {
      fail('invalid_argument', runsItself);
    }
  }

  /** The one loop of runs. Goes on until the results are there, or it has to wait for something. */
  #goOn(given: Given, patience: Patience, inSlices: boolean): Wait {
    const { log } = this.#instance;
    if (log === 'debug') given.start ||= performance.now();
    if (given.shapes !== this.#shapes && this.#specialize(given, patience, inSlices)) return 'turn';
    if (!given.begun && this.#giveInputs(given)) return 'breath';
    while (!given.done) {
      patience.check();
      const state = this.#step(given, slice(patience, inSlices));
      patience.check();
      if (state === Advance.paused) return 'turn';
      if (state === Advance.done) {
        given.done = true;
      } else {
        const instance = this.#instance;
        const text = instance.call((session) => session.hostCall());
        const call = callHost(instance, instance.functions, text);
        if (isThenable(call.answer)) return call;
        call.write(call.answer);
      }
    }
    if (this.#takeResults(given)) return 'breath';
    if (log === 'debug') mark(`run ${this.name}`, given.start, log);
    return undefined;
  }

  /** At once, as far as that goes: the rest of a run that waits for a custom call is a promise. */
  #atOnce(given: Given, mayWait: boolean): Outputs | Promise<Outputs> {
    const { deadline } = given.options;
    let goesOn = false;
    try {
      const patience = deadline === Infinity ? Patience.endless : new Patience(undefined, deadline);
      for (;;) {
        const wait = this.#goOn(given, patience, false);
        if (wait === undefined) return given.results;
        if (typeof wait === 'string') {
          patience.check();
          continue;
        }
        if (!mayWait) {
          Promise.resolve(wait.answer).catch(() => undefined);
          fail('invalid_argument', `custom_call @${wait.target} answered a promise; use run`);
        }
        goesOn = true;
        const rest = this.#inTurns(given, wait).finally(() => {
          letGo(given);
        });
        return this.#queue.hold(rest);
      }
    } catch (error) {
      this.#stop(given);
      throw error;
    } finally {
      if (!goesOn) letGo(given);
    }
  }

  /** Giving the event loop its turns. */
  async #inTurns(
    given: Given,
    wait: Wait,
    patience = new Patience(given.options.signal, given.options.deadline),
    inSlices = true,
  ): Promise<Outputs> {
    try {
      for (;;) {
        if (wait === 'turn') await nextTurn();
        else if (wait === 'breath') await patience.breathe();
        else if (wait) wait.write(await this.#settled(wait.answer, patience));
        wait = this.#goOn(given, patience, inSlices);
        if (wait === undefined) return given.results;
      }
    } catch (error) {
      this.#stop(given);
      throw error;
    }
  }

  /** Nothing stays of a run that ends in the middle. */
  #stop({ kept }: Given): void {
    const instance = this.#instance;
    if (!instance.alive) return;
    for (const tensor of kept) tensor?.dispose();
    instance.call((session) => {
      session.stop();
    });
  }

  /** What a promise of a custom call answers, unless the run or the model ends before. */
  async #settled(answer: unknown, patience: Patience): Promise<unknown> {
    const instance = this.#instance;
    let stop: (reason: WebHLOError) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      stop = reject;
    });
    instance.endings.add(stop);
    try {
      return await patience.race(Promise.race([answer, ended]));
    } finally {
      instance.endings.delete(stop);
    }
  }

  #checkOptions(
    options: RunOptions | undefined,
    names: readonly string[],
    place: string,
  ): CheckedOptions {
    if (options === undefined) return noOptions;
    const checked = checkRunOptions(options, names, place);
    const { keep, outputs, donate, transfer } = checked;
    for (const [option, names] of Object.entries({ keep, outputs })) {
      for (const name of names ?? []) {
        if (!this.#outputNames.has(name)) noPort(this.#outputs, name, option, 'results');
      }
    }
    for (const [option, names] of Object.entries({ donate, transfer })) {
      for (const name of names) {
        if (this.#inputNames.has(name) || this.#dropped.has(name)) continue;
        noPort(this.#inputs, name, option, 'inputs');
      }
    }
    return checked;
  }

  /** Checks the inputs, and holds what lies in wasm memory. */
  #take(inputs: unknown, options: CheckedOptions): Given {
    const { signal, donate } = options;
    if (signal?.aborted) throw cancelled(signal);
    const record = inputsOf(this, inputs);
    const ports = this.#isFree
      ? this.#inputs.map((port) => port.port ?? port.of(this.#given(port, record)))
      : this.#now.inputs;
    const shapes = this.#isFree ? ports.map(({ shape }) => shape.join('x')).join(',') : '';
    const values = ports.map((port) => this.#value(port, record));
    let given = 0;
    for (const name in record) if (record[name] !== undefined) given++;
    if (given !== values.length && this.#extraNames(record).length > 0) this.#wrongNames(record);
    const donated = donate.length > 0 ? tensorsOf(donate, record) : nothingDonated;
    let bound = this.#inPlace;
    for (const value of values) {
      if (!(value instanceof Kept)) continue;
      value.hold();
      bound = true;
    }
    return { shapes, ports, values, donate: donated, bound, options, ...notBegun() };
  }

  #given(port: PortInfo, record: Readonly<Record<string, unknown>>): unknown {
    const given = Object.hasOwn(record, port.name) ? record[port.name] : undefined;
    if (given === undefined) this.#wrongNames(record);
    return given;
  }

  #value(port: Port, record: Readonly<Record<string, unknown>>): TypedArray | Kept {
    const given = this.#given(port, record);
    const place = `input "${port.name}"`;
    if (isTypedArray(given)) {
      if (!(given instanceof port.array && given.length === port.slots)) {
        checkArray(given, port.info, port.shape, place);
      }
      return given;
    }
    const tensor = Tensor.from(given);
    if (tensor) {
      if (tensor.dtype !== port.dtype || !admits(port.shape, tensor.shape)) {
        const got = typeText(tensor.dtype, tensor.shape);
        fail('invalid_argument', `input ${port.label}: got a tensor ${got}`);
      }
      return tensor.valueFor(this.#instance);
    }
    if (!isNumeric(given)) {
      fail(
        'invalid_argument',
        `${place}: expected ${typeText(port.dtype, port.shape)} as a ${port.array.name}, ` +
          `numbers or a Tensor; got ${bufferHint(given)}`,
      );
    }
    return fromNumbers(given as NumberArray, port.info, port.shape, place);
  }

  /** Makes the next run one of these shapes, which may take a compilation; whether it takes longer. */
  #specialize(given: Given, patience: Patience, inSlices: boolean): boolean {
    const instance = this.#instance;
    patience.check();
    const milliseconds = slice(patience, inSlices);
    const state = instance.call((session) =>
      given.specializing
        ? session.proceed(milliseconds, patience.budget)
        : session.specialize(this.#index, given.shapes, milliseconds, patience.budget),
    );
    given.specializing = true;
    patience.check();
    if (state === Advance.paused) return true;
    if (state === Advance.error) throw instance.lastError();
    const description = instance.describe();
    instance.functions.check(description.programs[this.#index]?.calls ?? []);
    const text = instance.call((session) => session.resultShapes(this.#index));
    const shapes = JSON.parse(text) as number[][];
    this.#now = {
      inputs: given.ports.map((port) => new Port(port, port.shape)),
      outputs: this.#outputs.map((port, i) => new Port(port, Object.freeze(shapes[i] ?? []))),
    };
    this.#shapes = given.shapes;
    instance.moves++;
    void this.#tuner?.start();
    instance.warnOnce(description);
    return false;
  }

  /** Addresses are asked for once, and again when they may have moved. */
  #forgetAddresses(): void {
    if (this.#moves === this.#instance.moves) return;
    this.#moves = this.#instance.moves;
    for (const port of this.#now.inputs) port.pointer = 0;
    for (const port of this.#now.outputs) port.pointer = 0;
  }

  /** Puts the next few MiB of the inputs in their places; whether there is more. */
  #giveInputs(given: Given): boolean {
    this.#instance.ready();
    this.#forgetAddresses();
    const { values, bound, donate } = given;
    let left = copyBytes;
    for (; given.port < values.length; given.port++) {
      if (left <= 0) return true;
      const i = given.port;
      const port = this.#now.inputs[i] as Port;
      const value = values[i] as TypedArray | Kept;
      if (value instanceof Kept) {
        port.pointer = 0;
        // Nobody else reads it, this run through another input or a run that waits.
        const donated = value.isOneRuns && donate.has(port.name);
        this.#instance.check((session) => session.bindInput(this.#index, i, value.handle, donated));
        continue;
      }
      // What is half copied stays where it is.
      if (given.bytes === 0 && bound) port.pointer = 0;
      port.pointer ||= this.#instance.call((session) => session.inputPointer(this.#index, i));
      if (port.pointer === 0) throw this.#instance.lastError();
      left -= this.#copyInput(given, port, value, left);
      if (given.bytes > 0) return true;
    }
    return false;
  }

  /** Copies up to that many bytes, and answers how many they were. */
  #copyInput(given: Given, port: Port, value: TypedArray, most: number): number {
    const instance = this.#instance;
    // It may have been transferred away, or have shrunk, while the run waited.
    if (value.length !== port.slots || value.length === 0) {
      checkArray(value, port.info, port.shape, `input "${port.name}"`);
    }
    const size = value.byteLength;
    const begin = given.bytes;
    const end = Math.min(begin + most, size);
    if (end - begin === size && value.constructor === port.array) {
      (instance.view(port.array) as Float32Array).set(
        value as Float32Array,
        port.pointer / port.elementBytes,
      );
    } else {
      instance.write(port.pointer + begin, value, begin, end);
    }
    given.bytes = end < size ? end : 0;
    return end - begin;
  }

  /** Begins, or goes on. */
  #step(given: Given, milliseconds: number): Exclude<Advanced, typeof Advance.error> {
    const instance = this.#instance;
    if (!given.begun && given.options.keep.size > 0) this.#keepResults(given);
    const state = instance.call((session) =>
      given.begun ? session.advance(milliseconds) : session.start(this.#index, milliseconds),
    );
    if (!given.begun) {
      given.begun = true;
      given.port = 0;
      for (const tensor of given.donate.values()) tensor.dispose();
    }
    if (state === Advance.error) throw instance.lastError();
    return state;
  }

  /** Makes room for the results that stay. */
  #keepResults({ kept, options }: Given): void {
    const instance = this.#instance;
    for (const [i, port] of this.#now.outputs.entries()) {
      if (!options.keep.has(port.name)) continue;
      const handle = instance.call((session) => session.keepOutput(this.#index, i));
      if (handle === 0) throw instance.lastError();
      kept[i] = new Kept(instance, handle, port.dtype, port.shape);
    }
  }

  /** Takes the next few MiB of the results; whether there is more. */
  #takeResults(given: Given): boolean {
    // It may have been disposed of since the last look; addresses that are known tell nothing of that.
    this.#instance.ready();
    const { results, kept } = given;
    const { outputs } = given.options;
    // Where they are at this time: results may lie where inputs or kept results do.
    const ask = (i: number) =>
      this.#instance.call((session) => session.outputPointer(this.#index, i));
    const moves = given.bound || kept.length > 0;
    let left = copyBytes;
    for (; given.port < this.#now.outputs.length; given.port++) {
      if (left <= 0) return true;
      const i = given.port;
      const port = this.#now.outputs[i] as Port;
      const tensor = kept[i];
      if (tensor) {
        setResult(results, port.name, new Tensor(tensor));
        continue;
      }
      if (outputs && !outputs.has(port.name)) continue;
      const pointer = moves ? ask(i) : (port.pointer ||= ask(i));
      left -= this.#copyResult(given, port, pointer, left);
      if (given.bytes > 0) return true;
    }
    return false;
  }

  /** Copies up to that many bytes, and answers how many they were. */
  #copyResult(given: Given, port: Port, pointer: number, most: number): number {
    const instance = this.#instance;
    const { results, bytes: begin } = given;
    const size = port.slots * port.elementBytes;
    if (begin === 0 && size <= most) {
      setResult(results, port.name, instance.copy(pointer, port.info, port.slots));
      return size;
    }
    if (begin === 0) {
      const array = allocate(() => new port.array(port.slots), 'a result');
      setResult(results, port.name, array);
    }
    const end = Math.min(begin + most, size);
    instance.read(pointer + begin, results[port.name] as TypedArray, begin, end);
    given.bytes = end < size ? end : 0;
    return end - begin;
  }

  #extraNames(inputs: Readonly<Record<string, unknown>>): string[] {
    return Object.keys(inputs).filter(
      (name) =>
        inputs[name] !== undefined && !this.#inputNames.has(name) && !this.#dropped.has(name),
    );
  }

  #wrongNames(inputs: Readonly<Record<string, unknown>>): never {
    const given = new Set(Object.keys(inputs).filter((name) => inputs[name] !== undefined));
    const missing = this.#inputs.map(({ name }) => name).filter((name) => !given.has(name));
    const extra = this.#extraNames(inputs);
    fail(
      'invalid_argument',
      `program "${this.name}" takes ${labels(this.#inputs)}` +
        (missing.length ? `; missing: ${missing.join(', ')}` : '') +
        (extra.length ? `; not an input: ${extra.join(', ')}` : ''),
    );
  }
}

/** The part of Given that each run begins anew. */
function notBegun(): Pick<
  Given,
  'results' | 'kept' | 'start' | 'specializing' | 'begun' | 'done' | 'port' | 'bytes'
> {
  const begun = { specializing: false, begun: false, done: false };
  return { results: {}, kept: [], start: 0, ...begun, port: 0, bytes: 0 };
}

function zeros(dtype: DType, shape: readonly number[]): Tensor {
  const { array, slots } = dtypeInfo(dtype);
  const values = allocate(() => new array(elementCount(shape) * slots), 'zeros to warm up with');
  return new Tensor(values, { dtype, shape });
}

function letGo({ values }: Given): void {
  for (const value of values) if (value instanceof Kept) value.letGo();
}

function labels(ports: readonly DeclaredPort[]): string {
  return ports.map((port) => port.label).join(', ') || '(none)';
}

function tensorsOf(
  names: readonly string[],
  record: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const name of names) {
    const tensor = Tensor.from(record[name]);
    if (!tensor) fail('invalid_argument', `donate: input "${name}" is no Tensor`);
    tensors.set(name, tensor);
  }
  return tensors;
}

function noPort(ports: readonly DeclaredPort[], name: string, option: string, kind: string): never {
  fail('invalid_argument', `${option}: no "${name}" among the ${kind} ${labels(ports)}`);
}

/** How long native code may take at a time. */
function slice(patience: Patience, inSlices: boolean): number {
  return inSlices ? Math.max(Math.min(sliceMs, patience.left), 0) : patience.budget;
}
