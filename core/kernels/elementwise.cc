// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/elementwise.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

constexpr size_t kMaxOperands = 4;
// Elements that stay together, so that threads write different cache lines.
constexpr int64_t kBlock = 64;

class TileKernel : public Kernel {
 public:
  TileKernel(TileFunction tile, std::vector<int> operand_widths, int result_width, int64_t count,
             int64_t cost)
      : tile_(tile),
        operand_widths_(std::move(operand_widths)),
        result_width_(result_width),
        count_(count) {
    WEBHLO_CHECK(operand_widths_.size() <= kMaxOperands);
    cost += result_width_;
    for (int width : operand_widths_) cost += width;
    pieces_.Add(CeilDiv(count_, kBlock), cost * kBlock);
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    pieces_.Run(pieces, pool, [&](int64_t first, int64_t last) {
      const int64_t begin = first * kBlock;
      const int64_t end = std::min(last * kBlock, count_);
      const void* inputs[kMaxOperands];
      for (size_t k = 0; k < operand_widths_.size(); ++k) {
        inputs[k] = static_cast<const uint8_t*>(args[k]) + begin * operand_widths_[k];
      }
      uint8_t* output = static_cast<uint8_t*>(args[operand_widths_.size()]);
      tile_(inputs, output + begin * result_width_, static_cast<size_t>(end - begin));
    });
  }

 private:
  TileFunction tile_;
  std::vector<int> operand_widths_;
  int result_width_;
  int64_t count_;
  Pieces pieces_;
};

}  // namespace

std::unique_ptr<Kernel> MakeTileKernel(TileFunction tile, std::vector<int> operand_widths,
                                       int result_width, int64_t count, int64_t cost) {
  return std::make_unique<TileKernel>(tile, std::move(operand_widths), result_width, count, cost);
}

}  // namespace webhlo
