// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/scatter.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/kernels/copy_element.h"
#include "core/kernels/folds.h"
#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

// Windows of `run` updates with what is there, one after the other: places may be equal.
using Combine = void (*)(int64_t windows, int64_t run, const void* updates, const ptrdiff_t* from,
                         void* there, const ptrdiff_t* to);

template <typename T, typename Fold>
void CombineRuns(int64_t windows, int64_t run, const void* updates, const ptrdiff_t* from,
                 void* there, const ptrdiff_t* to) {
  constexpr int64_t lanes = 16 / sizeof(T);
  constexpr hn::FixedTag<T, 16 / sizeof(T)> d{};
  const T* const u = static_cast<const T*>(updates);
  T* const v = static_cast<T*>(there);
  if (run == 1) {
    for (int64_t i = 0; i < windows; ++i) v[to[i]] = Fold::Scalar(v[to[i]], u[from[i]]);
    return;
  }
  for (int64_t i = 0; i < windows; ++i) {
    const T* f = u + from[i];
    T* t = v + to[i];
    const T* const end = f + run;
    for (; end - f >= 4 * lanes; f += 4 * lanes, t += 4 * lanes) {
      WEBHLO_UNROLL for (int64_t k = 0; k < 4 * lanes; k += lanes) {
        hn::StoreU(Fold::Vector(hn::LoadU(d, t + k), hn::LoadU(d, f + k)), d, t + k);
      }
    }
    for (; end - f >= lanes; f += lanes, t += lanes) {
      hn::StoreU(Fold::Vector(hn::LoadU(d, t), hn::LoadU(d, f)), d, t);
    }
    WEBHLO_PLAIN_LOOP for (; f < end; ++f, ++t)* t = Fold::Scalar(*t, *f);
  }
}

// Updates of one element each, in their order, with those `stride` times their indices away;
// without those whose index is above `last`, or negative.
using CombineIndexed = void (*)(int64_t count, const uint32_t* indices, uint32_t last,
                                ptrdiff_t stride, const void* updates, void* there);

template <typename T, typename Fold>
void CombineElements(int64_t count, const uint32_t* indices, uint32_t last, ptrdiff_t stride,
                     const void* updates, void* there) {
  const T* const u = static_cast<const T*>(updates);
  T* const v = static_cast<T*>(there);
  for (int64_t i = 0; i < count; ++i) {
    if (indices[i] > last) continue;
    T& element = v[static_cast<ptrdiff_t>(indices[i]) * stride];
    element = Fold::Scalar(element, u[i]);
  }
}

struct Combining {
  Combine runs = nullptr;
  CombineIndexed elements = nullptr;
};

template <typename T, typename Fold>
constexpr Combining kCombining = {CombineRuns<T, Fold>, CombineElements<T, Fold>};

template <typename T>
Combining CombiningOf(Reduction reduction) {
  switch (reduction) {
    case Reduction::kAdd:
      return kCombining<T, FoldAdd>;
    case Reduction::kMaximum:
      return kCombining<T, FoldMax>;
    case Reduction::kMinimum:
      return kCombining<T, FoldMin>;
    default:
      return {};
  }
}

Combining CombiningOf(ElementType element, Reduction reduction) {
  switch (element) {
    case ElementType::kI32:
      return CombiningOf<int32_t>(reduction);
    case ElementType::kU32:
      return CombiningOf<uint32_t>(reduction);
    case ElementType::kF32:
      return CombiningOf<float>(reduction);
    case ElementType::kF64:
      return reduction == Reduction::kAdd ? kCombining<double, FoldAdd> : Combining();
    default:
      return {};
  }
}

class Scatter : public Kernel {
 public:
  Scatter(ScatterSizes sizes, std::unique_ptr<BatchFunction> function, Combining combining)
      : widths_(std::move(sizes.widths)),
        window_(std::move(sizes.window)),
        run_(window_.TakeRun()),
        places_(std::move(sizes.places)),
        function_(std::move(function)),
        combining_(combining) {
    WEBHLO_CHECK(widths_.size() <= BatchFunction::kMaxTensors);
    const int64_t one = 1;
    int64_t cost = sizes.cost;
    for (int width : widths_) {
      copies_.emplace_back(width, std::span(&sizes.count, 1), std::span(&one, 1),
                           std::span(&one, 1));
      pieces_.Add(copies_.back().items(), copies_.back().item_cost());
      cost += 6 * width;
    }
    elements_ = run_ * window_.count();
    // Parts of windows, of whole runs where these are not long themselves.
    part_ = std::min(elements_, run_ < kPart ? kPart / run_ * run_ : kPart);
    parts_ = CeilDiv(elements_, part_);
    pieces_.Add(places_.count() * parts_, part_ * cost + WindowPlaces::kCost);
    const ElementType index = places_.indices.element;
    const auto counts = [](const WindowPlaces::Batch& b) {
      return b.indices == 1 && b.operand == 0 && b.windows == 1;
    };
    indexed_ = combining_.elements != nullptr && elements_ == 1 && places_.starts.size() == 1 &&
               places_.batches.size() == 1 && counts(places_.batches[0]) &&
               places_.starts[0].room <= std::numeric_limits<int32_t>::max() &&
               (index == ElementType::kI32 || index == ElementType::kU32);
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const size_t n = widths_.size();
    for (size_t k = 0; k < n; ++k) {
      if (args[k] == args[2 * n + 1 + k]) continue;  // In place.
      pieces_.RunLoop(k, pieces, pool, [&](int64_t begin, int64_t end) {
        copies_[k].Run(args[k], args[2 * n + 1 + k], begin, end);
      });
    }
    const auto [begin, end] = pieces_.Items(n, pieces);
    if (begin == end) return;
    const TensorView indices(&places_.indices, args[n]);
    const void* const* updates = args + n + 1;
    void* const* results = args + 2 * n + 1;
    if (indexed_) {
      const WindowPlaces::Start& start = places_.starts[0];
      combining_.elements(end - begin,
                          static_cast<const uint32_t*>(indices.data()) + start.indices + begin,
                          static_cast<uint32_t>(start.room), static_cast<ptrdiff_t>(start.operand),
                          static_cast<const uint8_t*>(updates[0]) + begin * widths_[0], results[0]);
      return;
    }
    ScatterBatch batch(widths_, function_.get());
    WindowPlaces::Found found;
    if (elements_ == run_ && parts_ == 1) {
      for (int64_t window = begin; window < end; window += WindowPlaces::kMaxFound) {
        const int64_t count = std::min(WindowPlaces::kMaxFound, end - window);
        const int64_t within = places_.Find(indices, window, count, true, found);
        PutRuns(batch, results, updates, found.operand, found.windows, within, run_);
      }
      if (function_) batch.Flush(results, updates);
      return;
    }
    ForEachRow(begin, end, parts_, [&](int64_t window, int64_t first, int64_t last) {
      if (places_.Find(indices, window, 1, true, found) == 0) return;
      const int64_t until = std::min(last * part_, elements_);
      for (int64_t at = first * part_; at < until;) {
        const int64_t within = at % run_, count = std::min(run_ - within, until - at);
        int64_t to = found.operand[0] + within, from = found.windows[0] + within;
        window_.AddOffsets(at / run_, to, from);
        const ptrdiff_t run_to = static_cast<ptrdiff_t>(to),
                        run_from = static_cast<ptrdiff_t>(from);
        PutRuns(batch, results, updates, &run_to, &run_from, 1, count);
        at += count;
      }
    });
    if (function_) batch.Flush(results, updates);
  }

 private:
  static constexpr int64_t kPart = 1 << 14;
  static constexpr int64_t kShortRun = 16;

  void PutRuns(ScatterBatch& batch, void* const* results, const void* const* updates,
               const ptrdiff_t* to, const ptrdiff_t* from, int64_t windows, int64_t run) const {
    const size_t n = widths_.size();
    if (combining_.runs != nullptr) {
      combining_.runs(windows, run, updates[0], from, results[0], to);
    } else if (!function_) {
      for (size_t k = 0; k < n; ++k) {
        CopyRuns(windows, widths_[k], run * widths_[k], updates[k], from, results[k], to);
      }
    } else if (run_ < kShortRun) {
      for (int64_t i = 0; i < windows; ++i) {
        for (int64_t j = 0; j < run; ++j) batch.Add(results, updates, to[i] + j, from[i] + j);
      }
    } else {
      void* args[3 * BatchFunction::kMaxTensors];
      for (int64_t i = 0; i < windows; ++i) {
        for (size_t k = 0; k < n; ++k) {
          args[k] = args[2 * n + k] = static_cast<uint8_t*>(results[k]) + to[i] * widths_[k];
          args[n + k] =
              const_cast<uint8_t*>(static_cast<const uint8_t*>(updates[k])) + from[i] * widths_[k];
        }
        function_->Run(args, run);
      }
    }
  }

  const std::vector<int> widths_;
  WindowShape window_;  // Without the run.
  const int64_t run_;   // Elements that lie together in tensors and updates.
  const WindowPlaces places_;
  const std::unique_ptr<BatchFunction> function_;
  const Combining combining_;  // Of the only tensor.
  int64_t elements_;           // Of a window.
  int64_t part_, parts_;       // Elements of a part, and the parts of a window.
  bool indexed_;               // Whether indices count single elements, one after the other.
  std::vector<StridedCopier> copies_;
  Pieces pieces_;  // The copies, then the parts of all windows, which are not shared out.
};

}  // namespace

void ScatterBatch::Add(void* const* results, const void* const* updates, int64_t to, int64_t from) {
  uint32_t& seen = seen_[static_cast<size_t>(to) % kSlots];
  if (seen == batch_ || size_ == BatchFunction::kBatch) Flush(results, updates);
  seen = batch_;
  to_[size_] = to;
  from_[size_++] = from;
}

void ScatterBatch::Flush(void* const* results, const void* const* updates) {
  if (size_ == 0) return;
  const size_t n = widths_.size();
  BatchBuffer there[BatchFunction::kMaxTensors], given[BatchFunction::kMaxTensors];
  void* args[3 * BatchFunction::kMaxTensors];
  for (size_t k = 0; k < n; ++k) {
    const int64_t width = widths_[k];
    args[k] = args[2 * n + k] = there[k].bytes;
    args[n + k] = given[k].bytes;
    for (int64_t i = 0; i < size_; ++i) {
      CopyElement(width, static_cast<const uint8_t*>(results[k]) + to_[i] * width,
                  there[k].bytes + i * width);
      CopyElement(width, static_cast<const uint8_t*>(updates[k]) + from_[i] * width,
                  given[k].bytes + i * width);
    }
  }
  function_->Run(args, size_);
  for (size_t k = 0; k < n; ++k) {
    const int64_t width = widths_[k];
    for (int64_t i = 0; i < size_; ++i) {
      CopyElement(width, there[k].bytes + i * width,
                  static_cast<uint8_t*>(results[k]) + to_[i] * width);
    }
  }
  size_ = 0;
  ++batch_;
}

std::unique_ptr<Kernel> MakeScatter(ScatterSizes sizes, std::unique_ptr<BatchFunction> function) {
  return std::make_unique<Scatter>(std::move(sizes), std::move(function), Combining());
}

bool CanScatter(ElementType element, Reduction reduction) {
  return CombiningOf(element, reduction).runs != nullptr;
}

std::unique_ptr<Kernel> MakeScatter(ScatterSizes sizes, ElementType element, Reduction reduction) {
  return std::make_unique<Scatter>(std::move(sizes), nullptr, CombiningOf(element, reduction));
}

}  // namespace webhlo
