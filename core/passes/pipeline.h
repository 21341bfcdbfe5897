// SPDX-License-Identifier: Apache-2.0
//
// The ordered list of passes: the compiler's middle on one page.
#ifndef WEBHLO_CORE_PASSES_PIPELINE_H_
#define WEBHLO_CORE_PASSES_PIPELINE_H_

#include <functional>
#include <span>
#include <string_view>

#include "core/base/task.h"
#include "core/passes/pass.h"

namespace webhlo {

// A pass in its place. Why it stands there is said to whoever changes the order, and no part of a
// program.
struct PipelineEntry {
  constexpr PipelineEntry(std::string_view name, PassFunction run, std::string_view /*why_here*/)
      : name(name), run(run) {}

  std::string_view name;
  PassFunction run;
};

// From the imported program to a graph of kernels and elementwise nodes.
std::span<const PipelineEntry> ProgramPasses();
// After the split, for the main graph and each init graph.
std::span<const PipelineEntry> FusionPasses();

// Called with the graph after each pass (and once before the first, with name "imported").
using PassObserver = std::function<void(std::string_view name, const Graph& graph)>;

// Writes what becomes of `source` into the empty `result`. Pauses between passes.
Task RunPasses(std::span<const PipelineEntry> passes, const PassContext& context,
               const Graph& source, const PassObserver& observer, Budget& budget, Graph* result);

}  // namespace webhlo

#endif  // WEBHLO_CORE_PASSES_PIPELINE_H_
