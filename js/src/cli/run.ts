// SPDX-License-Identifier: Apache-2.0
// `webhlo run`: one run, its results shown, written or compared; its times and its profile, if wanted.

import { writeFile } from 'node:fs/promises';

import { typeText } from '../dtype.js';
import { fail, messageOf } from '../errors.js';
import type { Outputs } from '../runs.js';
import { Tensor } from '../tensor.js';
import { traceOf } from '../trace.js';
import { command, number } from './command.js';
import type { Options } from './command.js';
import { loading, open, operands, planning, readInputs, running } from './models.js';
import { print } from './output.js';
import { profileText } from './steps.js';
import { readTensors, tensorsToJson, writeTensors } from './tensor_files.js';
import { measure, timesText } from './times.js';
import { compare, numbers, wantedOf } from './values.js';
import type { Comparison } from './values.js';

const options = {
  ...loading,
  ...planning,
  ...running,
  expect: {
    type: 'string',
    value: 'F',
    values: 'file',
    help: 'expected outputs, of keys in.NAME and out.NAME the second kind',
  },
  rtol: {
    type: 'string',
    value: 'X',
    help: "largest difference from the expected outputs, relative to each output's largest absolute value; default 1e-5",
  },
  output: {
    type: 'string',
    value: 'F',
    values: 'file',
    help: 'write the outputs: .safetensors, .npz, .npy or .json',
  },
  profile: {
    type: 'boolean',
    help: 'what each step of the plan takes, at the shortest of five runs, beside what this machine can do',
  },
  trace: {
    type: 'string',
    value: 'F',
    values: 'file',
    help: 'write the profile as trace events, which Perfetto and the Performance panel of Chrome open',
  },
} as const satisfies Options;

export const run = command({
  name: 'run',
  operands,
  summary: 'run a model once, and show, write or check its results',
  options,
  examples: [
    ['webhlo run model.whlo --inputs inputs.npz', 'shows the first values of each result'],
    [
      'webhlo run model.whlo --inputs io.safetensors --expect io.safetensors --rtol 1e-4',
      'status 0 if results are as expected',
    ],
    [
      'webhlo run model.whlo --inputs inputs.json --profile --trace trace.json',
      'what each step takes, also as a file for ui.perfetto.dev',
    ],
  ],
  async run(operands, values) {
    const rtol = number(values.rtol, 'rtol') ?? 1e-5;
    const seconds = number(values.time, 'time');
    const { model, program, loadMs } = await open(operands, values);
    const inputs = values.inputs ? await readInputs(values.inputs, program) : {};
    const start = performance.now();
    // Kept ones know the shapes that this run gave them.
    const keep = program.outputs.flatMap(({ name, shape }) => (shape.includes(null) ? name : []));
    const outputs: Outputs = await program.run(inputs, { keep });
    const firstMs = performance.now() - start;
    const results = new Map(
      program.outputs.map(({ name, dtype, shape }): [string, Tensor] => {
        const value = outputs[name] as Outputs[string];
        if (value instanceof Tensor) return [name, value];
        return [name, new Tensor(value, { dtype, shape: shape as readonly number[] })];
      }),
    );
    if (values.output) await writeTensors(values.output, results);
    const checks = values.expect
      ? compare(await readTensors(values.expect, wantedOf(program)), results, inputs, rtol)
      : [];
    const passed = checks.every((check) => check.passed);
    const times = seconds === undefined ? undefined : measure(program, inputs, seconds);
    const wantsProfile = values.profile === true || values.trace !== undefined;
    const profile = wantsProfile ? await program.profile(inputs) : undefined;
    if (profile && values.trace !== undefined) {
      await writeText(values.trace, JSON.stringify(traceOf(profile)));
    }
    if (values.json) {
      const outputs = values.output ? undefined : tensorsToJson(results);
      const timing = { loadMs, firstMs, ...(times && { times }), ...profile };
      const { threads, variant, memory } = model;
      print(JSON.stringify({ outputs, checks, passed, ...timing, threads, variant, memory }));
      return passed ? 0 : 1;
    }
    if (checks.length > 0) printChecks(checks, rtol);
    else if (!values.output) for (const [name, tensor] of results) printTensor(name, tensor);
    print(
      `load ${loadMs.toFixed(1)} ms, first run ${firstMs.toFixed(2)} ms (${model.variant}, ${model.threads} thread(s))`,
    );
    if (times) print(timesText(times));
    if (profile) print(profileText(profile));
    return passed ? 0 : 1;
  },
});

async function writeText(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) =>
    fail('invalid_argument', `cannot write ${path}: ${messageOf(error)}`, error),
  );
}

function printChecks(checks: readonly Comparison[], rtol: number): void {
  for (const { name, maxError, relative, passed } of checks) {
    const verdict = passed ? 'ok  ' : 'FAIL';
    print(
      `${verdict} ${name}: error ${maxError.toExponential(2)}, relative ${relative.toExponential(2)} (limit ${rtol})`,
    );
  }
}

function printTensor(name: string, tensor: Tensor): void {
  const shown = 8;
  const values = numbers(tensor);
  const head = Array.from({ length: Math.min(values.length, shown) }, (_, i) =>
    format(values[i] ?? NaN),
  );
  const more = values.length > shown ? `, ... (${values.length})` : '';
  print(`${name} ${typeText(tensor.dtype, tensor.shape)}: ${head.join(', ')}${more}`);
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(6);
}
