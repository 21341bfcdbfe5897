// SPDX-License-Identifier: Apache-2.0
// Files of tensors, as inputs and as results.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";

import { Tensor } from "../../../js/dist/index.js";
import { encodeNpz } from "../../../js/dist/cli/npy.js";
import {
  readTensors,
  writeTensors,
} from "../../../js/dist/cli/tensor_files.js";
import { args, file, webhlo } from "./webhlo.mjs";

test("an archive of inputs is bounded by what the program takes", async () => {
  const huge = encodeNpz(
    new Map([["x", new Tensor(new Float32Array(100_000))]]),
  );
  await writeFile(file("huge.npz"), Buffer.concat(huge));
  const { status, stderr } = await webhlo(
    "run",
    ...args(),
    "--inputs",
    file("huge.npz"),
  );
  assert.equal(status, 1);
  assert.match(stderr, /x.npy has 400128 bytes, more than the model can take/);
  const unknown = encodeNpz(new Map([["q", new Tensor(new Float32Array(9))]]));
  await writeFile(file("unknown.npz"), Buffer.concat(unknown));
  const other = await webhlo("run", ...args(), "--inputs", file("unknown.npz"));
  assert.match(other.stderr, /; missing: x; not an input: q/);
});

test("halves come back from JSON as they were, whatever array holds them", async () => {
  for (const dtype of ["f16", "bf16"]) {
    const tensor = new Tensor([0.5, -2, 65504], { dtype });
    await writeTensors(file(`${dtype}.json`), new Map([["x", tensor]]));
    const back = (await readTensors(file(`${dtype}.json`))).get("x");
    assert.equal(back.dtype, dtype);
    assert.deepEqual(back.toFloat32(), tensor.toFloat32());
  }
});
