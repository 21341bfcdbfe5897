// SPDX-License-Identifier: Apache-2.0
//
// Chooses how tensors lie in memory. Convolutions and pools run on NHWC whatever the program says,
// dot_general becomes a row-major (batched) matrix product, and transposes are not executed where
// they are written but carried along lazily (core/graph/layouts.h). Elementwise ops, reductions,
// broadcasts, slices, concatenations and matrix products take any permutation in and pass one on,
// so most transposes meet their inverse and vanish; the others are materialized at the ops that
// need the written order. Transposes of constants cost nothing at run time: they move to the init
// plan.
#include <algorithm>

#include "core/graph/layouts.h"
#include "core/graph/rewriter.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

bool AllTensors(const Graph& graph, const Node& node) {
  const auto is_tensor = [&](ValueId v) { return graph.type(v).IsTensor(); };
  const auto operands = graph.operands(node);
  bool all = std::all_of(operands.begin(), operands.end(), is_tensor);
  for (uint32_t i = 0; i < node.results.size; ++i) all &= is_tensor(node.results.begin + i);
  return all;
}

}  // namespace

Status AssignLayouts(const PassContext& context, const Graph& source, Graph* target) {
  // Elementwise ops alone, and those that need the written order, change nothing.
  if (std::none_of(source.nodes.begin(), source.nodes.end(),
                   [](const Node& node) { return node.op && node.op->assign_layout; })) {
    return OkStatus();
  }
  Layouts* layouts = nullptr;
  Rewriter rewriter(source, target, [&](Rewriter&, const Node& node) {
    if (!AllTensors(source, node)) return layouts->KeepWritten(node);
    if (node.op && node.op->assign_layout) return node.op->assign_layout(*layouts, node);
    if (IsElementwise(node)) return layouts->AssignElementwise(node);
    return layouts->KeepWritten(node);
  });
  Layouts all(source, ConstantValues(source, context), rewriter);
  layouts = &all;
  rewriter.set_region_end([&](const Region& region) {
    for (ValueId result : source.results(region)) all.MaterializeMapped(result);
    return OkStatus();
  });
  return rewriter.Run();
}

}  // namespace webhlo
