// SPDX-License-Identifier: Apache-2.0
//
// What a session tells of itself: JSON for the JavaScript side, text for `inspect`.
#include <set>

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
  return StrCat(
      "{\"name\":", JsonString(port.name),
      ",\"keys\":", JsonArray(port.keys, [](const std::string& key) { return JsonString(key); }),
      ",\"dtype\":", JsonString(DtypeOf(type)), ",\"shape\":", JsonNumbers(type.tensor.dims),
      ",\"bytes\":", type.IsTensor() ? type.tensor.ByteSize() : 0, "}");
}

}  // namespace

std::string Session::HostCallJson() const {
  const Executable& e = *programs_[running_]->executable;
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
  const auto program_json = [&](const std::unique_ptr<ProgramState>& state) {
    const Program& program = state->program;
    std::string inputs, results;
    for (uint32_t i : state->inputs) {
      StrAppend(&inputs, inputs.empty() ? "" : ",",
                PortJson(program.arguments[i], program.argument_type(i)));
    }
    for (uint32_t i = 0; i < program.results.size(); ++i) {
      StrAppend(&results, i ? "," : "", PortJson(program.results[i], program.result_type(i)));
    }
    std::set<std::string> host_calls;
    for (const Node& node : program.graph.nodes) {
      const OpView view(program.graph, node);
      if (IsHostCall(view)) host_calls.insert(std::string(CustomCallTarget(view)));
    }
    std::string out = StrCat(
        "{\"name\":", JsonString(state->name), ",\"producer\":", JsonString(program.producer),
        ",\"inputs\":[", inputs, "],\"results\":[", results, "],\"dropped\":",
        JsonArray(program.dropped_arguments,
                  [](const Port& port) { return JsonArray(port.keys, JsonString); }),
        ",\"customCalls\":",
        JsonArray(host_calls, [](const std::string& s) { return JsonString(s); }));
    return out + "}";
  };
  std::string out = StrCat("{\"programs\":", JsonArray(programs_, program_json));
  if (bound_) {
    std::vector<uint32_t> needed, taken;
    for (uint32_t w = 0; w < weights_.size(); ++w) {
      if (weights_[w].needed) needed.push_back(w);
      if (weights_[w].taken) taken.push_back(w);
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
  size_t weights = 0, packed = 0, kept = 0, jit = 0;
  int64_t lower_bound = 0, planned = 0;
  for (const Weight& weight : weights_) weights += weight.data.size();
  for (const Constant& constant : constants_) weights += constant.owned.size();
  for (const auto& [key, packing] : packings_) packed += packing.bytes;
  for (const auto& [handle, buffer] : tensors_) kept += buffer.size();
  for (const auto& state : programs_) {
    if (!state->executable) continue;
    jit += state->executable->plan().jit.num_bytes;
    if (state->executable->plan().arena_size >= planned) {
      planned = state->executable->plan().arena_size;
      lower_bound = state->executable->plan().arena_lower_bound;
    }
  }
  return StrCat("{\"weights\":", weights, ",\"packed\":", packed, ",\"arena\":", arena_.size(),
                ",\"arenaLowerBound\":", lower_bound, ",\"tensors\":", kept, ",\"jit\":", jit, "}");
}

Result<std::string> Session::Inspect(std::string_view stage, std::string_view program) const {
  if (programs_.empty()) return InvalidArgument("there is no program");
  const ProgramState* state = program.empty() ? programs_[0].get() : FindProgram(program);
  if (!state) return InvalidArgument(StrCat("there is no program \"", program, "\""));
  PrintOptions short_constants;
  short_constants.elide_elements_above = 16;
  if (stage == "graph") return Print(state->program.graph, short_constants);
  if (!bound_) return InvalidArgument(StrCat("stage \"", stage, "\" comes after bind"));
  if (stage != "passes" && stage != "plan" && stage != "init" && stage != "jit" &&
      stage != "memory") {
    return InvalidArgument(
        StrCat("no stage \"", stage, "\"; there are graph, passes, init, plan, jit and memory"));
  }
  // Compiled again, with somebody listening.
  std::vector<bool> weight_arguments;
  for (int32_t w : state->weight_of) weight_arguments.push_back(w >= 0);
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
  ASSIGN_OR_RETURN(const CompiledProgram compiled,
                   Compile(state->program, std::move(weight_arguments), options));
  if (stage == "passes") return text;
  if (stage == "plan") return ToString(compiled.main);
  if (stage == "memory") return compiled.main.memory_text;
  if (stage == "jit") {
    return jit_warning_.empty()
               ? compiled.main.jit_text
               : StrCat("not installed: ", jit_warning_, "\n", compiled.main.jit_text);
  }
  text.clear();
  for (const InitPlan& init : compiled.inits) {
    std::vector<std::string> names;
    for (uint32_t argument : init.arguments)
      names.push_back(state->program.arguments[argument].name);
    StrAppend(&text, "// from ", Join(names), "\n", Print(init.plan.graph, short_constants),
              ToString(init.plan), "\n");
  }
  return text;
}

}  // namespace webhlo
