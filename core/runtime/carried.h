// SPDX-License-Identifier: Apache-2.0
//
// What loops carry from trip to trip.
#ifndef WEBHLO_CORE_RUNTIME_CARRIED_H_
#define WEBHLO_CORE_RUNTIME_CARRIED_H_

#include <vector>

#include "core/graph/graph.h"

namespace webhlo {

// For each argument of a loop's body: the result that takes its place in the next trip, if the node
// that computes it is the last one to read the argument, so that one may be written over the other;
// else kNone.
std::vector<ValueId> ResultsOverCarried(const Graph& graph, const Region& body);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_CARRIED_H_
