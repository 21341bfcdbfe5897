// SPDX-License-Identifier: Apache-2.0
//
// The verifier: after it nothing distrusts a graph again. Checks structure (ids, ranges, SSA order,
// nesting), attributes against the dialect table, sizes against the address space, and each op's
// Infer. A node that sizes reach which the program leaves free is not asked yet: the pass
// refine-shapes does, when they are known. Ops that the table lacks are gathered into one
// `unsupported` error that lists them all.
#ifndef WEBHLO_CORE_GRAPH_VERIFIER_H_
#define WEBHLO_CORE_GRAPH_VERIFIER_H_

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace webhlo {

// Regions nest at most this deep; importers refuse deeper programs.
inline constexpr int kMaxRegionDepth = 256;

// Syntax-level checks: every importer's output passes them, ops known or not.
Status VerifyStructure(const Graph& graph);
// VerifyStructure, then every node has an op whose Infer accepts it.
Status Verify(const Graph& graph);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_VERIFIER_H_
