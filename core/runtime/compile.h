// SPDX-License-Identifier: Apache-2.0
//
// Compile: a verified program becomes plans. With core/import/import.h before it and
// core/runtime/session.h after it, this is the whole way from bytes to an answer.
#ifndef WEBHLO_CORE_RUNTIME_COMPILE_H_
#define WEBHLO_CORE_RUNTIME_COMPILE_H_

#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/base/task.h"
#include "core/import/import.h"
#include "core/passes/pipeline.h"
#include "core/passes/split_init.h"
#include "core/runtime/plan.h"
#include "core/runtime/plan_builder.h"

namespace webhlo {

// The plan of one init graph (core/passes/split_init.h).
struct InitPlan {
  Plan plan;
  std::vector<uint32_t> arguments;  // Program argument behind each input.
};

struct CompiledProgram {
  Plan main;
  std::vector<uint32_t> inputs;           // Program argument behind each input of `main`.
  std::vector<ConstantSource> constants;  // What each constant of `main` is.
  std::vector<InitPlan> inits;
};

// Which passes run, and on what: `inspect` and tests listen through `observer`.
struct CompileOptions {
  PlanOptions plan;
  PassObserver observer;
  bool fold_literals = true;  // PassContext
};

// `weight_arguments`: one flag an argument of the program's entry function. Pauses between passes
// and plans.
Task Compile(const Program& program, std::vector<bool> weight_arguments,
             const CompileOptions& options, Budget& budget, CompiledProgram* compiled);
// In one go.
Result<CompiledProgram> Compile(const Program& program, std::vector<bool> weight_arguments,
                                const CompileOptions& options);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_COMPILE_H_
