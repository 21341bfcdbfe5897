// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/compile.h"

#include <map>
#include <string>
#include <utility>

#include "core/graph/computation.h"
#include "core/jit/install.h"
#include "core/ops/op_table.h"
#include "core/runtime/donation.h"

namespace webhlo {
namespace {

// The reference engine runs the program as it was written; only calls and sugar are resolved.
constexpr PipelineEntry kReferencePasses[] = {
    {"decode-chlo", DecodeChlo, "what custom calls of CHLO compute is known only as an op"},
    {"name-custom-calls", NameCustomCalls, "they are sugar, too"},
    {"inline-calls", InlineCalls, "the executor has no calls"},
    {"resolve-tuples", ResolveTuples, "tuples have no place in memory"},
    {"refine-shapes", RefineShapes, "references take static shapes"},
    {"expand-quantized", ExpandQuantized, "references know plain types"},
    {"expand-ops", ExpandOps, "sugar has no references"},
    {"eliminate-dead-code", EliminateDeadCode, "what nothing needs need not be computed"},
};

// A graph's elementwise nodes become loops, and all of it a plan.
Task MakePlan(Graph graph, std::string entry, size_t num_constants,
              std::vector<uint32_t> over_inputs, const PlanOptions& options,
              const PassObserver& observer, Budget& budget, Plan* plan) {
  Graph fused;
  if (options.engine == PlanOptions::Engine::kReference) {
    fused = std::move(graph);
  } else {
    const PassContext context{std::move(entry), {}};
    co_await RunPasses(FusionPasses(), context, graph, observer, budget, &fused);
  }
  Result<Plan> built = BuildPlan(std::move(fused), static_cast<uint32_t>(num_constants),
                                 std::move(over_inputs), options);
  co_await built.status();
  *plan = std::move(*built);
}

// Layers that are alike make alike of their weights, and what is alike is planned once.
class InitGraphs {
 public:
  // The number of the first graph that computes the same.
  uint32_t Add(Graph* graph) {
    const uint32_t number = static_cast<uint32_t>(different_.size());
    const auto [known, is_new] = numbers_.emplace(ComputationKey(*graph), number);
    if (is_new) different_.push_back(graph);
    return known->second;
  }
  std::span<Graph* const> different() const { return different_; }

 private:
  std::vector<Graph*> different_;
  std::map<std::string, uint32_t> numbers_;
};

// Where the functions of the modules begin in the table.
Result<uint32_t> InstallOnce(jit::JitBinary* binary, Machine* machine) {
  for (const Machine::InstalledCode& code : machine->code) {
    if (code.modules == binary->modules) return code.first_function;
  }
  ASSIGN_OR_RETURN(const uint32_t first, jit::Install(*binary, &FindLaneFunction, machine->pool));
  machine->code.push_back({std::move(binary->modules), first});
  return first;
}

}  // namespace

Result<std::unique_ptr<Executable>> MakeExecutable(Plan plan, PlanOptions* options,
                                                   Machine* machine) {
  uint32_t jit_functions = 0;
  if (plan.jit.num_functions > 0) {
    Result<uint32_t> installed = InstallOnce(&plan.jit, machine);
    if (installed.ok()) {
      jit_functions = *installed;
    } else {
      machine->jit_refusal = std::string(installed.status().message());
      options->jit = false;
      const uint32_t num_constants = plan.num_constants;
      ASSIGN_OR_RETURN(plan, BuildPlan(std::move(plan.graph), num_constants,
                                       std::move(plan.over_inputs), *options));
    }
  }
  return Executable::Create(std::move(plan), jit_functions, machine->pool, machine->budget);
}

// 1. Bytes become a graph that nothing distrusts again.
Result<Program> ReadProgram(std::span<const uint8_t> bytes, std::string_view file_name) {
  ImportOptions options;
  options.file_name = file_name;
  return Import(bytes, options);
}

Task MakePlans(const Program& program, std::vector<bool> weight_arguments,
               const CompileOptions& options, Budget& budget, ProgramPlans* plans) {
  WorkBudget work(program.graph.nodes.size(), program.file_bytes);
  const PassContext context{
      program.entry().name,  std::move(weight_arguments), options.fold_literals, &work, &budget,
      options.argument_types};
  const bool reference = options.plan.engine == PlanOptions::Engine::kReference;
  if (options.observer) options.observer("imported", program.graph);

  // 2. One graph of kernels and elementwise nodes.
  Graph graph;
  co_await RunPasses(reference ? kReferencePasses : ProgramPasses(), context, program.graph,
                     options.observer, budget, &graph);

  // 3. What depends on weights alone runs once, as they arrive; the rest runs for every call.
  Result<SplitProgram> split = SplitInit(context, graph);
  co_await split.status();
  if (options.observer) options.observer("split-init", split->main);

  // 4. Every graph becomes a plan. A loop that runs once is not worth a module of its own.
  PlanOptions init_options = options.plan;
  init_options.jit = false;
  const PassObserver nobody;
  InitGraphs graphs;
  for (InitGraph& init : split->init_graphs) {
    plans->inits.push_back({graphs.Add(&init.graph), std::move(init.arguments)});
  }
  for (Graph* graph : graphs.different()) {
    co_await MakePlan(std::move(*graph), "init", 0, {}, init_options, nobody, budget,
                      &plans->init_plans.emplace_back());
  }
  plans->options = options.plan;
  if (!options.precisions.empty()) {
    for (const ConstantSource& source : split->constants) {
      const bool is_argument = source.is_weight && source.argument < options.precisions.size();
      plans->options.precisions.push_back(is_argument ? options.precisions[source.argument]
                                                      : options.computed_precision);
    }
  }
  std::vector<uint32_t> over_inputs;
  if (options.in_place) over_inputs = ResultsOverInputs(program, split->main, split->inputs);
  co_await MakePlan(std::move(split->main), context.entry, split->constants.size(),
                    std::move(over_inputs), plans->options, options.observer, budget, &plans->main);
  plans->constants = std::move(split->constants);
  plans->literals = std::move(split->literals);
}

Result<ProgramPlans> MakePlans(const Program& program, std::vector<bool> weight_arguments,
                               const CompileOptions& options) {
  Budget budget;
  ProgramPlans plans;
  RETURN_IF_ERROR(
      RunToEnd(MakePlans(program, std::move(weight_arguments), options, budget, &plans)));
  return plans;
}

Task Compile(const Program& program, std::vector<bool> weight_arguments,
             const CompileOptions& options, Machine* machine, CompiledProgram* compiled) {
  ProgramPlans plans;
  co_await MakePlans(program, std::move(weight_arguments), options, *machine->budget, &plans);

  // 5. The plan of what runs for every call becomes an executable.
  compiled->options = std::move(plans.options);
  Result<std::unique_ptr<Executable>> main =
      MakeExecutable(std::move(plans.main), &compiled->options, machine);
  co_await main.status();
  compiled->main = std::move(*main);
  compiled->constants = std::move(plans.constants);
  compiled->inits = std::move(plans.inits);
  compiled->init_plans = std::move(plans.init_plans);
  compiled->literals = std::move(plans.literals);
}

}  // namespace webhlo
