// SPDX-License-Identifier: Apache-2.0
//
// webhlo.dynamic_reduce_window: stablehlo.reduce_window with its window as operands, behind N
// inputs and N init values. JAX's exports have it as custom_call @stablehlo.dynamic_reduce_window.
#include <iterator>

#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

constexpr std::string_view kNames[] = {"window_dimensions", "window_strides", "base_dilations",
                                       "window_dilations", "padding"};

// Inputs and init values.
size_t NumArrays(const OpView& op) { return op.num_operands() - std::size(kNames); }

Result<Sister> ReduceWindow(const OpView& op) {
  return WithIntsOf(op, {ops::kReduceWindow, NumArrays(op), {}}, kNames);
}

Status Infer(const OpView& op, std::span<Type> results) {
  const size_t n = op.num_results();
  OP_CHECK(op, n > 0 && op.num_regions() == 1 && op.num_operands() == 2 * n + std::size(kNames),
           "has ", op.num_operands(), " operands, ", n, " results and ", op.num_regions(),
           " computations, expected N inputs, N init values, 5 operands, N results and 1 "
           "computation (C1)");
  RETURN_IF_ERROR(CheckTensors(op));
  const int64_t shape[] = {op.operand(0).rank(), 2};
  std::vector<ElementType> elements;
  for (size_t i = 0; i < n; ++i) elements.push_back(op.operand(i).element);
  for (size_t i = 0; i < std::size(kNames); ++i) {
    const bool pairs = kNames[i] == "padding";
    RETURN_IF_ERROR(CheckIntegers(op, 2 * n + i, kNames[i], std::span(shape, pairs ? 2 : 1),
                                  pairs ? "C12" : "C4, C6, C8, C10"));
  }
  // C13
  RETURN_IF_ERROR(CheckReducer(op, 0, elements, "C13").status());
  // C2, C3, C5, C7, C9, C11, C14-C16
  return InferSister(op, ReduceWindow(op), results);
}

uint64_t WindowOperands(const OpView& op) {
  const size_t arrays = NumArrays(op);
  return arrays < 32 ? uint64_t{0b11111} << arrays : 0;
}

constexpr OpDef kOps[] = {{.name = "webhlo.dynamic_reduce_window",
                           .infer = Infer,
                           .expand = ExpandSister<ReduceWindow>,
                           .shape_operands = WindowOperands}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_dynamic_reduce_window, kOps);

}  // namespace webhlo
