// SPDX-License-Identifier: Apache-2.0
//
// Elements that count along a dimension.
#ifndef WEBHLO_CORE_KERNELS_IOTA_H_
#define WEBHLO_CORE_KERNELS_IOTA_H_

#include <cstdint>

#include "core/kernels/parallel.h"

namespace webhlo {

// Args (result): repetitions of 0, ..., size - 1, each `stride` times; f32, f64, or integers of
// whole bytes.
class Iota {
 public:
  Iota(int width, bool is_float, int64_t count, int64_t size, int64_t stride);
  const Pieces& pieces() const { return pieces_; }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) const;

 private:
  template <typename T>
  void Fill(T* result, int64_t begin, int64_t end) const;

  int width_;
  bool is_float_;
  int64_t count_, size_, stride_;
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_IOTA_H_
