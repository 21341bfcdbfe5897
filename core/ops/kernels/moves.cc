// SPDX-License-Identifier: Apache-2.0
//
// Kernels of the ops that only move elements: each is one or more strided copies, whose strides are
// the specification's index formulas.
#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "core/kernels/parallel.h"
#include "core/kernels/strided_copy.h"
#include "core/ops/gather_dims.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_kernels.h"
#include "core/ops/start_indices.h"

namespace webhlo {
namespace {

int WidthOf(const TensorType& type) { return ByteWidth(type.StorageType()); }

int64_t Dot(std::span<const int64_t> a, std::span<const int64_t> b) {
  int64_t sum = 0;
  for (size_t d = 0; d < a.size(); ++d) sum += a[d] * b[d];
  return sum;
}

std::string DescribeMove(const OpView& op) {
  std::string_view name = op.name();
  name.remove_prefix(std::min(name.size(), std::string_view("stablehlo.").size()));
  return StrCat("move.", name, " ", ToString(op.operand(0)), " -> ", ToString(op.result()));
}

// Copies of operands to places in the result, perhaps over a background.
class MoveKernel : public Kernel {
 public:
  explicit MoveKernel(const OpView& op)
      : num_operands_(op.num_operands()),
        width_(WidthOf(op.result())),
        result_size_(op.result().NumElements()),
        description_(DescribeMove(op)) {}

  // Fills the result with a scalar operand.
  void AddFill(size_t operand) {
    AddPart({operand, 0, 0, StridedCopier::Fill(width_, result_size_)});
  }

  // Offsets are in elements. Parts are written in the order in which they were added.
  void Add(size_t operand, int64_t from, std::span<const int64_t> from_strides, int64_t to,
           std::span<const int64_t> to_strides, std::span<const int64_t> sizes) {
    AddPart({operand, from * width_, to * width_,
             StridedCopier(width_, sizes, from_strides, to_strides)});
  }

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    uint8_t* result = static_cast<uint8_t*>(args[num_operands_]);
    pieces_.Run(pieces, pool, [&](size_t i, int64_t begin, int64_t end) {
      const Part& part = parts_[i];
      part.copier.Run(static_cast<const uint8_t*>(args[part.operand]) + part.from, result + part.to,
                      begin, end);
    });
  }

  std::string Describe() const override { return description_; }

 private:
  struct Part {
    size_t operand;
    int64_t from, to;  // Bytes.
    StridedCopier copier;
  };
  void AddPart(Part part) {
    pieces_.Add(part.copier.items(), part.copier.item_cost());
    parts_.push_back(std::move(part));
  }

  const size_t num_operands_;
  const int width_;
  const int64_t result_size_;
  const std::string description_;
  std::vector<Part> parts_;
  Pieces pieces_;
};

// A kernel of one copy that writes the whole result.
std::unique_ptr<Kernel> WholeResult(const OpView& op, int64_t from,
                                    std::span<const int64_t> from_strides) {
  auto kernel = std::make_unique<MoveKernel>(op);
  kernel->Add(0, from, from_strides, 0, RowMajorStrides(op.result().dims), op.result().dims);
  return kernel;
}

// Start indices of dynamic slices: scalar operands, clamped, as an offset in elements.
class StartOffset {
 public:
  StartOffset(const OpView& op, size_t first_operand, std::span<const int64_t> sizes)
      : first_(first_operand), strides_(RowMajorStrides(op.operand(0).dims)) {
    for (size_t d = 0; d < strides_.size(); ++d) room_.push_back(op.operand(0).dims[d] - sizes[d]);
    if (!room_.empty()) type_ = op.operand(first_operand);
  }

  int64_t Get(void* const* args) const {
    int64_t offset = 0;
    for (size_t d = 0; d < room_.size(); ++d) {
      const int64_t start = LoadIndex(TensorView(&type_, args[first_ + d]), 0);
      offset += std::clamp<int64_t>(start, 0, room_[d]) * strides_[d];
    }
    return offset;
  }

 private:
  const size_t first_;
  const std::vector<int64_t> strides_;
  std::vector<int64_t> room_;  // dim - size
  TensorType type_;            // That of every start index.
};

class DynamicSliceKernel : public Kernel {
 public:
  explicit DynamicSliceKernel(const OpView& op)
      : num_operands_(op.num_operands()),
        width_(WidthOf(op.result())),
        start_(op, 1, op.result().dims),
        copier_(width_, op.result().dims, RowMajorStrides(op.operand(0).dims),
                RowMajorStrides(op.result().dims)),
        pieces_(copier_.items(), copier_.item_cost()),
        description_(DescribeMove(op)) {}

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const uint8_t* from = static_cast<const uint8_t*>(args[0]) + start_.Get(args) * width_;
    pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      copier_.Run(from, args[num_operands_], begin, end);
    });
  }
  std::string Describe() const override { return description_; }

 private:
  const size_t num_operands_;
  const int width_;
  const StartOffset start_;
  const StridedCopier copier_;
  const Pieces pieces_;
  const std::string description_;
};

class DynamicUpdateSliceKernel : public Kernel {
 public:
  explicit DynamicUpdateSliceKernel(const OpView& op)
      : num_operands_(op.num_operands()),
        width_(WidthOf(op.result())),
        start_(op, 2, op.operand(1).dims),
        whole_(width_, op.result().dims, RowMajorStrides(op.result().dims),
               RowMajorStrides(op.result().dims)),
        update_(width_, op.operand(1).dims, RowMajorStrides(op.operand(1).dims),
                RowMajorStrides(op.result().dims)),
        description_(DescribeMove(op)) {
    pieces_.Add(whole_.items(), whole_.item_cost());
    pieces_.Add(update_.items(), update_.item_cost());
  }

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    uint8_t* result = static_cast<uint8_t*>(args[num_operands_]);
    if (args[0] != result) {
      pieces_.RunLoop(0, pieces, pool,
                      [&](int64_t begin, int64_t end) { whole_.Run(args[0], result, begin, end); });
    }
    uint8_t* place = result + start_.Get(args) * width_;
    pieces_.RunLoop(1, pieces, pool,
                    [&](int64_t begin, int64_t end) { update_.Run(args[1], place, begin, end); });
  }
  int in_place_operand() const override { return 0; }
  std::string Describe() const override { return description_; }

 private:
  const size_t num_operands_;
  const int width_;
  const StartOffset start_;
  const StridedCopier whole_, update_;
  Pieces pieces_;
  const std::string description_;
};

// One window of the operand for each index vector. All is precomputed but the index vectors.
class GatherKernel : public Kernel {
 public:
  GatherKernel(const OpView& op, const GatherDims& dims)
      : width_(WidthOf(op.result())), indices_type_(op.operand(1)), description_(DescribeMove(op)) {
    const std::vector<int64_t> operand_strides = RowMajorStrides(op.operand(0).dims);
    const std::vector<int64_t> index_strides = RowMajorStrides(op.operand(1).dims);
    const std::vector<int64_t> result_strides = RowMajorStrides(op.result().dims);
    const std::span<const int64_t> slice_sizes = op.Ints("slice_sizes");
    std::vector<int64_t> window_sizes, from_strides, to_strides;
    for (size_t d = 0; d < operand_strides.size(); ++d) {
      if (dims.IsDroppedFromWindow(static_cast<int64_t>(d))) continue;
      window_sizes.push_back(slice_sizes[d]);
      from_strides.push_back(operand_strides[d]);
    }
    for (int64_t d : dims.offset_dims) to_strides.push_back(result_strides[static_cast<size_t>(d)]);
    window_ = StridedCopier(width_, window_sizes, from_strides, to_strides);

    size_t index_dim = 0;
    for (size_t d = 0; d < result_strides.size(); ++d) {
      if (Contains(dims.offset_dims, static_cast<int64_t>(d))) continue;
      if (static_cast<int64_t>(index_dim) == dims.index_vector_dim) ++index_dim;
      Batch batch = {op.result().dims[d], index_strides[index_dim], 0, result_strides[d] * width_};
      for (size_t i = 0; i < dims.operand_batching_dims.size(); ++i) {
        if (dims.start_indices_batching_dims[i] == static_cast<int64_t>(index_dim)) {
          batch.operand = operand_strides[static_cast<size_t>(dims.operand_batching_dims[i])];
        }
      }
      windows_ *= batch.size;
      batches_.push_back(batch);
      ++index_dim;
    }
    const size_t vector = static_cast<size_t>(dims.index_vector_dim);
    for (size_t i = 0; i < dims.start_index_map.size(); ++i) {
      const size_t d = static_cast<size_t>(dims.start_index_map[i]);
      starts_.push_back(
          {vector < index_strides.size() ? index_strides[vector] * static_cast<int64_t>(i) : 0,
           op.operand(0).dims[d] - slice_sizes[d], operand_strides[d]});
    }
    pieces_.Add(windows_ * window_.items(), window_.item_cost() + 200);
  }

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const uint8_t* operand = static_cast<const uint8_t*>(args[0]);
    const TensorView indices(&indices_type_, args[1]);
    uint8_t* result = static_cast<uint8_t*>(args[2]);
    pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      for (int64_t item = begin; item < end;) {
        const int64_t window = item / window_.items();
        const int64_t first = item - window * window_.items();
        const int64_t last = std::min(window_.items(), first + end - item);
        int64_t rest = window, at = 0, from = 0, to = 0;
        for (size_t b = batches_.size(); b-- > 0;) {
          const Batch& batch = batches_[b];
          const int64_t i = rest % batch.size;
          rest /= batch.size;
          at += i * batch.indices;
          from += i * batch.operand;
          to += i * batch.result;
        }
        for (const Start& start : starts_) {
          from += std::clamp<int64_t>(LoadIndex(indices, at + start.indices), 0, start.room) *
                  start.operand;
        }
        window_.Run(operand + from * width_, result + to, first, last);
        item += last - first;
      }
    });
  }
  std::string Describe() const override { return description_; }

 private:
  // A dimension of the result that numbers windows; steps in elements, but bytes in the result.
  struct Batch {
    int64_t size, indices, operand, result;
  };
  // An element of an index vector.
  struct Start {
    int64_t indices, room, operand;
  };
  const int width_;
  const TensorType indices_type_;
  const std::string description_;
  StridedCopier window_;
  int64_t windows_ = 1;
  Pieces pieces_;  // The items of all windows, one window after the other.
  std::vector<Batch> batches_;
  std::vector<Start> starts_;
};

}  // namespace

Result<std::unique_ptr<Kernel>> MakeTransposeKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  const std::vector<int64_t> operand_strides = RowMajorStrides(op.operand(0).dims);
  // result_index[d] = operand_index[permutation[d]]
  std::vector<int64_t> strides;
  for (int64_t d : op.Ints("permutation"))
    strides.push_back(operand_strides[static_cast<size_t>(d)]);
  return WholeResult(op, 0, strides);
}

Result<std::unique_ptr<Kernel>> MakeSliceKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  const auto starts = op.Ints("start_indices"), steps = op.Ints("strides");
  const std::vector<int64_t> operand_strides = RowMajorStrides(op.operand(0).dims);
  // operand_index = start_indices + result_index * strides
  std::vector<int64_t> strides(steps.size());
  for (size_t d = 0; d < steps.size(); ++d) {
    strides[d] = op.result().dims[d] <= 1 ? 0 : steps[d] * operand_strides[d];
  }
  return WholeResult(op, Dot(starts, operand_strides), strides);
}

Result<std::unique_ptr<Kernel>> MakeReverseKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  std::vector<int64_t> strides = RowMajorStrides(op.operand(0).dims);
  // operand_index[d] = dim(result, d) - result_index[d] - 1 if d in dimensions
  int64_t start = 0;
  for (int64_t dimension : op.Ints("dimensions")) {
    const size_t d = static_cast<size_t>(dimension);
    start += (op.result().dims[d] - 1) * strides[d];
    strides[d] = -strides[d];
  }
  return WholeResult(op, start, strides);
}

Result<std::unique_ptr<Kernel>> MakeBroadcastInDimKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  const TensorType& operand = op.operand(0);
  const auto broadcast_dimensions = op.Ints("broadcast_dimensions");
  const std::vector<int64_t> operand_strides = RowMajorStrides(operand.dims);
  // operand_index[d] = dim(operand, d) = 1 ? 0 : result_index[broadcast_dimensions[d]]
  std::vector<int64_t> strides(op.result().dims.size(), 0);
  for (size_t d = 0; d < operand.dims.size(); ++d) {
    if (operand.dims[d] != 1) {
      strides[static_cast<size_t>(broadcast_dimensions[d])] = operand_strides[d];
    }
  }
  return WholeResult(op, 0, strides);
}

Result<std::unique_ptr<Kernel>> MakeConcatenateKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  const size_t d = static_cast<size_t>(op.Int("dimension"));
  const std::vector<int64_t> strides = RowMajorStrides(op.result().dims);
  auto kernel = std::make_unique<MoveKernel>(op);
  int64_t start = 0;  // d0 + ... + dk-1
  for (size_t k = 0; k < op.num_operands(); ++k) {
    const TensorType& input = op.operand(k);
    kernel->Add(k, 0, RowMajorStrides(input.dims), start * strides[d], strides, input.dims);
    start += input.dims[d];
  }
  return std::unique_ptr<Kernel>(std::move(kernel));
}

Result<std::unique_ptr<Kernel>> MakePadKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  const TensorType &operand = op.operand(0), &result = op.result();
  const auto low = op.Ints("edge_padding_low"), interior = op.Ints("interior_padding");
  auto kernel = std::make_unique<MoveKernel>(op);
  const std::vector<int64_t> operand_strides = RowMajorStrides(operand.dims);
  const std::vector<int64_t> result_strides = RowMajorStrides(result.dims);
  // result_index = edge_padding_low + operand_index * (interior_padding + 1), for the operand
  // indices whose result index is in bounds.
  std::vector<int64_t> counts, steps;
  int64_t from = 0, to = 0;
  for (size_t d = 0; d < low.size(); ++d) {
    const int64_t step = operand.dims[d] <= 1 ? 1 : interior[d] + 1;
    // ceil(-low / step), in a form that cannot overflow.
    const int64_t first = low[d] >= 0 ? 0 : -(low[d] + 1) / step + 1;
    const int64_t position = first < operand.dims[d] ? low[d] + first * step : result.dims[d];
    const int64_t room = result.dims[d] - 1 - position;
    if (room < 0) {  // Nothing of the operand is left.
      kernel->AddFill(1);
      return std::unique_ptr<Kernel>(std::move(kernel));
    }
    counts.push_back(std::min(operand.dims[d] - first, room / step + 1));
    steps.push_back(counts.back() == 1 ? 0 : step * result_strides[d]);
    from += first * operand_strides[d];
    to += position * result_strides[d];
  }
  if (counts != result.dims) kernel->AddFill(1);
  kernel->Add(0, from, operand_strides, to, steps, counts);
  return std::unique_ptr<Kernel>(std::move(kernel));
}

Result<std::unique_ptr<Kernel>> MakeDynamicSliceKernel(const KernelRequest& request) {
  return std::unique_ptr<Kernel>(std::make_unique<DynamicSliceKernel>(request.op));
}

Result<std::unique_ptr<Kernel>> MakeDynamicUpdateSliceKernel(const KernelRequest& request) {
  return std::unique_ptr<Kernel>(std::make_unique<DynamicUpdateSliceKernel>(request.op));
}

Result<std::unique_ptr<Kernel>> MakeGatherKernel(const KernelRequest& request) {
  // Collapsing an empty slice leaves elements that come from nowhere: the reference knows.
  if (Contains(request.op.Ints("slice_sizes"), 0)) return std::unique_ptr<Kernel>();
  const GatherDims dims(request.op, {"offset_dims", "collapsed_slice_dims", "operand_batching_dims",
                                     "start_indices_batching_dims", "start_index_map"});
  return std::unique_ptr<Kernel>(std::make_unique<GatherKernel>(request.op, dims));
}

}  // namespace webhlo
