// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/scatter.h"

#include <algorithm>
#include <cstring>
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

// Updates with what is there, one after the other: places may be equal.
using Combine = void (*)(const void* updates, void* there, int64_t count);

template <typename Fold>
void CombineFloats(const void* updates, void* there, int64_t count) {
  const float* const from = static_cast<const float*>(updates);
  float* const to = static_cast<float*>(there);
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) Store(Fold::Vector(Load(to + i), Load(from + i)), to + i);
  for (; i < count; ++i) to[i] = Fold::Scalar(to[i], from[i]);
}

void AddIntegers(const void* updates, void* there, int64_t count) {
  const uint32_t* const from = static_cast<const uint32_t*>(updates);
  uint32_t* const to = static_cast<uint32_t*>(there);
  for (int64_t i = 0; i < count; ++i) to[i] = FoldAdd::Scalar(to[i], from[i]);
}

Combine CombineOf(ElementType element, Reduction reduction) {
  const bool integers = element == ElementType::kI32 || element == ElementType::kU32;
  if (integers && reduction == Reduction::kAdd) return AddIntegers;
  if (element != ElementType::kF32) return nullptr;
  switch (reduction) {
    case Reduction::kAdd:
      return CombineFloats<FoldAdd>;
    case Reduction::kMaximum:
      return CombineFloats<FoldMax>;
    case Reduction::kMinimum:
      return CombineFloats<FoldMin>;
    default:
      return nullptr;
  }
}

class Scatter : public Kernel {
 public:
  Scatter(ScatterSizes sizes, std::unique_ptr<BatchFunction> function, Combine combine)
      : widths_(std::move(sizes.widths)),
        window_(std::move(sizes.window)),
        tensor_strides_(std::move(sizes.tensor_strides)),
        update_strides_(std::move(sizes.update_strides)),
        places_(std::move(sizes.places)),
        function_(std::move(function)),
        combine_(combine) {
    WEBHLO_CHECK(widths_.size() <= BatchFunction::kMaxTensors);
    const int64_t one = 1;
    int64_t cost = sizes.cost;
    for (int width : widths_) {
      copies_.emplace_back(width, std::span(&sizes.count, 1), std::span(&one, 1),
                           std::span(&one, 1));
      pieces_.Add(copies_.back().items(), copies_.back().item_cost());
      cost += 6 * width;
    }
    // Dimensions that lie together in both are one run.
    while (!window_.empty() && tensor_strides_.back() == run_ && update_strides_.back() == run_) {
      run_ *= window_.back();
      window_.pop_back();
      tensor_strides_.pop_back();
      update_strides_.pop_back();
    }
    elements_ = run_;
    for (int64_t size : window_) elements_ *= size;
    // Parts of windows, of whole runs where these are not long themselves.
    part_ = std::min(elements_, run_ < kPart ? kPart / run_ * run_ : kPart);
    parts_ = CeilDiv(elements_, part_);
    pieces_.Add(places_.count() * parts_, part_ * cost + WindowPlaces::kCost);
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
    ScatterBatch batch(widths_, function_.get());
    if (window_.empty() && parts_ == 1) {
      places_.ForEach(indices, begin, end, [&](int64_t, const WindowPlaces::Place& place) {
        if (place.is_within) PutRun(batch, results, updates, place.operand, place.windows, run_);
      });
      if (function_) batch.Flush(results, updates);
      return;
    }
    ForEachRow(begin, end, parts_, [&](int64_t window, int64_t first, int64_t last) {
      const WindowPlaces::Place place = places_.Find(indices, window);
      if (!place.is_within) return;
      const int64_t until = std::min(last * part_, elements_);
      for (int64_t at = first * part_; at < until;) {
        const int64_t within = at % run_;
        const int64_t count = std::min(run_ - within, until - at);
        int64_t rest = at / run_, to = place.operand + within, from = place.windows + within;
        for (size_t d = window_.size(); d-- > 0;) {
          to += rest % window_[d] * tensor_strides_[d];
          from += rest % window_[d] * update_strides_[d];
          rest /= window_[d];
        }
        PutRun(batch, results, updates, to, from, count);
        at += count;
      }
    });
    if (function_) batch.Flush(results, updates);
  }

 private:
  static constexpr int64_t kPart = 1 << 14;
  static constexpr int64_t kShortRun = 16;

  void PutRun(ScatterBatch& batch, void* const* results, const void* const* updates, int64_t to,
              int64_t from, int64_t count) const {
    if (function_ && run_ < kShortRun) {
      for (int64_t i = 0; i < count; ++i) batch.Add(results, updates, to + i, from + i);
      return;
    }
    const size_t n = widths_.size();
    if (combine_) {
      combine_(static_cast<const uint8_t*>(updates[0]) + from * widths_[0],
               static_cast<uint8_t*>(results[0]) + to * widths_[0], count);
      return;
    }
    void* args[3 * BatchFunction::kMaxTensors];
    for (size_t k = 0; k < n; ++k) {
      args[k] = args[2 * n + k] = static_cast<uint8_t*>(results[k]) + to * widths_[k];
      args[n + k] =
          const_cast<uint8_t*>(static_cast<const uint8_t*>(updates[k])) + from * widths_[k];
    }
    if (function_) {
      function_->Run(args, count);
      return;
    }
    for (size_t k = 0; k < n; ++k) {
      if (count == 1) {
        CopyElement(widths_[k], static_cast<const uint8_t*>(args[n + k]),
                    static_cast<uint8_t*>(args[k]));
      } else {
        std::memcpy(args[k], args[n + k], static_cast<size_t>(count * widths_[k]));
      }
    }
  }

  const std::vector<int> widths_;
  std::vector<int64_t> window_, tensor_strides_, update_strides_;  // Without the run.
  const WindowPlaces places_;
  const std::unique_ptr<BatchFunction> function_;
  const Combine combine_;  // Of the only tensor.
  int64_t run_ = 1;        // Elements that lie together in tensors and updates.
  int64_t elements_;       // Of a window.
  int64_t part_, parts_;   // Elements of a part, and the parts of a window.
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
  return std::make_unique<Scatter>(std::move(sizes), std::move(function), nullptr);
}

bool CanScatter(ElementType element, Reduction reduction) {
  return CombineOf(element, reduction) != nullptr;
}

std::unique_ptr<Kernel> MakeScatter(ScatterSizes sizes, ElementType element, Reduction reduction) {
  return std::make_unique<Scatter>(std::move(sizes), nullptr, CombineOf(element, reduction));
}

}  // namespace webhlo
