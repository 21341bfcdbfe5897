// SPDX-License-Identifier: Apache-2.0
//
// Gathers the tables of all op files into one list sorted by name.
#include "core/ops/op_table.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

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

std::vector<const OpDef*> SortedOps() {
  std::vector<const OpDef*> ops;
  for (const std::span<const OpDef>* file : kFiles) {
    for (const OpDef& op : *file) ops.push_back(&op);
  }
  std::sort(ops.begin(), ops.end(),
            [](const OpDef* a, const OpDef* b) { return a->name < b->name; });
  for (size_t i = 1; i < ops.size(); ++i) WEBHLO_CHECK(ops[i - 1]->name != ops[i]->name);
  return ops;
}

}  // namespace

std::span<const OpDef* const> AllOps() {
  // Never destroyed: graphs may outlive static destruction.
  static const std::vector<const OpDef*>& ops = *new std::vector<const OpDef*>(SortedOps());
  return ops;
}

void UseOps() {
  static constinit std::array<const OpDef*, static_cast<size_t>(OpName::kCount)> rows{};
  if (FindOp(ops::kAdd)) return;
  for (const OpDef* op : AllOps()) {
    const std::optional<OpName> name = FindOpName(op->name);
    WEBHLO_CHECK(name.has_value());
    rows[static_cast<size_t>(*name)] = op;
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
