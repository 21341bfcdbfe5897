// SPDX-License-Identifier: Apache-2.0
//
// Tests of text state programs and what is said of them, which names the file t.mlir.
#ifndef WEBHLO_TESTS_CORE_TEXT_TEXT_TESTING_H_
#define WEBHLO_TESTS_CORE_TEXT_TEXT_TESTING_H_

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "core/graph/verifier.h"
#include "core/text/text.h"

namespace webhlo {

inline Graph Parsed(std::string_view text) {
  Result<Graph> graph = ParseText(text, "t.mlir");
  REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
  const Status status = VerifyStructure(*graph);
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  return std::move(*graph);
}

inline Status ErrorOf(std::string_view text) { return ParseText(text, "t.mlir").status(); }

// A function @main of these arguments whose lines begin at the file's second.
inline std::string Wrapped(std::string_view body, std::string_view arguments = "") {
  return "func.func @main(" + std::string(arguments) + ") {\n" + std::string(body) +
         "\nreturn\n}\n";
}

inline void CheckError(std::string_view text, std::string_view message) {
  CHECK(ErrorOf(text).message() == message);
}

// Reads and prints one op whose operands are %arg0, %arg1, ... of the given types; both spellings
// have to print as the first.
inline void CheckOp(std::string_view arguments, std::string_view op, std::string_view other = {}) {
  const Graph graph = Parsed(Wrapped(op, arguments));
  const Node& node = graph.nodes[graph.regions[graph.functions[0].body].nodes.begin];
  CHECK(PrintNode(graph, node) == op);
  const std::string whole = Print(graph);
  CHECK(Print(Parsed(whole)) == whole);
  if (!other.empty()) CHECK(Print(Parsed(Wrapped(other, arguments))) == whole);
}

}  // namespace webhlo

#endif  // WEBHLO_TESTS_CORE_TEXT_TEXT_TESTING_H_
