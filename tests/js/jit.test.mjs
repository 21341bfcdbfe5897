// SPDX-License-Identifier: Apache-2.0
// What the JIT takes on: elementwise programs of every lane, and reductions by any computation, are
// its functions in the plan, and answer as JavaScript does.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { load, Tensor } from "../../js/dist/index.js";

const models = [];
const open = async (text) => {
  models.push(await load(new TextEncoder().encode(text), { threads: 1 }));
  return models.at(-1);
};
after(() => models.forEach((model) => model.dispose()));

// y = x * x - x, for seven elements: vectors and a tail.
const square = (type) => `module {
  func.func public @main(%arg0: tensor<7x${type}> loc("inputs['x']"))
      -> (tensor<7x${type}> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.multiply %arg0, %arg0 : tensor<7x${type}>
    %1 = stablehlo.subtract %0, %arg0 : tensor<7x${type}>
    return %1 : tensor<7x${type}>
  }
}`;
const steps = (plan) => plan.trim().split("\n").slice(0, -1);

for (const [type, x, y] of [
  [
    "f64",
    Float64Array.of(1, -2, 0.5, 1e200, 3, 0, -0.1),
    Float64Array.of(0, 6, -0.25, Infinity, 6, 0, -0.1 * -0.1 - -0.1),
  ],
  [
    "i64",
    BigInt64Array.of(1n, -2n, 2n ** 32n, 5n, 0n, 7n, -(2n ** 31n)),
    BigInt64Array.of(0n, 6n, -(2n ** 32n), 20n, 0n, 42n, 2n ** 62n + 2n ** 31n),
  ],
  [
    "ui64",
    BigUint64Array.of(1n, 2n ** 63n, 3n, 4n, 5n, 6n, 2n ** 64n - 1n),
    BigUint64Array.of(0n, 2n ** 63n, 6n, 12n, 20n, 30n, 2n),
  ],
]) {
  test(`an elementwise program of ${type} is a JIT function`, async () => {
    const model = await open(square(type));
    const plan = steps(await model.inspect("plan"));
    assert.equal(plan.length, 1, plan.join("\n"));
    assert.match(plan[0], /jit f0 webhlo\.fusion/);
    assert.match(
      await model.inspect("jit"),
      type === "f64" ? /f64x2\.mul/ : /i64x2\.mul/,
    );
    assert.deepEqual(model.runSync({ x }).y, y);
  });
}

test("an elementwise program of f16 is a JIT function", async () => {
  const model = await open(square("f16"));
  assert.match(await model.inspect("plan"), /jit f0 webhlo\.fusion/);
  // 2^-24 - 2^-12 is half way between two numbers.
  const numbers = [1, -2, 0.5, 300, 3, 0, 2 ** -12];
  const x = new Tensor(numbers, { dtype: "f16" });
  const y = new Tensor(model.runSync({ x }).y, { dtype: "f16" });
  assert.deepEqual(
    [...y.toFloat32()],
    [0, 6, -0.25, Infinity, 6, 0, -(2 ** -12)],
  );
});

// In lanes of their own width; what is wider or of another kind meets them in one program. Lengths fill
// registers, halves of them, and leave tails.
for (const [type, Numbers] of Object.entries({
  i8: Int8Array,
  ui8: Uint8Array,
  i16: Int16Array,
  ui16: Uint16Array,
})) {
  const bits = 8 * Numbers.BYTES_PER_ELEMENT;
  const wrap = (value) => Numbers.of(value)[0];
  const clamp = (value) => {
    const [low, high] = type.startsWith("u")
      ? [0, 2 ** bits - 1]
      : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
    return Math.min(Math.max(Math.trunc(value), low), high);
  };
  const unsigned = (value) => value & (2 ** bits - 1);
  const signed = (value) => (value << (32 - bits)) >> (32 - bits);
  const ones = (value) =>
    unsigned(value).toString(2).replaceAll("0", "").length;
  const ops = {
    add: [(x, y) => x + y],
    subtract: [(x, y) => x - y],
    multiply: [(x, y) => x * y],
    maximum: [Math.max],
    minimum: [Math.min],
    and: [(x, y) => x & y],
    or: [(x, y) => x | y],
    xor: [(x, y) => x ^ y],
    not: [(x) => ~x, 1],
    negate: [(x) => -x, 1],
    popcnt: [ones, 1],
    divide: [(x, y) => (y === 0 ? -1 : Math.trunc(x / y))],
    shift_left: [(x, y) => (unsigned(y) < bits ? x << y : 0)],
    shift_right_logical: [
      (x, y) => (unsigned(y) < bits ? unsigned(x) >> y : 0),
    ],
    shift_right_arithmetic: [
      (x, y) => signed(x) >> Math.min(unsigned(y), bits - 1),
    ],
  };
  test(`programs of ${type} are JIT functions, and wrap as typed arrays do`, async () => {
    for (const n of [1, 3, 4, 7, 8, 15, 17, 31, 64, 67, 131]) {
      const t = `tensor<${n}x${type}>`;
      const lines = Object.entries(ops).map(
        ([op, [, arity = 2]]) =>
          `%${op} = stablehlo.${op} ${arity === 1 ? "%x" : "%x, %y"} : ${t}`,
      );
      const model = await open(`module {
  func.func public @main(%x: ${t}, %y: ${t}, %f: tensor<${n}xf32>) -> (${Object.keys(
    ops,
  )
    .map(() => t)
    .join(
      ", ",
    )}, ${t}, ${t}, ${t}, tensor<${n}xi1>, tensor<${n}xf32>, tensor<${n}xi32>) {
    ${lines.join("\n    ")}
    %c = stablehlo.constant dense<3> : ${t}
    %shifted = stablehlo.shift_right_logical %x, %c : ${t}
    %less = stablehlo.compare LT, %x, %y : (${t}, ${t}) -> tensor<${n}xi1>
    %chosen = stablehlo.select %less, %shifted, %y : tensor<${n}xi1>, ${t}
    %zero = stablehlo.constant dense<0.0> : tensor<${n}xf32>
    %positive = stablehlo.compare GT, %f, %zero : (tensor<${n}xf32>, tensor<${n}xf32>) -> tensor<${n}xi1>
    %both = stablehlo.and %less, %positive : tensor<${n}xi1>
    %cut = stablehlo.convert %f : (tensor<${n}xf32>) -> ${t}
    %real = stablehlo.convert %x : (${t}) -> tensor<${n}xf32>
    %sum = stablehlo.add %real, %f : tensor<${n}xf32>
    %wide = stablehlo.convert %y : (${t}) -> tensor<${n}xi32>
    %square = stablehlo.multiply %wide, %wide : tensor<${n}xi32>
    %back = stablehlo.convert %square : (tensor<${n}xi32>) -> ${t}
    return ${Object.keys(ops)
      .map((op) => `%${op}`)
      .join(", ")}, %chosen, %cut, %back, %both, %sum, %square : ${Object.keys(
      ops,
    )
      .map(() => t)
      .join(
        ", ",
      )}, ${t}, ${t}, ${t}, tensor<${n}xi1>, tensor<${n}xf32>, tensor<${n}xi32>
  }
}`);
      assert.ok(
        steps(await model.inspect("plan")).every((step) =>
          / jit f\d+ /.test(step),
        ),
        await model.inspect("plan"),
      );
      const some = [
        0, 1, 2, 3, 7, 8, 100, 127, 128, 200, 255, 256, 32767, 65535,
      ];
      const x = Numbers.from({ length: n }, (_, i) => some[(3 * i + n) % 14]);
      const y = Numbers.from({ length: n }, (_, i) => some[(5 * i + 1) % 14]);
      const f = Float32Array.from(
        { length: n },
        (_, i) => [0.5, -1.5, 300.75, -70000, NaN, 1e10, -0, 64.25][i % 8],
      );
      const results = Object.values(
        model.runSync({ arg0: x, arg1: y, arg2: f }),
      );
      const each = (of, compute) =>
        of.from({ length: n }, (_, i) => compute(x[i], y[i], f[i]));
      const expected = [
        ...Object.values(ops).map(([of]) =>
          each(Numbers, (a, b) => wrap(of(a, b))),
        ),
        each(Numbers, (a, b) => (a < b ? wrap(unsigned(a) >> 3) : b)),
        each(Numbers, (a, b, c) => (Number.isNaN(c) ? 0 : clamp(c))),
        each(Numbers, (a, b) => wrap(Math.imul(b, b))),
        each(Uint8Array, (a, b, c) => (a < b && c > 0 ? 1 : 0)),
        each(Float32Array, (a, b, c) => a + c),
        each(Int32Array, (a, b) => Math.imul(b, b)),
      ];
      assert.deepEqual(results, expected, `${n} elements`);
    }
  });
}

for (const [type, Numbers] of [
  ["i8", Int8Array],
  ["ui16", Uint16Array],
  ["f32", Float32Array],
  ["f64", Float64Array],
]) {
  test(`a loop that folds runs of ${type} is a JIT function`, async () => {
    for (const n of [3, 8, 16, 19, 31, 79]) {
      const t = `tensor<${type}>`;
      const model = await open(`module {
  func.func public @main(%x: tensor<${n}x${type}>, %trips: tensor<i32>) -> (${t}, ${t}) {
    %zero = stablehlo.constant dense<0> : tensor<i32>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %none = stablehlo.convert %zero : (tensor<i32>) -> ${t}
    %0:3 = stablehlo.while(%i = %zero, %sum = %none, %max = %none) : tensor<i32>, ${t}, ${t}
      cond {
        %more = stablehlo.compare LT, %i, %trips : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %more : tensor<i1>
      } do {
        %next = stablehlo.add %i, %one : tensor<i32>
        %1 = stablehlo.reduce(%x init: %sum) applies stablehlo.add across dimensions = [0] : (tensor<${n}x${type}>, ${t}) -> ${t}
        %2 = stablehlo.reduce(%x init: %max) applies stablehlo.maximum across dimensions = [0] : (tensor<${n}x${type}>, ${t}) -> ${t}
        stablehlo.return %next, %1, %2 : tensor<i32>, ${t}, ${t}
      }
    return %0#1, %0#2 : ${t}, ${t}
  }
}`);
      assert.match(await model.inspect("jit"), /: trips /);
      const x = Numbers.from({ length: n }, (_, i) => (7 * i + n) % 50);
      const [sum, max] = Object.values(model.runSync({ arg0: x, arg1: [5] }));
      const total = 5 * x.reduce((a, b) => a + b, 0);
      assert.deepEqual(sum, Numbers.of(total), `${n} elements`);
      assert.deepEqual(max, Numbers.of(Math.max(...x)), `${n} elements`);
    }
  });
}

test("what follows a product is its epilogue: the kernel takes the bias, a JIT function the rest", async () => {
  const model = await load(
    new TextEncoder().encode(`module {
    func.func public @main(%arg0: tensor<2x3xf32> loc("inputs['x']"), %arg1: tensor<2x8xf32> loc("inputs['r']"),
        %arg2: tensor<3x8xf32> loc("params['w']"), %arg3: tensor<8xf32> loc("params['b']"))
        -> (tensor<2x8xf32> {jax.result_info = "result['y']"}) {
      %zero = stablehlo.constant dense<0.0> : tensor<2x8xf32>
      %0 = stablehlo.dot_general %arg0, %arg2, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<3x8xf32>) -> tensor<2x8xf32>
      %1 = stablehlo.broadcast_in_dim %arg3, dims = [1] : (tensor<8xf32>) -> tensor<2x8xf32>
      %2 = stablehlo.add %0, %1 : tensor<2x8xf32>
      %3 = stablehlo.add %2, %arg1 : tensor<2x8xf32>
      %4 = stablehlo.maximum %3, %zero : tensor<2x8xf32>
      return %4 : tensor<2x8xf32>
    }
  }`),
    {
      threads: 1,
      weights: {
        w: new Tensor(
          Float32Array.from({ length: 24 }, (_, i) => i % 5),
          { shape: [3, 8] },
        ),
        b: new Tensor([0, 1, 2, 3, 4, 5, 6, 7]),
      },
    },
  );
  models.push(model);
  const plan = steps(await model.inspect("plan"));
  assert.equal(plan.length, 1, plan.join("\n"));
  assert.match(plan[0], /matmul\.tiled 2x3x8 bias then jit f0 /);
  assert.match(await model.inspect("jit"), /f0: add maximum/);
  const x = Float32Array.of(1, 0, -1, 0, 2, 0);
  const r = Float32Array.from({ length: 16 }, (_, i) =>
    i === 9 ? NaN : i - 8,
  );
  const w = (k, n) => (8 * k + n) % 5;
  const expected = r.map((value, i) => {
    const n = i % 8;
    const y = i < 8 ? w(0, n) - w(2, n) : 2 * w(1, n);
    return Math.max(y + n + value, 0);
  });
  assert.deepEqual([...model.runSync({ x, r }).y], [...expected]);
});

test("a reduction of two operands by a computation of its own is a JIT function", async () => {
  // The element of each row that is nearest to 500, and where it is.
  const model = await open(`module {
    func.func public @main(%arg0: tensor<5x100xf32> loc("inputs['x']"))
        -> (tensor<5xf32> {jax.result_info = "result['nearest']"}, tensor<5xi32> {jax.result_info = "result['at']"}) {
      %0 = stablehlo.iota dim = 1 : tensor<5x100xi32>
      %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
      %c = stablehlo.constant dense<0> : tensor<i32>
      %1:2 = stablehlo.reduce(%arg0 init: %low), (%0 init: %c) across dimensions = [1]
          : (tensor<5x100xf32>, tensor<5x100xi32>, tensor<f32>, tensor<i32>) -> (tensor<5xf32>, tensor<5xi32>)
        reducer(%a: tensor<f32>, %b: tensor<f32>) (%i: tensor<i32>, %j: tensor<i32>) {
        %middle = stablehlo.constant dense<500.0> : tensor<f32>
        %2 = stablehlo.subtract %a, %middle : tensor<f32>
        %3 = stablehlo.abs %2 : tensor<f32>
        %4 = stablehlo.subtract %b, %middle : tensor<f32>
        %5 = stablehlo.abs %4 : tensor<f32>
        %6 = stablehlo.compare LE, %3, %5, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
        %7 = stablehlo.select %6, %a, %b : tensor<i1>, tensor<f32>
        %8 = stablehlo.select %6, %i, %j : tensor<i1>, tensor<i32>
        stablehlo.return %7, %8 : tensor<f32>, tensor<i32>
      }
      return %1#0, %1#1 : tensor<5xf32>, tensor<5xi32>
    }
  }`);
  assert.match(await model.inspect("plan"), /jit f0 stablehlo\.reduce/);
  assert.match(await model.inspect("jit"), /f0: fold .* compare select select/);
  const x = Float32Array.from({ length: 500 }, (_, i) => (i * 7919) % 1009);
  const { nearest, at } = model.runSync({ x });
  const distance = (value) => Math.abs(value - 500);
  for (let row = 0; row < 5; ++row) {
    const elements = [...x.subarray(100 * row, 100 * (row + 1))];
    const least = Math.min(...elements.map(distance));
    assert.equal(distance(nearest[row]), least);
    assert.equal(
      at[row],
      elements.findIndex((value) => distance(value) === least),
    );
  }
});
