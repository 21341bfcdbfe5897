// SPDX-License-Identifier: Apache-2.0
// `webhlo inspect`.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";

import { readTensors } from "../../../js/dist/cli/tensor_files.js";
import { loop } from "../programs.mjs";
import { args, digits, file, webhlo } from "./webhlo.mjs";

test("inspect tells names, and prints stages", async () => {
  const { stdout } = await webhlo("inspect", ...args());
  assert.match(stdout, /x {2}f32\[2,3\]/);
  assert.match(stdout, /y {2}f32\[2,3\]/);
  for (const stage of [
    "graph",
    "passes",
    "init",
    "plan",
    "jit",
    "memory",
    "steps",
    "choices",
    "weights",
    "roofline",
  ]) {
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

test("inspect tells what a model weighs, and what a run computes and moves", async () => {
  const { stdout } = await webhlo("inspect", ...args());
  assert.match(stdout, /^parameters {2}3, 0\.0 KB$/m);
  // Two rows of three products; inputs, weights and results are of four bytes.
  assert.match(stdout, /^one run {2}6 operations, moves 0\.1 KB$/m);
  const json = JSON.parse(
    (await webhlo("inspect", ...args(), "--json")).stdout,
  );
  assert.deepEqual(json.parameters, { elements: 3, bytes: 12 });
  assert.deepEqual(json.programs[0].work, {
    flops: 6,
    bytes: (6 + 3 + 6) * 4,
    branches: false,
  });
  assert.ok(json.memory.arena >= 0);

  const all = await webhlo(
    "inspect",
    "--json",
    `${digits}model.jaxexport`,
    "--weights",
    `${digits}weights.safetensors`,
  );
  const { parameters, programs } = JSON.parse(all.stdout);
  const weights = [
    ...(await readTensors(`${digits}weights.safetensors`)).values(),
  ];
  const elements = weights.reduce((sum, w) => sum + w.data().length, 0);
  assert.deepEqual(parameters, { elements, bytes: 4 * elements });
  assert.ok(programs[0].work.flops > elements);
});

test("inspect counts each step of a loop once, and nothing before shapes are known", async () => {
  await writeFile(file("loop.mlir"), loop);
  const { stdout } = await webhlo("inspect", file("loop.mlir"));
  assert.match(
    stdout,
    /^one run {2}1\.0\d k operations, .* \(of loops and branches, each step once\)$/m,
  );
  await writeFile(
    file("rows.mlir"),
    `func.func @main(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = stablehlo.add %x, %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}`,
  );
  const free = [file("rows.mlir"), "--json"];
  const work = async (...line) =>
    JSON.parse((await webhlo("inspect", ...free, ...line)).stdout).programs[0]
      .work;
  assert.equal(await work(), null);
  const told = (await webhlo("inspect", file("rows.mlir"))).stdout;
  assert.match(told, /^one run {2}depends on shapes; --shape/m);
  assert.equal((await work("--shape", "arg0=5x3")).flops, 15);
});
