// SPDX-License-Identifier: Apache-2.0
// Profile: what each step of a program's plan takes, and how that compares with what the machine can do. Fetched when
// somebody asks for one.

import type { NativeChoice, NativeRoofline, NativeStep } from './native.js';

export interface ProfileOptions {
  /** How many, of which the shortest time of each step counts. Default: 5. */
  runs?: number;
  /** Stops it with code `cancelled`. With a signal or a deadline steps run in slices, which takes them longer. */
  signal?: AbortSignal;
  /** Milliseconds that all of it may take. */
  deadline?: number;
}

/** A step of the plan; its operations and bytes are those of running it once. */
export interface ProfileStep extends NativeStep {
  /**
   * Why it runs by its kernel, if it runs an op by a kernel or its reference: the `first` of its candidates, `preferred`
   * to those before it by these sizes, `measured fastest` by tuning; `only` where nothing else could run it.
   */
  readonly why?: 'only' | 'first' | 'preferred' | 'measured fastest';
  /** The kernels that could run it, in the order in which plans take them; none of a reference. */
  readonly candidates?: readonly string[];
  /** Operations and bytes of all its runs by its time; null of what took no time that the clock shows, or computes
   * or moves nothing. */
  readonly gflops: number | null;
  readonly gbs: number | null;
  /** The time that the roofline allows, in parts of the time taken. */
  readonly roofline: number | null;
  /** Of the sum of all steps' times. */
  readonly share: number;
}

/** All steps of a kernel that ran. */
export interface ProfileKernel {
  readonly kernel: string;
  readonly steps: number;
  readonly ms: number;
  readonly share: number;
}

/** Plain data. */
export interface Profile {
  /** In the order of the plan. Those that were not reached have no runs. */
  readonly steps: readonly ProfileStep[];
  /** The one that took most first. */
  readonly kernels: readonly ProfileKernel[];
  /** The sum of the steps' times. */
  readonly totalMs: number;
  readonly roofline: NativeRoofline;
}

/** Of several runs, each with the same steps, why these run by their kernels, and several measurements of the machine. */
export function profileOf(
  runs: readonly (readonly NativeStep[])[],
  choices: readonly (NativeChoice | null)[],
  rooflines: readonly NativeRoofline[],
): Profile {
  const roofline = rooflines.reduce(highest);
  const best = runs.reduce((best, steps) =>
    best.map((step, i) => (step.ms <= (steps[i]?.ms ?? Infinity) ? step : (steps[i] ?? step))),
  );
  const totalMs = best.reduce((sum, { ms }) => sum + ms, 0);
  const steps = best.map((step, i) => ({ ...rate(step, roofline, totalMs), ...choices[i] }));
  return { steps, kernels: sumByKernel(steps, totalMs), totalMs, roofline };
}

function highest(a: NativeRoofline, b: NativeRoofline): NativeRoofline {
  return {
    flops: Math.max(a.flops, b.flops),
    reads: a.reads.map(({ bytes, rate }, i) => ({
      bytes,
      rate: Math.max(rate, b.reads[i]?.rate ?? 0),
    })),
  };
}

function rate(step: NativeStep, roofline: NativeRoofline, total: number): ProfileStep {
  const { ms, runs } = step;
  const per = (work: number) => (work > 0 && ms > 0 ? work / ms : null);
  const [flops, bytes] = [step.flops * runs, step.bytes * runs];
  // What a step moves lies in the smallest cache that holds it, as far as it is there at all.
  const reads = roofline.reads.find((reads) => step.bytes <= reads.bytes) ?? roofline.reads.at(-1);
  const least = Math.max(flops / roofline.flops, bytes / (reads?.rate ?? Infinity));
  const giga = (rate: number | null) => rate && rate / 1e6;
  return {
    ...step,
    gflops: giga(per(flops)),
    gbs: giga(per(bytes)),
    roofline: per(least),
    share: total > 0 ? ms / total : 0,
  };
}

function sumByKernel(steps: readonly ProfileStep[], total: number): ProfileKernel[] {
  const sums = new Map<string, { kernel: string; steps: number; ms: number; share: number }>();
  for (const { kernel, ms, runs } of steps) {
    if (runs === 0) continue;
    const sum = sums.get(kernel) ?? { kernel, steps: 0, ms: 0, share: 0 };
    sums.set(kernel, sum);
    sum.steps++;
    sum.ms += ms;
    sum.share = total > 0 ? sum.ms / total : 0;
  }
  return [...sums.values()].sort((a, b) => b.ms - a.ms);
}
