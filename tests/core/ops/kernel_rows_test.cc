// SPDX-License-Identifier: Apache-2.0
//
// Every kernel of every op's rows against the reference, on the nodes of the programs of
// tests/cases. Nobody lists them: a kernel that no program reaches is an error, so a new one is
// here with its op's case.
#include <set>
#include <string>
#include <vector>

#include "core/graph/dialect.h"
#include "core/graph/uses.h"
#include "core/graph/verifier.h"
#include "core/ops/op_table.h"
#include "core/text/text.h"
#include "tests/core/cases.h"
#include "tests/core/ops/engines_testing.h"

namespace webhlo::elementwise_testing {
namespace {

// Sums of products of small integers are exact, in whatever order; functions and transforms are
// not.
constexpr int64_t kUlps = 8;

// Nothing is constant; all is; all but the first operand, as weights are, which may be stored in
// fewer bits.
constexpr std::pair<uint64_t, Precision> kRequests[] = {{0, Precision::kF32},
                                                        {~uint64_t{0}, Precision::kF32},
                                                        {~uint64_t{1}, Precision::kF32},
                                                        {~uint64_t{1}, Precision::kBf16},
                                                        {~uint64_t{1}, Precision::kInt8},
                                                        {~uint64_t{0}, Precision::kInt8}};

// Whether the node can be run by itself.
bool StandsAlone(const Graph& graph, const Node& node) {
  for (ValueId v : graph.operands(node)) {
    if (!graph.type(v).IsTensor() || !graph.tensor(v).IsStatic()) return false;
  }
  for (RegionId region : graph.regions_of(node)) {
    if (!CapturedValues(graph, region).empty()) return false;
  }
  return true;
}

using Rows = std::set<std::pair<std::string_view, std::string_view>>;

void CheckNode(const OpView& op, const GraphIndex& index, TestRandom& random, ThreadPool& pool,
               Rows* tried) {
  std::vector<Tensor> inputs =
      InputsOf(op, index, [&](Tensor& tensor) { FillSmall(tensor.view(), random); });
  std::vector<Tensor> expected = ByReference(op, inputs);
  for (const KernelRow& row : op.node().op->kernels) {
    for (const auto& [constants, precision] : kRequests) {
      jit::ModuleBuilder builder({.shared_memory = jit::kSharedMemory});
      std::optional<KernelChoice> choice =
          row.propose({.op = op,
                       .constant_operands = constants,
                       .num_threads = pool.num_threads(),
                       .jit = jit::Available() ? &builder : nullptr,
                       .precision = precision});
      if (!choice) continue;
      tried->emplace(op.node().op->name, row.name);
      choice->kernel = row.name;
      CAPTURE(ToString(*choice));
      const Functions functions = InstallAll(builder, pool);
      const std::unique_ptr<Kernel> kernel = MustMake(op, *choice, functions);
      std::vector<Tensor> actual = RunKernel(op, *choice, *kernel, inputs, pool);
      const bool rounds = op.Is(ops::kFft) || op.Is(ops::kCholesky) ||
                          op.Is(ops::kTriangularSolve) || row.name == "winograd" ||
                          row.name == "attention";
      if (row.name.ends_with(".compact")) {
        // tests/core/kernels/matmul/compact_test.cc knows how far it may be off.
        CheckNear(0x1p-6 / 0x1p-23, expected, actual);
      } else if (rounds) {
        CheckNear(kUlps, expected, actual);
      } else {
        CheckWithin(kUlps, expected, actual);
      }
    }
  }
}

TEST_CASE("kernel rows: each agrees with the reference, and none is in no case") {
  TestRandom random(5);
  ThreadPool pool(2);
  Rows tried;
  for (const webhlo::Case& program : Cases()) {
    CAPTURE(program.name);
    const Result<Graph> graph = ParseText(program.text, program.name);
    REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
    REQUIRE(Verify(*graph).ok());
    const GraphIndex index(*graph);
    for (const Node& node : graph->nodes) {
      if (node.op->kernels.empty() || !StandsAlone(*graph, node)) continue;
      CheckNode(OpView(*graph, node), index, random, pool, &tried);
    }
  }
  for (const OpSyntax& syntax : AllSyntax()) {
    const OpDef* def = FindOp(*FindOpName(syntax.name));
    if (!def) continue;
    for (const KernelRow& row : def->kernels) {
      if (row.name == "jit" && !jit::Available()) continue;
      CAPTURE(std::string(def->name));
      CAPTURE(std::string(row.name));
      CHECK_MESSAGE(tried.contains({def->name, row.name}), "no program of tests/cases reaches it");
    }
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
