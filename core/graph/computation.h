// SPDX-License-Identifier: Apache-2.0
//
// What a graph computes, as a value to look up by: the graph without its names and locations.
#ifndef WEBHLO_CORE_GRAPH_COMPUTATION_H_
#define WEBHLO_CORE_GRAPH_COMPUTATION_H_

#include <cstddef>

#include "core/graph/graph.h"

namespace webhlo {

// Whether two graphs are equal but for names and locations; those that say the same in another
// order are not.
bool SameComputation(const Graph& a, const Graph& b);
// Equal for graphs that are the same computation.
size_t HashComputation(const Graph& graph);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_COMPUTATION_H_
