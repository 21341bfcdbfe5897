// SPDX-License-Identifier: Apache-2.0
// The face of wasm/bindings.cc, in types. Fallible calls answer '' or the error as JSON; pointers,
// sizes and handles are numbers; p is a program's index, i an index into its inputs or results.

import type { ProfileStep } from './profile.js';

export interface NativePort {
  name: string;
  dtype: string;
  /** Null for a size that the program leaves free. */
  shape: (number | null)[];
}

export interface NativeProgram {
  name: string;
  producer: string;
  /** Arguments that are no weights; after bind(). */
  inputs: NativePort[];
  results: NativePort[];
  /** Key paths of arguments that the exporter dropped because nothing reads them. */
  dropped: string[][];
  /** Whether results may take the place of inputs, which then lie elsewhere in each run. */
  inPlace: boolean;
  /** After bind(), by target. */
  calls: NativeCall[];
}

/** Custom calls of one target. */
export interface NativeCall {
  target: string;
  count: number;
  /** The first of them. */
  where: string;
  /** False if they stand in branches of a program that leaves sizes free: compiled for some sizes, it may
   * have none of them. */
  certain: boolean;
}

export interface NativeWeight {
  name: string;
  dtype: string;
  shape: number[];
  /** From the first byte of the file. */
  offset: number;
  size: number;
  /** A companion safetensors file, or null for the .whlo file itself. */
  file: string | null;
}

export interface NativeDescription {
  programs: NativeProgram[];
  /** Declared weights that are read, by index of declaration; after bind(). */
  needed?: number[];
  /** Those that an argument takes; the others name dropped arguments. */
  taken?: number[];
  /** Why the engine refused the JIT's module, if it did. */
  jitWarning?: string;
}

export interface NativeHostCall {
  target: string;
  backendConfig: string;
  /** As CustomCall.attributes, but { "": text } for a number that JSON has not. */
  attributes: Record<string, unknown>;
  inputs: { ptr: number; dtype: string; shape: number[] }[];
  outputs: { ptr: number; dtype: string; shape: number[] }[];
}

/** A step of a plan: what facts('steps') answers a list of. */
export interface NativeStep {
  /** Its number in the plan. */
  step: number;
  /** Or `reference`, `copy`, `jump`, `switch`, `host`; the sizes say of what. */
  kernel: string;
  sizes: string;
  /** Of running it once, or of a trip of a loop that is a function. */
  flops: number;
  bytes: number;
  /** Of the last run; 0 if its times were not recorded. */
  ms: number;
  /** How often it ran within that run. */
  runs: number;
  /** If it runs a node of the graph. */
  op?: string;
  location?: string;
}

/** Why a step runs by its kernel: what facts('choices') answers a list of, with null for steps that have none. */
export type NativeChoice = Required<Pick<ProfileStep, 'why' | 'candidates'>>;

/** A weight that programs take: what facts('weights') answers a list of. */
export interface NativeParameter {
  name: string;
  dtype: string;
  shape: number[];
  /** As it is stored in the file that it comes from. */
  bytes: number;
}

/** What this machine does in a millisecond: what facts('roofline') answers. */
export interface NativeRoofline {
  /** Multiplications and additions of f32. */
  flops: number;
  /** Bytes that it reads of as many as these, from small to large. */
  reads: { bytes: number; rate: number }[];
}

/** What a session knows of a program that it has compiled. */
export const factsNames = ['steps', 'choices', 'weights', 'roofline'] as const;
export type FactsName = (typeof factsNames)[number];

/** What advance() answers. */
export const Advance = { done: 0, paused: 1, hostCall: 2, error: 3 } as const;

export type Advanced = (typeof Advance)[keyof typeof Advance];
type Proceeded = Exclude<Advanced, typeof Advance.hostCall>;

/** How weights of products may be stored: as written, or in fewer bits. */
export const precisions = ['f32', 'bf16', 'f16', 'int8', 'int4'] as const;

export type Precision = (typeof precisions)[number];

/** Flags of a new session; the first two for tests. 4 is the conformance runner's. A precision that the
 * caller asked for is its number, from 1 on, times `precision`. */
export const SessionFlags = {
  noJit: 1,
  reference: 2,
  precision: 16,
  saveMemory: 256,
  tune: 512,
} as const;

export interface NativeSession {
  /** Of the numbers that stablehlo.rng draws; an integer. */
  seed(seed: number): void;
  addWhlo(pointer: number, size: number): string;
  describe(): string;
  /** The weights that a .whlo file announces: NativeWeight[]. */
  directory(): string;
  /** JSON texts by key, as an object: what a .whlo file says of its model. */
  metadata(): string;
  /** Declares those of them that the .whlo file embeds, in order. */
  declareDirectory(): string;
  declareWeight(name: string, dtype: string, shape: string): string;
  tie(argument: string, tensor: string): string;
  /** Before bind(): results may take the memory of inputs of that name. */
  donate(argument: string): string;
  /** Begins what proceed() goes on with, as weightArrived() does. */
  bind(): void;
  weightBuffer(index: number): number;
  weightArrived(index: number): void;
  /** For a slice of time. The deadline, if there is one (not negative), ends work without slices. */
  proceed(milliseconds: number, deadline: number): Proceeded;
  finish(): string;
  /** Before bind(): lines of a step and its kernel, as tuning() answers them. */
  useTuning(lines: string): string;
  tuning(): string;
  /** Tries kernels for a slice of time, if the session was made to tune. Done when nothing is left to try: then
   * addresses may have moved. */
  tune(milliseconds: number): Proceeded;
  lastError(): string;
  /** JSON, null on an error, see lastError(). `shapes` answers a list of what specialize() takes. */
  facts(what: FactsName | 'shapes', program: string): string | null;
  /** How many executables of a program that leaves sizes free are kept: those used last. */
  keepShapes(count: number): void;
  /**
   * For a program that leaves sizes free: begins to make its runs ones with inputs of these shapes
   * ('2x784,3'), and goes on as proceed() does. It may move all addresses.
   */
  specialize(p: number, shapes: string, milliseconds: number, deadline: number): Proceeded;
  /** Of its results, since then: number[][]. */
  resultShapes(p: number): string;
  /** 0 on an error. */
  inputPointer(p: number, i: number): number;
  /** Of a donated tensor the bytes may be written over, else they stay as they are. */
  bindInput(p: number, i: number, tensor: number, donated: boolean): string;
  /** The handle of a tensor that will hold this result of the next run; 0 on an error, as with createTensor. */
  keepOutput(p: number, i: number): number;
  /** Begins a run and advances it. */
  start(p: number, milliseconds: number): Advanced;
  /** Without end if negative. */
  advance(milliseconds: number): Advanced;
  /** Forgets a run or a specialization that was left in the middle. */
  stop(): void;
  /** From the next run on: whether runs record what each step takes, for facts('steps'). */
  recordTimes(on: boolean): void;
  outputPointer(p: number, i: number): number;
  tensorPointer(tensor: number): number;
  createTensor(bytes: number): number;
  disposeTensor(tensor: number): void;
  hostCall(): string;
  memory(): string;
  delete(): void;
}

/** The importer's session: a session that reads programs of every encoding. */
export interface NativeImporter extends NativeSession {
  addProgram(name: string, pointer: number, size: number, fileName: string): string;
  /** For writeWhlo: the weight lies in a companion file, from that byte on. */
  placeWeight(index: number, file: string, offset: number): string;
  /** For writeWhlo: a JSON text. */
  setMetadata(key: string, json: string): void;
  /**
   * The header and FlatBuffer of a .whlo file, padded to a size and kept until the next call: the programs,
   * and after bind() the weights that they take.
   */
  writeWhlo(leastSize: number): string;
  whloPointer(): number;
  whloSize(): number;
  /** Whether the file holds other bytes of a weight than those that come. */
  isEncoded(index: number): boolean;
  /** Makes them of what lies in the weight's buffer; begun and brought to its end as weightArrived is. */
  encodeWeight(index: number): void;
  encodedPointer(): number;
  encodedSize(): number;
  /** The first half of bind(): all that inspect() needs. */
  bindNames(): string;
  /**
   * What a stage of the compiler makes of a program for another instance's machine; null on an error. `shapes`: what
   * specialize() takes, of each compilation, between semicolons. `jitRefusal`: the jitWarning there.
   */
  inspect(
    stage: string,
    program: string,
    shapes: string,
    threads: number,
    relaxed: boolean,
    jitRefusal: string,
  ): string | null;
}

export interface NativeModule<Session extends NativeSession = NativeSession> {
  Session: new (threads: number, flags: number) => Session;
  /** The importer's only. */
  Importer?: new (threads: number, flags: number) => Session;
  /** The importer's only, for the conformance runner: checks one file of cases, and answers the verdicts
   * as JSON. */
  checkProgram?(
    pointer: number,
    size: number,
    fileName: string,
    flags: number,
    threads: number,
  ): string;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  PThread?: { terminateAllThreads(): void };
}

/** What the glue uses of a worker. */
export interface GlueWorker {
  onmessage?: (event: { data: unknown }) => void;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  terminate(): void;
}

interface EmscriptenOptions {
  wasmMemory: WebAssembly.Memory;
  /** Where there are threads. */
  startWorker: (() => GlueWorker) | undefined;
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}

/** What a built webhlo-VARIANT.mjs or webhlo-importer.mjs exports. */
export type CreateModule<Session extends NativeSession = NativeSession> = (
  options: EmscriptenOptions,
) => Promise<NativeModule<Session>>;
