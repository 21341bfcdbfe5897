// SPDX-License-Identifier: Apache-2.0
//
// Compile: from bytes to an executable, on one page. The steps are functions of their own where
// somebody wants to stop between them: a session knows a program's names before it compiles it,
// `inspect` and tests look at plans that nobody runs.
#ifndef WEBHLO_CORE_RUNTIME_COMPILE_H_
#define WEBHLO_CORE_RUNTIME_COMPILE_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/base/task.h"
#include "core/import/import.h"
#include "core/passes/pipeline.h"
#include "core/passes/split_init.h"
#include "core/runtime/executable.h"
#include "core/runtime/plan.h"
#include "core/runtime/plan_builder.h"

namespace webhlo {

// An init graph (core/passes/split_init.h): which plan it has, of a list that stands beside it.
// Those that compute the same share one.
struct InitPlan {
  uint32_t plan = 0;
  std::vector<uint32_t> arguments;  // As in InitGraph.
};

// A program made into plans: values without pointers.
struct ProgramPlans {
  Plan main;
  PlanOptions options;                    // That `main` was made with.
  std::vector<ConstantSource> constants;  // What each constant of `main` is.
  std::vector<InitPlan> inits;
  std::vector<Plan> init_plans;
  std::vector<std::shared_ptr<const DenseElements>> literals;  // As in SplitProgram.
};

// Which passes run, and on what: `inspect` and tests listen through `observer`.
struct CompileOptions {
  PlanOptions plan;
  PassObserver observer;
  bool fold_literals = true;  // PassContext
  // Whether results may take the place of donated inputs (Plan::over_inputs): then the caller says
  // where these lie.
  bool in_place = false;
  std::vector<Type> argument_types;  // PassContext
  // How weights of products are to be stored: by argument, and what is computed of weights. Empty:
  // all as they are.
  std::vector<Precision> precisions = {};
  Precision computed_precision = Precision::kF32;
};

// A program that can run once its constants are there. The executables of init plans are made by
// whoever has the weights, for those that nobody has run.
struct CompiledProgram {
  std::unique_ptr<Executable> main;
  PlanOptions options;  // That its plan was made with.
  std::vector<ConstantSource> constants;
  std::vector<InitPlan> inits;
  std::vector<Plan> init_plans;
  std::vector<std::shared_ptr<const DenseElements>> literals;  // As in SplitProgram.
};

// What executables run on: their work is spent on `budget` and shared with the threads of `pool`.
struct Machine {
  ThreadPool* pool;
  Budget* budget;
  // Why the engine refused a module of the JIT, if it did.
  std::string jit_refusal = {};
  // The JIT's functions stay for good, so that a program which is compiled again for shapes it was
  // compiled for before uses those.
  struct InstalledCode {
    std::vector<jit::JitModule> modules;
    uint32_t first_function;
  };
  std::vector<InstalledCode> code = {};
};

// Bytes become a verified program with named ports.
Result<Program> ReadProgram(std::span<const uint8_t> bytes, std::string_view file_name);

// A program becomes plans. `weight_arguments`: one flag an argument of the program's entry
// function. Pauses between passes and plans.
Task MakePlans(const Program& program, std::vector<bool> weight_arguments,
               const CompileOptions& options, Budget& budget, ProgramPlans* plans);
// In one go.
Result<ProgramPlans> MakePlans(const Program& program, std::vector<bool> weight_arguments,
                               const CompileOptions& options);

// A plan bound to this machine. An engine that refuses the JIT's module is no error: the plan is
// made again of kernels that need none, which `options` say from then on.
Result<std::unique_ptr<Executable>> MakeExecutable(Plan plan, PlanOptions* options,
                                                   Machine* machine);

// A program becomes an executable.
Task Compile(const Program& program, std::vector<bool> weight_arguments,
             const CompileOptions& options, Machine* machine, CompiledProgram* compiled);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_COMPILE_H_
