// SPDX-License-Identifier: Apache-2.0
// Nothing runs past its deadline or its signal: computations of every op that has one, preparing
// weights while a model loads, and sources that never end. Afterwards everything works as before.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load, Tensor, WebHLOError } from "../../js/dist/index.js";

const cancelled = (error) => {
  assert.ok(error instanceof WebHLOError, String(error?.stack ?? error));
  assert.equal(error.code, "cancelled", error.message);
  return true;
};

// Far more than any of this takes, and far less than for ever.
const soon = 5000;
async function ends(promise) {
  const started = performance.now();
  // The timer of AbortSignal.timeout keeps no process alive, and what stalls is nothing that would.
  const alive = setInterval(() => {}, 1000);
  try {
    await assert.rejects(promise, cancelled);
  } finally {
    clearInterval(alive);
  }
  assert.ok(performance.now() - started < soon);
}

// %loop is %x, after a loop that goes on as long as %x is negative.
const loop = `
  %loop = stablehlo.while(%v = %x) : tensor<f32>
  cond {
    %half = stablehlo.constant dense<0.5> : tensor<f32>
    %go = stablehlo.compare LT, %v, %half : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %go : tensor<i1>
  } do {
    stablehlo.return %v : tensor<f32>
  }`;
const add = `
  %r = stablehlo.add %y, %loop : tensor<f32>
  stablehlo.return %r : tensor<f32>`;
const accumulators = "(%y: tensor<f32>, %x: tensor<f32>)";

/** Programs of one argument of four elements. */
const endless = {
  map: `%0 = "stablehlo.map"(%a) ({ ^bb0(%x: tensor<f32>): ${loop}
      stablehlo.return %loop : tensor<f32>
    }) {dimensions = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xf32>`,
  sort: `%0 = "stablehlo.sort"(%a) ({ ^bb0${accumulators}: ${loop}
      %r = stablehlo.compare LT, %loop, %y : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %r : tensor<i1>
    }) {dimension = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>`,
  reduce: `%z = stablehlo.constant dense<0.0> : tensor<f32>
    %s = "stablehlo.reduce"(%a, %z) ({ ^bb0${accumulators}: ${loop} ${add}
    }) {dimensions = array<i64: 0>} : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
    %0 = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<4xf32>`,
  scatter: `%i = stablehlo.constant dense<[[0], [1], [2], [3]]> : tensor<4x1xi32>
    %z = stablehlo.constant dense<0.0> : tensor<4xf32>
    %0 = "stablehlo.scatter"(%z, %i, %a) ({ ^bb0${accumulators}: ${loop} ${add}
    }) {scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0],
        scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}
      : (tensor<4xf32>, tensor<4x1xi32>, tensor<4xf32>) -> tensor<4xf32>`,
};
const program = (body, location) =>
  new TextEncoder().encode(`module {
  func.func public @main(%a: tensor<4xf32> loc("${location}")) -> (tensor<4xf32> {jax.result_info = "result['y']"}) {
    ${body}
    return %0 : tensor<4xf32>
  }
}`);
const positive = Float32Array.of(1, 1, 1, 1);
const negative = Float32Array.of(-1, -1, -1, -1);

for (const [name, body] of Object.entries(endless)) {
  test(`an endless loop in ${name} ends by deadline and by signal, and the model is usable`, async () => {
    const model = await load(program(body, "x"), { threads: 1 });
    for (let i = 0; i < 2; i++) {
      await ends(model.run({ x: negative }, { deadline: 20 }));
      await ends(
        model.run({ x: negative }, { signal: AbortSignal.timeout(20) }),
      );
      assert.throws(
        () => model.runSync({ x: negative }, { deadline: 20 }),
        cancelled,
      );
      assert.equal((await model.run({ x: positive })).y.length, 4);
    }
    model.dispose();
  });

  test(`so it does in an init plan of ${name}, while the model loads`, async () => {
    const bytes = program(body, "weights['w']");
    const options = { threads: 1, weights: { w: new Tensor(negative) } };
    await ends(load(bytes, { ...options, deadline: 50 }));
    await ends(load(bytes, { ...options, signal: AbortSignal.timeout(50) }));
    const model = await load(bytes, {
      threads: 1,
      weights: { w: new Tensor(positive) },
      deadline: 60_000,
    });
    assert.equal((await model.run({})).y.length, 4);
    model.dispose();
  });
}

test("a sort of many elements ends in the middle of its step", async () => {
  const type = "tensor<1000000xf32>";
  const bytes = new TextEncoder().encode(`module {
    func.func public @main(%a: ${type} loc("x")) -> ${type} {
      %0 = "stablehlo.sort"(%a) ({ ^bb0(%x: tensor<f32>, %y: tensor<f32>):
        %m = stablehlo.negate %x : tensor<f32>
        %n = stablehlo.negate %y : tensor<f32>
        %r = stablehlo.compare GT, %m, %n : (tensor<f32>, tensor<f32>) -> tensor<i1>
        stablehlo.return %r : tensor<i1>
      }) {dimension = 0 : i64} : (${type}) -> ${type}
      return %0 : ${type}
    }
  }`);
  const model = await load(bytes, { threads: 1 });
  // In no order: many times what passes before it is ended.
  const x = Float32Array.from({ length: 1e6 }, (_, i) => (i * 7919) % 1e6);
  await ends(model.run({ x }, { deadline: 10 }));
  await ends(model.run({ x }, { signal: AbortSignal.timeout(10) }));
  model.dispose();
});

const body = (start) => new Response(new ReadableStream(start));
const simple = program("%0 = stablehlo.negate %a : tensor<4xf32>", "x");
const ways = [
  ["a deadline", () => ({ deadline: 50 })],
  ["a signal", () => ({ signal: AbortSignal.timeout(50) })],
];
for (const [way, options] of ways) {
  test(`${way} ends a load whose source stalls`, async () => {
    let closed = false;
    const stalled = body({
      start(controller) {
        controller.enqueue(simple.subarray(0, 100));
      },
      cancel() {
        closed = true;
      },
    });
    await ends(load(stalled, options()));
    assert.ok(closed, "its stream is cancelled");
  });

  test(`${way} ends a load whose source gives empty chunks for ever`, async () => {
    const empty = body({
      pull(controller) {
        controller.enqueue(new Uint8Array(0));
      },
    });
    await ends(load(empty, options()));
  });

  test(`${way} ends a load whose weights stall`, async () => {
    const stalled = body({ start() {} });
    const weighted = program(
      "%0 = stablehlo.negate %a : tensor<4xf32>",
      "weights['w']",
    );
    await ends(load(weighted, { weights: stalled, ...options() }));
  });
}

test("a load in time is a load as ever, and a deadline that is none is refused", async () => {
  const model = await load(simple, {
    deadline: 60_000,
    signal: new AbortController().signal,
  });
  assert.deepEqual((await model.run({ x: positive })).y, negative);
  model.dispose();
  await ends(load(simple, { deadline: 0 }));
  for (const deadline of [NaN, -1, "soon"]) {
    await assert.rejects(
      load(simple, { deadline }),
      (error) => error.code === "invalid_argument",
    );
  }
});
