// SPDX-License-Identifier: Apache-2.0
//
// What a session tells of itself: JSON for the JavaScript side, text for `inspect`.
#include "core/base/json.h"
#include "core/base/strings.h"
#include "core/ops/custom_call.h"
#include "core/runtime/session.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

std::string DtypeOf(const Type& type) {
  return type.IsTensor() ? DtypeName(type.tensor.StorageType()) : "token";
}

std::string PortJson(const Port& port, const Type& type) {
  return StrCat("{\"name\":", JsonString(port.name), ",\"dtype\":", JsonString(DtypeOf(type)),
                ",\"shape\":", JsonNumbers(type.tensor.dims), "}");
}

}  // namespace

std::string Session::HostCallJson() const {
  const Executable& e = executable(running_);
  const OpView view(e.plan().graph, e.host_call());
  const std::vector<void*> buffers = e.host_call_buffers();
  size_t next = 0;
  const auto port = [&](const Type& type) {
    return StrCat("{\"ptr\":", reinterpret_cast<uintptr_t>(buffers[next++]),
                  ",\"dtype\":", JsonString(DtypeOf(type)),
                  ",\"shape\":", JsonNumbers(type.tensor.dims), "}");
  };
  std::string inputs, outputs;
  for (size_t i = 0; i < view.num_operands(); ++i) {
    StrAppend(&inputs, i ? "," : "", port(view.operand_type(i)));
  }
  for (size_t i = 0; i < view.num_results(); ++i) {
    StrAppend(&outputs, i ? "," : "", port(view.result_type(i)));
  }
  const Attribute* config = view.attribute("backend_config");
  std::string config_text;
  if (config) {
    config_text =
        config->kind() == Attribute::Kind::kString ? config->string() : PrintAttribute(*config);
  }
  return StrCat("{\"target\":", JsonString(CustomCallTarget(view)),
                ",\"backendConfig\":", JsonString(config_text), ",\"inputs\":[", inputs,
                "],\"outputs\":[", outputs, "]}");
}

std::string Session::DescribeJson() const {
  std::string programs;
  for (uint32_t p = 0; p < programs_.size(); ++p) {
    const Program& program = programs_[p].program;
    std::string inputs, results;
    for (uint32_t i = 0; bound_ && i < program.arguments.size(); ++i) {
      if (binding_.weight_of[p][i] >= 0) continue;
      StrAppend(&inputs, inputs.empty() ? "" : ",",
                PortJson(program.arguments[i], program.argument_type(i)));
    }
    for (uint32_t i = 0; i < program.results.size(); ++i) {
      StrAppend(&results, i ? "," : "", PortJson(program.results[i], program.result_type(i)));
    }
    StrAppend(&programs, p ? "," : "", "{\"name\":", JsonString(programs_[p].name),
              ",\"producer\":", JsonString(program.producer), ",\"inputs\":[", inputs,
              "],\"results\":[", results, "],\"dropped\":",
              JsonArray(program.dropped_arguments,
                        [](const Port& port) { return JsonArray(port.keys, JsonString); }),
              "}");
  }
  std::string out = StrCat("{\"programs\":[", programs, "]");
  if (bound_) {
    std::vector<uint32_t> needed, taken;
    for (uint32_t w = 0; w < weights_.size(); ++w) {
      if (store_.IsNeeded(w)) needed.push_back(w);
      if (binding_.taken[w]) taken.push_back(w);
    }
    StrAppend(&out, ",\"needed\":", JsonNumbers(needed), ",\"taken\":", JsonNumbers(taken));
    if (!jit_warning_.empty()) StrAppend(&out, ",\"jitWarning\":", JsonString(jit_warning_));
  }
  return out + "}";
}

std::string Session::DirectoryJson() const {
  return JsonArray(directory_, [](const WeightEntry& entry) {
    return StrCat("{\"name\":", JsonString(entry.name),
                  ",\"dtype\":", JsonString(DtypeName(entry.dtype)),
                  ",\"shape\":", JsonNumbers(entry.shape), ",\"offset\":", entry.offset,
                  ",\"size\":", entry.size,
                  ",\"file\":", entry.file.empty() ? "null" : JsonString(entry.file), "}");
  });
}

std::string Session::MemoryJson() const {
  size_t jit = 0;
  int64_t lower_bound = 0, planned = 0;
  for (const auto& reader : readers_) {
    const Plan& plan = reader->executable().plan();
    jit += plan.jit.num_bytes;
    if (plan.arena_size >= planned) {
      planned = plan.arena_size;
      lower_bound = plan.arena_lower_bound;
    }
  }
  return StrCat("{\"weights\":", store_.ByteSize(), ",\"packed\":", store_.PackedByteSize(),
                ",\"arena\":", arena_.size(), ",\"arenaLowerBound\":", lower_bound,
                ",\"tensors\":", tensors_.ByteSize(), ",\"jit\":", jit, "}");
}

Result<std::string> Session::Inspect(std::string_view stage, std::string_view program) const {
  if (programs_.empty()) return InvalidArgument("there is no program");
  const uint32_t p = program.empty() ? 0 : FindProgram(program);
  if (p == kNone) return InvalidArgument(StrCat("there is no program \"", program, "\""));
  const Program& inspected = programs_[p].program;
  PrintOptions short_constants;
  short_constants.elide_elements_above = 16;
  if (stage == "graph") return Print(inspected.graph, short_constants);
  if (!bound_) return InvalidArgument(StrCat("stage \"", stage, "\" comes after bind"));
  if (stage != "passes" && stage != "plan" && stage != "init" && stage != "jit" &&
      stage != "memory") {
    return InvalidArgument(
        StrCat("no stage \"", stage, "\"; there are graph, passes, init, plan, jit and memory"));
  }
  // Compiled again, with somebody listening.
  CompileOptions options = MakeCompileOptions();
  options.plan.texts = true;
  if (stage != "jit" && !jit_warning_.empty()) options.plan.jit = false;
  std::string text;
  std::string previous;
  options.observer = [&](std::string_view name, const Graph& graph) {
    std::string print = Print(graph, short_constants);
    StrAppend(&text, "// ---- ", name, print == previous ? ": no change\n" : "\n");
    if (print != previous) text.append(print);
    previous = std::move(print);
  };
  ASSIGN_OR_RETURN(const ProgramPlans plans, MakePlans(inspected, WeightArguments(p), options));
  if (stage == "passes") return text;
  if (stage == "plan") return ToString(plans.main);
  if (stage == "memory") return plans.main.memory_text;
  if (stage == "jit") {
    return jit_warning_.empty()
               ? plans.main.jit_text
               : StrCat("not installed: ", jit_warning_, "\n", plans.main.jit_text);
  }
  text.clear();
  for (const InitPlan& init : plans.inits) {
    std::vector<std::string> names;
    for (uint32_t argument : init.arguments) names.push_back(inspected.arguments[argument].name);
    StrAppend(&text, "// from ", Join(names), "\n", Print(init.plan.graph, short_constants),
              ToString(init.plan), "\n");
  }
  return text;
}

}  // namespace webhlo
