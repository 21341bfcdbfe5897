// SPDX-License-Identifier: Apache-2.0
//
// What a graph computes, as a value to look up by: the graph without its names and locations.
#ifndef WEBHLO_CORE_GRAPH_COMPUTATION_H_
#define WEBHLO_CORE_GRAPH_COMPUTATION_H_

#include <string>

#include "core/graph/graph.h"

namespace webhlo {

// Bytes that are equal for graphs which are equal but for names and locations, and for no others;
// those that say the same in another order are others. No text, and no format: of use within one
// version alone.
std::string ComputationKey(const Graph& graph);

// Appends what no other attribute appends.
void AppendKey(std::string* key, const Attribute& attribute);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_COMPUTATION_H_
