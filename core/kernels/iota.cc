// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/iota.h"

#include <algorithm>

#include "core/base/math.h"

namespace webhlo {
namespace {

constexpr int64_t kBlock = 4096;  // Elements of an item.

}  // namespace

Iota::Iota(int width, bool is_float, int64_t count, int64_t size, int64_t stride)
    : width_(width),
      is_float_(is_float),
      count_(count),
      size_(size),
      stride_(stride),
      pieces_(CeilDiv(count, kBlock), kBlock * width) {}

void Iota::Run(void* const* args, PieceRange pieces, ThreadPool& pool) const {
  pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
    begin *= kBlock;
    end = std::min(end * kBlock, count_);
    switch (width_) {
      case 1:
        return Fill(static_cast<uint8_t*>(args[0]), begin, end);
      case 2:
        return Fill(static_cast<uint16_t*>(args[0]), begin, end);
      case 4:
        return is_float_ ? Fill(static_cast<float*>(args[0]), begin, end)
                         : Fill(static_cast<uint32_t*>(args[0]), begin, end);
      default:
        return is_float_ ? Fill(static_cast<double*>(args[0]), begin, end)
                         : Fill(static_cast<uint64_t*>(args[0]), begin, end);
    }
  });
}

template <typename T>
void Iota::Fill(T* result, int64_t begin, int64_t end) const {
  // Of 32 bits, which become floats in vectors; there are no more elements.
  int32_t value = static_cast<int32_t>(begin / stride_ % size_);
  int64_t i = begin;
  if (stride_ == 1) {
    while (i < end) {
      const int64_t until = std::min(end, i + size_ - value);
      for (; i < until; ++i) result[i] = static_cast<T>(value++);
      value = 0;
    }
    return;
  }
  for (int64_t rest = stride_ - begin % stride_; i < end; rest = stride_) {
    const int64_t until = std::min(end, i + rest);
    std::fill(result + i, result + until, static_cast<T>(value));
    i = until;
    if (++value == size_) value = 0;
  }
}

}  // namespace webhlo
