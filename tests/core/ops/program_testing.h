// SPDX-License-Identifier: Apache-2.0
//
// A node under test from a program's text.
#ifndef WEBHLO_TESTS_CORE_OPS_PROGRAM_TESTING_H_
#define WEBHLO_TESTS_CORE_OPS_PROGRAM_TESTING_H_

#include <string_view>

#include "core/graph/verifier.h"
#include "core/text/text.h"
#include "tests/core/ops/elementwise_testing.h"

namespace webhlo::elementwise_testing {

// The program's first node of this name outside of regions.
inline TestGraph Program(std::string_view text, OpName name) {
  Result<Graph> graph = ParseText(text);
  REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
  const Status status = Verify(*graph);
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  TestGraph test{.graph = std::move(*graph), .node = kNone};
  const Region& main = test.graph.regions[test.graph.functions[0].body];
  for (NodeId id = main.nodes.begin; id < main.nodes.end(); ++id) {
    if (test.node == kNone && test.graph.nodes[id].name == name) test.node = id;
  }
  REQUIRE(test.node != kNone);
  return test;
}

}  // namespace webhlo::elementwise_testing

#endif  // WEBHLO_TESTS_CORE_OPS_PROGRAM_TESTING_H_
