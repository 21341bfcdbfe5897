// SPDX-License-Identifier: Apache-2.0
// `webhlo bench`: how long a model takes, what its steps take, and what weights in fewer bits cost.

import type { Program } from '../program.js';
import { accuracy, resultsOf } from './accuracy.js';
import { command, number } from './command.js';
import type { Options } from './command.js';
import { loading, open, operands, planning, readInputs, running } from './models.js';
import { megabytes, ms, print } from './output.js';
import { profileText } from './steps.js';
import { measure, printTimes } from './times.js';
import { syntheticInputs } from './values.js';

/** Of small programs there are too many to ask each what its steps took. */
const mostProfiled = 1000;

const options = {
  ...loading,
  ...planning,
  ...running,
  steps: {
    type: 'boolean',
    help: 'what each step of the plan takes, at the shortest of as many runs again, beside what this machine can do',
  },
  accuracy: {
    type: 'boolean',
    help: "how far results are from those with the weights' precision f32",
  },
} as const satisfies Options;

export const bench = command({
  name: 'bench',
  operands,
  summary: 'time a model on synthetic inputs, or on those of --inputs',
  options,
  examples: [
    ['webhlo bench model.whlo --threads 1', 'best, median and mean of all runs'],
    ['webhlo bench model.whlo --steps --time 1', 'where the time goes, step by step'],
    [
      'webhlo bench model.whlo --precision int8 --accuracy',
      'what weights of 8 bits save, and what they cost',
    ],
  ],
  async run(operands, values) {
    const seconds = number(values.time, 'time') ?? 3;
    const inputsOf = (program: Program) =>
      values.inputs ? readInputs(values.inputs, program) : syntheticInputs(program);
    let exact: ReturnType<typeof resultsOf> | undefined;
    if (values.accuracy) {
      // Before the other, whose memory it may need.
      const { model, program } = await open(operands, { ...values, precision: 'f32' });
      exact = resultsOf(program, await inputsOf(program));
      model.dispose();
    }
    const { model, program, loadMs } = await open(operands, values);
    const inputs = await inputsOf(program);
    const start = performance.now();
    program.runSync(inputs);
    const firstMs = performance.now() - start;
    const { threads, variant, memory } = model;
    const times = measure(program, inputs, seconds);
    const runs = Math.min(times.runs, mostProfiled);
    const profile = values.steps ? await program.profile(inputs, { runs }) : undefined;
    const errors = exact && accuracy(exact, resultsOf(program, inputs));
    if (values.json) {
      const timing = { loadMs, firstMs, times, threads, variant, memory };
      print(JSON.stringify({ ...timing, ...profile, ...(errors && { accuracy: errors }) }));
      return 0;
    }
    print(
      `load ${ms(loadMs)}, first run ${ms(firstMs)} (${variant}, ${threads} thread(s), ${megabytes(memory.wasm ?? 0)})`,
    );
    printTimes(times);
    for (const { name, largest, rms } of errors ?? []) {
      print(
        `${name}: largest error ${largest.toExponential(2)}, root mean square ${rms.toExponential(2)}`,
      );
    }
    if (profile) print(profileText(profile));
    return 0;
  },
});
