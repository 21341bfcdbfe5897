// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.pad: https://openxla.org/stablehlo/spec#pad
#include "core/base/math.h"
#include "core/graph/layouts.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType& operand = op.operand(0);
  const TensorType& padding_value = op.operand(1);
  const auto low = op.Ints("edge_padding_low");
  const auto high = op.Ints("edge_padding_high");
  const auto interior = op.Ints("interior_padding");
  OP_CHECK(op, padding_value.rank() == 0, "padding_value has type ", ToString(padding_value),
           ", expected a scalar");
  // C1
  RETURN_IF_ERROR(CheckElement(op, "padding_value", padding_value.element, operand.element, "C1"));
  // C2
  RETURN_IF_ERROR(CheckSize(op, "edge_padding_low", low, operand.dims.size(), "C2"));
  RETURN_IF_ERROR(CheckSize(op, "edge_padding_high", high, operand.dims.size(), "C2"));
  RETURN_IF_ERROR(CheckSize(op, "interior_padding", interior, operand.dims.size(), "C2"));
  // C3
  RETURN_IF_ERROR(CheckAtLeast(op, "interior_padding", interior, 0, "C3"));
  // C4
  std::vector<int64_t> dims;
  for (size_t d = 0; d < operand.dims.size(); ++d) {
    int64_t dim;
    const bool fits = CheckedMul(std::max<int64_t>(operand.dims[d] - 1, 0), interior[d], &dim) &&
                      CheckedAdd(dim, operand.dims[d], &dim) && CheckedAdd(dim, low[d], &dim) &&
                      CheckedAdd(dim, high[d], &dim);
    OP_CHECK(op, fits && dim >= 0, "dimension ", d, " of ", operand.dims[d],
             " elements, padded by ", low[d], ", ", high[d], " and ", interior[d],
             " between, has no valid size (C4)");
    dims.push_back(dim);
  }
  return SetResult(op, results, 0, operand.element, std::move(dims));
}

// Element by element; the kernel finds the elements that stay by a calculation of its own.
Task Reference(const ReferenceArgs& args) {
  const TensorView& operand = args.inputs[0];
  const TensorView& result = args.outputs[0];
  const auto edge_padding_low = args.op.Ints("edge_padding_low");
  const auto interior_padding = args.op.Ints("interior_padding");
  const std::vector<int64_t> strides = RowMajorStrides(result.dims());
  co_await FillElements(args.budget, result, args.inputs[1].at(0));
  for (IndexIterator it(operand.dims()); !it.done(); it.Next()) {
    int64_t to = 0;
    bool inside = true;
    for (size_t d = 0; d < strides.size() && inside; ++d) {
      // result_index = edge_padding_low + operand_index * (interior_padding + 1), in a form that
      // does not overflow where there is one element and its padding absurdly large.
      const int64_t operand_index = it.index()[d];
      const int64_t result_index =
          edge_padding_low[d] + (operand_index + operand_index * interior_padding[d]);
      inside = 0 <= result_index && result_index < result.dims()[d];
      if (inside) to += result_index * strides[d];
    }
    if (inside) {
      std::memcpy(result.at(to), operand.at(it.linear()), static_cast<size_t>(result.width()));
    }
    co_await args.budget.Spend(16);
  }
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const OpView& op = site.op;
  const TensorType &operand = op.operand(0), &result = op.result();
  const auto low = op.Ints("edge_padding_low"), interior = op.Ints("interior_padding");
  std::unique_ptr<MoveKernel> kernel = MakeMoveKernel(op);
  const std::vector<int64_t> operand_strides = RowMajorStrides(operand.dims);
  const std::vector<int64_t> result_strides = RowMajorStrides(result.dims);
  // One copy of the elements that stay: in each dimension `count`, from `first` on, `step` apart.
  std::vector<int64_t> starts, counts, steps;
  bool is_dilated = false;
  int64_t from = 0, to = 0;
  for (size_t d = 0; d < low.size(); ++d) {
    const int64_t step = operand.dims[d] <= 1 ? 1 : interior[d] + 1;
    // ceil(-low / step), in a form that cannot overflow.
    const int64_t first = low[d] >= 0 ? 0 : -(low[d] + 1) / step + 1;
    const int64_t position = first < operand.dims[d] ? low[d] + first * step : result.dims[d];
    const int64_t room = result.dims[d] - 1 - position;
    if (room < 0) {  // Nothing of the operand is left.
      kernel->AddFill(1, result.NumElements());
      return std::unique_ptr<Kernel>(std::move(kernel));
    }
    starts.push_back(position);
    counts.push_back(std::min(operand.dims[d] - first, room / step + 1));
    is_dilated |= step > 1 && counts.back() > 1;
    steps.push_back(counts.back() == 1 ? 0 : step * result_strides[d]);
    from += first * operand_strides[d];
    to += position * result_strides[d];
  }
  if (is_dilated) {
    kernel->AddFill(1, result.NumElements());
  } else {
    // What is before and behind in each dimension, of what lies in the range of those before it.
    const std::vector<int64_t> scalar(low.size(), 0);
    std::vector<int64_t> sizes = result.dims;
    int64_t at = 0;
    for (size_t d = 0; d < low.size(); ++d) {
      const int64_t end = starts[d] + counts[d];
      sizes[d] = starts[d];
      kernel->Add(1, 0, scalar, at, result_strides, sizes);
      sizes[d] = result.dims[d] - end;
      kernel->Add(1, 0, scalar, at + end * result_strides[d], result_strides, sizes);
      sizes[d] = counts[d];
      at += starts[d] * result_strides[d];
    }
  }
  kernel->Add(0, from, operand_strides, to, steps, counts);
  return std::unique_ptr<Kernel>(std::move(kernel));
}

Status AssignLayout(Layouts& layouts, const Node& node) {
  return layouts.AssignSameRank(node,
                                {"edge_padding_low", "edge_padding_high", "interior_padding"});
}

constexpr KernelRow kKernels[] = {{.name = "move.pad", .propose = ProposeMove, .make = Make}};

constexpr OpDef kOps[] = {{.name = "stablehlo.pad",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(pad, kOps);

}  // namespace webhlo
