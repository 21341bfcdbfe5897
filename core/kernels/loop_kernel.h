// SPDX-License-Identifier: Apache-2.0
//
// LoopKernel: a loop over fixed sizes (a pool, a softmax) as a kernel.
#ifndef WEBHLO_CORE_KERNELS_LOOP_KERNEL_H_
#define WEBHLO_CORE_KERNELS_LOOP_KERNEL_H_

#include <utility>

#include "core/kernels/kernel.h"

namespace webhlo {

template <typename Loop>
class LoopKernel : public Kernel {
 public:
  explicit LoopKernel(Loop loop) : loop_(std::move(loop)) {}
  size_t pieces() const override { return loop_.pieces().count(); }
  int64_t cost() const override { return loop_.pieces().cost(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    loop_.Run(args, pieces, pool);
  }

 private:
  const Loop loop_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_LOOP_KERNEL_H_
