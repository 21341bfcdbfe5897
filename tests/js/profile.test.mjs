// SPDX-License-Identifier: Apache-2.0
// What a model does and how long that takes: profiles of any model, in the order of its runs and at no cost
// afterwards; profiles as traces; and what a load says of itself.

import assert from "node:assert/strict";
import { PerformanceObserver } from "node:perf_hooks";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { load, registerCustomCall, traceOf } from "../../js/dist/index.js";
import { loop as text, program, refused } from "./programs.mjs";

const digits = fileURLToPath(new URL("../../js/digits.whlo", import.meta.url));
const image = Float32Array.from({ length: 784 }, (_, i) => Math.sin(i) ** 2);

const models = [];
const open = async (source, options = {}) => {
  const model = await load(source, { threads: 1, ...options });
  models.push(model);
  return model;
};
after(() => models.forEach((model) => model.dispose()));

const loop = program(text);
const stepsOf = async (model) => JSON.parse(await model.inspect("steps"));
const sum = (list, of) => list.reduce((sum, item) => sum + item[of], 0);
const near = (a, b) =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.abs(b), `${a} is not ${b}`);

const identity = Float32Array.from({ length: 64 }, (_, i) => (i % 9 ? 0 : 1));

const anyRows = program(`module {
  func.func public @main(%x: tensor<?x64xf32> loc("inputs['x']"), %w: tensor<64x64xf32> loc("inputs['w']"))
      -> (tensor<?x64xf32> {jax.result_info = "result['y']"}) {
    %y = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
    return %y : tensor<?x64xf32>
  }
}`);

test("a profile tells of each step, of a model that was loaded as any", async () => {
  const model = await open(digits);
  const expected = await model.run({ image });
  const profile = await model.profile({ image }, { runs: 3 });
  const { steps, kernels, totalMs, roofline } = profile;
  assert.deepEqual(
    steps.map(({ step, kernel, sizes, op, location, flops, bytes }) => ({
      ...{ step, kernel, sizes, flops, bytes },
      ...(op !== undefined && { op, location }),
    })),
    (await stepsOf(model)).map(({ ms: _, runs: __, ...step }) => step),
  );
  assert.ok(totalMs > 0);
  near(sum(steps, "ms"), totalMs);
  near(sum(steps, "share"), 1);
  near(sum(kernels, "share"), 1);
  const ran = steps.filter(({ runs }) => runs > 0);
  assert.equal(sum(kernels, "steps"), ran.length);
  assert.ok(ran.length > 0 && ran.every(({ runs }) => runs === 1));
  for (const { ms, flops, bytes, gflops, gbs, roofline } of ran) {
    if (ms === 0) continue;
    if (flops > 0) near(gflops, flops / ms / 1e6);
    if (bytes > 0) near(gbs, bytes / ms / 1e6);
    if (flops > 0 || bytes > 0) assert.ok(roofline > 0);
  }
  assert.ok(roofline.flops > 0 && roofline.reads.length === 3);
  // Plain data.
  assert.deepEqual(structuredClone(profile), profile);
  assert.deepEqual(JSON.parse(JSON.stringify(profile)), profile);
  assert.deepEqual(await model.run({ image }), expected);
});

/** Of the print of a plan, which has it where there was a choice: [step, why, candidates]. */
const chosen = (plan) =>
  [...plan.matchAll(/^(\d+): .*; ([a-z ]+) of ([\w., ]+)$/gm)].map(
    ([, step, why, candidates]) => [Number(step), why, candidates.split(", ")],
  );

test("a profile tells why each step runs by its kernel, as the plan does", async () => {
  const model = await open(digits);
  const { steps } = await model.profile({ image }, { runs: 1 });
  assert.deepEqual(
    steps.flatMap(({ step, why, candidates }) =>
      candidates?.length > 1 ? [[step, why, candidates]] : [],
    ),
    chosen(await model.inspect("plan")),
  );
  for (const { kernel, op, why, candidates } of steps) {
    const isChosen = op !== undefined && kernel !== "host";
    assert.equal(why !== undefined, isChosen, kernel);
    if (!isChosen) assert.equal(candidates, undefined);
    else if (kernel === "reference") assert.deepEqual(candidates, []);
    else assert.ok(candidates.includes(kernel), kernel);
    if (isChosen && candidates.length < 2) assert.equal(why, "only");
  }
  const reasons = new Set(steps.map(({ why }) => why));
  assert.ok(reasons.has("only") && reasons.has("first"));
  assert.deepEqual(
    JSON.parse(await model.inspect("choices")).map((choice) => choice?.why),
    steps.map(({ why }) => why),
  );
});

test("where the JIT runs a step, it is a candidate", async () => {
  const model = await open(
    program(`module {
      func.func public @main(%x: tensor<64x64xf32> loc("inputs['x']")) -> (tensor<64x64xf32> {jax.result_info = "result['y']"}) {
        %t = stablehlo.tanh %x : tensor<64x64xf32>
        %y = stablehlo.add %t, %x : tensor<64x64xf32>
        return %y : tensor<64x64xf32>
      }
    }`),
  );
  const x = new Float32Array(64 * 64);
  const { steps } = await model.profile({ x }, { runs: 1 });
  const [{ kernel, why, candidates }] = steps;
  assert.equal(kernel, candidates[0]);
  assert.match(kernel, /jit/);
  assert.deepEqual([[0, why, candidates]], chosen(await model.inspect("plan")));
});

test("a kernel that was measured is said to be", async () => {
  const tuned = await open(digits, {
    tune: "load",
    tuneCache: false,
    tuneBudget: Infinity,
  });
  const { steps } = await tuned.profile({ image }, { runs: 1 });
  const measured = chosen(await tuned.inspect("plan")).filter(
    ([, why]) => why === "measured fastest",
  );
  assert.ok(measured.length > 0);
  for (const [step, why, candidates] of measured) {
    const { kernel, ...found } = steps[step];
    assert.deepEqual([found.why, found.candidates], [why, candidates]);
    assert.ok(candidates.includes(kernel));
  }
});

test("times are recorded while a profile is made, or all the time if the load said so", async () => {
  const recorded = async (model) =>
    (await stepsOf(model)).some(({ runs }) => runs > 0);
  const model = await open(digits);
  await model.run({ image });
  assert.ok(!(await recorded(model)));
  await model.profile({ image }, { runs: 1 });
  await model.run({ image });
  assert.ok(!(await recorded(model)));

  const watched = await open(digits, { profile: true });
  await watched.run({ image });
  assert.ok(await recorded(watched));
  await watched.profile({ image }, { runs: 1 });
  assert.ok(await recorded(watched));
  await watched.run({ image });
  assert.ok(await recorded(watched));
});

test("steps of loops are counted, and more runs find no longer times", async () => {
  const model = await open(loop);
  const once = await model.profile({ x: identity }, { runs: 1 });
  const often = await model.profile({ x: identity }, { runs: 20 });
  for (const { steps } of [once, often]) {
    const [product] = steps.filter(({ op }) => /matmul|dot_general/.test(op));
    assert.equal(product.runs, 500);
    assert.equal(product.flops, 2 * 8 * 8 * 8);
    if (product.ms > 0) near(product.gflops, (500 * 1024) / product.ms / 1e6);
  }
  assert.equal(often.steps.length, once.steps.length);
});

test("a profile is of the shapes that it is given", async () => {
  const model = await open(anyRows);
  const w = new Float32Array(64 * 64);
  for (const rows of [3, 32, 3]) {
    const x = new Float32Array(rows * 64);
    const { steps } = await model.profile({ x, w }, { runs: 2 });
    assert.equal(sum(steps, "flops"), 2 * rows * 64 * 64);
  }
});

test("overlapping runs keep their turns", async () => {
  const model = await open(loop);
  const negative = Float32Array.from(identity, (v) => -v);
  const order = [];
  const turn = (name, promise) =>
    promise.then((value) => {
      order.push(name);
      return value;
    });
  const calls = [
    turn("profile", model.profile({ x: identity }, { runs: 3 })),
    turn("run", model.run({ x: negative })),
    turn("other", model.profile({ x: negative }, { runs: 2 })),
  ];
  assert.throws(
    () => model.runSync({ x: identity }),
    refused("invalid_argument", /under way/),
  );
  const [first, { y }, second] = await Promise.all(calls);
  assert.deepEqual(order, ["profile", "run", "other"]);
  assert.equal(y[0], -1); // To the power of 501.
  for (const { steps } of [first, second]) {
    const [product] = steps.filter(({ op }) => /matmul|dot_general/.test(op));
    assert.equal(product.runs, 500);
  }
  assert.equal(model.runSync({ x: identity }).y[0], 1);
});

test("tensors that stay in the model are inputs of all runs, and of those to come", async () => {
  const model = await open(loop);
  const { y } = await model.run({ x: identity }, { keep: ["y"] });
  const profile = model.profile({ x: y }, { runs: 3 });
  y.dispose();
  assert.ok((await profile).totalMs >= 0);
  await assert.rejects(
    model.profile({ x: y }),
    refused("invalid_argument", /disposed/),
  );
});

test("what ends a profile early leaves the model as it was", async () => {
  const model = await open(loop);
  const x = identity;
  const abort = new AbortController();
  const signalled = model.profile({ x }, { runs: 1e6, signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await assert.rejects(signalled, refused("cancelled", /by its signal/));
  await assert.rejects(
    model.profile({ x }, { signal: abort.signal }),
    refused("cancelled", /by its signal/),
  );
  await assert.rejects(
    model.profile({ x }, { runs: 1e6, deadline: 200 }),
    refused("cancelled", /deadline of 200 ms/),
  );
  for (const [options, message] of [
    [{ runs: 0 }, /runs is 0, expected a count/],
    [{ runs: 1.5 }, /runs is 1.5/],
    [{ run: 2 }, /no option "run"; did you mean "runs"\?/],
    [{ deadline: -1 }, /profile: deadline is -1/],
    [{ keep: ["y"] }, /no option "keep"/],
  ]) {
    await assert.rejects(
      model.profile({ x }, options),
      refused("invalid_argument", message),
    );
  }
  await assert.rejects(
    model.profile({ z: x }),
    refused("invalid_argument", /missing: x; not an input: z/),
  );
  assert.equal(model.runSync({ x }).y[0], 1);
  assert.ok((await stepsOf(model)).every(({ runs }) => runs === 0));
  // Within slices the same steps run.
  const { signal } = new AbortController();
  const { steps } = await model.profile({ x }, { runs: 1, signal });
  const [product] = steps.filter(({ op }) => /matmul|dot_general/.test(op));
  assert.equal(product.runs, 500);

  const ended = model.profile({ x }, { runs: 1e6 });
  setImmediate(() => model.dispose());
  await assert.rejects(ended, refused("invalid_argument", /was disposed/));
});

test("functions of custom calls are called in each run, and may take their time", async () => {
  let calls = 0;
  let own;
  registerCustomCall("profile_double", async ([x]) => {
    calls++;
    await new Promise(setImmediate);
    return x.toFloat32().map((v) => 2 * v);
  });
  registerCustomCall("profile_itself", ([x]) => {
    own = model.profile({ x: Float32Array.of(1) });
    return x.toFloat32();
  });
  const call = (target) =>
    program(`module {
      func.func public @main(%x: tensor<1xf32> loc("inputs['x']")) -> (tensor<1xf32> {jax.result_info = "result['y']"}) {
        %y = stablehlo.custom_call @${target}(%x) : (tensor<1xf32>) -> tensor<1xf32>
        return %y : tensor<1xf32>
      }
    }`);
  const x = Float32Array.of(1);
  const doubles = await open(call("profile_double"));
  const { steps } = await doubles.profile({ x }, { runs: 4 });
  assert.equal(calls, 4);
  assert.ok(steps.some(({ kernel, runs }) => kernel === "host" && runs === 1));
  const model = await open(call("profile_itself"));
  await model.profile({ x }, { runs: 1 });
  await assert.rejects(
    own,
    refused("invalid_argument", /cannot run the model/),
  );
});

test("a model in a worker answers the same steps", async () => {
  const here = await open(digits);
  const there = await open(digits, { worker: true });
  const plan = ({ steps }) =>
    steps.map(({ step, kernel, sizes, flops, bytes, runs }) => [
      ...[step, kernel, sizes, flops, bytes, runs],
    ]);
  for (const name of Object.keys(here.programs)) {
    const program = there.programs[name];
    const [input] = program.inputs;
    const size = input.shape.reduce((a, b) => a * b, 1);
    const inputs = { [input.name]: new Float32Array(size) };
    const profile = await program.profile(inputs, { runs: 2 });
    assert.ok(profile.totalMs > 0);
    assert.deepEqual(
      plan(profile),
      plan(await here.programs[name].profile(inputs, { runs: 2 })),
    );
  }
  const abort = new AbortController();
  const { signal } = abort;
  const long = there.profile({ image }, { runs: 1e6, signal });
  setTimeout(() => abort.abort(), 50);
  await assert.rejects(long, refused("cancelled", /by its signal/));
  await assert.rejects(
    there.profile({ image }, { runs: 0 }),
    refused("invalid_argument", /runs is 0/),
  );
  assert.deepEqual(await there.run({ image }), await here.run({ image }));
});

test("traceOf makes one complete event of each step that ran", async () => {
  const model = await open(loop);
  const profile = await model.profile({ x: identity }, { runs: 1 });
  const { traceEvents } = JSON.parse(JSON.stringify(traceOf(profile)));
  const [named, ...events] = traceEvents;
  assert.deepEqual([named.ph, named.args.name], ["M", "webhlo"]);
  const ran = profile.steps.filter(({ runs }) => runs > 0);
  assert.deepEqual(
    events.map(({ ph, name, args }) => [ph, name, args.step, args.why]),
    ran.map(({ kernel, step, why }) => ["X", kernel, step, why]),
  );
  const product = events.find(({ args }) => args.runs === 500 && args.flops);
  assert.ok(product.args.gflops > 0 || product.dur === 0);
  let end = 0;
  for (const { ts, dur } of events) {
    near(ts, end);
    end = ts + dur;
  }
  near(end, profile.totalMs * 1000);
});

/** What a load says on the console where threads are refused. */
async function saidBy(options) {
  const said = [];
  const { info, warn } = console;
  console.info = (text) => said.push(["info", text]);
  console.warn = (text) => said.push(["warn", text]);
  const { SharedArrayBuffer } = globalThis;
  const { Module } = WebAssembly;
  delete globalThis.SharedArrayBuffer;
  WebAssembly.Module = class {
    constructor() {
      throw new Error(`no modules for ${options.log}`);
    }
  };
  try {
    await open(loop, { threads: 2, ...options });
  } finally {
    Object.assign(globalThis, { SharedArrayBuffer });
    WebAssembly.Module = Module;
    Object.assign(console, { info, warn });
  }
  return said;
}

test("log says how much is said on the console, once", async () => {
  assert.deepEqual(await saidBy({ log: "silent" }), []);
  const [[kind, text], ...more] = await saidBy({ log: "warn" });
  assert.equal(kind, "warn");
  assert.match(text, /^WebHLO runs without its JIT: .*no modules for warn/);
  assert.deepEqual(more, []);
  const said = await saidBy({ log: "info" });
  assert.deepEqual(said[0], [
    "info",
    "WebHLO runs on one thread: this page is not cross-origin isolated.",
  ]);
  assert.deepEqual(
    said.map(([kind]) => kind),
    ["info", "warn"],
  );
  assert.deepEqual(await saidBy({ log: "info" }), []);
  await assert.rejects(
    open(loop, { log: "loud" }),
    refused(
      "invalid_argument",
      /log is "loud", expected silent, warn, info, debug/,
    ),
  );
});

test("log: 'debug' makes measures of loads and runs, on a track of their own", async () => {
  const measures = [];
  const observer = new PerformanceObserver((list) => {
    measures.push(...list.getEntries());
  });
  observer.observe({ entryTypes: ["measure"] });
  const quiet = await open(digits);
  await quiet.run({ image });
  const start = performance.now();
  const model = await open(digits, { log: "debug" });
  const loaded = performance.now();
  await model.run({ image });
  model.runSync({ image });
  await model.run({ image }, { deadline: 1e6 });
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  observer.disconnect();
  // Observers get them by when they began, a few at a time.
  assert.deepEqual(measures.map(({ name }) => name).sort(), [
    "webhlo load",
    "webhlo load: compile",
    "webhlo load: import",
    "webhlo load: wasm and programs",
    "webhlo load: weights",
    ...Array(3).fill("webhlo run main"),
  ]);
  for (const { detail } of measures) {
    assert.deepEqual(detail.devtools, {
      dataType: "track-entry",
      track: "webhlo",
    });
  }
  const [whole] = measures.filter(({ name }) => name === "webhlo load");
  assert.ok(
    whole.startTime >= start && whole.startTime + whole.duration <= loaded,
  );
  const parts = measures.filter(({ name }) => /^webhlo load:/.test(name));
  assert.ok(sum(parts, "duration") <= whole.duration);
  // Nothing piles up.
  assert.deepEqual(performance.getEntriesByType("measure"), []);
});
