// SPDX-License-Identifier: Apache-2.0
// The same network in ONNX Runtime, where the caller has it: `webhlo bench --onnx` measures it beside WebHLO.

import { fork } from 'node:child_process';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { dtypeInfo, fromNumbers, typeText } from '../dtype.js';
import type { DType, NumberArray, TypedArray } from '../dtype.js';
import { fail, messageOf, WebHLOError } from '../errors.js';
import type { Program } from '../program.js';
import { Tensor } from '../tensor.js';
import type { Opened, Requests, Value } from './onnx_child.js';
import { numbers } from './values.js';

/** ONNX Runtime as WebAssembly, and as an addon of Node. */
const packages = ['onnxruntime-web', 'onnxruntime-node'] as const;

/** A session that has run once, with the inputs of the runs to come. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  readonly loadMs: number;
  readonly firstMs: number;
  /** By the program's names, those that both have. */
  readonly results: ReadonlyMap<string, ArrayLike<number>>;
  /** Milliseconds of each run that fits in so many. */
  slice(milliseconds: number): Promise<readonly number[]>;
  close(): void;
}

const dtypes: Readonly<Record<string, DType>> = {
  bool: 'i1',
  int8: 'i8',
  int16: 'i16',
  int32: 'i32',
  int64: 'i64',
  uint8: 'u8',
  uint16: 'u16',
  uint32: 'u32',
  uint64: 'u64',
  float16: 'f16',
  float32: 'f32',
  float64: 'f64',
};

type Inputs = Readonly<Record<string, Tensor | NumberArray>>;

/**
 * A peer for each package that is installed where the command runs, at least one, each with so many threads. Inputs and
 * results are found by their names; where both sides have only one, that is it.
 */
export async function openOnnx(
  file: string,
  program: Program,
  inputs: Inputs,
  threads: number,
): Promise<Peer[]> {
  await access(file).catch((error: unknown) =>
    fail('invalid_argument', `cannot read ${file}: ${messageOf(error)}`, error),
  );
  const require = createRequire(path.resolve('package.json'));
  const installed = packages.filter((name) => isInstalled(require, name));
  if (installed.length === 0) {
    const install = packages.map((name) => `npm install ${name}`).join(' or ');
    fail(
      'invalid_argument',
      `--onnx runs ONNX Runtime, which is not installed in ${process.cwd()}: ${install}`,
    );
  }
  const peers: Peer[] = [];
  try {
    for (const name of installed) {
      peers.push(await open(name, file, program, inputs, threads));
    }
  } catch (error) {
    for (const peer of peers) peer.close();
    throw error;
  }
  return peers;
}

function isInstalled(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return false;
    return fail('invalid_argument', `cannot import ${name}: ${messageOf(error)}`, error);
  }
}

async function open(
  name: string,
  file: string,
  program: Program,
  inputs: Inputs,
  threads: number,
): Promise<Peer> {
  const child = new Child(`${file} in ${name}`);
  try {
    const session = await child.ask('open', { name, file, threads });
    const { outputs, ms } = await child.ask('run', feedsOf(session, program, inputs, file));
    return {
      ...{ name, version: session.version, loadMs: session.loadMs, firstMs: ms },
      results: resultsOf(session, outputs, program, file),
      slice: (milliseconds) => child.ask('slice', milliseconds),
      close: () => {
        child.close();
      },
    };
  } catch (error) {
    child.close();
    throw error;
  }
}

/** The process with one package. */
class Child {
  readonly #process = fork(fileURLToPath(new URL('onnx_child.js', import.meta.url)), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  #refuse: (message: string) => void = () => undefined;

  /** `what` it is for, in errors. */
  constructor(readonly what: string) {
    this.#process.on('error', ({ message }) => {
      this.#refuse(message);
    });
    this.#process.on('exit', (status, signal) => {
      this.#refuse(`its process ended with ${signal ?? `status ${status ?? ''}`}`);
    });
  }

  /** One after the other. */
  ask<Name extends keyof Requests>(
    what: Name,
    request: Requests[Name]['request'],
  ): Promise<Requests[Name]['answer']> {
    return new Promise((resolve, reject) => {
      this.#refuse = (message) => {
        reject(new WebHLOError('invalid_argument', `${this.what}: ${message}`));
      };
      this.#process.once('message', (message: { answer: never; error?: string }) => {
        if (message.error === undefined) resolve(message.answer);
        else this.#refuse(message.error);
      });
      this.#process.send({ what, request });
    });
  }

  close(): void {
    this.#process.kill();
  }
}

/** Names that both sides have; where each has one, these. */
function pairs<T extends { readonly name: string }>(
  names: readonly string[],
  ports: readonly T[],
): { theirs: string; ours: T }[] {
  const [onlyName, onlyPort] = [names[0], ports[0]];
  if (names.length === 1 && ports.length === 1 && onlyName !== undefined && onlyPort) {
    return [{ theirs: onlyName, ours: onlyPort }];
  }
  return names.flatMap((theirs) => {
    const ours = ports.find(({ name }) => name === theirs);
    return ours ? [{ theirs, ours }] : [];
  });
}

function feedsOf(
  { inputNames, types }: Opened,
  { inputs: ports }: Program,
  inputs: Inputs,
  file: string,
): Record<string, Value> {
  const found = pairs(inputNames, ports);
  const missing = inputNames.filter((name) => !found.some(({ theirs }) => theirs === name));
  if (missing.length > 0) {
    fail(
      'invalid_argument',
      `${file} takes ${missing.join(', ')}; the inputs of the program are ${namesOf(ports)}`,
    );
  }
  return Object.fromEntries(
    found.map(({ theirs, ours: { name, dtype, shape } }) => {
      const given = inputs[name];
      if (given === undefined) fail('invalid_argument', `there is no input "${name}"`);
      const known = shape.includes(null) ? {} : { shape: shape as readonly number[] };
      const value = given instanceof Tensor ? given : new Tensor(given, { dtype, ...known });
      const own = Object.keys(dtypes).find((type) => dtypes[type] === value.dtype);
      const type = types[theirs] ?? own ?? '';
      const data = dataAs(type, value, theirs);
      if (data === undefined) {
        const text = typeText(value.dtype, value.shape);
        fail(
          'invalid_argument',
          `${file} takes "${theirs}" as ${type || 'nothing'}, not as ${text}`,
        );
      }
      return [theirs, { type, data, dims: value.shape }];
    }),
  );
}

/** Integers in the width that is asked for, as exporters of ONNX make int64 of what others make i32. */
function dataAs(type: string, value: Tensor, name: string): TypedArray | undefined {
  const dtype = dtypes[type];
  const data = value.data();
  if (dtype === undefined || dtype === value.dtype) return dtype && data;
  const info = dtypeInfo(dtype);
  if (!info.integer || !dtypeInfo(value.dtype).integer) return undefined;
  return fromNumbers(Array.from(data as Int32Array), info, value.shape, `input "${name}"`);
}

function resultsOf(
  { outputNames }: Opened,
  outputs: Readonly<Record<string, Value>>,
  { outputs: ports }: Program,
  file: string,
): Map<string, ArrayLike<number>> {
  const found = pairs(outputNames, ports);
  if (found.length === 0) {
    fail(
      'invalid_argument',
      `${file} answers ${outputNames.join(', ')}; the results of the program are ${namesOf(ports)}`,
    );
  }
  return new Map(
    found.map(({ theirs, ours }) => {
      const { type, data, dims } = outputs[theirs] as Value;
      const dtype = dtypes[type];
      if (!dtype) fail('unsupported', `${file} answers "${theirs}" as ${type}`);
      return [ours.name, numbers(new Tensor(data, { dtype, shape: dims }))];
    }),
  );
}

const namesOf = (ports: readonly { readonly name: string }[]): string =>
  ports.map(({ name }) => name).join(', ');
