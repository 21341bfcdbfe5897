// SPDX-License-Identifier: Apache-2.0
// The importer: the wasm that makes .whlo bytes of programs in any other encoding. It is fetched by loads
// that need it, and by no others.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { load } from "../../js/dist/index.js";
import { refused } from "./programs.mjs";

const dist = fileURLToPath(new URL("../../js/dist/", import.meta.url));
const digits = fileURLToPath(new URL("../../models/digits/", import.meta.url));
const whlo = fileURLToPath(new URL("../../js/digits.whlo", import.meta.url));
const image = new Float32Array(784).fill(0.5);

/** Loads on one thread, with the wasm files of a folder of their own; disposes at the end. */
async function open(folder, source, weights) {
  const options = { threads: 1, wasmURL: `${folder}/`, weights };
  const model = await load(source, options);
  after(() => model.dispose());
  return model;
}

function folderOf(names) {
  const folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  after(() => rmSync(folder, { recursive: true }));
  for (const name of readdirSync(dist).filter((name) => names.test(name)))
    copyFileSync(path.join(dist, name), path.join(folder, name));
  return folder;
}

const variant = /^webhlo-(simd|relaxed)\.wasm$/;
const weights = `${digits}weights.safetensors`;
const exported = `${digits}model.jaxexport`;

test("a .whlo file needs no importer, and answers what its program does with one", async () => {
  const model = await open(folderOf(variant), whlo);
  const { logits } = model.runSync({ image });
  const both = folderOf(/^webhlo-(simd|relaxed|importer)\.wasm$/);
  const imported = await open(both, exported, weights);
  assert.deepEqual(imported.runSync({ image }).logits, logits);
  assert.equal(imported.variant, model.variant);
});

test("without it, another encoding is an error that names its file; one that comes later is found", async () => {
  const folder = folderOf(variant);
  await assert.rejects(
    open(folder, exported, weights),
    refused("invalid_argument", /cannot load .*webhlo-importer\.wasm/),
  );
  const name = "webhlo-importer.wasm";
  copyFileSync(path.join(dist, name), path.join(folder, name));
  const model = await open(folder, exported, weights);
  assert.equal(model.runSync({ image }).logits.length, 10);
});

test("it prints what a variant made of a program; what runs tell of themselves needs none", async () => {
  const folder = folderOf(variant);
  const model = await open(folder, whlo);
  const choices = JSON.parse(await model.inspect("choices"));
  assert.ok(choices.some((choice) => choice?.candidates.length > 1));
  await assert.rejects(
    model.inspect("plan"),
    refused("invalid_argument", /cannot load .*webhlo-importer\.wasm/),
  );
  const name = "webhlo-importer.wasm";
  copyFileSync(path.join(dist, name), path.join(folder, name));
  const plan = await model.inspect("plan");
  const lines = plan.split("\n").filter((line) => /^\d+: /.test(line));
  assert.equal(lines.length, choices.length);
  for (const [i, choice] of choices.entries()) {
    if (choice === null || choice.candidates.length < 2) continue;
    const { why, candidates } = choice;
    assert.ok(lines[i].endsWith(`; ${why} of ${candidates.join(", ")}`));
  }
  model.dispose();
  await assert.rejects(
    model.inspect("plan"),
    refused("invalid_argument", /disposed/),
  );
});

test("its memory has the bound of the model's", async () => {
  const one = "0000803F";
  const ones = `func.func @main() -> tensor<1xf32> {
    %0 = stablehlo.constant dense<"0x${"00000000" + one.repeat(4e6)}"> : tensor<4000001xf32>
    %1 = stablehlo.slice %0 [0:1] : (tensor<4000001xf32>) -> tensor<1xf32>
    return %1 : tensor<1xf32>
  }`;
  const bytes = new TextEncoder().encode(ones);
  await assert.rejects(
    load(bytes, { threads: 1, maxMemory: 2 ** 24 }),
    refused("out_of_memory", /memory/),
  );
  const model = await load(bytes, { threads: 1, maxMemory: 2 ** 27 });
  after(() => model.dispose());
  assert.deepEqual([...model.runSync({}).result], [0]);
});
