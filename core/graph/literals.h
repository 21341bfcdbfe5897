// SPDX-License-Identifier: Apache-2.0
//
// The elements of stablehlo.constant, as passes look at them and make them.
#ifndef WEBHLO_CORE_GRAPH_LITERALS_H_
#define WEBHLO_CORE_GRAPH_LITERALS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "core/graph/graph.h"

namespace webhlo {

// The elements of a stablehlo.constant node, or null.
const DenseElements* ConstantElements(const Graph& graph, const Node* node);
// A constant all of whose elements are equal (a splat, or one element).
const DenseElements* SplatElements(const Graph& graph, const Node* node);
// The value of a splat constant of any real type, widened.
std::optional<double> SplatValue(const Graph& graph, const Node* node);
// All elements of a literal of integers.
std::vector<int64_t> IntegersOf(const DenseElements& elements);
// A splat of the given element's bytes with another shape.
Attribute SplatOf(const DenseElements& splat, const TensorType& type);
Attribute SplatOf(const TensorType& type, double value);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_LITERALS_H_
