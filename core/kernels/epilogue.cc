// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/epilogue.h"

#include <utility>

#include "core/base/float_math.h"
#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

class Then : public KernelAround {
 public:
  Then(std::unique_ptr<Kernel> product, std::unique_ptr<Kernel> rest)
      : KernelAround(std::move(product)), rest_(std::move(rest)) {
    small_ = cost() <= max_piece_cost;
  }

  // Stages that are little work together are one piece.
  size_t pieces() const override { return small_ ? 1 : StagePieces(); }
  int64_t cost() const override { return inner().cost() + rest_->cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    if (small_) pieces = {0, StagePieces()};
    if (const PieceRange own = pieces.Take(inner().pieces()); !own.empty()) {
      inner().Run(args, own, pool);
    }
    if (!pieces.empty()) rest_->Run(args, pieces, pool);
  }

 private:
  size_t StagePieces() const { return inner().pieces() + rest_->pieces(); }

  const std::unique_ptr<Kernel> rest_;
  bool small_;
};

}  // namespace

void ClampElements(int64_t first, int64_t last, float min, float max, float* y) {
  const F32x4 low = Splat(min), high = Splat(max);
  int64_t i = first;
  for (; i + 4 <= last; i += 4) Store(Min(Max(Load(y + i), low), high), y + i);
  for (; i < last; ++i) y[i] = NanMinimum(NanMaximum(y[i], min), max);
}

std::unique_ptr<Kernel> MakeThen(std::unique_ptr<Kernel> product, std::unique_ptr<Kernel> rest) {
  if (rest == nullptr) return product;
  return std::make_unique<Then>(std::move(product), std::move(rest));
}

}  // namespace webhlo
