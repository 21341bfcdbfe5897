// SPDX-License-Identifier: Apache-2.0
// Custom calls: what a model finds for them when it is loaded, and what goes wrong: promises that never settle, that settle too late or that nobody may wait
// for, functions that throw what wasm throws, and calls of the model that waits for the answer. Each is
// an error of its run alone.

import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";

import { load, registerCustomCall, Tensor } from "../../js/dist/index.js";
import { refused } from "./programs.mjs";

// result['y'] = f(x) + x, where f is whatever `answer` is.
const text = `module {
  func.func public @main(%arg0: tensor<2xf32> loc("inputs['x']")) -> (tensor<2xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.custom_call @test_answer(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
    %1 = stablehlo.add %0, %arg0 : tensor<2xf32>
    return %1 : tensor<2xf32>
  }
}`;
let answer;
registerCustomCall("test_answer", (...args) => answer(...args));
const zeros = () => new Float32Array(2);
const never = () => new Promise(() => undefined);

const loaded = [];
const open = async () => {
  const model = await load(new TextEncoder().encode(text), { threads: 1 });
  loaded.push(model);
  return model;
};
after(() => loaded.forEach((model) => model.dispose()));

const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
afterEach(async () => {
  // The event loop tells of them when it turns.
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  assert.deepEqual(unhandled, []);
});

const x = Float32Array.of(1, 2);
const works = async (model) => {
  answer = zeros;
  assert.deepEqual(model.runSync({ x }).y, x);
  assert.deepEqual((await model.run({ x })).y, x);
  assert.deepEqual((await model.run({ x }, { deadline: 60_000 })).y, x);
};

test("a promise that never settles ends with the deadline, the signal or the model", async () => {
  const model = await open();
  answer = never;
  await assert.rejects(
    model.run({ x }, { deadline: 20 }),
    refused("cancelled", /the deadline of 20 ms/),
  );
  await works(model);
  answer = never;
  const controller = new AbortController();
  const run = model.run({ x }, { signal: controller.signal });
  const waits = model.run({ x }, { deadline: 60_000 });
  // By then the function was called.
  await new Promise(setImmediate);
  answer = zeros;
  controller.abort(new Error("enough"));
  await assert.rejects(run, refused("cancelled", /signal/));
  assert.deepEqual((await waits).y, x);
  await works(model);
  for (const options of [{}, { deadline: 60_000 }]) {
    const other = await open();
    answer = never;
    const ended = other.run({ x }, options);
    await new Promise(setImmediate);
    other.dispose();
    await assert.rejects(ended, refused("invalid_argument", /disposed/));
  }
});

test("an answer that comes when its run has ended changes nothing", async () => {
  const model = await open();
  // The promise of a call whose run has ended meanwhile.
  const outlived = async () => {
    const controller = new AbortController();
    let promise;
    answer = () =>
      new Promise((resolve, reject) => {
        promise = { resolve, reject };
        setImmediate(() => controller.abort());
      });
    await assert.rejects(
      model.run({ x }, { signal: controller.signal }),
      refused("cancelled", /signal/),
    );
    return promise;
  };
  const late = await outlived();
  const fails = await outlived();
  let settle;
  answer = () => new Promise((resolve) => (settle = resolve));
  const run = model.run({ x }, { deadline: 60_000 });
  await new Promise(setImmediate);
  late.resolve(Float32Array.of(100, 100));
  fails.reject(new Error("late"));
  await new Promise(setImmediate);
  settle(zeros());
  assert.deepEqual((await run).y, x);
  await works(model);
});

test("what a function throws or rejects with comes out as it is, and the model lives", async () => {
  const model = await open();
  const recurse = () => recurse() + 1;
  const errors = [
    new WebAssembly.RuntimeError("unreachable"),
    new RangeError("Maximum call stack size exceeded"),
    new TypeError("mine"),
    "a string",
    undefined,
  ];
  const isIt = (error) => (thrown) => thrown === error;
  for (const error of errors) {
    answer = () => {
      throw error;
    };
    assert.throws(() => model.runSync({ x }), isIt(error));
    await assert.rejects(model.run({ x }), isIt(error));
    await assert.rejects(model.run({ x }, { deadline: 60_000 }), isIt(error));
    answer = () => Promise.reject(error);
    await assert.rejects(model.run({ x }), isIt(error));
    await assert.rejects(model.run({ x }, { deadline: 60_000 }), isIt(error));
    await works(model);
  }
  answer = recurse;
  assert.throws(() => model.runSync({ x }), RangeError);
  await assert.rejects(model.run({ x }), RangeError);
  await works(model);
});

test("runSync takes no promise, and leaves none unhandled", async () => {
  const model = await open();
  for (const promise of [
    () => Promise.reject(new Error("no")),
    () => Promise.resolve(zeros()),
    never,
    () => ({ then: (resolve, reject) => reject(new Error("no")) }),
  ]) {
    answer = promise;
    assert.throws(
      () => model.runSync({ x }),
      refused("invalid_argument", /@test_answer answered a promise; use run/),
    );
  }
  await works(model);
});

test("a thenable is a promise", async () => {
  const model = await open();
  answer = () => ({ then: (resolve) => resolve(zeros()) });
  assert.deepEqual((await model.run({ x })).y, x);
});

test("the model that waits for an answer can be neither run nor disposed of", async () => {
  const model = await open();
  const misuse = [
    [() => model.runSync({ x }), /cannot run the model that waits/],
    [() => model.run({ x }), /cannot run the model that waits/],
    [() => model.run({ x }, { deadline: 60_000 }), /cannot run the model/],
    [() => model.dispose(), /cannot dispose of the model that waits/],
  ];
  for (const [call, message] of misuse) {
    answer = async () => {
      await call();
      return zeros();
    };
    for (const options of [undefined, { deadline: 60_000 }]) {
      await assert.rejects(
        model.run({ x }, options),
        refused("invalid_argument", message),
      );
    }
    // What the function catches is its own affair.
    answer = () => {
      assert.throws(
        () => model.runSync({ x }),
        refused("invalid_argument", /./),
      );
      assert.throws(() => model.dispose(), refused("invalid_argument", /./));
      return zeros();
    };
    assert.deepEqual(model.runSync({ x }).y, x);
    await works(model);
  }
});

test("other models may be run, and kept tensors read and disposed", async () => {
  const [model, other] = [await open(), await open()];
  answer = zeros;
  const { y: kept } = model.runSync({ x }, { keep: ["y"] });
  answer = ([input]) => {
    answer = zeros;
    const { y } = other.runSync({ x: input });
    const sum = kept.data().map((value, i) => value + y[i]);
    kept.dispose();
    assert.ok(model.memory.wasm > 0);
    return new Tensor(sum);
  };
  assert.deepEqual(model.runSync({ x }).y, Float32Array.of(3, 6));
  await works(model);
});

test("infeed and outfeed are calls of their names", async () => {
  const program = new TextEncoder().encode(`module {
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %0 = stablehlo.create_token : !stablehlo.token
      %1:2 = "stablehlo.infeed"(%0) {infeed_config = "queue"} : (!stablehlo.token) -> (tensor<2xf32>, !stablehlo.token)
      %2 = "stablehlo.outfeed"(%1#0, %1#1) : (tensor<2xf32>, !stablehlo.token) -> !stablehlo.token
      %3:2 = "stablehlo.infeed"(%2) {infeed_config = "queue"} : (!stablehlo.token) -> (tensor<2xf32>, !stablehlo.token)
      %4 = stablehlo.add %1#0, %3#0 : tensor<2xf32>
      return %4 : tensor<2xf32>
    }
  }`);
  await assert.rejects(
    load(program),
    refused(
      "unsupported",
      /@stablehlo\.infeed \(2 times, .*@stablehlo\.outfeed \(once/,
    ),
  );
  const order = [];
  registerCustomCall("stablehlo.infeed", (inputs, { backendConfig }) => {
    order.push(`in ${inputs.length} ${backendConfig}`);
    return Float32Array.of(order.length, 10);
  });
  registerCustomCall("stablehlo.outfeed", ([out]) => {
    order.push(`out ${out.data()}`);
    return [];
  });
  const model = await load(program, { threads: 1 });
  loaded.push(model);
  const { result } = await model.run({ arg0: x });
  assert.deepEqual(order, ["in 0 queue", "out 1,10", "in 0 queue"]);
  assert.deepEqual(result, Float32Array.of(4, 20));
});

// Calls two targets, one of them twice and one in a branch; the last input has a size that `free` says.
const calls = (free = "2") =>
  new TextEncoder().encode(`module {
    func.func @main(%x: tensor<2xf32>, %on: tensor<i1>, %free: tensor<${free}xf32>) -> tensor<2xf32> {
      %0 = stablehlo.custom_call @test_one(%x) : (tensor<2xf32>) -> tensor<2xf32>
      %1 = func.call @inner(%0) : (tensor<2xf32>) -> tensor<2xf32>
      %2 = "stablehlo.if"(%on) ({
        %3 = stablehlo.custom_call @test_branch(%1) : (tensor<2xf32>) -> tensor<2xf32>
        stablehlo.return %3 : tensor<2xf32>
      }, {
        stablehlo.return %1 : tensor<2xf32>
      }) : (tensor<i1>) -> tensor<2xf32>
      return %2 : tensor<2xf32>
    }
    func.func private @inner(%x: tensor<2xf32>) -> tensor<2xf32> {
      %0 = stablehlo.custom_call @test_one(%x) : (tensor<2xf32>) -> tensor<2xf32>
      return %0 : tensor<2xf32>
    }
    func.func private @nobody(%x: tensor<2xf32>) -> tensor<2xf32> {
      %0 = stablehlo.custom_call @test_nobody(%x) : (tensor<2xf32>) -> tensor<2xf32>
      return %0 : tensor<2xf32>
    }
  }`);
const withoutBranch = (error) =>
  refused("unsupported", /@test_one/)(error) &&
  !/test_branch|test_nobody/.test(error.message);

test("all that a program misses is one error of the load", async () => {
  await assert.rejects(
    load(calls()),
    refused(
      "unsupported",
      /custom_call @test_one \(2 times, first at "[^"]+":\d+:\d+\), @test_branch \(once at "[^"]+":\d+:\d+\); registerCustomCall/,
    ),
  );
  await assert.rejects(
    load({ a: calls(), b: calls() }),
    refused("unsupported", /@test_one \(4 times, .*@test_branch \(2 times,/),
  );
});

test("a branch that a literal does not choose misses nothing", async () => {
  // As programs for several platforms choose: by what another branch makes of a number.
  const text = new TextDecoder()
    .decode(calls())
    .replace(" %on: tensor<i1>,", "")
    .replace(
      "%0 =",
      `%no = stablehlo.constant dense<false> : tensor<i1>
      %one = stablehlo.constant dense<1> : tensor<i32>
      %on = "stablehlo.case"(%one) ({
        %yes = stablehlo.constant dense<true> : tensor<i1>
        stablehlo.return %yes : tensor<i1>
      }, {
        stablehlo.return %no : tensor<i1>
      }) : (tensor<i32>) -> tensor<i1>
      %0 =`,
    );
  await assert.rejects(load(new TextEncoder().encode(text)), withoutBranch);
});

test("where sizes are left free, a branch counts once it is compiled", async () => {
  await assert.rejects(load(calls("?")), withoutBranch);
  registerCustomCall("test_one", ([input]) => input.data());
  const model = await load(calls("?"), { threads: 1 });
  loaded.push(model);
  const inputs = { arg0: x, arg1: [1], arg2: x };
  for (let run = 0; run < 2; run++) {
    assert.throws(
      () => model.runSync(inputs),
      refused("unsupported", /@test_branch/),
    );
  }
  await assert.rejects(
    load(calls("?"), { threads: 1, shapes: { arg2: [2] } }),
    refused("unsupported", /@test_branch/),
  );
  registerCustomCall("test_branch", ([input]) =>
    input.data().map((value) => -value),
  );
  const whole = await load(calls("?"), { threads: 1 });
  loaded.push(whole);
  assert.deepEqual(whole.runSync(inputs).result, Float32Array.of(-1, -2));
});

test("a model keeps the functions of its load", async () => {
  registerCustomCall("test_kept", () => Float32Array.of(1, 1));
  const program = new TextEncoder().encode(
    text.replace("test_answer", "test_kept"),
  );
  const first = await load(program, { threads: 1 });
  registerCustomCall("test_kept", () => Float32Array.of(2, 2));
  const second = await load(program, { threads: 1 });
  loaded.push(first, second);
  assert.deepEqual(first.runSync({ x }).y, Float32Array.of(2, 3));
  assert.deepEqual(second.runSync({ x }).y, Float32Array.of(3, 4));
});

test("a configuration that is a dictionary comes as an object", async () => {
  let seen;
  registerCustomCall("test_attributes", ([input], { attributes }) => {
    seen = attributes;
    return input.data();
  });
  const config =
    "letter = 76 : ui8, low = -1 : i32, big = 9223372036854775807 : i64, all = 18446744073709551615 : ui64, " +
    'scale = 0.5 : f32, inf = 0x7F800000 : f32, on = true, name = "a\\22b", list = [1, 2.5 : f64], ' +
    "ints = array<i64: 3, 4>, inner = {x = 1 : i64}, type = tensor<2xi32>, set";
  const program = (attribute) =>
    new TextEncoder().encode(`module {
      func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
        %0 = stablehlo.custom_call @test_attributes(%x) {${attribute}} : (tensor<2xf32>) -> tensor<2xf32>
        return %0 : tensor<2xf32>
      }
    }`);
  const expected = {
    letter: 76,
    low: -1,
    big: 9223372036854775807n,
    all: 18446744073709551615n,
    scale: 0.5,
    inf: Infinity,
    on: true,
    name: 'a"b',
    list: [1, 2.5],
    ints: [3, 4],
    inner: { x: 1 },
    type: "tensor<2xi32>",
    set: true,
  };
  for (const [attribute, attributes] of [
    [`mhlo.backend_config = {${config}}`, expected],
    [`api_version = 4 : i32, backend_config = {${config}}`, expected],
    ['backend_config = "text"', {}],
  ]) {
    const model = await load(program(attribute), { threads: 1 });
    loaded.push(model);
    model.runSync({ arg0: x });
    assert.deepEqual(seen, attributes);
  }
});
