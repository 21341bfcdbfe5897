// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/dynamic_slice.h"

#include <algorithm>
#include <utility>

#include "core/graph/tensor.h"
#include "core/kernels/moves/indices.h"
#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

// The clamped start indices as an offset in elements.
class StartOffset {
 public:
  StartOffset(const DynamicSliceSizes& sizes, size_t first_operand)
      : first_(first_operand), strides_(RowMajorStrides(sizes.tensor)), type_(sizes.start) {
    for (size_t d = 0; d < strides_.size(); ++d) {
      room_.push_back(sizes.tensor[d] - sizes.window[d]);
    }
  }

  int64_t Get(void* const* args) const {
    int64_t offset = 0;
    for (size_t d = 0; d < room_.size(); ++d) {
      const int64_t start = LoadIndex(TensorView(&type_, args[first_ + d]), 0);
      offset += std::clamp<int64_t>(start, 0, room_[d]) * strides_[d];
    }
    return offset;
  }

 private:
  const size_t first_;
  const std::vector<int64_t> strides_;
  std::vector<int64_t> room_;
  const TensorType type_;
};

class DynamicSliceKernel : public Kernel {
 public:
  DynamicSliceKernel(const DynamicSliceSizes& s)
      : result_(1 + s.tensor.size()),
        width_(s.width),
        start_(s, 1),
        copier_(s.width, s.window, RowMajorStrides(s.tensor), RowMajorStrides(s.window)),
        pieces_(copier_.items(), copier_.item_cost()) {}

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const uint8_t* from = static_cast<const uint8_t*>(args[0]) + start_.Get(args) * width_;
    pieces_.Run(pieces, pool,
                [&](int64_t begin, int64_t end) { copier_.Run(from, args[result_], begin, end); });
  }

 private:
  const size_t result_;
  const int width_;
  const StartOffset start_;
  const StridedCopier copier_;
  const Pieces pieces_;
};

class DynamicUpdateSliceKernel : public Kernel {
 public:
  DynamicUpdateSliceKernel(const DynamicSliceSizes& s)
      : result_(2 + s.tensor.size()),
        width_(s.width),
        start_(s, 2),
        whole_(s.width, s.tensor, RowMajorStrides(s.tensor), RowMajorStrides(s.tensor)),
        update_(s.width, s.window, RowMajorStrides(s.window), RowMajorStrides(s.tensor)) {
    pieces_.Add(whole_.items(), whole_.item_cost());
    pieces_.Add(update_.items(), update_.item_cost());
  }

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    uint8_t* result = static_cast<uint8_t*>(args[result_]);
    if (args[0] != result) {
      pieces_.RunLoop(0, pieces, pool,
                      [&](int64_t begin, int64_t end) { whole_.Run(args[0], result, begin, end); });
    }
    uint8_t* place = result + start_.Get(args) * width_;
    pieces_.RunLoop(1, pieces, pool,
                    [&](int64_t begin, int64_t end) { update_.Run(args[1], place, begin, end); });
  }

 private:
  const size_t result_;
  const int width_;
  const StartOffset start_;
  const StridedCopier whole_, update_;
  Pieces pieces_;
};

}  // namespace

std::unique_ptr<Kernel> MakeDynamicSlice(const DynamicSliceSizes& sizes) {
  return std::make_unique<DynamicSliceKernel>(sizes);
}

std::unique_ptr<Kernel> MakeDynamicUpdateSlice(const DynamicSliceSizes& sizes) {
  return std::make_unique<DynamicUpdateSliceKernel>(sizes);
}

}  // namespace webhlo
