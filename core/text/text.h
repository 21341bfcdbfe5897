// SPDX-License-Identifier: Apache-2.0
//
// StableHLO's text, both ways: what Print writes, ParseText reads back to the same graph (locations
// included only when asked for). How a thing is written and how it is read stand in one file:
//
//   lexer, tokens                      characters, words, numbers
//   types, locations                   what values and nodes have
//   attributes, stablehlo_attributes,  facts of a node: in general, StableHLO's structures, and
//     dense                            constant elements
//   ops, op_types, regions             an op in its generic form, and what is in it
//   format, format_parts, whole_ops    an op in its pretty form, as OpSyntax::format describes it
//   functions, module                  what is around ops
//
// core/graph/ needs words for its messages, and nothing there can include this folder: so types are
// written by ToString (core/graph/type.h), and DescribeNode (core/graph/graph.h) names a node.
#ifndef WEBHLO_CORE_TEXT_TEXT_H_
#define WEBHLO_CORE_TEXT_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace webhlo {

struct PrintOptions {
  bool locations = false;
  // Constants of more elements than this print as `dense_resource<elided>`-like ellipses, for
  // humans only (such text does not read back). Negative: never elide.
  int64_t elide_elements_above = -1;
};

// Values are numbered %0, %1, ... in order, arguments %arg0, ...; defaults are absent, so equal
// graphs print equally.
std::string Print(const Graph& graph, const PrintOptions& options = {});
// One node on one line (or more, with regions), as it would stand in Print.
std::string PrintNode(const Graph& graph, const Node& node, const PrintOptions& options = {});
// An attribute in text form: `dense<1.0> : tensor<2xf32>`, `[1, 2]`, `"text"`.
std::string PrintAttribute(const Attribute& attribute, const PrintOptions& options = {});

// A graph that nothing has verified yet. Messages and locations name the file.
Result<Graph> ParseText(std::string_view text, std::string_view file_name = "<input>");
// The programs of a text file that separates several by `// -----` lines; most hold one.
std::vector<std::string_view> SplitTextFile(std::string_view text);

}  // namespace webhlo

#endif  // WEBHLO_CORE_TEXT_TEXT_H_
