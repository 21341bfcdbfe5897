// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/strided_copy.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/base/sort.h"
#include "core/kernels/copy_element.h"
#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

struct Bytes16 {
  uint64_t low, high;
};

template <typename T>
T LoadAs(const uint8_t* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}
template <typename T>
void StoreAs(T value, uint8_t* p) {
  std::memcpy(p, &value, sizeof(T));
}

constexpr hn::FixedTag<uint8_t, 16> kBytes{};

template <typename T>
void FillRow(T value, uint8_t* to, int64_t count) {
  constexpr int64_t kPer16 = 16 / sizeof(T);
  alignas(16) T pattern[kPer16];
  std::fill_n(pattern, kPer16, value);
  const auto v = hn::Load(kBytes, reinterpret_cast<const uint8_t*>(pattern));
  int64_t i = 0;
  for (; i + kPer16 <= count; i += kPer16) {
    hn::StoreU(v, kBytes, to + i * static_cast<int64_t>(sizeof(T)));
  }
  for (; i < count; ++i) StoreAs(value, to + i * static_cast<int64_t>(sizeof(T)));
}

// Elements from `from` downwards.
void ReverseRow(int width, const uint8_t* from, uint8_t* to, int64_t count) {
  alignas(16) uint8_t order[16];
  for (int i = 0; i < 16; ++i) {
    order[i] = static_cast<uint8_t>(16 - width - i / width * width + i % width);
  }
  const auto reversed = hn::Load(kBytes, order);
  const int64_t step = 16 / width;
  int64_t i = 0;
  for (; i + step <= count; i += step) {
    const auto v = hn::LoadU(kBytes, from - (i - 1) * width - 16);
    hn::StoreU(hn::TableLookupBytes(v, reversed), kBytes, to + i * width);
  }
  for (; i < count; ++i) CopyElement(width, from - i * width, to + i * width);
}

// A square of elements, as many a side as a vector holds.
template <typename T>
HWY_INLINE void TransposeSquare(const uint8_t* from, int64_t from_step, uint8_t* to,
                                int64_t to_step) {
  constexpr int kSide = 16 / sizeof(T);
  constexpr hn::FixedTag<T, kSide> tag{};
  hn::Vec<decltype(tag)> rows[kSide];
  WEBHLO_UNROLL for (int i = 0; i < kSide; ++i) {
    rows[i] = hn::LoadU(tag, reinterpret_cast<const T*>(from + i * from_step));
  }
  Transpose(rows);
  WEBHLO_UNROLL for (int i = 0; i < kSide; ++i) {
    hn::StoreU(rows[i], tag, reinterpret_cast<T*>(to + i * to_step));
  }
}

// Elements of a transpose: to[i * to_step + j] = from[i + j * from_step] for i < rows, j < columns.
// Steps are in bytes.
template <typename T>
void TransposeElements(const uint8_t* from, int64_t from_step, uint8_t* to, int64_t to_step,
                       int64_t rows, int64_t columns) {
  constexpr int64_t kWidth = sizeof(T);
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      StoreAs(LoadAs<T>(from + i * kWidth + j * from_step), to + i * to_step + j * kWidth);
    }
  }
}

// The same for as many rows as so many squares have. The last squares may overlap those before.
template <typename T, int kSquares>
void TransposeStripe(const uint8_t* from, int64_t from_step, uint8_t* to, int64_t to_step,
                     int64_t columns) {
  constexpr int64_t kWidth = sizeof(T), kSide = 16 / kWidth;
  for (int64_t column = 0; column < columns; column += kSide) {
    const int64_t j = std::min(column, columns - kSide);
    WEBHLO_UNROLL for (int64_t i = 0; i < kSquares * kSide; i += kSide) {
      TransposeSquare<T>(from + i * kWidth + j * from_step, from_step,
                         to + i * to_step + j * kWidth, to_step);
    }
  }
}

template <typename T>
void TransposeBlock(const uint8_t* from, int64_t from_step, uint8_t* to, int64_t to_step,
                    int64_t rows, int64_t columns) {
  constexpr int64_t kWidth = sizeof(T), kSide = 16 / kWidth;
  if constexpr (kSide > 1) {
    if (rows >= kSide && columns >= kSide) {
      const auto run = [&](auto stripe, int64_t i) {
        stripe(from + i * kWidth, from_step, to + i * to_step, to_step, columns);
      };
      // Half a cache line of the source at a time: few enough lines at once for steps of 2^n.
      constexpr int kSquares = kSide == 16 ? 1 : 2;
      int64_t i = 0;
      for (; i + kSquares * kSide <= rows; i += kSquares * kSide) {
        run(TransposeStripe<T, kSquares>, i);
      }
      for (; i < rows; i += kSide) run(TransposeStripe<T, 1>, std::min(i, rows - kSide));
      return;
    }
  }
  TransposeElements<T>(from, from_step, to, to_step, rows, columns);
}

constexpr int64_t kBlock = 64;

}  // namespace

void CopyRow(const uint8_t* from, uint8_t* to, int64_t bytes) {
  if (bytes >= 512) {
    std::memcpy(to, from, static_cast<size_t>(bytes));
    return;
  }
  int64_t i = 0;
  for (; i + 16 <= bytes; i += 16) hn::StoreU(hn::LoadU(kBytes, from + i), kBytes, to + i);
  if (i == bytes) return;
  if (bytes > 16) {
    i = bytes - 16;
    hn::StoreU(hn::LoadU(kBytes, from + i), kBytes, to + i);
    return;
  }
  const auto part = [&](auto element) {
    StoreAs(LoadAs<decltype(element)>(from + i), to + i);
    i += static_cast<int64_t>(sizeof(element));
  };
  if (bytes & 8) part(uint64_t{});
  if (bytes & 4) part(uint32_t{});
  if (bytes & 2) part(uint16_t{});
  if (bytes & 1) part(uint8_t{});
}

StridedCopier::StridedCopier(int width, std::span<const int64_t> sizes,
                             std::span<const int64_t> from_strides,
                             std::span<const int64_t> to_strides)
    : width_(width), kind_(Kind::kNothing) {
  for (size_t d = 0; d < sizes.size(); ++d) {
    if (sizes[d] == 0) return;
    if (sizes[d] != 1) loops_.push_back({sizes[d], from_strides[d] * width, to_strides[d] * width});
  }
  Sort(loops_, [](const Loop& a, const Loop& b) { return std::abs(a.to) > std::abs(b.to); });
  for (size_t i = 1; i < loops_.size();) {
    Loop &outer = loops_[i - 1], &inner = loops_[i];
    if (outer.from == inner.size * inner.from && outer.to == inner.size * inner.to) {
      inner.size *= outer.size;
      loops_.erase(loops_.begin() + static_cast<int64_t>(i) - 1);
      if (i > 1) --i;
    } else {
      ++i;
    }
  }
  // Short contiguous runs are wider elements.
  if (!loops_.empty()) {
    const Loop inner = loops_.back();
    const int64_t bytes = inner.size * width_;
    if (inner.from == width_ && inner.to == width_ && bytes <= 16 && (bytes & (bytes - 1)) == 0) {
      loops_.pop_back();
      width_ = static_cast<int>(bytes);
    }
  }
  if (loops_.empty()) loops_.push_back({1, width_, width_});

  const Loop& inner = loops_.back();
  kind_ = Kind::kElements;
  if (inner.to == width_ && inner.from == width_) {
    kind_ = Kind::kRows;
  } else if (inner.to == width_ && inner.from == -width_) {
    kind_ = Kind::kReversedRows;
  } else if (inner.to == width_ && inner.from == 0) {
    kind_ = Kind::kFill;
  } else if (inner.to == width_) {
    for (size_t i = 0; i + 1 < loops_.size(); ++i) {
      if (loops_[i].from != width_ || loops_[i].size < 4 || inner.size < 4) continue;
      std::rotate(loops_.begin() + static_cast<int64_t>(i),
                  loops_.begin() + static_cast<int64_t>(i) + 1, loops_.end() - 1);
      kind_ = Kind::kTranspose;
      blocks_.assign(loops_.begin(), loops_.end() - 1);
      Loop& rows = blocks_.back();
      rows = {CeilDiv(rows.size, kBlock), rows.from * kBlock, rows.to * kBlock};
      break;
    }
  }
  const std::vector<Loop>& rows = kind_ == Kind::kTranspose ? blocks_ : loops_;
  items_ = 1;
  for (size_t i = 0; i + (kind_ != Kind::kTranspose) < rows.size(); ++i) items_ *= rows[i].size;
  // What an element of a row costs; in a transpose a row is one of blocks.
  int64_t cost = 2 * width_;
  if (kind_ == Kind::kElements) cost = 16;
  if (kind_ == Kind::kTranspose) {
    cost = std::min(loops_[loops_.size() - 2].size, kBlock) * width_ * 3;
  }
  part_ = loops_.back().size;
  if (part_ / 2 > kShareCost / cost) {
    part_ = RoundUp(kShareCost / cost, kBlock);
    parts_ = CeilDiv(loops_.back().size, part_);
    items_ *= parts_;
  }
  item_cost_ = part_ * cost + 16;
}

StridedCopier StridedCopier::Fill(int width, int64_t count) {
  const int64_t zero = 0, one = 1;
  return StridedCopier(width, {&count, 1}, {&zero, 1}, {&one, 1});
}

// How rows go that consist of elements of a type.
template <typename T>
StridedCopier::RunRows StridedCopier::RunRowsOf(Kind kind) {
  constexpr int64_t kWidth = sizeof(T);
  if (kind == Kind::kFill) {
    return [](const StridedCopier&, Rows r) {
      for (; r.count > 0; --r.count, r.from += r.from_step, r.to += r.to_step) {
        FillRow(LoadAs<T>(r.from), r.to + r.first * kWidth, r.last - r.first);
      }
    };
  }
  if (kind == Kind::kTranspose) {
    return [](const StridedCopier& copier, Rows r) {
      const Loop &rows = copier.loops_[copier.loops_.size() - 2], &columns = copier.loops_.back();
      const int64_t height = std::min(kBlock, rows.size - r.done);
      for (int64_t j = r.first; j < r.last; j += kBlock) {
        TransposeBlock<T>(r.from + j * columns.from, columns.from, r.to + j * columns.to, rows.to,
                          height, std::min(kBlock, r.last - j));
      }
    };
  }
  return [](const StridedCopier& copier, Rows r) {
    const Loop inner = copier.loops_.back();
    for (; r.count > 0; --r.count, r.from += r.from_step, r.to += r.to_step) {
      const uint8_t* from = r.from + r.first * inner.from;
      uint8_t* to = r.to + r.first * inner.to;
      for (int64_t i = r.first; i < r.last; ++i, from += inner.from, to += inner.to) {
        StoreAs(LoadAs<T>(from), to);
      }
    }
  };
}

StridedCopier::RunRows StridedCopier::FindRunRows() const {
  if (kind_ == Kind::kRows) {
    return [](const StridedCopier& copier, Rows r) {
      const int64_t first = r.first * copier.width_, bytes = r.last * copier.width_ - first;
      for (; r.count > 0; --r.count, r.from += r.from_step, r.to += r.to_step) {
        CopyRow(r.from + first, r.to + first, bytes);
      }
    };
  }
  if (kind_ == Kind::kReversedRows) {
    return [](const StridedCopier& copier, Rows r) {
      const int64_t first = r.first * copier.width_;
      for (; r.count > 0; --r.count, r.from += r.from_step, r.to += r.to_step) {
        ReverseRow(copier.width_, r.from - first, r.to + first, r.last - r.first);
      }
    };
  }
  switch (width_) {
    case 1:
      return RunRowsOf<uint8_t>(kind_);
    case 2:
      return RunRowsOf<uint16_t>(kind_);
    case 4:
      return RunRowsOf<uint32_t>(kind_);
    case 8:
      return RunRowsOf<uint64_t>(kind_);
    default:
      WEBHLO_CHECK(width_ == 16);
      return RunRowsOf<Bytes16>(kind_);
  }
}

void StridedCopier::Run(const void* source, void* target, int64_t begin, int64_t end) const {
  if (begin >= end) return;
  const std::span<const Loop> outer = kind_ == Kind::kTranspose
                                          ? std::span<const Loop>(blocks_)
                                          : std::span<const Loop>(loops_.data(), loops_.size() - 1);
  constexpr size_t kMaxRank = 32;
  int64_t index[kMaxRank];
  WEBHLO_CHECK(outer.size() <= kMaxRank);
  const RunRows run = FindRunRows();
  const int64_t size = loops_.back().size;
  // Whole rows go as far as the loop around them at once.
  const bool together = parts_ == 1 && kind_ != Kind::kTranspose && !outer.empty();
  const Loop around = together ? outer.back() : Loop{1, 0, 0};
  const auto* from = static_cast<const uint8_t*>(source);
  auto* to = static_cast<uint8_t*>(target);
  // Of the rows that the items lie in, the first one.
  int64_t row = begin / parts_, rest = row;
  for (size_t d = outer.size(); d-- > 0; rest /= outer[d].size) {
    index[d] = rest % outer[d].size;
    from += index[d] * outer[d].from;
    to += index[d] * outer[d].to;
  }
  for (const int64_t end_row = CeilDiv(end, parts_);;) {
    int64_t first = 0, last = size, count = 1;
    if (parts_ > 1) {
      first = std::max<int64_t>(begin - row * parts_, 0) * part_;
      last = std::min(std::min(end - row * parts_, parts_) * part_, size);
    } else if (together) {
      count = std::min(around.size - index[outer.size() - 1], end_row - row);
    }
    const int64_t done = kind_ == Kind::kTranspose ? index[outer.size() - 1] * kBlock : 0;
    run(*this, {from, to, first, last, count, around.from, around.to, done});
    row += count;
    if (row == end_row) return;
    for (size_t d = outer.size() - 1;; --d, count = 1) {
      from += count * outer[d].from;
      to += count * outer[d].to;
      index[d] += count;
      if (index[d] < outer[d].size) break;
      from -= outer[d].size * outer[d].from;
      to -= outer[d].size * outer[d].to;
      index[d] = 0;
    }
  }
}

}  // namespace webhlo
