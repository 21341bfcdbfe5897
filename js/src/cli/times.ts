// SPDX-License-Identifier: Apache-2.0
// How long a program takes: whole runs, inputs and results copied; and beside others, in turns.

import type { Program } from '../program.js';
import type { Inputs } from '../runs.js';
import { ms } from './output.js';

export interface Times {
  runs: number;
  minMs: number;
  medianMs: number;
  meanMs: number;
}

/** For so many seconds, after one run to warm up. */
export function measure(program: Program, inputs: Inputs, seconds: number): Times {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  program.runSync(inputs);
  do {
    const start = performance.now();
    program.runSync(inputs);
    times.push(performance.now() - start);
  } while (performance.now() < end && times.length < most);
  return timesOf(times);
}

/** Milliseconds of each run that fits in so many, at least of one. */
export async function slice(run: () => unknown, milliseconds: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    const running = run();
    if (running instanceof Promise) await running;
    times.push(performance.now() - start);
  } while (performance.now() < end && times.length < most);
  return times;
}

/**
 * Of each that runs a slice, for so many seconds each, in turns: a machine changes its pace, and so does for all of
 * them. Who begins changes from round to round, and the first round warms up.
 */
export async function measureInTurns(
  slices: readonly ((milliseconds: number) => Promise<readonly number[]>)[],
  seconds: number,
): Promise<Times[]> {
  const rounds = Math.max(4, Math.round(seconds / 0.25));
  const contenders = slices.map((slice) => ({ slice, times: [] as number[] }));
  const turns = [...contenders];
  for (let round = 0; round <= rounds; round++) {
    for (const { slice, times } of turns) {
      const taken = await slice((seconds * 1000) / rounds);
      if (round > 0) for (const time of taken) times.push(time);
    }
    turns.push(...turns.splice(0, 1));
  }
  return contenders.map(({ times }) => timesOf(times));
}

const most = 1e7;

function timesOf(times: number[]): Times {
  times.sort((a, b) => a - b);
  return {
    runs: times.length,
    minMs: times[0] ?? NaN,
    medianMs: times[times.length >> 1] ?? NaN,
    meanMs: times.reduce((sum, time) => sum + time, 0) / times.length,
  };
}

export function timesText({ runs, minMs, medianMs, meanMs }: Times): string {
  return `${runs} runs: best ${ms(minMs)}, median ${ms(medianMs)}, mean ${ms(meanMs)}`;
}
