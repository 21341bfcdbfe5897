// SPDX-License-Identifier: Apache-2.0
//
// LoopKernel: a loop over fixed sizes (a pool, a softmax) as a kernel.
#ifndef WEBHLO_CORE_KERNELS_LOOP_KERNEL_H_
#define WEBHLO_CORE_KERNELS_LOOP_KERNEL_H_

#include <string>
#include <utility>

#include "core/kernels/kernel.h"

namespace webhlo {

template <typename Loop>
class LoopKernel : public Kernel {
 public:
  LoopKernel(Loop loop, int in_place, std::string description)
      : loop_(std::move(loop)), in_place_(in_place), description_(std::move(description)) {}
  size_t pieces() const override { return loop_.pieces().count(); }
  int64_t cost() const override { return loop_.pieces().cost(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    loop_.Run(args, pieces, pool);
  }
  size_t scratch_bytes() const override { return loop_.scratch_bytes(); }
  int in_place_operand() const override { return in_place_; }
  std::string Describe() const override { return description_; }

 private:
  const Loop loop_;
  const int in_place_;
  const std::string description_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_LOOP_KERNEL_H_
