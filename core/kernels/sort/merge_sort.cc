// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/sort/merge_sort.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/kernels/copy_element.h"

namespace webhlo {
namespace {

constexpr int64_t kBatch = BatchFunction::kBatch;
// Results of a part of a merge.
constexpr int64_t kMinPart = 16, kMaxPart = 1024;

// Elements that are compared in pairs, all operands of them.
struct Pairs {
  BatchBuffer before[BatchFunction::kMaxTensors], after[BatchFunction::kMaxTensors];
  BatchBuffer answers;
};

class MergeSort : public Kernel {
 public:
  MergeSort(const Slices& slices, std::unique_ptr<BatchFunction> comes_before,
            std::vector<int> widths, int64_t cost, int lanes)
      : slices_(slices),
        comes_before_(std::move(comes_before)),
        widths_(std::move(widths)),
        part_(std::clamp<int64_t>(
            static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(slices.length / kBatch))),
            kMinPart, kMaxPart)),
        levels_(std::bit_width(static_cast<uint64_t>(slices.length - 1))),
        lane_bytes_(MergeSortScratch(slices, 1)),
        blocks_(CeilDiv(slices.length, SliceUnits::kElements)),
        units_(blocks_ + levels_ * (blocks_ + 1) + static_cast<int64_t>(widths_.size()) * blocks_),
        work_(slices.count, slices.length, blocks_ > 1 ? units_ : 1, lanes) {
    WEBHLO_CHECK(widths_.size() <= BatchFunction::kMaxTensors);
    for (int width : widths_) cost += 4 * width;
    cost_ = slices_.count * slices_.length * (levels_ * cost + 16);
  }

  size_t pieces() const override { return work_.count(); }
  int64_t cost() const override { return cost_; }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    uint8_t* scratch = static_cast<uint8_t*>(args[2 * widths_.size()]);
    work_.Run(pieces, pool, [&](size_t lane, int64_t slice, int64_t unit) {
      Lane place(scratch + lane * lane_bytes_, slices_.length);
      for (size_t k = 0; k < widths_.size(); ++k) place.data[k] = At(args[k], k, slice);
      if (blocks_ > 1) {
        RunUnit(args, place, slice, unit);
      } else {
        for (int64_t u = 0; u < units_; ++u) RunUnit(args, place, slice, u);
      }
    });
  }

 private:
  // A lane of the scratch, and the slice that is sorted there. `order` and `spare` change places
  // from level to level.
  struct Lane {
    Lane(uint8_t* bytes, int64_t length)
        : order(reinterpret_cast<uint32_t*>(bytes)),
          spare(order + length),
          splits(spare + length) {}
    uint32_t* order;
    uint32_t* spare;
    uint32_t* splits;  // How many of a part's merge's results before it come from the left run.
    const uint8_t* data[BatchFunction::kMaxTensors];
  };

  // A merge of two runs, or a part of it, that is being done.
  struct Task {
    int64_t left, left_end, right, right_end, to;
  };

  // The merge that a part belongs to, by its beginning.
  struct Runs {
    Runs(int64_t at, int64_t run, int64_t length)
        : begin(at / (2 * run) * (2 * run)),
          middle(std::min(begin + run, length)),
          end(std::min(begin + 2 * run, length)) {}
    int64_t begin, middle, end;
  };

  // Units are the numbers of the elements, for each level splits and merges, and the results.
  void RunUnit(void* const* args, Lane lane, int64_t slice, int64_t unit) const {
    const int64_t block = unit % blocks_ * SliceUnits::kElements;
    if (unit < blocks_) {
      const int64_t end = std::min(block + SliceUnits::kElements, slices_.length);
      for (int64_t i = block; i < end; ++i) lane.order[i] = static_cast<uint32_t>(i);
      return;
    }
    unit -= blocks_;
    const int64_t level = std::min(unit / (blocks_ + 1), levels_);
    if (level % 2 == 1) std::swap(lane.order, lane.spare);
    unit -= level * (blocks_ + 1);
    if (level == levels_) {
      const size_t k = static_cast<size_t>(unit / blocks_);
      const int64_t begin = unit % blocks_ * SliceUnits::kElements;
      GatherByOrder(widths_[k], lane.data[k], lane.order, slices_.stride, begin,
                    std::min(begin + SliceUnits::kElements, slices_.length),
                    At(args[widths_.size() + k], k, slice));
      return;
    }
    const int64_t run = int64_t{1} << level;
    if (unit == 0) {
      if (2 * run > part_) FindSplits(lane, run);
    } else {
      const int64_t begin = (unit - 1) * SliceUnits::kElements;
      Merge(lane, run, begin, std::min(begin + SliceUnits::kElements, slices_.length));
    }
  }

  uint8_t* At(void* data, size_t operand, int64_t slice) const {
    return static_cast<uint8_t*>(data) + slices_.Begin(slice) * widths_[operand];
  }

  // Element `number` of the slice becomes one of a pair.
  void Load(const Lane& lane, uint32_t number, int64_t pair, BatchBuffer* side) const {
    for (size_t k = 0; k < widths_.size(); ++k) {
      const int64_t width = widths_[k];
      const uint8_t* from = lane.data[k] + number * slices_.stride * width;
      uint8_t* to = side[k].bytes + pair * width;
      CopyElement(width, from, to);
    }
  }

  void Compare(Pairs& pairs, int64_t count) const {
    void* args[2 * BatchFunction::kMaxTensors + 1];
    for (size_t k = 0; k < widths_.size(); ++k) {
      args[2 * k] = pairs.before[k].bytes;
      args[2 * k + 1] = pairs.after[k].bytes;
    }
    args[2 * widths_.size()] = pairs.answers.bytes;
    comes_before_->Run(args, count);
  }

  // How each part's merge divides at its beginning, for all parts of the level.
  void FindSplits(const Lane& lane, int64_t run) const {
    struct Search {
      int64_t begin, middle, diagonal, low, high;
    };
    const int64_t parts = CeilDiv(slices_.length, part_);
    Pairs pairs;
    for (int64_t first = 0; first < parts; first += kBatch) {
      const int64_t count = std::min(kBatch, parts - first);
      Search searches[kBatch];
      for (int64_t t = 0; t < count; ++t) {
        const int64_t at = (first + t) * part_;
        const Runs runs(at, run, slices_.length);
        const int64_t diagonal = at - runs.begin;
        searches[t] = {runs.begin, runs.middle, diagonal,
                       std::max<int64_t>(0, diagonal - (runs.end - runs.middle)),
                       std::min(diagonal, runs.middle - runs.begin)};
      }
      for (;;) {
        int64_t active[kBatch], num_active = 0;
        for (int64_t t = 0; t < count; ++t) {
          const Search& s = searches[t];
          if (s.low >= s.high) continue;
          const int64_t middle = (s.low + s.high) / 2;
          Load(lane, lane.order[s.middle + s.diagonal - 1 - middle], num_active, pairs.before);
          Load(lane, lane.order[s.begin + middle], num_active, pairs.after);
          active[num_active++] = t;
        }
        if (num_active == 0) break;
        Compare(pairs, num_active);
        for (int64_t k = 0; k < num_active; ++k) {
          Search& s = searches[active[k]];
          const int64_t middle = (s.low + s.high) / 2;
          if (pairs.answers.bytes[k]) {
            s.high = middle;
          } else {
            s.low = middle + 1;
          }
        }
      }
      for (int64_t t = 0; t < count; ++t) {
        // Of a comparator that contradicts itself the parts would overlap.
        int64_t split = searches[t].low;
        if (searches[t].diagonal > 0) {
          const int64_t before = lane.splits[first + t - 1];
          split = std::clamp(split, before, before + part_);
        }
        lane.splits[first + t] = static_cast<uint32_t>(split);
      }
    }
  }

  // Results [begin, end) of a level.
  void Merge(const Lane& lane, int64_t run, int64_t begin, int64_t end) const {
    const int64_t step = std::min(2 * run, part_);
    Pairs pairs;
    for (int64_t first = begin; first < end;) {
      Task tasks[kBatch];
      int64_t count = 0;
      for (; first < end && count < kBatch; first += step) {
        const Task task = TaskAt(lane, run, first, std::min(first + step, slices_.length));
        if (task.left == task.left_end || task.right == task.right_end) {
          CopyRest(lane, task);
          continue;
        }
        Load(lane, lane.order[task.right], count, pairs.before);
        Load(lane, lane.order[task.left], count, pairs.after);
        tasks[count++] = task;
      }
      while (count > 0) {
        Compare(pairs, count);
        for (int64_t t = count; t-- > 0;) {
          Task& task = tasks[t];
          const bool right = pairs.answers.bytes[t] != 0;
          int64_t& taken = right ? task.right : task.left;
          lane.spare[task.to++] = lane.order[taken++];
          if (taken < (right ? task.right_end : task.left_end)) {
            Load(lane, lane.order[taken], t, right ? pairs.before : pairs.after);
            continue;
          }
          CopyRest(lane, task);
          // The last one, which has moved on already, takes the place.
          if (t == --count) continue;
          task = tasks[count];
          Load(lane, lane.order[task.right], t, pairs.before);
          Load(lane, lane.order[task.left], t, pairs.after);
        }
      }
    }
  }

  Task TaskAt(const Lane& lane, int64_t run, int64_t at, int64_t end) const {
    const Runs runs(at, run, slices_.length);
    if (2 * run <= part_) return {runs.begin, runs.middle, runs.middle, runs.end, at};
    const int64_t left = lane.splits[at / part_];
    const int64_t left_end = end == runs.end ? runs.middle - runs.begin : lane.splits[end / part_];
    return {runs.begin + left, runs.begin + left_end, runs.middle + (at - runs.begin - left),
            runs.middle + (end - runs.begin - left_end), at};
  }

  static void CopyRest(const Lane& lane, const Task& task) {
    const auto copy = [&](int64_t from, int64_t end, int64_t to) {
      std::memcpy(lane.spare + to, lane.order + from,
                  static_cast<size_t>(end - from) * sizeof(uint32_t));
    };
    copy(task.left, task.left_end, task.to);
    copy(task.right, task.right_end, task.to + task.left_end - task.left);
  }

  const Slices slices_;
  const std::unique_ptr<BatchFunction> comes_before_;
  const std::vector<int> widths_;
  const int64_t part_;    // A power of two.
  const int64_t levels_;  // Of merges.
  const size_t lane_bytes_;
  const int64_t blocks_, units_;
  const SliceUnits work_;
  int64_t cost_;
};

}  // namespace

uint64_t MergeSortScratch(const Slices& slices, int lanes) {
  const uint64_t length = static_cast<uint64_t>(slices.length);
  return static_cast<uint64_t>(lanes) *
         RoundUp<uint64_t>((2 * length + length / kMinPart + 1) * sizeof(uint32_t), 64);
}

std::unique_ptr<Kernel> MakeMergeSort(const Slices& slices,
                                      std::unique_ptr<BatchFunction> comes_before,
                                      std::vector<int> widths, int64_t cost, int lanes) {
  return std::make_unique<MergeSort>(slices, std::move(comes_before), std::move(widths), cost,
                                     lanes);
}

}  // namespace webhlo
