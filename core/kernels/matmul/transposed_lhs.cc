// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/transposed_lhs.h"

#include <algorithm>
#include <utility>

#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

class TransposedLhsKernel : public KernelAround {
 public:
  TransposedLhsKernel(std::unique_ptr<Kernel> product, const TransposedLhs& lhs)
      : KernelAround(std::move(product)), lhs_(lhs) {
    const int64_t sizes[] = {lhs.batch, lhs.m, lhs.k};
    const int64_t from[] = {lhs.m * lhs.k, 1, lhs.m};
    const int64_t to[] = {lhs.m * lhs.k, lhs.k, 1};
    copier_ = StridedCopier(4, sizes, from, to);
    pieces_.Add(copier_.items(), copier_.item_cost());
    small_ = cost() <= max_piece_cost;
  }

  // Stages that are little work together are one piece.
  size_t pieces() const override { return small_ ? 1 : StagePieces(); }
  int64_t cost() const override { return pieces_.cost() + inner().cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    if (small_) pieces = {0, StagePieces()};
    uint8_t* scratch = static_cast<uint8_t*>(args[lhs_.num_operands + 1]);
    pieces_.Run(pieces.Take(pieces_.count()), pool,
                [&](int64_t begin, int64_t end) { copier_.Run(args[0], scratch, begin, end); });
    if (pieces.empty()) return;
    void* product_args[TransposedLhs::kMaxOperands + 2];
    std::copy_n(args, lhs_.num_operands + 1, product_args);
    product_args[0] = scratch;
    product_args[lhs_.num_operands + 1] = scratch + lhs_.bytes();
    inner().Run(product_args, pieces, pool);
  }

 private:
  size_t StagePieces() const { return pieces_.count() + inner().pieces(); }

  const TransposedLhs lhs_;
  StridedCopier copier_;
  Pieces pieces_;
  bool small_;
};

}  // namespace

KernelChoice WithTransposedLhs(KernelChoice product, const TransposedLhs& lhs) {
  product.sizes += " transpose_lhs";
  product.scratch_bytes += lhs.bytes();
  return product;
}

std::unique_ptr<Kernel> MakeTransposedLhs(std::unique_ptr<Kernel> product,
                                          const TransposedLhs& lhs) {
  return std::make_unique<TransposedLhsKernel>(std::move(product), lhs);
}

}  // namespace webhlo
