// SPDX-License-Identifier: Apache-2.0
//
// Discrete Fourier transforms of f32 and f64: Stockham's self-sorting form with radix 4, 2 and odd
// ones (C. Van Loan, "Computational Frameworks for the Fast Fourier Transform", 1992, section 1.7),
// over columns that fill vectors, and Bluestein's convolution for lengths with a large prime factor
// (same, section 4.2.3). A long transform is two passes of short ones, many real ones of even
// length are complex ones of half of it.
#ifndef WEBHLO_CORE_KERNELS_FFT_FFT_H_
#define WEBHLO_CORE_KERNELS_FFT_FFT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/kernels/kernel.h"

namespace webhlo {

struct FftSizes {
  enum class Kind { kForward, kInverse, kFromReal, kToReal };

  Kind kind;
  bool is_f64;
  // Of the complex side, row-major. The last `lengths.size()` dimensions are transformed.
  std::vector<int64_t> dims;
  std::vector<int64_t> lengths;

  // What a run wants besides operand and result.
  uint64_t ScratchBytes() const;
};

// Args (operand, result, scratch).
Result<std::unique_ptr<Kernel>> MakeFft(const FftSizes& sizes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_FFT_FFT_H_
