// SPDX-License-Identifier: Apache-2.0
// The custom calls of JAX's exports for CPUs that name LAPACK's routines: what defines each factorization;
// LAPACK's own storage, signs and `info` where a program may rely on them; sizes, batches and numbers at
// the edge.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Tensor } from "../../js/dist/index.js";
import { adjoint, multiply } from "../conformance/factors.mjs";
import {
  call,
  factorError,
  isComplex,
  keep,
  letterOf,
  like,
  lower,
  near,
  product,
  randomTensor,
  rows,
  slots,
  tensor,
  transpose,
  typed,
  types,
  unitLower,
  upper,
} from "./lapack.mjs";

for (const [letter, { number, real, complex, epsilon }] of Object.entries(
  types,
)) {
  const target = (name) => `lapack_${letter}${name}_ffi`;
  const hermitian = (name, other) => target(isComplex(letter) ? other : name);
  const values = (shape) =>
    isComplex(letter)
      ? [[number, shape]]
      : [
          [number, shape],
          [number, shape],
        ];
  const own = (n) => ({
    syevd: [typed(number, n, n), typed(real, n), typed("i32")],
    geev: [
      ...values([n]),
      typed(complex, n, n),
      typed(complex, n, n),
      typed("i32"),
    ],
    gees: [
      typed(number, n, n),
      typed(number, n, n),
      ...values([n]),
      typed("i32"),
      typed("i32"),
    ],
  });

  test(`${letter}: eigenvalues, Schur forms and singular values are such`, async () => {
    for (const n of [1, 2, 5, 20]) {
      const a = randomTensor(number, [n, n]);
      const judge = async (name, outputs, attributes) => {
        const answers = await call(name, [a], outputs, attributes);
        assert.equal(answers.at(-1).data()[0], 0);
        const codes = Object.fromEntries(
          Object.entries(attributes).map(([key, value]) => [
            key,
            letterOf(value),
          ]),
        );
        const error = factorError(name, a, codes, answers);
        assert.ok(error < 20 * (n + 2), `${name} of ${n}: ${error} ulp`);
        return answers;
      };
      for (const uplo of "LU") {
        const [, w] = await judge(hermitian("syevd", "heevd"), own(n).syevd, {
          mode: "V",
          uplo,
        });
        const [, alone] = await call(
          hermitian("syevd", "heevd"),
          [a],
          own(n).syevd,
          { mode: "N", uplo },
        );
        near(
          [[...alone.data()]],
          [[...w.data()]],
          epsilon,
          "eigenvalues alone",
        );
      }
      await judge(target("geev"), own(n).geev, {
        compute_left: "V",
        compute_right: "V",
      });
      await judge(target("gees"), own(n).gees, { mode: "V", sort: "N" });
      await judge(
        target("gesdd"),
        [
          typed(number, n, n),
          typed(real, n),
          typed(number, n, n),
          typed(number, n, n),
          typed("i32"),
        ],
        { mode: "A" },
      );
    }
    for (const [m, n] of [
      [3, 5],
      [5, 3],
      [20, 17],
      [1, 4],
    ]) {
      const a = randomTensor(number, [m, n]);
      const p = Math.min(m, n);
      for (const [mode, u, v] of [
        ["A", m, n],
        ["S", p, p],
      ]) {
        const answers = await call(
          target("gesdd"),
          [a],
          [
            typed(number, m, n),
            typed(real, p),
            typed(number, m, u),
            typed(number, v, n),
            typed("i32"),
          ],
          { mode },
        );
        const error = factorError(target("gesdd"), a, {}, answers);
        assert.ok(error < 200, `gesdd of ${m}x${n}: ${error} ulp`);
      }
    }
  });

  test(`${letter}: a real matrix has real eigenvectors and conjugate pairs`, async () => {
    if (isComplex(letter)) return;
    // A rotation beside a number.
    const a = tensor(number, [3, 3], [0, -2, 0, 2, 0, 0, 0, 0, 3]);
    const [w, imaginary, left, right] = await call(
      target("geev"),
      [a],
      own(3).geev,
      { compute_left: "V", compute_right: "V" },
    );
    const one = [...w.data()].indexOf(3);
    assert.deepEqual([...imaginary.data()].filter((x) => x === 0).length, 1);
    assert.equal(imaginary.data()[one], 0);
    for (const vectors of [left, right]) {
      const v = rows(vectors);
      for (const row of v) assert.equal(row[one][1], 0);
      const [first, second] = [0, 1, 2].filter((k) => k !== one);
      assert.ok(imaginary.data()[first] > 0 && imaginary.data()[second] < 0);
      for (const row of v)
        assert.deepEqual(row[second], [row[first][0], -row[first][1]]);
    }
    // Blocks of a Schur form have one number on their diagonal, and others of opposite signs beside it.
    const b = tensor(number, [2, 2], [1, 5, -2, 4]);
    const [t] = await call(target("gees"), [b], own(2).gees, {
      mode: "V",
      sort: "N",
    });
    const [[p], [q], [r], [s]] = rows(t).flat();
    assert.ok(p === s && q * r < 0, `${t.data()}`);
  });

  test(`${letter}: factors multiply to the matrix`, async () => {
    for (const [m, n] of [
      [1, 1],
      [3, 5],
      [5, 3],
      [40, 40],
      [50, 20],
      [20, 50],
    ]) {
      const a = randomTensor(number, [m, n]);
      const p = Math.min(m, n);
      const [lu, pivots, info] = await call(
        target("getrf"),
        [a],
        [typed(number, m, n), typed("i32", p), typed("i32")],
      );
      assert.equal(info.data()[0], 0);
      const permuted = rows(a);
      pivots.data().forEach((pivot, k) => {
        assert.ok(pivot > k && pivot <= m);
        [permuted[k], permuted[pivot - 1]] = [permuted[pivot - 1], permuted[k]];
      });
      const l = unitLower(rows(lu).map((row) => row.slice(0, p)));
      near(
        multiply(l, upper(rows(lu)).slice(0, p)),
        permuted,
        epsilon,
        `getrf of ${m}x${n}`,
      );

      const [qr, taus] = await call(
        target("geqrf"),
        [a],
        [typed(number, m, n), typed(number, p)],
      );
      const q = await call(
        hermitian("orgqr", "ungqr"),
        [
          tensor(
            number,
            [m, p],
            rows(qr)
              .flatMap((row) => row.slice(0, p))
              .flatMap((x) => x.slice(0, slots(number))),
          ),
          taus,
        ],
        [typed(number, m, p)],
      );
      const r = upper(rows(qr)).slice(0, p);
      near(multiply(rows(q[0]), r), rows(a), epsilon, `geqrf of ${m}x${n}`);
      const square = multiply(adjoint(rows(q[0])), rows(q[0]));
      near(square, unitLower(keep(square, () => false)), epsilon, "orgqr");
    }
    const n = 40;
    const a = rows(randomTensor(number, [n, n]));
    const positive = multiply(a, adjoint(a)).map((row, i) =>
      row.map(([re, im], j) => [re + (i === j ? 1 : 0), im]),
    );
    const input = tensor(
      number,
      [n, n],
      positive.flat().flatMap((x) => x.slice(0, slots(number))),
    );
    for (const uplo of "LU") {
      const [factor] = await call(
        target("potrf"),
        [input],
        [typed(number, n, n), typed("i32")],
        { uplo },
      );
      const l =
        uplo === "L" ? lower(rows(factor)) : adjoint(upper(rows(factor)));
      near(multiply(l, adjoint(l)), positive, epsilon, `potrf ${uplo}`);
      const other = (f) => keep(f, (i, j) => (uplo === "L" ? i < j : i > j));
      assert.deepEqual(other(rows(factor)), other(rows(input)));
    }
  });

  test(`${letter}: triangles and tridiagonal systems are solved`, async () => {
    const [m, n] = [5, 3];
    for (const side of "LR") {
      for (const uplo of "LU") {
        for (const trans of "NTC") {
          for (const diag of "NU") {
            const size = side === "L" ? m : n;
            const a = randomTensor(number, [size, size]);
            const b = randomTensor(number, [m, n]);
            const [x] = await call(
              target("trsm"),
              [a, b],
              [typed(number, m, n)],
              {
                side,
                uplo,
                trans_x: trans,
                diag,
              },
            );
            let triangle = (uplo === "L" ? lower : upper)(rows(a));
            if (diag === "U")
              triangle = triangle.map((row, i) =>
                row.map((y, j) => (i === j ? [1, 0] : y)),
              );
            triangle = { N: (t) => t, T: transpose, C: adjoint }[trans](
              triangle,
            );
            const got =
              side === "L"
                ? multiply(triangle, rows(x))
                : multiply(rows(x), triangle);
            const large = Math.max(1, ...rows(x).flat(2).map(Math.abs));
            near(
              got,
              rows(b),
              epsilon * large,
              `trsm ${side}${uplo}${trans}${diag}`,
            );
          }
        }
      }
    }
    const [below, middle, above] = [
      randomTensor(number, [m]),
      randomTensor(number, [m]),
      randomTensor(number, [m]),
    ];
    const b = randomTensor(number, [m, n]);
    const outputs = [
      typed(number, m),
      typed(number, m),
      typed(number, m),
      typed(number, m, n),
      typed("i32"),
    ];
    const [, , , x, info] = await call(
      target("gtsv"),
      [below, middle, above, b],
      outputs,
    );
    assert.equal(info.data()[0], 0);
    const [[lo], [mid], [hi]] = [below, middle, above].map((t) =>
      rows(t, [1, m]),
    );
    const matrix = mid.map((_, i) =>
      mid.map((_, j) =>
        i === j ? mid[i] : i === j + 1 ? lo[i] : j === i + 1 ? hi[i] : [0, 0],
      ),
    );
    const large = Math.max(1, ...rows(x).flat(2).map(Math.abs));
    near(multiply(matrix, rows(x)), rows(b), epsilon * large, "gtsv");
  });

  test(`${letter}: batches are as many matrices`, async () => {
    const a = randomTensor(number, [2, 3, 4, 4]);
    const outputs = (batch) => [
      typed(number, ...batch, 4, 4),
      typed("i32", ...batch, 4),
      ["i32", batch],
    ];
    const together = await call(target("getrf"), [a], outputs([2, 3]));
    const size = 16 * slots(number);
    for (let i = 0; i < 6; i++) {
      const one = tensor(
        number,
        [4, 4],
        a.data().slice(i * size, (i + 1) * size),
      );
      const [lu, pivots] = await call(target("getrf"), [one], outputs([]));
      assert.deepEqual(
        together[0].data().slice(i * size, (i + 1) * size),
        lu.data(),
      );
      assert.deepEqual(
        together[1].data().slice(i * 4, i * 4 + 4),
        pivots.data(),
      );
    }
  });

  test(`${letter}: without rows or columns nothing is computed`, async () => {
    const none = (shape) => tensor(number, shape, []);
    const cases = [
      [
        target("potrf"),
        [none([0, 0])],
        [typed(number, 0, 0), typed("i32")],
        { uplo: "L" },
      ],
      [
        target("getrf"),
        [none([3, 0])],
        [typed(number, 3, 0), typed("i32", 0), typed("i32")],
      ],
      [
        target("geqrf"),
        [none([0, 3])],
        [typed(number, 0, 3), typed(number, 0)],
      ],
      [
        hermitian("syevd", "heevd"),
        [none([0, 0])],
        own(0).syevd,
        { mode: "V", uplo: "L" },
      ],
      [
        hermitian("sytrd", "hetrd"),
        [none([0, 0])],
        [
          typed(number, 0, 0),
          typed(real, 0),
          typed(real, 0),
          typed(number, 0),
          typed("i32"),
        ],
        { uplo: "L" },
      ],
      [
        target("geev"),
        [none([2, 0, 0])],
        [
          ...values([2, 0]),
          typed(complex, 2, 0, 0),
          typed(complex, 2, 0, 0),
          typed("i32", 2),
        ],
        { compute_left: "V", compute_right: "V" },
      ],
      [
        target("potrf"),
        [none([0, 4, 4])],
        [typed(number, 0, 4, 4), typed("i32", 0)],
        { uplo: "L" },
      ],
    ];
    for (const [name, inputs, outputs, attributes] of cases) {
      for (const answer of await call(name, inputs, outputs, attributes)) {
        assert.deepEqual(
          [...answer.data()],
          Array(product(answer.shape)).fill(0),
        );
      }
    }
    // What is square is the identity all the same.
    const [, , u, vt] = await call(
      target("gesdd"),
      [none([2, 0])],
      [
        typed(number, 2, 0),
        typed(real, 0),
        typed(number, 2, 2),
        typed(number, 0, 0),
        typed("i32"),
      ],
      { mode: "A" },
    );
    assert.deepEqual(rows(u), [
      [
        [1, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [1, 0],
      ],
    ]);
    assert.equal(vt.data().length, 0);
    const [q] = await call(
      hermitian("orgqr", "ungqr"),
      [randomTensor(number, [2, 1]), none([0])],
      [typed(number, 2, 1)],
    );
    assert.deepEqual(rows(q), [[[1, 0]], [[0, 0]]]);
  });

  test(`${letter}: where there is no answer info tells it`, async () => {
    const whole = (numbers) =>
      numbers.flatMap((x) => [x, 0].slice(0, slots(number)));
    const square = (numbers) => tensor(number, [3, 3], whole(numbers));
    const singular = square([1, 2, 3, 2, 4, 6, 1, 1, 1]);
    const lu = await call(
      target("getrf"),
      [singular],
      [typed(number, 3, 3), typed("i32", 3), typed("i32")],
    );
    assert.deepEqual([...lu[1].data()], [2, 3, 3]);
    assert.equal(lu[2].data()[0], 3);
    const indefinite = await call(
      target("potrf"),
      [square([1, 2, 0, 2, 1, 0, 0, 0, 1])],
      [typed(number, 3, 3), typed("i32")],
      { uplo: "L" },
    );
    assert.equal(indefinite[1].data()[0], 2);
    const nan = square([1, 0, 0, 0, NaN, 0, 0, 0, 1]);
    assert.equal(
      (
        await call(
          target("potrf"),
          [nan],
          [typed(number, 3, 3), typed("i32")],
          { uplo: "U" },
        )
      )[1].data()[0],
      2,
    );
    const zero = tensor(number, [3], whole([0, 0, 0]));
    const gtsv = await call(
      target("gtsv"),
      [
        zero,
        tensor(number, [3], whole([1, 0, 1])),
        zero,
        randomTensor(number, [3, 1]),
      ],
      [
        typed(number, 3),
        typed(number, 3),
        typed(number, 3),
        typed(number, 3, 1),
        typed("i32"),
      ],
    );
    assert.equal(gtsv[4].data()[0], 2);
    for (const bad of [NaN, Infinity]) {
      const a = square([1, 0, bad, 0, 1, 0, bad, 0, 1]);
      const cases = [
        [
          hermitian("syevd", "heevd"),
          own(3).syevd,
          { mode: "V", uplo: "L" },
          3,
        ],
        [
          target("geev"),
          own(3).geev,
          { compute_left: "V", compute_right: "V" },
          -4,
        ],
        [target("gees"), own(3).gees, { mode: "V", sort: "N" }, 3],
        [
          target("gesdd"),
          [
            typed(number, 3, 3),
            typed(real, 3),
            typed(number, 3, 3),
            typed(number, 3, 3),
            typed("i32"),
          ],
          { mode: "A" },
          -4,
        ],
      ];
      for (const [name, outputs, attributes, info] of cases) {
        const answers = await call(name, [a], outputs, attributes);
        assert.equal(answers.at(-1).data()[0], info, name);
        // Wholly written: with NaN, but for gesdd's own copy of the matrix and gees' count.
        const written =
          name === target("gesdd")
            ? answers.slice(1, -1)
            : answers.filter(({ dtype }) => dtype !== "i32");
        for (const answer of written)
          assert.ok(Number.isNaN(answer.data()[0]), name);
      }
    }
    const qr = await call(
      target("geqrf"),
      [nan],
      [typed(number, 3, 3), typed(number, 3)],
    );
    assert.ok(qr[0].data().some(Number.isNaN));
  });
}

test("storage and signs are LAPACK's", async () => {
  const a = tensor("f64", [4, 3], [1, 2, 3, 4, 5, 6, 7, 8, 10, 2, 0, 1]);
  const [lu, pivots] = await call(
    "lapack_dgetrf_ffi",
    [a],
    [typed("f64", 4, 3), typed("i32", 3), typed("i32")],
  );
  like(
    lu,
    [
      7, 8, 10, 0.285714, -2.285714, -1.857143, 0.142857, -0.375, 0.875,
      0.571429, -0.1875, -0.071429,
    ],
  );
  assert.deepEqual([...pivots.data()], [3, 4, 3]);
  const [qr, taus] = await call(
    "lapack_dgeqrf_ffi",
    [a],
    [typed("f64", 4, 3), typed("f64", 3)],
  );
  like(qr, [
    [-8.3666, -9.322783, -11.832763, 0.427049, -2.466924, -2.304779],
    [0.747336, -0.175535, 0.820798, 0.213525, -0.918738, 0.228738],
  ]);
  like(taus, [1.119523, 1.066728, 1.90056]);
  const [q] = await call("lapack_dorgqr_ffi", [qr, taus], [typed("f64", 4, 3)]);
  like(q, [
    [-0.119523, -0.359036, 0.923755, -0.478091, -0.220054, -0.200195],
    [-0.83666, -0.081073, -0.105817, -0.239046, 0.903381, 0.308872],
  ]);
  // Of complex numbers the pivot has the largest |re| + |im|, and R has a real diagonal.
  const c = tensor("c128", [3, 2], [3, 0, 1, 4, 0, 4, 2, 0, 1, 0, 0, 1]);
  const [clu, cpivots] = await call(
    "lapack_zgetrf_ffi",
    [c],
    [typed("c128", 3, 2), typed("i32", 2), typed("i32")],
  );
  like(clu, [0, 4, 2, 0, 0, -0.75, 1, 5.5, 0, -0.25, 0.264, 0.048]);
  assert.deepEqual([...cpivots.data()], [2, 2]);
  const [cqr, ctaus] = await call(
    "lapack_zgeqrf_ffi",
    [c],
    [typed("c128", 3, 2), typed("c128", 2)],
  );
  like(
    cqr,
    [
      -5.09902, 0, -0.588348, -0.980581, 0, 0.493887, -4.54888, 0, 0.123472, 0,
      -0.0253, 0.040538,
    ],
  );
  like(ctaus, [1.588348, 0, 1.980427, -0.172452]);

  const s = tensor("f64", [3, 3], [4, 1, 2, 1, 3, 0, 2, 0, 5]);
  const reduced = (type, real) => [
    typed(type, 3, 3),
    typed(real, 3),
    typed(real, 2),
    typed(type, 2),
    typed("i32"),
  ];
  const [low, d, e, tau] = await call(
    "lapack_dsytrd_ffi",
    [s],
    reduced("f64", "f64"),
    { uplo: "L" },
  );
  like(low, [4, 1, 2, -2.236068, 4.6, 0, 0.618034, -0.8, 3.4]);
  like(d, [4, 4.6, 3.4]);
  like(e, [-2.236068, -0.8]);
  like(tau, [1.447214, 0]);
  const [up, d2, e2, tau2] = await call(
    "lapack_dsytrd_ffi",
    [s],
    reduced("f64", "f64"),
    { uplo: "U" },
  );
  like(up, [3, 1, 1, 1, 4, -2, 2, 0, 5]);
  like(d2, [3, 4, 5]);
  like(e2, [1, -2]);
  like(tau2, [0, 1]);
  const h = tensor(
    "c128",
    [3, 3],
    [4, 0, 1, 1, 2, 0, 1, -1, 3, 0, 0, 1, 2, 0, 0, -1, 5, 0],
  );
  const [hlow, hd, he, htau] = await call(
    "lapack_zhetrd_ffi",
    [h],
    reduced("c128", "f64"),
    { uplo: "L" },
  );
  like(
    hlow,
    [
      4, 0, 1, 1, 2, 0, -2.44949, 0, 3.666667, 0, 0, 1, 0.534847, 0.155051,
      1.374369, 0, 4.333333, 0,
    ],
  );
  like(hd, [4, 3.666667, 4.333333]);
  like(he, [-2.44949, 1.374369]);
  like(htau, [1.408248, -0.408248, 1.723808, -0.690001]);

  const g = tensor("f64", [3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 10]);
  const [hess, htaus] = await call(
    "lapack_dgehrd_ffi",
    [g],
    [typed("f64", 3, 3), typed("f64", 2), typed("i32")],
    { low: 1, high: 3 },
  );
  like(
    hess,
    [1, -3.597007, -0.248069, -8.062258, 14.8, 2.4, 0.580323, 0.4, 0.2],
  );
  like(htaus, [1.496139, 0]);
  const [same, none] = await call(
    "lapack_dgehrd_ffi",
    [g],
    [typed("f64", 3, 3), typed("f64", 2), typed("i32")],
    { low: 2, high: 3 },
  );
  like(same, [...g.data()]);
  like(none, [0, 0]);

  const band = (...numbers) => tensor("f64", [4], numbers);
  const solved = await call(
    "lapack_dgtsv_ffi",
    [
      band(9, 3, 1, 2),
      band(1, 4, 5, 2),
      band(2, 1, 1, 9),
      tensor("f64", [4, 1], [1, 2, 3, 4]),
    ],
    [
      typed("f64", 4),
      typed("f64", 4),
      typed("f64", 4),
      typed("f64", 4, 1),
      typed("i32"),
    ],
  );
  like(solved[0], [9, 1, 1, 2]);
  like(solved[1], [3, 1, -3.666667, 1.636364]);
  like(solved[2], [4, 5, -0.666667, 9]);
  like(solved[3], [-0.111111, 0.555556, 0.111111, 1.888889]);
});

test("numbers near the ends of their range keep their digits", async () => {
  for (const scale of [1e-40, 1e-30, 1e30, 5e37]) {
    const a = tensor("f32", [3, 1], [scale, 2 * scale, 2 * scale]);
    const [qr, taus] = await call(
      "lapack_sgeqrf_ffi",
      [a],
      [typed("f32", 3, 1), typed("f32", 1)],
    );
    // Below the normal numbers there are fewer digits.
    const digits = scale < 1e-38 ? 1e-4 : 1e-6;
    assert.ok(
      Math.abs(qr.data()[0] / (-3 * scale) - 1) < digits,
      `${qr.data()}`,
    );
    assert.ok(Math.abs(taus.data()[0] - 4 / 3) < digits);
    const outputs = [
      typed("f32", 3, 1),
      typed("f32", 1),
      typed("f32", 3, 1),
      typed("f32", 1, 1),
      typed("i32"),
    ];
    const [, s] = await call("lapack_sgesdd_ffi", [a], outputs, { mode: "S" });
    assert.ok(Math.abs(s.data()[0] / (3 * scale) - 1) < digits, `${s.data()}`);
  }
  // Rows and columns of very different sizes: D^-1 A D has the eigenvalues of A.
  const a = tensor("f64", [2, 2], [1, 2e12, 3e-12, 4]);
  const [w] = await call(
    "lapack_dgeev_ffi",
    [a],
    [
      typed("f64", 2),
      typed("f64", 2),
      typed("c128", 2, 2),
      typed("c128", 2, 2),
      typed("i32"),
    ],
    { compute_left: "N", compute_right: "N" },
  );
  like(new Tensor(w.data().sort()), [-0.3722813, 5.3722813]);
});

test("alpha scales, as older exports say", async () => {
  const triangle = tensor("f32", [1, 1], [2]);
  const b = tensor("f32", [1, 2], [2, 4]);
  const alpha = tensor("f32", [], [3]);
  const [x] = await call(
    "lapack_strsm_ffi",
    [triangle, b, alpha],
    [typed("f32", 1, 2)],
    { side: "L", uplo: "L", trans_x: "N", diag: "N" },
  );
  assert.deepEqual(x.data(), Float32Array.of(3, 6));
});
