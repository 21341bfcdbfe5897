// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.after_all and stablehlo.create_token: https://openxla.org/stablehlo/spec#after_all
// Tokens have no bytes. What they order, ops with side effects, keeps the program's order anyhow.
#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckCounts(op, op.Is(ops::kCreateToken) ? 0 : op.num_operands(), 1));
  const Type token = Type::Of(Type::Kind::kToken);
  for (size_t i = 0; i < op.num_operands(); ++i) {
    RETURN_IF_ERROR(CheckType(op, StrCat("operand ", i), op.operand_type(i), token, "inputs"));
  }
  results[0] = token;
  return OkStatus();
}

// Whatever stands for one of them stands for all.
Status ExpandAfterAll(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const Type token = Type::Of(Type::Kind::kToken);
  e.SetResult(0, node.operands.size > 0 ? e.Operand(0)
                                        : r.EmitNode(ops::kCreateToken, {}, std::span(&token, 1),
                                                     {}, {}, r.MapLocation(node.location)));
  return OkStatus();
}

Task CreateToken(const ReferenceArgs&) { return OkStatus(); }

constexpr OpDef kOps[] = {
    {.name = "stablehlo.after_all", .infer = Infer, .expand = ExpandAfterAll},
    {.name = "stablehlo.create_token", .infer = Infer, .reference = CreateToken, .foldable = false},
};

}  // namespace

WEBHLO_EXPORT_OPS(tokens, kOps);

}  // namespace webhlo
