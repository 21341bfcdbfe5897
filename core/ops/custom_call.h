// SPDX-License-Identifier: Apache-2.0
//
// What custom calls mean by their target's name.
#ifndef WEBHLO_CORE_OPS_CUSTOM_CALL_H_
#define WEBHLO_CORE_OPS_CUSTOM_CALL_H_

#include <optional>
#include <string_view>

#include "core/graph/op_def.h"

namespace webhlo {

inline std::string_view CustomCallTarget(const OpView& op) { return op.String("call_target_name"); }

// Annotations for several devices; on one device they are the identity.
inline bool IsIdentityCall(std::string_view target) {
  return target == "Sharding" || target == "SPMDFullToShardShape" ||
         target == "SPMDShardToFullShape" || target == "annotate_device_placement" ||
         target.starts_with("xla.sdy.");
}

// Checks that test programs make of their results.
inline bool IsCheckCall(std::string_view target) { return target.starts_with("check."); }

// The op of ours that a target names, with the computations that are called as its regions.
inline std::optional<OpName> OpOfTarget(std::string_view target) {
  constexpr struct {
    std::string_view target;
    OpName op;
  } kTargets[] = {
      {"shape_assertion", ops::kWebhloShapeAssertion},
      {"dynamic_reduce_window", ops::kWebhloDynamicReduceWindow},
      {"dynamic_rng_bit_generator", ops::kWebhloDynamicRngBitGenerator},
      {"dynamic_top_k", ops::kWebhloDynamicTopK},
  };
  target.remove_prefix(target.find('.') + 1);  // The dialect, if there is one.
  for (const auto& row : kTargets) {
    if (row.target == target) return row.op;
  }
  return std::nullopt;
}

// Whether the host computes the call: its target is none that the core knows.
inline bool IsHostCall(const OpView& op) {
  return op.Is(ops::kCustomCall) && !IsIdentityCall(CustomCallTarget(op)) &&
         !IsCheckCall(CustomCallTarget(op));
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_CUSTOM_CALL_H_
