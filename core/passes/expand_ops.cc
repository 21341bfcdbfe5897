// SPDX-License-Identifier: Apache-2.0
//
// Rewrites ops that are sugar into the simpler ones that their rows name (OpDef::expand), which are
// verified as if the program had been written with them: an `infer` of sugar need not know all that
// these ask. Sugar that expands into sugar takes another round.
#include <algorithm>
#include <utility>

#include "core/graph/rewriter.h"
#include "core/graph/verifier.h"
#include "core/passes/pass.h"

namespace webhlo {

Status ExpandOps(const PassContext& context, const Graph& source, Graph* target) {
  const auto expands = [](const Node& node) { return node.op && node.op->expand; };
  if (std::none_of(source.nodes.begin(), source.nodes.end(), expands)) return OkStatus();
  Rewriter rewriter(source, target, [&](Rewriter& r, const Node& node) {
    return expands(node) ? node.op->expand(r, node) : r.Clone(node);
  });
  RETURN_IF_ERROR(rewriter.Run());
  RETURN_IF_ERROR(Verify(*target));
  Graph next;
  RETURN_IF_ERROR(ExpandOps(context, *target, &next));
  if (!next.functions.empty()) *target = std::move(next);
  return OkStatus();
}

}  // namespace webhlo
