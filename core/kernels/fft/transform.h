// SPDX-License-Identifier: Apache-2.0
//
// Transforms of one dimension, as loops from planes to planes; core/kernels/fft/kernel.cc brings
// tensors to them.
#ifndef WEBHLO_CORE_KERNELS_FFT_TRANSFORM_H_
#define WEBHLO_CORE_KERNELS_FFT_TRANSFORM_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <utility>
#include <vector>

#include "core/base/memory.h"
#include "core/kernels/fft/loops.h"

namespace webhlo::fft {

// Radices of a length that has small prime factors only, or nothing: a larger one makes Bluestein's
// form cheaper.
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

// roots[k] = exp(-2 i pi k / n), real parts and then imaginary ones, as products of few.
inline void FillRoots(int64_t n, double* roots) {
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
      roots[begin + k] = c * fc - s * fs;
      roots[n + begin + k] = c * fs + s * fc;
    }
  }
  // Those of quarter turns are exact, so that zeros cancel.
  constexpr double kQuarters[4][2] = {{1, 0}, {0, -1}, {-1, 0}, {0, 1}};
  for (int64_t q = 0; q < 4; ++q) {
    if (q * n % 4 != 0) continue;
    roots[q * n / 4] = kQuarters[q][0];
    roots[n + q * n / 4] = kQuarters[q][1];
  }
}

// The doubles as numbers of the loops' type.
inline Result<AlignedBuffer> Keep(const Loops& loops, const double* from, int64_t count) {
  ASSIGN_OR_RETURN(AlignedBuffer to,
                   TryAllocate(static_cast<uint64_t>(count * loops.bytes), "fft's roots"));
  if (loops.bytes == sizeof(double)) {
    std::memcpy(to.data(), from, static_cast<size_t>(count) * sizeof(double));
  } else {
    float* const floats = reinterpret_cast<float*>(to.data());
    for (int64_t i = 0; i < count; ++i) floats[i] = static_cast<float>(from[i]);
  }
  return to;
}

inline Result<AlignedBuffer> AllocateDoubles(int64_t count) {
  return TryAllocate(static_cast<uint64_t>(count) * sizeof(double), "fft's roots");
}

// Forward transforms of `columns` columns at once: of as many as fill vectors, or of one where the
// form is Bluestein's. A run is a sequence of loops from planes to planes, each over items that do
// not depend on each other.
class Transform {
 public:
  Transform(const Loops& loops, int64_t n, int64_t columns)
      : loops_(loops),
        n_(n),
        length_(WorkLength(n)),
        columns_(columns),
        radices_(RadicesOf(length_)) {}

  Status Prepare() {
    const int64_t chirp = length_ == n_ ? 0 : n_, filter = length_ == n_ ? 0 : length_;
    ASSIGN_OR_RETURN(AlignedBuffer memory, AllocateDoubles(2 * (length_ + 3 * chirp + 2 * filter)));
    double* const roots = reinterpret_cast<double*>(memory.data());
    double* const chirps = roots + 2 * length_;
    double* const filters = chirps + 2 * chirp;
    double* const other = filters + 2 * filter;
    FillRoots(length_, roots);
    if (chirp != 0) {
      // exp(-i pi k^2 / n), whose angles repeat after 2 n.
      double* const angles = other + 2 * filter;
      FillRoots(2 * n_, angles);
      for (int64_t k = 0, square = 0; k < n_; ++k) {
        chirps[k] = angles[square];
        chirps[n_ + k] = angles[2 * n_ + square];
        square = (square + 2 * k + 1) % (2 * n_);
      }
      // The transform of its conjugate, which wraps around; divided by the length, once for all.
      std::fill_n(filters, 2 * length_, 0.0);
      const double scale = 1 / static_cast<double>(length_);
      for (int64_t k = 0; k < n_; ++k) {
        const int64_t back = k == 0 ? 0 : length_ - k;
        filters[k] = filters[back] = chirps[k] * scale;
        filters[length_ + k] = filters[length_ + back] = -chirps[n_ + k] * scale;
      }
      Planes from = {filters, filters + length_}, to = {other, other + length_};
      for (size_t i = 0; i < radices_.size(); ++i) {
        const Stage stage = StageAt(i, 1, {roots, roots + length_});
        kF64Loops.stage(stage, from, to, 0, length_ / stage.radix / kF64Loops.lanes);
        std::swap(from, to);
      }
      if (radices_.size() % 2 != 0) std::copy_n(other, 2 * length_, filters);
    }
    ASSIGN_OR_RETURN(tables_, Keep(loops_, roots, 2 * (length_ + chirp + filter)));
    return OkStatus();
  }

  // The loops of a run: how many items each has, and what one costs.
  size_t num_loops() const { return length_ == n_ ? radices_.size() : 2 * radices_.size() + 3; }
  std::pair<int64_t, int64_t> LoopSize(size_t loop) const {
    if (const int stage = StageOf(loop); stage >= 0) {
      const int64_t r = radices_[static_cast<size_t>(stage)];
      return {length_ / r * columns_ / loops_.lanes,
              (r * loops_.bytes * 4 + r * r / 2) * loops_.lanes};
    }
    return {length_, columns_ * loops_.bytes * 4};
  }
  void RunLoop(size_t loop, Planes from, Planes to, int64_t begin, int64_t end) const {
    const size_t stages = radices_.size();
    if (const int stage = StageOf(loop); stage >= 0) {
      // The second transform of Bluestein's is an inverse one, whose planes change places.
      const bool inverse = loop > stages + 1;
      loops_.stage(StageAt(static_cast<size_t>(stage), columns_, Table(0, length_)),
                   inverse ? from.swapped() : from, inverse ? to.swapped() : to, begin, end);
    } else if (loop == stages + 1) {
      loops_.multiply(from, to, Table(length_ + n_, length_), columns_, length_, begin, end);
    } else {
      loops_.multiply(from, to, Table(length_, n_), columns_, n_, begin, end);
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

  Stage StageAt(size_t index, int64_t columns, Planes roots) const {
    int64_t apart = columns;
    for (size_t i = 0; i < index; ++i) apart *= radices_[i];
    return {radices_[index], length_, columns, apart, roots};
  }

  // The n numbers behind the first `first` ones.
  Planes Table(int64_t first, int64_t n) const {
    uint8_t* const at = const_cast<uint8_t*>(tables_.data()) + 2 * first * loops_.bytes;
    return {at, at + n * loops_.bytes};
  }

  const Loops& loops_;
  int64_t n_, length_, columns_;
  std::vector<int64_t> radices_;
  AlignedBuffer tables_;  // Roots, chirp, filter.
};

}  // namespace webhlo::fft

#endif  // WEBHLO_CORE_KERNELS_FFT_TRANSFORM_H_
