// SPDX-License-Identifier: Apache-2.0
//
// Elementwise work as kernels: a TileFunction over a whole tensor, and loops that others can run
// bit by bit.
#ifndef WEBHLO_CORE_KERNELS_ELEMENTWISE_H_
#define WEBHLO_CORE_KERNELS_ELEMENTWISE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/graph/op_def.h"
#include "core/kernels/kernel.h"

namespace webhlo {

// `tile` over `count` elements of (at most four) operands and a result of these byte widths.
// `cost`: what an element costs besides (core/kernels/parallel.h).
std::unique_ptr<Kernel> MakeTileKernel(TileFunction tile, std::vector<int> operand_widths,
                                       int result_width, int64_t count, int64_t cost);

// A loop over the elements of its results, for kernels that run it on what they have just computed.
class ElementwiseLoop : public Kernel {
 public:
  // So many elements, from a multiple on, are not to be parted.
  virtual int64_t unit() const = 0;
  // The elements [begin, end) of each result. `args` as Run has them.
  virtual void RunElements(void* const* args, int64_t begin, int64_t end) const = 0;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_ELEMENTWISE_H_
