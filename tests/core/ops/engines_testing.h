// SPDX-License-Identifier: Apache-2.0
//
// Nodes through all engines that can run them. The JIT's part runs where modules can be installed
// (under Node).
#ifndef WEBHLO_TESTS_CORE_OPS_ENGINES_TESTING_H_
#define WEBHLO_TESTS_CORE_OPS_ENGINES_TESTING_H_

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/graph/uses.h"
#include "core/jit/install.h"
#include "core/jit/module_builder.h"
#include "core/kernels/choice.h"
#include "core/ops/op_table.h"
#include "tests/core/kernels/kernel_testing.h"
#include "tests/core/ops/elementwise_testing.h"

namespace webhlo::elementwise_testing {

// Functions of the JIT: where they are installed, and their table of constants.
struct Functions {
  uint32_t first = 0;
  AlignedBuffer constants;
};

// What was emitted, if anything was.
inline Functions InstallAll(jit::ModuleBuilder& builder, ThreadPool& pool) {
  Functions functions;
  if (builder.num_functions() == 0) return functions;
  const jit::JitBinary binary = builder.Finish();
  const Result<uint32_t> first = jit::Install(binary, &FindLaneFunction, &pool);
  REQUIRE_MESSAGE(first.ok(), first.status().ToString());
  functions.first = *first;
  functions.constants = std::move(*TryAllocate(binary.constants.size(), "constants"));
  std::memcpy(functions.constants.data(), binary.constants.data(), binary.constants.size());
  return functions;
}

inline std::unique_ptr<Kernel> MustMake(const OpView& op, const KernelChoice& choice,
                                        const Functions& functions) {
  Result<std::unique_ptr<Kernel>> kernel =
      MakeKernel(op.node().op->kernels, {op, choice, functions.first, functions.constants.data()});
  REQUIRE_MESSAGE(kernel.ok(), kernel.status().ToString());
  return std::move(*kernel);
}

inline std::vector<Tensor> ByReference(const OpView& op, std::vector<Tensor>& inputs) {
  std::vector<Tensor> results;
  for (size_t r = 0; r < op.num_results(); ++r) results.emplace_back(op.result(r));
  Budget budget;
  ReferenceInterpreter regions(op.graph(), budget);
  const std::vector<TensorView> in = Views(inputs), out = Views(results);
  const ReferenceArgs args{op, in, out, regions, budget};
  const Status status = RunToEnd(RunReference(args));
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  return results;
}

// Random operands, but for scalar literals and iotas: kernels may look at an initial value, and
// know indices.
template <typename Fill>
std::vector<Tensor> InputsOf(const OpView& op, const GraphIndex& index, const Fill& fill) {
  std::vector<Tensor> inputs;
  for (size_t k = 0; k < op.num_operands(); ++k) {
    Tensor& input = inputs.emplace_back(op.operand(k));
    const Node* def = index.Def(op.operand_id(k));
    if (def && def->name == ops::kConstant && op.operand(k).rank() == 0) {
      const DenseElements& literal = OpView(op.graph(), *def).attribute("value")->dense();
      std::memcpy(input.view().at(0), literal.bytes.data(), literal.bytes.size());
    } else if (def && def->name == ops::kIota) {
      std::vector<Tensor> none;
      input = std::move(ByReference(OpView(op.graph(), *def), none)[0]);
    } else {
      fill(input);
    }
  }
  return inputs;
}

struct Engine {
  std::string name;
  KernelChoice choice;
  Functions functions;
  std::unique_ptr<Kernel> kernel;
};

// Every kernel of the op's that can run the node here.
inline std::vector<Engine> Engines(const TestGraph& test, ThreadPool& pool) {
  std::vector<Engine> engines;
  const OpView op = test.op();
  for (bool relaxed : {false, true}) {
    if (relaxed && !jit::kRelaxedSimd) continue;
    jit::ModuleBuilder builder({.shared_memory = jit::kSharedMemory, .relaxed_simd = relaxed});
    for (const KernelRow& row : op.node().op->kernels) {
      std::optional<KernelChoice> choice =
          row.propose({.op = op, .jit = jit::Available() ? &builder : nullptr});
      if (!choice || (relaxed && row.name != "jit")) continue;
      choice->kernel = row.name;
      Engine engine{relaxed ? "jit, relaxed" : choice->kernel, *choice, {}, nullptr};
      if (row.name == "jit") engine.functions = InstallAll(builder, pool);
      engine.kernel = MustMake(op, engine.choice, engine.functions);
      engines.push_back(std::move(engine));
    }
  }
  return engines;
}

// Runs all engines against the reference, whose results and theirs `check` compares. Answers how
// many there are.
template <typename Check>
size_t CheckEnginesOn(const TestGraph& test, std::vector<Tensor>& inputs, ThreadPool& pool,
                      const Check& check) {
  std::vector<Tensor> expected = ByReference(test.op(), inputs);
  size_t count = 0;
  // Small pieces also cut the rows of a nest, which otherwise only long ones are.
  for (const int64_t piece : {max_piece_cost, int64_t{1000}}) {
    const SmallPieces small(piece);
    std::vector<Engine> engines = Engines(test, pool);
    count = engines.size();
    for (Engine& engine : engines) {
      CAPTURE(engine.name);
      std::vector<Tensor> actual =
          RunKernel(test.op(), engine.choice, *engine.kernel, inputs, pool);
      check(expected, actual);
    }
  }
  return count;
}

// On random operands; `ulps` for each result.
inline size_t CheckEngines(const TestGraph& test, Random& random, int64_t ulps, ThreadPool& pool) {
  std::vector<Type> results;
  for (size_t r = 0; r < test.op().num_results(); ++r) results.push_back(test.op().result_type(r));
  const Status inferred = test.op().node().op->infer(test.op(), results);
  REQUIRE_MESSAGE(inferred.ok(), inferred.ToString());
  std::vector<Tensor> inputs =
      InputsOf(test.op(), GraphIndex(test.graph), [&](Tensor& tensor) { random.Fill(tensor); });
  return CheckEnginesOn(test, inputs, pool,
                        [&](auto& expected, auto& actual) { CheckWithin(ulps, expected, actual); });
}

}  // namespace webhlo::elementwise_testing

#endif  // WEBHLO_TESTS_CORE_OPS_ENGINES_TESTING_H_
