// SPDX-License-Identifier: Apache-2.0
// One runtime with one model and a thread count: opened, its answer compared with io.safetensors,
// then timed a slice at a time when the harness says so. The same code in a Node child and in a page;
// `place` says where things are: { peers, package, model } are base URLs, read(url) gives bytes.

import { parseSafetensors } from './safetensors.mjs';

const now = () => performance.now();
/** Milliseconds that this process computed, whatever else the machine did. Node only. */
const busy = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const memories = new Set();
let contender;

// Everything between two clock readings takes at least this long, so that the clock's grain is < 1 %.
const batchMilliseconds = 0.5;

/**
 * Starts a runtime from nothing and answers what that took, in milliseconds: { import, load,
 * firstRun, firstAnswer }, `error` against io.safetensors (null where not comparable), `memory`.
 */
export async function open({ runtime, threads, precision, source, model, place, computing }) {
  const clock = computing ? busy : now;
  watchMemories();
  const io = parseSafetensors(await place.read(`${place.model}/io.safetensors`));
  const inputs = {};
  for (const [key, tensor] of Object.entries(io)) {
    if (key.startsWith('in.')) inputs[key.slice(3)] = tensor;
  }
  const context = { ...place, ...model, threads, precision, source, inputs };
  const { prepare, create } = await import(`./runtimes/${runtime}.mjs`);
  const prepared = await prepare?.(context);
  let imported;
  const start = clock();
  contender = await create({ ...context, prepared, imported: () => (imported = clock()) });
  const loaded = clock();
  const outputs = await (contender.answer ?? contender.run)();
  const answered = clock();
  const error = contender.comparable === false ? null : errorOf(io, outputs, model.tolerance);
  return {
    import: imported - start,
    load: loaded - imported,
    firstRun: answered - loaded,
    firstAnswer: answered - start,
    error,
    hasSync: contender.runSync !== undefined,
    steps: contender.steps?.(),
    ...memory(),
  };
}

/**
 * Runs for about `milliseconds` and answers { times }: means over a batch, in ms a run; of the time that
 * the process computed, where `computing` is set.
 */
export async function slice({ milliseconds, sync, computing }) {
  const run = sync ? contender.runSync : contender.run;
  const clock = computing ? busy : now;
  const times = [];
  const end = now() + milliseconds;
  let batch = 1;
  do {
    const start = clock();
    if (sync) for (let i = 0; i < batch; i++) run();
    else for (let i = 0; i < batch; i++) await run();
    const time = (clock() - start) / batch;
    if (time * batch < batchMilliseconds) batch *= 2;
    else times.push(time);
  } while (now() < end || times.length === 0);
  return { times, ...memory() };
}

/** What the runtime says of its memory, and the bytes of all WebAssembly memories made here. */
function memory() {
  let bytes = 0;
  for (const one of memories) bytes += one.buffer.byteLength;
  return { wasmBytes: bytes, ownMemory: contender.memory?.() ?? null };
}

/** Memories never shrink, so the sum over all that were made or exported is the peak. */
function watchMemories() {
  const { Memory, Instance, instantiate, instantiateStreaming } = WebAssembly;
  const collect = (instance) => {
    for (const value of Object.values(instance.exports))
      if (value instanceof Memory) memories.add(value);
    return instance;
  };
  const collectResult = (result) => (collect(result.instance ?? result), result);
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor) {
      super(descriptor);
      memories.add(this);
    }
    static [Symbol.hasInstance](value) {
      return value instanceof Memory;
    }
  };
  WebAssembly.Instance = class extends Instance {
    constructor(module, imports) {
      super(module, imports);
      collect(this);
    }
  };
  WebAssembly.instantiate = (...rest) => instantiate(...rest).then(collectResult);
  WebAssembly.instantiateStreaming = (...rest) => instantiateStreaming(...rest).then(collectResult);
}

/** The largest over all outputs of max |difference| / max |expected|; throws where it is above `tolerance`. */
export function errorOf(io, outputs, tolerance = Number.MAX_VALUE) {
  let worst = 0;
  for (const [key, expected] of Object.entries(io)) {
    if (!key.startsWith('out.')) continue;
    const name = key.slice(4);
    const cache = /^(.*)_out\.at_pos$/.exec(name);
    const got = outputs[cache ? `${cache[1]}_out` : name];
    if (!got) throw new Error(`no output ${name}, only ${Object.keys(outputs)}`);
    const error = cache
      ? cacheError(got, expected.data, io[`in.${cache[1]}`], Number(io['in.pos'].data[0]))
      : relativeError(got, expected.data);
    worst = Math.max(worst, error);
  }
  if (!(worst <= tolerance)) throw new Error(`wrong answer, error ${worst}`);
  return worst;
}

function relativeError(got, expected) {
  if (got.length !== expected.length)
    throw new Error(`${got.length} values, not ${expected.length}`);
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const value = Math.abs(Number(expected[i]));
    if (value > scale && value < Infinity) scale = value;
    if (Object.is(got[i], expected[i])) continue;
    const d = Math.abs(Number(got[i] - expected[i]));
    if (!(d <= difference)) difference = d; // NaN stays, and shows.
  }
  return difference / (scale || 1);
}

/** A KV cache: [:, :, pos, :] is new and listed in the file, the rest comes back as it went in. */
function cacheError(got, expected, { shape, data: before }, pos) {
  const [layers, heads, length, width] = shape;
  const here = new Float32Array(expected.length);
  for (let block = 0; block < layers * heads; block++) {
    for (let i = 0; i < length * width; i++) {
      const at = block * length * width + i;
      if (Math.floor(i / width) === pos) here[block * width + (i % width)] = got[at];
      else if (got[at] !== before[at]) return Infinity;
    }
  }
  return relativeError(here, expected);
}
