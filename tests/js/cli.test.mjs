// SPDX-License-Identifier: Apache-2.0
// The built command line, as a process: what it writes and the status it ends with.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Tensor } from "../../js/dist/index.js";
import { readTensors, writeTensors } from "../../js/dist/cli/tensor_files.js";

const cli = fileURLToPath(new URL("../../js/dist/cli.js", import.meta.url));
const digits = fileURLToPath(new URL("../../models/digits/", import.meta.url));
let folder;
const file = (name) => path.join(folder, name);

const webhlo = (...args) =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [cli, ...args],
      { timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({
          status: error ? (error.code ?? error.signal) : 0,
          stdout,
          stderr,
        });
      },
    );
  });

const model = `module {
  func.func public @main(%arg0: tensor<3xf32> loc("weights['scale']"), %arg1: tensor<2x3xf32> loc("inputs['x']"))
      -> (tensor<2x3xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %1 = stablehlo.multiply %arg1, %0 : tensor<2x3xf32>
    return %1 : tensor<2x3xf32>
  }
}`;
const cache = `module {
  func.func public @main(%arg0: tensor<2x4x3xf32> loc("inputs['cache']"), %arg1: tensor<1xi32> loc("inputs['pos']"),
      %arg2: tensor<2x1x3xf32> loc("inputs['x']")) -> (tensor<2x4x3xf32> {jax.result_info = "result['cache_out']"}) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.reshape %arg1 : (tensor<1xi32>) -> tensor<i32>
    %1 = stablehlo.dynamic_update_slice %arg0, %arg2, %c, %0, %c : (tensor<2x4x3xf32>, tensor<2x1x3xf32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<2x4x3xf32>
    return %1 : tensor<2x4x3xf32>
  }
}`;

const x = new Tensor([
  [1, 1, 1],
  [2, 2, 2],
]);
const y = [1, 2, 3, 2, 4, 6];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "webhlo-"));
  await writeFile(file("m.mlir"), model);
  await writeFile(file("cache.mlir"), cache);
  await writeTensors(
    file("w.safetensors"),
    new Map([["scale", new Tensor([1, 2, 3])]]),
  );
  await writeTensors(file("x.safetensors"), new Map([["x", x]]));
  await writeTensors(file("x.npz"), new Map([["x", x]]));
  await writeTensors(file("x.npy"), new Map([["x", x]]));
  await writeFile(file("x.json"), '{"x": [[1, 1, 1], [2, 2, 2]]}');
  const io = new Map([
    ["in.x", x],
    ["out.y", new Tensor(y, { shape: [2, 3] })],
  ]);
  await writeTensors(file("io.safetensors"), io);
  io.set("out.y", new Tensor([...y.slice(0, 5), 6.0012], { shape: [2, 3] }));
  await writeTensors(file("off.safetensors"), io);
});

after(() => rm(folder, { recursive: true }));

const args = () => [file("m.mlir"), "--weights", file("w.safetensors")];

test("a wrong command line ends with status 2 and says why", async () => {
  const cases = [
    [[], /no command/],
    [["fly"], /no command "fly"/],
    [["run"], /run what/],
    [["run", "a", "--stage", "plan"], /run has no option --stage/],
    [["run", "a", "--fast"], /--fast/],
    [["run", "a", "--rtol", "x"], /--rtol x/],
    [["inspect", "a", "--stage", "x"], /--stage x/],
    [["convert", "a"], /-o OUT/],
    [["run", "a", "b"], /NAME=MODEL/],
  ];
  for (const [line, message] of cases) {
    const { status, stderr } = await webhlo(...line);
    assert.equal(status, 2, line.join(" "));
    assert.match(stderr, message);
  }
  assert.equal((await webhlo("--help")).status, 0);
  assert.match((await webhlo("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
});

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

test("convert makes one file that runs the same", async () => {
  const out = file("m.whlo");
  const made = await webhlo("convert", ...args(), "-o", out);
  assert.equal(made.status, 0, made.stderr);
  const bytes = await readFile(out);
  assert.equal(bytes.subarray(0, 4).toString(), "WHLO");
  assert.equal(bytes.length % 64, 0);
  const run = [
    "run",
    out,
    "--inputs",
    file("io.safetensors"),
    "--expect",
    file("io.safetensors"),
  ];
  const { status, stderr } = await webhlo(...run);
  assert.equal(status, 0, stderr);
  for (const [name, change, message] of [
    ["version", (b) => b.writeUInt32LE(99, 4), /version/],
    ["short", (b) => b.subarray(0, b.length - 64), /bytes too early|ends/],
    ["size", (b) => b.writeUInt32LE(0xfffffff0, 8), /announces/],
    ["foreign", (b) => b.fill(0xff, 64, 128), /./],
  ]) {
    const copy = Buffer.from(bytes);
    const changed = change(copy);
    await writeFile(
      file("bad.whlo"),
      changed instanceof Uint8Array ? changed : copy,
    );
    const bad = await webhlo(
      "run",
      file("bad.whlo"),
      "--inputs",
      file("io.safetensors"),
    );
    assert.equal(bad.status, 1, name);
    assert.match(bad.stderr, message, name);
    assert.doesNotMatch(bad.stderr, /internal/, name);
  }
});

test("convert may write over what it reads, and a failure leaves it as it was", async () => {
  const own = file("own.whlo");
  assert.equal((await webhlo("convert", ...args(), "-o", own)).status, 0);
  const bytes = await readFile(own);
  const again = await webhlo("convert", own, "-o", own);
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(await readFile(own), bytes);
  await writeFile(file("cut.whlo"), bytes.subarray(0, bytes.length - 64));
  assert.equal(
    (await webhlo("convert", file("cut.whlo"), "-o", own)).status,
    1,
  );
  assert.deepEqual(await readFile(own), bytes);
  assert.deepEqual(
    (await readdir(path.dirname(own))).filter((name) => /partial/.test(name)),
    [],
  );
});

test("inspect tells names, and prints stages", async () => {
  const { stdout } = await webhlo("inspect", ...args());
  assert.match(stdout, /x {2}f32\[2,3\]/);
  assert.match(stdout, /y {2}f32\[2,3\]/);
  for (const stage of ["graph", "passes", "init", "plan", "jit", "memory"]) {
    assert.equal(
      (await webhlo("inspect", ...args(), "--stage", stage)).status,
      0,
      stage,
    );
  }
  const json = JSON.parse(
    (await webhlo("inspect", ...args(), "--json")).stdout,
  );
  assert.deepEqual(json.programs[0].inputs, [
    { name: "x", dtype: "f32", shape: [2, 3] },
  ]);
});

test("bench needs no inputs", async () => {
  const { status, stdout, stderr } = await webhlo(
    "bench",
    ...args(),
    "--time",
    "0.05",
    "--threads",
    "1",
    "--json",
  );
  assert.equal(status, 0, stderr);
  const { times, threads } = JSON.parse(stdout);
  assert.ok(times.runs > 0 && times.minMs > 0 && threads === 1);
});

test("what cannot be loaded ends with status 1 and its code", async () => {
  const { status, stderr } = await webhlo("run", file("none.mlir"));
  assert.equal(status, 1);
  assert.match(stderr, /invalid_argument: cannot read .*none\.mlir/);
  const text = await webhlo("run", file("x.json"));
  assert.equal(text.status, 1);
  assert.match(text.stderr, /invalid_model/);
});

test("the digits model: two programs of one weight set", async () => {
  const programs = [
    `one=${digits}model.jaxexport`,
    `many=${digits}model_batch100.jaxexport`,
  ];
  const { images, logits } = Object.fromEntries(
    await readTensors(`${digits}test.safetensors`),
  );
  const image = Float32Array.from(images.data(), (value) => value / 255);
  const io = new Map([
    ["in.image", new Tensor(image, { shape: [100, 28, 28, 1] })],
    ["out.logits", logits],
  ]);
  await writeTensors(file("digits.safetensors"), io);
  const line = [
    "--weights",
    `${digits}weights.safetensors`,
    "--program",
    "many",
    "--inputs",
    file("digits.safetensors"),
  ];
  const { status, stdout, stderr } = await webhlo(
    "run",
    ...programs,
    ...line,
    "--expect",
    file("digits.safetensors"),
  );
  assert.equal(status, 0, stdout + stderr);
});
