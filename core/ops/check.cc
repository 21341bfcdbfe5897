// SPDX-License-Identifier: Apache-2.0
//
// The check dialect of StableHLO's interpreter tests: check.expect_eq, check.expect_close and their
// kin, which compare a result with what was expected of it.
#include "core/ops/check_eval.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status InferPair(const OpView& op, std::span<Type>) {
  RETURN_IF_ERROR(CheckTensors(op, 2, 0));
  OP_CHECK(op, op.operand_type(0) == op.operand_type(1), "actual has type ",
           ToString(op.operand_type(0)), ", expected has type ", ToString(op.operand_type(1)));
  return OkStatus();
}

Status InferConst(const OpView& op, std::span<Type>) {
  RETURN_IF_ERROR(CheckTensors(op, 1, 0));
  const DenseElements& value = op.attribute("value")->dense();
  OP_CHECK(op, value.type == op.operand(0), "actual has type ", ToString(op.operand(0)),
           ", expected has type ", ToString(value.type));
  const int64_t elements = value.splat ? 1 : value.type.NumElements();
  OP_CHECK(op, static_cast<int64_t>(value.bytes.size()) == elements * ByteWidth(value.type.element),
           "value has ", value.bytes.size(), " bytes for ", elements, " elements");
  return OkStatus();
}

// Runs `check(actual, expected)` with the constant that stands in the attribute `value`.
template <typename Check>
Status WithConst(const ReferenceArgs& args, Check check) {
  const DenseElements& value = args.op.attribute("value")->dense();
  if (!value.splat) {
    return check(args.inputs[0], TensorView(&value.type, const_cast<uint8_t*>(value.bytes.data())));
  }
  std::vector<uint8_t> expanded;
  const int64_t count = value.type.NumElements();
  for (int64_t i = 0; i < count; ++i) {
    expanded.insert(expanded.end(), value.bytes.begin(), value.bytes.end());
  }
  return check(args.inputs[0], TensorView(&value.type, expanded.data()));
}

constexpr double kTolerance = 1e-4;

Task ExpectEq(const ReferenceArgs& args) {
  return CheckEqual(args.op.name(), args.inputs[0], args.inputs[1]);
}

Task ExpectEqConst(const ReferenceArgs& args) {
  return WithConst(args, [&](const TensorView& actual, const TensorView& expected) {
    return CheckEqual(args.op.name(), actual, expected);
  });
}

Task ExpectAlmostEq(const ReferenceArgs& args) {
  return CheckAlmostEqual(args.op.name(), args.inputs[0], args.inputs[1],
                          args.op.Float("tolerance", kTolerance));
}

Task ExpectAlmostEqConst(const ReferenceArgs& args) {
  return WithConst(args, [&](const TensorView& actual, const TensorView& expected) {
    return CheckAlmostEqual(args.op.name(), actual, expected,
                            args.op.Float("tolerance", kTolerance));
  });
}

Task ExpectClose(const ReferenceArgs& args) {
  return CheckClose(args.op.name(), args.inputs[0], args.inputs[1],
                    static_cast<uint64_t>(args.op.Int("min_ulp_difference", 0)),
                    static_cast<uint64_t>(args.op.Int("max_ulp_difference", 1)));
}

constexpr OpDef kOps[] = {
    {.name = "check.expect_almost_eq",
     .infer = InferPair,
     .reference = ExpectAlmostEq,
     .has_side_effect = true},
    {.name = "check.expect_almost_eq_const",
     .infer = InferConst,
     .reference = ExpectAlmostEqConst,
     .has_side_effect = true},
    {.name = "check.expect_close",
     .infer = InferPair,
     .reference = ExpectClose,
     .has_side_effect = true},
    {.name = "check.expect_eq", .infer = InferPair, .reference = ExpectEq, .has_side_effect = true},
    {.name = "check.expect_eq_const",
     .infer = InferConst,
     .reference = ExpectEqConst,
     .has_side_effect = true},
};

}  // namespace

WEBHLO_EXPORT_OPS(check, kOps);

}  // namespace webhlo
