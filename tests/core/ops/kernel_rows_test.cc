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

// Sums of products of small integers are exact, in whatever order; functions are not.
constexpr int64_t kUlps = 8;

void FillSmall(Tensor& tensor, TestRandom& random) {
  const TensorView view = tensor.view();
  const ElementType type = tensor.type.element;
  for (int64_t i = 0; i < view.NumElements(); ++i) {
    const int64_t value = random.Int(IsUnsignedInteger(type) ? 0 : -8, 8);
    if (type == ElementType::kI1) {
      view.SetBool(i, value > 0);
    } else if (IsFloat(type)) {
      view.SetF64(i, static_cast<double>(value));
    } else if (IsComplex(type)) {
      view.SetC128(i, {static_cast<double>(value), 1.0});
    } else {
      view.SetI64(i, value);
    }
  }
}

// What a node's kernels are compared with.
struct Example {
  Example(const OpView& op, TestRandom& random) : op(op) {
    for (size_t k = 0; k < op.num_operands(); ++k) {
      inputs.emplace_back(op.operand(k));
      FillSmall(inputs.back(), random);
    }
    for (size_t r = 0; r < op.num_results(); ++r) expected.emplace_back(op.result(r));
    Budget budget;
    ReferenceInterpreter regions(op.graph(), budget);
    const std::vector<TensorView> in = Views(inputs), out = Views(expected);
    const ReferenceArgs args{op, in, out, regions, budget};
    const Status status = RunToEnd(RunReference(args));
    REQUIRE_MESSAGE(status.ok(), status.ToString());
  }

  void Check(Kernel& kernel, const KernelChoice& choice, ThreadPool& pool) {
    std::vector<const void*> packed;
    std::vector<void*> args;
    for (size_t k = 0; k < inputs.size(); ++k) {
      packed.push_back(choice.Packs(k) ? inputs[k].buffer.data() : nullptr);
      args.push_back(choice.Packs(k) ? nullptr : inputs[k].buffer.data());
    }
    if (choice.packed_operands != 0) PackFor(kernel, packed);
    std::vector<Tensor> results;
    for (const Tensor& result : expected) results.emplace_back(result.type);
    for (Tensor& result : results) args.push_back(result.buffer.data());
    AlignedBuffer scratch = std::move(*TryAllocate(choice.scratch_bytes, "scratch"));
    args.push_back(choice.scratch_bytes > 0 ? scratch.data() : nullptr);
    kernel.Run(args.data(), {0, kernel.pieces()}, pool);
    for (size_t r = 0; r < results.size(); ++r) {
      CHECK(results[r].PaddingIntact());
      std::string where;
      const int64_t distance = Distance(expected[r], results[r], &where);
      CHECK_MESSAGE((distance >= 0 && distance <= kUlps), where);
    }
  }

  OpView op;
  std::vector<Tensor> inputs, expected;
};

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

void CheckNode(const OpView& op, TestRandom& random, ThreadPool& pool, Rows* tried) {
  const std::span<const KernelRow> rows = op.node().op->kernels;
  Example example(op, random);
  for (const KernelRow& row : rows) {
    // Nothing is constant; all is; all but the first operand, as weights are.
    for (const uint64_t constants : {uint64_t{0}, ~uint64_t{0}, ~uint64_t{1}}) {
      jit::ModuleBuilder builder({.shared_memory = jit::kSharedMemory});
      std::optional<KernelChoice> choice =
          row.propose({.op = op,
                       .constant_operands = constants,
                       .num_threads = pool.num_threads(),
                       .jit = jit::Available() ? &builder : nullptr});
      if (!choice) continue;
      tried->emplace(op.node().op->name, row.name);
      choice->kernel = row.name;
      CAPTURE(ToString(*choice));
      uint32_t functions = 0;
      AlignedBuffer table;
      if (builder.num_functions() > 0) {
        const jit::JitBinary binary = builder.Finish();
        const Result<uint32_t> installed = jit::Install(binary, &FindLaneFunction, &pool);
        REQUIRE_MESSAGE(installed.ok(), installed.status().ToString());
        functions = *installed;
        table = CopyOf(binary.constants);
      }
      Result<std::unique_ptr<Kernel>> kernel =
          MakeKernel(rows, {op, *choice, functions, table.data()});
      REQUIRE_MESSAGE(kernel.ok(), kernel.status().ToString());
      example.Check(**kernel, *choice, pool);
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
    for (const Node& node : graph->nodes) {
      if (node.op->kernels.empty() || !StandsAlone(*graph, node)) continue;
      CheckNode(OpView(*graph, node), random, pool, &tried);
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
