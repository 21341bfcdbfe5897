// SPDX-License-Identifier: Apache-2.0
// `bench --steps`: what each step of a plan takes, and how that compares with what the machine can do.

import type { Model, Program } from '../model.js';
import type { NativeRoofline, NativeStep } from '../native.js';

/** A step and the shortest time that it took in any of the runs. */
export interface MeasuredStep extends NativeStep {
  /** Null of what took no time that the clock shows, or computes or moves nothing. */
  gflops: number | null;
  gbs: number | null;
  /** The time that the roofline allows, in parts of the time taken. */
  roofline: number | null;
  /** Of the sum of all steps' times. */
  share: number;
}

interface KernelSum {
  kernel: string;
  steps: number;
  ms: number;
  share: number;
}

export interface Profile {
  steps: MeasuredStep[];
  /** By kernel, the one that took most first. */
  kernels: KernelSum[];
  roofline: NativeRoofline;
}

/** Of a model that was loaded to be profiled. Measures the machine when it is made. */
export class Profiler {
  readonly #roofline: NativeRoofline;
  #best: NativeStep[] = [];

  constructor(
    private readonly model: Model,
    private readonly program: Program,
  ) {
    this.#roofline = this.#ask('roofline') as NativeRoofline;
  }

  #ask(stage: 'steps' | 'roofline'): unknown {
    return JSON.parse(this.model.inspect(stage, this.program.name));
  }

  /** To be called after each run. */
  ran(): void {
    const best = this.#best;
    this.#best = (this.#ask('steps') as NativeStep[]).map((step, i) => {
      const before = best[i];
      return before && before.ms <= step.ms ? before : step;
    });
  }

  profile(): Profile {
    const total = this.#best.reduce((sum, { ms }) => sum + ms, 0);
    const steps = this.#best.map((step) => rate(step, this.#roofline, total));
    return { steps, kernels: sumByKernel(steps, total), roofline: this.#roofline };
  }
}

function rate(step: NativeStep, roofline: NativeRoofline, total: number): MeasuredStep {
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

function sumByKernel(steps: readonly MeasuredStep[], total: number): KernelSum[] {
  const sums = new Map<string, KernelSum>();
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

/** Lines of text: the steps that ran, in the order of the plan, then the kernels. */
export function profileText({ steps, kernels, roofline }: Profile): string {
  const percent = (part: number | null) => (part === null ? '' : `${(part * 100).toFixed(1)} %`);
  const number = (value: number | null) => (value === null ? '' : value.toFixed(1));
  const ms = (value: number) => value.toFixed(4);
  const reads = roofline.reads.map(
    ({ bytes, rate }) => `${(rate / 1e6).toFixed(1)} GB/s of ${mebibytes(bytes)}`,
  );
  const ran = steps.filter(({ runs }) => runs > 0);
  const rows = ran.map((step) => [
    String(step.step),
    ms(step.ms),
    percent(step.share),
    number(step.gflops),
    number(step.gbs),
    percent(step.roofline),
    String(step.runs),
    `${step.kernel} ${step.sizes}`,
  ]);
  const sums = kernels.map((sum) => [
    String(sum.steps),
    ms(sum.ms),
    percent(sum.share),
    sum.kernel,
  ]);
  const total = steps.reduce((sum, step) => sum + step.ms, 0);
  return [
    `roofline: ${(roofline.flops / 1e6).toFixed(1)} GFLOPS, reads ${reads.join(', ')}`,
    ...table(['step', 'ms', 'share', 'GFLOPS', 'GB/s', 'roofline', 'runs', 'kernel'], rows),
    '',
    ...table(['steps', 'ms', 'share', 'kernel'], sums),
    `${steps.length} steps, of which ${ran.length} ran: ${ms(total)} ms`,
  ].join('\n');
}

function mebibytes(bytes: number): string {
  return bytes < 2 ** 20 ? `${bytes / 2 ** 10} KiB` : `${bytes / 2 ** 20} MiB`;
}

/** Columns of numbers, and one of text. */
function table(names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [names, ...rows];
  const widths = names.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, i) => (i + 1 < line.length ? cell.padStart(widths[i] ?? 0) : cell))
      .join('  ')
      .trimEnd(),
  );
}
