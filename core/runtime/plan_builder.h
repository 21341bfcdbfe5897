// SPDX-License-Identifier: Apache-2.0
//
// BuildPlan: a graph becomes a plan.
#ifndef WEBHLO_CORE_RUNTIME_PLAN_BUILDER_H_
#define WEBHLO_CORE_RUNTIME_PLAN_BUILDER_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/graph/precision.h"
#include "core/jit/module_builder.h"
#include "core/memory/planner.h"
#include "core/runtime/plan.h"
#include "core/runtime/tuning.h"

namespace webhlo {

// How parts of a plan are printed: functions, so that only a program that asks has them.
struct PlanTexts {
  std::string (*jit)(const jit::ModuleBuilder& module);
  std::string (*memory)(std::span<const MemoryValue> values, const MemoryPlan& plan);
};
extern const PlanTexts kPlanTexts;  // Of core/runtime/inspect.cc.

struct PlanOptions {
  enum class Engine : uint8_t { kKernel, kReference };
  Engine engine = Engine::kKernel;
  bool jit = true;            // Whether fusions may become JIT functions.
  bool relaxed_simd = false;  // Whether JIT code may use relaxed SIMD instructions.
  bool shared_memory = false;
  int num_threads = 1;
  // How constants that are weights of products are stored, by constant; empty: all as they are.
  std::vector<Precision> precisions = {};
  bool save_memory = false;  // KernelRequest
  // What was measured of kernels; null: nothing. Outlives the options.
  const Tuning* tuning = nullptr;
  bool alternatives = false;         // Also say what kernels there were.
  const PlanTexts* texts = nullptr;  // The same, and print the JIT module and the memory plan.
};

// What this build and machine allow of what the caller wants.
PlanOptions OptionsForThisBuild(PlanOptions::Engine engine, bool jit, int num_threads);

// `graph` has one function; its last `num_constants` arguments are constants. `over_inputs` as in
// Plan.
Result<Plan> BuildPlan(Graph graph, uint32_t num_constants, std::vector<uint32_t> over_inputs,
                       const PlanOptions& options);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_PLAN_BUILDER_H_
