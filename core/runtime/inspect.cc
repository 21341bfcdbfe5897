// SPDX-License-Identifier: Apache-2.0
//
// The stages of the compiler as text. Who does not call Session::Inspect does not have it, nor the
// printer: a page lets the importer's module inspect what it runs.
#include <utility>

#include "core/base/strings.h"
#include "core/jit/install.h"
#include "core/runtime/session.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

constexpr PrintOptions kShortConstants = {.elide_elements_above = 16};

bool IsStageOfPlans(std::string_view stage) {
  return stage == "passes" || stage == "plan" || stage == "init" || stage == "jit" ||
         stage == "memory";
}

}  // namespace

const PlanTexts kPlanTexts = {[](const jit::ModuleBuilder& module) { return module.Annotated(); },
                              [](std::span<const MemoryValue> values, const MemoryPlan& plan) {
                                return ToString(values, plan);
                              }};

Result<std::string> Session::Inspect(std::string_view stage, std::string_view program) const {
  ASSIGN_OR_RETURN(const uint32_t p, ProgramNamed(program));
  std::vector<Shapes> compiled;
  if (bound_ && IsFree(p)) {
    for (const Specialization& s : made_[p]) compiled.push_back(s.shapes);
  }
  const Target own = {jit::kRelaxedSimd, jit::kSharedMemory, pool_->num_threads(),
                      machine_.jit_refusal};
  return Inspect(stage, program, compiled, own);
}

Result<std::string> Session::Inspect(std::string_view stage, std::string_view program,
                                     std::span<const Shapes> compiled, const Target& target) const {
  ASSIGN_OR_RETURN(const uint32_t p, ProgramNamed(program));
  if (stage == "graph") return Print(programs_[p].program.graph, kShortConstants);
  if (!IsStageOfPlans(stage)) {
    return InvalidArgument(
        StrCat("no stage \"", stage, "\"; there are graph, passes, init, plan, jit and memory"));
  }
  if (binding_.weight_of.empty()) {
    return InvalidArgument(StrCat("stage \"", stage, "\" comes after bind"));
  }
  if (!IsFree(p)) return InspectPlans(stage, p, {}, target);
  std::string text;
  for (const Shapes& shapes : compiled) {
    ASSIGN_OR_RETURN(const std::string plans, InspectPlans(stage, p, shapes, target));
    StrAppend(&text, "// ==== inputs ", Describe(p, shapes), "\n", plans);
  }
  if (text.empty()) text = "// compiled for the shapes of inputs once it is run\n";
  return text;
}

// Compiled again, with somebody listening.
Result<std::string> Session::InspectPlans(std::string_view stage, uint32_t p, const Shapes& shapes,
                                          const Target& target) const {
  const Program& program = programs_[p].program;
  ASSIGN_OR_RETURN(CompileOptions options, OptionsFor(p, shapes));
  options.plan.texts = &kPlanTexts;
  options.plan.relaxed_simd = target.relaxed_simd;
  options.plan.shared_memory = target.shared_memory;
  options.plan.num_threads = target.num_threads;
  if (stage != "jit" && !target.jit_refusal.empty()) options.plan.jit = false;
  std::string text;
  std::string previous;
  options.observer = [&](std::string_view name, const Graph& graph) {
    std::string print = Print(graph, kShortConstants);
    StrAppend(&text, "// ---- ", name, print == previous ? ": no change\n" : "\n");
    if (print != previous) text.append(print);
    previous = std::move(print);
  };
  ASSIGN_OR_RETURN(const ProgramPlans plans, MakePlans(program, WeightArguments(p), options));
  if (stage == "passes") return text;
  if (stage == "plan") return ToString(plans.main);
  if (stage == "memory") return plans.main.memory_text;
  if (stage == "jit") {
    return target.jit_refusal.empty()
               ? plans.main.jit_text
               : StrCat("not installed: ", target.jit_refusal, "\n", plans.main.jit_text);
  }
  text.clear();
  for (const InitPlan& init : plans.inits) {
    std::vector<std::string> names;
    for (uint32_t argument : init.arguments) {
      names.push_back(argument < program.arguments.size() ? program.arguments[argument].name
                                                          : "a literal");
    }
    const Plan& plan = plans.init_plans[init.plan];
    StrAppend(&text, "// from ", Join(names), "\n", Print(plan.graph, kShortConstants),
              ToString(plan), "\n");
  }
  return text;
}

}  // namespace webhlo
