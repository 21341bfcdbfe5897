// SPDX-License-Identifier: Apache-2.0
// `webhlo run`.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";

import { Tensor } from "../../../js/dist/index.js";
import {
  readTensors,
  writeTensors,
} from "../../../js/dist/cli/tensor_files.js";
import { args, file, webhlo, y } from "./webhlo.mjs";

const cache = `module {
  func.func public @main(%arg0: tensor<2x4x3xf32> loc("inputs['cache']"), %arg1: tensor<1xi32> loc("inputs['pos']"),
      %arg2: tensor<2x1x3xf32> loc("inputs['x']")) -> (tensor<2x4x3xf32> {jax.result_info = "result['cache_out']"}) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.reshape %arg1 : (tensor<1xi32>) -> tensor<i32>
    %1 = stablehlo.dynamic_update_slice %arg0, %arg2, %c, %0, %c : (tensor<2x4x3xf32>, tensor<2x1x3xf32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<2x4x3xf32>
    return %1 : tensor<2x4x3xf32>
  }
}`;

test("run reads inputs of every format and writes outputs of every format", async () => {
  for (const format of ["safetensors", "npz", "npy", "json"]) {
    const out = file(`out.${format}`);
    const { status, stderr } = await webhlo(
      "run",
      ...args(),
      "--inputs",
      file(`x.${format}`),
      "--output",
      out,
    );
    assert.equal(status, 0, stderr);
    const [value] = (await readTensors(out)).values();
    assert.deepEqual([...value.data()], y);
    assert.deepEqual(value.shape, [2, 3]);
  }
});

test("run compares with what is expected, by status", async () => {
  const good = await webhlo(
    "run",
    ...args(),
    "--inputs",
    file("io.safetensors"),
    "--expect",
    file("io.safetensors"),
  );
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /ok +y: /);
  const io = await readTensors(file("io.safetensors"));
  io.set("out.y", new Tensor([...y.slice(0, 5), 6.0012], { shape: [2, 3] }));
  await writeTensors(file("off.safetensors"), io);
  const off = [
    ...args(),
    "--inputs",
    file("off.safetensors"),
    "--expect",
    file("off.safetensors"),
  ];
  const bad = await webhlo("run", ...off);
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /FAIL y: .*relative 2.00e-4/);
  assert.equal((await webhlo("run", ...off, "--rtol", "1e-3")).status, 0);
  const none = await webhlo(
    "run",
    ...args(),
    "--inputs",
    file("x.npz"),
    "--expect",
    file("x.npz"),
  );
  assert.equal(none.status, 1);
  assert.match(none.stderr, /expected "x"/);
});

test("run checks one position of a cache, and that the rest is unchanged", async () => {
  const before = new Tensor(
    Float32Array.from({ length: 24 }, (_, i) => i),
    { shape: [2, 4, 3] },
  );
  const io = new Map([
    ["in.cache", before],
    ["in.pos", new Tensor([2], { dtype: "i32" })],
    ["in.x", new Tensor([[[-1, -2, -3]], [[-4, -5, -6]]])],
    [
      "out.cache_out.at_pos",
      new Tensor([
        [-1, -2, -3],
        [-4, -5, -6],
      ]),
    ],
  ]);
  await writeTensors(file("cache.safetensors"), io);
  await writeFile(file("cache.mlir"), cache);
  const line = [
    "run",
    file("cache.mlir"),
    "--inputs",
    file("cache.safetensors"),
    "--expect",
    file("cache.safetensors"),
  ];
  const { status, stdout, stderr } = await webhlo(...line, "--json");
  assert.equal(status, 0, stdout + stderr);
  assert.deepEqual(
    JSON.parse(stdout).checks.map(({ name, passed }) => [name, passed]),
    [
      ["cache_out.at_pos", true],
      ["cache_out elsewhere", true],
    ],
  );
  io.set(
    "out.cache_out.at_pos",
    new Tensor([
      [0, -2, -3],
      [-4, -5, -6],
    ]),
  );
  await writeTensors(file("cache.safetensors"), io);
  assert.equal((await webhlo(...line)).status, 1);
});

test("run --profile tells of each step, and --trace writes it as trace events", async () => {
  const line = ["run", ...args(), "--inputs", file("x.npy")];
  const trace = file("trace.json");
  const { status, stdout, stderr } = await webhlo(...line, "--profile");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^y f32\[2,3\]: 1, 2, 3, 2, 4, 6$/m);
  assert.match(stdout, /^roofline: .* GFLOPS, reads /m);
  assert.match(
    stdout,
    /^ *step +ms +share +GFLOPS +GB\/s +roofline +runs +kernel$/m,
  );
  assert.match(stdout, /^\d+ steps, of which \d+ ran: \d+\.\d+ ms$/m);
  const json = await webhlo(...line, "--trace", trace, "--json");
  const { steps, totalMs, outputs } = JSON.parse(json.stdout);
  assert.deepEqual(outputs.y.data, y);
  const { traceEvents } = JSON.parse(await readFile(trace, "utf8"));
  const events = traceEvents.filter(({ ph }) => ph === "X");
  assert.equal(events.length, steps.filter(({ runs }) => runs > 0).length);
  const duration = events.reduce((sum, { dur }) => sum + dur, 0);
  assert.ok(Math.abs(duration - totalMs * 1000) < 1e-6);
  const nowhere = await webhlo(...line, "--trace", file("no/such/folder"));
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /invalid_argument: cannot write .*folder/);
});
