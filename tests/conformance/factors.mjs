// SPDX-License-Identifier: Apache-2.0
// Factorizations that are not unique (eigenvectors, singular vectors, Schur forms): an answer is as good as
// another if it is what it should be.

/** Matrices of rows of complex numbers [re, im]. */
const times = ([a, b], [c, d]) => [a * c - b * d, a * d + b * c];
const conjugate = ([a, b]) => [a, -b];
export const adjoint = (m) => m[0].map((_, j) => m.map((row) => conjugate(row[j])));
export const multiply = (a, b) =>
  a.map((row) =>
    b[0].map((_, j) =>
      row.reduce(
        ([re, im], x, k) => {
          const [r, i] = times(x, b[k][j]);
          return [re + r, im + i];
        },
        [0, 0],
      ),
    ),
  );
const scaled = (m, values) => m.map((row) => row.map((x, j) => times(x, values[j])));
const identity = (n) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => [Number(i === j), 0]));
/** NaN where one of them is. */
const largest = (numbers) => numbers.reduce((a, b) => (a >= b ? a : b >= a ? b : NaN), 0);
const norm = (m) => largest(m.flat().map(([re, im]) => Math.hypot(re, im)));
const distance = (a, b) =>
  largest(a.flatMap((row, i) => row.map(([re, im], j) => Math.hypot(re - b[i][j][0], im - b[i][j][1]))));

/** The matrices of a batch, or the vectors. */
function parts({ dtype, shape, data }, rank) {
  const slots = dtype.startsWith('c') ? 2 : 1;
  const sizes = shape.slice(shape.length - rank);
  const count = sizes.reduce((a, b) => a * b, 1);
  const batch = shape.slice(0, shape.length - rank).reduce((a, b) => a * b, 1);
  const number = (at) => [Number(data[at * slots]), slots === 2 ? data[at * slots + 1] : 0];
  return Array.from({ length: batch }, (_, i) => {
    const all = Array.from({ length: count }, (_, j) => number(i * count + j));
    if (rank === 1) return all;
    return Array.from({ length: sizes[0] }, (_, row) =>
      all.slice(row * sizes[1], (row + 1) * sizes[1]),
    );
  });
}

const orthogonal = (q) => distance(multiply(adjoint(q), q), identity(q[0].length));
const complexOf = (re, im) => re.map(([x], i) => [x, im ? im[i][0] : 0]);

/** By routine: how far the answers are from what they should be, relative to the size of the matrix. */
const judges = {
  syevd(a, { uplo }, [v, w]) {
    const upper = uplo === 'U'.charCodeAt(0);
    const whole = a.map((row, i) =>
      row.map((x, j) =>
        i === j ? [x[0], 0] : i < j === upper ? x : conjugate(a[j][i]),
      ),
    );
    const ascending = w.every(([x], i) => i === 0 || w[i - 1][0] <= x);
    return [
      ascending ? 0 : Infinity,
      orthogonal(v),
      distance(multiply(whole, v), scaled(v, w)) / norm(whole),
    ];
  },
  geev(a, _, answers) {
    const [w, left, right] =
      answers.length === 4
        ? [complexOf(answers[0], answers[1]), answers[2], answers[3]]
        : [answers[0], answers[1], answers[2]];
    const unit = (v) => largest(adjoint(v).map((x) => Math.abs(Math.hypot(...x.flat()) - 1)));
    return [
      distance(multiply(a, right), scaled(right, w)) / norm(a),
      distance(multiply(adjoint(a), left), scaled(left, w.map(conjugate))) / norm(a),
      unit(left),
      unit(right),
    ];
  },
  gees(a, _, [t, z], isComplex) {
    const below = largest(
      t.flatMap((row, i) => row.slice(0, Math.max(i - (isComplex ? 0 : 1), 0))).map(([re, im]) => Math.hypot(re, im)),
    );
    return [below, orthogonal(z), distance(multiply(multiply(z, t), adjoint(z)), a) / norm(a)];
  },
  gesdd(a, _, [, s, u, vt]) {
    const thin = u.map((row) => row.slice(0, s.length));
    const descending = s.every(([x], i) => x >= 0 && (i === 0 || s[i - 1][0] >= x));
    return [
      descending ? 0 : Infinity,
      orthogonal(u),
      orthogonal(adjoint(vt)),
      distance(multiply(scaled(thin, s), vt.slice(0, s.length)), a) / norm(a),
    ];
  },
};
judges.heevd = judges.syevd;
const ranks = {
  syevd: [2, 1],
  heevd: [2, 1],
  gesdd: [2, 1, 2, 2],
  gees: [2, 2],
};

/**
 * The largest error of what a call with vectors answered, in units of the last place, or undefined for a
 * routine whose answers are unique. Matrices are { dtype, shape, data }.
 */
export function errorOf(target, input, attributes, answers) {
  const [, letter, routine] = /^lapack_([sdcz])(\w+)_ffi$/.exec(target) ?? [];
  if (!Object.hasOwn(judges, routine)) return undefined;
  if (input.data.length === 0) return 0;
  const isComplex = letter === 'c' || letter === 'z';
  const values = isComplex ? [1] : [1, 1];
  const rank = ranks[routine] ?? [...values, 2, 2];
  const split = rank.map((r, i) => parts(answers[i], r));
  const epsilon = letter === 's' || letter === 'c' ? 2 ** -23 : 2 ** -52;
  return largest(
    parts(input, 2).flatMap((a, i) =>
      judges[routine](a, attributes, split.map((part) => part[i]), isComplex),
    ),
  ) / epsilon;
}
