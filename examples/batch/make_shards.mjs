// SPDX-License-Identifier: Apache-2.0
// Shards to try the example with: rows of digits, the package's 100 test images, each moved by some
// pixels so that no shard is like another.
//
//     node make_shards.mjs DIR SHARDS ROWS [safetensors|npz|npy]

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { Tensor } from "../../js/dist/index.js";
import { readTensors, writeTensors } from "../../js/dist/cli/tensor_files.js";

const digits = fileURLToPath(
  new URL("../../models/digits/test.safetensors", import.meta.url),
);
const pixels = 28 * 28;

/** Writes `shards` files of `rows` images each; answers their names. */
export async function makeShards(folder, shards, rows, format = "safetensors") {
  const images = (await readTensors(digits)).get("images").data();
  await mkdir(folder, { recursive: true });
  const names = [];
  for (let shard = 0; shard < shards; shard++) {
    const data = new Float32Array(rows * pixels);
    for (let row = 0; row < rows; row++) {
      const n = shard * rows + row;
      const from = pixels * (n % 100);
      const image = images.subarray(from, from + pixels);
      const move = Math.floor(n / 100) % pixels;
      for (let i = 0; i < pixels; i++)
        data[row * pixels + ((i + move) % pixels)] = image[i] / 255;
    }
    const name = `digits-${String(shard).padStart(4, "0")}.${format}`;
    const image = new Tensor(data, { shape: [rows, 28, 28, 1] });
    await writeTensors(path.join(folder, name), new Map([["image", image]]));
    names.push(name);
  }
  return names;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, shards, rows, format] = process.argv.slice(2);
  if (!(Number(shards) > 0 && Number(rows) > 0)) {
    console.error("node make_shards.mjs DIR SHARDS ROWS [safetensors|npz|npy]");
    process.exit(2);
  }
  await makeShards(folder, Number(shards), Number(rows), format);
}
