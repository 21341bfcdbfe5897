// SPDX-License-Identifier: Apache-2.0
// Sampling, and the loop that writes token after token with a state that stays in the model.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { generate, load, sample, Tensor } from "../../js/dist/index.js";
import { program, refused } from "./programs.mjs";

// A language of seven tokens: the next one is the sum of all before it, modulo 7. Its logits are the negative squares of
// the distances to it, in the last of two rows.
const text = program(`module {
  func.func public @main(%token: tensor<i32> loc("inputs['token']"), %sum: tensor<i32> loc("inputs['sum']"))
      -> (tensor<2x7xf32> {jax.result_info = "result['logits']"}, tensor<i32> {jax.result_info = "result['sum_out']"}) {
    %next = stablehlo.add %sum, %token : tensor<i32>
    %seven = stablehlo.constant dense<7> : tensor<i32>
    %r = stablehlo.remainder %next, %seven : tensor<i32>
    %all = stablehlo.iota dim = 1 : tensor<2x7xi32>
    %rb = stablehlo.broadcast_in_dim %r, dims = [] : (tensor<i32>) -> tensor<2x7xi32>
    %row = stablehlo.iota dim = 0 : tensor<2x7xi32>
    %d = stablehlo.subtract %all, %rb : tensor<2x7xi32>
    %s = stablehlo.multiply %d, %d : tensor<2x7xi32>
    %last = stablehlo.multiply %s, %row : tensor<2x7xi32>
    %n = stablehlo.negate %last : tensor<2x7xi32>
    %logits = stablehlo.convert %n : (tensor<2x7xi32>) -> tensor<2x7xf32>
    return %logits, %next : tensor<2x7xf32>, tensor<i32>
  }
}`);
const expected = (prompt, count) => {
  const all = [...prompt];
  while (all.length < prompt.length + count)
    all.push(all.reduce((a, b) => a + b, 0) % 7);
  return all.slice(prompt.length);
};
const inputs = (token) => ({ token: Int32Array.of(token) });
const state = { sum: "sum_out" };

const models = await Promise.all(
  [{}, { worker: true }].map((options) =>
    load(text, { threads: 1, ...options }),
  ),
);
after(() => models.forEach((model) => model.dispose()));

const collect = async (tokens) => {
  const all = [];
  for await (const token of tokens) all.push(token);
  return all;
};

for (const [i, model] of models.entries()) {
  const where = i === 0 ? "on this thread" : "in a worker";
  test(`a loop ${where} writes what follows of the prompt`, async () => {
    const prompt = [3, 1, 4];
    const options = { tokens: prompt, inputs, state };
    assert.deepEqual(
      await collect(generate(model, { ...options, maxTokens: 12 })),
      expected(prompt, 12),
    );
    // Of a program as of its model.
    assert.deepEqual(
      await collect(
        generate(model.programs.main, { ...options, maxTokens: 3 }),
      ),
      expected(prompt, 3),
    );
    assert.deepEqual(
      await collect(generate(model, { ...options, maxTokens: 0 })),
      [],
    );
    // What was said before the prompt.
    const initial = { sum: new Tensor([5], { dtype: "i32", shape: [] }) };
    assert.deepEqual(
      await collect(generate(model, { ...options, initial, maxTokens: 4 })),
      expected([5, ...prompt], 4),
    );
  });

  test(`a loop ${where} ends at a stop token, by break and by its signal`, async () => {
    const prompt = [3, 1];
    const follow = expected(prompt, 20);
    const stop = follow[3];
    const options = { tokens: prompt, inputs, state };
    assert.deepEqual(
      await collect(generate(model, { ...options, stop: [stop] })),
      follow.slice(0, follow.indexOf(stop)),
    );
    for await (const token of generate(model, options)) {
      assert.equal(token, follow[0]);
      break;
    }
    const controller = new AbortController();
    const seen = [];
    await assert.rejects(
      async () => {
        for await (const token of generate(model, {
          ...options,
          signal: controller.signal,
        })) {
          seen.push(token);
          if (seen.length === 5) controller.abort();
        }
      },
      refused("cancelled", /signal/),
    );
    assert.deepEqual(seen, follow.slice(0, 5));
    // Nothing is left in the model of what the loops kept.
    const kept = (await model.memory).tensors ?? 0;
    assert.equal(kept, 0);
  });
}

test("samples are drawn by the probabilities that are left", () => {
  const probabilities = [0.5, 0.05, 0.3, 0.15];
  const logits = Float32Array.from(probabilities, Math.log);
  assert.equal(sample(logits), 0);
  /** Which token each part of the numbers from 0 to 1 draws. */
  const shares = (options) => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 1000; i++)
      counts[sample(logits, { ...options, random: () => (i + 0.5) / 1000 })]++;
    return counts.map((count) => count / 1000);
  };
  const close = (a, b) =>
    a.forEach((share, i) => assert.ok(Math.abs(share - b[i]) < 0.002, `${a}`));
  close(shares({ temperature: 1 }), probabilities);
  close(shares({ temperature: 1, topK: 2 }), [0.625, 0, 0.375, 0]);
  close(shares({ temperature: 1, topP: 0.7 }), [0.625, 0, 0.375, 0]);
  close(shares({ temperature: 1, topK: 3, topP: 0.5 }), [1, 0, 0, 0]);
  const sharp = probabilities.map((p) => p ** 2);
  const sum = sharp.reduce((a, b) => a + b);
  close(
    shares({ temperature: 0.5 }),
    sharp.map((p) => p / sum),
  );
  // Of several rows the last.
  assert.equal(
    sample(
      new Tensor([
        [9, 0],
        [0, 1],
      ]),
    ),
    1,
  );
  assert.equal(
    sample(
      new Tensor(
        [
          [9, 0],
          [0, 1],
        ],
        { dtype: "bf16" },
      ),
    ),
    1,
  );
});

test("what is wrong is said before anything runs", async () => {
  const [model] = models;
  const good = { tokens: [1], inputs, state, maxTokens: 1 };
  const wrong = [
    [{ tokens: [] }, /tokens is empty/],
    [{ tokens: 5 }, /tokens is 5/],
    [{ tokens: [1.5] }, /expected token ids/],
    [{ inputs: undefined }, /inputs is undefined/],
    [{ state: { som: "sum_out" } }, /no "som" among the inputs.*did you mean/],
    [{ state: { sum: "sum" } }, /no "sum" among the results/],
    [{ logits: "logit" }, /no "logit" among the results.*did you mean/],
    [{ temperature: -1 }, /temperature is -1/],
    [{ topK: 0 }, /topK is 0/],
    [{ topP: 0 }, /topP is 0/],
    [{ topk: 3 }, /no option "topk".*did you mean "topK"/],
    [{ maxTokens: NaN }, /maxTokens is NaN/],
  ];
  for (const [options, message] of wrong) {
    await assert.rejects(
      collect(generate(model, { ...good, ...options })),
      refused("invalid_argument", message),
    );
  }
  for (const logits of [[], [NaN, 1], [-Infinity]]) {
    assert.throws(
      () => sample(Float32Array.from(logits)),
      refused("invalid_argument", /the largest of \d logits is/),
    );
  }
});
