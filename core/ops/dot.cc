// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dot: the product of vectors and matrices, the last dimension of lhs with the first of
// rhs (https://www.tensorflow.org/xla/operation_semantics#dot; the specification has dot_general in
// its place).
#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType &lhs = op.operand(0), &rhs = op.operand(1);
  OP_CHECK(op, lhs.rank() >= 1 && lhs.rank() <= 2 && rhs.rank() >= 1 && rhs.rank() <= 2,
           "lhs has rank ", lhs.rank(), ", rhs has rank ", rhs.rank(),
           ", expected vectors or matrices");
  OP_CHECK(op, lhs.dims.back() == rhs.dims.front(), "lhs contracts ", lhs.dims.back(),
           " elements, rhs ", rhs.dims.front());
  OP_CHECK(op, lhs.element == rhs.element, "lhs has element type ", ElementTypeName(lhs.element),
           ", rhs ", ElementTypeName(rhs.element));
  return SetResult(
      op, results, 0, op.result().element,
      Concat(std::span(lhs.dims).first(lhs.dims.size() - 1), std::span(rhs.dims).subspan(1)));
}

Status Expand(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  std::vector<NamedAttribute> attributes = CopyAttributes(r.source(), node);  // precision_config
  attributes.push_back({"lhs_batching_dimensions", Attribute::Ints({})});
  attributes.push_back(
      {"lhs_contracting_dimensions", Attribute::Ints({e.op().operand(0).rank() - 1})});
  attributes.push_back({"rhs_batching_dimensions", Attribute::Ints({})});
  attributes.push_back({"rhs_contracting_dimensions", Attribute::Ints({0})});
  e.SetResult(0, e.Emit(ops::kDotGeneral, {e.Operand(0), e.Operand(1)}, e.op().result(),
                        std::move(attributes)));
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.dot", .infer = Infer, .expand = Expand}};

}  // namespace

WEBHLO_EXPORT_OPS(dot, kOps);

}  // namespace webhlo
