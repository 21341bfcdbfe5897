// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/select_scatter.h"

#include <algorithm>
#include <utility>

#include "core/base/math.h"
#include "core/kernels/copy_element.h"
#include "core/kernels/moves/scatter.h"
#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

constexpr int64_t kBatch = BatchFunction::kBatch;

class SelectScatter : public Kernel {
 public:
  SelectScatter(SelectScatterSizes sizes, std::unique_ptr<BatchFunction> select,
                std::unique_ptr<BatchFunction> scatter)
      : axes_(std::move(sizes.axes)),
        widths_{sizes.width},
        select_(std::move(select)),
        scatter_(std::move(scatter)) {
    int64_t count = 1;
    for (const WindowAxis& axis : axes_) {
      count *= axis.size;
      taps_ *= axis.window.size;
      windows_ *= axis.windows;
    }
    fill_ = StridedCopier::Fill(sizes.width, count);
    pieces_.Add(fill_.items(), fill_.item_cost());
    const int64_t cost = taps_ * (kTapCost + sizes.select_cost) + kTapCost + sizes.scatter_cost;
    batch_ = std::clamp<int64_t>(max_piece_cost / cost, 1, kBatch);
    pieces_.Add(CeilDiv(windows_, batch_), batch_ * cost);
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    pieces_.RunLoop(0, pieces, pool,
                    [&](int64_t begin, int64_t end) { fill_.Run(args[2], args[3], begin, end); });
    const auto [begin, end] = pieces_.Items(1, pieces);
    if (begin == end) return;
    ScatterBatch batch(widths_, scatter_.get());
    for (int64_t item = begin; item < end; ++item) {
      const int64_t first = item * batch_, count = std::min(batch_, windows_ - first);
      int64_t selected[kBatch];
      Select(static_cast<const uint8_t*>(args[0]), first, count, selected);
      for (int64_t i = 0; i < count; ++i) {
        if (selected[i] >= 0) batch.Add(args + 3, args + 1, selected[i], first + i);
      }
    }
    batch.Flush(args + 3, args + 1);
  }

 private:
  static constexpr int64_t kTapCost = 40;

  // The offset that element `tap` of a window has in the operand, or -1 in the padding.
  int64_t Offset(int64_t window, int64_t tap) const {
    int64_t offset = 0, stride = 1;
    for (size_t d = axes_.size(); d-- > 0;) {
      const WindowAxis& axis = axes_[d];
      const int64_t element = axis.Element(window % axis.windows, tap % axis.window.size);
      if (element < 0) return -1;
      offset += element * stride;
      stride *= axis.size;
      window /= axis.windows;
      tap /= axis.window.size;
    }
    return offset;
  }

  // What each window selects: of two, the first unless `select` says no. Padding never is.
  void Select(const uint8_t* operand, int64_t first, int64_t count, int64_t* selected) const {
    const int64_t width = widths_[0];
    BatchBuffer kept, candidates, answers;
    void* const args[] = {kept.bytes, candidates.bytes, answers.bytes};
    std::fill_n(selected, count, -1);
    for (int64_t tap = 0; tap < taps_; ++tap) {
      int64_t compared[kBatch], offsets[kBatch], pairs = 0;
      for (int64_t i = 0; i < count; ++i) {
        const int64_t offset = Offset(first + i, tap);
        if (offset < 0) continue;
        if (selected[i] < 0) {
          selected[i] = offset;
          continue;
        }
        CopyElement(width, operand + selected[i] * width, kept.bytes + pairs * width);
        CopyElement(width, operand + offset * width, candidates.bytes + pairs * width);
        offsets[pairs] = offset;
        compared[pairs++] = i;
      }
      if (pairs == 0) continue;
      select_->Run(args, pairs);
      for (int64_t p = 0; p < pairs; ++p) {
        if (!answers.bytes[p]) selected[compared[p]] = offsets[p];
      }
    }
  }

  const std::vector<WindowAxis> axes_;
  const std::vector<int> widths_;
  const std::unique_ptr<BatchFunction> select_, scatter_;
  int64_t taps_ = 1, windows_ = 1;  // Elements of a window, and the windows.
  int64_t batch_;                   // Windows that are looked at side by side.
  StridedCopier fill_;
  Pieces pieces_;  // The initial values, then batches of windows, which are not shared out.
};

}  // namespace

std::unique_ptr<Kernel> MakeSelectScatter(SelectScatterSizes sizes,
                                          std::unique_ptr<BatchFunction> select,
                                          std::unique_ptr<BatchFunction> scatter) {
  return std::make_unique<SelectScatter>(std::move(sizes), std::move(select), std::move(scatter));
}

}  // namespace webhlo
