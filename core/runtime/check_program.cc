// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/check_program.h"

#include <memory>

#include "core/base/json.h"
#include "core/base/strings.h"
#include "core/graph/uses.h"
#include "core/graph/verifier.h"
#include "core/import/import.h"
#include "core/ops/custom_call.h"
#include "core/ops/op_table.h"
#include "core/runtime/compile.h"
#include "core/runtime/executable.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

bool IsCheck(const Graph& graph, const Node& node) {
  const OpView view(graph, node);
  return IsCheckCall(view.Is(ops::kCustomCall) ? CustomCallTarget(view) : view.name());
}

bool HasChecks(const Graph& graph, RegionId id) {
  bool any = false;
  ForEachNode(graph, id, [&](const Node& node) { any |= IsCheck(graph, node); });
  return any;
}

Status RoundTrip(const Graph& graph) {
  const std::string text = Print(graph);
  ASSIGN_OR_RETURN(const Graph again, ParseText(text, "<printed>"));
  if (Status status = VerifyStructure(again); !status.ok()) return status;
  if (Print(again) != text) return Internal("the printed program reads back as another one");
  return OkStatus();
}

Status RunFunction(const Program& program, const CheckOptions& options) {
  CompileOptions compile;
  compile.fold_literals = false;
  compile.plan = OptionsForThisBuild(options.engine, options.jit, options.num_threads);
  ThreadPool pool(options.num_threads);
  Budget budget;
  Machine machine{&pool, &budget};
  CompiledProgram compiled;
  RETURN_IF_ERROR(RunToEnd(Compile(program, {}, compile, &machine, &compiled)));
  // Whoever checks the JIT wants to know that it ran.
  if (!machine.jit_refusal.empty()) return Unsupported(machine.jit_refusal);
  Executable* const executable = compiled.main.get();
  ASSIGN_OR_RETURN(AlignedBuffer arena,
                   TryAllocate(static_cast<uint64_t>(executable->plan().arena_size), "the arena"));
  executable->BindArena(arena.data());
  executable->set_poison(true);
  executable->Start();
  budget.StartSlice(options.deadline_ms);
  ASSIGN_OR_RETURN(const Executable::State state, executable->Advance());
  switch (state) {
    case Executable::State::kDone:
      return OkStatus();
    case Executable::State::kPaused:
      return Cancelled("did not end in time");
    case Executable::State::kHostCall:
      return Unsupported(StrCat("custom call ", CustomCallTarget(OpView(executable->plan().graph,
                                                                        executable->host_call()))));
  }
  return OkStatus();
}

}  // namespace

std::vector<CheckOutcome> CheckProgram(std::span<const uint8_t> bytes, std::string_view file_name,
                                       const CheckOptions& options) {
  UseOps();
  ImportOptions import;
  import.file_name = file_name;
  import.require_entry = false;  // Every function is one by itself.
  import.require_known_ops = !options.notation;
  Result<Program> program = Import(bytes, import);
  if (!program.ok()) return {{"import", program.status()}};
  if (options.notation) {
    return {{"round trip", RoundTrip(program->graph), Print(program->graph)}};
  }
  std::vector<CheckOutcome> outcomes;
  const std::vector<Function>& functions = program->graph.functions;
  for (uint32_t f = 0; f < functions.size(); ++f) {
    const RegionId body = functions[f].body;
    if (body == kNone || program->graph.regions[body].arguments.size > 0 ||
        !HasChecks(program->graph, body)) {
      continue;
    }
    program->entry_index = f;
    outcomes.push_back({functions[f].name, RunFunction(*program, options)});
  }
  if (outcomes.empty()) outcomes.push_back({"round trip", RoundTrip(program->graph)});
  return outcomes;
}

std::string CheckProgramJson(std::span<const uint8_t> bytes, std::string_view file_name,
                             const CheckOptions& options) {
  return JsonArray(CheckProgram(bytes, file_name, options), [](const CheckOutcome& outcome) {
    const Status& status = outcome.status;
    return StrCat("{\"case\":", JsonString(outcome.name), ",\"ok\":", status.ok(),
                  ",\"code\":", JsonString(StatusCodeName(status.code())),
                  ",\"message\":", JsonString(status.message()),
                  outcome.text.empty() ? "" : StrCat(",\"text\":", JsonString(outcome.text)), "}");
  });
}

}  // namespace webhlo
