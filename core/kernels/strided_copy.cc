// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/strided_copy.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

struct Bytes16 {
  uint64_t low, high;
};

// Calls f with a value of the type that is `width` bytes wide.
template <typename F>
void WithElement(int width, const F& f) {
  switch (width) {
    case 1:
      return f(uint8_t{});
    case 2:
      return f(uint16_t{});
    case 4:
      return f(uint32_t{});
    case 8:
      return f(uint64_t{});
    case 16:
      return f(Bytes16{});
    default:
      WEBHLO_CHECK(false);
  }
}

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

// Elements of a transpose: to[i * to_step + j] = from[i + j * from_step] for i < rows, j < columns.
// Steps are in bytes.
template <typename T>
void TransposeBlock(const uint8_t* from, int64_t from_step, uint8_t* to, int64_t to_step,
                    int64_t rows, int64_t columns) {
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      StoreAs(LoadAs<T>(from + i * static_cast<int64_t>(sizeof(T)) + j * from_step),
              to + i * to_step + j * static_cast<int64_t>(sizeof(T)));
    }
  }
}

constexpr hn::FixedTag<uint32_t, 4> kU32{};

HWY_INLINE void Transpose4x4(const uint8_t* from, int64_t from_step, uint8_t* to, int64_t to_step) {
  const auto load = [&](int64_t j) {
    return hn::LoadU(kU32, reinterpret_cast<const uint32_t*>(from + j * from_step));
  };
  const auto store = [&](auto v, int64_t i) {
    hn::StoreU(v, kU32, reinterpret_cast<uint32_t*>(to + i * to_step));
  };
  const auto r0 = load(0), r1 = load(1), r2 = load(2), r3 = load(3);
  const auto a = hn::InterleaveLower(kU32, r0, r2), b = hn::InterleaveLower(kU32, r1, r3);
  const auto c = hn::InterleaveUpper(kU32, r0, r2), d = hn::InterleaveUpper(kU32, r1, r3);
  store(hn::InterleaveLower(kU32, a, b), 0);
  store(hn::InterleaveUpper(kU32, a, b), 1);
  store(hn::InterleaveLower(kU32, c, d), 2);
  store(hn::InterleaveUpper(kU32, c, d), 3);
}

template <>
void TransposeBlock<uint32_t>(const uint8_t* from, int64_t from_step, uint8_t* to, int64_t to_step,
                              int64_t rows, int64_t columns) {
  const int64_t whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;
  int64_t i = 0;
  // Half a cache line of the source at a time: few enough lines at once for steps of 2^n.
  for (; i + 8 <= whole_rows; i += 8) {
    for (int64_t j = 0; j < whole_columns; j += 4) {
      const uint8_t* f = from + i * 4 + j * from_step;
      uint8_t* t = to + i * to_step + j * 4;
      Transpose4x4(f, from_step, t, to_step);
      Transpose4x4(f + 16, from_step, t + 4 * to_step, to_step);
    }
  }
  for (; i < whole_rows; i += 4) {
    for (int64_t j = 0; j < whole_columns; j += 4) {
      Transpose4x4(from + i * 4 + j * from_step, from_step, to + i * to_step + j * 4, to_step);
    }
  }
  const auto rest = [&](int64_t row_begin, int64_t column_begin, int64_t row_end) {
    for (int64_t r = row_begin; r < row_end; ++r) {
      for (int64_t j = column_begin; j < columns; ++j) {
        StoreAs(LoadAs<uint32_t>(from + r * 4 + j * from_step), to + r * to_step + j * 4);
      }
    }
  };
  rest(0, whole_columns, whole_rows);
  rest(whole_rows, 0, rows);
}

constexpr int64_t kBlock = 64;

}  // namespace

StridedCopier::StridedCopier(int width, std::span<const int64_t> sizes,
                             std::span<const int64_t> from_strides,
                             std::span<const int64_t> to_strides)
    : width_(width), kind_(Kind::kNothing) {
  for (size_t d = 0; d < sizes.size(); ++d) {
    if (sizes[d] == 0) return;
    if (sizes[d] != 1) loops_.push_back({sizes[d], from_strides[d] * width, to_strides[d] * width});
  }
  std::stable_sort(loops_.begin(), loops_.end(),
                   [](const Loop& a, const Loop& b) { return std::abs(a.to) > std::abs(b.to); });
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
  if (kind_ == Kind::kTranspose) {
    for (const Loop& loop : blocks_) items_ *= loop.size;
  } else {
    for (size_t i = 0; i + 1 < loops_.size(); ++i) items_ *= loops_[i].size;
  }
}

// Calls f(from, to) for the items [begin, end) of the given loops (outermost first).
template <typename LoopT, typename F>
static void ForEachItem(std::span<const LoopT> loops, const uint8_t* from, uint8_t* to,
                        int64_t begin, int64_t end, const F& f) {
  if (begin >= end) return;
  constexpr size_t kMaxRank = 32;
  int64_t index[kMaxRank];
  WEBHLO_CHECK(loops.size() <= kMaxRank);
  int64_t rest = begin;
  for (size_t d = loops.size(); d-- > 0;) {
    index[d] = rest % loops[d].size;
    rest /= loops[d].size;
    from += index[d] * loops[d].from;
    to += index[d] * loops[d].to;
  }
  for (int64_t i = begin;;) {
    f(from, to, index);
    if (++i == end) return;
    for (size_t d = loops.size() - 1;; --d) {
      from += loops[d].from;
      to += loops[d].to;
      if (++index[d] < loops[d].size) break;
      from -= loops[d].size * loops[d].from;
      to -= loops[d].size * loops[d].to;
      index[d] = 0;
    }
  }
}

void StridedCopier::RunRows(const uint8_t* from, uint8_t* to, int64_t begin, int64_t end) const {
  const std::span<const Loop> outer(loops_.data(), loops_.size() - 1);
  const Loop inner = loops_.back();
  switch (kind_) {
    case Kind::kRows: {
      const int64_t bytes = inner.size * width_;
      ForEachItem(outer, from, to, begin, end,
                  [&](const uint8_t* f, uint8_t* t, const int64_t*) { CopyRow(f, t, bytes); });
      return;
    }
    case Kind::kFill:
      WithElement(width_, [&](auto element) {
        using T = decltype(element);
        ForEachItem(outer, from, to, begin, end, [&](const uint8_t* f, uint8_t* t, const int64_t*) {
          FillRow(LoadAs<T>(f), t, inner.size);
        });
      });
      return;
    default:
      WithElement(width_, [&](auto element) {
        using T = decltype(element);
        ForEachItem(outer, from, to, begin, end, [&](const uint8_t* f, uint8_t* t, const int64_t*) {
          for (int64_t i = 0; i < inner.size; ++i, f += inner.from, t += inner.to) {
            StoreAs(LoadAs<T>(f), t);
          }
        });
      });
  }
}

void StridedCopier::RunTransposed(const uint8_t* from, uint8_t* to, int64_t begin,
                                  int64_t end) const {
  const Loop rows = loops_[loops_.size() - 2], columns = loops_.back();
  WithElement(width_, [&](auto element) {
    using T = decltype(element);
    ForEachItem(std::span<const Loop>(blocks_), from, to, begin, end,
                [&](const uint8_t* f, uint8_t* t, const int64_t* index) {
                  const int64_t done = index[blocks_.size() - 1] * kBlock;
                  const int64_t height = std::min(kBlock, rows.size - done);
                  for (int64_t j = 0; j < columns.size; j += kBlock) {
                    TransposeBlock<T>(f + j * columns.from, columns.from, t + j * columns.to,
                                      rows.to, height, std::min(kBlock, columns.size - j));
                  }
                });
  });
}

void StridedCopier::RunAlone(const void* from, void* to) const {
  if (kind_ == Kind::kNothing) return;
  const auto run =
      kind_ == Kind::kTranspose ? &StridedCopier::RunTransposed : &StridedCopier::RunRows;
  (this->*run)(static_cast<const uint8_t*>(from), static_cast<uint8_t*>(to), 0, items_);
}

void StridedCopier::Run(const void* from_data, void* to_data, ThreadPool& pool) const {
  const uint8_t* from = static_cast<const uint8_t*>(from_data);
  uint8_t* to = static_cast<uint8_t*>(to_data);
  if (kind_ == Kind::kNothing) return;
  const Loop& inner = loops_.back();
  if (kind_ == Kind::kTranspose) {
    const Loop& rows = loops_[loops_.size() - 2];
    ParallelRanges(pool, items_, std::min(rows.size, kBlock) * inner.size * width_ * 3,
                   [&](int64_t begin, int64_t end) { RunTransposed(from, to, begin, end); });
    return;
  }
  if (items_ == 1 && kind_ != Kind::kElements) {
    // One long run: cut it.
    const bool fill = kind_ == Kind::kFill;
    ParallelRanges(pool, inner.size, 2 * width_, [&](int64_t begin, int64_t end) {
      if (fill) {
        WithElement(width_, [&](auto element) {
          FillRow(LoadAs<decltype(element)>(from), to + begin * width_, end - begin);
        });
      } else {
        std::memcpy(to + begin * width_, from + begin * width_,
                    static_cast<size_t>((end - begin) * width_));
      }
    });
    return;
  }
  const int64_t cost = inner.size * (kind_ == Kind::kElements ? 16 : 2 * width_) + 16;
  ParallelRanges(pool, items_, cost,
                 [&](int64_t begin, int64_t end) { RunRows(from, to, begin, end); });
}

void FillWith(const void* value, int width, int64_t count, void* to, ThreadPool& pool) {
  const int64_t zero = 0, one = 1;
  StridedCopier(width, {&count, 1}, {&zero, 1}, {&one, 1}).Run(value, to, pool);
}

}  // namespace webhlo
