// SPDX-License-Identifier: Apache-2.0
//
// Rewrites ops that are sugar into the simpler ones that their rows name (OpDef::expand), which are
// verified as if the program had been written with them: an `infer` of sugar need not know all that
// these ask.
#include <algorithm>

#include "core/graph/rewriter.h"
#include "core/graph/verifier.h"
#include "core/passes/pass.h"

namespace webhlo {

Status ExpandOps(const PassContext&, const Graph& source, Graph* target) {
  const auto expands = [](const Node& node) { return node.op && node.op->expand; };
  if (std::none_of(source.nodes.begin(), source.nodes.end(), expands)) return OkStatus();
  Rewriter rewriter(source, target, [&](Rewriter& r, const Node& node) {
    return expands(node) ? node.op->expand(r, node) : r.Clone(node);
  });
  RETURN_IF_ERROR(rewriter.Run());
  return Verify(*target);
}

}  // namespace webhlo
