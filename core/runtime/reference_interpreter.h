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

#include <functional>
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

  // `poll` is called before every node, so that an endless loop can be stopped: an error ends the
  // run. It may be empty.
  explicit ReferenceInterpreter(const Graph& graph, std::function<Status()> poll = {});
  ~ReferenceInterpreter() override;

  // Runs a function on inputs of exactly its argument types. One buffer a result.
  Result<std::vector<AlignedBuffer>> Call(const Function& function,
                                          std::span<const TensorView> inputs);

  // Runs a region. `results` are written and must not overlap `arguments`; views of tokens are
  // ignored. Values of surrounding regions are those that are running, or were bound.
  Status Run(RegionId region, std::span<const TensorView> arguments,
             std::span<const TensorView> results) override;

  // Says where a value that regions capture lies, when its own region is run by someone else.
  void Bind(ValueId value, const TensorView& view) { views_[value] = view; }

 private:
  struct Plan;
  Plan& PlanOf(RegionId region);
  Status Execute(Plan& plan, std::span<const TensorView> results);
  Status RunNode(Plan& plan, const Node& node);
  Status RunWhile(const OpView& op, std::span<const TensorView> inputs,
                  std::span<const TensorView> outputs);

  const Graph& graph_;
  std::function<Status()> poll_;
  std::vector<std::unique_ptr<Plan>> plans_;  // By RegionId, made at first use.
  std::vector<TensorView> views_;             // By ValueId.
  std::vector<AlignedBuffer> buffers_;        // By ValueId; empty when the memory is elsewhere.
  int depth_ = 0;
};

// The values of surrounding regions that a region, or one within it, uses; each once.
std::vector<ValueId> CapturedValues(const Graph& graph, RegionId region);

// Runs one function of a verified graph.
Result<std::vector<AlignedBuffer>> Interpret(const Graph& graph, const Function& function,
                                             std::span<const TensorView> inputs,
                                             std::function<Status()> poll = {});

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_REFERENCE_INTERPRETER_H_
