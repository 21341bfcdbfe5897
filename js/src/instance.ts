// SPDX-License-Identifier: Apache-2.0
// Instance: one wasm memory, one pool, one native session: what one `load` owns. It knows whether it
// is alive; a trap kills it, and every later call says so.

import { check, fail, messageOf, nativeError, noMemory, WebHLOError } from './errors.js';
import { HostFunctions } from './custom_calls.js';
import type { DTypeInfo, TypedArray, TypedArrayConstructor } from './dtype.js';
import { tell } from './log.js';
import type { LogLevel } from './log.js';
import type {
  FactsName,
  GlueWorker,
  NativeDescription,
  NativeImporter,
  NativeModule,
  NativeSession,
  Precision,
} from './native.js';
import { precisions, SessionFlags } from './native.js';
import type { TensorStore } from './tensor.js';
import { chooseThreads, startWorker } from './threads.js';
import { compile, compileImporter, probeSimd, revectorize } from './variants.js';
import type { Compiled, WasmPlace } from './variants.js';

const pageBytes = 65536;
/** The module's own initial memory (wasm/CMakeLists.txt). */
const initialPages = 32;
const maxPages = 65536;

export interface InstanceOptions extends WasmPlace {
  threads?: number | undefined;
  maxMemory?: number | undefined;
  log?: LogLevel | undefined;
  revec?: boolean | undefined;
  precision?: Precision | undefined;
  memory?: 'low' | undefined;
  tune?: 'off' | 'idle' | 'load' | undefined;
  /** SessionFlags, for tests. */
  flags?: number | undefined;
}

export class Instance<Session extends NativeSession = NativeSession> implements TensorStore {
  /** Kept between calls; made anew when the memory has grown. */
  readonly #views = new Map<TypedArrayConstructor, TypedArray>();
  #buffer: ArrayBufferLike | undefined;
  #dead: WebHLOError | undefined;
  /** Called once when the instance ends, for whatever reason: what waits for it need wait no more. */
  readonly endings = new Set<(reason: WebHLOError) => void>();
  /** How often addresses in the session may have moved. */
  moves = 0;
  /** Of the programs' custom calls. */
  functions = new HostFunctions();
  /** Set while the function of a custom call is on the stack: the session stands inside a run. */
  inHostCall = false;
  #recordsTimes = false;

  private constructor(
    readonly session: Session,
    readonly threads: number,
    /** Which of the wasm files it runs: webhlo-NAME.wasm. */
    readonly name: string,
    private readonly module: NativeModule<Session>,
    readonly wasmMemory: WebAssembly.Memory,
    /** What of it goes to the console. */
    readonly log: LogLevel | undefined,
  ) {}

  /** Of the variant for this engine and so many threads. */
  static async create(options: InstanceOptions): Promise<Instance> {
    if (options.revec) revectorize();
    const { log } = options;
    const threads = chooseThreads(options.threads, probeSimd(), log);
    const compiled = await compile(threads, options);
    const level = compiled.name.startsWith('relaxed') ? 'relaxed' : 'simd';
    return Instance.of(compiled, threads, options, () => startWorker(level, log));
  }

  /** Of the importer: it reads programs of every encoding and runs them, too, on one thread. */
  static async importer(options: InstanceOptions): Promise<Instance<NativeImporter>> {
    return Instance.of(await compileImporter(options), 1, options);
  }

  static async of<Session extends NativeSession>(
    { name, module, create }: Compiled<Session>,
    threads: number,
    options: Omit<InstanceOptions, 'threads' | keyof WasmPlace | 'revec'>,
    startWorker?: () => GlueWorker,
  ): Promise<Instance<Session>> {
    const wasmMemory = makeMemory(options.maxMemory, threads > 1);
    const native = await new Promise<NativeModule<Session>>((resolve, reject) => {
      create({
        wasmMemory,
        startWorker,
        instantiateWasm(imports, receive) {
          WebAssembly.instantiate(module, imports).then((instance) => {
            receive(instance, module);
          }, reject);
          return {};
        },
      }).then(resolve, reject);
    }).catch((error: unknown) => {
      const code = error instanceof RangeError ? 'out_of_memory' : 'internal';
      throw new WebHLOError(code, `cannot start webhlo-${name}.wasm: ${messageOf(error)}`, {
        cause: error,
      });
    });
    const { precision, memory, tune = 'off' } = options;
    const flags =
      (options.flags ?? 0) |
      (memory === 'low' ? SessionFlags.saveMemory : 0) |
      (tune === 'off' ? 0 : SessionFlags.tune) |
      (precision ? (precisions.indexOf(precision) + 1) * SessionFlags.precision : 0);
    const session = new (native.Importer ?? native.Session)(threads, flags);
    return new Instance(session, threads, name, native, wasmMemory, options.log);
  }

  get alive(): boolean {
    return this.#dead === undefined;
  }

  /** Why it is dead or disposed, for whoever asks now. */
  get ended(): WebHLOError | undefined {
    return (
      this.#dead &&
      new WebHLOError(this.#dead.code, this.#dead.message, { cause: this.#dead.cause })
    );
  }

  /** Throws when the instance is dead or disposed. */
  ready(): void {
    if (this.#dead) throw this.ended ?? this.#dead;
  }

  /**
   * Runs native calls and nothing else: whatever is thrown out of them has left native code half-way,
   * so the instance is dead. The Embind layer itself throws only where these calls are wrong.
   */
  call<T>(calls: (session: Session) => T): T {
    this.ready();
    try {
      return calls(this.session);
    } catch (error) {
      const dead = trapError(error);
      this.#end(dead);
      throw dead;
    }
  }

  /** For calls that answer an error text. */
  check(calls: (session: Session) => string): void {
    check(this.call(calls));
  }

  lastError(): WebHLOError {
    return nativeError(this.call((session) => session.lastError()));
  }

  /** The programs and weights, as far as the session knows them. */
  describe(): NativeDescription {
    return JSON.parse(this.call((session) => session.describe())) as NativeDescription;
  }

  /** When the engine refuses the JIT: no error, since the same program runs without it, only slower. */
  warnOnce({ jitWarning } = this.describe()): void {
    if (jitWarning !== undefined) {
      tell('warn', `WebHLO runs without its JIT: ${jitWarning}`, this.log);
    }
  }

  /** Whether runs record what their steps take, from the next one on. */
  get recordsTimes(): boolean {
    return this.#recordsTimes;
  }
  set recordsTimes(on: boolean) {
    if (on === this.#recordsTimes) return;
    this.call((session) => {
      session.recordTimes(on);
    });
    this.#recordsTimes = on;
  }

  /** As JSON. */
  facts(what: FactsName | 'shapes', program: string): string {
    const text = this.call((session) => session.facts(what, program));
    if (text === null) throw this.lastError();
    return text;
  }

  /** All of wasm memory as one kind of array; valid until the next native call. */
  view(array: TypedArrayConstructor): TypedArray {
    if (this.#buffer !== this.wasmMemory.buffer) {
      this.#buffer = this.wasmMemory.buffer;
      this.#views.clear();
    }
    let view = this.#views.get(array);
    if (!view) {
      view = new array(
        this.#buffer,
        0,
        Math.floor(this.#buffer.byteLength / array.BYTES_PER_ELEMENT),
      );
      this.#views.set(array, view);
    }
    return view;
  }

  /** A part of wasm memory as bytes; valid until the next native call. */
  bytes(pointer: number, size: number): Uint8Array {
    return new Uint8Array(this.wasmMemory.buffer, pointer, size);
  }

  malloc(size: number, what: string): number {
    const pointer = this.call(() => this.module._malloc(Math.max(size, 1)));
    return pointer || fail('out_of_memory', `${what}: ${size} bytes do not fit the model's memory`);
  }

  free(pointer: number): void {
    this.call(() => {
      this.module._free(pointer);
    });
  }

  /** Lends a copy of bytes to native calls. */
  lend<T>(bytes: Uint8Array, what: string, use: (pointer: number, length: number) => T): T {
    const pointer = this.malloc(bytes.length, what);
    try {
      this.bytes(pointer, bytes.length).set(bytes);
      return use(pointer, bytes.length);
    } finally {
      if (this.alive) this.free(pointer);
    }
  }

  /** A fresh copy of `slots` array elements at `pointer`. */
  copy(pointer: number, info: DTypeInfo, slots: number): TypedArray {
    const begin = pointer / info.array.BYTES_PER_ELEMENT;
    try {
      return this.view(info.array).slice(begin, begin + slots);
    } catch (error) {
      return noMemory(error, 'a result');
    }
  }

  /** Writes a typed array of any kind, or a range of its bytes. */
  write(pointer: number, data: TypedArray, begin = 0, end = data.byteLength): void {
    this.bytes(pointer, end - begin).set(
      new Uint8Array(data.buffer, data.byteOffset + begin, end - begin),
    );
  }

  /** The way back, into a range of an array's bytes. */
  read(pointer: number, data: TypedArray, begin: number, end: number): void {
    new Uint8Array(data.buffer, data.byteOffset + begin, end - begin).set(
      this.bytes(pointer, end - begin),
    );
  }

  copyOut(handle: number, info: DTypeInfo, slots: number): TypedArray {
    return this.copy(
      this.call((session) => session.tensorPointer(handle)),
      info,
      slots,
    );
  }

  release(handle: number): void {
    if (this.alive)
      this.call((session) => {
        session.disposeTensor(handle);
      });
  }

  dispose(): void {
    if (!this.alive) return;
    if (this.inHostCall) {
      fail(
        'invalid_argument',
        'a custom call cannot dispose of the model that waits for its answer',
      );
    }
    this.call((session) => {
      session.delete();
    });
    this.#end(new WebHLOError('invalid_argument', 'the model was disposed'));
  }

  /** Workers hold the shared memory; once they and the views are gone, it goes too. */
  #end(reason: WebHLOError): void {
    this.#dead = reason;
    this.#views.clear();
    this.#buffer = undefined;
    this.module.PThread?.terminateAllThreads();
    for (const ended of this.endings) ended(reason);
    this.endings.clear();
  }
}

/** What a trap means: wasm/bindings.cc marks the one that a failed allocation ends in. */
function trapError(error: unknown): WebHLOError {
  const [code, what] =
    error instanceof Error && 'outOfMemory' in error
      ? (['out_of_memory', 'the model does not fit the memory that it may use'] as const)
      : (['internal', `WebHLO trapped (${messageOf(error)})`] as const);
  return new WebHLOError(code, `${what}; this model is dead, load it again`, { cause: error });
}

function makeMemory(maxMemory: number | undefined, shared: boolean): WebAssembly.Memory {
  let maximum = Math.floor(Math.min((maxMemory ?? maxPages * pageBytes) / pageBytes, maxPages));
  for (;;) {
    try {
      return new WebAssembly.Memory({ initial: initialPages, maximum, shared });
    } catch (error) {
      // Some engines reserve the maximum at once, and phones refuse 4 GiB.
      maximum = Math.floor(maximum / 2);
      if (maximum < 8 * initialPages) {
        fail('out_of_memory', `the engine gives no WebAssembly memory: ${messageOf(error)}`, error);
      }
    }
  }
}
