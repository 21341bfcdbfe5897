// SPDX-License-Identifier: Apache-2.0
// What tests of the command line share: the built one as a process, and files for it to read.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

import { Tensor } from "../../../js/dist/index.js";
import { writeTensors } from "../../../js/dist/cli/tensor_files.js";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const cli = at("../../../js/dist/cli.js");
export const digits = at("../../../models/digits/");

/** Runs it with these arguments; answers the status that it ends with, and what it writes: { status, stdout, stderr }. */
export const webhlo = (...args) =>
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

/** y = x scale, by rows: x and y are f32[2,3], and the weight f32[3]. */
export const model = `module {
  func.func public @main(%arg0: tensor<3xf32> loc("weights['scale']"), %arg1: tensor<2x3xf32> loc("inputs['x']"))
      -> (tensor<2x3xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %1 = stablehlo.multiply %arg1, %0 : tensor<2x3xf32>
    return %1 : tensor<2x3xf32>
  }
}`;

const x = new Tensor([
  [1, 1, 1],
  [2, 2, 2],
]);
/** What the model makes of x, its scale being 1, 2, 3. */
export const y = [1, 2, 3, 2, 4, 6];

let folder;

/** The path of a file in a folder that is there while the tests of a file run. */
export const file = (name) => path.join(folder, name);

/** The model in that folder, as arguments. */
export const args = () => [file("m.mlir"), "--weights", file("w.safetensors")];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "webhlo-"));
  await writeFile(file("m.mlir"), model);
  await writeTensors(
    file("w.safetensors"),
    new Map([["scale", new Tensor([1, 2, 3])]]),
  );
  for (const format of ["safetensors", "npz", "npy"]) {
    await writeTensors(file(`x.${format}`), new Map([["x", x]]));
  }
  await writeFile(file("x.json"), '{"x": [[1, 1, 1], [2, 2, 2]]}');
  const io = new Map([
    ["in.x", x],
    ["out.y", new Tensor(y, { shape: [2, 3] })],
  ]);
  await writeTensors(file("io.safetensors"), io);
});

after(() => rm(folder, { recursive: true }));
