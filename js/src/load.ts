// SPDX-License-Identifier: Apache-2.0
// load: sources -> a Model. Programs are read first (what is no .whlo file becomes one in an instance of
// the importer, which is fetched for it), their arguments bound to the tensors that the weight files
// announce in their headers, plans compiled; then the weights stream through, each into the buffer it is
// wanted in, while nothing of them stays in JavaScript.

import { isArray, isRecord, show } from './arguments.js';
import { HostFunctions } from './custom_calls.js';
import { dtypeInfo, elementCount } from './dtype.js';
import { fail, WebHLOError } from './errors.js';
import { foreignProgram, foreignWeights } from './foreign.js';
import type { Compiling } from './inspect.js';
import { Instance } from './instance.js';
import type { InstanceOptions } from './instance.js';
import { checkLoadOptions, checkPrograms, checkWeights } from './load_options.js';
import type { LoadOptions, ModelSource, ShapesByName } from './load_options.js';
import type { WorkerLoadOptions } from './load_options.js';
import { mark, marker } from './log.js';
import { readMetadata } from './metadata.js';
import { Model } from './model.js';
import { Advance } from './native.js';
import type { NativeImporter, NativeProgram, NativeSession, NativeWeight } from './native.js';
import { copyBytes, Patience } from './patience.js';
import type { WorkerModel } from './remote.js';
import { maxAddressable, maxBlock, open, Progress, siblingOf } from './sources.js';
import type { Reader, Source } from './sources.js';
import { headerLength, parseHeader } from './safetensors.js';
import type { TensorEntry } from './safetensors.js';
import { Tensor } from './tensor.js';
import { tuneFor, useTuning } from './tuning.js';

/** What stands between a load's parts and its Session: used by the CLI too, to convert. */
export interface Loading<Session extends NativeSession = NativeSession> {
  readonly instance: Instance<Session>;
  /** Declared weights in the order of their declaration. */
  readonly weights: readonly WeightSource[];
  readonly patience: Patience;
  /** Checked and copied. */
  readonly options: LoadOptions;
  readonly shapes: readonly ShapesByName[];
  /** None of what the importer has read: that is compiled there. */
  readonly compiling: Compiling | undefined;
  /** Told of each part of the load that ends. */
  readonly ended: (part: string) => void;
  close(): void;
}

interface WeightSource {
  readonly entry: TensorEntry;
  /** Where its bytes come from: a reader that others may share, in file order, or a tensor. */
  readonly from: Reader | Tensor;
}

/** Reads, compiles and fills a model, here or in a worker; resolves when it can run. */
export function load(source: ModelSource, options: WorkerLoadOptions): Promise<WorkerModel>;
export function load(source: ModelSource, options?: LoadOptions): Promise<Model>;
export async function load(
  source: ModelSource,
  options: LoadOptions | WorkerLoadOptions = {},
): Promise<Model | WorkerModel> {
  if (isRecord(options) && options.worker === true) {
    const { loadInWorker } = await import('./remote.js');
    return loadInWorker(source, options);
  }
  return loadHere(source, options);
}

export async function loadHere(source: ModelSource, options: LoadOptions): Promise<Model> {
  const start = performance.now();
  const loading = await prepare(source, options, (options) => Instance.create(options));
  const { instance, patience, ended } = loading;
  try {
    instance.recordsTimes = loading.options.profile === true;
    readAhead(loading.weights, options.maxMemory);
    const { tune = 'off', tuneCache = true, tuneBudget = defaultTuneBudget } = loading.options;
    if (tune !== 'off' || options.tuning) {
      await useTuning(instance, loading.options.tuning, tune !== 'off' && tuneCache);
    }
    await complete(loading, (session) => {
      session.bind();
    });
    ended('compile');
    const description = instance.describe();
    const calls = description.programs.flatMap((program) => program.calls);
    instance.functions = await patience.race(HostFunctions.find(calls, options));
    const needed = new Set(description.needed ?? loading.weights.keys());
    checkFits(
      loading.weights.filter((_, index) => needed.has(index)),
      options.maxMemory,
    );
    for (const [index, weight] of loading.weights.entries()) {
      await fillWeight(loading, index, weight, needed.has(index));
    }
    instance.check((session) => session.finish());
    ended('weights');
    if (loading.shapes.length > 0) {
      await compileAhead(loading, description.programs);
      // What is compiled now is certain to make its calls.
      const compiled = instance.describe().programs.flatMap((program) => program.calls);
      instance.functions.check(compiled.filter(({ certain }) => certain));
      ended('shapes');
    }
    if (tune === 'load') {
      const milliseconds = Math.min(tuneBudget, patience.left);
      await tuneFor(instance, milliseconds, tuneCache, () => patience.breathe());
      ended('tune');
    }
    patience.check();
    instance.warnOnce(description);
    const idle = tune === 'idle' ? { cached: tuneCache } : undefined;
    const metadata = readMetadata(instance.call((session) => session.metadata()));
    mark('load', start, instance.log);
    // No importer has read it, but a variant.
    const compiling = loading.compiling as Compiling;
    return new Model(instance, description.programs, metadata, compiling, idle);
  } catch (error) {
    instance.dispose();
    throw error;
  } finally {
    loading.close();
  }
}

/** The first half of `load`: everything but the plans and the weights' bytes. */
export async function prepare<Session extends NativeSession>(
  source: ModelSource,
  given: LoadOptions,
  create: (options: InstanceOptions) => Promise<Instance<Session>>,
): Promise<Loading<Session>> {
  // Copied: they may change while the load waits.
  const options = checkLoadOptions(given);
  const programs = checkPrograms(source);
  const { files, tensors } = checkWeights(options.weights);
  const ended = marker(options.log);
  const patience = new Patience(options.signal, options.deadline);
  const { onProgress, cache = false, cacheSize = defaultCacheSize, log } = options;
  const progress = new Progress(onProgress, patience, cache ? cacheSize : undefined, log);
  const sources = new OpenSources(patience, progress);
  // The download and the compilation of the wasm run side by side with the model's own.
  const creating = create(options);
  creating.catch(() => undefined);
  try {
    const readers = await sources.open('the model', Object.values(programs));
    const programReaders = await readFirst(Object.keys(programs), readers);
    const weightReaders = await sources.open('weights', files);
    const instance = await patience.race(creating);
    ended('wasm and programs');
    const { seed } = options;
    if (seed !== undefined) {
      instance.call((session) => {
        session.seed(seed);
      });
    }
    const program = await addPrograms(instance, programReaders, options, patience);
    const { embedded, companions } = directory(instance, readers);
    // Weights that are given stand in for the companion files.
    const areGiven = weightReaders.length > 0 || Object.keys(tensors).length > 0;
    const others = areGiven
      ? await givenWeights(weightReaders, tensors)
      : await companionWeights(sources, Object.values(programs)[0] ?? '', companions);
    const declared: Declared = {
      weights: others.map(({ entry: { name, dtype, shape } }) => ({ name, dtype, shape })),
      tied: options.tied ?? {},
      donate: options.donate ?? [],
    };
    declare(instance, declared);
    ended('import');
    const close = () => {
      sources.close();
    };
    const { shapes, maxShapes } = options;
    const wanted = shapes === undefined ? [] : isArray(shapes) ? shapes : [shapes];
    instance.call((session) => {
      session.keepShapes(maxShapes ?? Math.max(keptShapes, wanted.length));
    });
    const all = [...embedded, ...others];
    const { wasmURL, wasmModule, precision, memory, tune } = options;
    const compiling = program && {
      program,
      declared,
      options: { wasmURL, wasmModule, log, precision, memory, tune },
    };
    return { instance, weights: all, patience, options, shapes: wanted, compiling, ended, close };
  } catch (error) {
    sources.close();
    disposeWhenThere(creating);
    throw error;
  }
}

function disposeWhenThere(creating: Promise<{ dispose(): void }>): void {
  creating.then(
    (instance) => {
      instance.dispose();
    },
    () => undefined,
  );
}

/** What a load reads, to be closed when it ends in whatever way. */
class OpenSources {
  readonly #readers: Reader[] = [];

  constructor(
    private readonly patience: Patience,
    private readonly progress: Progress,
  ) {}

  async open(label: string, sources: readonly Source[]): Promise<Reader[]> {
    const opening = sources.map((source) => open(source, this.progress, label));
    const opened = await Promise.allSettled(opening.map((reader) => this.patience.race(reader)));
    if (opened.some((result) => result.status === 'rejected')) {
      // Those for which nobody waited.
      for (const reader of opening) {
        void reader.then(
          (late) => {
            late.close();
          },
          () => undefined,
        );
      }
    }
    for (const result of opened)
      if (result.status === 'fulfilled') this.#readers.push(result.value);
    return opened.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  close(): void {
    for (const reader of this.#readers) reader.close();
  }
}

/** A program whose first bytes were read, no more than every .whlo file has in front of its weights. */
interface Beginning {
  readonly name: string;
  readonly reader: Reader;
  readonly first: Uint8Array;
  readonly isWhlo: boolean;
}

async function readFirst(
  names: readonly string[],
  readers: readonly Reader[],
): Promise<Beginning[]> {
  const programs: Beginning[] = [];
  for (const [i, reader] of readers.entries()) {
    const first = await headOf(reader, 64);
    const isWhlo =
      first.length >= 4 &&
      first[0] === 0x57 &&
      first[1] === 0x48 &&
      first[2] === 0x4c &&
      first[3] === 0x4f;
    if (isWhlo && readers.length > 1) {
      fail(
        'invalid_argument',
        `${reader.name} is a .whlo file, which names its own programs; load it alone`,
      );
    }
    const foreign = foreignProgram(first);
    if (foreign !== undefined) fail('invalid_model', `${reader.name}: ${foreign}`);
    programs.push({ name: names[i] ?? '', reader, first, isWhlo });
  }
  return programs;
}

/** Into the session; those that are no .whlo file become one in the importer. Answers the .whlo file that a variant
 * has read, without weights. */
async function addPrograms(
  instance: Instance,
  programs: readonly Beginning[],
  options: LoadOptions,
  patience: Patience,
): Promise<Blob | undefined> {
  const add = (pointer: number, length: number): Blob => {
    instance.check((session) => session.addWhlo(pointer, length));
    return new Blob([instance.bytes(pointer, length).slice()]);
  };
  const [only] = programs;
  if (only?.isWhlo) return withProgram(instance, only, add);
  if (isImporter(instance)) {
    await importPrograms(instance, programs);
    return undefined;
  }
  const creating = Instance.importer(options);
  try {
    const importer = await patience.race(creating);
    await importPrograms(importer, programs);
    importer.check((session) => session.writeWhlo(0));
    const { pointer, size } = importer.call((session) => ({
      pointer: session.whloPointer(),
      size: session.whloSize(),
    }));
    return instance.lend(importer.bytes(pointer, size), 'the program', add);
  } finally {
    disposeWhenThere(creating);
  }
}

function isImporter(instance: Instance): instance is Instance<NativeImporter> {
  return 'addProgram' in instance.session;
}

async function importPrograms(
  importer: Instance<NativeImporter>,
  programs: readonly Beginning[],
): Promise<void> {
  for (const program of programs) {
    await withProgram(importer, program, (pointer, length) => {
      importer.check((session) =>
        session.addProgram(program.name, pointer, length, program.reader.name),
      );
    });
  }
}

/** What a .whlo file says of its weights: those that it embeds, which are declared here, and the names of
 * those that lie in companion files. */
function directory(
  instance: Instance,
  programs: readonly Reader[],
): { embedded: WeightSource[]; companions: Map<string, Set<string>> } {
  instance.check((session) => session.declareDirectory());
  const text = instance.call((session) => session.directory());
  const embedded: WeightSource[] = [];
  const companions = new Map<string, Set<string>>();
  for (const { name, dtype, file, ...place } of JSON.parse(text) as NativeWeight[]) {
    if (file === null) {
      const entry = { name, dtype: dtypeInfo(dtype).dtype, ...place };
      embedded.push({ entry, from: programs[0] as Reader });
    } else {
      companions.set(file, (companions.get(file) ?? new Set()).add(name));
    }
  }
  return { embedded, companions };
}

async function givenWeights(
  readers: readonly Reader[],
  tensors: Readonly<Record<string, Tensor>>,
): Promise<WeightSource[]> {
  const weights: WeightSource[] = [];
  for (const reader of readers) {
    for (const entry of await readHeader(reader)) weights.push({ entry, from: reader });
  }
  for (const [name, tensor] of Object.entries(tensors)) weights.push(fromTensor(name, tensor));
  return weights;
}

/** From the files that lie beside the model. */
async function companionWeights(
  sources: OpenSources,
  model: Source,
  companions: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<WeightSource[]> {
  const files = [...companions.keys()];
  const siblings = files.map((file) => siblingOf(model, file) ?? notBeside(file));
  const readers = await sources.open('weights', siblings).catch((error: unknown) => {
    throw companionError(files, error);
  });
  const weights: WeightSource[] = [];
  for (const [i, names] of [...companions.values()].entries()) {
    const from = readers[i] as Reader;
    for (const entry of await readHeader(from)) {
      if (names.has(entry.name)) weights.push({ entry, from });
    }
  }
  return weights;
}

/** What a load says of programs, beside what a .whlo file says itself. */
export interface Declared {
  readonly weights: readonly Pick<TensorEntry, 'name' | 'dtype' | 'shape'>[];
  readonly tied: Readonly<Record<string, string>>;
  readonly donate: readonly string[];
}

export function declare(instance: Instance, { weights, tied, donate }: Declared): void {
  for (const { name, dtype, shape } of weights) {
    instance.check((session) => session.declareWeight(name, dtype, shape.join('x')));
  }
  for (const [argument, tensor] of Object.entries(tied)) {
    instance.check((session) => session.tie(argument, tensor));
  }
  for (const name of donate) instance.check((session) => session.donate(name));
}

/** For how many shapes a program stays compiled, unless a load says. */
const keptShapes = 4;

/** How long native code holds the event loop. */
const sliceMs = 10;

const defaultTuneBudget = 1000;

const defaultCacheSize = maxAddressable;

/** Brings what a native call begins to its end, with turns of the event loop. */
export async function complete<Session extends NativeSession>(
  { instance, patience }: Pick<Loading<Session>, 'instance' | 'patience'>,
  begin: (session: Session) => void,
): Promise<void> {
  instance.call(begin);
  for (;;) {
    await patience.breathe();
    const state = instance.call((session) => session.proceed(sliceMs, patience.budget));
    if (state === Advance.done) return;
    if (state === Advance.error) throw instance.lastError();
  }
}

const isFree = ({ shape }: NativeProgram['inputs'][number]): boolean => shape.includes(null);

/** Compiles for the shapes that the load was given. */
async function compileAhead(
  { instance, patience, shapes }: Loading,
  programs: readonly NativeProgram[],
): Promise<void> {
  for (const given of shapes) {
    let fits = false;
    for (const [index, { inputs }] of programs.entries()) {
      const free = inputs.filter(isFree);
      const names = new Set(inputs.map(({ name }) => name));
      if (free.length === 0 || !free.every(({ name }) => Object.hasOwn(given, name))) continue;
      if (!Object.keys(given).every((name) => names.has(name))) continue;
      fits = true;
      const text = inputs.map(({ name, shape }) => (given[name] ?? shape).join('x')).join(',');
      await complete({ instance, patience }, (session) => {
        session.specialize(index, text, 0, patience.budget);
      });
    }
    if (!fits) {
      const free = programs.flatMap(({ inputs }) => inputs.filter(isFree));
      const names = (list: readonly string[]) => list.map(show).join(', ') || 'none';
      fail(
        'invalid_argument',
        `load: shapes has ${names(Object.keys(given))}; of free sizes are ${names(free.map(({ name }) => name))}`,
      );
    }
  }
}

/** Lends a .whlo file's header and FlatBuffer, or a whole file of any other format. */
async function withProgram<T>(
  instance: Instance,
  { reader, first, isWhlo }: Beginning,
  use: (pointer: number, length: number) => T,
): Promise<T> {
  const size = isWhlo ? whloHeaderSize(first, reader) : reader.size;
  if (size !== undefined && size >= maxBlock) {
    fail('unsupported', `${reader.name}: a program of ${size} bytes; it can have up to 2 GiB`);
  }
  const { pointer, length } = await intoMemory(instance, reader, first, size);
  try {
    return use(pointer, length);
  } finally {
    if (instance.alive) instance.free(pointer);
  }
}

async function headOf(reader: Reader, bytes: number): Promise<Uint8Array> {
  const head = new Uint8Array(bytes);
  let length = 0;
  while (length < bytes) {
    const more = await reader.read(head.subarray(length));
    if (more === 0) break;
    length += more;
  }
  return head.subarray(0, length);
}

/** Bytes in front of the weight segments: "WHLO", version, size of the FlatBuffer at byte 64. */
function whloHeaderSize(first: Uint8Array, reader: Reader): number {
  if (first.length < 16)
    fail('invalid_model', `${reader.name}: a .whlo file of ${first.length} bytes`);
  const view = new DataView(first.buffer, first.byteOffset, 16);
  const size = 64 + view.getUint32(12, true) * 2 ** 32 + view.getUint32(8, true);
  const limit = reader.size ?? maxAddressable;
  if (size > limit) {
    fail(
      'invalid_model',
      `${reader.name}: the header announces ${size} bytes of program, the file has ${limit}`,
    );
  }
  return size;
}

/** Reads up to `size` bytes, or all when it is unknown, into memory of the instance. */
async function intoMemory(
  instance: Instance,
  reader: Reader,
  first: Uint8Array,
  size: number | undefined,
): Promise<{ pointer: number; length: number }> {
  let capacity = size ?? 2 ** 16;
  let pointer = instance.malloc(capacity, reader.name);
  try {
    let length = Math.min(first.length, capacity);
    instance.bytes(pointer, length).set(first.subarray(0, length));
    for (;;) {
      if (length === capacity) {
        if (size !== undefined) break;
        const larger = instance.malloc(capacity * 2, reader.name);
        instance.bytes(larger, length).set(instance.bytes(pointer, length));
        instance.free(pointer);
        [pointer, capacity] = [larger, capacity * 2];
      }
      const more = await reader.read(instance.bytes(pointer + length, capacity - length));
      if (more === 0) break;
      length += more;
    }
    if (size !== undefined && length < size) {
      fail(
        'invalid_model',
        `${reader.name} ends at byte ${length}, ${size - length} bytes too early`,
      );
    }
    return { pointer, length };
  } catch (error) {
    if (instance.alive) instance.free(pointer);
    throw error;
  }
}

/** `{}`: what every safetensors header has. */
const leastHeader = 2;

async function readHeader(reader: Reader): Promise<TensorEntry[]> {
  const first = await headOf(reader, 8 + leastHeader);
  const foreign = foreignWeights(first);
  if (foreign !== undefined) fail('invalid_model', `${reader.name}: ${foreign}`);
  if (first.length < 8)
    fail('invalid_model', `${reader.name}: a safetensors file of ${first.length} bytes`);
  const length = headerLength(first, reader.name, reader.size);
  const begun = first.subarray(8);
  const header = new Uint8Array(length);
  header.set(begun);
  await reader.fill(length - begun.length, (offset, rest) =>
    header.subarray(begun.length + offset, begun.length + offset + rest),
  );
  return parseHeader(header, reader.name, reader.size);
}

function fromTensor(name: string, tensor: Tensor): WeightSource {
  const { dtype, shape } = tensor;
  const size = elementCount(shape) * dtypeInfo(dtype).bytes;
  return { entry: { name, dtype, shape, offset: 0, size }, from: tensor };
}

function notBeside(file: string): never {
  fail('invalid_argument', `the model's weights are in ${file}; pass that file as weights`);
}

function companionError(files: readonly string[], error: unknown): unknown {
  if (!(error instanceof WebHLOError)) return error;
  const message = `the model's weights are in ${files.join(', ')} beside it: ${error.message}`;
  return new WebHLOError(error.code, message, { cause: error });
}

const sizeOf = (weights: readonly WeightSource[]): number =>
  weights.reduce((sum, { entry }) => sum + entry.size, 0);

/** Weights arrive while their program is compiled; not those that may turn out to be too large. */
function readAhead(weights: readonly WeightSource[], maxMemory = maxAddressable): void {
  if (weights.some(({ entry }) => entry.size >= maxBlock) || sizeOf(weights) > maxMemory) return;
  for (const { from } of weights) if (!(from instanceof Tensor)) from.readAhead();
}

function checkFits(weights: readonly WeightSource[], maxMemory: number | undefined): void {
  for (const { entry } of weights) {
    if (entry.size < maxBlock) continue;
    fail(
      'unsupported',
      `weight "${entry.name}" has ${entry.size} bytes; a tensor has less than 2 GiB in wasm32`,
    );
  }
  const bytes = sizeOf(weights);
  if (bytes >= maxAddressable)
    fail('unsupported', `the weights have ${bytes} bytes; wasm32 addresses 4 GiB in all`);
  if (maxMemory !== undefined && bytes > maxMemory) {
    fail('out_of_memory', `the weights have ${bytes} bytes, maxMemory is ${maxMemory}`);
  }
}

async function fillWeight(
  loading: Loading,
  index: number,
  weight: WeightSource,
  needed: boolean,
): Promise<void> {
  const { entry, from } = weight;
  if (!needed) {
    if (!(from instanceof Tensor)) await skipTo(from, entry.offset + entry.size, entry.name);
    return;
  }
  await fillBuffer(loading, index, weight);
  await complete(loading, (session) => {
    session.weightArrived(index);
  });
}

/** Brings the bytes of a weight into its buffer. */
export async function fillBuffer(
  { instance, patience }: Pick<Loading, 'instance' | 'patience'>,
  index: number,
  { entry, from }: WeightSource,
): Promise<void> {
  if (!(from instanceof Tensor)) await skipTo(from, entry.offset, entry.name);
  const pointer = instance.call((session) => session.weightBuffer(index));
  if (pointer === 0) throw instance.lastError();
  if (from instanceof Tensor) {
    const data = from.data();
    if (data.byteLength !== entry.size)
      fail('invalid_argument', `weights: "${entry.name}" has the wrong length`);
    for (let at = 0; at < data.byteLength; at += copyBytes) {
      await patience.breathe();
      instance.write(pointer + at, data, at, Math.min(at + copyBytes, data.byteLength));
    }
  } else {
    await from.fill(entry.size, (offset, length) => instance.bytes(pointer + offset, length));
  }
}

/** Passes over what lies before that byte. */
export async function skipTo(reader: Reader, offset: number, name: string): Promise<void> {
  if (offset < reader.position) {
    fail(
      'invalid_model',
      `${reader.name}: weight "${name}" at byte ${offset} lies before the one ahead of it`,
    );
  }
  await reader.skip(offset - reader.position);
}
