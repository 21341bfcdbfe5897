// SPDX-License-Identifier: Apache-2.0
// Files that people give by mistake: the error says what the file is and what to do.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import { load, WebHLOError } from "../../js/dist/index.js";

const bytes = (...parts) =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part) : Uint8Array.from(part),
    ),
  );
const safetensors = bytes(
  [66, 0, 0, 0, 0, 0, 0, 0],
  '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.padEnd(66),
  [0, 0, 0, 0],
);
const text = "module { func.func @main() { return } }";

// Enough of each kind of file: what it begins with. Then what the message says of it.
const files = {
  "a page of HTML": [
    bytes("<!DOCTYPE html>\n<html><body>Not found</body></html>"),
    /page of HTML.*address/,
  ],
  "HTML behind a byte order mark": [
    bytes([0xef, 0xbb, 0xbf], "\n  <html lang=en>"),
    /page of HTML/,
  ],
  "a Git LFS pointer": [
    bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n"),
    /Git LFS.*git lfs pull/,
  ],
  "an ONNX model": [
    bytes([8, 8, 0x12, 7], "pytorch", [0x1a, 5], "2.4.0:"),
    /ONNX.*StableHLO/,
  ],
  "an ONNX model without a producer": [
    bytes([8, 9, 0x3a, 200, 1, 10, 4]),
    /ONNX/,
  ],
  "a TensorFlow Lite model": [
    bytes([0x1c, 0, 0, 0], "TFL3", [0x14, 0, 0x20, 0]),
    /TensorFlow Lite.*StableHLO/,
  ],
  "a SavedModel": [
    bytes([8, 1, 0x12, 0x9a, 0x10, 10, 5], "serve"),
    /SavedModel.*StableHLO/,
  ],
  "a pickle": [
    bytes([0x80, 2, 0x8a, 10], "collections"),
    /pickle.*safetensors/,
  ],
  "what torch.save writes": [
    bytes("PK", [3, 4, 0, 0, 8, 8], "archive/data.pkl"),
    /ZIP.*torch.save.*safetensors/,
  ],
  "a Keras file": [bytes([0x89], "HDF", [13, 10, 26, 10]), /HDF5.*Keras/],
  "a gzip file": [bytes([0x1f, 0x8b, 8, 0]), /gzip/],
  "a GGUF file": [bytes("GGUF", [3, 0, 0, 0]), /GGUF/],
  JSON: [bytes('{"error": "not found"}'), /JSON/],
  "HLO text": [bytes("HloModule jit_f, entry_computation"), /HLO text/],
};

const says = (message) => (error) => {
  assert.ok(error instanceof WebHLOError, error.stack);
  assert.equal(error.code, "invalid_model", error.message);
  assert.match(error.message, message);
  return true;
};

for (const [kind, [content, message]] of Object.entries(files)) {
  test(`${kind} is told as such, given as a model or as weights`, async () => {
    await assert.rejects(load(content, { threads: 1 }), says(message));
    await assert.rejects(
      load(bytes(text), { weights: content, threads: 1 }),
      says(message),
    );
  });
}

test("weights given as a model, and a model as weights", async () => {
  await assert.rejects(
    load(safetensors, { threads: 1 }),
    says(/safetensors.*load\(program, \{ weights: file \}\)/),
  );
  await assert.rejects(
    load(bytes(text), {
      weights: bytes([0x4d, 0x4c, 0xef, 0x52, 1, 2, 3, 4]),
      threads: 1,
    }),
    says(/a program; it is the first argument of load/),
  );
});

test("weights whose header is as long as another file's first bytes say", async () => {
  const program = `module { func.func @main(%x: tensor<1xf32> loc("x")) -> tensor<1xf32> { return %x : tensor<1xf32> } }`;
  for (const first of [
    [0x80, 2],
    [0x1f, 0x8b],
    [8, 1, 0x12],
    [8, 8, 0x12],
  ]) {
    const length = Buffer.alloc(8);
    length.set(first);
    const header = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const weights = bytes(
      length,
      header.padEnd(length.readUInt32LE()),
      [0, 0, 0x80, 0x3f],
    );
    const model = await load(bytes(program), { weights, threads: 1 });
    assert.deepEqual([...model.runSync({}).result], [1]);
    model.dispose();
  }
});

test("the folder of a SavedModel", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "webhlo-"));
  try {
    await mkdir(path.join(folder, "saved"));
    await writeFile(path.join(folder, "saved", "saved_model.pb"), "");
    for (const [name, message] of [
      ["saved", /a folder, not a file: a TensorFlow SavedModel; export/],
      [".", /a folder, not a file$/],
    ]) {
      await assert.rejects(
        load(path.join(folder, name), { threads: 1 }),
        (error) =>
          error.code === "invalid_argument" && message.test(error.message),
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
