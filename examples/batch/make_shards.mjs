// SPDX-License-Identifier: Apache-2.0
// Shards to try the example with: rows of digits, the package's 100 test images, each moved by some
// pixels so that no shard is like another; or random rows for any model.
//
//     node make_shards.mjs DIR SHARDS ROWS [safetensors|npz|npy] [--model F [--weights F]... [--program NAME]]

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Tensor } from "../../js/dist/index.js";
import { readTensors, writeTensors } from "../../js/dist/cli/tensor_files.js";
import { openModel } from "./model.mjs";

const digits = fileURLToPath(
  new URL("../../models/digits/test.safetensors", import.meta.url),
);
const pixels = 28 * 28;

/** Writes `shards` files of `rows` images each; answers their names. */
export async function makeShards(folder, shards, rows, format) {
  const images = (await readTensors(digits)).get("images").data();
  return write(folder, "digits", shards, format, (shard) => {
    const data = new Float32Array(rows * pixels);
    for (let row = 0; row < rows; row++) {
      const n = shard * rows + row;
      const from = pixels * (n % 100);
      const image = images.subarray(from, from + pixels);
      const move = Math.floor(n / 100) % pixels;
      for (let i = 0; i < pixels; i++)
        data[row * pixels + ((i + move) % pixels)] = image[i] / 255;
    }
    return [["image", new Tensor(data, { shape: [rows, 28, 28, 1] })]];
  });
}

/** The same for the inputs of a model (settings as of `openModel`): floats from -1 to 1, integers from 0 to 9. */
export async function makeRandomShards(folder, shards, rows, settings, format) {
  const { model, program } = await openModel({ threads: 1, ...settings });
  const { inputs } = program;
  model.dispose();
  const free = inputs.find(({ shape }) => shape.slice(1).includes(null));
  if (free)
    throw new Error(
      `"${free.name}" leaves more free than the batch: make its shards yourself`,
    );
  return write(folder, "random", shards, format, () =>
    inputs.map(({ name, dtype, shape }) => {
      const sizes = [rows, ...shape.slice(1)];
      const length = sizes.reduce((product, size) => product * size);
      const isFloat = /^(f|bf)/.test(dtype);
      const values = Array.from({ length }, () =>
        isFloat ? 2 * Math.random() - 1 : Math.floor(10 * Math.random()),
      );
      return [name, new Tensor(values, { dtype, shape: sizes })];
    }),
  );
}

async function write(folder, title, shards, format = "safetensors", tensors) {
  await mkdir(folder, { recursive: true });
  const names = [];
  for (let shard = 0; shard < shards; shard++) {
    const name = `${title}-${String(shard).padStart(4, "0")}.${format}`;
    await writeTensors(path.join(folder, name), new Map(tensors(shard)));
    names.push(name);
  }
  return names;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = { type: "string" };
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      model: text,
      weights: { ...text, multiple: true },
      program: text,
    },
  });
  const [folder, shards, rows, format] = positionals;
  if (!(Number(shards) > 0 && Number(rows) > 0)) {
    console.error(
      "node make_shards.mjs DIR SHARDS ROWS [safetensors|npz|npy] [--model F [--weights F]... [--program NAME]]",
    );
    process.exit(2);
  }
  const counts = [Number(shards), Number(rows)];
  if (values.model) await makeRandomShards(folder, ...counts, values, format);
  else await makeShards(folder, ...counts, format);
}
