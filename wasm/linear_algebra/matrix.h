// SPDX-License-Identifier: Apache-2.0
//
// Eigen's matrices, and how they lie in memory: row-major, as StableHLO's tensors do.
#ifndef WEBHLO_WASM_LINEAR_ALGEBRA_MATRIX_H_
#define WEBHLO_WASM_LINEAR_ALGEBRA_MATRIX_H_

#include <Eigen/Core>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>

namespace webhlo::linear_algebra {

using Eigen::Index;

template <typename T>
using Real = typename Eigen::NumTraits<T>::Real;
template <typename T>
constexpr bool kIsComplex = Eigen::NumTraits<T>::IsComplex;
template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <typename T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
template <typename T>
using Block = Eigen::Ref<Matrix<T>>;

// A row-major matrix of m rows in memory is the transpose of this.
template <typename T>
Eigen::Map<Matrix<T>> Transposed(T* data, Index m, Index n) {
  return {data, n, m};
}

template <typename T>
Matrix<T> Load(T* data, Index m, Index n) {
  return Transposed(data, m, n).transpose();
}
template <typename T>
void Store(const Matrix<T>& matrix, T* data) {
  Transposed(data, matrix.rows(), matrix.cols()) = matrix.transpose();
}

// The size that LAPACK compares pivots by.
template <typename T>
Real<T> Size(const T& x) {
  if constexpr (kIsComplex<T>) {
    return std::abs(x.real()) + std::abs(x.imag());
  } else {
    return std::abs(x);
  }
}

template <typename T>
T Conjugate(const T& x) {
  return Eigen::numext::conj(x);
}

template <typename T>
constexpr Real<T> kNaN = std::numeric_limits<Real<T>>::quiet_NaN();

}  // namespace webhlo::linear_algebra

#endif  // WEBHLO_WASM_LINEAR_ALGEBRA_MATRIX_H_
