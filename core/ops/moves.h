// SPDX-License-Identifier: Apache-2.0
//
// StridedCopy: what every op that only moves elements does, once its specification's index formula
// is written as strides. Elements are opaque bytes, so one loop serves all types.
#ifndef WEBHLO_CORE_OPS_MOVES_H_
#define WEBHLO_CORE_OPS_MOVES_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "core/graph/tensor.h"

namespace webhlo {

namespace moves_internal {

template <size_t kWidth>
void CopyRow(int64_t count, const uint8_t* from, int64_t from_step, uint8_t* to, int64_t to_step) {
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(to, from, kWidth);
    from += from_step;
    to += to_step;
  }
}

inline void CopyRow(int width, int64_t count, const uint8_t* from, int64_t from_step, uint8_t* to,
                    int64_t to_step) {
  if (from_step == width && to_step == width) {
    std::memcpy(to, from, static_cast<size_t>(count * width));
    return;
  }
  switch (width) {
    case 1:
      return CopyRow<1>(count, from, from_step, to, to_step);
    case 2:
      return CopyRow<2>(count, from, from_step, to, to_step);
    case 4:
      return CopyRow<4>(count, from, from_step, to, to_step);
    case 8:
      return CopyRow<8>(count, from, from_step, to, to_step);
    default:
      return CopyRow<16>(count, from, from_step, to, to_step);
  }
}

}  // namespace moves_internal

// For every index of `dims`: to[index . to_strides] = from[index . from_strides]. Strides are in
// elements of `width` bytes and may be 0 or negative; `from` and `to` point at index 0.
inline void StridedCopy(int width, std::span<const int64_t> dims, const uint8_t* from,
                        std::span<const int64_t> from_strides, uint8_t* to,
                        std::span<const int64_t> to_strides) {
  for (int64_t dim : dims) {
    if (dim == 0) return;
  }
  if (dims.empty()) {
    std::memcpy(to, from, static_cast<size_t>(width));
    return;
  }
  const size_t inner = dims.size() - 1;
  std::vector<int64_t> index(inner, 0);
  while (true) {
    moves_internal::CopyRow(width, dims[inner], from, from_strides[inner] * width, to,
                            to_strides[inner] * width);
    size_t d = inner;
    while (d > 0) {
      --d;
      from += from_strides[d] * width;
      to += to_strides[d] * width;
      if (++index[d] < dims[d]) break;
      from -= from_strides[d] * width * dims[d];
      to -= to_strides[d] * width * dims[d];
      index[d] = 0;
      if (d == 0) return;
    }
    if (inner == 0) return;
  }
}

// Fills `view` with copies of one element.
inline void FillElements(const TensorView& view, const void* element) {
  const int64_t count = view.NumElements();
  if (count == 0) return;
  moves_internal::CopyRow(view.width(), count, static_cast<const uint8_t*>(element), 0, view.at(0),
                          view.width());
}

inline void CopyElements(const TensorView& from, const TensorView& to) {
  const size_t bytes = static_cast<size_t>(from.NumElements() * from.width());
  if (bytes != 0) std::memcpy(to.data(), from.data(), bytes);
}

// index . strides
inline int64_t Offset(std::span<const int64_t> index, std::span<const int64_t> strides) {
  int64_t offset = 0;
  for (size_t d = 0; d < index.size(); ++d) offset += index[d] * strides[d];
  return offset;
}

// Walks the offsets index . strides of all indices of `dims` in row-major order, around and around:
// Next answers false when it has come back to the first. Made once, it serves any number of rounds.
class OffsetWalk {
 public:
  OffsetWalk(std::vector<int64_t> dims, std::vector<int64_t> strides)
      : dims_(std::move(dims)), strides_(std::move(strides)), index_(dims_.size(), 0) {
    for (int64_t dim : dims_) count_ *= dim;
  }

  // How many indices a round has.
  int64_t count() const { return count_; }
  std::span<const int64_t> index() const { return index_; }
  int64_t offset() const { return offset_; }

  bool Next() {
    for (size_t d = dims_.size(); d-- > 0;) {
      offset_ += strides_[d];
      if (++index_[d] < dims_[d]) return true;
      offset_ -= strides_[d] * dims_[d];
      index_[d] = 0;
    }
    return false;
  }

 private:
  std::vector<int64_t> dims_;
  std::vector<int64_t> strides_;
  std::vector<int64_t> index_;
  int64_t offset_ = 0;
  int64_t count_ = 1;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_MOVES_H_
