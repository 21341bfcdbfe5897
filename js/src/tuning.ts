// SPDX-License-Identifier: Apache-2.0
// Tuning: a model finds out which kernels are the fastest on this machine by trying them while nothing
// runs. What it found is plain data, kept for the next load, and for an app to ship.

import { isArray, isRecord } from './arguments.js';
import { WebHLOError } from './errors.js';
import type { Instance } from './instance.js';
import { Advance } from './native.js';
import { isNode, nodeModule } from './sources.js';
import type { Store } from './store.js';

/** Which kernels were measured to be the fastest, and where: JSON. */
export interface Tuning {
  /** The version of WebHLO. */
  readonly webhlo: string;
  /** The processor and the engine, as far as they are known. */
  readonly machine: string;
  /** Which of the wasm files. */
  readonly variant: string;
  readonly threads: number;
  /** By what a step computes, as a number in hexadecimal digits: the kernel. */
  readonly kernels: Readonly<Record<string, string>>;
}

type Place = Omit<Tuning, 'kernels'>;

/** As package.json says. */
export const version = '0.1.0';

/** How long a try holds the thread. */
const sliceMs = 8;
/** How often it is looked whether runs have ended. */
const busyMs = 20;
/** What a cache keeps; a model has some tens of different steps. */
const maxKernels = 4096;
/** What Read of core/runtime/tuning.h takes. */
const isKernel = ([step, kernel]: readonly [string, unknown]): boolean =>
  /^[0-9a-f]{16}$/.test(step) && typeof kernel === 'string' && /^[\w.]{1,64}$/.test(kernel);

function placeOf({ name, threads }: Instance): Place {
  return { webhlo: version, machine: machineName(), variant: name, threads };
}

function machineName(): string {
  if (isNode) {
    const { model = 'unknown' } = nodeModule('node:os').cpus()[0] ?? {};
    return `${model}, V8 ${globalThis.process.versions.v8}`;
  }
  const { userAgent, hardwareConcurrency } = navigator;
  return `${hardwareConcurrency} processors, ${userAgent}`;
}

/** The kernels of one that is of this place; what was made elsewhere, or is none, has none. */
function kernelsFor(place: Place, tuning: unknown): Record<string, string> {
  if (!isRecord(tuning)) return {};
  const { kernels } = tuning;
  const isHere = Object.entries(place).every(([name, value]) => tuning[name] === value);
  if (!isHere || !isRecord(kernels)) return {};
  const known = Object.entries(kernels);
  if (known.length > maxKernels || !known.every(isKernel)) return {};
  return Object.fromEntries(known) as Record<string, string>;
}

/** Lines as the session reads and writes them. */
const toLines = (kernels: Readonly<Record<string, string>>): string =>
  Object.entries(kernels)
    .map(([step, kernel]) => `${step} ${kernel}\n`)
    .join('');
const fromLines = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ')),
  ) as Record<string, string>;

/** What is known of this place: what the caller gives, and what a load before has found out. */
export async function useTuning(
  instance: Instance,
  given: Tuning | readonly Tuning[] | undefined,
  cached: boolean,
): Promise<void> {
  const place = placeOf(instance);
  const kept: unknown = cached ? await readCache(place) : undefined;
  const tunings: unknown[] = [kept, ...(isArray(given) ? (given as unknown[]) : [given])];
  const kernels = Object.assign(
    {},
    ...tunings.map((t) => kernelsFor(place, t)),
  ) as Tuning['kernels'];
  if (Object.keys(kernels).length === 0) return;
  instance.check((session) => session.useTuning(toLines(kernels)));
}

/** What the instance knows now. */
export function tuningOf(instance: Instance): Tuning {
  const lines = instance.call((session) => session.tuning());
  return { ...placeOf(instance), kernels: fromLines(lines) };
}

/** The same, once `trying` has ended; what is new then is kept for loads to come, if that is wanted. */
async function learn(
  instance: Instance,
  cached: boolean,
  trying: () => Promise<void>,
): Promise<Tuning> {
  const known = instance.call((session) => session.tuning());
  await trying();
  const tuning = tuningOf(instance);
  if (cached && toLines(tuning.kernels) !== known) await keep(tuning);
  return tuning;
}

/** Tries kernels for so many milliseconds, or as long as there is memory for it. */
export async function tuneFor(
  instance: Instance,
  milliseconds: number,
  cached: boolean,
  turn: () => Promise<void>,
): Promise<void> {
  const end = performance.now() + milliseconds;
  await learn(instance, cached, async () => {
    for (let left = milliseconds; left > 0; left = end - performance.now()) {
      await turn();
      try {
        if (tune(instance, Math.min(sliceMs, left))) return;
      } catch (error) {
        if (error instanceof WebHLOError && error.code === 'out_of_memory' && instance.alive)
          return;
        throw error;
      }
    }
  });
}

/** Whether there is nothing left to try. */
function tune(instance: Instance, milliseconds: number): boolean {
  const state = instance.call((session) => session.tune(milliseconds));
  if (state === Advance.error) throw instance.lastError();
  // Kernels may have changed, and the places of what they compute.
  if (state === Advance.done) instance.moves++;
  return state === Advance.done;
}

/** Tries kernels in the idle times of a model, each time when it is told that there may be something new. */
export class IdleTuner {
  #tuned: Promise<Tuning> | undefined;
  #isAwaited = false;
  #timer: unknown;

  constructor(
    private readonly instance: Instance,
    private readonly isIdle: () => boolean,
    private readonly cached: boolean,
  ) {
    void this.start();
  }

  /** What is known when nothing is left to try. To wait for it keeps a process alive. */
  get tuned(): Promise<Tuning> {
    this.#isAwaited = true;
    if (isNode) (this.#timer as NodeJS.Timeout).ref();
    return this.#tuned ?? this.start();
  }

  start(): Promise<Tuning> {
    const begin = () => learn(this.instance, this.cached, () => this.#tryAll());
    this.#tuned = this.#tuned ? this.#tuned.catch(() => undefined).then(begin) : begin();
    // It may be disposed of before anybody asks.
    this.#tuned.catch(() => undefined);
    return this.#tuned;
  }

  async #tryAll(): Promise<void> {
    do await this.#turn();
    while (!(this.isIdle() && tune(this.instance, sliceMs)));
  }

  /** When the event loop has nothing better to do; a process that has nothing else to do ends. */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      const { scheduler } = globalThis as { scheduler?: Partial<Scheduler> };
      if (!isNode && scheduler?.postTask && this.isIdle()) {
        void scheduler.postTask(resolve, { priority: 'background' });
        return;
      }
      this.#timer = setTimeout(resolve, this.isIdle() ? 0 : busyMs);
      if (isNode && !this.#isAwaited) (this.#timer as NodeJS.Timeout).unref();
    });
  }
}

// ---- What loads to come find. A store that cannot be read or written is as good as none.

/** More than maxKernels take. */
const maxCacheBytes = 2 ** 20;

const keyOf = (place: Place): string =>
  `tuning-${Object.values(place).join('-').replace(/\W+/g, '-').slice(0, 200)}.json`;

/** Fetched by who tunes. */
const store = async (): Promise<Store> => (await import('./store.js')).Store.of('');

async function readCache(place: Place): Promise<unknown> {
  try {
    const bytes = await (await store()).read(keyOf(place), maxCacheBytes);
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Others may have written since: what they found out stays. */
async function keep(tuning: Tuning): Promise<void> {
  const { kernels: own, ...place } = tuning;
  const all = { ...kernelsFor(place, await readCache(place)), ...own };
  // Of too many those that were found out last.
  const kernels = Object.fromEntries(Object.entries(all).slice(-maxKernels));
  try {
    const text = JSON.stringify({ ...place, kernels });
    await (await store()).write(keyOf(place), new TextEncoder().encode(text));
  } catch {
    // The next load finds out anew.
  }
}
