// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/gather.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "core/base/math.h"
#include "core/graph/tensor.h"
#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

// Windows that are short, or whose runs are and lie side by side in the result, are found and
// copied many together, run by run. The others are copied one by one.
constexpr int64_t kShort = 2048;          // Bytes.
constexpr int64_t kTogether = 16 * 1024;  // Bytes that are copied together.

// Where an index counts in `stride` bytes; one that does not lie in [0, last] is the nearest that
// does. Those of one window after the other are `step` apart.
struct Counted {
  const int32_t* indices;
  int64_t step;
  int32_t last;
  ptrdiff_t stride;

  ptrdiff_t At(int64_t i) const {
    return static_cast<ptrdiff_t>(std::clamp(indices[i * step], 0, last)) * stride;
  }
};

// Elements of so many bytes, one behind the other, each where one index or two say.
using Pick = void (*)(int64_t count, const Counted* by, const uint8_t* from, uint8_t* to);

template <size_t kBytes, bool kTwo>
void PickElements(int64_t count, const Counted* by, const uint8_t* from, uint8_t* to) {
  const Counted first = by[0], second = by[kTwo ? 1 : 0];
  for (int64_t i = 0; i < count; ++i) {
    const ptrdiff_t at = first.At(i) + (kTwo ? second.At(i) : 0);
    std::memcpy(to + i * static_cast<int64_t>(kBytes), from + at, kBytes);
  }
}

template <bool kTwo>
Pick PickOf(int64_t bytes) {
  switch (bytes) {
    case 1:
      return PickElements<1, kTwo>;
    case 2:
      return PickElements<2, kTwo>;
    case 4:
      return PickElements<4, kTwo>;
    case 8:
      return PickElements<8, kTwo>;
    default:
      return nullptr;
  }
}

class GatherKernel : public Kernel {
 public:
  GatherKernel(int width, WindowShape window, WindowPlaces places)
      : width_(width),
        copier_(width, window.sizes, window.operand, window.windows),
        window_(std::move(window)),
        places_(std::move(places)) {
    run_ = window_.TakeRun();
    runs_ = window_.count();
    behind_ = places_.AreAdjacent(run_);
    const bool adjacent = !places_.batches.empty() && places_.batches.back().windows == run_;
    const int64_t bytes = run_ * width_ * (adjacent ? 1 : runs_);
    if (runs_ == 1 && behind_ && places_.Inner().operand == 0 &&
        places_.indices.element == ElementType::kI32) {
      if (places_.starts.size() == 1) pick_ = PickOf<false>(bytes);
      if (places_.starts.size() == 2) pick_ = PickOf<true>(bytes);
    }
    if (bytes <= kShort) {
      many_ = std::clamp(kTogether / bytes, int64_t{1}, WindowPlaces::kMaxFound);
      pieces_.Add(CeilDiv(places_.count(), many_) * runs_,
                  many_ * (2 * run_ * width_ + WindowPlaces::kCost));
    } else {
      pieces_.Add(places_.count() * copier_.items(), copier_.item_cost() + WindowPlaces::kCost);
    }
  }

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const uint8_t* const operand = static_cast<const uint8_t*>(args[0]);
    const TensorView indices(&places_.indices, args[1]);
    uint8_t* const result = static_cast<uint8_t*>(args[2]);
    pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      WindowPlaces::Found found;
      if (many_ == 0) {
        ForEachRow(begin, end, copier_.items(), [&](int64_t window, int64_t first, int64_t last) {
          places_.Find(indices, window, 1, false, found);
          copier_.Run(operand + found.operand[0] * width_, result + found.windows[0] * width_,
                      first, last);
        });
        return;
      }
      ForEachRow(begin, end, runs_, [&](int64_t block, int64_t first, int64_t last) {
        const int64_t window = block * many_, count = std::min(many_, places_.count() - window);
        if (pick_ != nullptr) {
          PickAll(indices, window, count, operand, result);
          return;
        }
        places_.Find(indices, window, count, false, found);
        for (int64_t run = first; run < last; ++run) {
          int64_t from = 0, to = 0;
          window_.AddOffsets(run, from, to);
          uint8_t* const place = result + to * width_;
          CopyRuns(count, width_, run_ * width_, operand + from * width_, found.operand,
                   behind_ ? place + window * run_ * width_ : place,
                   behind_ ? nullptr : found.windows);
        }
      });
    });
  }

 private:
  void PickAll(const TensorView& indices, int64_t window, int64_t count, const uint8_t* operand,
               uint8_t* result) const {
    Counted by[2];
    for (size_t k = 0; k < places_.starts.size(); ++k) {
      const WindowPlaces::Start& start = places_.starts[k];
      const int64_t last = std::min<int64_t>(start.room, std::numeric_limits<int32_t>::max());
      by[k] = {static_cast<const int32_t*>(indices.data()) + start.indices, places_.Inner().indices,
               static_cast<int32_t>(last), static_cast<ptrdiff_t>(start.operand * width_)};
    }
    places_.ForEachRowOf(
        window, count, [&](int64_t first, int64_t row, int64_t at, int64_t from, int64_t) {
          Counted there[2] = {by[0], by[1]};
          for (Counted& index : there) index.indices += at;
          pick_(row, there, operand + from * width_, result + (window + first) * run_ * width_);
        });
  }

  const int width_;
  const StridedCopier copier_;  // Of a window.
  WindowShape window_;          // Without the run.
  const WindowPlaces places_;
  int64_t run_, runs_;   // Elements of a run, and the runs of a window.
  bool behind_;          // Whether each such run lies behind that of the window before.
  int64_t many_ = 0;     // Windows that are copied together.
  Pick pick_ = nullptr;  // Where windows are single runs of few bytes with an index or two each.
  // The runs of so many windows, each of all of them, or the items of all windows, one window after
  // the other.
  Pieces pieces_;
};

}  // namespace

std::unique_ptr<Kernel> MakeGather(int width, WindowShape window, WindowPlaces places) {
  return std::make_unique<GatherKernel>(width, std::move(window), std::move(places));
}

}  // namespace webhlo
