// SPDX-License-Identifier: Apache-2.0
//
// A pass is one function from a graph to a new graph. core/passes/pipeline.cc lists them in order
// and says why each stands where it does.
#ifndef WEBHLO_CORE_PASSES_PASS_H_
#define WEBHLO_CORE_PASSES_PASS_H_

#include <string>
#include <vector>

#include "core/base/budget.h"
#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/graph/uses.h"
#include "core/passes/work_budget.h"

namespace webhlo {

// What passes may know beyond the graph. They see which arguments are weights and of what type,
// never their bytes, so a compiled plan does not depend on the weights' values.
struct PassContext {
  std::string entry;                   // The entry function's name.
  std::vector<bool> weight_arguments;  // One flag an entry argument.
  // Whether literals may be computed with while the program compiles. A test of kernels whose
  // inputs are literals has none of it; splats are still folded.
  bool fold_literals = true;
  // What is left for work that the program can do without. Null: no bound.
  WorkBudget* work = nullptr;
  // A pass that works long looks at its deadline. Null: there is none.
  Budget* budget = nullptr;
  // What the entry's arguments are, where the program leaves sizes free. Empty: as it declares.
  std::vector<Type> argument_types = {};

  bool Take(double cost) const { return !work || work->Take(cost); }
  bool IsWeight(size_t argument) const {
    return argument < weight_arguments.size() && weight_arguments[argument];
  }
};

// Which values depend on nothing but weights and literals, so that they can be computed once.
std::vector<bool> ConstantValues(const Graph& graph, const PassContext& context);
// Those of them that are held for all runs: weights and what is computed of them. Literals are
// weights, too, where a product or a convolution takes them (its kernels pack their weights), or
// where something is computed of literals that was not folded.
std::vector<bool> HeldValues(const Graph& graph, const PassContext& context);

// A pass that finds nothing to change may leave `target` empty: the graph stays as it is.
using PassFunction = Status (*)(const PassContext& context, const Graph& source, Graph* target);

// Makes composites and custom calls that are ops of CHLO, in another encoding, those ops.
Status DecodeChlo(const PassContext& context, const Graph& source, Graph* target);
// Makes custom calls of targets that are ops of ours these ops.
Status NameCustomCalls(const PassContext& context, const Graph& source, Graph* target);
// Replaces func.call (and composites) by the callee's body; only the entry function remains.
Status InlineCalls(const PassContext& context, const Graph& source, Graph* target);
// Replaces tuples and futures by the values that they hold.
Status ResolveTuples(const PassContext& context, const Graph& source, Graph* target);
// Makes every size known that the program leaves free, from those of the entry's arguments.
Status RefineShapes(const PassContext& context, const Graph& source, Graph* target);
// Replaces quantized tensors by the integers that store them.
Status ExpandQuantized(const PassContext& context, const Graph& source, Graph* target);
// Rewrites sugar (dot, broadcast, ...) into simpler ops.
Status ExpandOps(const PassContext& context, const Graph& source, Graph* target);
// Gives computations of ops the literals that they use.
Status SinkConstants(const PassContext& context, const Graph& source, Graph* target);
// Computes matrix products and convolutions in element types that kernels have.
Status PlainProducts(const PassContext& context, const Graph& source, Graph* target);
// Brings convolutions into the form that kernels have.
Status PlainConvolutions(const PassContext& context, const Graph& source, Graph* target);
// Makes values that loops carry unchanged the ones outside them.
Status ForwardCarries(const PassContext& context, const Graph& source, Graph* target);
// Replaces `while` loops of few, known trips by their bodies.
Status UnrollLoops(const PassContext& context, const Graph& source, Graph* target);
// Computes nodes whose operands are literal constants, within bounds.
Status FoldConstants(const PassContext& context, const Graph& source, Graph* target);
// Exact algebra: x * 1 -> x, power(x, 2) -> x * x, ...
Status Simplify(const PassContext& context, const Graph& source, Graph* target);
// One canonical form for chains of broadcast_in_dim, reshape and transpose.
Status CanonicalizeShapes(const PassContext& context, const Graph& source, Graph* target);
// Merges equal pure nodes.
Status EliminateCommonSubexpressions(const PassContext& context, const Graph& source,
                                     Graph* target);
// Drops pure nodes without users.
Status EliminateDeadCode(const PassContext& context, const Graph& source, Graph* target);
// Moves per-channel scales and offsets after a convolution or dot into its weights.
Status FoldScales(const PassContext& context, const Graph& source, Graph* target);
// Chooses memory layouts: NHWC convolutions, batched row-major matrix products, few transposes.
Status AssignLayouts(const PassContext& context, const Graph& source, Graph* target);
// Makes what exporters spell chlo.erfc out in chlo.erfc again.
Status RecognizeErfc(const PassContext& context, const Graph& source, Graph* target);
// Makes products with what was broadcast along their batches products without these.
Status UnbatchProducts(const PassContext& context, const Graph& source, Graph* target);
// Makes products of few rows with one matrix, of parts of one tensor, a product of that tensor.
Status JoinProducts(const PassContext& context, const Graph& source, Graph* target);
// Recognizes softmax spelt out.
Status RecognizeSoftmax(const PassContext& context, const Graph& source, Graph* target);
// Moves bias and bounds into the epilogue of the convolution or matrix product before them.
Status FuseEpilogues(const PassContext& context, const Graph& source, Graph* target);
// Moves what loops compute from weights alone out of them.
Status HoistWeights(const PassContext& context, const Graph& source, Graph* target);
// Groups elementwise nodes into webhlo.fusion.
Status FuseElementwise(const PassContext& context, const Graph& source, Graph* target);
// Moves a fusion into the epilogue of the convolution or matrix product before it.
Status GrowEpilogues(const PassContext& context, const Graph& source, Graph* target);
// Makes softmax between two products, and these, one webhlo.attention.
Status FuseAttention(const PassContext& context, const Graph& source, Graph* target);

}  // namespace webhlo

#endif  // WEBHLO_CORE_PASSES_PASS_H_
