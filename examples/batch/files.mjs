// SPDX-License-Identifier: Apache-2.0
// Shards and their outputs as files. An output appears under its name whole or not at all, and stays
// through a loss of power: that it is there is what says that its shard is done.

import { randomUUID } from "node:crypto";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

import { WebHLOError } from "../../js/dist/index.js";
import { readTensors, writeTensors } from "../../js/dist/cli/tensor_files.js";

/** The names of the shards in a folder; hidden files are none. */
export async function shardsIn(folder) {
  const names = await readdir(folder);
  return names
    .filter((name) => /^[^.].*\.(safetensors|npz|npy)$/.test(name))
    .sort();
}

/** Whether the file is there and holds all that its header announces. */
export async function isWhole(file) {
  const there = await stat(file).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (!there) return false;
  try {
    await readTensors(file);
    return true;
  } catch (error) {
    if (error instanceof WebHLOError && error.code === "invalid_model")
      return false;
    throw error;
  }
}

/**
 * Writes the tensors to a file beside it and renames that, so that whoever reads `file`, and whoever
 * writes it at the same time, has all of one writing. What fails leaves nothing behind.
 */
export async function writeWhole(file, tensors) {
  const folder = path.dirname(file);
  // The name ends as the file's does, for that tells the format.
  const part = path.join(folder, partName(path.basename(file)));
  try {
    await writeTensors(part, tensors);
    await sync(part);
    await rename(part, file);
    await sync(folder);
  } catch (error) {
    await rm(part, { force: true });
    throw new Error(`cannot write ${file}: ${error.message}`, { cause: error });
  }
}

async function sync(file) {
  const handle = await open(file);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const partName = (name) => `.part-${randomUUID()}-${name}`;

/**
 * Removes what killed workers left of an output: of those that are whole. A worker that still writes
 * one of them fails, is tried again, and finds that there is nothing to do.
 */
export async function removeParts(folder, whole) {
  for (const name of await readdir(folder)) {
    const [, output] = /^\.part-[\da-f-]{36}-(.*)$/s.exec(name) ?? [];
    if (whole.has(output)) await rm(path.join(folder, name), { force: true });
  }
}
