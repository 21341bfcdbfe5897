// SPDX-License-Identifier: Apache-2.0
// A signal and a deadline reach into one long step: each program here is a single one. The event loop
// turns while it runs, or the signal could not fire before its end; and a run that was left in the
// middle leaves nothing behind for the next.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load, Tensor, WebHLOError } from "../../js/dist/index.js";

const cancelled = (error) => {
  assert.ok(error instanceof WebHLOError, error.stack);
  assert.equal(error.code, "cancelled", error.message);
  return true;
};

const sines = (n, count) => {
  const type = `tensor<${n}xf32>`;
  const lines = Array.from(
    { length: count },
    (_, i) => `%${i + 1} = stablehlo.sine %${i} : ${type}`,
  );
  return `module { func.func public @main(%x: ${type}) -> ${type} {
    %0 = stablehlo.add %x, %x : ${type}
    ${lines.join("\n")}
    return %${count} : ${type} } }`;
};

const matrix = (rows, columns) => `tensor<${rows}x${columns}xf32>`;

const product = (n) => `module {
  func.func public @main(%x: ${matrix(n, n)}, %y: ${matrix(n, n)}) -> ${matrix(n, n)} {
    %0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0]
      : (${matrix(n, n)}, ${matrix(n, n)}) -> ${matrix(n, n)}
    return %0 : ${matrix(n, n)} } }`;

const convolution = (size, channels) => {
  const image = `tensor<1x${size}x${size}x${channels}xf32>`;
  const filter = `tensor<3x3x${channels}x${channels}xf32>`;
  return `module {
  func.func public @main(%x: ${image}, %k: ${filter} loc("k")) -> ${image} {
    %0 = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
      window = {pad = [[1, 1], [1, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
      : (${image}, ${filter}) -> ${image}
    return %0 : ${image} } }`;
};

const transposition = (n) => {
  const from = `tensor<${n}x${n}x3xf32>`;
  const to = `tensor<3x${n}x${n}xf32>`;
  return `module {
  func.func public @main(%x: ${from}) -> ${to} {
    %0 = stablehlo.transpose %x, dims = [2, 1, 0] : (${from}) -> ${to}
    return %0 : ${to} } }`;
};

// The inputs' values at index i, and the right value of the result at index i.
const programs = {
  "a fused loop": {
    text: sines(6_000_000, 24),
    inputs: { x: (i) => (i % 100) / 100 },
    expected(i) {
      let value = 2 * ((i % 100) / 100);
      for (let k = 0; k < 24; k++) value = Math.sin(value);
      return value;
    },
  },
  "a product": {
    text: product(1536),
    inputs: { x: (i) => i % 2, y: (i) => (i % 1536) % 5 },
    expected: (i) => ((i % 1536) % 5) * (1536 / 2),
  },
  "a convolution": {
    text: convolution(96, 192),
    weights: {
      k: new Tensor(new Float32Array(9 * 192 * 192).fill(0.5), {
        shape: [3, 3, 192, 192],
      }),
    },
    inputs: { x: () => 1 },
    expected(i) {
      const x = Math.floor(i / 192) % 96;
      const y = Math.floor(i / 192 / 96);
      const taps = (at) => (at === 0 || at === 95 ? 2 : 3);
      return 0.5 * 192 * taps(x) * taps(y);
    },
  },
  "a transposition": {
    text: transposition(3600),
    inputs: { x: (i) => i % 1000 },
    expected(i) {
      const row = i % 3600;
      const column = Math.floor(i / 3600) % 3600;
      const channel = Math.floor(i / 3600 / 3600);
      return ((row * 3600 + column) * 3 + channel) % 1000;
    },
  },
};

const length = ({ shape }) => shape.reduce((a, b) => a * b, 1);

for (const [name, { text, weights, inputs, expected }] of Object.entries(
  programs,
)) {
  for (const threads of [1, 2]) {
    test(`a signal and a deadline end ${name} in the middle (threads: ${threads})`, async () => {
      const model = await load(new TextEncoder().encode(text), {
        threads,
        weights,
      });
      try {
        const given = Object.fromEntries(
          model.inputs.map((port, k) => {
            const value = Object.values(inputs)[k];
            return [
              port.name,
              Float32Array.from({ length: length(port) }, (_, i) => value(i)),
            ];
          }),
        );
        const controller = new AbortController();
        const run = model.run(given, { signal: controller.signal });
        setImmediate(() => {
          controller.abort();
        });
        await assert.rejects(run, cancelled);
        await assert.rejects(model.run(given, { deadline: 1 }), cancelled);
        assert.throws(() => model.runSync(given, { deadline: 1 }), cancelled);

        const [result] = Object.values(model.runSync(given));
        for (let i = 0; i < result.length; i += 997) {
          const right = expected(i);
          assert.ok(
            Math.abs(result[i] - right) <= 1e-4 * Math.abs(right),
            `${result[i]} at ${i} should be ${right}`,
          );
        }
      } finally {
        model.dispose();
      }
    });
  }
}

test("the event loop turns while a large input is copied", async () => {
  const elements = 2 ** 26;
  const text = `module {
    func.func public @main(%x: tensor<${elements}xf32>) -> tensor<1xf32> {
      %0 = stablehlo.slice %x [${elements - 1}:${elements}] : (tensor<${elements}xf32>) -> tensor<1xf32>
      return %0 : tensor<1xf32> } }`;
  const model = await load(new TextEncoder().encode(text), { threads: 1 });
  const [{ name: input }] = model.inputs;
  const [{ name: output }] = model.outputs;
  const x = new Float32Array(elements);
  x[elements - 1] = 7;
  const controller = new AbortController();
  const abort = setImmediate(() => controller.abort());
  const { signal } = controller;
  await assert.rejects(model.run({ [input]: x }, { signal }), cancelled);
  clearImmediate(abort);
  assert.throws(
    () => model.runSync({ [input]: x }, { deadline: 5 }),
    cancelled,
  );
  assert.equal(model.runSync({ [input]: x })[output][0], 7);
  model.dispose();
});

test("the event loop turns while a large result is copied", async () => {
  const type = `tensor<${2 ** 26}xf32>`;
  const text = `module {
    func.func public @main(%x: ${type}) -> ${type} { return %x : ${type} } }`;
  const model = await load(new TextEncoder().encode(text), { threads: 1 });
  const [{ name: input }] = model.inputs;
  const [{ name: output }] = model.outputs;
  const x = new Float32Array(2 ** 26);
  x[x.length - 1] = 7;
  const kept = model.runSync({ [input]: x }, { keep: [output] })[output];
  const controller = new AbortController();
  const abort = setImmediate(() => controller.abort());
  const { signal } = controller;
  await assert.rejects(model.run({ [input]: kept }, { signal }), cancelled);
  clearImmediate(abort);
  const late = { deadline: 5 };
  assert.throws(() => model.runSync({ [input]: kept }, late), cancelled);
  assert.equal(model.runSync({ [input]: kept })[output].at(-1), 7);
  const never = { deadline: 60_000 };
  const { [output]: y } = await model.run({ [input]: kept }, never);
  assert.equal(y.at(-1), 7);
  setImmediate(() => model.dispose());
  await assert.rejects(model.run({ [input]: x }, never), /was disposed/);
});

test("a model that is disposed of while its results are copied gives none", async () => {
  const type = `tensor<${2 ** 26}xf32>`;
  const text = `module {
    func.func public @main(%x: tensor<f32>) -> ${type} {
      %0 = stablehlo.broadcast_in_dim %x, dims = [] : (tensor<f32>) -> ${type}
      return %0 : ${type} } }`;
  const model = await load(new TextEncoder().encode(text), { threads: 1 });
  const [{ name: input }] = model.inputs;
  const inputs = { [input]: Float32Array.of(7) };
  // The addresses are known from here on, and nothing has to be asked any more.
  model.runSync(inputs);
  const bytes = Uint8Array.prototype.set;
  let disposed = false;
  Uint8Array.prototype.set = function set(...args) {
    bytes.apply(this, args);
    if (disposed || this.buffer.byteLength !== 2 ** 28) return;
    setImmediate(() => model.dispose());
    disposed = true;
  };
  try {
    const never = { deadline: 60_000 };
    await assert.rejects(model.run(inputs, never), /was disposed/);
  } finally {
    Uint8Array.prototype.set = bytes;
  }
  assert.ok(disposed);
});
