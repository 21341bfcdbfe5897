// SPDX-License-Identifier: Apache-2.0
// What commands that load a model share: their options, and a model of what these say.

import { readFile } from 'node:fs/promises';

import { isRecord } from '../arguments.js';
import { fail, messageOf } from '../errors.js';
import { load } from '../load.js';
import type { LoadOptions, ModelSource } from '../load_options.js';
import type { Model } from '../model.js';
import type { Program } from '../program.js';
import { precisions } from '../native.js';
import type { Precision } from '../native.js';
import { meant, number, UsageError } from './command.js';
import type { Options, Values } from './command.js';
import { readTensors } from './tensor_files.js';
import { inputsFrom, wantedOf } from './values.js';

export const operands = 'MODEL';

/** What MODEL is, for the help. */
export const aboutModels = `MODEL is a StableHLO program as text (.mlir), portable bytecode (.mlirbc) or jax.export
container, or a .whlo file: a path or a URL. NAME=MODEL NAME=MODEL ... are several programs over one weight set.`;

export const loading = {
  weights: {
    type: 'string',
    multiple: true,
    value: 'F',
    values: 'file',
    help: 'a .safetensors file (may be repeated); default: those that a .whlo file holds or names. Tensors of arguments that jax.export dropped are ignored, as are inputs',
  },
  tied: {
    type: 'string',
    value: 'F',
    values: 'file',
    help: 'JSON file: argument name -> name of the tensor it reads; a .whlo file keeps it',
  },
  threads: { type: 'string', value: 'N', help: 'default: the processors, at most 8' },
  'max-memory': {
    type: 'string',
    value: 'BYTES',
    help: "bound of the model's memory: bytes, or as in 500MB, 1.5GiB",
  },
  cache: {
    type: 'boolean',
    help: 'keep models and weights of http(s) addresses for the next time',
  },
  json: { type: 'boolean', help: 'answer in JSON' },
} as const satisfies Options;

export const storing = {
  precision: {
    type: 'string',
    value: 'P',
    values: precisions,
    help: 'how large weights of products are stored, in memory, or by convert in the file: f32 (as written), bf16, f16, int8 or int4; default: as the file has them',
  },
} as const satisfies Options;

export const planning = {
  ...storing,
  tune: {
    type: 'boolean',
    help: 'try all kernels that could run a product or a convolution, and use the fastest: as it loads, however long that takes',
  },
  'save-memory': {
    type: 'boolean',
    help: 'pack no weight in a layout that is larger than it is',
  },
  program: {
    type: 'string',
    value: 'NAME',
    help: 'which program of several; default: the first',
  },
} as const satisfies Options;

export const shaping = {
  shape: {
    type: 'string',
    multiple: true,
    value: 'NAME=2x784',
    help: "an input's shape, where the program leaves sizes free (may be repeated): inspect shows what is compiled for such inputs",
  },
} as const satisfies Options;

export const running = {
  inputs: {
    type: 'string',
    value: 'F',
    values: 'file',
    help: '.safetensors, .npz, .npy or .json; of keys in.NAME and out.NAME the first kind',
  },
  time: {
    type: 'string',
    value: 'SECONDS',
    help: 'run again and again for so long, and tell the times; default of bench: 3',
  },
  revec: {
    type: 'boolean',
    help: 'let V8 make wide vectors of narrow ones: an experimental flag of V8, with which most models take half the time',
  },
} as const satisfies Options;

type LoadValues = Values<typeof loading & typeof planning & typeof shaping & typeof running>;

export function modelSource(operands: readonly string[]): ModelSource {
  const named = operands.map((operand) => /^([\w.-]+)=(.+)$/s.exec(operand));
  if (operands.length === 1 && !named[0]) return operands[0] as string;
  return Object.fromEntries(
    named.map((match, i) => {
      if (!match)
        throw new UsageError(`"${operands[i] ?? ''}": several models need names, NAME=MODEL`);
      return [match[1], match[2]] as [string, string];
    }),
  );
}

export async function loadOptions(values: LoadValues): Promise<LoadOptions> {
  const threads = number(values.threads, 'threads');
  const maxMemory = bytes(values['max-memory']);
  let tied: Record<string, string> | undefined;
  if (values.tied !== undefined) {
    try {
      const json: unknown = JSON.parse(await readFile(values.tied, 'utf8'));
      // Also the weights.json of an exporter, which holds the map under this key.
      tied = (isRecord(json) && isRecord(json.tied) ? json.tied : json) as Record<string, string>;
    } catch (error) {
      fail('invalid_argument', `cannot read ${values.tied}: ${messageOf(error)}`, error);
    }
  }
  return {
    ...(values.weights && { weights: values.weights }),
    ...(tied && { tied }),
    ...(threads !== undefined && { threads }),
    ...(maxMemory !== undefined && { maxMemory }),
    ...(values.cache && { cache: true }),
    ...(values.precision !== undefined && { precision: values.precision as Precision }),
    ...(values.tune && { tune: 'load', tuneBudget: Infinity, tuneCache: false }),
    ...(values['save-memory'] && { memory: 'low' }),
    ...(values.revec && { revec: true }),
    ...(values.shape && { shapes: Object.fromEntries(values.shape.map(shape)) }),
  };
}

function shape(text: string): [string, number[]] {
  const [, name, sizes] = /^(.+)=((?:\d+(?:x\d+)*)?)$/.exec(text) ?? [];
  if (name === undefined || sizes === undefined) {
    throw new UsageError(`--shape ${text}: expected an input and its sizes, as in x=2x784`);
  }
  return [name, sizes === '' ? [] : sizes.split('x').map(Number)];
}

const units: Record<string, number> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  KI: 2 ** 10,
  MI: 2 ** 20,
  GI: 2 ** 30,
};

function bytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([KMG]i?)?B?$/i.exec(text.trim()) ?? [];
  if (digits === '') {
    throw new UsageError(`--max-memory ${text}: expected bytes, as in 500000000, 500MB or 1.5GiB`);
  }
  return Math.floor(Number(digits) * (units[unit.toUpperCase()] ?? NaN));
}

export async function open(
  operands: readonly string[],
  values: LoadValues,
): Promise<{ model: Model; program: Program; loadMs: number }> {
  const start = performance.now();
  const model = await load(modelSource(operands), await loadOptions(values));
  const loadMs = performance.now() - start;
  const name = values.program;
  const names = Object.keys(model.programs);
  const program = model.programs[name ?? names[0] ?? ''];
  if (!program || (name !== undefined && !names.includes(name))) {
    fail(
      'invalid_argument',
      `no program "${name ?? ''}"${meant(name ?? '', names)}; there are ${names.join(', ')}`,
    );
  }
  return { model, program, loadMs };
}

/** Those of a file. */
export async function readInputs(
  file: string,
  program: Program,
): Promise<ReturnType<typeof inputsFrom>> {
  return inputsFrom(await readTensors(file, wantedOf(program)), program);
}
