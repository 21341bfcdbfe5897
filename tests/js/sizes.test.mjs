// SPDX-License-Identifier: Apache-2.0
// Programs of ten thousand operations, in each of the shapes that a compiler may be quadratic in, and
// small programs that ask for large work while they load. What is counted is memory and answers, not
// time; that the work is bounded is counted in tests/core/passes/work_budget_test.cc.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import { load, WebHLOError } from "../../js/dist/index.js";

const operations = 10_000;
const most = 256 * 2 ** 20;

const f32x4 = "tensor<4xf32>";
const lines = (count, line) =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");
const list = (count, item) =>
  Array.from({ length: count }, (_, i) => item(i)).join(", ");
const main = (inputs, outputs, body) =>
  `module { func.func public @main(${inputs}) -> (${outputs}) {\n${body}\n} }`;
/** %s: the sum of %v0 ... */
const sum = (count) =>
  `%s1 = stablehlo.add %v0, %v1 : ${f32x4}\n` +
  lines(
    count - 2,
    (i) => `%s${i + 2} = stablehlo.add %s${i + 1}, %v${i + 2} : ${f32x4}`,
  ) +
  `\nreturn %s${count - 1} : ${f32x4}`;
const negated = (count) =>
  lines(count, (i) => `%v${i} = stablehlo.negate %a${i} : ${f32x4}`);

/** A program of n operations, and its results for the input [1, 2, 3, 4] in each argument. */
const shapes = {
  "a chain": (n) => ({
    text: main(
      `%v0: ${f32x4}`,
      f32x4,
      lines(n, (i) => `%v${i + 1} = stablehlo.negate %v${i} : ${f32x4}`) +
        `\nreturn %v${n} : ${f32x4}`,
    ),
    results: [[1, 2, 3, 4]],
  }),
  "a chain of functions that are long in code": (n) => ({
    text: main(
      `%v0: ${f32x4}`,
      f32x4,
      lines(n, (i) => `%v${i + 1} = stablehlo.sine %v${i} : ${f32x4}`) +
        `\nreturn %v${n} : ${f32x4}`,
    ),
  }),
  "one value read by all": (n) => ({
    text: main(
      `%a: ${f32x4}`,
      f32x4,
      lines(
        n / 2,
        (i) =>
          `%c${i} = stablehlo.constant dense<${i}.0> : ${f32x4}\n%v${i} = stablehlo.maximum %a, %c${i} : ${f32x4}`,
      ) +
        "\n" +
        sum(n / 2),
    ),
    // The sum of the numbers to 4999, with the first ones raised.
    results: [[1, 3, 6, 10].map((raised) => 12_497_500 + raised)],
  }),
  "many arguments": (n) => ({
    text: main(
      list(n, (i) => `%v${i}: ${f32x4}`),
      f32x4,
      sum(n),
    ),
    results: [[1, 2, 3, 4].map((x) => x * n)],
  }),
  "many results": (n) => ({
    text: main(
      `%a: ${f32x4}`,
      list(n, () => f32x4),
      lines(
        n,
        (i) =>
          `%c${i} = stablehlo.constant dense<${i}.0> : ${f32x4}\n%v${i} = stablehlo.add %a, %c${i} : ${f32x4}`,
      ) + `\nreturn ${list(n, (i) => `%v${i}`)} : ${list(n, () => f32x4)}`,
    ),
    results: Array.from({ length: n }, (_, i) => [1 + i, 2 + i, 3 + i, 4 + i]),
  }),
  "many carried values": (n) => ({
    text: main(
      `%a: ${f32x4}`,
      list(2, () => f32x4),
      `%zero = stablehlo.constant dense<0> : tensor<i32>
      %w:${n + 1} = stablehlo.while(%i = %zero, ${list(n, (i) => `%x${i} = %a`)}) : tensor<i32>, ${list(n, () => f32x4)}
      cond {
        %limit = stablehlo.constant dense<101> : tensor<i32>
        %p = stablehlo.compare LT, %i, %limit : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %p : tensor<i1>
      } do {
        %one = stablehlo.constant dense<1> : tensor<i32>
        %j = stablehlo.add %i, %one : tensor<i32>
        ${lines(n, (i) => `%y${i} = stablehlo.negate %x${i} : ${f32x4}`)}
        stablehlo.return %j, ${list(n, (i) => `%y${i}`)} : tensor<i32>, ${list(n, () => f32x4)}
      }
      return %w#1, %w#${n} : ${f32x4}, ${f32x4}`,
    ),
    results: Array(2).fill([-1, -2, -3, -4]),
  }),
  "carried values that change places": (n) => ({
    text: main(
      `%a: ${f32x4}, %b: ${f32x4}`,
      list(2, () => f32x4),
      `%zero = stablehlo.constant dense<0> : tensor<i32>
      %n = stablehlo.negate %b : ${f32x4}
      %w:${n + 1} = stablehlo.while(%i = %zero, ${list(n, (i) => (i === 1 ? "%x1 = %n" : `%x${i} = %a`))}) : tensor<i32>, ${list(n, () => f32x4)}
      cond {
        %limit = stablehlo.constant dense<50> : tensor<i32>
        %p = stablehlo.compare LT, %i, %limit : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %p : tensor<i1>
      } do {
        %one = stablehlo.constant dense<1> : tensor<i32>
        %j = stablehlo.add %i, %one : tensor<i32>
        stablehlo.return %j, ${list(n, (i) => `%x${(i + n - 1) % n}`)} : tensor<i32>, ${list(n, () => f32x4)}
      }
      return %w#51, %w#52 : ${f32x4}, ${f32x4}`,
    ),
    results: [
      [1, 2, 3, 4],
      [-1, -2, -3, -4],
    ],
  }),
  "a wide concatenate": (n) => ({
    text: main(
      list(n, (i) => `%a${i}: ${f32x4}`),
      `tensor<${4 * n}xf32>`,
      negated(n) +
        `\n%r = stablehlo.concatenate ${list(n, (i) => `%v${i}`)}, dim = 0 : (${list(n, () => f32x4)}) -> tensor<${4 * n}xf32>\n` +
        `return %r : tensor<${4 * n}xf32>`,
    ),
    results: [Array(n).fill([-1, -2, -3, -4]).flat()],
  }),
  "calls, each within the one before": (n) => ({
    text:
      `module { func.func public @main(%a: ${f32x4}) -> ${f32x4} { %0 = call @f0(%a) : (${f32x4}) -> ${f32x4} return %0 : ${f32x4} }\n` +
      lines(
        n,
        (i) =>
          `func.func private @f${i}(%a: ${f32x4}) -> ${f32x4} { ` +
          (i + 1 < n
            ? `%0 = call @f${i + 1}(%a) : (${f32x4}) -> ${f32x4}`
            : `%0 = stablehlo.negate %a : ${f32x4}`) +
          ` return %0 : ${f32x4} }`,
      ) +
      "\n}",
    results: [[-1, -2, -3, -4]],
  }),
  "loops, one after the other": (n) => ({
    text: main(
      `%v0: ${f32x4}`,
      f32x4,
      "%zero = stablehlo.constant dense<0> : tensor<i32>\n" +
        lines(
          n / 10,
          (
            k,
          ) => `%w${k}:2 = stablehlo.while(%i${k} = %zero, %x${k} = %v${k}) : tensor<i32>, ${f32x4}
      cond {
        %limit = stablehlo.constant dense<31> : tensor<i32>
        %p = stablehlo.compare LT, %i${k}, %limit : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %p : tensor<i1>
      } do {
        %one = stablehlo.constant dense<1> : tensor<i32>
        %j = stablehlo.add %i${k}, %one : tensor<i32>
        %y = stablehlo.negate %x${k} : ${f32x4}
        stablehlo.return %j, %y : tensor<i32>, ${f32x4}
      }
      %v${k + 1} = stablehlo.abs %w${k}#1 : ${f32x4}`,
        ) +
        `\nreturn %v${n / 10} : ${f32x4}`,
    ),
    results: [[1, 2, 3, 4]],
  }),
};

for (const [name, shape] of Object.entries(shapes)) {
  test(`${operations} operations: ${name}`, async () => {
    const { text, results } = shape(operations);
    const model = await load(new TextEncoder().encode(text), { threads: 1 });
    assert.ok(
      model.memory.wasm < most,
      `${model.memory.wasm} bytes of wasm memory`,
    );
    const inputs = Object.fromEntries(
      model.inputs.map((input) => [input.name, Float32Array.of(1, 2, 3, 4)]),
    );
    const outputs = await model.run(inputs);
    if (results) {
      assert.deepEqual(
        model.outputs.map((result) => [...outputs[result.name]]),
        results,
      );
    }
    model.dispose();
  });
}

test("calls that multiply end with an error that names the bound and the function", async () => {
  const doubling = (functions) =>
    `module { func.func public @main(%a: ${f32x4}) -> ${f32x4} { %0 = call @f0(%a) : (${f32x4}) -> ${f32x4} return %0 : ${f32x4} }\n` +
    lines(
      functions,
      (i) =>
        `func.func private @f${i}(%a: ${f32x4}) -> ${f32x4} { ` +
        (i + 1 < functions
          ? `%0 = call @f${i + 1}(%a) : (${f32x4}) -> ${f32x4} %1 = call @f${i + 1}(%0) : (${f32x4}) -> ${f32x4}`
          : `%1 = stablehlo.negate %a : ${f32x4}`) +
        ` return %1 : ${f32x4} }`,
    ) +
    "\n}";
  const model = await load(new TextEncoder().encode(doubling(8)), {
    threads: 1,
  });
  assert.deepEqual(
    [...(await model.run({ arg0: Float32Array.of(1, 2, 3, 4) })).result],
    [1, 2, 3, 4],
  );
  model.dispose();
  for (const functions of [20, 100]) {
    await assert.rejects(
      load(new TextEncoder().encode(doubling(functions)), { threads: 1 }),
      (error) => {
        assert.ok(error instanceof WebHLOError, error.stack);
        assert.equal(error.code, "unsupported");
        assert.match(
          error.message,
          /function @main: with all calls inlined it has .* at most .* are compiled/,
        );
        return true;
      },
    );
  }
});

test("memory that runs out inside the compiler is out_of_memory, and prints nothing", () => {
  const { text } = shapes["many results"](operations);
  // In a process of its own, whose output can be read.
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `
      import { load } from ${JSON.stringify(new URL("../../js/dist/index.js", import.meta.url).href)};
      let text = "";
      for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
      for (const maxMemory of [4, 8, 16].map((mib) => mib * 2 ** 20)) {
        await load(new TextEncoder().encode(text), { threads: 1, maxMemory })
          .then(() => console.log("loaded"), (error) => console.log(error.code));
      }
      const model = await load(new TextEncoder().encode(text), { threads: 1 });
      console.log(model.outputs.length);`,
    ],
    { input: text, encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "");
  assert.deepEqual(stdout.trim().split("\n"), [
    "out_of_memory",
    "out_of_memory",
    "out_of_memory",
    String(operations),
  ]);
});
