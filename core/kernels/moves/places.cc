// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/places.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/kernels/moves/indices.h"
#include "core/kernels/moves/strided_copy.h"

namespace webhlo {
namespace {

// Adds to `count` offsets what indices from `from` on, `step` apart, count in `stride`, each where
// it fits nearest in [0, room]; marks those that do not.
template <class Index>
void AddStarts(const Index* from, int64_t step, int64_t count, int64_t room, ptrdiff_t stride,
               ptrdiff_t* offsets, int32_t* outside) {
  const Index last = static_cast<Index>(
      std::min<uint64_t>(static_cast<uint64_t>(room), std::numeric_limits<Index>::max()));
  const auto add = [&](int64_t apart) {
    for (int64_t i = 0; i < count; ++i) {
      const Index index = from[i * apart];
      const Index nearest = std::clamp<Index>(index, 0, last);
      offsets[i] += static_cast<ptrdiff_t>(nearest) * stride;
      outside[i] |= nearest != index;
    }
  };
  if (step == 1) return add(1);  // In vectors.
  add(step);
}

void AddStarts(const TensorView& view, int64_t at, int64_t step, int64_t count, int64_t room,
               ptrdiff_t stride, ptrdiff_t* offsets, int32_t* outside) {
  switch (view.element()) {
    case ElementType::kI32:
      return AddStarts(static_cast<const int32_t*>(view.data()) + at, step, count, room, stride,
                       offsets, outside);
    case ElementType::kU32:
      return AddStarts(static_cast<const uint32_t*>(view.data()) + at, step, count, room, stride,
                       offsets, outside);
    default:
      int64_t indices[WindowPlaces::kMaxFound];
      for (int64_t i = 0; i < count; ++i) indices[i] = LoadIndex(view, at + i * step);
      return AddStarts(indices, 1, count, room, stride, offsets, outside);
  }
}

// first, first + step and so on, of as many bits as an offset has.
void Count(int64_t first, int64_t step, int64_t count, ptrdiff_t* numbers) {
  const auto begin = static_cast<ptrdiff_t>(first), by = static_cast<ptrdiff_t>(step);
  for (ptrdiff_t i = 0; i < static_cast<ptrdiff_t>(count); ++i) numbers[i] = begin + i * by;
}

template <size_t kBytes>
void CopyShortRuns(int64_t count, int64_t width, const uint8_t* from, const ptrdiff_t* from_at,
                   uint8_t* to, const ptrdiff_t* to_at) {
  if (to_at == nullptr) {
    for (int64_t i = 0; i < count; ++i, to += kBytes) {
      std::memcpy(to, from + from_at[i] * width, kBytes);
    }
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(to + to_at[i] * width, from + from_at[i] * width, kBytes);
  }
}

}  // namespace

int64_t WindowShape::TakeRun() {
  int64_t run = 1;
  while (!sizes.empty() &&
         (sizes.back() == 1 || (operand.back() == run && windows.back() == run))) {
    run *= sizes.back();
    sizes.pop_back();
    operand.pop_back();
    windows.pop_back();
  }
  return run;
}

int64_t WindowShape::count() const {
  int64_t elements = 1;
  for (int64_t size : sizes) elements *= size;
  return elements;
}

void WindowShape::AddOffsets(int64_t i, int64_t& in_operand, int64_t& in_windows) const {
  for (size_t d = sizes.size(); d-- > 0; i /= sizes[d]) {
    in_operand += i % sizes[d] * operand[d];
    in_windows += i % sizes[d] * windows[d];
  }
}

int64_t WindowPlaces::Find(const TensorView& view, int64_t begin, int64_t count, bool only_within,
                           Found& found) const {
  int32_t outside[kMaxFound];
  const Batch inner = Inner();
  ForEachRowOf(
      begin, count, [&](int64_t first, int64_t row, int64_t at, int64_t operand, int64_t windows) {
        Count(operand, inner.operand, row, found.operand + first);
        Count(windows, inner.windows, row, found.windows + first);
        std::fill_n(outside + first, row, 0);
        for (const Start& start : starts) {
          AddStarts(view, at + start.indices, inner.indices, row, start.room,
                    static_cast<ptrdiff_t>(start.operand), found.operand + first, outside + first);
        }
      });
  if (!only_within) return count;
  int32_t any = 0;
  for (int64_t i = 0; i < count; ++i) any |= outside[i];
  if (any == 0) return count;
  int64_t within = 0;
  for (int64_t i = 0; i < count; ++i) {
    found.operand[within] = found.operand[i];
    found.windows[within] = found.windows[i];
    within += outside[i] == 0;
  }
  return within;
}

void CopyRuns(int64_t count, int64_t width, int64_t bytes, const void* from_bytes,
              const ptrdiff_t* from_at, void* to_bytes, const ptrdiff_t* to_at) {
  const uint8_t* const from = static_cast<const uint8_t*>(from_bytes);
  uint8_t* const to = static_cast<uint8_t*>(to_bytes);
  switch (bytes) {
    case 1:
      return CopyShortRuns<1>(count, width, from, from_at, to, to_at);
    case 2:
      return CopyShortRuns<2>(count, width, from, from_at, to, to_at);
    case 4:
      return CopyShortRuns<4>(count, width, from, from_at, to, to_at);
    case 8:
      return CopyShortRuns<8>(count, width, from, from_at, to, to_at);
    default:
      if (to_at == nullptr) {
        for (int64_t i = 0; i < count; ++i)
          CopyRow(from + from_at[i] * width, to + i * bytes, bytes);
        return;
      }
      for (int64_t i = 0; i < count; ++i) {
        CopyRow(from + from_at[i] * width, to + to_at[i] * width, bytes);
      }
  }
}

}  // namespace webhlo
