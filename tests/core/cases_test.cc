// SPDX-License-Identifier: Apache-2.0
//
// Runs the programs of tests/cases/*.mlir, which check their own results: by the reference
// interpreter, and compiled, with references and with kernels. Every op of the table must appear in
// one.
#include "tests/core/cases.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/graph/dialect.h"
#include "core/graph/op_def.h"
#include "core/graph/verifier.h"
#include "core/passes/pass.h"
#include "core/runtime/check_program.h"
#include "core/runtime/reference_interpreter.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

// What the interpreter runs.
Graph WithoutSugar(const Graph& graph) {
  Graph current = graph;
  for (const PassFunction pass : {DecodeChlo, ResolveTuples, ExpandQuantized, ExpandOps}) {
    Graph next;
    const Status status = pass({}, current, &next);
    REQUIRE_MESSAGE(status.ok(), status.ToString());
    if (!next.functions.empty()) current = std::move(next);
  }
  return current;
}

TEST_CASE("every case passes by the references, and every op has one") {
  std::set<std::string_view> covered;
  for (const Case& test : Cases()) {
    CAPTURE(test.name);
    Result<Graph> graph = ParseText(test.text, test.name);
    CHECK_MESSAGE(graph.ok(), graph.status().ToString());
    if (!graph.ok()) continue;
    const Status verified = Verify(*graph);
    CHECK_MESSAGE(verified.ok(), verified.ToString());
    if (!verified.ok()) continue;
    const Graph expanded = WithoutSugar(*graph);
    for (const Function& function : expanded.functions) {
      if (function.is_private) continue;
      const Status status = Interpret(expanded, function, {}).status();
      CHECK_MESSAGE(status.ok(), status.ToString());
    }
    for (const Node& node : graph->nodes) covered.insert(node.op->name);
  }
  for (const OpSyntax& syntax : AllSyntax()) {
    if (!FindOp(*FindOpName(syntax.name))) continue;
    CAPTURE(std::string(syntax.name));
    CHECK_MESSAGE(covered.contains(syntax.name), "an op without a case");
  }
}

// A clock that stands still, looked at before all work: every slice is over wherever it may be.
double StandingClock() { return 0; }

TEST_CASE("every case passes by references that are left and gone on with wherever they can be") {
  int64_t pauses = 0;
  for (const Case& test : Cases()) {
    CAPTURE(test.name);
    const Result<Graph> parsed = ParseText(test.text, test.name);
    REQUIRE_MESSAGE(parsed.ok(), parsed.status().ToString());
    REQUIRE(Verify(*parsed).ok());
    const Graph graph = WithoutSugar(*parsed);
    for (const Function& function : graph.functions) {
      if (function.is_private) continue;
      Budget budget(StandingClock, /*between_looks=*/0);
      budget.StartSlice(0);
      ReferenceInterpreter interpreter(graph, budget);
      std::vector<AlignedBuffer> buffers;
      std::vector<TensorView> results;
      for (ValueId value : graph.results(graph.regions[function.body])) {
        Result<AlignedBuffer> buffer =
            TryAllocate(static_cast<uint64_t>(graph.tensor(value).ByteSize()), "a result");
        REQUIRE(buffer.ok());
        buffers.push_back(std::move(*buffer));
        results.emplace_back(&graph.tensor(value), buffers.back().data());
      }
      Task task = interpreter.Run(function.body, {}, results);
      while (!task.Resume()) ++pauses;
      CHECK_MESSAGE(task.status().ok(), task.status().ToString());
    }
  }
  CHECK(pauses > 5000);
}

void RunCompiled(PlanOptions::Engine engine) {
  for (const Case& test : Cases()) {
    const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(test.text.data()),
                                         test.text.size());
    for (const CheckOutcome& outcome : CheckProgram(bytes, test.name, {.engine = engine})) {
      CAPTURE(test.name);
      CAPTURE(outcome.name);
      CHECK_MESSAGE(outcome.status.ok(), outcome.status.ToString());
    }
  }
}

TEST_CASE("every case passes compiled to references") {
  RunCompiled(PlanOptions::Engine::kReference);
}

TEST_CASE("every case passes compiled to kernels") { RunCompiled(PlanOptions::Engine::kKernel); }

}  // namespace
}  // namespace webhlo
