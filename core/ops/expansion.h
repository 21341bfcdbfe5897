// SPDX-License-Identifier: Apache-2.0
//
// Expansion: the words in which ops say what they expand into, over target values of a Rewriter.
#ifndef WEBHLO_CORE_OPS_EXPANSION_H_
#define WEBHLO_CORE_OPS_EXPANSION_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/graph/rewriter.h"

namespace webhlo {

class Expansion {
 public:
  Expansion(Rewriter& r, const Node& node)
      : r_(r), location_(r.MapLocation(node.location)), op_(r.source(), node) {}

  const OpView& op() const { return op_; }
  LocationId location() const { return location_; }
  ValueId Operand(size_t i) const { return r_.Map(op_.operand_id(i)); }
  const TensorType& type(ValueId x) const { return r_.type(x); }
  void SetResult(size_t i, ValueId x) { r_.SetMapped(op_.result_id(i), x); }

  ValueId Emit(OpName name, std::initializer_list<ValueId> operands, const TensorType& result,
               std::vector<NamedAttribute> attributes = {}) {
    return r_.Emit(name, operands, result, std::move(attributes), location_);
  }
  // An op whose result has its first operand's type.
  ValueId Emit(OpName name, std::initializer_list<ValueId> operands) {
    const TensorType result = type(*operands.begin());
    return Emit(name, operands, result);
  }
  ValueId Splat(double value, const TensorType& type) {
    return Emit(ops::kConstant, {}, type, {{"value", SplatOf(type, value)}});
  }
  ValueId Compare(std::string direction, ValueId a, ValueId b) {
    return Emit(ops::kCompare, {a, b}, TensorType(ElementType::kI1, type(a).dims),
                {{"comparison_direction", Attribute::String(std::move(direction))}});
  }
  ValueId Select(ValueId predicate, ValueId a, ValueId b) {
    const TensorType result = type(a);
    return Emit(ops::kSelect, {predicate, a, b}, result);
  }
  ValueId Convert(ValueId x, ElementType element) {
    if (type(x).element == element) return x;
    return Emit(ops::kConvert, {x}, TensorType(element, type(x).dims));
  }
  // Dimension i of x is dimension dims[i] of the result.
  ValueId Broadcast(ValueId x, std::vector<int64_t> dims, const TensorType& result) {
    if (type(x) == result) return x;
    return Emit(ops::kBroadcastInDim, {x}, result,
                {{"broadcast_dimensions", Attribute::Ints(std::move(dims))}});
  }
  ValueId Concatenate(const std::vector<ValueId>& parts, int64_t dimension,
                      const TensorType& result) {
    return r_.Emit(ops::kConcatenate, parts, result, {{"dimension", Attribute::Int(dimension)}},
                   location_);
  }
  // The sum over some dimensions.
  ValueId Sum(ValueId x, const std::vector<int64_t>& dimensions) {
    if (dimensions.empty()) return x;
    const ValueId zero = Splat(0, TensorType(type(x).element, {}));
    return r_.EmitReduce(ops::kAdd, x, zero, dimensions, location_);
  }

 private:
  Rewriter& r_;
  const LocationId location_;
  const OpView op_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_EXPANSION_H_
