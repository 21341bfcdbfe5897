// SPDX-License-Identifier: Apache-2.0
//
// Prints a graph as StableHLO's pretty text. The text importer reads the output back to the same
// graph (locations included only when asked for). Values are numbered %0, %1, ... in order,
// arguments %arg0, ...; defaults are absent, so equal graphs print equally.
#ifndef WEBHLO_CORE_GRAPH_PRINTER_H_
#define WEBHLO_CORE_GRAPH_PRINTER_H_

#include <string>

#include "core/graph/graph.h"

namespace webhlo {

struct PrintOptions {
  bool locations = false;
  // Constants of more elements than this print as `dense_resource<elided>`-like ellipses, for
  // humans only (such text does not read back). Negative: never elide.
  int64_t elide_elements_above = -1;
};

std::string Print(const Graph& graph, const PrintOptions& options = {});
// One node on one line (or more, with regions), as it would stand in Print.
std::string PrintNode(const Graph& graph, const Node& node, const PrintOptions& options = {});
// An attribute in text form: `dense<1.0> : tensor<2xf32>`, `[1, 2]`, `"text"`.
std::string PrintAttribute(const Attribute& attribute, const PrintOptions& options = {});

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_PRINTER_H_
