// SPDX-License-Identifier: Apache-2.0
#include "core/passes/pipeline.h"

#include "core/base/strings.h"
#include "core/graph/verifier.h"

namespace webhlo {
namespace {

constexpr PipelineEntry kProgramPasses[] = {
    {"decode-chlo", DecodeChlo,
     "before calls are inlined, decompositions of composites among them"},
    {"name-custom-calls", NameCustomCalls, "the functions that they call are still there"},
    {"inline-calls", InlineCalls, "so that every later pass sees one function"},
    {"resolve-tuples", ResolveTuples, "all that follows sees tensors and tokens"},
    {"refine-shapes", RefineShapes, "all that follows sees static shapes"},
    {"expand-quantized", ExpandQuantized, "all that follows knows plain types"},
    {"expand-ops", ExpandOps, "so that every later pass knows fewer ops"},
    {"recognize-erfc", RecognizeErfc, "as exporters wrote it, before anybody changes a word"},
    {"sink-constants", SinkConstants, "computations that capture nothing can be compiled"},
    {"plain-products", PlainProducts, "plain-convolutions knows real types"},
    {"plain-convolutions", PlainConvolutions, "layouts and kernels know the plain ones"},
    {"forward-carries", ForwardCarries,
     "a scan's weights are seen to be weights by all that follow"},
    {"canonicalize-shapes", CanonicalizeShapes,
     "splat broadcasts become constants, which the next passes look for"},
    {"unroll-loops", UnrollLoops, "before folding: the copies' counters are literals"},
    {"simplify", Simplify, "dynamic slices at literal starts appear with unrolling"},
    {"fold-constants", FoldConstants, "after simplify has made starts and scales literal"},
    {"canonicalize-shapes", CanonicalizeShapes, "folded splats end more broadcast chains"},
    {"simplify", Simplify, "x * 1 shows once its splat is folded"},
    {"unbatch-products", UnbatchProducts, "chains of broadcasts are one each by now"},
    {"eliminate-common-subexpressions", EliminateCommonSubexpressions,
     "one mean, one maximum a row: patterns below count users"},
    {"eliminate-dead-code", EliminateDeadCode, "so that only true users are counted"},
    {"assign-layouts", AssignLayouts, "after the patterns that are stated in program order"},
    {"canonicalize-shapes", CanonicalizeShapes, "reshapes around matrix products meet"},
    {"eliminate-common-subexpressions", EliminateCommonSubexpressions,
     "a value fetched twice in one layout is transposed once"},
    {"fold-constants", FoldConstants, "literal weights were transposed"},
    {"eliminate-dead-code", EliminateDeadCode, "drops transposes that nobody fetched"},
    {"join-products", JoinProducts, "equal parts and weights are one value each by now"},
    {"recognize-softmax", RecognizeSoftmax, "rows are physical rows now"},
    {"fold-scales", FoldScales, "channels are last in memory now, transposes no longer between"},
    {"fuse-epilogues", FuseEpilogues, "a bias that fold-scales has not taken, and bounds"},
    {"hoist-weights", HoistWeights, "after layouts and scales have said what they do to weights"},
    {"eliminate-dead-code", EliminateDeadCode, "last: the split looks at every node"},
};

constexpr PipelineEntry kFusionPasses[] = {
    {"fuse-elementwise", FuseElementwise, "what is left between the heavy ops becomes loops"},
    {"grow-epilogues", GrowEpilogues, "what loops there will be is settled"},
    {"fuse-attention", FuseAttention, "scales and masks are epilogues of the scores now"},
    {"eliminate-dead-code", EliminateDeadCode, "broadcasts were copied into their loops"},
};

}  // namespace

std::span<const PipelineEntry> ProgramPasses() { return kProgramPasses; }
std::span<const PipelineEntry> FusionPasses() { return kFusionPasses; }

Task RunPasses(std::span<const PipelineEntry> passes, const PassContext& context,
               const Graph& source, const PassObserver& observer, Budget& budget, Graph* result) {
  // Some looks at every node: about what a pass takes.
  constexpr int64_t kNodeWork = 1000;
  // Empty as long as the source is unchanged.
  const auto current = [&]() -> const Graph& {
    return result->functions.empty() ? source : *result;
  };
  for (const PipelineEntry& pass : passes) {
    co_await budget.Spend(kNodeWork * static_cast<int64_t>(current().nodes.size()));
    Graph next;
    co_await pass.run(context, current(), &next).WithContext(pass.name);
    if (next.functions.empty()) {
      if (observer) observer(pass.name, current());
      continue;
    }
#ifndef NDEBUG
    // A pass that breaks a graph is found where it happens.
    if (Status status = Verify(next); !status.ok()) {
      co_await Internal(StrCat("after ", pass.name, ": ", status.ToString()));
    }
#endif
    *result = std::move(next);
    if (observer) observer(pass.name, *result);
  }
  if (result->functions.empty()) *result = source;
}

}  // namespace webhlo
