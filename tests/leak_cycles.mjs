// SPDX-License-Identifier: Apache-2.0
// Models that are loaded, run and given up in every way, over and over, in Node or in a page that has
// gc(): what tests/js/leaks.test.mjs and tests/browser/leaks.test.mjs share. Nothing of a model may
// stay: its memory is the object that holds all the rest, so this watches every memory that is made.

/** What is tried, and how often: in every test run, and when the suite `leaks` is named. */
export const kinds = [
  { kind: 'ok', threads: 2, short: 20, long: 1000 },
  { kind: 'ok', threads: 1, short: 20, long: 10000 },
  { kind: 'fail', threads: 2, short: 20, long: 1000 },
  { kind: 'abort', threads: 2, short: 20, long: 500 },
  { kind: 'trap', threads: 2, short: 20, long: 200 },
];

/** Resident memory may grow by this much after the first tenth of a long run. */
export const allowedBytes = 32 * 2 ** 20;

/**
 * Runs a row of `kinds` on `place`: { cycles(kind, threads, count) } as below, resolving to its answer,
 * and { resident() }. Answers { alive, grown }: memories that are left, and bytes.
 */
export async function measure(place, { kind, threads }, count) {
  let first;
  let alive;
  for (let tenth = 1; tenth <= 10; tenth++) {
    alive = await place.cycles(kind, threads, Math.ceil(count / 10));
    first ??= await place.resident();
  }
  // On a busy machine the last workers take their time to end.
  let grown;
  for (let tries = 0; tries < 20; tries++) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 250));
    grown = (await place.resident()) - first;
    if (grown < allowedBytes) break;
  }
  return { alive, grown };
}

const memories = new Set();

/** Makes `load` of the package and `bytes` of digits.whlo into cycles(kind, threads, count). */
export function makeCycles(load, bytes) {
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, args) {
      const memory = new target(...args);
      memories.add(new WeakRef(memory));
      return memory;
    },
  });
  return async (kind, threads, count) => {
    for (let i = 0; i < count; i++) {
      await ways[kind](load, bytes, threads);
    }
    return settle();
  };
}

const input = { image: new Float32Array(784) };

/** A program whose run is a function of the JIT. */
const compiled = new TextEncoder().encode(`
  func.func @main(%arg0: tensor<784xf32>) -> tensor<784xf32> {
    %0 = stablehlo.negate %arg0 : tensor<784xf32>
    return %0 : tensor<784xf32>
  }`);

const ways = {
  async ok(load, bytes, threads) {
    const model = await load(bytes, { threads });
    model.runSync(input);
    model.dispose();
  },
  async fail(load, bytes, threads) {
    const half = bytes.subarray(0, bytes.length >> 1);
    const error = await load(half, { threads }).catch((reason) => reason);
    expectError(error, 'invalid_model');
  },
  async abort(load, bytes, threads) {
    const controller = new AbortController();
    const { signal } = controller;
    setTimeout(() => controller.abort(), Math.random() * 30);
    try {
      const model = await load(bytes, { threads, signal });
      model.runSync(input);
      model.dispose();
    } catch (error) {
      expectError(error, 'cancelled');
    }
  },
  // No disposal: a model that trapped is dead.
  async trap(load, _, threads) {
    const model = await withBrokenJit(() => load(compiled, { threads }));
    try {
      model.runSync({ arg0: input.image });
    } catch (error) {
      expectError(error, 'internal');
      return;
    }
    throw new Error('the run did not trap');
  },
};

function expectError(error, code) {
  if (error?.code !== code) {
    throw new Error(`${code} expected, not ${String(error?.stack ?? error)}`);
  }
}

/** Loads a model whose compiled loops, on this thread, are functions that trap. */
async function withBrokenJit(make) {
  const { Instance, Module } = WebAssembly;
  // (module (func (export "f") unreachable))
  const code = Uint8Array.from(
    '0061736d 01000000 0104016000 00 03020100 0705010166 0000 0a05010300000b'
      .replaceAll(' ', '')
      .match(/../g),
    (byte) => parseInt(byte, 16),
  );
  const { f } = new Instance(new Module(code)).exports;
  WebAssembly.Instance = function (...args) {
    const { exports } = new Instance(...args);
    const names = Object.keys(exports);
    return { exports: Object.fromEntries(names.map((name) => [name, f])) };
  };
  try {
    return await make();
  } finally {
    WebAssembly.Instance = Instance;
  }
}

/** Collects until no memory is left, but not for ever; answers how many are. */
async function settle() {
  for (let turn = 0; memories.size > 0 && turn < 100; turn++) {
    // In a task of its own: what a task has looked at through a WeakRef lives until its end. Workers
    // that end tell so in a task too.
    await new Promise((resolve) => setTimeout(resolve, 50));
    gc();
    for (const memory of memories) {
      if (memory.deref() === undefined) memories.delete(memory);
    }
  }
  return memories.size;
}
