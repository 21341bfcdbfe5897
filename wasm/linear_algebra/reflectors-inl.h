// SPDX-License-Identifier: Apache-2.0
//
// Factorizations by Householder reflectors as LAPACK makes and stores them: geqrf, orgqr, gehrd,
// sytrd. A reflector is H = I - tau v v^H with v_0 = 1; what follows in v lies where it made zeros.
#ifndef WEBHLO_WASM_LINEAR_ALGEBRA_REFLECTORS_INL_H_
#define WEBHLO_WASM_LINEAR_ALGEBRA_REFLECTORS_INL_H_

#include <Eigen/Householder>
#include <algorithm>

#include "wasm/linear_algebra/matrix.h"

namespace webhlo::linear_algebra {

// Reflectors that are applied together.
inline constexpr Index kReflectors = 32;

// H^H x = beta e_0 with a real beta of the sign that Re(x_0) has not; x becomes (beta, v). Answers
// tau.
template <typename T>
T MakeReflector(Eigen::Ref<Vector<T>> x) {
  using std::abs;
  const Real<T> safe =
      std::numeric_limits<Real<T>>::min() / std::numeric_limits<Real<T>>::epsilon();
  Eigen::VectorBlock<Eigen::Ref<Vector<T>>> tail = x.tail(x.size() - 1);
  const auto beta_of = [&] {
    const Real<T> re = Eigen::numext::real(x(0));
    const Real<T> all = std::hypot(abs(x(0)), tail.stableNorm());
    return std::signbit(re) ? all : -all;
  };
  if (tail.stableNorm() == 0 && Eigen::numext::imag(x(0)) == 0) return T(0);
  Real<T> beta = beta_of();
  // Tiny numbers are made larger until they divide well.
  int scaled = 0;
  for (; abs(beta) < safe && scaled < 20; ++scaled) {
    x /= safe;
    beta = beta_of();
  }
  const T tau = (beta - x(0)) / beta;
  tail *= T(1) / (x(0) - beta);
  for (; scaled > 0; --scaled) beta *= safe;
  x(0) = beta;
  return tau;
}

template <typename T>
void Geqrf(Index m, Index n, T* data, T* taus) {
  Matrix<T> a = Load(data, m, n);
  Vector<T> workspace(n);
  const Index size = std::min(m, n);
  for (Index begin = 0; begin < size; begin += kReflectors) {
    const Index count = std::min(kReflectors, size - begin), end = begin + count;
    for (Index k = begin; k < end; ++k) {
      taus[k] = MakeReflector<T>(a.col(k).tail(m - k));
      a.block(k, k + 1, m - k, end - k - 1)
          .applyHouseholderOnTheLeft(a.col(k).tail(m - k - 1), Conjugate(taus[k]),
                                     workspace.data());
    }
    if (end == n) break;
    Block<T> rest = a.bottomRightCorner(m - begin, n - end);
    const Block<T> reflectors = a.block(begin, begin, m - begin, count);
    const Vector<T> h = Eigen::Map<Vector<T>>(taus + begin, count).conjugate();
    Eigen::internal::apply_block_householder_on_the_left(rest, reflectors, h, false);
  }
  Store(a, data);
}

// The first columns of the product of the reflectors.
template <typename T>
void Orgqr(Index m, Index n, Index num_reflectors, T* data, const T* taus) {
  const Matrix<T> a = Load(data, m, n);
  Matrix<T> q = Matrix<T>::Identity(m, n);
  for (Index end = num_reflectors; end > 0;) {
    const Index begin = (end - 1) / kReflectors * kReflectors;
    // What lies above and to the left is still that of the identity.
    Block<T> rest = q.bottomRightCorner(m - begin, n - begin);
    const Eigen::Ref<const Matrix<T>> reflectors = a.block(begin, begin, m - begin, end - begin);
    const Vector<T> h = Eigen::Map<const Vector<T>>(taus + begin, end - begin);
    Eigen::internal::apply_block_householder_on_the_left(rest, reflectors, h, true);
    end = begin;
  }
  Store(q, data);
}

// Q^H A Q in upper Hessenberg form; rows and columns from `low` to `high` (counted from 1) are
// reduced.
template <typename T>
void Gehrd(Index n, Index low, Index high, T* data, T* taus) {
  Matrix<T> a = Load(data, n, n);
  Vector<T> workspace(n), v(n);
  std::fill_n(taus, n - 1, T(0));
  for (Index k = low - 1; k + 1 < high; ++k) {
    const Index size = high - k - 1;
    taus[k] = MakeReflector<T>(a.col(k).segment(k + 1, size));
    v = a.col(k).segment(k + 2, size - 1);
    a.block(0, k + 1, high, size).applyHouseholderOnTheRight(v, taus[k], workspace.data());
    a.block(k + 1, k + 1, size, n - k - 1)
        .applyHouseholderOnTheLeft(v, Conjugate(taus[k]), workspace.data());
  }
  Store(a, data);
}

// Q^H A Q in tridiagonal form, of one triangle of a Hermitian matrix. The upper triangle is reduced
// from its end, so that it is the lower one turned round.
template <typename T>
void Sytrd(Index n, bool upper, T* data, Real<T>* diagonal, Real<T>* off_diagonal, T* taus) {
  Matrix<T> a = Load(data, n, n);
  if (upper) a = a.reverse().eval();
  Vector<T> w;
  for (Index k = 0; k + 1 < n; ++k) {
    const Index size = n - k - 1;
    Vector<T> v = a.col(k).tail(size);
    const T tau = MakeReflector<T>(v);
    a.col(k).tail(size) = v;
    Block<T> rest = a.bottomRightCorner(size, size);
    if (tau != T(0)) {
      v(0) = T(1);
      w = tau * (rest.template selfadjointView<Eigen::Lower>() * v);
      w -= (tau / Real<T>(2) * w.dot(v)) * v;
      rest.template selfadjointView<Eigen::Lower>().rankUpdate(v, w, T(-1));
    }
    taus[upper ? size - 1 : k] = tau;
    off_diagonal[upper ? size - 1 : k] = Eigen::numext::real(a(k + 1, k));
  }
  for (Index k = 0; k < n; ++k) {
    a(k, k) = Eigen::numext::real(a(k, k));
    diagonal[upper ? n - 1 - k : k] = Eigen::numext::real(a(k, k));
  }
  if (upper) a = a.reverse().eval();
  Store(a, data);
}

}  // namespace webhlo::linear_algebra

#endif  // WEBHLO_WASM_LINEAR_ALGEBRA_REFLECTORS_INL_H_
