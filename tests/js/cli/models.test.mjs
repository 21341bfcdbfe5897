// SPDX-License-Identifier: Apache-2.0
// Models as the commands take them.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";

import { Tensor } from "../../../js/dist/index.js";
import {
  readTensors,
  writeTensors,
} from "../../../js/dist/cli/tensor_files.js";
import { digits, file, model, webhlo } from "./webhlo.mjs";

test("what cannot be loaded ends with status 1 and its code", async () => {
  const { status, stderr } = await webhlo("run", file("none.mlir"));
  assert.equal(status, 1);
  assert.match(stderr, /invalid_argument: cannot read .*none\.mlir/);
  const text = await webhlo("run", file("x.json"));
  assert.equal(text.status, 1);
  assert.match(text.stderr, /invalid_model/);
});

test("--max-memory takes units", async () => {
  const elements = 1_500_000;
  await writeFile(
    file("big.mlir"),
    model
      .replaceAll("tensor<3xf32>", `tensor<${elements}xf32>`)
      .replaceAll("tensor<2x3xf32>", `tensor<2x${elements}xf32>`),
  );
  await writeTensors(
    file("big.safetensors"),
    new Map([["scale", new Tensor(new Float32Array(elements))]]),
  );
  for (const [size, bytes] of [
    ["3MB", 3e6],
    ["2.5mb", 2.5e6],
    ["2097152", 2 ** 21],
    ["2 MiB", 2 ** 21],
    ["4096K", 4096e3],
  ]) {
    // As bounds of the memory they are too small for these weights, and say how much they are.
    const { status, stderr } = await webhlo(
      "run",
      file("big.mlir"),
      "--weights",
      file("big.safetensors"),
      "--max-memory",
      size,
      "--threads",
      "1",
    );
    assert.equal(status, 1, stderr);
    assert.match(stderr, new RegExp(`maxMemory is ${bytes}\\n`));
  }
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
