// SPDX-License-Identifier: Apache-2.0
//
// Transforms of one dimension, as loops from planes to planes; core/kernels/fft.cc brings tensors
// to them.
#ifndef WEBHLO_CORE_KERNELS_FFT_TRANSFORM_H_
#define WEBHLO_CORE_KERNELS_FFT_TRANSFORM_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "core/base/memory.h"
#include "core/kernels/vector.h"

namespace webhlo::fft {

// Complex numbers are planes while they are worked on: real parts, then imaginary ones.
struct Planes {
  float* re;
  float* im;
  Planes swapped() const { return {im, re}; }
};

struct ComplexVector {
  F32x4 re, im;
};
HWY_INLINE ComplexVector operator+(ComplexVector a, ComplexVector b) {
  return {hn::Add(a.re, b.re), hn::Add(a.im, b.im)};
}
HWY_INLINE ComplexVector operator-(ComplexVector a, ComplexVector b) {
  return {hn::Sub(a.re, b.re), hn::Sub(a.im, b.im)};
}
HWY_INLINE ComplexVector operator*(ComplexVector a, ComplexVector b) {
  return {hn::Sub(hn::Mul(a.re, b.re), hn::Mul(a.im, b.im)),
          hn::Add(hn::Mul(a.re, b.im), hn::Mul(a.im, b.re))};
}
HWY_INLINE ComplexVector TimesMinusI(ComplexVector a) { return {a.im, hn::Neg(a.re)}; }

inline constexpr int64_t kMaxRadix = 23;  // A larger prime factor makes Bluestein's form cheaper.

// Radices of a length that has small prime factors only, or nothing.
inline std::vector<int64_t> RadicesOf(int64_t n) {
  std::vector<int64_t> radices;
  for (; n % 4 == 0; n /= 4) radices.push_back(4);
  for (int64_t p = 2; p <= kMaxRadix; ++p) {
    for (; n % p == 0; n /= p) radices.push_back(p);
  }
  return n == 1 ? radices : std::vector<int64_t>();
}

// The length that a transform of n is computed with.
inline int64_t WorkLength(int64_t n) {
  if (n == 1 || !RadicesOf(n).empty()) return n;
  int64_t m = 4;
  while (m < 2 * n - 1) m *= 2;
  // Three quarters of it may do.
  return m / 4 * 3 >= 2 * n - 1 ? m / 4 * 3 : m;
}

// Forward transforms of `columns` columns at once: element k of column c lies at k * columns + c. A
// run is a sequence of loops from planes to planes, each over items that do not depend on each
// other.
class Transform {
 public:
  // Loops read as many elements beyond the ends of planes.
  static constexpr int64_t kPadding = 3;

  Transform(int64_t n, int64_t columns)
      : n_(n), length_(WorkLength(n)), columns_(columns), radices_(RadicesOf(length_)) {}

  Status Prepare() {
    ASSIGN_OR_RETURN(roots_memory_, TryAllocate(Bytes(length_), "fft's roots"));
    roots_ = PlanesIn(roots_memory_, length_);
    FillRoots(length_, roots_);
    if (length_ == n_) return OkStatus();
    ASSIGN_OR_RETURN(chirp_memory_, TryAllocate(Bytes(n_), "fft's chirp"));
    chirp_ = PlanesIn(chirp_memory_, n_);
    // exp(-i pi k^2 / n), whose angles repeat after 2 n.
    ASSIGN_OR_RETURN(AlignedBuffer half_turns, TryAllocate(Bytes(2 * n_), "fft's chirp"));
    const Planes angles = PlanesIn(half_turns, 2 * n_);
    FillRoots(2 * n_, angles);
    for (int64_t k = 0, square = 0; k < n_; ++k) {
      chirp_.re[k] = angles.re[square];
      chirp_.im[k] = angles.im[square];
      square = (square + 2 * k + 1) % (2 * n_);
    }
    // The transform of its conjugate, which wraps around; divided by the length, once for all.
    ASSIGN_OR_RETURN(filter_memory_, TryAllocate(Bytes(length_), "fft's filter"));
    ASSIGN_OR_RETURN(AlignedBuffer other, TryAllocate(Bytes(length_), "fft's filter"));
    Planes from = PlanesIn(filter_memory_, length_), to = PlanesIn(other, length_);
    std::fill_n(from.re, 2 * length_, 0.0f);
    const float scale = 1 / static_cast<float>(length_);
    for (int64_t k = 0; k < n_; ++k) {
      const int64_t back = k == 0 ? 0 : length_ - k;
      from.re[k] = from.re[back] = chirp_.re[k] * scale;
      from.im[k] = from.im[back] = -chirp_.im[k] * scale;
    }
    const int64_t columns = std::exchange(columns_, 1);
    for (size_t i = 0; i < radices_.size(); ++i) {
      RunStage(i, from, to, 0, length_ / radices_[i]);
      std::swap(from, to);
    }
    columns_ = columns;
    filter_ = from;
    if (radices_.size() % 2 != 0) std::swap(filter_memory_, other);
    return OkStatus();
  }

  int64_t elements() const { return length_ * columns_; }
  static uint64_t Bytes(int64_t n) { return static_cast<uint64_t>(n) * 2 * sizeof(float); }
  static Planes PlanesIn(const AlignedBuffer& buffer, int64_t n) {
    float* const data = reinterpret_cast<float*>(const_cast<uint8_t*>(buffer.data()));
    return {data, data + n};
  }

  // The loops of a run: how many items each has, and what one costs.
  size_t num_loops() const { return length_ == n_ ? radices_.size() : 2 * radices_.size() + 3; }
  std::pair<int64_t, int64_t> LoopSize(size_t loop) const {
    if (const int stage = StageOf(loop); stage >= 0) {
      const int64_t r = radices_[static_cast<size_t>(stage)];
      return {length_ / r * columns_, r * static_cast<int64_t>(sizeof(float)) * 4 + r * r / 2};
    }
    return {length_, columns_ * static_cast<int64_t>(sizeof(float)) * 4};
  }
  void RunLoop(size_t loop, Planes from, Planes to, int64_t begin, int64_t end) const {
    const size_t stages = radices_.size();
    if (const int stage = StageOf(loop); stage >= 0) {
      // The second transform of Bluestein's is an inverse one, whose planes change places.
      const bool inverse = loop > stages + 1;
      RunStage(static_cast<size_t>(stage), inverse ? from.swapped() : from,
               inverse ? to.swapped() : to, begin, end);
    } else if (loop == stages + 1) {
      Multiply(from, to, filter_, length_, begin, end);
    } else {
      Multiply(from, to, chirp_, n_, begin, end);
    }
  }

 private:
  // The radix that the loop is of, or -1: Bluestein's other loops multiply.
  int StageOf(size_t loop) const {
    const size_t stages = radices_.size();
    if (length_ == n_) return static_cast<int>(loop);
    if (loop == 0 || loop == stages + 1 || loop == 2 * stages + 2) return -1;
    return static_cast<int>(loop <= stages ? loop - 1 : loop - stages - 2);
  }

  // planes[k] = exp(-2 i pi k / n), as products of few roots in f64.
  static void FillRoots(int64_t n, Planes planes) {
    const int64_t step = std::max<int64_t>(1, static_cast<int64_t>(std::sqrt(n)));
    const double unit = -2 * std::numbers::pi / static_cast<double>(n);
    std::vector<std::pair<double, double>> fine(static_cast<size_t>(step));
    for (int64_t k = 0; k < step; ++k) {
      const double angle = unit * static_cast<double>(k);
      fine[static_cast<size_t>(k)] = {std::cos(angle), std::sin(angle)};
    }
    for (int64_t begin = 0; begin < n; begin += step) {
      const double angle = unit * static_cast<double>(begin);
      const double c = std::cos(angle), s = std::sin(angle);
      for (int64_t k = 0; k < std::min(step, n - begin); ++k) {
        const auto [fc, fs] = fine[static_cast<size_t>(k)];
        planes.re[begin + k] = static_cast<float>(c * fc - s * fs);
        planes.im[begin + k] = static_cast<float>(c * fs + s * fc);
      }
    }
    // Those of quarter turns are exact, so that zeros cancel.
    constexpr float kQuarters[4][2] = {{1, 0}, {0, -1}, {-1, 0}, {0, 1}};
    for (int64_t q = 0; q < 4; ++q) {
      if (q * n % 4 != 0) continue;
      planes.re[q * n / 4] = kQuarters[q][0];
      planes.im[q * n / 4] = kQuarters[q][1];
    }
  }

  static HWY_INLINE ComplexVector LoadAt(Planes x, int64_t i) {
    return {Load(x.re + i), Load(x.im + i)};
  }
  static HWY_INLINE void StoreAt(ComplexVector v, Planes y, int64_t i) {
    Store(v.re, y.re + i);
    Store(v.im, y.im + i);
  }
  HWY_INLINE ComplexVector Root(int64_t k) const {
    return {Splat(roots_.re[k]), Splat(roots_.im[k])};
  }

  // One stage of radix r, whose results lie s apart: item t = p s + q reads elements t + j (n / r)
  // and writes elements r p s + q + j s, turned by the p j-th root.
  void RunStage(size_t stage, Planes from, Planes to, int64_t begin, int64_t end) const {
    const int64_t r = radices_[stage];
    int64_t s = columns_;
    for (size_t i = 0; i < stage; ++i) s *= radices_[i];
    const int64_t reach = length_ * columns_ / r;
    int64_t t = begin;
    ComplexVector y[kMaxRadix];
    if (s == 1 && r == 4) {
      // Lanes are neighbouring p: their roots follow each other, their results interleave.
      for (; t + 4 <= end; t += 4) {
        Of4(from, reach, t, y);
        Turn(LoadAt(roots_, t), y);
        hn::StoreInterleaved4(y[0].re, y[1].re, y[2].re, y[3].re, kF32, to.re + 4 * t);
        hn::StoreInterleaved4(y[0].im, y[1].im, y[2].im, y[3].im, kF32, to.im + 4 * t);
      }
    }
    while (t < end) {
      const int64_t p = t / s;
      const int64_t until = std::min(end, (p + 1) * s);
      const int64_t turn = p * (s / columns_);
      int64_t at = t + p * s * (r - 1);
      for (; t < until; t += 4, at += 4) {
        if (r == 4) {
          Of4(from, reach, t, y);
          Turn(Root(turn), y);
        } else {
          r == 2 ? Of2(from, reach, t, y) : OfOdd(r, from, reach, t, y);
          for (int64_t j = 1; j < r; ++j) y[j] = Root(j * turn) * y[j];
        }
        if (t + 4 <= until) {
          for (int64_t j = 0; j < r; ++j) StoreAt(y[j], to, at + j * s);
        } else {
          const size_t rest = static_cast<size_t>(until - t);
          for (int64_t j = 0; j < r; ++j) {
            StoreFirst(y[j].re, to.re + at + j * s, rest);
            StoreFirst(y[j].im, to.im + at + j * s, rest);
          }
        }
      }
      t = until;
    }
  }

  static HWY_INLINE void Of2(Planes from, int64_t reach, int64_t t, ComplexVector* y) {
    const ComplexVector a = LoadAt(from, t), b = LoadAt(from, t + reach);
    y[0] = a + b;
    y[1] = a - b;
  }

  static HWY_INLINE void Of4(Planes from, int64_t reach, int64_t t, ComplexVector* y) {
    const ComplexVector a = LoadAt(from, t), b = LoadAt(from, t + reach);
    const ComplexVector c = LoadAt(from, t + 2 * reach), e = LoadAt(from, t + 3 * reach);
    const ComplexVector even = a + c, odd = b + e, across = a - c, turned = TimesMinusI(b - e);
    y[0] = even + odd;
    y[1] = across + turned;
    y[2] = even - odd;
    y[3] = across - turned;
  }

  static HWY_INLINE void Turn(ComplexVector w, ComplexVector* y) {
    const ComplexVector w2 = w * w;
    y[1] = w * y[1];
    y[2] = w2 * y[2];
    y[3] = w2 * w * y[3];
  }

  // Sums and differences of elements that are as far from the first as from the end share their
  // products.
  void OfOdd(int64_t r, Planes from, int64_t reach, int64_t t, ComplexVector* y) const {
    const int64_t half = r / 2, unit = length_ / r;
    ComplexVector sums[kMaxRadix / 2], differences[kMaxRadix / 2];
    const ComplexVector first = LoadAt(from, t);
    y[0] = first;
    for (int64_t k = 0; k < half; ++k) {
      const ComplexVector a = LoadAt(from, t + (k + 1) * reach);
      const ComplexVector b = LoadAt(from, t + (r - 1 - k) * reach);
      sums[k] = a + b;
      differences[k] = TimesMinusI(a - b);
      y[0] = y[0] + sums[k];
    }
    for (int64_t j = 1; j <= half; ++j) {
      ComplexVector even = first, odd = {hn::Zero(kF32), hn::Zero(kF32)};
      for (int64_t k = 0, angle = j; k < half; ++k, angle = (angle + j) % r) {
        const F32x4 cosine = Splat(roots_.re[angle * unit]);
        const F32x4 sine = Splat(-roots_.im[angle * unit]);
        even = even + ComplexVector{hn::Mul(cosine, sums[k].re), hn::Mul(cosine, sums[k].im)};
        odd =
            odd + ComplexVector{hn::Mul(sine, differences[k].re), hn::Mul(sine, differences[k].im)};
      }
      y[j] = even + odd;
      y[r - j] = even - odd;
    }
  }

  // to[k] = from[k] * factor[k], zero from `count` on.
  void Multiply(Planes from, Planes to, Planes factor, int64_t count, int64_t begin,
                int64_t end) const {
    for (int64_t k = begin; k < end; ++k) {
      const float re = k < count ? factor.re[k] : 0, im = k < count ? factor.im[k] : 0;
      for (int64_t i = k * columns_; i < (k + 1) * columns_; ++i) {
        const float x = k < count ? from.re[i] : 0, y = k < count ? from.im[i] : 0;
        to.re[i] = re * x - im * y;
        to.im[i] = re * y + im * x;
      }
    }
  }

  int64_t n_, length_, columns_;
  std::vector<int64_t> radices_;
  AlignedBuffer roots_memory_, chirp_memory_, filter_memory_;
  Planes roots_ = {}, chirp_ = {}, filter_ = {};
};

}  // namespace webhlo::fft

#endif  // WEBHLO_CORE_KERNELS_FFT_TRANSFORM_H_
