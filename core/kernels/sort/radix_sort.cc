// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/sort/radix_sort.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "core/base/check.h"
#include "core/base/math.h"

namespace webhlo {
namespace {

// A key's 32 bits in three digits.
constexpr int kDigits = 3;
constexpr int kDigitBits = 11;
constexpr size_t kBuckets = size_t{1} << kDigitBits;
// Below, looking at all buckets takes longer than merging.
constexpr int64_t kFew = 512;

// How a float's bits are told apart: the mask of its magnitude, and infinity's.
struct FloatBits {
  uint64_t magnitude, infinity;
};

FloatBits BitsOf(ElementType element) {
  switch (element) {
    case ElementType::kF16:
      return {0x7fff, 0x7c00};
    case ElementType::kBF16:
      return {0x7fff, 0x7f80};
    case ElementType::kF64:
      return {~uint64_t{0} >> 1, uint64_t{0x7ff} << 52};
    default:
      return {0x7fffffff, 0x7f800000};
  }
}

// Turns the bits of elements into unsigned numbers of their order.
class KeyOrder {
 public:
  explicit KeyOrder(const SortKey& key)
      : width_(ByteWidth(key.element)),
        all_(width_ == 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * width_)) - 1),
        sign_(IsUnsignedInteger(key.element) || key.element == ElementType::kI1 ? 0
                                                                                : (all_ >> 1) + 1),
        flip_(key.descending ? all_ : 0),
        is_float_(IsFloat(key.element)),
        merges_zeros_(key.merges_zeros),
        merges_nans_(key.merges_nans),
        float_(BitsOf(key.element)) {}

  int width() const { return width_; }
  uint64_t operator()(uint64_t bits) const {
    if (!is_float_) return bits ^ sign_ ^ flip_;
    const uint64_t magnitude = bits & float_.magnitude;
    if (merges_zeros_ && magnitude == 0) bits = 0;
    if (merges_nans_ && magnitude > float_.infinity) bits = float_.magnitude;
    return (bits & sign_ ? bits ^ all_ : bits | sign_) ^ flip_;
  }

 private:
  const int width_;
  const uint64_t all_, sign_, flip_;
  const bool is_float_, merges_zeros_, merges_nans_;
  const FloatBits float_;
};

// 32 bits of a key above where its element stood.
using Word = uint64_t;

// The 32 bits of the key from `shift` on of the elements at order[i] (or at i), for begin <= i <
// end.
template <typename T>
void FillWords(const KeyOrder& order_of, int shift, const uint8_t* data, int64_t stride,
               const uint32_t* order, int64_t begin, int64_t end, Word* words) {
  for (int64_t i = begin; i < end; ++i) {
    const int64_t at = order ? order[i] : i;
    T bits;
    std::memcpy(&bits, data + at * stride * static_cast<int64_t>(sizeof(T)), sizeof(T));
    words[i] = (order_of(bits) >> shift) << 32 | static_cast<uint64_t>(i);
  }
}

void Fill(const KeyOrder& order_of, int shift, const uint8_t* data, int64_t stride,
          const uint32_t* order, int64_t begin, int64_t end, Word* words) {
  switch (order_of.width()) {
    case 1:
      return FillWords<uint8_t>(order_of, shift, data, stride, order, begin, end, words);
    case 2:
      return FillWords<uint16_t>(order_of, shift, data, stride, order, begin, end, words);
    case 4:
      return FillWords<uint32_t>(order_of, shift, data, stride, order, begin, end, words);
    default:
      return FillWords<uint64_t>(order_of, shift, data, stride, order, begin, end, words);
  }
}

// Sorts few words, all different, with as many to spare. The answer is where they are then.
Word* MergeWords(Word* words, Word* spare, int64_t count) {
  constexpr int64_t kRun = 8;
  for (int64_t begin = 0; begin < count; begin += kRun) {
    for (int64_t i = begin + 1; i < std::min(begin + kRun, count); ++i) {
      const Word word = words[i];
      int64_t k = i;
      for (; k > begin && words[k - 1] > word; --k) words[k] = words[k - 1];
      words[k] = word;
    }
  }
  for (int64_t run = kRun; run < count; run *= 2) {
    for (int64_t begin = 0; begin < count; begin += 2 * run) {
      std::merge(words + begin, words + std::min(begin + run, count),
                 words + std::min(begin + run, count), words + std::min(begin + 2 * run, count),
                 spare + begin);
    }
    std::swap(words, spare);
  }
  return words;
}

// How far a lane is.
struct State {
  uint32_t counts[kDigits][kBuckets];
  uint32_t flips;  // How often words and spare have changed places.
  bool same;       // All words have the digit that is looked at in common.
};

class RadixSort : public Kernel {
 public:
  RadixSort(const Slices& slices, std::vector<SortKey> keys, std::vector<int> widths, int lanes)
      : slices_(slices),
        widths_(std::move(widths)),
        lane_bytes_(RadixSortScratch(slices, 1)),
        blocks_(CeilDiv(slices.length, SliceUnits::kElements)) {
    while (!keys.empty()) {
      const KeyOrder order(keys.back());
      for (int shift = 0; shift < 8 * order.width(); shift += 32) {
        stages_.push_back({keys.back().operand, shift, order});
      }
      keys.pop_back();
    }
    units_ =
        (static_cast<int64_t>(stages_.size()) * kPhases + static_cast<int64_t>(widths_.size())) *
        blocks_;
    work_.emplace(slices_.count, slices_.length, cuts() ? units_ : 1, lanes);
  }

  size_t pieces() const override { return work_->count(); }
  int64_t cost() const override {
    return slices_.count * slices_.length *
           static_cast<int64_t>(64 * stages_.size() + 16 * widths_.size());
  }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    uint8_t* scratch = static_cast<uint8_t*>(args[2 * widths_.size()]);
    work_->Run(pieces, pool, [&](size_t lane, int64_t slice, int64_t unit) {
      const Lane place(scratch + lane * lane_bytes_, slices_.length);
      if (cuts()) {
        RunUnit(args, place, slice, unit);
      } else {
        for (int64_t u = 0; u < units_; ++u) RunUnit(args, place, slice, u);
      }
    });
  }

 private:
  // Of a stage: words are made, sorted by their digits, and become the new order.
  static constexpr int64_t kPhases = kDigits + 2;

  // 32 bits of a key.
  struct Stage {
    uint32_t operand;
    int shift;
    KeyOrder order;
  };

  struct Lane {
    Lane(uint8_t* bytes, int64_t length)
        : state(reinterpret_cast<State*>(bytes)),
          words(reinterpret_cast<Word*>(bytes + sizeof(State))),
          spare(words + length),
          order(reinterpret_cast<uint32_t*>(spare + length)) {}
    State* state;
    Word* words;
    Word* spare;
    uint32_t* order;
  };

  void RunUnit(void* const* args, const Lane& lane, int64_t slice, int64_t unit) const {
    const int64_t block = unit % blocks_;
    const int64_t begin = block * SliceUnits::kElements;
    const int64_t end = std::min(begin + SliceUnits::kElements, slices_.length);
    const int64_t step = unit / blocks_;
    const int64_t stage = step / kPhases;
    if (stage >= static_cast<int64_t>(stages_.size())) {
      const size_t operand =
          static_cast<size_t>(step - kPhases * static_cast<int64_t>(stages_.size()));
      const int width = widths_[operand];
      GatherByOrder(width, At(args[operand], operand, slice), lane.order, slices_.stride, begin,
                    end, At(args[widths_.size() + operand], operand, slice));
      return;
    }
    const int64_t phase = step % kPhases;
    if (phase == 0) {
      FillWords(args, lane, slice, stage, begin, end);
    } else if (phase <= kDigits) {
      Distribute(lane, static_cast<int>(phase) - 1, begin, end);
    } else {
      Order(lane, stage > 0, begin, end);
    }
  }

  uint8_t* At(void* data, size_t operand, int64_t slice) const {
    return static_cast<uint8_t*>(data) + slices_.Begin(slice) * widths_[operand];
  }

  // Whether the units of a slice are pieces.
  bool cuts() const { return blocks_ > 1; }
  bool few() const { return slices_.length < kFew; }

  void FillWords(void* const* args, const Lane& lane, int64_t slice, int64_t stage, int64_t begin,
                 int64_t end) const {
    const Stage& s = stages_[static_cast<size_t>(stage)];
    State& state = *lane.state;
    if (begin == 0) state.flips = 0;
    Fill(s.order, s.shift, At(args[s.operand], s.operand, slice), slices_.stride,
         stage > 0 ? lane.order : nullptr, begin, end, lane.words);
    if (few()) return;
    if (begin == 0) std::memset(state.counts, 0, sizeof(state.counts));
    for (int64_t i = begin; i < end; ++i) {
      for (int d = 0; d < kDigits; ++d) ++state.counts[d][Digit(lane.words[i], d)];
    }
    if (end < slices_.length) return;
    // Where each bucket begins.
    for (auto& counts : state.counts) {
      uint32_t sum = 0;
      for (uint32_t& count : counts) sum += std::exchange(count, sum);
    }
  }

  static size_t Digit(Word word, int digit) {
    return word >> (32 + kDigitBits * digit) & (kBuckets - 1);
  }

  // One digit: the words go to where their buckets lie.
  void Distribute(const Lane& lane, int digit, int64_t begin, int64_t end) const {
    State& state = *lane.state;
    if (few()) {
      if (digit > 0) return;
      state.flips = MergeWords(lane.words, lane.spare, slices_.length) == lane.spare;
      return;
    }
    const Word* from = state.flips % 2 ? lane.spare : lane.words;
    Word* to = state.flips % 2 ? lane.words : lane.spare;
    uint32_t* places = state.counts[digit];
    if (begin == 0) {
      const size_t first = Digit(from[0], digit);
      const int64_t next = first + 1 < kBuckets ? places[first + 1] : slices_.length;
      state.same = next - places[first] == slices_.length;
    }
    if (state.same) return;
    for (int64_t i = begin; i < end; ++i) {
      const Word word = from[i];
      to[places[Digit(word, digit)]++] = word;
    }
    if (end == slices_.length) ++state.flips;
  }

  // The elements' new order, which is written to the words' spare room before it is kept.
  void Order(const Lane& lane, bool had_order, int64_t begin, int64_t end) const {
    const Word* words = lane.state->flips % 2 ? lane.spare : lane.words;
    uint32_t* order = reinterpret_cast<uint32_t*>(lane.state->flips % 2 ? lane.words : lane.spare);
    if (!had_order) order = lane.order;
    for (int64_t i = begin; i < end; ++i) {
      const uint32_t at = static_cast<uint32_t>(words[i]);
      order[i] = had_order ? lane.order[at] : at;
    }
    if (had_order && end == slices_.length) {
      std::memcpy(lane.order, order, static_cast<size_t>(end) * sizeof(uint32_t));
    }
  }

  const Slices slices_;
  const std::vector<int> widths_;
  const size_t lane_bytes_;
  const int64_t blocks_;
  std::vector<Stage> stages_;
  int64_t units_;  // Of a slice, whether they are pieces or not.
  std::optional<SliceUnits> work_;
};

}  // namespace

bool HasSortKey(ElementType element) {
  switch (element) {
    case ElementType::kF16:
    case ElementType::kBF16:
    case ElementType::kF32:
    case ElementType::kF64:
    case ElementType::kI1:
      return true;
    default:
      return IsInteger(element) && BitWidth(element) >= 8;
  }
}

uint64_t RadixSortScratch(const Slices& slices, int lanes) {
  const uint64_t length = static_cast<uint64_t>(slices.length);
  return static_cast<uint64_t>(lanes) *
         RoundUp<uint64_t>(sizeof(State) + length * (2 * sizeof(Word) + sizeof(uint32_t)), 64);
}

std::unique_ptr<Kernel> MakeRadixSort(const Slices& slices, std::vector<SortKey> keys,
                                      std::vector<int> widths, int lanes) {
  return std::make_unique<RadixSort>(slices, std::move(keys), std::move(widths), lanes);
}

}  // namespace webhlo
