// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.concatenate: https://openxla.org/stablehlo/spec#concatenate
#include "core/base/math.h"
#include "core/graph/layouts.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  // C3
  OP_CHECK(op, op.num_operands() > 0, "has no inputs (C3)");
  RETURN_IF_ERROR(CheckTensors(op, op.num_operands()));
  const TensorType& first = op.operand(0);
  const int64_t dimension = op.Int("dimension");
  // C4
  RETURN_IF_ERROR(CheckRange(op, "dimension", dimension, first.rank(), "C4"));
  const size_t d = static_cast<size_t>(dimension);
  std::vector<int64_t> dims = first.dims;
  dims[d] = 0;
  for (size_t i = 0; i < op.num_operands(); ++i) {
    const TensorType& input = op.operand(i);
    // C1
    RETURN_IF_ERROR(CheckElement(op, StrCat("input ", i), input.element, first.element, "C1"));
    // C2
    OP_CHECK(op, input.rank() == first.rank(), "input ", i, " has rank ", input.rank(),
             ", input 0 has rank ", first.rank(), " (C2)");
    for (size_t k = 0; k < dims.size(); ++k) {
      OP_CHECK(op, k == d || input.dims[k] == first.dims[k], "dim ", k, " of input ", i, " is ",
               input.dims[k], ", of input 0 is ", first.dims[k], " (C2)");
    }
    // C6
    OP_CHECK(op, CheckedAdd(dims[d], input.dims[d], &dims[d]), "dimension ", dimension,
             " of the result overflows (C6)");
  }
  // C5, C6
  return SetResult(op, results, 0, first.element, std::move(dims));
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& result = args.outputs[0];
  const size_t d = static_cast<size_t>(args.op.Int("dimension"));
  const std::vector<int64_t> strides = RowMajorStrides(result.dims());
  int64_t start = 0;  // d0 + ... + dk-1
  for (const TensorView& input : args.inputs) {
    const std::vector<int64_t> input_strides = RowMajorStrides(input.dims());
    co_await StridedCopyAll(args.budget, result.width(), input.dims(), input.at(0), input_strides,
                            result.at(start * strides[d]), strides);
    start += input.dims()[d];
  }
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const OpView& op = site.op;
  const size_t d = static_cast<size_t>(op.Int("dimension"));
  const std::vector<int64_t> strides = RowMajorStrides(op.result().dims);
  std::unique_ptr<MoveKernel> kernel = MakeMoveKernel(op);
  int64_t start = 0;  // d0 + ... + dk-1
  for (size_t k = 0; k < op.num_operands(); ++k) {
    const TensorType& input = op.operand(k);
    kernel->Add(k, 0, RowMajorStrides(input.dims), start * strides[d], strides, input.dims);
    start += input.dims[d];
  }
  return std::unique_ptr<Kernel>(std::move(kernel));
}

Status AssignLayout(Layouts& layouts, const Node& node) {
  const Graph& source = layouts.source();
  Rewriter& rewriter = layouts.rewriter();
  const ValueId result = node.results.begin;
  const size_t rank = source.tensor(result).dims.size();
  const Permutation p = layouts.CommonLayout(node, source.operands(node), rank);
  std::vector<ValueId> operands;
  for (ValueId operand : source.operands(node)) operands.push_back(layouts.Get(operand, p));
  const int64_t dimension = OpView(source, node).Int("dimension");
  const ValueId x =
      rewriter.Emit(ops::kConcatenate, operands, layouts.PhysicalType(result, p),
                    {{"dimension", Attribute::Int(p[static_cast<size_t>(dimension)])}},
                    rewriter.MapLocation(node.location));
  layouts.Define(result, x, p);
  return OkStatus();
}

constexpr KernelRow kKernels[] = {
    {.name = "move.concatenate", .propose = ProposeMove, .make = Make}};

constexpr OpDef kOps[] = {{.name = "stablehlo.concatenate",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(concatenate, kOps);

}  // namespace webhlo
