// SPDX-License-Identifier: Apache-2.0
// The worker of `load(..., { worker: true })`: it holds one model and does what its caller (remote.ts) asks by
// message. Built into one file with all that it needs, since bundlers make one script of a worker.

import { registerCustomCall } from './custom_calls.js';
import type { CustomCall } from './custom_calls.js';
import { isTypedArray } from './dtype.js';
import type { TypedArray } from './dtype.js';
import { fail } from './errors.js';
import { useAddresses } from './files_of_worker.js';
import { loadHere } from './load.js';
import type { InspectStage, Model } from './model.js';
import type { Program } from './program.js';
import type { Inputs, RunOptions } from './runs.js';
import { isNode, nodeModule } from './sources.js';
import type { Source } from './sources.js';
import { Tensor } from './tensor.js';
import { errorToWire, isWireTensor, mapValues, Packing, unpack } from './wire.js';
import type { FromWorker, Request, ToWorker, WireLoad, WireModel, WireProgram } from './wire.js';
import type { WireResult, WireResults, WireSource, WireTensor, WireValues } from './wire.js';

type Results = TypedArray | Tensor | (TypedArray | Tensor)[];

/** Goes through a run to the caller, who knows what its function threw. */
class HostCallFailed extends Error {
  constructor(readonly hostCall: number) {
    super('a custom call failed');
  }
}

let loaded: Model | undefined;
/** Of requests that have a signal. */
const aborts = new Map<number, AbortController>();
/** Results that runs have kept. */
const kept = new Map<number, Tensor>();
const hostCalls = new Map<number, (results: WireResults | undefined) => void>();
/** Of tensors and of host calls. */
let lastNumber = 0;

const port = isNode ? nodeModule('node:worker_threads').parentPort : globalThis;

function post(message: FromWorker, transfer: Iterable<Transferable> = []): void {
  (port as { postMessage: (message: unknown, transfer: Transferable[]) => void }).postMessage(
    message,
    [...transfer],
  );
}

function receive(message: ToWorker): void {
  if ('request' in message) {
    const abort = message.abortable ? new AbortController() : undefined;
    if (abort) aborts.set(message.id, abort);
    void answer(message.id, message.request, abort?.signal);
  } else if ('abort' in message) {
    aborts.get(message.abort)?.abort();
  } else if ('dispose' in message) {
    kept.get(message.dispose)?.dispose();
    kept.delete(message.dispose);
  } else {
    hostCalls.get(message.answer)?.(message.results);
    hostCalls.delete(message.answer);
  }
}

async function answer(
  reply: number,
  request: Request,
  signal: AbortSignal | undefined,
): Promise<void> {
  const packing = new Packing();
  let inputs: Inputs = {};
  const gone = () =>
    Object.entries(inputs).flatMap(([name, input]) =>
      input instanceof Tensor && input.isGone ? name : [],
    );
  try {
    if ('inputs' in request) inputs = unpackInputs(request.inputs);
    const value = await handle(request, inputs, signal, packing);
    post({ reply, value, gone: gone() }, packing.transfer);
  } catch (error) {
    const hostCall = error instanceof HostCallFailed ? error.hostCall : undefined;
    post({ reply, error: errorToWire(error), hostCall, gone: gone() });
  } finally {
    aborts.delete(reply);
  }
}

async function handle(
  request: Request,
  inputs: Inputs,
  signal: AbortSignal | undefined,
  packing: Packing,
): Promise<unknown> {
  if ('load' in request) return load(request.load);
  if ('read' in request) return packing.array(tensorOf(request.read).data(), true);
  const model = loaded ?? fail('internal', 'the worker holds no model');
  if ('get' in request) return request.get === 'memory' ? model.memory : model.tuned;
  if ('inspect' in request) {
    return model.inspect(request.inspect as InspectStage, request.program);
  }
  const options = { ...request.options, ...(signal && { signal }) };
  if ('warmup' in request) return programOf(model, request.warmup).warmup(options);
  if ('profile' in request) return programOf(model, request.profile).profile(inputs, options);
  const results = await programOf(model, request.run).run(inputs, options as RunOptions);
  return mapValues(results, (result) =>
    isTypedArray(result) ? packing.array(result, true) : keep(result),
  );
}

async function load(wire: WireLoad): Promise<WireModel> {
  useAddresses(wire.addresses);
  for (const target of wire.targets) registerCustomCall(target, askCaller);
  const tensors = mapValues(wire.tensors, unpack);
  const model = await loadHere(mapValues(wire.programs, sourceOf), {
    ...wire.options,
    ...(wire.files.length > 0 && { weights: wire.files.map(sourceOf) }),
    ...(Object.keys(tensors).length > 0 && { weights: tensors }),
    ...(wire.reports && {
      onProgress: (...progress) => {
        post({ progress });
      },
    }),
  });
  loaded = model;
  const { metadata, threads, variant } = model;
  const programs = Object.values(model.programs).map(
    ({ name, producer, inputs, outputs }): WireProgram => ({ name, producer, inputs, outputs }),
  );
  return { programs, metadata, threads, variant };
}

function sourceOf(source: WireSource): Source {
  if (typeof source !== 'object' || !('headers' in source)) return source as Source;
  const { body, url, headers } = source;
  const response = new Response(body, { headers: headers as [string, string][] });
  return Object.defineProperty(response, 'url', { value: url });
}

function programOf(model: Model, name: string): Program {
  return model.programs[name] ?? fail('internal', `the worker has no program ${name}`);
}

function unpackInputs(inputs: WireValues): Inputs {
  return mapValues(inputs, (value) => {
    if (!isWireTensor(value)) return value;
    return typeof value.values === 'number' ? tensorOf(value.values) : unpack(value);
  }) as Inputs;
}

function tensorOf(number: number): Tensor {
  // It stays until the caller disposes of it, even if a run has used it up.
  return kept.get(number) ?? fail('internal', `the worker keeps no tensor ${number}`);
}

function keep(tensor: Tensor): WireTensor {
  const { dtype, shape } = tensor;
  kept.set(++lastNumber, tensor);
  return { dtype, shape, values: lastNumber };
}

/** The function of all custom calls that the caller's functions answer. */
function askCaller(inputs: readonly Tensor[], call: CustomCall): Promise<Results> {
  const packing = new Packing();
  const hostCall = ++lastNumber;
  const wire = inputs.map((input) => packing.tensor(input, true));
  return new Promise((resolve, reject) => {
    hostCalls.set(hostCall, (results) => {
      if (results === undefined) reject(new HostCallFailed(hostCall));
      else resolve(isList(results) ? results.map(unpackResult) : unpackResult(results));
    });
    post({ hostCall, inputs: wire, call }, packing.transfer);
  });
}

function isList(results: WireResults): results is readonly WireResult[] {
  return Array.isArray(results);
}

function unpackResult(result: WireResult): TypedArray | Tensor {
  return isWireTensor(result) ? unpack(result) : result;
}

if (isNode) {
  nodeModule('node:worker_threads').parentPort?.on('message', receive);
} else {
  globalThis.onmessage = ({ data }) => {
    receive(data as ToWorker);
  };
}
