// SPDX-License-Identifier: Apache-2.0
//
// Gathers the tables of all op files into one, by the numbers of their names.
#include "core/ops/op_table.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/check.h"
#include "core/jit/lanes.h"

namespace webhlo {

#define WEBHLO_OPS(stem) extern const std::span<const OpDef> kOps_##stem;
#include "core/ops/op_table.inc"
#undef WEBHLO_OPS

namespace {

constexpr const std::span<const OpDef>* kFiles[] = {
#define WEBHLO_OPS(stem) &kOps_##stem,
#include "core/ops/op_table.inc"
#undef WEBHLO_OPS
};

}  // namespace

void UseOps() {
  static constinit std::array<const OpDef*, static_cast<size_t>(OpName::kCount)> rows{};
  if (FindOp(ops::kAdd)) return;
  for (const std::span<const OpDef>* file : kFiles) {
    for (const OpDef& op : *file) {
      const std::optional<OpName> name = FindOpName(op.name);
      WEBHLO_CHECK(name.has_value());
      const OpDef*& row = rows[static_cast<size_t>(*name)];
      WEBHLO_CHECK(row == nullptr);
      row = &op;
    }
  }
  SetOpTable(rows);
}

const void* FindLaneFunction(std::string_view name) {
  const size_t dot = name.rfind('.');
  const std::optional<OpName> op_name = FindOpName(name.substr(0, dot));
  const auto* lane =
      std::find(std::begin(jit::kLaneNames), std::end(jit::kLaneNames), name.substr(dot + 1));
  WEBHLO_CHECK(op_name && lane != std::end(jit::kLaneNames));
  return FindOp(*op_name)->elementwise->lane_function(
      static_cast<jit::Lane>(lane - std::begin(jit::kLaneNames)));
}

}  // namespace webhlo
