// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/compile.h"

namespace webhlo {
namespace {

// The reference engine runs the program as it was written; only calls are resolved.
constexpr PipelineEntry kReferencePasses[] = {
    {"inline-calls", InlineCalls, "the executor has no calls"},
    {"eliminate-dead-code", EliminateDeadCode, "what nothing needs need not be computed"},
};

}  // namespace

Result<CompiledProgram> Compile(const Program& program, std::vector<bool> weight_arguments,
                                const CompileOptions& options) {
  WorkBudget budget(program.graph.nodes.size(), program.file_bytes);
  const PassContext context{program.entry().name, std::move(weight_arguments),
                            options.fold_literals, &budget};
  const bool reference = options.plan.engine == PlanOptions::Engine::kReference;
  if (options.observer) options.observer("imported", program.graph);

  // 1. One graph of kernels and elementwise nodes.
  ASSIGN_OR_RETURN(const Graph graph, RunPasses(reference ? kReferencePasses : ProgramPasses(),
                                                context, program.graph, options.observer));

  // 2. What depends on weights alone runs once, as they arrive; the rest runs for every call.
  ASSIGN_OR_RETURN(SplitProgram split, SplitInit(context, graph));
  if (options.observer) options.observer("split-init", split.main);

  // 3. Elementwise nodes become loops; every graph becomes a plan.
  const auto plan = [&](Graph part, std::string entry, size_t num_constants,
                        const PlanOptions& plan_options,
                        const PassObserver& observer) -> Result<CompiledPlan> {
    if (!reference) {
      const PassContext fusion_context{std::move(entry), {}};
      ASSIGN_OR_RETURN(part, RunPasses(FusionPasses(), fusion_context, part, observer));
    }
    return BuildPlan(std::move(part), static_cast<uint32_t>(num_constants), plan_options);
  };
  CompiledProgram compiled;
  // A loop that runs once is not worth a module of its own.
  PlanOptions init_options = options.plan;
  init_options.jit = false;
  for (InitGraph& init : split.init_graphs) {
    ASSIGN_OR_RETURN(CompiledPlan init_plan,
                     plan(std::move(init.graph), "init", 0, init_options, {}));
    compiled.inits.push_back({std::move(init_plan), std::move(init.arguments)});
  }
  ASSIGN_OR_RETURN(compiled.main, plan(std::move(split.main), context.entry, split.constants.size(),
                                       options.plan, options.observer));
  compiled.inputs = std::move(split.inputs);
  compiled.constants = std::move(split.constants);
  return compiled;
}

}  // namespace webhlo
