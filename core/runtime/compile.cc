// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/compile.h"

namespace webhlo {
namespace {

// The reference engine runs the program as it was written; only calls and sugar are resolved.
constexpr PipelineEntry kReferencePasses[] = {
    {"inline-calls", InlineCalls, "the executor has no calls"},
    {"expand-ops", ExpandOps, "sugar has no references"},
    {"eliminate-dead-code", EliminateDeadCode, "what nothing needs need not be computed"},
};

// A graph's elementwise nodes become loops, and all of it a plan.
Task MakePlan(Graph graph, std::string entry, size_t num_constants, const PlanOptions& options,
              const PassObserver& observer, Budget& budget, Plan* plan) {
  Graph fused;
  if (options.engine == PlanOptions::Engine::kReference) {
    fused = std::move(graph);
  } else {
    const PassContext context{std::move(entry), {}};
    co_await RunPasses(FusionPasses(), context, graph, observer, budget, &fused);
  }
  Result<Plan> built = BuildPlan(std::move(fused), static_cast<uint32_t>(num_constants), options);
  co_await built.status();
  *plan = std::move(*built);
}

}  // namespace

Task Compile(const Program& program, std::vector<bool> weight_arguments,
             const CompileOptions& options, Budget& budget, CompiledProgram* compiled) {
  WorkBudget work(program.graph.nodes.size(), program.file_bytes);
  const PassContext context{program.entry().name, std::move(weight_arguments),
                            options.fold_literals, &work, &budget};
  const bool reference = options.plan.engine == PlanOptions::Engine::kReference;
  if (options.observer) options.observer("imported", program.graph);

  // 1. One graph of kernels and elementwise nodes.
  Graph graph;
  co_await RunPasses(reference ? kReferencePasses : ProgramPasses(), context, program.graph,
                     options.observer, budget, &graph);

  // 2. What depends on weights alone runs once, as they arrive; the rest runs for every call.
  Result<SplitProgram> split = SplitInit(context, graph);
  co_await split.status();
  if (options.observer) options.observer("split-init", split->main);

  // 3. Every graph becomes a plan. A loop that runs once is not worth a module of its own.
  PlanOptions init_options = options.plan;
  init_options.jit = false;
  const PassObserver nobody;
  for (InitGraph& init : split->init_graphs) {
    InitPlan& plan = compiled->inits.emplace_back();
    plan.arguments = std::move(init.arguments);
    co_await MakePlan(std::move(init.graph), "init", 0, init_options, nobody, budget, &plan.plan);
  }
  co_await MakePlan(std::move(split->main), context.entry, split->constants.size(), options.plan,
                    options.observer, budget, &compiled->main);
  compiled->inputs = std::move(split->inputs);
  compiled->constants = std::move(split->constants);
}

Result<CompiledProgram> Compile(const Program& program, std::vector<bool> weight_arguments,
                                const CompileOptions& options) {
  Budget budget;
  CompiledProgram compiled;
  RETURN_IF_ERROR(
      RunToEnd(Compile(program, std::move(weight_arguments), options, budget, &compiled)));
  return compiled;
}

}  // namespace webhlo
