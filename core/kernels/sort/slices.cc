// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/sort/slices.h"

#include <cstring>

namespace webhlo {
namespace {

struct Wide {
  uint64_t low, high;
};

template <typename T>
void GatherElements(const uint8_t* from, const uint32_t* order, int64_t stride, int64_t begin,
                    int64_t end, uint8_t* to) {
  constexpr int64_t kSize = sizeof(T);
  for (int64_t i = begin; i < end; ++i) {
    std::memcpy(to + i * stride * kSize, from + order[i] * stride * kSize, sizeof(T));
  }
}

}  // namespace

void GatherByOrder(int width, const uint8_t* from, const uint32_t* order, int64_t stride,
                   int64_t begin, int64_t end, uint8_t* to) {
  switch (width) {
    case 1:
      return GatherElements<uint8_t>(from, order, stride, begin, end, to);
    case 2:
      return GatherElements<uint16_t>(from, order, stride, begin, end, to);
    case 4:
      return GatherElements<uint32_t>(from, order, stride, begin, end, to);
    case 8:
      return GatherElements<uint64_t>(from, order, stride, begin, end, to);
    default:
      return GatherElements<Wide>(from, order, stride, begin, end, to);
  }
}

}  // namespace webhlo
