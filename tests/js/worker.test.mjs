// SPDX-License-Identifier: Apache-2.0
// Models that live in a worker: the answers are those of a model on this thread, kept tensors stay there, and what
// goes wrong there is the error that it would be here.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import workerThreads from "node:worker_threads";

import {
  load,
  registerCustomCall,
  Tensor,
  WebHLOError,
} from "../../js/dist/index.js";
import { program, refused } from "./programs.mjs";

const digits = fileURLToPath(new URL("../../js/digits.whlo", import.meta.url));

const loaded = [];
const inWorker = async (source, options = {}) => {
  const model = await load(source, { threads: 1, worker: true, ...options });
  loaded.push(model);
  return model;
};
after(() => loaded.forEach((model) => model.dispose()));

const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
afterEach(async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  assert.deepEqual(unhandled, []);
});

// result['y'] = x + s, result['next'] = s + 1
const counter = program(`module {
  func.func public @main(%x: tensor<2xf32> loc("inputs['x']"), %s: tensor<2xf32> loc("inputs['s']"))
      -> (tensor<2xf32> {jax.result_info = "result['y']"}, tensor<2xf32> {jax.result_info = "result['next']"}) {
    %one = stablehlo.constant dense<1.0> : tensor<2xf32>
    %y = stablehlo.add %x, %s : tensor<2xf32>
    %next = stablehlo.add %s, %one : tensor<2xf32>
    return %y, %next : tensor<2xf32>, tensor<2xf32>
  }
}`);
const x = Float32Array.of(1, 2);
const zeros = () => new Float32Array(2);

test("answers what the same model does on this thread", async () => {
  const image = Float32Array.from({ length: 784 }, (_, i) => Math.sin(i) ** 2);
  for (const threads of [1, 2]) {
    const here = await load(digits, { threads });
    const there = await inWorker(digits, { threads });
    assert.deepEqual(there.inputs, here.inputs);
    assert.deepEqual(there.outputs, here.outputs);
    assert.deepEqual(Object.keys(there.programs), Object.keys(here.programs));
    assert.deepEqual(there.metadata, here.metadata);
    assert.equal(there.threads, here.threads);
    assert.equal(there.variant, here.variant);
    const results = await there.run({ image });
    assert.deepEqual(results, await here.run({ image }));
    // What the caller gave is still the caller's.
    assert.equal(image.length, 784);
    here.dispose();
  }
});

test("inputs come as typed arrays, parts of larger ones, plain numbers and tensors", async () => {
  const model = await inWorker(counter);
  const y = async (x) => [...(await model.run({ x, s: zeros() })).y];
  const large = Float32Array.of(9, 9, 1, 2, 9);
  assert.deepEqual(await y(large.subarray(2, 4)), [1, 2]);
  assert.deepEqual(await y([1, 2]), [1, 2]);
  assert.deepEqual(await y(new Tensor([1, 2])), [1, 2]);
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([1, 2]);
  assert.deepEqual(await y(shared), [1, 2]);
  // As frameworks hand them over.
  assert.deepEqual(await y(new Proxy([1, 2], {})), [1, 2]);
  assert.deepEqual(large.length, 5);
});

test("transfer moves what the caller needs no more", async () => {
  const model = await inWorker(counter);
  const given = Float32Array.of(1, 2);
  const kept = Float32Array.of(3, 4);
  const { y } = await model.run({ x: given, s: kept }, { transfer: ["x"] });
  assert.deepEqual([...y], [4, 6]);
  assert.equal(given.length, 0);
  assert.equal(kept.length, 2);
  // A part of a larger buffer stays: others may use the rest.
  const part = new Float32Array(4).subarray(0, 2);
  await model.run({ x: part, s: kept }, { transfer: ["x"] });
  assert.equal(part.length, 2);

  const bytes = new Uint8Array(readFileSync(digits)).slice();
  await inWorker(bytes, { transfer: true });
  assert.equal(bytes.length, 0);
  // On this thread nothing need move.
  const here = await load(counter, { threads: 1 });
  await here.run({ x: kept, s: kept }, { transfer: ["x"] });
  assert.equal(kept.length, 2);
  here.dispose();
});

test("kept tensors stay in the worker; read brings their values", async () => {
  const model = await inWorker(counter);
  let { next } = await model.run({ x, s: zeros() }, { keep: ["next"] });
  assert.deepEqual(next.shape, [2]);
  assert.deepEqual([...(await next.read())], [1, 1]);
  assert.throws(
    () => next.data(),
    refused("invalid_argument", /await tensor\.read\(\)/),
  );
  for (let step = 0; step < 3; step++) {
    const state = next;
    ({ next } = await model.run(
      { x, s: state },
      { keep: ["next"], donate: ["s"], outputs: [] },
    ));
    await assert.rejects(
      state.read(),
      refused("invalid_argument", /disposed or donated/),
    );
  }
  assert.deepEqual([...(await next.read())], [4, 4]);
  // Also of tensors that never were in a worker.
  assert.deepEqual([...(await new Tensor([5]).read())], [5]);

  // Another model does not see them.
  const other = await inWorker(counter);
  await assert.rejects(
    other.run({ x, s: next }),
    refused("invalid_argument", /await tensor\.read\(\)/),
  );
  next.dispose();
  await assert.rejects(
    model.run({ x, s: next }),
    refused("invalid_argument", /disposed/),
  );
});

test("a tensor that was donated to a run that waits is gone for the next", async () => {
  const model = await inWorker(counter);
  const { next } = await model.run({ x, s: zeros() }, { keep: ["next"] });
  const first = model.run({ x, s: next }, { donate: ["s"] });
  const second = model.run({ x, s: next });
  assert.deepEqual([...(await first).y], [2, 3]);
  await assert.rejects(
    second,
    refused("invalid_argument", /disposed or donated/),
  );
});

test("what is asked at once here is a promise there, or an error that says so", async () => {
  const model = await inWorker(counter);
  assert.throws(
    () => model.runSync({ x, s: x }),
    refused("unsupported", /runSync: the model is in a worker; await run/),
  );
  assert.match(await model.inspect("graph"), /stablehlo|add/);
  assert.ok((await model.memory).wasm > 0);
  assert.equal((await model.tuned).variant, model.variant);
  await model.warmup({ runs: 1 });
  await assert.rejects(
    model.inspect("grph"),
    refused("invalid_argument", /did you mean "graph"/),
  );
});

test("errors are those of a model on this thread", async () => {
  const model = await inWorker(counter);
  const here = await load(counter, { threads: 1 });
  const wrong = [
    [{ x }],
    [{ x, s: x, z: x }],
    [{ x: new Float64Array(2), s: x }],
    [{ x: [1, 2, 3], s: x }],
    [{ x: new Tensor([1, 2, 3]), s: x }],
    [[x, x]],
    [{ x, s: x }, { keep: ["z"] }],
    [{ x, s: x }, { transfer: ["z"] }],
    [{ x, s: x }, { keep: "y" }],
    [{ x, s: x }, { deadline: -1 }],
    [{ x, s: x }, { kep: [] }],
  ];
  for (const call of wrong) {
    const [mine, theirs] = await Promise.all(
      [here, model].map((model) =>
        model.run(...call).then(
          () => assert.fail(`accepted ${JSON.stringify(call)}`),
          (error) => error,
        ),
      ),
    );
    assert.ok(theirs instanceof WebHLOError, theirs.stack);
    assert.deepEqual([theirs.code, theirs.message], [mine.code, mine.message]);
  }
  here.dispose();
  await assert.rejects(
    model.run({ x: "1, 2", s: x }),
    refused("invalid_argument", /input "x": expected a typed array/),
  );
  await assert.rejects(
    inWorker("no-such-file.whlo"),
    refused("invalid_argument", /no-such-file\.whlo/),
  );
  await assert.rejects(
    inWorker(program("module {")),
    refused("invalid_model", /./),
  );
});

test("a signal and a deadline end a run, and a load, in the worker", async () => {
  // A loop that takes hours.
  const endless = program(`func.func @main(%x: tensor<i64>) -> tensor<i64> {
    %w = stablehlo.while(%i = %x) : tensor<i64>
    cond {
      %limit = stablehlo.constant dense<9000000000000000000> : tensor<i64>
      %p = stablehlo.compare LT, %i, %limit : (tensor<i64>, tensor<i64>) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i64>
      %j = stablehlo.add %i, %one : tensor<i64>
      stablehlo.return %j : tensor<i64>
    }
    return %w : tensor<i64>
  }`);
  const model = await inWorker(endless);
  const arg0 = BigInt64Array.of(0n);
  const done = { arg0: BigInt64Array.of(9000000000000000000n) };
  await assert.rejects(
    model.run({ arg0 }, { deadline: 30 }),
    refused("cancelled", /the deadline of 30 ms/),
  );
  const controller = new AbortController();
  const run = model.run({ arg0 }, { signal: controller.signal });
  setTimeout(() => controller.abort("enough"), 20);
  const error = await run.catch((error) => error);
  refused("cancelled", /signal/)(error);
  assert.equal(error.cause, "enough");
  await model.run(done);
  await assert.rejects(
    model.run(done, { signal: AbortSignal.abort() }),
    refused("cancelled", /signal/),
  );
  // Without either the worker does nothing else; the caller does not wait for it.
  const stuck = model.run({ arg0 });
  model.dispose();
  await assert.rejects(stuck, refused("invalid_argument", /disposed/));
  await assert.rejects(
    model.run(done),
    refused("invalid_argument", /disposed/),
  );
  await assert.rejects(
    inWorker(digits, { deadline: 0 }),
    refused("cancelled", /deadline/),
  );
  await assert.rejects(
    inWorker(digits, { signal: AbortSignal.abort() }),
    refused("cancelled", /signal/),
  );
});

// result['y'] = f(x) + x
const calling = program(`module {
  func.func public @main(%arg0: tensor<2xf32> loc("inputs['x']")) -> (tensor<2xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.custom_call @test_remote(%arg0) {mhlo.backend_config = {scale = 3 : i32}} : (tensor<2xf32>) -> tensor<2xf32>
    %1 = stablehlo.add %0, %arg0 : tensor<2xf32>
    return %1 : tensor<2xf32>
  }
}`);

test("custom calls are answered on the caller's thread", async () => {
  let answer;
  registerCustomCall("test_remote", (...args) => answer(...args));
  const model = await inWorker(calling);
  const y = async () => [...(await model.run({ x })).y];
  answer = ([input], { attributes }) =>
    input.data().map((value) => value * attributes.scale);
  assert.deepEqual(await y(), [4, 8]);
  answer = async ([input]) => new Tensor(input.data());
  assert.deepEqual(await y(), [2, 4]);
  // What they throw is what the run throws.
  const thrown = new TypeError("mine");
  answer = () => {
    throw thrown;
  };
  await assert.rejects(y(), (error) => error === thrown);
  answer = async () => Promise.reject(thrown);
  await assert.rejects(y(), (error) => error === thrown);
  answer = () => "text";
  await assert.rejects(
    y(),
    refused("invalid_argument", /@test_remote.*got "text"/),
  );
  answer = () => [zeros(), zeros()];
  await assert.rejects(
    y(),
    refused("invalid_argument", /@test_remote: expected 1 results/),
  );
  answer = () => new Float32Array(3);
  await assert.rejects(
    y(),
    refused("invalid_argument", /@test_remote.*length 3/),
  );
  // The model that waits for the answer cannot be what gives it.
  answer = () => model.run({ x });
  await assert.rejects(
    y(),
    refused("invalid_argument", /cannot run the model that waits/),
  );
  answer = () => new Promise(() => undefined);
  await assert.rejects(
    model.run({ x }, { deadline: 20 }),
    refused("cancelled", /deadline/),
  );
  answer = zeros;
  assert.deepEqual(await y(), [1, 2]);
});

test("linear algebra is found by the worker itself", async () => {
  const model = await inWorker(
    program(`func.func @main(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
      %0:2 = stablehlo.custom_call @lapack_spotrf_ffi(%a) {mhlo.backend_config = {uplo = 76 : ui8}}
        : (tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<i32>)
      return %0#0 : tensor<2x2xf32>
    }`),
  );
  const { result } = await model.run({ arg0: [4, 2, 2, 5] });
  assert.deepEqual([...result], [2, 2, 1, 2]);
});

test("every kind of source arrives, and its progress is told", async () => {
  const bytes = readFileSync(digits);
  const image = new Float32Array(784);
  const expected = await (await inWorker(digits)).run({ image });
  const buffer = new Uint8Array(bytes).buffer;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const sources = {
    buffer,
    part: new Uint8Array([0, ...bytes, 0]).subarray(1, bytes.length + 1),
    shared,
    blob: new Blob([bytes]),
    response: new Response(bytes),
    url: new URL(`file://${digits}`),
    data: `data:application/octet-stream;base64,${bytes.toString("base64")}`,
  };
  for (const [kind, source] of Object.entries(sources)) {
    let last;
    const model = await inWorker(source, {
      onProgress: (...progress) => (last = progress),
    });
    assert.deepEqual(await model.run({ image }), expected, kind);
    assert.equal(last[0], bytes.length, kind);
    model.dispose();
  }
  assert.equal(buffer.byteLength, bytes.length);
  const thrown = new Error("mine");
  await assert.rejects(
    inWorker(digits, {
      onProgress() {
        throw thrown;
      },
    }),
    (error) => error === thrown,
  );
  const used = new Response(bytes);
  await used.arrayBuffer();
  await assert.rejects(
    inWorker(used),
    refused("invalid_argument", /read already/),
  );
});

test("weights are given by name as tensors", async () => {
  const weighted = program(`module {
    func.func public @main(%w: tensor<2xf32> loc("params['w']"), %x: tensor<2xf32> loc("inputs['x']"))
        -> (tensor<2xf32> {jax.result_info = "result['y']"}) {
      %y = stablehlo.multiply %w, %x : tensor<2xf32>
      return %y : tensor<2xf32>
    }
  }`);
  const w = Float32Array.of(2, 3);
  const model = await inWorker(weighted, { weights: { w: new Tensor(w) } });
  assert.deepEqual([...(await model.run({ x })).y], [2, 6]);
  assert.equal(w.length, 2);
});

test("a worker that is killed ends its runs with an error, and the next load works", async () => {
  const started = [];
  const { Worker } = workerThreads;
  workerThreads.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      started.push(this);
    }
  };
  try {
    let answer = () => new Promise(() => undefined);
    registerCustomCall("test_remote", () => answer());
    const model = await inWorker(calling);
    const run = model.run({ x });
    await started[0].terminate();
    await assert.rejects(
      run,
      refused("internal", /worker of the model has ended.*load it again/),
    );
    await assert.rejects(model.run({ x }), refused("internal", /has ended/));
    answer = zeros;
    const next = await inWorker(calling);
    assert.deepEqual([...(await next.run({ x })).y], [1, 2]);
  } finally {
    workerThreads.Worker = Worker;
  }
});

test("an idle worker keeps no process alive, one that is asked does", () => {
  const index = new URL("../../js/dist/index.js", import.meta.url).href;
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { load } from ${JSON.stringify(index)};
       const model = await load(${JSON.stringify(digits)}, { worker: true });
       const { logits } = await model.run({ image: new Float32Array(784) });
       console.log(logits.length);`,
    ],
    { encoding: "utf8", timeout: 60_000 },
  );
  assert.equal(stderr, "");
  assert.equal(status, 0);
  assert.equal(stdout, "10\n");
});
