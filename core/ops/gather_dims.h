// SPDX-License-Identifier: Apache-2.0
//
// Where the windows of gather and scatter lie: the index arithmetic both share. gather calls the
// indexed tensor operand and the windows result, scatter calls them inputs and updates.
#ifndef WEBHLO_CORE_OPS_GATHER_DIMS_H_
#define WEBHLO_CORE_OPS_GATHER_DIMS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/kernels/moves/places.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/start_indices.h"

namespace webhlo {

// gather's and scatter's dimension numbers under gather's names, with the attribute names that
// errors should show.
struct GatherDims {
  struct Names {
    std::string_view offset_dims, collapsed_slice_dims, operand_batching_dims,
        start_indices_batching_dims, start_index_map;
  };

  std::span<const int64_t> offset_dims, collapsed_slice_dims, operand_batching_dims,
      start_indices_batching_dims, start_index_map;
  int64_t index_vector_dim;

  GatherDims(const OpView& op, const Names& names)
      : offset_dims(op.Ints(names.offset_dims)),
        collapsed_slice_dims(op.Ints(names.collapsed_slice_dims)),
        operand_batching_dims(op.Ints(names.operand_batching_dims)),
        start_indices_batching_dims(op.Ints(names.start_indices_batching_dims)),
        start_index_map(op.Ints(names.start_index_map)),
        index_vector_dim(op.Int("index_vector_dim")) {}

  // Size 1 in the windows, and absent from them.
  bool IsDroppedFromWindow(int64_t d) const {
    return Contains(collapsed_slice_dims, d) || Contains(operand_batching_dims, d);
  }

  // shape(start_indices) without index_vector_dim.
  std::vector<int64_t> BatchSizes(std::span<const int64_t> start_indices) const {
    std::vector<int64_t> sizes;
    for (size_t d = 0; d < start_indices.size(); ++d) {
      if (static_cast<int64_t>(d) != index_vector_dim) sizes.push_back(start_indices[d]);
    }
    return sizes;
  }

  // combine: batch sizes at the dimensions that are not offset_dims, window sizes at offset_dims.
  std::vector<int64_t> Combine(std::span<const int64_t> batch_sizes,
                               std::span<const int64_t> window_sizes) const {
    std::vector<int64_t> combined;
    size_t batch = 0, window = 0;
    for (size_t d = 0; d < batch_sizes.size() + window_sizes.size(); ++d) {
      const bool is_window = Contains(offset_dims, static_cast<int64_t>(d));
      combined.push_back(is_window ? window_sizes[window++] : batch_sizes[batch++]);
    }
    return combined;
  }

  // `slice_sizes`: of a window in all dimensions of the operand.
  WindowShape WindowOf(std::span<const int64_t> operand, std::span<const int64_t> windows,
                       std::span<const int64_t> slice_sizes) const {
    const std::vector<int64_t> operand_strides = RowMajorStrides(operand);
    const std::vector<int64_t> windows_strides = RowMajorStrides(windows);
    WindowShape window;
    for (size_t d = 0; d < operand.size(); ++d) {
      if (IsDroppedFromWindow(static_cast<int64_t>(d))) continue;
      window.sizes.push_back(slice_sizes[d]);
      window.operand.push_back(operand_strides[d]);
    }
    for (int64_t d : offset_dims) {
      window.windows.push_back(windows_strides[static_cast<size_t>(d)]);
    }
    return window;
  }

  WindowPlaces PlacesOf(std::span<const int64_t> operand, const TensorType& indices,
                        std::span<const int64_t> windows,
                        std::span<const int64_t> slice_sizes) const {
    const std::vector<int64_t> operand_strides = RowMajorStrides(operand);
    const std::vector<int64_t> index_strides = RowMajorStrides(indices.dims);
    const std::vector<int64_t> windows_strides = RowMajorStrides(windows);
    WindowPlaces places{.indices = indices, .batches = {}, .starts = {}};
    // The dimensions of the windows that are not offset_dims are those of the indices but
    // index_vector_dim, in order.
    size_t index_dim = 0;
    for (size_t d = 0; d < windows.size(); ++d) {
      if (Contains(offset_dims, static_cast<int64_t>(d))) continue;
      if (static_cast<int64_t>(index_dim) == index_vector_dim) ++index_dim;
      WindowPlaces::Batch batch = {windows[d], index_strides[index_dim], 0, windows_strides[d]};
      for (size_t i = 0; i < operand_batching_dims.size(); ++i) {
        if (start_indices_batching_dims[i] == static_cast<int64_t>(index_dim)) {
          batch.operand = operand_strides[static_cast<size_t>(operand_batching_dims[i])];
        }
      }
      places.batches.push_back(batch);
      ++index_dim;
    }
    const size_t vector = static_cast<size_t>(index_vector_dim);
    for (size_t i = 0; i < start_index_map.size(); ++i) {
      const size_t d = static_cast<size_t>(start_index_map[i]);
      places.starts.push_back(
          {vector < index_strides.size() ? index_strides[vector] * static_cast<int64_t>(i) : 0,
           operand[d] - slice_sizes[d], operand_strides[d]});
    }
    places.Merge();
    return places;
  }
};

// Finds the start of each window. `windows` is the tensor that holds them all: gather's result,
// scatter's updates.
class WindowStarts {
 public:
  WindowStarts(const GatherDims& dims, const TensorView& operand, const TensorView& start_indices,
               std::span<const int64_t> windows_shape)
      : dims_(dims),
        start_indices_(start_indices),
        operand_strides_(RowMajorStrides(operand.dims())),
        indices_strides_(RowMajorStrides(start_indices.dims())),
        start_(operand.dims().size()) {
    const std::vector<int64_t> window_strides = RowMajorStrides(windows_shape);
    std::vector<int64_t> batch_dims, batch_strides;
    for (size_t d = 0; d < windows_shape.size(); ++d) {
      if (Contains(dims.offset_dims, static_cast<int64_t>(d))) {
        window_dims_.push_back(windows_shape[d]);
        window_strides_.push_back(window_strides[d]);
      } else {
        batch_dims.push_back(windows_shape[d]);
        batch_strides.push_back(window_strides[d]);
      }
    }
    for (int64_t d = 0; d < operand.rank(); ++d) {
      if (!dims.IsDroppedFromWindow(d)) {
        window_operand_strides_.push_back(operand_strides_[static_cast<size_t>(d)]);
      }
    }
    batches_.emplace(std::move(batch_dims), std::move(batch_strides));
  }

  // All windows, in the row-major order of the batch index.
  OffsetWalk& batches() { return *batches_; }
  // One window: its sizes, its strides within the windows' tensor and within the operand.
  std::span<const int64_t> window_dims() const { return window_dims_; }
  std::span<const int64_t> window_strides() const { return window_strides_; }
  std::span<const int64_t> window_operand_strides() const { return window_operand_strides_; }

  // full_start_index + full_batching_index of the current window, as start_indices have it.
  std::span<int64_t> Start() {
    const std::span<const int64_t> batch_index = batches_->index();
    int64_t at = 0;
    size_t batch = 0;
    int64_t vector_stride = 0;
    for (size_t d = 0; d < indices_strides_.size(); ++d) {
      if (static_cast<int64_t>(d) == dims_.index_vector_dim) {
        vector_stride = indices_strides_[d];
      } else {
        at += batch_index[batch++] * indices_strides_[d];
      }
    }
    std::fill(start_.begin(), start_.end(), 0);
    for (size_t d_start = 0; d_start < dims_.start_index_map.size(); ++d_start) {
      start_[static_cast<size_t>(dims_.start_index_map[d_start])] =
          LoadIndex(start_indices_, at + static_cast<int64_t>(d_start) * vector_stride);
    }
    for (size_t i = 0; i < dims_.operand_batching_dims.size(); ++i) {
      const int64_t d_start = dims_.start_indices_batching_dims[i];
      start_[static_cast<size_t>(dims_.operand_batching_dims[i])] =
          batch_index[static_cast<size_t>(d_start - (d_start < dims_.index_vector_dim ? 0 : 1))];
    }
    return start_;
  }

  int64_t OperandOffset(std::span<const int64_t> start) const {
    return Offset(start, operand_strides_);
  }

 private:
  const GatherDims& dims_;
  TensorView start_indices_;
  std::vector<int64_t> operand_strides_, indices_strides_, start_;
  std::vector<int64_t> window_dims_, window_strides_, window_operand_strides_;
  std::optional<OffsetWalk> batches_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_GATHER_DIMS_H_
