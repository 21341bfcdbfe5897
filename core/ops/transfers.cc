// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.infeed, outfeed, send and recv: https://openxla.org/stablehlo/spec#infeed
// What they exchange with the host becomes a custom call of the op's name, with infeed_config,
// outfeed_config or the channel's id as its backend_config: registerCustomCall("stablehlo.infeed",
// ...) gives a program its infeed, and without that it ends as with any custom call that nobody
// computes. Their tokens order what has side effects, which keeps the program's order anyhow. What
// they exchange with another device is an error.
#include <algorithm>

#include "core/ops/devices.h"
#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

// Any number of tensors, then a token.
Status CheckTensorsAndToken(const OpView& op, std::span<const Type> types, std::string_view what,
                            std::string_view tensors_label, std::string_view token_label) {
  OP_CHECK(op, !types.empty(), "has no ", what, "s, expected a token (", token_label, ")");
  for (const Type& type : types.first(types.size() - 1)) {
    OP_CHECK(op, type.IsTensor(), what, " of type ", ToString(type), ", expected a tensor (",
             tensors_label, ")");
    RETURN_IF_ERROR(CheckPlainTensor(op, type, what));
  }
  return CheckType(op, StrCat("the last ", what), types.back(), Type::Of(Type::Kind::kToken),
                   token_label);
}

// A token in; tensors and a token out.
Status InferIn(const OpView& op, std::span<const Type> results) {
  RETURN_IF_ERROR(CheckCounts(op, 1, op.num_results()));
  RETURN_IF_ERROR(
      CheckType(op, "operand", op.operand_type(0), Type::Of(Type::Kind::kToken), "token"));
  OP_CHECK(op, !results.empty(), "has no results (C1)");
  return CheckTensorsAndToken(op, results, "result", "C2", "C3");
}

// Tensors and a token in; a token out.
Status InferOut(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckCounts(op, op.num_operands(), 1));
  RETURN_IF_ERROR(CheckTensorsAndToken(op, OperandTypes(op), "operand", "inputs", "token"));
  results[0] = Type::Of(Type::Kind::kToken);
  return OkStatus();
}

enum ChannelType : int64_t { kDeviceToDevice = 1, kDeviceToHost = 2, kHostToDevice = 3 };

Status CheckChannel(const OpView& op, ChannelType host) {
  RETURN_IF_ERROR(CheckSourceTargetPairs(op));
  const int64_t expected = op.Bool("is_host_transfer") ? host : kDeviceToDevice;
  OP_CHECK(op, op.Int("channel_type") == expected, "channel_type is ", op.Int("channel_type"),
           ", expected ", expected, " (C5)");
  return OkStatus();
}

Status InferInfeed(const OpView& op, std::span<Type> results) { return InferIn(op, results); }

Status InferRecv(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(InferIn(op, results));
  return CheckChannel(op, kHostToDevice);
}

Status InferSend(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(InferOut(op, results));
  return CheckChannel(op, kDeviceToHost);
}

Status Expand(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const OpView& op = e.op();
  if (op.has("channel_type") && !op.Bool("is_host_transfer")) {
    const std::span<const int64_t> pairs = op.Ints("source_target_pairs");
    const int64_t last = pairs.empty() ? 1 : *std::max_element(pairs.begin(), pairs.end());
    return ManyDevicesError(op, std::max<int64_t>(last, 1) + 1);
  }
  std::vector<ValueId> operands;
  for (size_t i = 0; i + 1 < op.num_operands(); ++i) operands.push_back(e.Operand(i));
  std::vector<Type> results;
  for (size_t i = 0; i + 1 < op.num_results(); ++i) results.push_back(op.result_type(i));
  std::string config(op.String(op.Is(ops::kInfeed) ? "infeed_config" : "outfeed_config"));
  if (op.has("channel_type")) config = StrCat(op.Int("channel_id"));
  const ValueId first = r.EmitNode(ops::kCustomCall, operands, results,
                                   {{"backend_config", Attribute::String(std::move(config))},
                                    {"call_target_name", Attribute::String(std::string(op.name()))},
                                    {"has_side_effect", Attribute::Bool(true)}},
                                   {}, r.MapLocation(node.location));
  for (size_t i = 0; i < results.size(); ++i) e.SetResult(i, first + static_cast<ValueId>(i));
  // The token is the last operand's.
  e.SetResult(results.size(), e.Operand(op.num_operands() - 1));
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.infeed", .infer = InferInfeed, .expand = Expand},
    {.name = "stablehlo.outfeed", .infer = InferOut, .expand = Expand},
    {.name = "stablehlo.recv", .infer = InferRecv, .expand = Expand},
    {.name = "stablehlo.send", .infer = InferSend, .expand = Expand},
};

}  // namespace

WEBHLO_EXPORT_OPS(transfers, kOps);

}  // namespace webhlo
