// SPDX-License-Identifier: Apache-2.0
//
// How elementwise steps run: a TileFunction over a whole tensor, and how steps are cut for threads.
#ifndef WEBHLO_CORE_KERNELS_ELEMENTWISE_H_
#define WEBHLO_CORE_KERNELS_ELEMENTWISE_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/graph/op_def.h"

namespace webhlo {

// Equal pieces of [0, count), each (but the last) a multiple of `grain`. `cost` is the price of one
// element in simple operations (an add, a load): steps too small to share are one piece.
struct Pieces {
  int64_t count = 0;
  int64_t step = 1;  // Elements a piece.

  static Pieces Of(int64_t count, int64_t grain, double cost, int num_threads);
  size_t size() const { return static_cast<size_t>((count + step - 1) / step); }
  int64_t begin(size_t piece) const { return static_cast<int64_t>(piece) * step; }
  int64_t end(size_t piece) const {
    const int64_t e = begin(piece) + step;
    return e < count ? e : count;
  }
};

// `tile` over `count` elements of operands and a result of these byte widths.
std::unique_ptr<Kernel> MakeTileKernel(std::string_view name, TileFunction tile,
                                       std::vector<int> operand_widths, int result_width,
                                       int64_t count);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_ELEMENTWISE_H_
