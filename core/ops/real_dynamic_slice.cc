// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.real_dynamic_slice: stablehlo.slice with bounds that are computed. The specification
// leaves it out; the constraints are those of
// https://openxla.org/stablehlo/spec#slice
#include <algorithm>
#include <iterator>

#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"
#include "core/ops/slices.h"

namespace webhlo {
namespace {

constexpr std::string_view kNames[] = {"start_indices", "limit_indices", "strides"};

Result<Sister> Slice(const OpView& op) { return WithIntsOf(op, {ops::kSlice, 1, {}}, kNames); }

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 4));
  const TensorType& operand = op.operand(0);
  // C1
  RETURN_IF_ERROR(CheckElement(op, "result", op.result().element, operand.element, "C1"));
  // C2
  const int64_t rank[] = {operand.rank()};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    RETURN_IF_ERROR(CheckIntegers(op, 1 + i, kNames[i], rank, "C2"));
  }
  // C3-C5
  return InferSister(op, Slice(op), results);
}

// Whether equal ops of equal operands make both values, as far as so many steps tell.
bool IsSame(Rewriter& r, ValueId a, ValueId b, int* steps) {
  if (a == b) return true;
  const Node *x = r.Def(a), *y = r.Def(b);
  if (--*steps < 0 || !x || !y || x->name != y->name || !IsPure(*x)) return false;
  if (x->results.size != 1 || y->results.size != 1 || x->regions.size + y->regions.size > 0) {
    return false;
  }
  const Graph& graph = r.target();
  if (!std::ranges::equal(graph.attributes(*x), graph.attributes(*y))) return false;
  return graph.type(a) == graph.type(b) &&
         std::ranges::equal(graph.operands(*x), graph.operands(*y),
                            [&](ValueId m, ValueId n) { return IsSame(r, m, n, steps); });
}

// What the slice takes of each dimension where its limits are its start and a literal, as JAX
// exports lax.dynamic_slice of symbolic sizes.
std::optional<std::vector<int64_t>> SizesBehindStart(Rewriter& r, ValueId start, ValueId limit) {
  const Node* add = r.Def(limit);
  if (!add || add->name != ops::kAdd) return std::nullopt;
  const std::span<const ValueId> terms = r.target().operands(*add);
  for (int i = 0; i < 2; ++i) {
    const DenseElements* sizes = ConstantElements(r.target(), r.Def(terms[1 - i]));
    int steps = 64;
    if (sizes && IsSame(r, start, terms[i], &steps)) return IntegersOf(*sizes);
  }
  return std::nullopt;
}

// With a start that only a run knows, but a size that is known, it is a dynamic_slice.
Result<bool> Refine(Rewriter& r, const Node& node) {
  const OpView op(r.source(), node);
  // What is malformed is its Infer's to tell.
  if (op.num_operands() != 4 || op.num_results() != 1) return false;
  const std::vector<ValueId> operands = r.MapAll(r.source().operands(node));
  const std::vector<const DenseElements*> literals = r.Literals(node);
  if (literals[1] || !literals[3]) return false;
  const std::vector<int64_t> strides = IntegersOf(*literals[3]);
  if (std::ranges::any_of(strides, [](int64_t stride) { return stride != 1; })) return false;
  const std::optional<std::vector<int64_t>> sizes = SizesBehindStart(r, operands[1], operands[2]);
  if (!sizes || !r.target().type(operands[0]).IsTensor() ||
      r.type(operands[0]).dims.size() != sizes->size() ||
      r.type(operands[1]).dims != std::vector<int64_t>{r.type(operands[0]).rank()}) {
    return false;
  }
  const TensorType& operand = r.type(operands[0]);
  for (size_t d = 0; d < sizes->size(); ++d) {
    OP_CHECK(op, (*sizes)[d] >= 0 && (*sizes)[d] <= operand.dims[d], "takes ", (*sizes)[d], " of ",
             operand.dims[d], " elements of dimension ", d, " (C3)");
  }
  const TensorType result(operand.element, *sizes);
  OP_CHECK(op, Admits(op.result(), result), "result 0 is declared as ", ToString(op.result()),
           ", but is ", ToString(result));
  const LocationId location = r.MapLocation(node.location);
  const ElementType index = r.type(operands[1]).element;
  std::vector<ValueId> arguments = {operands[0]};
  for (int64_t d = 0; d < operand.rank(); ++d) {
    const ValueId one = r.Emit(ops::kSlice, {operands[1]}, TensorType(index, {1}),
                               SliceAttributes({d}, {1}), location);
    arguments.push_back(r.Emit(ops::kReshape, {one}, TensorType(index, {}), {}, location));
  }
  r.SetMapped(op.result_id(0), r.Emit(ops::kDynamicSlice, arguments, result,
                                      {{"slice_sizes", Attribute::Ints(*sizes)}}, location));
  return true;
}

constexpr OpDef kOps[] = {{.name = "stablehlo.real_dynamic_slice",
                           .infer = Infer,
                           .expand = ExpandSister<Slice>,
                           .shape_operands = ShapeOperands<0b1110>,
                           .refine = Refine}};

}  // namespace

WEBHLO_EXPORT_OPS(real_dynamic_slice, kOps);

}  // namespace webhlo
