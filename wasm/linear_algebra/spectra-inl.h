// SPDX-License-Identifier: Apache-2.0
//
// Eigenvalues, Schur forms and singular values, by Eigen's solvers: syevd, gees, geev, gesdd. What
// they leave open (the order, signs, phases) is as they find it; conventions of LAPACK that a
// program may rely on are kept. All is computed in double precision: this halves the code, and
// rounding once is more exact.
#ifndef WEBHLO_WASM_LINEAR_ALGEBRA_SPECTRA_INL_H_
#define WEBHLO_WASM_LINEAR_ALGEBRA_SPECTRA_INL_H_

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <type_traits>

#include "wasm/linear_algebra/matrix.h"

namespace webhlo::linear_algebra {

template <typename T>
using Wide = std::conditional_t<kIsComplex<T>, std::complex<double>, double>;

// Like Load, and like Transposed where what lies in memory is wanted.
template <typename T>
Matrix<Wide<T>> LoadWide(T* data, Index m, Index n) {
  return Transposed(data, m, n).transpose().template cast<Wide<T>>();
}
template <typename T, typename W>
void StoreWide(const Matrix<W>& matrix, T* data) {
  Transposed(data, matrix.rows(), matrix.cols()) = matrix.transpose().template cast<T>();
}

// Of what has no answer.
template <typename T>
void FillNaN(Index count, T* data) {
  if (data != nullptr) std::fill_n(data, count, T(kNaN<T>));
}

template <typename T>
void Syevd(Index n, bool vectors, bool upper, T* data, Real<T>* values, int32_t* info) {
  using W = Wide<T>;
  Matrix<W> a = LoadWide(data, n, n);
  // Of the other triangle nothing may be read.
  if (upper) a = a.adjoint().eval();
  a = a.template triangularView<Eigen::Lower>();
  if (a.allFinite()) {
    Eigen::SelfAdjointEigenSolver<Matrix<W>> solver(
        a, vectors ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);
    if (solver.info() == Eigen::Success) {
      *info = 0;
      Eigen::Map<Vector<Real<T>>>(values, n) = solver.eigenvalues().template cast<Real<T>>();
      if (vectors) StoreWide(solver.eigenvectors(), data);
      return;
    }
  }
  *info = static_cast<int32_t>(n);
  FillNaN(n * n, data);
  FillNaN(n, values);
}

// A block of a real Schur form with complex eigenvalues, turned so that its diagonal is one number.
inline void Standardize(Index k, Matrix<double>& t, Matrix<double>& z) {
  const double a = t(k, k), b = t(k, k + 1), c = t(k + 1, k), d = t(k + 1, k + 1);
  const double sigma = b + c, delta = a - d, tau = std::hypot(sigma, delta);
  if (delta != 0) {
    const double cosine = std::sqrt((1 + std::abs(sigma) / tau) / 2);
    const double sine = -delta / (2 * tau * cosine) * (sigma < 0 ? -1 : 1);
    // Rows times its inverse, columns times the rotation (cosine, -sine; sine, cosine).
    const Eigen::JacobiRotation<double> rotation(cosine, -sine);
    t.rightCols(t.cols() - k).applyOnTheLeft(k, k + 1, rotation.adjoint());
    t.topRows(k + 2).applyOnTheRight(k, k + 1, rotation);
    if (z.size() > 0) z.applyOnTheRight(k, k + 1, rotation);
    t(k, k) = t(k + 1, k + 1) = (a + d) / 2;
  }
}

// A = Z T Z^H; Z is empty if it is not wanted. False where there is no answer.
template <typename W>
bool Schur(const Matrix<W>& a, bool vectors, Matrix<W>* t, Matrix<W>* z) {
  const Index n = a.rows();
  if (!a.allFinite()) return false;
  std::conditional_t<kIsComplex<W>, Eigen::ComplexSchur<Matrix<W>>, Eigen::RealSchur<Matrix<W>>>
      schur(n);
  schur.compute(a, vectors);
  if (schur.info() != Eigen::Success) return false;
  *t = schur.matrixT();
  if (vectors) *z = schur.matrixU();
  const Index below = kIsComplex<W> ? 1 : 2;
  for (Index j = 0; j + below < n; ++j) t->col(j).tail(n - j - below).setZero();
  if constexpr (!kIsComplex<W>) {
    for (Index k = 0; k + 1 < n; ++k) {
      if ((*t)(k + 1, k) != 0) Standardize(k++, *t, *z);
    }
  }
  return true;
}

using C = std::complex<double>;

template <typename W>
Vector<C> EigenvaluesOf(const Matrix<W>& t) {
  Vector<C> values = t.diagonal().template cast<C>();
  if constexpr (!kIsComplex<W>) {
    for (Index k = 0; k + 1 < t.rows(); ++k) {
      if (t(k + 1, k) == 0) continue;
      const double imaginary = std::sqrt(std::abs(t(k, k + 1))) * std::sqrt(std::abs(t(k + 1, k)));
      values(k) = {t(k, k), imaginary};
      values(k + 1) = {t(k, k), -imaginary};
      ++k;
    }
  }
  return values;
}

// Complex numbers in LAPACK's form: real parts and imaginary parts where the matrix is real.
template <typename T>
void StoreEigenvalues(const Vector<C>& from, T* values, T* imaginary) {
  for (Index k = 0; k < from.size(); ++k) {
    if constexpr (kIsComplex<T>) {
      values[k] = T(from(k));
    } else {
      values[k] = static_cast<T>(from(k).real());
      imaginary[k] = static_cast<T>(from(k).imag());
    }
  }
}

template <typename T>
void Gees(Index n, bool vectors, T* data, T* z_data, T* values, T* imaginary, int32_t* info) {
  Matrix<Wide<T>> t, z;
  *info = 0;
  if (Schur(LoadWide(data, n, n), vectors, &t, &z)) {
    StoreWide(t, data);
    if (vectors) StoreWide(z, z_data);
    StoreEigenvalues(EigenvaluesOf(t), values, imaginary);
    return;
  }
  *info = static_cast<int32_t>(n);
  FillNaN(n * n, data);
  if (vectors) FillNaN(n * n, z_data);
  FillNaN(n, values);
  FillNaN(n, imaginary);
}

// Eigenvectors of upper triangular matrices with blocks of two on the diagonal, by substitution.
class TriangularVectors {
 public:
  // The largest number of t is about 1.
  explicit TriangularVectors(const Matrix<C>& t) : t_(t), vector_(t.rows()), rest_(t.rows()) {}

  // Of an eigenvalue of the block that row k is in; zero below the block.
  const Vector<C>& Find(Index k, C value) {
    const double tiny = std::numeric_limits<double>::epsilon() * std::max(Size(value), kSmallest);
    Index begin = BlockOf(k);
    vector_.setZero();
    if (IsPair(begin)) {
      const C a = t_(begin, begin) - value, d = t_(begin + 1, begin + 1) - value;
      const C b = t_(begin, begin + 1), c = t_(begin + 1, begin);
      if (Size(b) >= Size(c)) {
        vector_(begin) = 1;
        vector_(begin + 1) = -a / b;
      } else {
        vector_(begin) = -d / c;
        vector_(begin + 1) = 1;
      }
    } else {
      vector_(begin) = 1;
    }
    rest_.setZero();
    for (Index end = begin + (IsPair(begin) ? 2 : 1);;) {
      for (Index j = begin; j < end; ++j) rest_.head(begin) -= vector_(j) * t_.col(j).head(begin);
      if (begin == 0) return vector_;
      end = begin;
      begin = BlockOf(begin - 1);
      if (end - begin == 2) {
        SolvePair(begin, value, tiny);
      } else {
        vector_(begin) = rest_(begin) / AtLeast(t_(begin, begin) - value, tiny);
      }
      // What grows beyond measure is made smaller, with all before it.
      const double largest = vector_.segment(begin, end - begin).cwiseAbs().maxCoeff();
      if (largest > kLargest) {
        vector_ /= largest;
        rest_ /= largest;
      }
    }
  }

 private:
  static constexpr double kSmallest = std::numeric_limits<double>::epsilon() * 1e-3;
  static constexpr double kLargest = 1e150;

  bool IsPair(Index k) const { return k + 1 < t_.rows() && t_(k + 1, k) != C(0); }
  Index BlockOf(Index k) const { return k > 0 && IsPair(k - 1) ? k - 1 : k; }
  static C AtLeast(C x, double tiny) { return Size(x) < tiny ? C(tiny) : x; }

  void SolvePair(Index k, C value, double tiny) {
    C a = t_(k, k) - value, b = t_(k, k + 1), c = t_(k + 1, k), d = t_(k + 1, k + 1) - value;
    C x = rest_(k), y = rest_(k + 1);
    if (Size(c) > Size(a)) {
      std::swap(a, c);
      std::swap(b, d);
      std::swap(x, y);
    }
    const C factor = c / AtLeast(a, tiny);
    const C second = (y - factor * x) / AtLeast(d - factor * b, tiny);
    vector_(k + 1) = second;
    vector_(k) = (x - b * second) / AtLeast(a, tiny);
  }

  const Matrix<C>& t_;
  Vector<C> vector_;
  Vector<C> rest_;  // Of the right side, without what is known.
};

// Vectors of length one whose largest number is real, in the columns of Z X.
template <typename To>
void StoreVectors(const Matrix<C>& z, const Matrix<C>& x, const Vector<double>& scale,
                  const Vector<C>& values, bool is_real, To* data) {
  Matrix<C> v = z * x;
  for (Index k = 0; k < v.cols(); ++k) {
    auto column = v.col(k);
    if (is_real && values(k).imag() < 0) {
      column = v.col(k - 1).conjugate();
      continue;
    }
    column.array() *= scale.array().template cast<C>();
    column /= column.cwiseAbs().maxCoeff();
    Index largest = 0;
    const double size = column.cwiseAbs().maxCoeff(&largest);
    column *= Conjugate(column(largest)) / (size * column.stableNorm());
    column(largest) = column(largest).real();
  }
  StoreWide(v, data);
}

// Powers of two that make rows and columns of one size: A becomes D^-1 A D. Answers D.
template <typename W>
Vector<double> Balance(Matrix<W>& a) {
  constexpr double kRadix = 2, kMost = 1e15;
  constexpr int kSweeps = 50;  // A few suffice.
  Vector<double> scale = Vector<double>::Ones(a.rows());
  bool changed = true;
  for (int sweep = 0; changed && sweep < kSweeps; ++sweep) {
    changed = false;
    for (Index k = 0; k < a.rows(); ++k) {
      double column = 0, row = 0;
      for (Index i = 0; i < a.rows(); ++i) {
        if (i == k) continue;
        column += Size(a(i, k));
        row += Size(a(k, i));
      }
      if (!(column > 0 && row > 0)) continue;
      const double before = column + row;
      double factor = 1;
      for (; column < row / kRadix && factor < kMost; factor *= kRadix) column *= kRadix * kRadix;
      for (; column >= row * kRadix && factor > 1 / kMost; factor /= kRadix) {
        column /= kRadix * kRadix;
      }
      if ((column + row) / factor >= 0.95 * before) continue;
      changed = true;
      a.row(k) /= factor;
      a.col(k) *= factor;
      scale(k) *= factor;
    }
  }
  return scale;
}

template <typename T>
void Geev(Index n, T* data, T* values, T* imaginary, std::complex<Real<T>>* left,
          std::complex<Real<T>>* right, int32_t* info) {
  Matrix<Wide<T>> a = LoadWide(data, n, n), t, z;
  *info = 0;
  if (!a.allFinite()) {
    // What the interface of XLA to LAPACK says of such matrices.
    *info = -4;
  } else {
    const Vector<double> scale = Balance(a);
    const bool vectors = left != nullptr || right != nullptr;
    if (Schur(a, vectors, &t, &z)) {
      Vector<C> eigenvalues = EigenvaluesOf(t);
      StoreEigenvalues(eigenvalues, values, imaginary);
      if (!vectors) return;
      const double size = t.cwiseAbs().maxCoeff();
      if (size > 0) {
        t /= size;
        eigenvalues /= size;
      }
      const Matrix<C> complex_z = z.template cast<C>();
      Matrix<C> complex_t = t.template cast<C>();
      Matrix<C> x(n, n);
      TriangularVectors triangular(complex_t);
      if (right != nullptr) {
        for (Index k = 0; k < n; ++k) x.col(k) = triangular.Find(k, eigenvalues(k));
        StoreVectors(complex_z, x, scale, eigenvalues, !kIsComplex<T>, right);
      }
      if (left != nullptr) {
        // Those of T on its left are those of T^H, which is upper triangular once it is turned
        // round.
        complex_t = complex_t.adjoint().reverse().eval();
        for (Index k = 0; k < n; ++k) {
          x.col(k) = triangular.Find(n - 1 - k, Conjugate(eigenvalues(k))).reverse();
        }
        StoreVectors(complex_z, x, scale.cwiseInverse(), eigenvalues, !kIsComplex<T>, left);
      }
      return;
    }
    *info = static_cast<int32_t>(n);
  }
  FillNaN(n, values);
  FillNaN(n, imaginary);
  FillNaN(n * n, left);
  FillNaN(n * n, right);
}

// A = U S V^H. Without vectors u and vt are null; `full` ones are square.
template <typename T>
void Gesdd(Index m, Index n, bool full, T* data, Real<T>* s, T* u, T* vt, int32_t* info) {
  const Index size = std::min(m, n);
  *info = 0;
  if (size == 0) {
    if (u != nullptr && full) {
      StoreWide<T, Wide<T>>(Matrix<Wide<T>>::Identity(m, m), u);
      StoreWide<T, Wide<T>>(Matrix<Wide<T>>::Identity(n, n), vt);
    }
    return;
  }
  unsigned options = 0;
  if (u != nullptr) {
    options = full ? Eigen::ComputeFullU | Eigen::ComputeFullV
                   : Eigen::ComputeThinU | Eigen::ComputeThinV;
  }
  const Matrix<Wide<T>> a = LoadWide(data, m, n);
  if (a.allFinite()) {
    const Eigen::BDCSVD<Matrix<Wide<T>>> svd(a, options);
    if (svd.info() == Eigen::Success) {
      Eigen::Map<Vector<Real<T>>>(s, size) = svd.singularValues().template cast<Real<T>>();
      if (u == nullptr) return;
      StoreWide(svd.matrixU(), u);
      StoreWide<T, Wide<T>>(svd.matrixV().adjoint(), vt);
      return;
    }
    *info = 1;
  } else {
    *info = -4;
  }
  FillNaN(size, s);
  FillNaN(m * (full ? m : size), u);
  FillNaN((full ? n : size) * n, vt);
}

}  // namespace webhlo::linear_algebra

#endif  // WEBHLO_WASM_LINEAR_ALGEBRA_SPECTRA_INL_H_
