// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/fold.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/graph/tensor.h"
#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

// Results that stay together, so that threads write different cache lines.
constexpr int64_t kBlock = 64;

class FoldKernel : public Kernel {
 public:
  FoldKernel(FoldLoops loops, std::vector<int> widths, int64_t cost, FoldFunction function,
             const void* constants)
      : kept_(std::move(loops.kept)),
        folded_(std::move(loops.folded)),
        widths_(std::move(widths)),
        function_(function),
        constants_(constants),
        row_(kept_.sizes.back()),
        blocks_(CeilDiv(row_, kBlock)),
        count_(folded_.count()) {
    WEBHLO_CHECK(widths_.size() <= kMaxFolds);
    for (int width : widths_) {
      fills_.push_back(StridedCopier::Fill(width, kept_.count()));
      pieces_.Add(fills_.back().items(), fills_.back().item_cost());
      cost += width;
    }
    // Long folds are cut: one part of all results after the other.
    cost *= std::min(row_, kBlock);
    part_ = std::clamp<int64_t>(max_piece_cost / cost, 1, std::max<int64_t>(count_, 1));
    for (int64_t begin = 0; begin < count_; begin += part_) {
      pieces_.Add(kept_.count() / row_ * blocks_, std::min(part_, count_ - begin) * cost);
    }
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const size_t n = widths_.size();
    pieces_.Run(pieces, pool, [&](size_t loop, int64_t begin, int64_t end) {
      if (loop < n) {
        fills_[loop].Run(args[n + loop], args[2 * n + loop], begin, end);
        return;
      }
      const int64_t from = static_cast<int64_t>(loop - n) * part_;
      ForEachRow(begin, end, blocks_, [&](int64_t row, int64_t first, int64_t last) {
        Fold(args, row, first * kBlock, std::min(last * kBlock, row_), from,
             std::min(from + part_, count_));
      });
    });
  }

 private:
  // Elements [first, last) of the fold into results [begin, end) of a row.
  void Fold(void* const* args, int64_t row, int64_t begin, int64_t end, int64_t first,
            int64_t last) const {
    const size_t n = widths_.size();
    const int64_t inner = folded_.sizes.back();
    for (int64_t at = first; at < last;) {
      const int64_t count = std::min(inner - at % inner, last - at);
      const int64_t offset = kept_.OffsetOf(row * row_) + folded_.OffsetOf(at);
      // Accumulators, operands, results, and how many elements.
      void* pointers[3 * kMaxFolds + 1];
      for (size_t k = 0; k < n; ++k) {
        pointers[k] = static_cast<uint8_t*>(args[2 * n + k]) + row * row_ * widths_[k];
        pointers[n + k] = static_cast<uint8_t*>(args[k]) + offset * widths_[k];
        pointers[2 * n + k] = pointers[k];
      }
      pointers[3 * n] = reinterpret_cast<void*>(static_cast<uintptr_t>(count));
      function_(pointers, constants_, static_cast<uint32_t>(begin), static_cast<uint32_t>(end));
      at += count;
    }
  }

  const StridedLoops kept_, folded_;
  const std::vector<int> widths_;
  const FoldFunction function_;
  const void* const constants_;
  const int64_t row_;     // Results of an innermost loop.
  const int64_t blocks_;  // Of those.
  const int64_t count_;   // Elements a result.
  int64_t part_;          // So many of them at a time.
  std::vector<StridedCopier> fills_;
  Pieces pieces_;  // Fills, then parts.
};

}  // namespace

void StridedLoops::Add(int64_t size, int64_t stride) {
  if (size == 1 && !sizes.empty()) return;
  if (!sizes.empty() && (sizes.back() == 1 || strides.back() == size * stride)) {
    sizes.back() *= size;
    strides.back() = stride;
  } else {
    sizes.push_back(size);
    strides.push_back(stride);
  }
}

int64_t StridedLoops::count() const {
  int64_t n = 1;
  for (int64_t size : sizes) n *= size;
  return n;
}

int64_t StridedLoops::OffsetOf(int64_t i) const {
  int64_t offset = 0;
  for (size_t d = sizes.size(); d-- > 0;) {
    offset += i % sizes[d] * strides[d];
    i /= sizes[d];
  }
  return offset;
}

FoldLoops::FoldLoops(std::span<const int64_t> sizes, std::span<const int64_t> reduced) {
  const std::vector<int64_t> strides = RowMajorStrides(sizes);
  kept.Add(1, 1);
  folded.Add(1, 1);
  for (size_t d = 0; d < sizes.size(); ++d) {
    const bool is_reduced =
        std::find(reduced.begin(), reduced.end(), static_cast<int64_t>(d)) != reduced.end();
    (is_reduced ? folded : kept).Add(sizes[d], strides[d]);
  }
}

std::unique_ptr<Kernel> MakeFoldKernel(FoldLoops loops, std::vector<int> widths, int64_t cost,
                                       FoldFunction function, const void* constants) {
  return std::make_unique<FoldKernel>(std::move(loops), std::move(widths), cost, function,
                                      constants);
}

}  // namespace webhlo
