// SPDX-License-Identifier: Apache-2.0
/// <reference lib="esnext.disposable" preserve="true" />
// Model: one instance, and the programs that share it.

import { show, didYouMean, knowItself, behind } from './arguments.js';
import { fail } from './errors.js';
import type { Compiling } from './inspect.js';
import type { Instance } from './instance.js';
import type { Metadata } from './metadata.js';
import { factsNames } from './native.js';
import type { FactsName, NativeProgram } from './native.js';
import type { PortInfo } from './ports.js';
import type { ProfileOptions, Profile } from './profile.js';
import { Program } from './program.js';
import { Queue } from './queue.js';
import type {
  Inputs,
  Outputs,
  Results,
  RunSyncOptions,
  RunOptions,
  WarmupOptions,
} from './runs.js';
import { tuningOf, IdleTuner } from './tuning.js';
import type { Tuning } from './tuning.js';
import type { Variant } from './variants.js';

const compilerStages = ['graph', 'passes', 'init', 'plan', 'jit', 'memory'] as const;
export const inspectStages = [...compilerStages, ...factsNames] as const;
export type InspectStage = (typeof inspectStages)[number];

/** Bytes of wasm memory by their use; `wasm` is the size of the whole memory now. */
export type MemoryUse = Readonly<Record<string, number>>;

/** A loaded model: one weight set, one or more programs. */
export class Model {
  /** By name; a model of one program calls it `main`, and a `.whlo` file gives the names it holds. */
  readonly programs: Readonly<Record<string, Program>>;
  /** What a `.whlo` file says of its model: labels, how images become inputs, whatever it was converted with. */
  readonly metadata: Metadata;
  readonly #first: Program;
  readonly #instance: Instance;
  readonly #compiling: Compiling;
  readonly #tuner: IdleTuner | undefined;

  /** @internal `tune`: in idle times, and whether what is found out is kept for other loads. */
  constructor(
    instance: Instance,
    descriptions: readonly NativeProgram[],
    metadata: Metadata,
    compiling: Compiling,
    tune?: { cached: boolean },
  ) {
    const queue = new Queue();
    const tuner = tune && new IdleTuner(instance, () => queue.idle, tune.cached);
    const programs = descriptions.map((d, i) => new Program(instance, queue, i, d, tuner));
    this.#tuner = tuner;
    knowItself(this, 'Model');
    this.#first = programs[0] ?? fail('invalid_model', 'the model holds no program');
    this.programs = Object.freeze(Object.fromEntries(programs.map((p) => [p.name, p])));
    this.metadata = metadata;
    this.#instance = instance;
    this.#compiling = compiling;
  }

  /** Of the first program, as are `outputs`, `run`, `runSync`, `warmup` and `profile`. */
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
  run(inputs: Inputs, options?: RunOptions): Promise<Outputs> {
    return new Promise((resolve) => {
      resolve(ownModel(this).#first.run(inputs, options));
    });
  }
  runSync<Name extends string = never>(
    inputs: Inputs,
    options?: RunSyncOptions<Name>,
  ): Results<Name>;
  runSync<R extends Outputs>(inputs: Inputs, options?: RunSyncOptions): R;
  runSync(inputs: Inputs, options?: RunSyncOptions): Outputs {
    return ownModel(this).#first.runSync(inputs, options);
  }

  warmup(options: WarmupOptions = {}): Promise<void> {
    return new Promise((resolve) => {
      resolve(ownModel(this).#first.warmup(options));
    });
  }

  profile(inputs: Inputs, options: ProfileOptions = {}): Promise<Profile> {
    return new Promise((resolve) => {
      resolve(ownModel(this).#first.profile(inputs, options));
    });
  }

  /** Threads that this model may use: 1 where the page is not cross-origin isolated. */
  get threads(): number {
    return ownModel(this).#instance.threads;
  }
  /** Which of the wasm files runs it. */
  get variant(): Variant {
    // A model's instance is none of the importer.
    return ownModel(this).#instance.name as Variant;
  }
  /**
   * What was found out of kernels, once there is nothing left to try: of `tune: 'idle'` in the idle times of the
   * model, so while it is run all the time, never. It can be given to loads as `tuning`.
   */
  get tuned(): Promise<Tuning> {
    const own = ownModel(this);
    return own.#tuner?.tuned ?? Promise.resolve(tuningOf(own.#instance));
  }
  get memory(): MemoryUse {
    const instance = ownModel(this).#instance;
    const use = JSON.parse(instance.call((session) => session.memory())) as MemoryUse;
    return { ...use, wasm: instance.wasmMemory.buffer.byteLength };
  }

  /**
   * What a stage of the compiler made of a program, as text, which the importer is fetched for. As JSON `steps` are those of its plan, with the times of
   * the last run where the load was told to `profile`, `choices` say why each runs by its kernel, `weights` are those
   * that programs take, and `roofline` is what this machine can do.
   */
  async inspect(stage: InspectStage, program?: string): Promise<string> {
    const own = ownModel(this);
    if (!inspectStages.includes(stage)) {
      const hint = typeof stage === 'string' ? didYouMean(stage, inspectStages) : '';
      fail(
        'invalid_argument',
        `inspect: no stage ${show(stage)}${hint}; there are ${inspectStages.join(', ')}`,
      );
    }
    const name: unknown = program ?? own.#first.name;
    if (typeof name !== 'string' || !Object.hasOwn(own.programs, name)) {
      const names = Object.keys(own.programs);
      fail('invalid_argument', `inspect: no program ${show(name)} among ${names.join(', ')}`);
    }
    if (isFacts(stage)) return own.#instance.facts(stage, name);
    const { inspectStage } = await import('./inspect.js');
    return inspectStage(own.#instance, own.#compiling, stage, name);
  }

  /** Gives the memory and the threads back; a run under way ends with an error. */
  dispose(): void {
    ownModel(this).#instance.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function ownModel(model: Model): Model {
  return behind(model, 'Model');
}

function isFacts(stage: InspectStage): stage is FactsName {
  return (factsNames as readonly InspectStage[]).includes(stage);
}
