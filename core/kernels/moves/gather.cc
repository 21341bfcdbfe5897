// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/gather.h"

#include <algorithm>
#include <utility>

#include "core/graph/tensor.h"
#include "core/kernels/moves/indices.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

class GatherKernel : public Kernel {
 public:
  GatherKernel(GatherSizes sizes) : sizes_(std::move(sizes)) {
    int64_t windows = 1;
    for (const GatherSizes::Batch& batch : sizes_.batches) windows *= batch.size;
    pieces_.Add(windows * sizes_.window.items(), sizes_.window.item_cost() + kFindWindow);
  }

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const uint8_t* operand = static_cast<const uint8_t*>(args[0]);
    const TensorView indices(&sizes_.indices, args[1]);
    uint8_t* result = static_cast<uint8_t*>(args[2]);
    const int64_t items = sizes_.window.items();
    pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      ForEachRow(begin, end, items, [&](int64_t window, int64_t first, int64_t last) {
        int64_t rest = window, at = 0, from = 0, to = 0;
        for (size_t b = sizes_.batches.size(); b-- > 0;) {
          const GatherSizes::Batch& batch = sizes_.batches[b];
          const int64_t i = rest % batch.size;
          rest /= batch.size;
          at += i * batch.indices;
          from += i * batch.operand;
          to += i * batch.result;
        }
        for (const GatherSizes::Start& start : sizes_.starts) {
          from += std::clamp<int64_t>(LoadIndex(indices, at + start.indices), 0, start.room) *
                  start.operand;
        }
        sizes_.window.Run(operand + from * sizes_.width, result + to * sizes_.width, first, last);
      });
    });
  }

 private:
  static constexpr int64_t kFindWindow = 200;  // What finding a window costs.

  const GatherSizes sizes_;
  Pieces pieces_;  // The items of all windows, one window after the other.
};

}  // namespace

std::unique_ptr<Kernel> MakeGather(GatherSizes sizes) {
  return std::make_unique<GatherKernel>(std::move(sizes));
}

}  // namespace webhlo
