// SPDX-License-Identifier: Apache-2.0
// How long a program takes: whole runs, inputs and results copied.

import type { Program } from '../program.js';
import type { Inputs } from '../runs.js';
import { ms, print } from './output.js';

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
  } while (performance.now() < end && times.length < 1e7);
  times.sort((a, b) => a - b);
  return {
    runs: times.length,
    minMs: times[0] ?? NaN,
    medianMs: times[times.length >> 1] ?? NaN,
    meanMs: times.reduce((sum, time) => sum + time, 0) / times.length,
  };
}

export function printTimes({ runs, minMs, medianMs, meanMs }: Times): void {
  print(`${runs} runs: best ${ms(minMs)}, median ${ms(medianMs)}, mean ${ms(meanMs)}`);
}
