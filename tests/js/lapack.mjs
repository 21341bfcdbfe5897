// SPDX-License-Identifier: Apache-2.0
// What tests of LAPACK's custom calls share: programs that are one call, matrices, and what they should be.

import assert from "node:assert/strict";

import { load, Tensor } from "../../js/dist/index.js";
import { errorOf } from "../conformance/factors.mjs";
import { program } from "./programs.mjs";

export const types = {
  s: { number: "f32", real: "f32", complex: "c64", epsilon: 2 ** -23 },
  d: { number: "f64", real: "f64", complex: "c128", epsilon: 2 ** -52 },
  c: { number: "c64", real: "f32", complex: "c64", epsilon: 2 ** -23 },
  z: { number: "c128", real: "f64", complex: "c128", epsilon: 2 ** -52 },
};
export const isComplex = (letter) => "cz".includes(letter);
const names = {
  f32: "f32",
  f64: "f64",
  c64: "complex<f32>",
  c128: "complex<f64>",
  i32: "i32",
};
const typeOf = ({ dtype, shape }) =>
  `tensor<${[...shape, names[dtype]].join("x")}>`;
export const letterOf = (value) =>
  typeof value === "string" ? value.charCodeAt(0) : value;

/** Of an operand or a result. */
export const typed = (dtype, ...shape) => [dtype, shape];

/** A program that is one call; `outputs` are [dtype, shape]. */
export function calling(target, inputs, outputs, attributes = {}) {
  const list = (values) => values.join(", ");
  const results = outputs.map(([dtype, shape]) => typeOf({ dtype, shape }));
  const config = Object.entries(attributes).map(
    ([name, value]) =>
      `${name} = ${letterOf(value)} : ${typeof value === "string" ? "ui8" : "i32"}`,
  );
  const operands = inputs.map((_, i) => `%a${i}`);
  return program(`func.func @main(${list(inputs.map((input, i) => `%a${i}: ${typeOf(input)}`))}) -> (${list(results)}) {
    %0:${outputs.length} = stablehlo.custom_call @${target}(${list(operands)}) {mhlo.backend_config = {${list(config)}}} : (${list(inputs.map(typeOf))}) -> (${list(results)})
    return ${list(outputs.map((_, i) => `%0#${i}`))} : ${list(results)}
  }`);
}

/** What a call answers, as Tensors. */
export async function call(target, inputs, outputs, attributes) {
  const model = await load(calling(target, inputs, outputs, attributes), {
    threads: 1,
  });
  try {
    const given = Object.fromEntries(
      model.inputs.map(({ name }, i) => [name, inputs[i]]),
    );
    const answers = model.runSync(given);
    return model.outputs.map(
      ({ name, dtype, shape }) => new Tensor(answers[name], { dtype, shape }),
    );
  } finally {
    model.dispose();
  }
}

let seed = 1;
const random = () => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647 - 0.5;
};
export const slots = (dtype) => (dtype.startsWith("c") ? 2 : 1);
export const product = (shape) => shape.reduce((a, b) => a * b, 1);
const arrayOf = (dtype, values) =>
  (dtype === "f32" || dtype === "c64" ? Float32Array : Float64Array).from(
    values,
  );
export const tensor = (dtype, shape, values) =>
  new Tensor(arrayOf(dtype, values), { dtype, shape });
export const randomTensor = (dtype, shape) =>
  tensor(
    dtype,
    shape,
    Array.from({ length: product(shape) * slots(dtype) }, random),
  );

/** Numbers as [re, im] pairs by row, of the first matrix. */
export function rows(matrix, [m, n] = matrix.shape.slice(-2)) {
  const data = matrix.data();
  const step = slots(matrix.dtype);
  return Array.from({ length: m }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      const at = (i * n + j) * step;
      return [data[at], step === 2 ? data[at + 1] : 0];
    }),
  );
}
export const transpose = (a) => a[0].map((_, j) => a.map((row) => row[j]));
export const keep = (a, wanted) =>
  a.map((row, i) => row.map((x, j) => (wanted(i, j) ? x : [0, 0])));
export const unitLower = (a) =>
  a.map((row, i) => row.map((x, j) => (j < i ? x : [Number(i === j), 0])));
export const upper = (a) => keep(a, (i, j) => i <= j);
export const lower = (a) => keep(a, (i, j) => i >= j);
/** Equal to some units in the last place of the largest number. */
export function near(got, expected, epsilon, what) {
  const wanted = expected.flat(2);
  const size = Math.max(...wanted.map(Math.abs), Number.MIN_VALUE);
  const error = Math.max(...got.flat(2).map((x, i) => Math.abs(x - wanted[i])));
  assert.ok(
    error <= 60 * epsilon * size,
    `${what}: off by ${error / epsilon / size} ulp`,
  );
}
/** Equal to literals of few digits. */
export function like(got, expected) {
  const data = [...got.data()];
  assert.equal(data.length, expected.flat().length);
  expected
    .flat()
    .forEach((x, i) =>
      assert.ok(Math.abs(data[i] - x) < 2e-5, `${data} is not ${expected}`),
    );
}

/** How far factors that are not unique are from what they should be, in units of the last place. */
export function factorError(target, input, attributes, answers) {
  const [a, ...factors] = [input, ...answers].map((t) => ({
    dtype: t.dtype,
    shape: t.shape,
    data: t.data(),
  }));
  return errorOf(target, a, attributes, factors);
}
