// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/gather.h"

#include <cstring>
#include <utility>

#include "core/graph/tensor.h"
#include "core/kernels/copy_element.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

class GatherKernel : public Kernel {
 public:
  GatherKernel(int width, StridedCopier window, WindowPlaces places)
      : width_(width), window_(std::move(window)), places_(std::move(places)) {
    pieces_.Add(places_.count() * window_.items(), window_.item_cost() + WindowPlaces::kCost);
  }

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const uint8_t* operand = static_cast<const uint8_t*>(args[0]);
    const TensorView indices(&places_.indices, args[1]);
    uint8_t* result = static_cast<uint8_t*>(args[2]);
    if (run_ > 0 && window_.items() == 1) {
      pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
        places_.ForEach(indices, begin, end, [&](int64_t, const WindowPlaces::Place& place) {
          const uint8_t* const from = operand + place.operand * width_;
          uint8_t* const to = result + place.windows * width_;
          if (run_ <= 8 && (run_ & (run_ - 1)) == 0) {
            CopyElement(run_, from, to);
          } else {
            std::memcpy(to, from, static_cast<size_t>(run_));
          }
        });
      });
      return;
    }
    pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      ForEachRow(begin, end, window_.items(), [&](int64_t window, int64_t first, int64_t last) {
        const WindowPlaces::Place place = places_.Find(indices, window);
        window_.Run(operand + place.operand * width_, result + place.windows * width_, first, last);
      });
    });
  }

 private:
  const int width_;
  const StridedCopier window_;
  const WindowPlaces places_;
  const int64_t run_ = window_.contiguous_bytes();  // Of a window that is one run.
  Pieces pieces_;  // The items of all windows, one window after the other.
};

}  // namespace

std::unique_ptr<Kernel> MakeGather(int width, StridedCopier window, WindowPlaces places) {
  return std::make_unique<GatherKernel>(width, std::move(window), std::move(places));
}

}  // namespace webhlo
