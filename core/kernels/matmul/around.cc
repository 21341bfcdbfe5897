// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/around.h"

#include <utility>

#include "core/kernels/epilogue.h"
#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

class MatmulKernel : public Kernel {
 public:
  MatmulKernel(std::unique_ptr<Kernel> product, const MatmulAround& around)
      : product_(std::move(product)), around_(around), finish_parts_(around.n, 8) {
    if (around_.finish) {
      finish_pieces_.Add(around_.batch * around_.m * finish_parts_.count(), finish_parts_.cost());
    }
    if (around_.transpose_lhs) InitializeTranspose();
    small_ = cost() <= max_piece_cost;
  }

  // Stages that are little work together are one piece.
  size_t pieces() const override { return small_ ? 1 : StagePieces(); }
  int64_t cost() const override {
    return transpose_pieces_.cost() + product_->cost() + finish_pieces_.cost();
  }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    if (small_) pieces = {0, StagePieces()};
    const size_t result = around_.has_bias_operand ? 3 : 2;
    uint8_t* scratch = static_cast<uint8_t*>(args[result + 1]);
    void* lhs = args[0];
    if (around_.transpose_lhs) {
      transpose_pieces_.Run(
          pieces.Take(transpose_pieces_.count()), pool,
          [&](int64_t begin, int64_t end) { transpose_.Run(args[0], scratch, begin, end); });
      lhs = scratch;
      scratch += around_.lhs_bytes();
    }
    void* product_args[5] = {lhs, args[1]};
    size_t count = 2;
    if (around_.bias_is_packed) product_args[count++] = nullptr;
    product_args[count++] = args[result];
    product_args[count] = scratch;
    if (const PieceRange own = pieces.Take(product_->pieces()); !own.empty()) {
      product_->Run(product_args, own, pool);
    }
    if (!around_.finish) return;
    const bool has_bias = around_.has_bias_operand && !around_.bias_is_packed;
    const float* bias = has_bias ? static_cast<const float*>(args[2]) : nullptr;
    float* y = static_cast<float*>(args[result]);
    finish_pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      finish_parts_.ForEach(begin, end, [&](int64_t row, int64_t first, int64_t last) {
        AddBiasAndClamp(first, last, bias, around_.clamp.min, around_.clamp.max,
                        y + row * around_.n);
      });
    });
  }

  Result<std::shared_ptr<Packed>> MakePacked() const override { return product_->MakePacked(); }
  size_t pack_pieces() const override { return product_->pack_pieces(); }
  Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange pieces) override {
    return product_->Pack(packed, operands, pieces);
  }
  Status Unpack(const Packed& packed, std::span<void* const> operands, PieceRange pieces) override {
    return product_->Unpack(packed, operands, pieces);
  }
  Status UsePacked(std::shared_ptr<Packed> packed) override {
    return product_->UsePacked(std::move(packed));
  }

 private:
  void InitializeTranspose() {
    const int64_t sizes[] = {around_.batch, around_.m, around_.k};
    const int64_t from[] = {around_.m * around_.k, 1, around_.m};
    const int64_t to[] = {around_.m * around_.k, around_.k, 1};
    transpose_ = StridedCopier(4, sizes, from, to);
    transpose_pieces_.Add(transpose_.items(), transpose_.item_cost());
  }

  size_t StagePieces() const {
    return (around_.transpose_lhs ? transpose_pieces_.count() : 0) + product_->pieces() +
           (around_.finish ? finish_pieces_.count() : 0);
  }

  const std::unique_ptr<Kernel> product_;
  const MatmulAround around_;
  StridedCopier transpose_;
  RowParts finish_parts_;
  Pieces transpose_pieces_, finish_pieces_;
  bool small_ = true;
};

}  // namespace

KernelChoice AroundChoice(KernelChoice product, const MatmulAround& around) {
  if (around.transpose_lhs) product.sizes += " transpose_lhs";
  if (around.finish) product.sizes += " finish";
  product.scratch_bytes += around.lhs_bytes();
  return product;
}

std::unique_ptr<Kernel> MakeMatmulAround(std::unique_ptr<Kernel> product,
                                         const MatmulAround& around) {
  if (!around.transpose_lhs && !around.finish) return product;
  return std::make_unique<MatmulKernel>(std::move(product), around);
}

}  // namespace webhlo
