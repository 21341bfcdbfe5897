// SPDX-License-Identifier: Apache-2.0
//
// The reference interpreter: runs a function node by node with each op's Reference. It is the
// oracle that kernels, the JIT and plans are compared with, and the RegionRunner through which the
// executor runs the computations of references.
//
// The graph is verified and does not change while an interpreter lives. Values die after their last
// use. Regions nest by C++ recursion, bounded by kMaxDepth; functions must not call themselves.
#ifndef WEBHLO_CORE_RUNTIME_REFERENCE_INTERPRETER_H_
#define WEBHLO_CORE_RUNTIME_REFERENCE_INTERPRETER_H_

#include <memory>
#include <span>
#include <vector>

#include "core/base/memory.h"
#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/graph/op_def.h"
#include "core/graph/tensor.h"
#include "core/graph/verifier.h"

namespace webhlo {

class ReferenceInterpreter : public RegionRunner {
 public:
  // Regions and calls together nest at most this deep.
  static constexpr int kMaxDepth = kMaxRegionDepth + 64;

  // All work is spent on `budget`.
  ReferenceInterpreter(const Graph& graph, Budget& budget);
  ~ReferenceInterpreter() override;

  // Runs a function on inputs of exactly its argument types. One buffer a result. `cancelled` when
  // the budget does not last.
  Result<std::vector<AlignedBuffer>> Call(const Function& function,
                                          std::span<const TensorView> inputs);

  // Runs a region. `results` are written and must not overlap `arguments`; views of tokens are
  // ignored. Values of surrounding regions are those that are running, or were bound. The spans and
  // what they view must live until the task has ended.
  Task Run(RegionId region, std::span<const TensorView> arguments,
           std::span<const TensorView> results) override;

  // Says where a value that regions capture lies, when its own region is run by someone else.
  void Bind(ValueId value, const TensorView& view) { views_[value] = view; }

 private:
  struct Routine;
  Routine& RoutineOf(RegionId region);
  Status Enter(Routine& routine, std::span<const TensorView> results);
  Status Prepare(Routine& routine, uint32_t line);
  Status ExecuteSmall(Routine& routine, std::span<const TensorView> results);
  Task Execute(Routine& routine, std::span<const TensorView> results);
  Task RunLine(Routine& routine, uint32_t line, const ReferenceArgs& args);
  Task RunWhile(const ReferenceArgs& args);

  const Graph& graph_;
  Budget& budget_;
  std::vector<std::unique_ptr<Routine>> routines_;  // By RegionId, made at first use.
  std::vector<TensorView> views_;                   // By ValueId.
  std::vector<AlignedBuffer> buffers_;  // By ValueId; empty when the memory is elsewhere.
  int depth_ = 0;
};

// Runs one function of a verified graph.
Result<std::vector<AlignedBuffer>> Interpret(const Graph& graph, const Function& function,
                                             std::span<const TensorView> inputs,
                                             Budget budget = Budget());

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_REFERENCE_INTERPRETER_H_
