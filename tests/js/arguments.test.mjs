// SPDX-License-Identifier: Apache-2.0
// Whatever is handed to the package that it does not take: every public function, with every wrong kind of
// value in every place, answers a WebHLOError of code invalid_argument that says what was expected, and the
// model works as before.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  load,
  registerCustomCall,
  Tensor,
  traceOf,
  WebHLOError,
} from "../../js/dist/index.js";
import { program } from "./programs.mjs";

const twice = program(`module {
  func.func public @main(%arg0: tensor<4xf32> loc("inputs['x']")) -> (tensor<4xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.add %arg0, %arg0 : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}`);
const calling = (target, count = 1) => {
  const results = Array(count).fill("tensor<2xf32>").join(", ");
  return program(`module {
    func.func public @main(%arg0: tensor<2xf32> loc("inputs['x']")) -> (tensor<2xf32> {jax.result_info = "result['y']"}) {
      %0:${count} = stablehlo.custom_call @${target}(%arg0) : (tensor<2xf32>) -> (${results})
      return %0#0 : tensor<2xf32>
    }
  }`);
};
const x = Float32Array.of(1, 2, 3, 4);
const y = Float32Array.of(2, 4, 6, 8);

const detached = (array) => {
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
};
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const unhelpful = {
  toString() {
    throw new Error("not me");
  },
};
// Five milliseconds may pass on a busy machine before a run has begun.
const patient = (deadline) => (deadline === 5 ? 60_000 : deadline);
const cyclic = [];
cyclic.push(cyclic);

// A value of every kind. Each place below says which of them it takes; all others it must refuse.
const values = {
  undefined: undefined,
  null: null,
  true: true,
  number: 5,
  NaN: NaN,
  negative: -1,
  bigint: 5n,
  string: "nothing",
  "empty string": "",
  symbol: Symbol("s"),
  function: () => 1,
  object: { a: 1 },
  "object without a prototype": Object.create(null, {
    a: { value: 1, enumerable: true },
  }),
  unhelpful,
  array: [1, "2"],
  "empty array": [],
  "array of null": [null],
  "sparse array": [1, , 3], // eslint-disable-line no-sparse-arrays
  cyclic,
  date: new Date(),
  map: new Map([["x", x]]),
  promise: Promise.resolve(x),
  error: new Error("e"),
  "revoked proxy": revoked(),
  ArrayBuffer: new ArrayBuffer(3),
  DataView: new DataView(new ArrayBuffer(3)),
  "array of another type": Float64Array.of(1, 2),
  "detached array": detached(Float32Array.of(1, 2, 3, 4)),
  "tensor of another shape": new Tensor([1, 2, 3]),
};

let model;
const loaded = [];
const open = async (source, options) => {
  const opened = await load(source, { threads: 1, ...options });
  loaded.push(opened);
  return opened;
};
before(async () => {
  model = await open(twice);
});
after(() => loaded.forEach((opened) => opened.dispose()));

const one = { threads: 1 };
const callAnswering = async (answer, count) => {
  registerCustomCall("test_answer", () => answer);
  const asking = await load(calling("test_answer", count), one);
  try {
    return await asking.run({ x: [1, 2] });
  } finally {
    asking.dispose();
  }
};

// What is called with the value, the kinds of values that it takes, and those that are an invalid model.
const anything = Object.keys(values);
// Bytes are a source, only not of a program or of weights.
const bytes = ["ArrayBuffer", "DataView", "array of another type"];
const source = [[], bytes];
const tensors = [];
const places = {
  "load(_)": [(v) => load(v, one), ...source],
  "load({ main: _ })": [(v) => load({ main: v }, one), ...source],
  "load(, _)": [(v) => load(twice, v), ["undefined"]],
  "load weights": [
    (v) => open(twice, { weights: v }),
    ["undefined", "empty array"],
    bytes,
  ],
  "load weights: [_]": [(v) => open(twice, { weights: [v] }), ...source],
  "load weights: { w: _ }": [(v) => open(twice, { weights: { w: v } })],
  "load tied": [(v) => open(twice, { tied: v }), ["undefined"]],
  "load tied: { x: _ }": [(v) => open(twice, { tied: { x: v } })],
  "load threads": [
    (v) => load(twice, { threads: v, wasmURL: 5 }).catch(wasmURLRefused),
    ["undefined", "number"],
  ],
  "load maxMemory": [(v) => open(twice, { maxMemory: v }), ["undefined"]],
  "load seed": [(v) => open(twice, { seed: v }), ["undefined", "number"]],
  "load shapes": [
    (v) => open(twice, { shapes: v }),
    ["undefined", "empty array"],
  ],
  "load shapes: [_]": [(v) => open(twice, { shapes: [v] })],
  "load shapes: { x: _ }": [(v) => open(twice, { shapes: { x: v } })],
  "load maxShapes": [
    (v) => open(twice, { maxShapes: v }),
    ["undefined", "number"],
  ],
  "load donate": [
    (v) => open(twice, { donate: v }),
    ["undefined", "empty array"],
  ],
  "load wasmURL": [(v) => open(twice, { wasmURL: v }), ["undefined"]],
  "load log": [(v) => open(twice, { log: v }), ["undefined"]],
  "load signal": [(v) => open(twice, { signal: v }), ["undefined"]],
  "load onProgress": [
    (v) => open(twice, { onProgress: v }),
    ["undefined", "function"],
  ],
  "load cache": [(v) => open(twice, { cache: v }), ["undefined", "true"]],
  "load cacheSize": [
    (v) => open(twice, { cacheSize: v }),
    ["undefined", "number"],
  ],
  "new Tensor(_)": [
    (v) => tensors.push(new Tensor(v)),
    ["number", "NaN", "negative", "empty array", "array of another type"],
  ],
  "new Tensor(, _)": [(v) => new Tensor([1], v), ["undefined"]],
  "new Tensor dtype": [(v) => new Tensor([1], { dtype: v }), ["undefined"]],
  "new Tensor shape": [
    (v) => new Tensor([1], { shape: v }),
    ["undefined", "empty array"],
  ],
  "new Tensor shape: [_]": [(v) => new Tensor([1], { shape: [v] })],
  "registerCustomCall(_)": [
    (v) => registerCustomCall(v, () => []),
    ["string", "empty string"],
  ],
  "registerCustomCall(, _)": [
    (v) => registerCustomCall("test_unused", v),
    ["function"],
  ],
  "the answer of a custom call": [(v) => callAnswering(v)],
  "the answer's list": [(v) => callAnswering([v])],
  "the answer's second": [(v) => callAnswering([Float32Array.of(1, 2), v], 2)],
  // In a list of its own, since promises ask what they are given whether it is one.
  "a promised answer": [(v) => callAnswering(Promise.resolve([v]))],
  "run(_)": [(v) => model.run(v)],
  "run({ x: _ })": [(v) => model.run({ x: v })],
  "run({ x: [_] })": [
    (v) => model.run({ x: [1, 2, 3, v] }),
    ["number", "NaN", "negative"],
  ],
  "run({ x, z: _ })": [(v) => model.run({ x, z: v }), ["undefined"]],
  "run(, _)": [(v) => model.run({ x }, v), ["undefined"]],
  "run keep": [
    (v) => model.run({ x }, { keep: v }),
    ["undefined", "empty array"],
  ],
  "run donate": [
    (v) => model.run({ x }, { donate: v }),
    ["undefined", "empty array"],
  ],
  "run deadline": [
    (v) => model.run({ x }, { deadline: patient(v) }),
    ["undefined", "number"],
  ],
  "run signal": [(v) => model.run({ x }, { signal: v }), ["undefined"]],
  "runSync(_)": [(v) => model.runSync(v)],
  "runSync({ x: _ })": [(v) => model.runSync({ x: v })],
  "runSync(, _)": [(v) => model.runSync({ x }, v), ["undefined"]],
  "runSync keep": [
    (v) => model.runSync({ x }, { keep: v }),
    ["undefined", "empty array"],
  ],
  "runSync deadline": [
    (v) => model.runSync({ x }, { deadline: patient(v) }),
    ["undefined", "number"],
  ],
  "profile(_)": [(v) => model.profile(v)],
  "profile({ x: _ })": [(v) => model.profile({ x: v })],
  "profile(, _)": [(v) => model.profile({ x }, v), ["undefined"]],
  "profile runs": [
    (v) => model.profile({ x }, { runs: v }),
    ["undefined", "number"],
  ],
  "profile signal": [(v) => model.profile({ x }, { signal: v }), ["undefined"]],
  "traceOf(_)": [(v) => traceOf(v)],
  "traceOf({ steps: _ })": [(v) => traceOf({ steps: v }), ["empty array"]],
  "inspect(_)": [(v) => model.inspect(v)],
  "inspect(, _)": [(v) => model.inspect("plan", v), ["undefined", "null"]],
};
const methods = [
  ["Model", () => model, ["run", "runSync", "profile", "inspect", "dispose"]],
  ["Program", () => model.programs.main, ["run", "runSync", "profile"]],
  ["Tensor", () => new Tensor([1]), ["data", "toFloat32", "dispose"]],
];
for (const [type, object, names] of methods) {
  for (const name of names) {
    places[`${type}.${name} of another object`] = [
      (v) => object()[name].call(v, { x }, {}),
      type === "Tensor" ? ["tensor of another shape"] : [],
    ];
  }
}

// A refusal of the last thing that load looks at shows that it took what comes before.
function wasmURLRefused(error) {
  if (!/wasmURL is 5/.test(error.message)) throw error;
}

for (const [place, [call, taken = [], invalid = []]] of Object.entries(
  places,
)) {
  test(`${place} refuses what it does not take`, async () => {
    for (const kind of anything) {
      const about = `${place} with ${kind}`;
      let error;
      try {
        await call(values[kind]);
      } catch (thrown) {
        error = thrown;
      }
      if (taken.includes(kind)) {
        assert.equal(error, undefined, `${about}: ${error?.stack}`);
        continue;
      }
      assert.ok(error instanceof WebHLOError, `${about}: ${error?.stack}`);
      const code = invalid.includes(kind)
        ? "invalid_model"
        : "invalid_argument";
      assert.equal(error.code, code, `${about}: ${error.message}`);
      assert.ok(error.message.length > 15, `${about}: ${error.message}`);
      assert.doesNotMatch(error.message, /\[object|undefined is not|private/);
    }
    assert.deepEqual(model.runSync({ x }).y, y);
  });
}

test("functions called without any argument", async () => {
  const calls = [
    () => load(),
    () => new Tensor(),
    () => registerCustomCall(),
    () => model.run(),
    () => model.runSync(),
    () => model.profile(),
    () => traceOf(),
    () => model.inspect(),
  ];
  for (const call of calls) {
    await assert.rejects(
      async () => call(),
      (error) => {
        assert.ok(error instanceof WebHLOError, error.stack);
        assert.equal(error.code, "invalid_argument", error.message);
        return true;
      },
      String(call),
    );
  }
});

const says = (message) => (error) => {
  assert.ok(error instanceof WebHLOError, error.stack);
  assert.equal(error.code, "invalid_argument", error.message);
  assert.match(error.message, message);
  return true;
};

test("messages show what to write instead", async () => {
  const cases = [
    [
      () => new Tensor([1, 2, 3, 4], [2, 2]),
      /new Tensor\(data, \{ shape: \[2, 2\] \}\)/,
    ],
    [() => new Tensor([1], "f16"), /new Tensor\(data, \{ dtype: 'f16' \}\)/],
    [
      () => new Tensor(new ArrayBuffer(4)),
      /an ArrayBuffer; make a typed array of it/,
    ],
    [
      () => new Tensor([1], { shpae: [1] }),
      /no option "shpae"; did you mean "shape"\?/,
    ],
    [() => load(twice, { wieghts: [] }), /did you mean "weights"\?/],
    [() => load(Promise.resolve(twice)), /a Promise; await it/],
    [() => load(new Request("http://localhost/")), /a Request; pass fetch/],
    [
      () => load([twice]),
      /expected a URL, path.* or a record of those by name; got an Array/,
    ],
    [
      () => model.run(x),
      /expected an object of inputs by name, \{ x \}, got a Float32Array/,
    ],
    [
      () => model.run({ z: x }),
      /takes "x" f32\[4\]; missing: x; not an input: z/,
    ],
    [
      () => model.run({ x }, { keep: "y" }),
      /keep: expected a list of names, got "y"/,
    ],
    [
      () => model.run({ x }, { keeps: ["y"] }),
      /no option "keeps"; did you mean "keep"\?/,
    ],
    [
      () => model.runSync({ x }, { signal: AbortSignal.abort() }),
      /runSync: no option "signal"/,
    ],
    [
      () => model.run({ x }, { deadline: NaN }),
      /deadline is NaN, expected milliseconds/,
    ],
    [
      () => model.inspect("plam"),
      /no stage "plam"; did you mean "plan"\?; there are graph, /,
    ],
    [
      () => model.run({ x: detached(x.slice()) }),
      /length 0, whose buffer was transferred away/,
    ],
    [
      () => callAnswering([null]),
      /@test_answer, result 0: expected f32\[2\] as a Float32Array.*null/,
    ],
    [
      () => callAnswering(x),
      /result 0: expected f32\[2\], a Float32Array of length 2; got.* 4/,
    ],
    [
      () => callAnswering(new Tensor([[1, 2]])),
      /result 0: expected f32\[2\], got f32\[1,2\]/,
    ],
    [() => callAnswering([x, x]), /expected 1 results, got a list of 2/],
  ];
  for (const [call, message] of cases) {
    await assert.rejects(async () => call(), says(message), String(call));
  }
});

test("arrays with holes are an error, flat and nested", () => {
  /* eslint-disable no-sparse-arrays */
  for (const holes of [
    [1, , 3, 4],
    [[1, 2], , [3, 4]],
    [, 1, 2, 3],
    [1, 2, 3, ,],
  ]) {
    assert.throws(() => model.runSync({ x: holes }), says(/./));
    assert.throws(() => new Tensor(holes), says(/./));
    assert.throws(() => new Tensor(holes, { dtype: "i64" }), says(/./));
  }
  /* eslint-enable no-sparse-arrays */
});

test("what is inherited is no input, and no option", async () => {
  const named = await open(
    program(`module {
      func.func public @main(%arg0: tensor<f32> loc("inputs['constructor']")) -> (tensor<f32> {jax.result_info = "result['y']"}) {
        return %arg0 : tensor<f32>
      }
    }`),
  );
  assert.throws(() => named.runSync({}), says(/missing: constructor/));
  assert.deepEqual(named.runSync({ constructor: 5 }).y, Float32Array.of(5));
});

test("a result called __proto__ is a property as any other", async () => {
  const odd = await open(
    program(`module {
      func.func public @main(%arg0: tensor<f32> loc("inputs['__proto__']"))
          -> (tensor<f32> {jax.result_info = "result['__proto__']"}, tensor<f32> {jax.result_info = "result['y']"}) {
        return %arg0, %arg0 : tensor<f32>, tensor<f32>
      }
    }`),
  );
  const inputs = Object.fromEntries([["__proto__", Float32Array.of(7)]]);
  for (const keep of [[], ["__proto__"]]) {
    const results = await odd.run(inputs, { keep });
    assert.deepEqual(Object.keys(results), ["__proto__", "y"]);
    assert.equal(Object.getPrototypeOf(results), Object.prototype);
    const value = Object.getOwnPropertyDescriptor(results, "__proto__").value;
    const data = value instanceof Tensor ? value.data() : value;
    assert.deepEqual(data, Float32Array.of(7));
  }
});

// What frameworks make of objects: Vue's way, which asks what kind an object is and leaves alone what it
// does not know, and a Proxy that wraps whatever it hands out.
function vue(object) {
  const kind = Object.prototype.toString.call(object).slice(8, -1);
  if (!/^(Object|Array|Map|Set|WeakMap|WeakSet)$/.test(kind)) return object;
  return wrapped(object, vue);
}
const wrapped = (object, inner) =>
  new Proxy(object, {
    get(target, key, receiver) {
      const value = Reflect.get(target, key, receiver);
      const fixed = Object.getOwnPropertyDescriptor(target, key);
      if (fixed && !fixed.configurable && !fixed.writable) return value;
      return typeof value === "object" && value !== null ? inner(value) : value;
    },
  });
const deep = (object) =>
  ArrayBuffer.isView(object) ? object : wrapped(object, deep);
const plain = (object) => new Proxy(object, {});

for (const [kind, proxy] of Object.entries({ vue, deep, plain })) {
  test(`models and tensors behind a Proxy work: ${kind}`, async () => {
    const app = proxy({ model: proxy(model), x: proxy(new Tensor(x)) });
    assert.deepEqual((await app.model.run({ x: app.x })).y, y);
    assert.deepEqual(app.model.runSync(proxy({ x: app.x })).y, y);
    assert.deepEqual(app.model.runSync({ x: proxy([1, 2, 3, 4]) }).y, y);
    assert.deepEqual(app.model.programs.main.runSync({ x }).y, y);
    assert.equal(app.model.inputs[0].name, "x");
    assert.ok(app.model.memory.wasm > 0);
    assert.equal(app.model.threads, 1);
    assert.match(await app.model.inspect("graph"), /add/);
    assert.deepEqual([...app.x.data()], [...x]);
    const kept = proxy(app.model.runSync({ x }, { keep: ["y"] }).y);
    assert.deepEqual(
      app.model.runSync({ x: kept }).y,
      y.map((v) => 2 * v),
    );
    app.model.runSync({ x: kept }, { donate: ["x"] });
    assert.throws(() => kept.data(), says(/donated/));
    const weights = proxy({ x: proxy(new Tensor(x)) });
    const other = proxy(await open(twice, { weights }));
    assert.deepEqual(other.runSync({}).y, y);
    other.dispose();
    assert.throws(() => other.runSync({}), says(/disposed/));
  });
}

test("methods taken off their object say so", async () => {
  const { run, runSync, inspect } = model;
  for (const call of [run, runSync, inspect]) {
    await assert.rejects(async () => call({ x }), says(/this is no Model/));
  }
});
