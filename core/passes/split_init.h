// SPDX-License-Identifier: Apache-2.0
//
// Splits a program into what depends on weights alone (the init graphs, run once while the weights
// arrive) and the rest (the main graph, run for every call). Literals that are held (HeldValues)
// are weights as well, which are there from the beginning.
#ifndef WEBHLO_CORE_PASSES_SPLIT_INIT_H_
#define WEBHLO_CORE_PASSES_SPLIT_INIT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/passes/pass.h"

namespace webhlo {

// A constant operand of the main graph: a weight as it is, or a result of an init graph.
struct ConstantSource {
  bool is_weight = true;
  uint32_t argument = 0;    // is_weight: which, as in InitGraph::arguments.
  uint32_t init_graph = 0;  // otherwise: which init graph, and which of its results.
  uint32_t result = 0;
};

// One connected piece of the weights' computations. Its function's arguments are weights; it runs
// as soon as these have arrived, and then lets go of them.
struct InitGraph {
  Graph graph;
  // The weight behind each function argument: a program argument, or one of the literals, which
  // are numbered behind the program's arguments.
  std::vector<uint32_t> arguments;
};

struct SplitProgram {
  // Entry function: the program's non-weight arguments, in order, then one argument a constant.
  Graph main;
  std::vector<uint32_t> inputs;  // Program argument behind each leading function argument.
  std::vector<ConstantSource> constants;
  std::vector<InitGraph> init_graphs;
  std::vector<std::shared_ptr<const DenseElements>> literals;
};

Result<SplitProgram> SplitInit(const PassContext& context, const Graph& source);

}  // namespace webhlo

#endif  // WEBHLO_CORE_PASSES_SPLIT_INIT_H_
