// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.custom_call: https://openxla.org/stablehlo/spec#custom_call
// Computed here: checks of test programs, and annotations that are the identity on one device. Any
// other target is the host's to compute (registerCustomCall).
#include "core/ops/custom_call.h"

#include "core/ops/check_eval.h"
#include "core/ops/dynamic.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

// Plain values, or tuples of such.
Status CheckValue(const OpView& op, const Type& type, std::string_view what) {
  if (type.kind != Type::Kind::kTuple) return CheckPlainValue(op, type, what);
  for (const Type& element : type.elements) RETURN_IF_ERROR(CheckValue(op, element, what));
  return OkStatus();
}

// JAX's exports say with it which operand holds the sizes of each result.
constexpr std::string_view kShapeOperands = "indices_of_shape_operands";

std::vector<int64_t> ShapeOperandsOf(const OpView& op) {
  const Attribute* indices = op.attribute(kShapeOperands);
  if (!indices || indices->kind() != Attribute::Kind::kInts) return {};
  return {indices->ints().begin(), indices->ints().end()};
}

uint64_t ShapeOperandMask(const OpView& op) {
  uint64_t mask = 0;
  for (int64_t i : ShapeOperandsOf(op)) {
    if (i >= 0 && i < 64) mask |= uint64_t{1} << i;
  }
  return mask;
}

Status Infer(const OpView& op, std::span<Type> results) {
  for (size_t i = 0; i < op.num_operands(); ++i) {
    RETURN_IF_ERROR(CheckValue(op, op.operand_type(i), StrCat("operand ", i)));
  }
  for (size_t i = 0; i < op.num_results(); ++i) {
    // Sizes may be free until they are known.
    RETURN_IF_ERROR(op.result_type(i).IsTensor()
                        ? CheckPlainElements(op, op.result_type(i), StrCat("result ", i))
                        : CheckValue(op, op.result_type(i), StrCat("result ", i)));
  }
  if (const std::vector<int64_t> indices = ShapeOperandsOf(op); !indices.empty()) {
    RETURN_IF_ERROR(CheckSize(op, kShapeOperands, indices, op.num_results(), "one a result"));
    RETURN_IF_ERROR(CheckRange(op, kShapeOperands, indices, static_cast<int64_t>(op.num_operands()),
                               "operands"));
    for (size_t i = 0; i < indices.size(); ++i) {
      const size_t operand = static_cast<size_t>(indices[i]);
      const int64_t rank[] = {op.result(i).rank()};
      RETURN_IF_ERROR(CheckIntegers(op, operand, StrCat("operand ", operand), rank, "sizes"));
      if (auto sizes = KnownInts(op, operand)) {
        RETURN_IF_ERROR(SetResult(op, results, i, op.result(i).element, std::move(*sizes)));
      }
    }
  }
  const std::string_view target = CustomCallTarget(op);
  if (IsCheckCall(target)) {
    OP_CHECK(op, op.num_operands() == 2 && op.operand_type(0).IsTensor(), target,
             " takes two tensors");
    OP_CHECK(op, op.operand_type(0) == op.operand_type(1), target, " compares ",
             ToString(op.operand_type(0)), " with ", ToString(op.operand_type(1)));
  } else if (IsIdentityCall(target)) {
    OP_CHECK(op, op.num_operands() == op.num_results(), target, " has ", op.num_operands(),
             " operands and ", op.num_results(), " results");
    for (size_t i = 0; i < op.num_operands(); ++i) {
      if (!(op.operand_type(i) == op.result_type(i))) {
        return op.UnsupportedError(StrCat(target, " makes ", ToString(op.result_type(i)), " of ",
                                          ToString(op.operand_type(i)),
                                          "; programs for several devices are not supported"));
      }
    }
  }
  return OkStatus();
}

Task Reference(const ReferenceArgs& args) {
  const std::string_view target = CustomCallTarget(args.op);
  if (IsCheckCall(target)) return EvaluateCheckCall(args.op, target, args.inputs);
  if (IsIdentityCall(target)) return CopyOperands(args);
  return args.op.UnsupportedError(StrCat("nothing computes the target \"", target, "\""));
}

constexpr OpDef kOps[] = {{.name = "stablehlo.custom_call",
                           .infer = Infer,
                           .reference = Reference,
                           .has_side_effect = true,
                           .foldable = false,
                           .shape_operands = ShapeOperandMask}};

}  // namespace

WEBHLO_EXPORT_OPS(custom_call, kOps);

}  // namespace webhlo
