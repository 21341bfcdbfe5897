// SPDX-License-Identifier: Apache-2.0
// `webhlo inspect`: names and types, what a model weighs and what a run of it costs, or a stage of the compiler.

import { dtypeInfo, elementCount, typeText } from '../dtype.js';
import { inspectStages } from '../model.js';
import type { InspectStage, Model } from '../model.js';
import type { Program } from '../program.js';
import type { NativeParameter, NativeStep } from '../native.js';
import type { PortInfo } from '../ports.js';
import { command, meant, UsageError } from './command.js';
import type { Options } from './command.js';
import { loading, open, operands, planning, shaping } from './models.js';
import { count, megabytes, print } from './output.js';

const options = {
  ...loading,
  ...planning,
  ...shaping,
  stage: {
    type: 'string',
    value: 'STAGE',
    values: inspectStages,
    help: `what a stage of the compiler made of it: ${inspectStages.join(', ')}`,
  },
} as const satisfies Options;

/** What one run computes and moves. */
interface Work {
  readonly flops: number;
  readonly bytes: number;
  /** Whether it has loops or branches: what these hold is counted once each. */
  readonly branches: boolean;
}

/** Null of a program that is compiled once its shapes are known. */
async function workOf(model: Model, program: Program): Promise<Work | null> {
  const all = JSON.parse(await model.inspect('steps', program.name)) as NativeStep[];
  // A jump back that makes a whole loop has the work of what it jumps over.
  const steps = all.filter(({ kernel }) => kernel !== 'jump' && kernel !== 'switch');
  if (all.length === 0 && program.inputs.some(({ shape }) => shape.includes(null))) return null;
  const sum = (of: 'flops' | 'bytes') => steps.reduce((sum, step) => sum + step[of], 0);
  return { flops: sum('flops'), bytes: sum('bytes'), branches: steps.length < all.length };
}

async function parametersOf(model: Model): Promise<{ elements: number; bytes: number }> {
  const weights = JSON.parse(await model.inspect('weights')) as NativeParameter[];
  return {
    elements: weights.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function lines({ name, producer, inputs, outputs }: Program, work: Work | null): string[] {
  const line = ({ name, dtype, shape }: PortInfo) =>
    `  ${name}  ${typeText(dtypeInfo(dtype).dtype, shape)}`;
  const once = work?.branches ? ' (of loops and branches, each step once)' : '';
  return [
    `program ${name}${producer ? ` (${producer})` : ''}`,
    ...['inputs', ...inputs.map(line), 'results', ...outputs.map(line)],
    work
      ? `one run  ${count(work.flops)} operations, moves ${megabytes(work.bytes)}${once}`
      : 'one run  depends on shapes; --shape NAME=2x784 tells for some',
  ];
}

export const inspect = command({
  name: 'inspect',
  operands,
  summary: 'what a model takes, answers, weighs and costs, and how it is compiled',
  options,
  examples: [
    ['webhlo inspect model.whlo', 'inputs, results, parameters, operations of a run, memory'],
    [
      'webhlo inspect model.mlirbc --weights weights.safetensors --stage plan',
      'the kernel that runs each step, and those that could',
    ],
    ['webhlo inspect model.whlo --shape image=8x28x28x1', 'compiled for inputs of this shape'],
  ],
  async run(operands, values) {
    const stage = values.stage as InspectStage | undefined;
    if (stage !== undefined && !inspectStages.includes(stage)) {
      const hint = meant(stage, inspectStages);
      throw new UsageError(`--stage ${stage}${hint}; expected ${inspectStages.join(', ')}`);
    }
    const { model, program } = await open(operands, values);
    if (stage !== undefined) {
      const text = await model.inspect(stage, program.name);
      print(values.json ? JSON.stringify({ program: program.name, stage, text }) : text.trimEnd());
      return 0;
    }
    const { variant, threads, memory, metadata } = model;
    const parameters = await parametersOf(model);
    const programs = Object.values(model.programs);
    if (values.json) {
      const described = await Promise.all(
        programs.map(async (program) => {
          const { name, producer, inputs, outputs } = program;
          return { name, producer, inputs, outputs, work: await workOf(model, program) };
        }),
      );
      print(
        JSON.stringify({ programs: described, parameters, metadata, variant, threads, memory }),
      );
      return 0;
    }
    for (const program of programs) print(lines(program, await workOf(model, program)).join('\n'));
    print(`parameters  ${count(parameters.elements)}, ${megabytes(parameters.bytes)}`);
    for (const [key, value] of Object.entries(metadata)) {
      const text = JSON.stringify(value);
      print(`${key}  ${text.length > 80 ? `${text.slice(0, 77)}...` : text}`);
    }
    print(`wasm ${variant}, ${threads} thread(s)`);
    for (const [use, bytes] of Object.entries(memory)) print(`  ${use}  ${megabytes(bytes)}`);
    return 0;
  },
});
