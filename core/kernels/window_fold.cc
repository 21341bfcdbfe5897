// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/window_fold.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/kernels/copy_element.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

constexpr int64_t kBatch = BatchFunction::kBatch;

void Repeat(int64_t width, const uint8_t* element, int64_t count, uint8_t* to) {
  for (int64_t i = 0; i < count; ++i) CopyElement(width, element, to + i * width);
}

// Axes of one window become a last one of elements that lie together.
int64_t TakeInner(std::vector<WindowAxis>& axes) {
  int64_t inner = 1;
  while (axes.size() > 1 && axes.back().is_trivial()) {
    inner *= axes.back().size;
    axes.pop_back();
  }
  return inner;
}

class WindowFold : public Kernel {
 public:
  WindowFold(WindowFoldSizes sizes, std::unique_ptr<BatchFunction> function)
      : axes_(std::move(sizes.axes)),
        widths_(std::move(sizes.widths)),
        function_(std::move(function)),
        inner_(TakeInner(axes_)),
        row_(axes_.back().windows * inner_),
        blocks_(CeilDiv(row_, kBlock)) {
    WEBHLO_CHECK(widths_.size() <= BatchFunction::kMaxTensors);
    int64_t rows = 1, cost = sizes.cost;
    for (const WindowAxis& axis : axes_) taps_ *= axis.window.size;
    for (size_t d = 0; d + 1 < axes_.size(); ++d) rows *= axes_[d].windows;
    for (int width : widths_) cost += 4 * width;
    // Large windows are cut: one part of all results after the other.
    cost *= std::min(row_, kBlock);
    part_ = std::clamp<int64_t>(max_piece_cost / cost, 1, taps_);
    for (int64_t begin = 0; begin < taps_; begin += part_) {
      pieces_.Add(rows * blocks_, std::min(part_, taps_ - begin) * cost);
    }
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    pieces_.Run(pieces, pool, [&](size_t loop, int64_t begin, int64_t end) {
      const int64_t first = static_cast<int64_t>(loop) * part_;
      ForEachRow(begin, end, blocks_, [&](int64_t row, int64_t first_block, int64_t last_block) {
        for (int64_t block = first_block; block < last_block; ++block) {
          Fold(args, row, block * kBlock, std::min((block + 1) * kBlock, row_), first,
               std::min(first + part_, taps_));
        }
      });
    });
  }

 private:
  // Results of a row that are worked on together: their accumulators stay in the nearest cache.
  static constexpr int64_t kBlock = 512;

  // What a call of Fold works on.
  struct Block {
    void* const* args;
    int64_t row;
    BatchBuffer initial[BatchFunction::kMaxTensors];
    BatchBuffer values[BatchFunction::kMaxTensors];
  };

  // Elements [first, last) of the windows of results [begin, end) of a row.
  void Fold(void* const* args, int64_t row, int64_t begin, int64_t end, int64_t first,
            int64_t last) const {
    const size_t n = widths_.size();
    Block block;
    block.args = args;
    block.row = row * row_;
    for (size_t k = 0; k < n; ++k) {
      const uint8_t* initial = static_cast<const uint8_t*>(args[n + k]);
      Repeat(widths_[k], initial, kBatch, block.initial[k].bytes);
      if (first == 0) Repeat(widths_[k], initial, end - begin, Result(block, k, begin));
    }
    const WindowAxis& axis = axes_.back();
    for (int64_t tap = first; tap < last;) {
      const int64_t outer = tap / axis.window.size;
      const int64_t until = std::min(last, (outer + 1) * axis.window.size);
      const int64_t offset = OuterOffset(row, outer);
      for (; tap < until; ++tap) {
        if (offset < 0) {
          ApplyInitial(block, begin, end);
        } else {
          FoldTap(block, offset, begin, end, tap - outer * axis.window.size);
        }
      }
    }
  }

  // Where the operands' row lies that element `tap` of the outer windows of a row sees, or -1.
  int64_t OuterOffset(int64_t row, int64_t tap) const {
    int64_t offset = 0, stride = axes_.back().size * inner_;
    for (size_t d = axes_.size() - 1; d-- > 0;) {
      const WindowAxis& axis = axes_[d];
      const int64_t element = axis.Element(row % axis.windows, tap % axis.window.size);
      if (element < 0) return -1;
      row /= axis.windows;
      tap /= axis.window.size;
      offset += element * stride;
      stride *= axis.size;
    }
    return offset;
  }

  void FoldTap(Block& block, int64_t offset, int64_t begin, int64_t end, int64_t tap) const {
    const WindowAxis& axis = axes_.back();
    const WindowDimension& w = axis.window;
    if (w.base_dilation != 1) {
      FoldElements(block, offset, begin, end, tap);
      return;
    }
    // The windows whose element is one of the operand's.
    const int64_t shift = tap * w.window_dilation - w.padding_low;
    const int64_t inside = std::min(CeilDiv(std::max<int64_t>(-shift, 0), w.stride), axis.windows);
    const int64_t outside =
        axis.size > shift ? std::min(CeilDiv(axis.size - shift, w.stride), axis.windows) : 0;
    const int64_t from = std::clamp(inside * inner_, begin, end);
    const int64_t to = std::clamp(outside * inner_, from, end);
    ApplyInitial(block, begin, from);
    if (w.stride == 1 && from < to) {
      void* values[BatchFunction::kMaxTensors];
      for (size_t k = 0; k < widths_.size(); ++k) {
        values[k] =
            static_cast<uint8_t*>(block.args[k]) + (offset + shift * inner_ + from) * widths_[k];
      }
      Apply(block, from, to, values);
    } else {
      FoldElements(block, offset, from, to, tap);
    }
    ApplyInitial(block, to, end);
  }

  // Element by element: strides, and holes between elements.
  void FoldElements(Block& block, int64_t offset, int64_t begin, int64_t end, int64_t tap) const {
    const WindowAxis& axis = axes_.back();
    void* values[BatchFunction::kMaxTensors];
    for (size_t k = 0; k < widths_.size(); ++k) values[k] = block.values[k].bytes;
    for (int64_t x = begin; x < end;) {
      const int64_t count = std::min(kBatch, end - x);
      int64_t window = x / inner_, within = x % inner_;
      for (int64_t i = 0; i < count; ++i) {
        const int64_t element = axis.Element(window, tap);
        for (size_t k = 0; k < widths_.size(); ++k) {
          const int64_t width = widths_[k];
          const uint8_t* from = element < 0 ? block.initial[k].bytes
                                            : static_cast<const uint8_t*>(block.args[k]) +
                                                  (offset + element * inner_ + within) * width;
          CopyElement(width, from, block.values[k].bytes + i * width);
        }
        if (++within == inner_) {
          within = 0;
          ++window;
        }
      }
      Apply(block, x, x + count, values);
      x += count;
    }
  }

  void ApplyInitial(Block& block, int64_t begin, int64_t end) const {
    void* values[BatchFunction::kMaxTensors];
    for (size_t k = 0; k < widths_.size(); ++k) values[k] = block.initial[k].bytes;
    for (int64_t x = begin; x < end; x += kBatch)
      Apply(block, x, std::min(x + kBatch, end), values);
  }

  // results := function(results, values) for [begin, end) of the row.
  void Apply(const Block& block, int64_t begin, int64_t end, void* const* values) const {
    if (begin >= end) return;
    const size_t n = widths_.size();
    void* args[3 * BatchFunction::kMaxTensors];
    for (size_t k = 0; k < n; ++k) {
      args[k] = args[2 * n + k] = Result(block, k, begin);
      args[n + k] = values[k];
    }
    function_->Run(args, end - begin);
  }

  uint8_t* Result(const Block& block, size_t k, int64_t at) const {
    return static_cast<uint8_t*>(block.args[2 * widths_.size() + k]) +
           (block.row + at) * widths_[k];
  }

  std::vector<WindowAxis> axes_;
  const std::vector<int> widths_;
  const std::unique_ptr<BatchFunction> function_;
  const int64_t inner_;   // Elements that lie together, of each position of the last axis.
  const int64_t row_;     // Results along the last axis and within.
  const int64_t blocks_;  // Of those.
  int64_t taps_ = 1;      // Elements of a window.
  int64_t part_;          // So many of them at a time.
  Pieces pieces_;
};

// Tensors as outer x length x inner. Lanes are what runs along the axis side by side; where there
// are too few, and inner is 1, each is cut into segments that begin with their own first element,
// and take what comes before them afterwards.
class RunningFold : public Kernel {
 public:
  RunningFold(WindowFoldSizes sizes, std::unique_ptr<BatchFunction> function)
      : widths_(std::move(sizes.widths)), function_(std::move(function)) {
    WEBHLO_CHECK(widths_.size() <= BatchFunction::kMaxTensors);
    const int axis = RunningAxis(sizes.axes, &reverse_);
    for (int d = 0; d < static_cast<int>(sizes.axes.size()); ++d) {
      const int64_t size = sizes.axes[static_cast<size_t>(d)].size;
      (d < axis ? outer_ : d == axis ? length_ : inner_) *= size;
    }
    int64_t segments = 1;
    if (inner_ == 1 && outer_ <= kBatch / 2 && length_ >= kLong) segments = kBatch / outer_;
    segment_ = CeilDiv(length_, segments);
    segments_ = CeilDiv(length_, segment_);
    groups_ = inner_ > kBatch ? outer_ * CeilDiv(inner_, kBlock)
                              : CeilDiv(outer_ * segments_ * inner_, kBatch);
    int64_t cost = sizes.cost;
    for (int width : widths_) cost += 4 * width;
    const int64_t lanes = inner_ > kBatch ? std::min(inner_, kBlock) : kBatch;
    steps_ = std::clamp<int64_t>(max_piece_cost / (cost * lanes), 1, segment_);
    for (int64_t begin = 0; begin < segment_; begin += steps_) {
      pieces_.Add(groups_, std::min(steps_, segment_ - begin) * cost * lanes);
      ++walks_;
    }
    for (int64_t s = 1; s < segments_; ++s) {
      pieces_.Add(outer_ * CeilDiv(SegmentLength(s), kBlock), cost * kBlock);
    }
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    pieces_.Run(pieces, pool, [&](size_t loop, int64_t begin, int64_t end) {
      const int64_t number = static_cast<int64_t>(loop);
      for (int64_t item = begin; item < end; ++item) {
        if (number >= walks_) {
          Join(args, number - walks_ + 1, item);
        } else {
          Walk(args, item, number * steps_, std::min((number + 1) * steps_, segment_));
        }
      }
    });
  }

 private:
  static constexpr int64_t kBlock = 512;
  static constexpr int64_t kLong = 4096;

  int64_t SegmentLength(int64_t s) const { return std::min(segment_, length_ - s * segment_); }

  // Where the element is that is `step` steps from the beginning, in the direction of the run.
  int64_t Along(int64_t step) const { return (reverse_ ? length_ - 1 - step : step) * inner_; }

  // Steps [first, last) of a group of lanes.
  void Walk(void* const* args, int64_t group, int64_t first, int64_t last) const {
    if (inner_ > kBatch) {
      const int64_t blocks = CeilDiv(inner_, kBlock);
      const int64_t begin = group % blocks * kBlock;
      const int64_t base = group / blocks * length_ * inner_ + begin;
      const int64_t count = std::min(kBlock, inner_ - begin);
      for (int64_t step = first; step < last; ++step) WalkTogether(args, base, count, step);
    } else {
      WalkApart(args, group, first, last);
    }
  }

  // A step of lanes that lie side by side.
  void WalkTogether(void* const* args, int64_t base, int64_t count, int64_t step) const {
    const size_t n = widths_.size();
    const int64_t at = base + Along(step);
    const int64_t before = step > 0 ? base + Along(step - 1) : 0;
    BatchBuffer initial[BatchFunction::kMaxTensors];
    for (int64_t i = 0; i < count;) {
      const int64_t part = step > 0 ? count : std::min(kBatch, count - i);
      void* accumulators[BatchFunction::kMaxTensors];
      void* values[BatchFunction::kMaxTensors];
      void* results[BatchFunction::kMaxTensors];
      for (size_t k = 0; k < n; ++k) {
        values[k] = static_cast<uint8_t*>(args[k]) + (at + i) * widths_[k];
        results[k] = static_cast<uint8_t*>(args[2 * n + k]) + (at + i) * widths_[k];
        if (step > 0) {
          accumulators[k] = static_cast<uint8_t*>(args[2 * n + k]) + before * widths_[k];
        } else {
          if (i == 0) {
            Repeat(widths_[k], static_cast<const uint8_t*>(args[n + k]), kBatch, initial[k].bytes);
          }
          accumulators[k] = initial[k].bytes;
        }
      }
      Apply(accumulators, values, results, part);
      i += part;
    }
  }

  // Steps of up to kBatch lanes, or segments of lanes, that lie apart.
  void WalkApart(void* const* args, int64_t group, int64_t first, int64_t last) const {
    const size_t n = widths_.size();
    const int64_t lanes = std::min(kBatch, outer_ * segments_ * inner_ - group * kBatch);
    int64_t base[kBatch], start[kBatch], length[kBatch];
    BatchBuffer accumulators[BatchFunction::kMaxTensors], values[BatchFunction::kMaxTensors];
    void* accumulator_data[BatchFunction::kMaxTensors];
    void* value_data[BatchFunction::kMaxTensors];
    for (int64_t i = 0; i < lanes; ++i) {
      const int64_t lane = group * kBatch + i;
      const int64_t segment = lane / inner_ % segments_;
      base[i] = lane / inner_ / segments_ * length_ * inner_ + lane % inner_;
      start[i] = segment * segment_;
      length[i] = SegmentLength(segment);
    }
    for (size_t k = 0; k < n; ++k) {
      const int64_t width = widths_[k];
      accumulator_data[k] = accumulators[k].bytes;
      value_data[k] = values[k].bytes;
      for (int64_t i = 0; i < lanes; ++i) {
        // What lanes that have ended compute is not kept.
        const uint8_t* from = first > 0 && first < length[i]
                                  ? static_cast<const uint8_t*>(args[2 * n + k]) +
                                        (base[i] + Along(start[i] + first - 1)) * width
                                  : static_cast<const uint8_t*>(args[n + k]);
        CopyElement(width, from, accumulators[k].bytes + i * width);
        CopyElement(width, from, values[k].bytes + i * width);
      }
    }
    for (int64_t step = first; step < last; ++step) {
      for (size_t k = 0; k < n; ++k) {
        const int64_t width = widths_[k];
        const uint8_t* data = static_cast<const uint8_t*>(args[k]);
        for (int64_t i = 0; i < lanes; ++i) {
          if (step >= length[i]) continue;
          CopyElement(width, data + (base[i] + Along(start[i] + step)) * width,
                      values[k].bytes + i * width);
        }
      }
      Apply(accumulator_data, value_data, accumulator_data, lanes);
      for (size_t k = 0; k < n; ++k) {
        const int64_t width = widths_[k];
        uint8_t* data = static_cast<uint8_t*>(args[2 * n + k]);
        for (int64_t i = 0; i < lanes; ++i) {
          if (step >= length[i]) continue;
          CopyElement(width, accumulators[k].bytes + i * width,
                      data + (base[i] + Along(start[i] + step)) * width);
        }
      }
    }
  }

  // A block of a segment, counted over all lanes, takes what its lane has before the segment.
  void Join(void* const* args, int64_t segment, int64_t item) const {
    const size_t n = widths_.size();
    const int64_t blocks = CeilDiv(SegmentLength(segment), kBlock);
    const int64_t base = item / blocks * length_;
    const int64_t begin = segment * segment_ + item % blocks * kBlock;
    const int64_t end = std::min(begin + kBlock, segment * segment_ + SegmentLength(segment));
    BatchBuffer before[BatchFunction::kMaxTensors];
    void* before_data[BatchFunction::kMaxTensors];
    for (size_t k = 0; k < n; ++k) {
      before_data[k] = before[k].bytes;
      Repeat(widths_[k],
             static_cast<const uint8_t*>(args[2 * n + k]) +
                 (base + Along(segment * segment_ - 1)) * widths_[k],
             kBatch, before[k].bytes);
    }
    for (int64_t step = begin; step < end; step += kBatch) {
      const int64_t count = std::min(kBatch, end - step);
      const int64_t at = base + (reverse_ ? Along(step + count - 1) : Along(step));
      void* results[BatchFunction::kMaxTensors];
      for (size_t k = 0; k < n; ++k) {
        results[k] = static_cast<uint8_t*>(args[2 * n + k]) + at * widths_[k];
      }
      Apply(before_data, results, results, count);
    }
  }

  // Backwards, what was accumulated lies behind.
  void Apply(void* const* accumulators, void* const* values, void* const* results,
             int64_t count) const {
    const size_t n = widths_.size();
    void* args[3 * BatchFunction::kMaxTensors];
    std::copy_n(reverse_ ? values : accumulators, n, args);
    std::copy_n(reverse_ ? accumulators : values, n, args + n);
    std::copy_n(results, n, args + 2 * n);
    function_->Run(args, count);
  }

  const std::vector<int> widths_;
  const std::unique_ptr<BatchFunction> function_;
  bool reverse_ = false;
  int64_t outer_ = 1, length_ = 1, inner_ = 1;
  int64_t segment_, segments_;  // The length of one, and how many there are.
  int64_t groups_;              // Of lanes.
  int64_t steps_;               // Of a walk; there are as many walks as that takes.
  int64_t walks_ = 0;
  Pieces pieces_;  // Walks, then a loop for each segment but the first.
};

}  // namespace

std::unique_ptr<Kernel> MakeWindowFold(WindowFoldSizes sizes,
                                       std::unique_ptr<BatchFunction> function) {
  return std::make_unique<WindowFold>(std::move(sizes), std::move(function));
}

int RunningAxis(const std::vector<WindowAxis>& axes, bool* reverse) {
  int running = -1;
  for (size_t d = 0; d < axes.size(); ++d) {
    const WindowAxis& axis = axes[d];
    if (axis.is_trivial()) continue;
    const WindowDimension& w = axis.window;
    const bool slides = w.stride == 1 && w.base_dilation == 1 && w.window_dilation == 1 &&
                        w.size >= axis.size && axis.windows == axis.size;
    if (running >= 0 || !slides || (w.padding_low != 0 && w.padding_low != w.size - 1)) {
      return -1;
    }
    running = static_cast<int>(d);
    *reverse = w.padding_low == 0;
  }
  return running;
}

std::unique_ptr<Kernel> MakeRunningFold(WindowFoldSizes sizes,
                                        std::unique_ptr<BatchFunction> function) {
  return std::make_unique<RunningFold>(std::move(sizes), std::move(function));
}

}  // namespace webhlo
