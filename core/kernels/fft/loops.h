// SPDX-License-Identifier: Apache-2.0
//
// The loops that Fourier transforms consist of, once for f32 and once for f64: from tensors to
// planes, from planes to planes, and back. Planes hold columns: element k of column c lies at
// k * columns + c. They are as many as fill vectors, but for stages that say otherwise.
#ifndef WEBHLO_CORE_KERNELS_FFT_LOOPS_H_
#define WEBHLO_CORE_KERNELS_FFT_LOOPS_H_

#include <cstdint>

namespace webhlo::fft {

// Complex numbers as they are worked on: real parts, and imaginary ones.
struct Planes {
  void* re;
  void* im;
  Planes swapped() const { return {im, re}; }
};

inline constexpr int64_t kMaxRadix = 23;

// A stage of Stockham's form, whose results lie `apart`: element t = p apart + q of the first
// radix-th of the planes' elements is transformed with those that lie as far behind it in the other
// ones, and element radix p apart + q + j apart of the results is turned by the p j-th root. With
// one column, the first stage's radix is 4.
struct Stage {
  int64_t radix, length, columns, apart;
  Planes roots;  // Of the length.
};

// Some columns of a tensor, in elements: k of column c lies at k * row_step + c * column_step.
struct Columns {
  bool real;  // As the tensor's elements are.
  int64_t row_step, column_step;
  int64_t columns, present;  // In the planes, in the tensor: the last ones may be missing there.
  // Where in the whole transform an element stands: at place + k * row_place + c * column_place.
  int64_t place, row_place, column_place;
  int64_t whole;  // Its length.
  // Read: what stands in the second half is the conjugate of what stands in the first one, and
  // what ends them is real.
  bool mirrored;
  // Written: numbers times `scale` and, where there are factors, element k * factor_step + c of
  // those; none that stand at `end` or beyond it.
  int64_t end;
  double scale;
  Planes factors;
  int64_t factor_step;
};

struct Loops {
  int64_t lanes, bytes;  // Of a vector, of a lane.
  // Rows [begin, end).
  void (*read)(const Columns&, const void* source, Planes to, int64_t begin, int64_t end);
  void (*write)(const Columns&, Planes from, void* sink, int64_t begin, int64_t end);
  // The stage's vectors [begin, end).
  void (*stage)(const Stage&, Planes from, Planes to, int64_t begin, int64_t end);
  // Rows [begin, end) times the factors, zero from row `count` on.
  void (*multiply)(Planes from, Planes to, Planes factors, int64_t columns, int64_t count,
                   int64_t begin, int64_t end);
  // Between the transform of z_j = x_2j + i x_2j+1, of length h, and that of the real x of length
  // 2 h, to numbers twice as large. `joins`: from that of x.
  void (*separate)(int64_t h, bool joins, int64_t columns, Planes roots, Planes from, Planes to);
};

extern const Loops kF32Loops, kF64Loops;

}  // namespace webhlo::fft

#endif  // WEBHLO_CORE_KERNELS_FFT_LOOPS_H_
