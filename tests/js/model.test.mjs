// SPDX-License-Identifier: Apache-2.0
// load and run, on the built wasm: types in and out, names, errors after which the model still works,
// queues, signals, kept tensors, custom calls, several programs, memory limits.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  load,
  registerCustomCall,
  Tensor,
  WebHLOError,
} from "../../js/dist/index.js";
import { program, refused } from "./programs.mjs";

const affine = program(`module {
  func.func public @main(%arg0: tensor<3xf32> loc("weights['scale']"), %arg1: tensor<3xf32> loc("weights['bias']"),
      %arg2: tensor<2x3xf32> loc("inputs['x']")) -> (tensor<2x3xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %1 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %2 = stablehlo.multiply %arg2, %0 : tensor<2x3xf32>
    %3 = stablehlo.add %2, %1 : tensor<2x3xf32>
    return %3 : tensor<2x3xf32>
  }
}`);
const scaled = program(`module {
  func.func public @main(%arg0: tensor<3xf32> loc("weights['scale']"), %arg1: tensor<3xf32> loc("inputs['x']"))
      -> (tensor<3xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.multiply %arg1, %arg0 : tensor<3xf32>
    return %0 : tensor<3xf32>
  }
}`);
const weights = {
  scale: new Tensor([1, 2, 3]),
  bias: new Tensor([10, 20, 30]),
};
const x = Float32Array.of(1, 1, 1, 2, 2, 2);
const y = Float32Array.of(11, 22, 33, 12, 24, 36);

// Counts to n, which may be never.
const countTo = program(`module {
  func.func public @main(%arg0: tensor<i32> loc("inputs['n']")) -> (tensor<i32> {jax.result_info = "result['count']"}) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.while(%iterArg = %c) : tensor<i32>
    cond {
      %1 = stablehlo.compare NE, %iterArg, %arg0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %c_0 = stablehlo.constant dense<1> : tensor<i32>
      %1 = stablehlo.add %iterArg, %c_0 : tensor<i32>
      stablehlo.return %1 : tensor<i32>
    }
    return %0 : tensor<i32>
  }
}`);

const accumulate = program(`module {
  func.func public @main(%arg0: tensor<4xf32> loc("inputs['state']"), %arg1: tensor<4xf32> loc("inputs['x']"))
      -> (tensor<4xf32> {jax.result_info = "result['state']"}, tensor<4xf32> {jax.result_info = "result['twice']"}) {
    %0 = stablehlo.add %arg0, %arg1 : tensor<4xf32>
    %1 = stablehlo.add %0, %0 : tensor<4xf32>
    return %0, %1 : tensor<4xf32>, tensor<4xf32>
  }
}`);

const loaded = [];
const open = async (source, options = {}) => {
  const model = await load(source, { threads: 1, ...options });
  loaded.push(model);
  return model;
};
after(() => loaded.forEach((model) => model.dispose()));

let model;
before(async () => {
  model = await open(affine, { weights });
});

test("metadata tells names and types", () => {
  assert.deepEqual(model.inputs, [{ name: "x", dtype: "f32", shape: [2, 3] }]);
  assert.deepEqual(model.outputs, [{ name: "y", dtype: "f32", shape: [2, 3] }]);
  assert.deepEqual(Object.keys(model.programs), ["main"]);
  assert.equal(model.threads, 1);
  assert.match(model.variant, /^(simd|relaxed)$/);
  assert.ok(model.memory.wasm > 0);
});

test("run and runSync take typed arrays, numbers and tensors, and answer fresh arrays", async () => {
  const { y: first } = await model.run({ x });
  assert.deepEqual(first, y);
  const { y: second } = model.runSync({ x: new Float32Array(6) });
  assert.deepEqual(first, y);
  assert.deepEqual(second, Float32Array.of(10, 20, 30, 10, 20, 30));
  assert.ok(
    second.buffer instanceof ArrayBuffer && second.buffer.byteLength === 24,
  );
  for (const input of [
    [1, 1, 1, 2, 2, 2],
    [
      [1, 1, 1],
      [2, 2, 2],
    ],
    new Tensor(x, { shape: [2, 3] }),
  ]) {
    assert.deepEqual(model.runSync({ x: input }).y, y);
  }
});

test("a wrong input is told what was expected, and the model still works", async () => {
  const cases = [
    [{}, /takes "x" f32\[2,3\].*missing: x/],
    [{ x, z: x }, /not an input: z/],
    [{ z: x }, /missing: x.*not an input: z/],
    [
      { x: new Float32Array(5) },
      /input "x": expected f32\[2,3\], a Float32Array of length 6; got a Float32Array of length 5/,
    ],
    [
      { x: new Float64Array(6) },
      /Float32Array of length 6; got a Float64Array/,
    ],
    [
      {
        x: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      },
      /expected f32\[2,3\], got an array of 3 in dimension 0/,
    ],
    [{ x: [1, 2, 3, 4, 5, "6"] }, /element 5 is "6", expected a number/],
    [{ x: new Tensor(x, { shape: [3, 2] }) }, /f32\[2,3\].*f32\[3,2\]/],
    [
      { x: new Tensor([1, 2, 3, 4, 5, 6], { dtype: "i32", shape: [2, 3] }) },
      /i32\[2,3\]/,
    ],
  ];
  for (const [inputs, message] of cases) {
    await assert.rejects(
      model.run(inputs),
      refused("invalid_argument", message),
    );
    assert.throws(
      () => model.runSync(inputs),
      refused("invalid_argument", message),
    );
    assert.deepEqual(model.runSync({ x }).y, y);
  }
  for (const options of [
    { keep: ["z"] },
    { outputs: ["z"] },
    { donate: ["z"] },
    { donate: ["x"] },
  ]) {
    assert.throws(
      () => model.runSync({ x }, options),
      refused("invalid_argument", /z|"x" is no Tensor/),
    );
  }
});

test("a run answers the results that it is asked for", async () => {
  const steps = await load(
    program(`module {
  func.func public @main(%arg0: tensor<2xf32> loc("x"))
      -> (tensor<2xf32> {jax.result_info = "twice"}, tensor<2xf32> {jax.result_info = "square"}) {
    %0 = stablehlo.add %arg0, %arg0 : tensor<2xf32>
    %1 = stablehlo.multiply %arg0, %arg0 : tensor<2xf32>
    return %0, %1 : tensor<2xf32>, tensor<2xf32>
  }
}`),
  );
  const square = Float32Array.of(1, 9);
  const inputs = { x: [1, 3] };
  assert.deepEqual(steps.runSync(inputs, { outputs: ["square"] }), { square });
  assert.deepEqual(steps.runSync(inputs, { outputs: [] }), {});
  const kept = await steps.run(inputs, {
    outputs: ["square"],
    keep: ["twice"],
  });
  assert.deepEqual(Object.keys(kept), ["twice", "square"]);
  assert.deepEqual(kept.twice.toArray(), [2, 6]);
  assert.deepEqual(Object.keys(steps.runSync(inputs)), ["twice", "square"]);
  steps.dispose();
});

test("warmup runs on zeros, calls included, and answers nothing", async () => {
  const seen = [];
  registerCustomCall("warm", ([input]) => {
    seen.push(input.toArray());
    return input;
  });
  const called = await load(
    program(`module {
  func.func public @main(%arg0: tensor<2xi32> loc("x")) -> (tensor<2xi32> {jax.result_info = "y"}) {
    %0 = stablehlo.custom_call @warm(%arg0) : (tensor<2xi32>) -> tensor<2xi32>
    return %0 : tensor<2xi32>
  }
}`),
  );
  assert.equal(await called.warmup(), undefined);
  assert.deepEqual(seen, [
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  await called.programs.main.warmup({ runs: 1, deadline: 10_000 });
  assert.equal(seen.length, 4);
  await called.warmup({ runs: 0 });
  assert.equal(seen.length, 4);
  for (const options of [
    { runs: -1 },
    { runs: 0.5 },
    { times: 3 },
    { deadline: -1 },
  ]) {
    await assert.rejects(
      called.warmup(options),
      refused("invalid_argument", /warmup/),
    );
  }
  await assert.rejects(
    called.warmup({ signal: AbortSignal.abort() }),
    refused("cancelled", /by its signal/),
  );
  called.dispose();
});

test("every dtype goes in and comes back", async () => {
  const shape = "tensor<2x";
  const types = {
    i1: ["i1", Uint8Array.of(1, 0)],
    i8: ["i8", Int8Array.of(-128, 127)],
    i16: ["i16", Int16Array.of(-(2 ** 15), 7)],
    i32: ["i32", Int32Array.of(-(2 ** 31), 7)],
    i64: ["i64", BigInt64Array.of(-(2n ** 63n), 7n)],
    u8: ["ui8", Uint8Array.of(255, 0)],
    u16: ["ui16", Uint16Array.of(65535, 1)],
    u32: ["ui32", Uint32Array.of(2 ** 32 - 1, 1)],
    u64: ["ui64", BigUint64Array.of(2n ** 64n - 1n, 1n)],
    f16: ["f16", Uint16Array.of(0x3c00, 0x7e00)],
    bf16: ["bf16", Uint16Array.of(0x3f80, 0x7fc0)],
    f32: ["f32", Float32Array.of(NaN, -0)],
    f64: ["f64", Float64Array.of(1e300, -0)],
  };
  const names = Object.keys(types);
  const args = names.map(
    (n, i) => `%arg${i}: ${shape}${types[n][0]}> loc("inputs['${n}']")`,
  );
  const results = names.map(
    (n) => `${shape}${types[n][0]}> {jax.result_info = "result['${n}']"}`,
  );
  const text = `module { func.func public @main(${args}) -> (${results}) {
    return ${names.map((_, i) => `%arg${i}`)} : ${names.map((n) => `${shape}${types[n][0]}>`)}
  } }`;
  const identity = await open(program(text));
  const inputs = Object.fromEntries(names.map((n) => [n, types[n][1]]));
  const outputs = await identity.run(inputs);
  for (const name of names) {
    const data = new Tensor(outputs[name], { dtype: name }).data();
    const bytes = (array) =>
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    assert.deepEqual(bytes(data), bytes(types[name][1]), name);
  }
  assert.equal(outputs.f16.constructor, globalThis.Float16Array ?? Uint16Array);
  const again = await identity.run({
    ...inputs,
    i64: [-1, 2],
    u64: [1n, 2],
    i1: [true, false],
    f16: [1, 2],
  });
  assert.deepEqual(again.i64, BigInt64Array.of(-1n, 2n));
  assert.deepEqual(
    [...new Tensor(again.f16, { dtype: "f16" }).toFloat32()],
    [1, 2],
  );
});

// Every array that holds a dtype, by what it is given as: the same bits come back. The engine's own halves
// and the bits of halves are different arrays of one dtype.
const numbers = [0, 1, 2, 3];
const holders = {
  i1: [["i1", Uint8Array.of(0, 1, 1, 0)]],
  i8: [["i8", Int8Array.from([-128, 127, 0, 1])]],
  i16: [["i16", Int16Array.from([-(2 ** 15), 2 ** 15 - 1, 0, 1])]],
  i32: [["i32", Int32Array.from([-(2 ** 31), 2 ** 31 - 1, 0, 1])]],
  i64: [["i64", BigInt64Array.from([-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n])]],
  u8: [
    ["ui8", Uint8Array.of(0, 1, 254, 255)],
    ["ui8", Uint8ClampedArray.of(0, 1, 254, 255)],
  ],
  u16: [["ui16", Uint16Array.of(0, 1, 2 ** 15, 2 ** 16 - 1)]],
  u32: [["ui32", Uint32Array.of(0, 1, 2 ** 31, 2 ** 32 - 1)]],
  u64: [["ui64", BigUint64Array.of(0n, 1n, 2n ** 63n, 2n ** 64n - 1n)]],
  f16: [["f16", Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00)]],
  bf16: [["bf16", Uint16Array.of(0x3f80, 0xc000, 0x0001, 0x7f80)]],
  f8E4M3FN: [["f8E4M3FN", Uint8Array.of(0x38, 0xc0, 0x01, 0x7e)]],
  f8E5M2: [
    ["f8E5M2", Uint8Array.of(0x3c, 0xc0, 0x01, 0x7b)],
    ["f8E5M2", Uint8ClampedArray.of(0x3c, 0xc0, 0x01, 0x7b)],
  ],
  f32: [["f32", Float32Array.of(1.5, -0, 1e-45, Infinity)]],
  f64: [["f64", Float64Array.of(1e300, -0, 5e-324, Infinity)]],
  c64: [["complex<f32>", Float32Array.of(1, 2, 3, 4, 5, 6, 7, -0)]],
  c128: [["complex<f64>", Float64Array.of(1, 2, 3, 4, 5, 6, 7, -0)]],
};
if (globalThis.Float16Array) {
  holders.f16.push(["f16", Float16Array.of(1, -2, 2 ** -24, Infinity)]);
}
const bits = (array) => [
  ...new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
];

for (const [dtype, arrays] of Object.entries(holders)) {
  test(`${dtype}: whatever array holds it, wherever it goes in`, async () => {
    const type = `tensor<4x${arrays[0][0]}>`;
    const text = (body, result) => `module {
      func.func public @main(%arg0: ${type} loc("inputs['x']")) -> (${type} {jax.result_info = "result['y']"}) {
        ${body}
        return ${result} : ${type}
      }
    }`;
    const identity = await open(program(text("", "%arg0")));
    let held;
    registerCustomCall("test_holder", () => held);
    const asking = await open(
      program(
        text(
          `%0 = stablehlo.custom_call @test_holder(%arg0) : (${type}) -> ${type}`,
          "%0",
        ),
      ),
    );
    for (const [, array] of arrays) {
      const tensor = new Tensor(array, { dtype });
      const weight = await open(program(text("", "%arg0")), {
        weights: { x: tensor },
      });
      const zero = new Tensor(new array.constructor(array.length), { dtype });
      const answered = (answer) => {
        held = answer;
        return asking.runSync({ x: zero }).y;
      };
      const kept = identity.runSync({ x: array }, { keep: ["y"] }).y;
      const ways = {
        array: identity.runSync({ x: array }).y,
        tensor: identity.runSync({ x: tensor }).y,
        "in slices": (await identity.run({ x: tensor }, { deadline: 1e6 })).y,
        kept: identity.runSync({ x: kept }).y,
        "kept in another model": (
          await open(program(text("", "%arg0")))
        ).runSync({ x: kept }).y,
        weight: weight.runSync({}).y,
        answer: answered(array),
        "answered tensor": answered(tensor),
        "answered kept tensor": answered(kept),
      };
      for (const [way, result] of Object.entries(ways)) {
        const about = `${array.constructor.name}, ${way}`;
        assert.deepEqual(bits(result), bits(array), about);
        const read = new Tensor(result, { dtype }).toFloat32();
        assert.deepEqual(read, tensor.toFloat32(), about);
      }
    }
    // Plain numbers are converted, bits are not.
    if (!/^(f8|i1|c)/.test(dtype)) {
      const { y } = identity.runSync({ x: numbers });
      const read = new Tensor(y, { dtype }).toFloat32();
      assert.deepEqual([...read], numbers);
    }
  });
}

test("overlapping runs answer in the order of their calls", async () => {
  const counter = await open(countTo);
  const order = [];
  const runs = [200_000, 3, 100_000, 4].map(async (n, i) => {
    const options = i % 2 ? {} : { deadline: 60_000 };
    const { count } = await counter.run({ n: n }, options);
    order.push(n);
    return count[0];
  });
  assert.throws(
    () => counter.runSync({ n: 1 }),
    refused("invalid_argument", /under way/),
  );
  assert.deepEqual(await Promise.all(runs), [200_000, 3, 100_000, 4]);
  assert.deepEqual(order, [200_000, 3, 100_000, 4]);
});

test("a signal or a deadline ends an endless loop, and the model still works", async () => {
  const counter = await open(countTo);
  const started = performance.now();
  await assert.rejects(
    counter.run({ n: -1 }, { deadline: 50 }),
    refused("cancelled", /50 ms/),
  );
  assert.throws(
    () => counter.runSync({ n: -1 }, { deadline: 50 }),
    refused("cancelled", /50 ms/),
  );
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const signal = AbortSignal.timeout(100);
  await assert.rejects(
    counter.run({ n: -1 }, { signal }),
    refused("cancelled", /signal/),
  );
  clearInterval(timer);
  assert.ok(ticks >= 3, `the event loop had ${ticks} turns`);
  const controller = new AbortController();
  const first = counter.run({ n: -1 }, { deadline: 200 });
  const waiting = counter.run({ n: 5 }, { signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, refused("cancelled", /signal/));
  await assert.rejects(first, refused("cancelled", /200 ms/));
  await assert.rejects(
    counter.run({ n: 5 }, { signal: AbortSignal.abort() }),
    refused("cancelled", /signal/),
  );
  assert.ok(performance.now() - started < 5000);
  assert.equal(counter.runSync({ n: 5 }).count[0], 5);
});

test("kept results are tensors in wasm memory, accepted as inputs and donated", async () => {
  const summer = await open(accumulate);
  const ones = Float32Array.of(1, 1, 1, 1);
  let { state, twice } = await summer.run(
    { state: ones, x: ones },
    { keep: ["state"] },
  );
  assert.ok(state instanceof Tensor);
  assert.deepEqual(twice, Float32Array.of(4, 4, 4, 4));
  const before = summer.memory.tensors;
  for (let i = 0; i < 10; i++) {
    const previous = state;
    ({ state, twice } = summer.runSync(
      { state, x: ones },
      { keep: ["state"], donate: ["state"] },
    ));
    assert.throws(
      () => previous.data(),
      refused("invalid_argument", /disposed or donated/),
    );
  }
  assert.equal(summer.memory.tensors, before);
  assert.deepEqual(state.data(), Float32Array.of(12, 12, 12, 12));
  assert.deepEqual(state.toFloat32(), state.data());
  const other = await open(accumulate);
  assert.deepEqual(
    other.runSync({ state, x: ones }).state,
    Float32Array.of(13, 13, 13, 13),
  );
  state.dispose();
  assert.throws(
    () => summer.runSync({ state, x: ones }),
    refused("invalid_argument", /disposed/),
  );
  assert.equal(summer.memory.tensors, 0);
});

// A state that the exporter donated, too: `sum` takes its memory.
const donating = program(`module {
  func.func public @main(%state: tensor<4xf32> {tf.aliasing_output = 0 : i32} loc("state"), %x: tensor<4xf32> loc("x"))
      -> (tensor<4xf32> {jax.result_info = "result['state']"}, tensor<4xf32> {jax.result_info = "result['twice']"}) {
    %0 = stablehlo.add %state, %x : tensor<4xf32>
    %1 = stablehlo.add %0, %0 : tensor<4xf32>
    return %0, %1 : tensor<4xf32>, tensor<4xf32>
  }
}`);

test("a result takes the memory of an input that the exporter and the caller donate", async () => {
  const summer = await open(donating);
  const x = Float32Array.of(1, 2, 3, 4);
  const times = (n) => x.map((value) => n * value);
  assert.deepEqual(summer.runSync({ state: x, x }), {
    state: times(2),
    twice: times(4),
  });
  let { state } = summer.runSync({ state: x, x }, { keep: ["state"] });
  const { tensors } = summer.memory;
  for (let n = 3; n < 6; n++) {
    const previous = state;
    const results = summer.runSync(
      { state, x },
      { keep: ["state"], donate: ["state"] },
    );
    assert.deepEqual(results.twice, times(2 * n));
    state = results.state;
    assert.throws(
      () => previous.data(),
      refused("invalid_argument", /donated/),
    );
    assert.equal(summer.memory.tensors, tensors);
  }
  // Who does not donate keeps his tensor.
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(summer.runSync({ state, x }).state, times(6));
    assert.deepEqual(state.data(), times(5));
  }
  // Nor does it help to donate what the run reads elsewhere, or another run after this one.
  assert.deepEqual(summer.runSync({ state, x: state }, { donate: ["state"] }), {
    state: times(10),
    twice: times(20),
  });
  const { state: shared } = summer.runSync(
    { state: x, x },
    { keep: ["state"] },
  );
  const sliced = { deadline: 60_000 };
  const [first, second] = await Promise.all([
    summer.run({ state: shared, x }, { ...sliced, donate: ["state"] }),
    summer.run({ state: shared, x }, sliced),
  ]);
  assert.deepEqual([first.state, second.state], [times(3), times(3)]);
  // The caller of load may say what the exporter did not.
  const saying = await open(accumulate, { donate: ["state"] });
  const said = saying.runSync({ state: x, x }, { keep: ["state"] }).state;
  const { tensors: once } = saying.memory;
  saying.runSync({ state: said, x }, { keep: ["state"], donate: ["state"] });
  assert.equal(saying.memory.tensors, once);
  assert.match(await saying.inspect("plan"), /-> input0/);
  await assert.rejects(
    open(accumulate, { donate: ["stage"] }),
    refused("invalid_argument", /donate: no program has an argument "stage"/),
  );
  // A run that never began used nothing up.
  const { state: left } = summer.runSync({ state: x, x }, { keep: ["state"] });
  const controller = new AbortController();
  const ahead = summer.run({ state: x, x }, sliced);
  const never = summer.run(
    { state: left, x },
    { donate: ["state"], signal: controller.signal },
  );
  controller.abort();
  await ahead;
  await assert.rejects(never, refused("cancelled", /./));
  assert.deepEqual(left.data(), times(2));
});

// Adds x to state n times, in many steps: what a run reads must be there to the end.
const adding = program(`module {
  func.func public @main(%arg0: tensor<i32> loc("inputs['n']"), %arg1: tensor<4xf32> loc("inputs['x']"))
      -> (tensor<4xf32> {jax.result_info = "result['sum']"}) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %z = stablehlo.constant dense<0.0> : tensor<4xf32>
    %0:2 = stablehlo.while(%i = %c, %s = %z) : tensor<i32>, tensor<4xf32>
    cond {
      %1 = stablehlo.compare LT, %i, %arg0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %1 = stablehlo.add %i, %one : tensor<i32>
      %2 = stablehlo.add %s, %arg1 : tensor<4xf32>
      stablehlo.return %1, %2 : tensor<i32>, tensor<4xf32>
    }
    return %0#1 : tensor<4xf32>
  }
}`);

test("an input that is a result lies where it was given", async () => {
  const text = `module {
    func.func public @main(%a: tensor<2xf32> loc("a"), %b: tensor<2xf32> loc("b")) -> (tensor<2xf32>, tensor<2xf32>) {
      %0 = stablehlo.add %a, %b : tensor<2xf32>
      return %b, %0 : tensor<2xf32>, tensor<2xf32>
    }
  }`;
  const model = await open(program(text));
  const [same, sum] = model.outputs.map(({ name }) => name);
  const plain = (n) => Float32Array.of(n, n);
  const keep = (n) =>
    model.runSync({ a: plain(0), b: plain(n) }, { keep: [same] })[same];
  const given = [plain(1), keep(2), plain(3), keep(4), keep(5), plain(6)];
  for (const a of given) {
    for (const b of given) {
      const results = model.runSync({ a, b });
      const data = (x) => (x instanceof Tensor ? x.data() : x);
      assert.deepEqual(results[same], data(b));
      assert.deepEqual(results[sum], plain(data(a)[0] + data(b)[0]));
    }
  }
});

test("a run holds what it was given until it ends", async () => {
  const adder = await open(adding);
  const maker = async () =>
    (await adder.run({ n: 1, x: [1, 2, 3, 4] }, { keep: ["sum"] })).sum;
  const n = 4_000_000;
  const sum = Float32Array.of(n, 2 * n, 3 * n, 4 * n);
  const bytes = adder.memory.tensors;
  const sliced = { deadline: 60_000 };
  // New tensors would take the place of one whose bytes went back too soon.
  const litter = () =>
    Array.from({ length: 20 }, () => other.runSync({ x }, { keep: ["y"] }).y);
  const other = await open(affine, { weights });

  // Disposed of while the run is under way, and while it waits for its turn.
  for (const early of [false, true]) {
    const x = await maker();
    const before = early && adder.run({ n, x: [1, 2, 3, 4] }, sliced);
    const run = adder.run({ n, x }, sliced);
    if (!early) await new Promise(setImmediate);
    x.dispose();
    assert.throws(() => x.data(), refused("invalid_argument", /disposed/));
    await assert.rejects(
      adder.run({ n, x }),
      refused("invalid_argument", /disposed/),
    );
    assert.equal(adder.memory.tensors, bytes + 16);
    assert.deepEqual((await run).sum, sum);
    if (before) assert.deepEqual((await before).sum, sum);
    assert.equal(adder.memory.tensors, bytes);
  }
  // Donated by one run while another waits for it; each gets what it was given.
  const shared = await maker();
  const [first, second] = await Promise.all([
    adder.run({ n, x: shared }, { ...sliced, donate: ["x"] }),
    adder.run({ n, x: shared }, sliced),
  ]);
  assert.deepEqual([first.sum, second.sum], [sum, sum]);
  assert.throws(() => shared.data(), refused("invalid_argument", /donated/));
  assert.equal(adder.memory.tensors, bytes);
  // Given back when the run fails, too, and when it never begins.
  const kept = await maker();
  const controller = new AbortController();
  const cut = adder.run({ n: 2 ** 31 - 1, x: kept }, { deadline: 20 });
  const waiting = adder.run({ n, x: kept }, { signal: controller.signal });
  kept.dispose();
  controller.abort();
  await assert.rejects(waiting, refused("cancelled", /./));
  await assert.rejects(cut, refused("cancelled", /./));
  assert.equal(adder.memory.tensors, bytes);
  litter().forEach((tensor) => tensor.dispose());
  // A tensor of another model, which goes while the run waits.
  const lender = await open(adding);
  const { sum: lent } = lender.runSync(
    { n: 1, x: [1, 2, 3, 4] },
    { keep: ["sum"] },
  );
  const ahead = adder.run({ n, x: [0, 0, 0, 0] }, sliced);
  const borrower = adder.run({ n, x: lent }, sliced);
  lender.dispose();
  await ahead;
  assert.deepEqual((await borrower).sum, sum);
  // And inputs, options and lists that the caller changes while the run waits.
  const inputs = { n, x: [1, 2, 3, 4] };
  const options = { ...sliced, keep: ["sum"], donate: [] };
  const busy = adder.run(inputs, sliced);
  const queued = adder.run(inputs, options);
  inputs.x[0] = 100;
  delete inputs.n;
  options.keep.pop();
  options.donate.push("x");
  await busy;
  assert.deepEqual((await queued).sum.data(), sum);
});

test("an array that is transferred away while its run waits is an error of that run", async () => {
  const adder = await open(adding);
  const x = Float32Array.of(1, 2, 3, 4);
  const before = adder.run({ n: 1000, x }, { deadline: 60_000 });
  const run = adder.run({ n: 1, x }, { deadline: 60_000 });
  structuredClone(0, { transfer: [x.buffer] });
  await assert.rejects(
    run,
    refused("invalid_argument", /"x".*whose buffer was transferred away/),
  );
  await before.catch(() => undefined);
  assert.deepEqual(
    adder.runSync({ n: 2, x: [1, 2, 3, 4] }).sum,
    Float32Array.of(2, 4, 6, 8),
  );
});

test("tensors given as weights may go while the load goes on", async () => {
  const maker = await open(scaled, { weights: { scale: weights.scale } });
  const ones = Float32Array.of(1, 1, 1);
  const { y: scale } = maker.runSync({ x: ones }, { keep: ["y"] });
  const loading = open(scaled, { weights: { scale } });
  scale.dispose();
  maker.dispose();
  const ready = await loading;
  assert.deepEqual(ready.runSync({ x: ones }).y, Float32Array.of(1, 2, 3));
});

test("a run that ends behind its deadline is cancelled", () => {
  assert.throws(
    () => model.runSync({ x }, { deadline: 0 }),
    refused("cancelled", /0 ms/),
  );
});

test("what exceeds 2 GiB is refused before anything of it is read", async () => {
  const elements = 2 ** 29;
  const wide = (weight) =>
    program(`module {
    func.func public @main(%arg0: tensor<${elements}xf32> loc("${weight}")) -> (tensor<f32> {jax.result_info = "result['y']"}) {
      %0 = stablehlo.slice %arg0 [5:6] : (tensor<${elements}xf32>) -> tensor<1xf32>
      %1 = stablehlo.reshape %0 : (tensor<1xf32>) -> tensor<f32>
      return %1 : tensor<f32>
    }
  }`);
  const header = JSON.stringify({
    w: { dtype: "F32", shape: [elements], data_offsets: [0, elements * 4] },
  });
  let pulled = 0;
  const head = new Uint8Array(8 + header.length);
  new DataView(head.buffer).setUint32(0, header.length, true);
  head.set(new TextEncoder().encode(header), 8);
  const stream = new ReadableStream(
    {
      pull(controller) {
        controller.enqueue(pulled++ === 0 ? head : new Uint8Array(2 ** 16));
      },
    },
    { highWaterMark: 0 },
  );
  const limit = (error) => {
    assert.ok(error instanceof WebHLOError, error.stack);
    assert.match(error.code, /unsupported|out_of_memory/);
    assert.match(error.message, /2 GiB/);
    return true;
  };
  await assert.rejects(
    open(wide("weights['w']"), { weights: new Response(stream) }),
    limit,
  );
  assert.ok(pulled <= 2, `${pulled} chunks were read`);
  await assert.rejects(open(wide("inputs['x']")), limit);
});

test("custom calls are answered by JavaScript", async () => {
  const text = (target) =>
    program(`module {
    func.func public @main(%arg0: tensor<2x2xf32> loc("inputs['x']")) -> (tensor<2x2xf32> {jax.result_info = "result['y']"}) {
      %0 = stablehlo.add %arg0, %arg0 : tensor<2x2xf32>
      %1 = stablehlo.custom_call @${target}(%0) {backend_config = "by 3"} : (tensor<2x2xf32>) -> tensor<2x2xf32>
      %2 = stablehlo.add %1, %0 : tensor<2x2xf32>
      return %2 : tensor<2x2xf32>
    }
  }`);
  const calls = [];
  const answer = ([input], call) => {
    calls.push([call.target, call.backendConfig, call.outputs, input.shape]);
    return input.data().map((value) => 3 * value);
  };
  registerCustomCall("test_now", answer);
  registerCustomCall("test_later", async (...args) => answer(...args));
  registerCustomCall("test_wrong", () => new Float32Array(3));
  registerCustomCall("test_throws", () => {
    throw new RangeError("no");
  });
  const x = [1, 2, 3, 4];
  const y = Float32Array.of(8, 16, 24, 32);
  const now = await open(text("test_now"));
  assert.deepEqual(now.runSync({ x }).y, y);
  assert.deepEqual(calls, [
    ["test_now", "by 3", [{ dtype: "f32", shape: [2, 2] }], [2, 2]],
  ]);
  const later = await open(text("test_later"));
  const both = await Promise.all([
    later.run({ x }),
    later.run({ x: [0, 0, 0, 0] }),
  ]);
  assert.deepEqual(both, [{ y }, { y: new Float32Array(4) }]);
  assert.throws(
    () => later.runSync({ x }),
    refused("invalid_argument", /promise/),
  );
  assert.deepEqual((await later.run({ x })).y, y);
  const wrong = await open(text("test_wrong"));
  await assert.rejects(
    wrong.run({ x }),
    refused("invalid_argument", /@test_wrong, result 0.*length 4.*length 3/),
  );
  const throwing = await open(text("test_throws"));
  await assert.rejects(throwing.run({ x }), RangeError);
  await assert.rejects(
    open(text("test_missing")),
    refused("unsupported", /@test_missing/),
  );
});

test("several programs share one weight set", async () => {
  const both = await open({ wide: affine, narrow: scaled }, { weights });
  assert.deepEqual(Object.keys(both.programs), ["wide", "narrow"]);
  assert.deepEqual(
    both.programs.narrow.runSync({ x: [1, 1, 1] }).y,
    Float32Array.of(1, 2, 3),
  );
  assert.deepEqual(both.programs.wide.runSync({ x }).y, y);
  assert.deepEqual(both.runSync({ x }).y, y);
});

test("weights that do not fit are named", async () => {
  const cases = [
    [{ scale: weights.scale }, /bias/],
    [{ ...weights, more: new Tensor([1]) }, /more/],
    [
      { scale: weights.scale, bias: new Tensor([1, 2]) },
      /"bias".*2xf32.*3xf32/,
    ],
    [
      { scale: weights.scale, bias: new Tensor([1, 2, 3], { dtype: "i32" }) },
      /"bias".*3xi32.*3xf32/,
    ],
    [{ ...weights, bias: 3 }, /"bias" is no Tensor/],
  ];
  for (const [given, message] of cases) {
    await assert.rejects(
      open(affine, { weights: given }),
      refused("invalid_argument", message),
    );
  }
  const tied = await open(affine, {
    weights: { scale: weights.scale },
    tied: { bias: "scale" },
  });
  assert.deepEqual(tied.runSync({ x }).y, Float32Array.of(2, 4, 6, 3, 6, 9));
  await assert.rejects(
    open(affine, { weights, tied: { nothing: "scale" } }),
    refused("invalid_argument", /nothing/),
  );
});

test("without weights their arguments are inputs", async () => {
  const bare = await open(affine);
  assert.deepEqual(bare.inputs.map((input) => input.name).sort(), [
    "bias",
    "scale",
    "x",
  ]);
  const { scale, bias } = weights;
  assert.deepEqual(bare.runSync({ x, scale, bias }).y, y);
});

test("options that do not hold are refused", async () => {
  const cases = [
    [{ threads: 0 }, "invalid_argument", /threads is 0/],
    [{ maxMemory: 5 }, "invalid_argument", /maxMemory is 5/],
    [{ seed: -1 }, "invalid_argument", /seed is -1/],
    [{ seed: 0.5 }, "invalid_argument", /seed is 0.5/],
    [{ tune: "always" }, "invalid_argument", /tune is "always"/],
    [{ precision: "f64" }, "invalid_argument", /precision is "f64".*int8/],
    [{ precision: 8 }, "invalid_argument", /precision is 8, expected f32/],
    [{ wieghts: {} }, "invalid_argument", /no option "wieghts"/],
    [{ wasmURL: "none/" }, "invalid_argument", /cannot load .*none\/webhlo-/],
    [{ signal: AbortSignal.abort() }, "cancelled", /signal/],
  ];
  for (const [options, code, message] of cases) {
    await assert.rejects(
      open(affine, { weights, ...options }),
      refused(code, message),
    );
  }
  const folder = new URL("../../js/dist/", import.meta.url);
  const elsewhere = await open(affine, {
    weights,
    wasmURL: folder,
    tune: "off",
    precision: "f32",
  });
  assert.deepEqual(elsewhere.runSync({ x }).y, y);
});

test("a seed begins the random numbers", async () => {
  const draw = `module {
    func.func @main() -> tensor<8xf32> {
      %a = stablehlo.constant dense<0.0> : tensor<f32>
      %b = stablehlo.constant dense<1.0> : tensor<f32>
      %shape = stablehlo.constant dense<8> : tensor<1xi64>
      %0 = stablehlo.rng %a, %b, %shape, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<1xi64>) -> tensor<8xf32>
      return %0 : tensor<8xf32>
    }
  }`;
  const twice = async (options) => {
    const model = await open(new TextEncoder().encode(draw), options);
    return [model.runSync({}).result, model.runSync({}).result];
  };
  const [first, second] = await twice({ seed: 7 });
  assert.notDeepEqual(first, second);
  assert.deepEqual(await twice({ seed: 7 }), [first, second]);
  assert.notDeepEqual((await twice({ seed: 8 }))[0], first);
  assert.deepEqual(await twice({}), await twice({ seed: 0 }));
});

test("maxMemory holds", async () => {
  const size = 64 * 2 ** 20;
  const big = program(`module {
    func.func public @main(%arg0: tensor<${size / 4}xf32> loc("inputs['x']")) -> tensor<${size / 4}xf32> {
      %0 = stablehlo.add %arg0, %arg0 : tensor<${size / 4}xf32>
      return %0 : tensor<${size / 4}xf32>
    }
  }`);
  await assert.rejects(
    open(big, { maxMemory: 32 * 2 ** 20 }),
    refused("out_of_memory", /./),
  );
  const enough = await open(big, { maxMemory: 256 * 2 ** 20 });
  assert.ok(enough.memory.wasm <= 256 * 2 ** 20);
  // Weights that do not fit are not even read; those that fit leave too little for the rest.
  const given = { x: new Tensor(new Float32Array(size / 4)) };
  for (const [maxMemory, message] of [
    [32 * 2 ** 20, /the weights have 67108864 bytes, maxMemory is 33554432/],
    [96 * 2 ** 20, /cannot allocate/],
  ]) {
    await assert.rejects(
      open(big, { weights: given, maxMemory }),
      refused("out_of_memory", message),
    );
  }
});

test("an engine that refuses the JIT's modules runs plans without", async () => {
  // Only the JIT compiles modules where it stands.
  const { Module } = WebAssembly;
  WebAssembly.Module = class {
    constructor() {
      throw new Error("no modules today");
    }
  };
  const { warn } = console;
  const warnings = [];
  console.warn = (message) => warnings.push(message);
  try {
    const without = await open(affine, { weights });
    assert.deepEqual((await without.run({ x })).y, y);
    assert.match(await without.inspect("plan"), /tile fusion multiply add/);
    assert.doesNotMatch(await without.inspect("plan"), /: jit /);
    assert.match(
      await without.inspect("jit"),
      /^not installed: .*no modules today/,
    );
  } finally {
    WebAssembly.Module = Module;
    console.warn = warn;
  }
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /without its JIT: .*no modules today/);
  assert.match(
    await model.inspect("plan"),
    /: jit .*; first of jit, tile fusion\n/,
  );
});

test("inspect prints the stages", async () => {
  for (const stage of ["graph", "passes", "init", "plan", "jit", "memory"]) {
    assert.equal(typeof (await model.inspect(stage)), "string", stage);
  }
  assert.match(await model.inspect("graph"), /stablehlo.multiply/);
  await assert.rejects(
    model.inspect("none"),
    refused("invalid_argument", /none/),
  );
  await assert.rejects(
    model.inspect("graph", "none"),
    refused("invalid_argument", /no program "none"/),
  );
});

test("threads give the same answer, and dispose ends them", async () => {
  const threaded = await open(affine, { weights, threads: 2 });
  assert.equal(threaded.threads, 2);
  assert.match(threaded.variant, /-threads$/);
  assert.deepEqual(threaded.runSync({ x }).y, y);
  threaded.dispose();
  threaded.dispose();
  assert.throws(
    () => threaded.runSync({ x }),
    refused("invalid_argument", /disposed/),
  );
  assert.throws(() => threaded.memory, refused("invalid_argument", /disposed/));
  await assert.rejects(
    threaded.run({ x }),
    refused("invalid_argument", /disposed/),
  );
});

test("dispose ends a run that is under way", async () => {
  const counter = await open(countTo);
  const run = counter.run({ n: -1 }, { deadline: 10_000 });
  setTimeout(() => counter.dispose(), 20);
  await assert.rejects(run, refused("invalid_argument", /disposed/));
});

test("bytes that are no program are refused, and leave nothing behind", async () => {
  const cases = [
    [new Uint8Array(0), /./],
    [new Uint8Array(100), /./],
    [program("func.func @main("), /./],
    [program("WHLO"), /./],
    [
      Uint8Array.of(
        0x57,
        0x48,
        0x4c,
        0x4f,
        1,
        0,
        0,
        0,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
      ),
      /announces/,
    ],
    [affine.subarray(0, affine.length / 2), /./],
  ];
  for (const [bytes, message] of cases) {
    await assert.rejects(
      open(bytes),
      refused("invalid_model", message),
      String(bytes.subarray(0, 8)),
    );
  }
  const unknown = program(`func.func @main() -> tensor<f32> {
    %0 = "stablehlo.no_such_op"() : () -> tensor<f32>
    return %0 : tensor<f32>
  }`);
  await assert.rejects(open(unknown), refused("unsupported", /no_such_op/));
});
