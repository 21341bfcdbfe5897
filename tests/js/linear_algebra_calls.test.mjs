// SPDX-License-Identifier: Apache-2.0
// The wasm of linear algebra as programs meet it: calls that do not fit a routine, functions of the user's,
// memory, several models, and where it is fetched from.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { load, registerCustomCall, Tensor } from "../../js/dist/index.js";
import { loadLinearAlgebra } from "../../js/dist/linear_algebra.js";
import { call, calling, randomTensor, tensor, typed } from "./lapack.mjs";
import { refused } from "./programs.mjs";

test("a call that does not fit its routine is an error that names it", async () => {
  const a = randomTensor("f32", [2, 2]);
  const potrf = [typed("f32", 2, 2), typed("i32")];
  const cases = [
    [
      "potrf",
      [randomTensor("f32", [2, 3])],
      [typed("f32", 2, 3), typed("i32")],
      { uplo: "L" },
      /operand 0 is f32\[2,3\], expected f32\[2,2\]/,
    ],
    [
      "potrf",
      [a],
      [typed("f32", 2, 3), typed("i32")],
      { uplo: "L" },
      /result 0 is f32\[2,3\], expected f32\[2,2\]/,
    ],
    [
      "potrf",
      [a],
      [typed("f32", 2, 2), typed("i32", 1)],
      { uplo: "L" },
      /result 1 is i32\[1\], expected i32\[\]/,
    ],
    [
      "potrf",
      [a],
      [typed("f32", 2, 2), typed("f32")],
      { uplo: "L" },
      /result 1 is f32\[\], expected i32\[\]/,
    ],
    [
      "potrf",
      [randomTensor("f64", [2, 2])],
      [typed("f64", 2, 2), typed("i32")],
      { uplo: "L" },
      /operand 0 is f64\[2,2\], expected f32\[2,2\]/,
    ],
    ["potrf", [a, a], potrf, { uplo: "L" }, /2 operands, expected 1/],
    [
      "potrf",
      [a],
      [typed("f32", 2, 2)],
      { uplo: "L" },
      /1 results, expected 2/,
    ],
    [
      "potrf",
      [tensor("f32", [], [1])],
      [typed("f32"), typed("i32")],
      { uplo: "L" },
      /operand 0 is f32\[\]/,
    ],
    ["potrf", [a], potrf, {}, /uplo is no integer/],
    ["potrf", [a], potrf, { uplo: "X" }, /uplo is 88, none of 'L', 'U'/],
    [
      "gees",
      [a],
      [
        typed("f32", 2, 2),
        typed("f32", 2, 2),
        typed("f32", 2),
        typed("f32", 2),
        typed("i32"),
        typed("i32"),
      ],
      { mode: "V", sort: "S" },
      /sort is 83/,
    ],
    [
      "gehrd",
      [a],
      [typed("f32", 2, 2), typed("f32", 1), typed("i32")],
      { low: 0, high: 2 },
      /low/,
    ],
    [
      "gehrd",
      [a],
      [typed("f32", 2, 2), typed("f32", 1), typed("i32")],
      { low: 1, high: 9 },
      /high/,
    ],
    [
      "orgqr",
      [a, randomTensor("f32", [3])],
      [typed("f32", 2, 2)],
      {},
      /more reflectors/,
    ],
    [
      "orgqr",
      [randomTensor("f32", [1, 2]), randomTensor("f32", [1])],
      [typed("f32", 1, 2)],
      {},
      /more columns/,
    ],
  ];
  for (const [name, inputs, outputs, attributes, message] of cases) {
    await assert.rejects(
      call(`lapack_s${name}_ffi`, inputs, outputs, attributes),
      (error) => {
        refused("invalid_model", message)(error);
        return refused(
          "invalid_model",
          new RegExp(`@lapack_s${name}_ffi`),
        )(error);
      },
    );
  }
});

test("what is no routine is a function that is missing", async () => {
  const a = randomTensor("f32", [2, 2]);
  for (const target of [
    "lapack_sgetrs_ffi",
    "lapack_qpotrf_ffi",
    "lapack_spotrf",
  ]) {
    await assert.rejects(
      call(target, [a], [typed("f32", 2, 2)]),
      refused("unsupported", new RegExp(`@${target} \\(once`)),
    );
  }
});

test("the user's own function is preferred", async () => {
  const a = randomTensor("f32", [2, 2]);
  const outputs = [typed("f32", 2, 2), typed("i32")];
  registerCustomCall("lapack_spotrf_ffi", (inputs, { attributes }) => {
    assert.deepEqual(attributes, { uplo: 76 });
    return [Float32Array.of(1, 2, 3, 4), Int32Array.of(7)];
  });
  const [factor, info] = await call("lapack_spotrf_ffi", [a], outputs, {
    uplo: "L",
  });
  assert.deepEqual([...factor.data(), ...info.data()], [1, 2, 3, 4, 7]);
});

test("calls leave no memory behind, and one that does not fit leaves the others", async () => {
  const { functionOf, memory } = await loadLinearAlgebra({});
  const outputs = (n) => [
    { dtype: "f32", shape: [n, n] },
    { dtype: "f32", shape: [n] },
    { dtype: "i32", shape: [] },
  ];
  const attributes = { mode: 86, uplo: 76 };
  const syevd = functionOf("lapack_ssyevd_ffi");
  const identity = (n) => {
    const data = new Float32Array(n * n);
    for (let i = 0; i < n; i++) data[i * n + i] = i;
    return new Tensor(data, { shape: [n, n] });
  };
  const solve = (n) => [
    ...syevd([identity(n)], { attributes, outputs: outputs(n) })[1],
  ];
  assert.deepEqual(solve(3), [0, 1, 2]);
  solve(64);
  const size = () => memory.buffer.byteLength;
  const before = size();
  for (let i = 0; i < 2000; i++) solve(8 + (i % 40));
  assert.equal(size(), before);
  // 4 GiB of results, and 3 GiB of work for a call whose matrices fit.
  const large = { dtype: "f32", shape: [2 ** 15, 2 ** 15] };
  const gesdd = functionOf("lapack_sgesdd_ffi");
  const row = new Tensor(new Float32Array(2 ** 15), { shape: [1, 2 ** 15] });
  const full = [
    { dtype: "f32", shape: [1, 2 ** 15] },
    { dtype: "f32", shape: [1] },
    { dtype: "f32", shape: [1, 1] },
    large,
    { dtype: "i32", shape: [] },
  ];
  assert.throws(
    () => gesdd([row], { attributes: { mode: 65 }, outputs: full }),
    refused("out_of_memory", /@lapack_sgesdd_ffi/),
  );
  assert.deepEqual(solve(3), [0, 1, 2]);
});

test("models share it, and their end is not its own", async () => {
  const a = randomTensor("f32", [2, 2]);
  const text = calling(
    "lapack_sgetrf_ffi",
    [a],
    [typed("f32", 2, 2), typed("i32", 2), typed("i32")],
  );
  const [first, second] = [
    await load(text, { threads: 1 }),
    await load(text, { threads: 1 }),
  ];
  after(() => second.dispose());
  const expected = first.runSync({ arg0: a });
  first.dispose();
  assert.deepEqual(second.runSync({ arg0: a }), expected);
});

test("it lies where wasmURL says, and one that comes later is found", async () => {
  const dist = fileURLToPath(new URL("../../js/dist/", import.meta.url));
  const folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  after(() => rmSync(folder, { recursive: true }));
  const copy = (names) => {
    for (const name of names)
      copyFileSync(path.join(dist, name), path.join(folder, name));
  };
  copy(
    readdirSync(dist).filter((name) =>
      /^webhlo-(simd|relaxed|importer)\.wasm$/.test(name),
    ),
  );
  const a = randomTensor("f32", [2, 2]);
  const text = calling(
    "lapack_sgetrf_ffi",
    [a],
    [typed("f32", 2, 2), typed("i32", 2), typed("i32")],
  );
  const options = { threads: 1, wasmURL: `${folder}/` };
  await assert.rejects(
    load(text, options),
    refused("invalid_argument", /cannot load .*webhlo-linear-algebra\.wasm/),
  );
  copy(["webhlo-linear-algebra.wasm"]);
  const model = await load(text, options);
  after(() => model.dispose());
  const info = model.outputs[2].name;
  assert.equal(model.runSync({ arg0: a })[info][0], 0);
});
