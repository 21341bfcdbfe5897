// SPDX-License-Identifier: Apache-2.0
// Damaged files through the whole of load, on the built wasm: each is read or refused with a typed
// error, the instance never traps, and memory stays within its bound.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { load, WebHLOError } from "../../js/dist/index.js";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const model = readFileSync(at("../../models/digits/model.jaxexport"));
const weights = readFileSync(at("../../models/digits/weights.safetensors"));
const whlo = readFileSync(at("../../js/digits.whlo"));
const whloHead = 64 + whlo.readUInt32LE(8);

const maxMemory = 2 ** 27;
const image = new Float32Array(784);

let state = 7;
const random = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};

/** A copy with some bytes changed in its first `range`, sometimes cut short. */
function damaged(bytes, range) {
  const copy = Uint8Array.from(bytes);
  for (let n = random(4); n >= 0; n--) {
    copy[random(range)] = random(2)
      ? random(256)
      : [0, 127, 128, 255][random(4)];
  }
  return random(5) ? copy : copy.subarray(0, random(copy.length));
}

async function outcome(source, options) {
  try {
    const loaded = await load(source, { threads: 1, maxMemory, ...options });
    try {
      assert.ok(loaded.memory.wasm <= maxMemory);
      await loaded.run({ image }, { deadline: 5000 });
    } finally {
      loaded.dispose();
    }
    return "ran";
  } catch (error) {
    assert.ok(error instanceof WebHLOError, error.stack);
    assert.notEqual(error.code, "internal", error.message);
    assert.ok(error.message.length > 10);
    return error.code;
  }
}

const kinds = {
  "a jax.export container": () => [damaged(model, model.length), { weights }],
  "a .whlo head": () => [damaged(whlo, whloHead)],
  "a safetensors header": () => [
    model,
    { weights: damaged(weights, 8 + weights.readUInt32LE(0)) },
  ],
};

for (const [kind, make] of Object.entries(kinds)) {
  test(`${kind}, damaged`, async () => {
    const counts = {};
    for (let i = 0; i < 60; i++) {
      const result = await outcome(...make());
      counts[result] = (counts[result] ?? 0) + 1;
    }
    assert.ok(counts.invalid_model > 0, JSON.stringify(counts));
  });
}

test("a file that ends within its weights says where", async () => {
  const cut = {
    threads: 1,
    weights: weights.subarray(0, weights.length - 100),
  };
  await assert.rejects(load(model, cut), {
    code: "invalid_model",
    message: /"dense\d\.weight".*ends|ends at byte/,
  });
  await assert.rejects(
    load(whlo.subarray(0, whlo.length - 1000), { threads: 1 }),
    {
      code: "invalid_model",
      message: /ends at byte \d+, \d+ bytes too early/,
    },
  );
});
