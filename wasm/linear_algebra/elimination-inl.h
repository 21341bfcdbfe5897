// SPDX-License-Identifier: Apache-2.0
//
// Factorizations by elimination, and what solves with them: potrf, getrf, trsm, gtsv.
#ifndef WEBHLO_WASM_LINEAR_ALGEBRA_ELIMINATION_INL_H_
#define WEBHLO_WASM_LINEAR_ALGEBRA_ELIMINATION_INL_H_

#include <Eigen/Cholesky>
#include <algorithm>
#include <utility>

#include "wasm/linear_algebra/matrix.h"

namespace webhlo::linear_algebra {

// Below this a recursion costs more than it gains.
inline constexpr Index kFewColumns = 16;

template <typename T>
void SwapRows(Block<T> a, Index n, const int32_t* pivots) {
  for (Index k = 0; k < n; ++k) {
    if (pivots[k] != k) a.row(k).swap(a.row(pivots[k]));
  }
}

// The first largest from row k on; NaN is never larger.
template <typename T>
Index FindPivot(const Block<T>& a, Index k) {
  Index pivot = k;
  for (Index i = k + 1; i < a.rows(); ++i) {
    if (Size(a(i, k)) > Size(a(pivot, k))) pivot = i;
  }
  return pivot;
}

// P A = L U in place, rows counted from 0; answers the first column, from 1, that has no pivot, or
// 0.
template <typename T>
int32_t Lu(Block<T> a, int32_t* pivots) {
  const Index m = a.rows(), n = a.cols(), size = std::min(m, n);
  int32_t info = 0;
  if (size <= kFewColumns) {
    for (Index k = 0; k < size; ++k) {
      const Index pivot = FindPivot(a, k), below = m - k - 1, right = n - k - 1;
      pivots[k] = static_cast<int32_t>(pivot);
      if (a(pivot, k) == T(0)) {
        if (info == 0) info = static_cast<int32_t>(k + 1);
        continue;
      }
      if (pivot != k) a.row(k).swap(a.row(pivot));
      a.col(k).tail(below) /= a(k, k);
      a.bottomRightCorner(below, right).noalias() -=
          a.col(k).tail(below).lazyProduct(a.row(k).tail(right));
    }
    return info;
  }
  const Index left = size / 2, right = n - left;
  info = Lu<T>(a.leftCols(left), pivots);
  SwapRows<T>(a.rightCols(right), left, pivots);
  Block<T> upper = a.topRightCorner(left, right);
  a.topLeftCorner(left, left).template triangularView<Eigen::UnitLower>().solveInPlace(upper);
  a.bottomRightCorner(m - left, right).noalias() -= a.bottomLeftCorner(m - left, left) * upper;
  const int32_t later = Lu<T>(a.bottomRightCorner(m - left, right), pivots + left);
  SwapRows<T>(a.bottomLeftCorner(m - left, left), size - left, pivots + left);
  for (Index k = left; k < size; ++k) pivots[k] += static_cast<int32_t>(left);
  return info == 0 && later != 0 ? later + static_cast<int32_t>(left) : info;
}

template <typename T>
void Potrf(Index n, bool upper, T* data, int32_t* info) {
  // In memory lies A transposed, of which L is the transpose of U.
  Matrix<T> a = upper ? Matrix<T>(Transposed(data, n, n)) : Load(data, n, n);
  Index failed = Eigen::internal::llt_inplace<T, Eigen::Lower>::blocked(a);
  // It finds what is not positive, and NaN is not.
  for (Index i = 0; i < (failed < 0 ? n : failed); ++i) {
    if (std::isnan(Eigen::numext::real(a(i, i)))) failed = i;
  }
  *info = static_cast<int32_t>(failed + 1);
  if (upper) {
    Transposed(data, n, n) = a;
  } else {
    Store(a, data);
  }
}

template <typename T>
void Getrf(Index m, Index n, T* data, int32_t* pivots, int32_t* info) {
  Matrix<T> a = Load(data, m, n);
  *info = Lu<T>(a, pivots);
  for (Index k = 0; k < std::min(m, n); ++k) ++pivots[k];
  Store(a, data);
}

// All forms become L X = B with columns in memory: what is on the right is transposed, an upper
// triangle is turned round.
template <typename T>
void Trsm(Index m, Index n, bool left, bool upper, int transpose, bool unit, const T* alpha,
          T* triangle, T* data) {
  const Index size = left ? m : n;
  const bool turned = left ? transpose != 0 : transpose == 0;
  const bool reversed = upper != turned;
  const auto at = [&](Index i, Index j) {
    if (reversed) i = size - 1 - i, j = size - 1 - j;
    if (turned) std::swap(i, j);
    const T& x = triangle[i * size + j];
    return transpose == 2 ? Conjugate(x) : x;
  };
  Matrix<T> l(size, size);
  for (Index j = 0; j < size; ++j) {
    l(j, j) = unit ? T(1) : at(j, j);
    for (Index i = j + 1; i < size; ++i) l(i, j) = at(i, j);
  }
  Matrix<T> x = left ? Load(data, m, n) : Matrix<T>(Transposed(data, m, n));
  if (alpha != nullptr) x *= *alpha;
  if (reversed) x.colwise().reverseInPlace();
  l.template triangularView<Eigen::Lower>().solveInPlace(x);
  if (reversed) x.colwise().reverseInPlace();
  if (left) {
    Store(x, data);
  } else {
    Transposed(data, m, n) = x;
  }
}

// Gaussian elimination with a look at the next row. Of `lower` the first and of `upper` the last is
// no part of the matrix; `lower` leaves with what pivoting brings beside `upper`.
template <typename T>
void Gtsv(Index n, Index num_rhs, T* lower, T* diagonal, T* upper, T* b, int32_t* info) {
  T* const below = lower + 1;
  Eigen::Map<Matrix<T>> x = Transposed(b, n, num_rhs);  // A column for each row.
  *info = 0;
  for (Index k = 0; k + 1 < n; ++k) {
    if (below[k] == T(0) && diagonal[k] == T(0)) {
      *info = static_cast<int32_t>(k + 1);
      return;
    }
    if (Size(diagonal[k]) >= Size(below[k])) {
      const T factor = below[k] / diagonal[k];
      diagonal[k + 1] -= factor * upper[k];
      x.col(k + 1) -= factor * x.col(k);
      if (k + 2 < n) below[k] = T(0);
    } else {
      const T factor = diagonal[k] / below[k], next = diagonal[k + 1];
      diagonal[k] = below[k];
      diagonal[k + 1] = upper[k] - factor * next;
      if (k + 2 < n) {
        below[k] = upper[k + 1];
        upper[k + 1] = -factor * below[k];
      }
      upper[k] = next;
      x.col(k).swap(x.col(k + 1));
      x.col(k + 1) -= factor * x.col(k);
    }
  }
  if (diagonal[n - 1] == T(0)) {
    *info = static_cast<int32_t>(n);
    return;
  }
  for (Index k = n - 1; k >= 0; --k) {
    if (k + 1 < n) x.col(k) -= upper[k] * x.col(k + 1);
    if (k + 2 < n) x.col(k) -= below[k] * x.col(k + 2);
    x.col(k) /= diagonal[k];
  }
}

}  // namespace webhlo::linear_algebra

#endif  // WEBHLO_WASM_LINEAR_ALGEBRA_ELIMINATION_INL_H_
