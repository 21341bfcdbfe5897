// SPDX-License-Identifier: Apache-2.0
// A package of ONNX Runtime in a process of its own, as two of them in one process take each other's place. It answers
// one request after the other; what fails is answered as `error`.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

import { fail, messageOf } from '../errors.js';
import type { TypedArray } from '../dtype.js';
import { slice } from './times.js';

export interface Value {
  readonly type: string;
  readonly data: TypedArray;
  readonly dims: readonly number[];
}

export interface Requests {
  /** Finds the package from the working folder and opens the model in it. */
  open: {
    request: { readonly name: string; readonly file: string; readonly threads: number };
    answer: Opened;
  };
  /** Keeps the inputs, and answers what one run of them made, and the milliseconds that took. */
  run: {
    request: Readonly<Record<string, Value>>;
    answer: { readonly outputs: Readonly<Record<string, Value>>; readonly ms: number };
  };
  /** Runs for so many milliseconds, and answers those of each run. */
  slice: { request: number; answer: readonly number[] };
}

export interface Opened {
  readonly version: string;
  /** Until it could run. */
  readonly loadMs: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** By input; older versions do not tell. */
  readonly types: Readonly<Record<string, string>>;
}

/** What is used of the API that both packages have. */
interface Runtime {
  readonly env: {
    readonly wasm: { numThreads?: number };
    readonly versions?: Readonly<Record<string, string | undefined>>;
  };
  readonly Tensor: new (type: string, data: TypedArray, dims: readonly number[]) => Value;
  readonly InferenceSession: {
    create(model: Uint8Array | string, options: object): Promise<Session>;
  };
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata?: readonly { readonly name: string; readonly type?: string }[];
  run(feeds: Readonly<Record<string, Value>>): Promise<Readonly<Record<string, Value>>>;
}

let runtime: Runtime;
let session: Session;
let feeds: Readonly<Record<string, Value>> = {};

type Handlers = {
  [Name in keyof Requests]: (
    request: Requests[Name]['request'],
  ) => Promise<Requests[Name]['answer']>;
};

const handlers: Handlers = {
  async open({ name, file, threads }) {
    const start = performance.now();
    try {
      runtime = createRequire(path.resolve('package.json'))(name) as Runtime;
    } catch (error) {
      fail('invalid_argument', `cannot import ${name}: ${messageOf(error)}`);
    }
    const isWeb = name === 'onnxruntime-web';
    if (isWeb) runtime.env.wasm.numThreads = threads;
    // The one reads what is beside a model, the other is given it.
    const [model, options] = isWeb
      ? await withWeights(file)
      : [file, { intraOpNumThreads: threads }];
    // What is no error would be on the terminal, between what the command prints.
    session = await runtime.InferenceSession.create(model, {
      ...options,
      executionProviders: [isWeb ? 'wasm' : 'cpu'],
      logSeverityLevel: 3,
    });
    const { inputNames, outputNames, inputMetadata = [] } = session;
    return {
      ...{ inputNames, outputNames },
      loadMs: performance.now() - start,
      version: runtime.env.versions?.[isWeb ? 'web' : 'node'] ?? '',
      types: Object.fromEntries(inputMetadata.map(({ name, type = '' }) => [name, type])),
    };
  },
  async run(inputs) {
    const { Tensor } = runtime;
    feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { type, data, dims }]) => [
        name,
        new Tensor(type, data, dims),
      ]),
    );
    const start = performance.now();
    const results = await session.run(feeds);
    const ms = performance.now() - start;
    const outputs = Object.fromEntries(
      Object.entries(results).map(([name, { type, data, dims }]) => [name, { type, data, dims }]),
    );
    return { outputs, ms };
  },
  slice: (milliseconds) => slice(() => session.run(feeds), milliseconds),
};

/**
 * A model, and the files beside it that hold its weights. It names them in protocol buffers of a key and a value,
 * { 1: "location", 2: NAME }.
 */
async function withWeights(file: string): Promise<[Buffer, object]> {
  const model = await readFile(file);
  const key = Buffer.from('\x0a\x08location\x12');
  const names = new Set<string>();
  for (let at = model.indexOf(key); at >= 0; at = model.indexOf(key, at + 1)) {
    let next = at + key.length;
    let length = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = model[next++] ?? 0;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    names.add(model.toString('utf8', next, next + length));
  }
  const externalData = await Promise.all(
    [...names].map(async (name) => ({
      path: name,
      data: await readFile(path.join(path.dirname(file), name)),
    })),
  );
  return [model, { externalData }];
}

process.on('message', (message: { what: keyof Requests; request: never }) => {
  handlers[message.what](message.request).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: messageOf(error) }),
  );
});
process.on('disconnect', () => process.exit());
