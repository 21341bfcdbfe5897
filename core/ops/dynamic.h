// SPDX-License-Identifier: Apache-2.0
//
// Dynamic ops say with operands what their static sisters say with attributes and result types.
// Once the values of these operands are known (OpDef::shape_operands) such an op is its sister: it
// expands into it, and its constraints are the sister's. Where the values are not known and the
// program states the sizes of the result all the same, it is believed.
#ifndef WEBHLO_CORE_OPS_DYNAMIC_H_
#define WEBHLO_CORE_OPS_DYNAMIC_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/graph/dialect.h"
#include "core/graph/literals.h"
#include "core/graph/rewriter.h"
#include "core/ops/infer_util.h"

namespace webhlo {

template <uint64_t kMask>
uint64_t ShapeOperands(const OpView&) {
  return kMask;
}

// The static op that a dynamic one is.
struct Sister {
  OpName name;
  size_t num_operands;  // The first ones of the dynamic op.
  std::vector<NamedAttribute> attributes;
};

// The elements of operand i, where they are known.
inline std::optional<std::vector<int64_t>> KnownInts(const OpView& op, size_t i) {
  const DenseElements* literal = op.literal(i);
  if (!literal) return std::nullopt;
  return IntegersOf(*literal);
}

// Operand i is a tensor of integers; of this shape, if one is given.
inline Status CheckIntegers(const OpView& op, size_t i, std::string_view name,
                            std::span<const int64_t> shape, std::string_view label) {
  const TensorType& type = op.operand(i);
  OP_CHECK(op, IsInteger(type.element), name, " has type ", ToString(type), ", expected integers");
  return CheckShape(op, name, type, shape, label);
}

// The operand's value is needed, and nobody knows it.
inline Status UnknownOperand(const OpView& op, size_t i) {
  return op.UnsupportedError(
      StrCat("operand ", i, " decides sizes, and depends on the values of inputs"));
}

// The sister with the operands behind its own as attributes of these names, which are lists of
// integers; an error where a value is not known.
inline Result<Sister> WithIntsOf(const OpView& op, Sister sister,
                                 std::span<const std::string_view> names) {
  for (size_t i = 0; i < names.size(); ++i) {
    const size_t operand = sister.num_operands + i;
    std::optional<std::vector<int64_t>> values = KnownInts(op, operand);
    if (!values) return UnknownOperand(op, operand);
    sister.attributes.push_back({std::string(names[i]), Attribute::Ints(std::move(*values))});
  }
  return sister;
}

// The constraints of the sister, with `results` as they are so far.
inline Status InferSister(const OpView& op, const Sister& sister, std::span<Type> results) {
  Graph graph;
  GraphBuilder builder(&graph);
  builder.BeginRegion();
  std::vector<ValueId> operands;
  for (size_t i = 0; i < sister.num_operands; ++i) {
    operands.push_back(builder.AddArgument(op.operand_type(i)));
  }
  // A computation of these types, since the op has checked its own.
  std::vector<RegionId> regions;
  for (size_t i = 0; i < op.num_regions(); ++i) {
    std::vector<ValueId> values;
    regions.push_back(builder.BeginRegion());
    for (uint32_t k = 0; k < op.region(i).arguments.size; ++k) {
      values.push_back(builder.AddArgument(op.graph().type(op.region(i).arguments.begin + k)));
    }
    builder.EndRegion(std::span(values).first(op.num_results()));
  }
  std::vector<NamedAttribute> attributes = sister.attributes;
  builder.AddNode(sister.name, operands, results, std::move(attributes), regions);
  const Node node = builder.last_node();
  const Status status = node.op->infer(OpView(graph, node), results);
  return status.ok() ? status : status.WithContext(DescribeNode(op.graph(), op.node()));
}

// As far as they can be told: they say nothing while values are not known.
inline Status InferSister(const OpView& op, const Result<Sister>& sister, std::span<Type> results) {
  return sister.ok() ? InferSister(op, *sister, results) : OkStatus();
}

// An op whose result `sized` has the sizes that operand `shape` holds: dynamic_iota, ...
inline Status InferSized(const OpView& op, size_t shape, std::string_view name,
                         std::string_view label, const Sister& sister, std::span<Type> results,
                         size_t sized = 0) {
  const int64_t rank[] = {op.result(sized).rank()};
  RETURN_IF_ERROR(CheckIntegers(op, shape, name, rank, label));
  if (const auto sizes = KnownInts(op, shape)) {
    RETURN_IF_ERROR(CheckAtLeast(op, name, *sizes, 0, label));
    RETURN_IF_ERROR(SetResult(op, results, sized, op.result(sized).element, *sizes));
  }
  return results[sized].IsFree() ? OkStatus() : InferSister(op, sister, results);
}

// Emits the sister that `find` tells of the node, with its results' types; an error where values
// are not known.
inline Status EmitSister(Rewriter& r, const Node& node, Result<Sister> (*find)(const OpView& op)) {
  const std::vector<const DenseElements*> literals = r.Literals(node);
  const OpView op(r.source(), node, literals);
  ASSIGN_OR_RETURN(Sister sister, find(op));
  WEBHLO_CHECK(NormalizeAttributes(FindSyntax(sister.name), &sister.attributes).ok());
  std::vector<ValueId> operands = r.MapAll(r.source().operands(node));
  operands.resize(sister.num_operands);
  std::vector<RegionId> regions;
  for (RegionId region : r.source().regions_of(node)) {
    ASSIGN_OR_RETURN(const RegionId id, r.CloneRegion(region));
    regions.push_back(id);
  }
  std::vector<Type> results;
  for (size_t i = 0; i < op.num_results(); ++i) results.push_back(op.result_type(i));
  const ValueId first = r.EmitNode(sister.name, operands, results, std::move(sister.attributes),
                                   regions, r.MapLocation(node.location));
  for (size_t i = 0; i < results.size(); ++i) {
    r.SetMapped(op.result_id(i), first + static_cast<ValueId>(i));
  }
  return OkStatus();
}

template <Result<Sister> (*kFind)(const OpView& op)>
Status ExpandSister(Rewriter& r, const Node& node) {
  return EmitSister(r, node, kFind);
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_DYNAMIC_H_
