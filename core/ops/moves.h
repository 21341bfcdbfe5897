// SPDX-License-Identifier: Apache-2.0
//
// What ops share that only move elements, once their specification's index formula is written as
// strides: StridedCopy for references, MoveKernel (core/kernels/moves/) for kernels. Elements are
// opaque bytes, so one loop serves all types.
#ifndef WEBHLO_CORE_OPS_MOVES_H_
#define WEBHLO_CORE_OPS_MOVES_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/base/task.h"
#include "core/graph/op_def.h"
#include "core/graph/tensor.h"
#include "core/kernels/choice.h"
#include "core/kernels/moves/move.h"

namespace webhlo {

// Whether a window is one run of elements.
inline bool IsOneRun(std::span<const int64_t> tensor, std::span<const int64_t> window) {
  size_t d = 0;
  while (d < tensor.size() && window[d] == 1) ++d;
  for (++d; d < tensor.size(); ++d) {
    if (window[d] != tensor[d]) return false;
  }
  return true;
}

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

// For the indices of `dims` from number `begin` to `end`, in row-major order:
// to[index . to_strides] = from[index . from_strides]. Strides are in elements of `width` bytes and
// may be 0 or negative; `from` and `to` point at index 0.
inline void StridedCopy(int width, std::span<const int64_t> dims, const uint8_t* from,
                        std::span<const int64_t> from_strides, uint8_t* to,
                        std::span<const int64_t> to_strides, int64_t begin, int64_t end) {
  if (begin >= end) return;
  if (dims.empty()) {
    std::memcpy(to, from, static_cast<size_t>(width));
    return;
  }
  const auto move = [&](size_t d, int64_t by) {
    from += from_strides[d] * width * by;
    to += to_strides[d] * width * by;
  };
  const size_t inner = dims.size() - 1;
  std::vector<int64_t> index(dims.size());
  int64_t rest = begin;
  for (size_t d = dims.size(); d-- > 0; rest /= dims[d]) {
    index[d] = rest % dims[d];
    move(d, index[d]);
  }
  for (;;) {
    const int64_t count = std::min(dims[inner] - index[inner], end - begin);
    moves_internal::CopyRow(width, count, from, from_strides[inner] * width, to,
                            to_strides[inner] * width);
    begin += count;
    if (begin == end) return;
    move(inner, -index[inner]);
    index[inner] = 0;
    for (size_t d = inner; d-- > 0;) {
      move(d, 1);
      if (++index[d] < dims[d]) break;
      move(d, -dims[d]);
      index[d] = 0;
    }
  }
}

namespace moves_internal {

// An element moved with a stride, and what a piece costs whatever its size.
inline constexpr int64_t kMoveWork = 2, kPieceWork = 64;
inline constexpr int64_t kPiece = 1 << 15;

inline Task CopyInPieces(Budget& budget, int width, std::span<const int64_t> dims,
                         const uint8_t* from, std::span<const int64_t> from_strides, uint8_t* to,
                         std::span<const int64_t> to_strides, int64_t count) {
  for (int64_t begin = 0; begin < count; begin += kPiece) {
    StridedCopy(width, dims, from, from_strides, to, to_strides, begin,
                std::min(begin + kPiece, count));
    co_await budget.Spend(kPiece * kMoveWork);
  }
}

inline Task CopyRowInPieces(Budget& budget, const TensorView& to, const uint8_t* from,
                            int64_t from_step) {
  const int64_t count = to.NumElements();
  for (int64_t begin = 0; begin < count; begin += kPiece) {
    CopyRow(to.width(), std::min(kPiece, count - begin), from + begin * from_step, from_step,
            to.at(begin), to.width());
    co_await budget.Spend(kPiece * kMoveWork);
  }
}

}  // namespace moves_internal

// Fills `view` with copies of one element.
inline Task FillElements(Budget& budget, const TensorView& view, const void* element) {
  return moves_internal::CopyRowInPieces(budget, view, static_cast<const uint8_t*>(element), 0);
}

inline Task CopyElements(Budget& budget, const TensorView& from, const TensorView& to) {
  return moves_internal::CopyRowInPieces(budget, to, from.at(0), to.width());
}

// StridedCopy of all indices. The spans must live until the task has ended.
inline Task StridedCopyAll(Budget& budget, int width, std::span<const int64_t> dims,
                           const uint8_t* from, std::span<const int64_t> from_strides, uint8_t* to,
                           std::span<const int64_t> to_strides) {
  int64_t count = 1;
  for (int64_t dim : dims) count *= dim;
  if (count > moves_internal::kPiece) {
    return moves_internal::CopyInPieces(budget, width, dims, from, from_strides, to, to_strides,
                                        count);
  }
  StridedCopy(width, dims, from, from_strides, to, to_strides, 0, count);
  budget.Charge(moves_internal::kPieceWork + count * moves_internal::kMoveWork);
  return OkStatus();
}

// Results become their operands, tokens aside.
inline Task CopyOperands(const ReferenceArgs& args) {
  for (size_t i = 0; i < args.inputs.size(); ++i) {
    if (!args.op.operand_type(i).IsTensor()) continue;
    co_await CopyElements(args.budget, args.inputs[i], args.outputs[i]);
  }
}

// index . strides
inline int64_t Offset(std::span<const int64_t> index, std::span<const int64_t> strides) {
  int64_t offset = 0;
  for (size_t d = 0; d < index.size(); ++d) offset += index[d] * strides[d];
  return offset;
}

// An op whose result is its operand, read in another order: result[index] is the operand's element
// from + index . strides. Reference and kernel share it; cases written by hand tell whether it is
// right.
struct StridedSource {
  int64_t from = 0;
  std::vector<int64_t> strides;
};

template <StridedSource (*kSource)(const OpView& op)>
void SourceElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& result = args.outputs[0];
  const StridedSource source = kSource(args.op);
  StridedCopy(result.width(), result.dims(), args.inputs[0].at(source.from), source.strides,
              result.at(0), RowMajorStrides(result.dims()), begin, end);
}

inline int WidthOf(const TensorType& type) { return ByteWidth(type.StorageType()); }

// What choices of moves say, whose kernels are called "move.transpose" and the like.
inline std::string DescribeMove(const OpView& op) {
  return StrCat(ToString(op.operand(0)), " -> ", ToString(op.result()));
}
inline std::optional<KernelChoice> ProposeMove(const KernelRequest& request) {
  return KernelChoice{.sizes = DescribeMove(request.op)};
}

inline std::unique_ptr<MoveKernel> MakeMoveKernel(const OpView& op) {
  return std::make_unique<MoveKernel>(op.num_operands(), WidthOf(op.result()));
}

template <StridedSource (*kSource)(const OpView& op)>
Result<std::unique_ptr<Kernel>> SourceKernel(const KernelSite& site) {
  const OpView& op = site.op;
  const StridedSource source = kSource(op);
  std::unique_ptr<MoveKernel> kernel = MakeMoveKernel(op);
  kernel->Add(0, source.from, source.strides, 0, RowMajorStrides(op.result().dims),
              op.result().dims);
  return std::unique_ptr<Kernel>(std::move(kernel));
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
