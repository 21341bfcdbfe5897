// SPDX-License-Identifier: Apache-2.0
// A profile as text, as `run --profile` and `bench --steps` print it.

import type { Profile, ProfileStep } from '../profile.js';

/** Lines of text: the steps that ran, in the order of the plan, then the kernels. */
export function profileText({ steps, kernels, totalMs, roofline }: Profile): string {
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
    `${step.kernel} ${step.sizes}${reasonText(step)}`,
  ]);
  const sums = kernels.map((sum) => [
    String(sum.steps),
    ms(sum.ms),
    percent(sum.share),
    sum.kernel,
  ]);
  return [
    `roofline: ${(roofline.flops / 1e6).toFixed(1)} GFLOPS, reads ${reads.join(', ')}`,
    ...table(['step', 'ms', 'share', 'GFLOPS', 'GB/s', 'roofline', 'runs', 'kernel'], rows),
    '',
    ...table(['steps', 'ms', 'share', 'kernel'], sums),
    `${steps.length} steps, of which ${ran.length} ran: ${ms(totalMs)} ms`,
  ].join('\n');
}

/** As plans print it: where there was a choice. */
function reasonText({ why, candidates = [] }: ProfileStep): string {
  return why !== undefined && candidates.length > 1 ? `; ${why} of ${candidates.join(', ')}` : '';
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
