// SPDX-License-Identifier: Apache-2.0
//
// Tests of passes state a program's text before and after.
#ifndef WEBHLO_TESTS_CORE_PASSES_PASS_TESTING_H_
#define WEBHLO_TESTS_CORE_PASSES_PASS_TESTING_H_

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/graph/verifier.h"
#include "core/passes/pass.h"
#include "core/passes/pipeline.h"
#include "core/text/text.h"

namespace webhlo {

inline Graph Parse(std::string_view text) {
  Result<Graph> graph = ParseText(text);
  REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
  const Status status = Verify(*graph);
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  return std::move(*graph);
}

// The text as the printer writes it, so that tests may be laid out freely.
inline std::string Canonical(std::string_view text) { return Print(Parse(text)); }

// The program after the pass and after dead code is gone, verified. `weights`: which of @main's
// arguments are weights.
// What its arguments are, where it leaves sizes free: `argument_types`.
inline std::string After(PassFunction pass, std::string_view text, std::vector<bool> weights = {},
                         std::vector<Type> argument_types = {}) {
  const PipelineEntry passes[] = {{"the pass", pass, "it is tested"},
                                  {"eliminate-dead-code", EliminateDeadCode, "it leaves some"}};
  PassContext context{"main", std::move(weights)};
  context.argument_types = std::move(argument_types);
  const Graph before = Parse(text);
  Budget budget;
  Graph after;
  const Status status = RunToEnd(RunPasses(passes, context, before, {}, budget, &after));
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  const Status verified = Verify(after);
  REQUIRE_MESSAGE(verified.ok(), verified.ToString());
  return Print(after);
}

}  // namespace webhlo

#endif  // WEBHLO_TESTS_CORE_PASSES_PASS_TESTING_H_
