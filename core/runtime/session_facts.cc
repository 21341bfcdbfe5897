// SPDX-License-Identifier: Apache-2.0
//
// What a session tells of itself: JSON for the JavaScript side.
#include "core/base/json.h"
#include "core/base/math.h"
#include "core/base/strings.h"
#include "core/jit/module_builder.h"
#include "core/kernels/choice.h"
#include "core/kernels/roofline.h"
#include "core/ops/custom_call.h"
#include "core/runtime/donation.h"
#include "core/runtime/host_calls.h"
#include "core/runtime/session.h"
#include "core/runtime/tuner.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

std::string DtypeOf(const Type& type) {
  return type.IsTensor() ? DtypeName(type.tensor.StorageType()) : "token";
}

// Free sizes are null.
std::string ShapeJson(const TensorType& type) {
  return JsonArray(type.dims,
                   [](int64_t size) { return size == kDynamic ? "null" : StrCat(size); });
}

// An object's first members.
std::string BeginNamed(std::string_view name, std::string_view dtype, std::string_view shape) {
  return StrCat("{\"name\":", JsonString(name), ",\"dtype\":", JsonString(dtype),
                ",\"shape\":", shape);
}

std::string PortJson(const Port& port, const Type& type) {
  return BeginNamed(port.name, DtypeOf(type), ShapeJson(type.tensor)) + "}";
}

// Adds a member behind others.
void AddText(std::string* json, std::string_view name, std::string_view value) {
  StrAppend(json, ",\"", name, "\":", JsonString(value));
}
void AddNumber(std::string* json, std::string_view name, double value) {
  StrAppend(json, ",\"", name, "\":", value);
}

// NativeStep[] of js/src/native.ts.
std::string StepsJson(const Executable& e) {
  const Plan& plan = e.plan();
  std::string json = "[";
  for (uint32_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const StepLabel label = LabelOf(plan, step);
    const StepWork work = WorkOf(plan, i);
    const Executable::StepTime time = e.times().empty() ? Executable::StepTime() : e.times()[i];
    StrAppend(&json, i ? ",{" : "{", "\"step\":", i);
    AddText(&json, "kernel", label.kernel);
    AddText(&json, "sizes", label.sizes);
    if (step.node != kNone) {
      const Node& node = plan.graph.nodes[step.node];
      AddText(&json, "op", plan.graph.op_name(node));
      AddText(&json, "location", DescribeLocation(plan.graph, node.location));
    }
    AddNumber(&json, "flops", work.flops);
    AddNumber(&json, "bytes", work.bytes);
    AddNumber(&json, "ms", time.ms);
    AddNumber(&json, "runs", static_cast<double>(time.runs));
    json.push_back('}');
  }
  return json + "]";
}

// NativeChoice[] of js/src/native.ts: asked again, as a plan does not keep what it was not asked
// for.
std::string ChoicesJson(const Plan& plan, const PlanOptions& options) {
  jit::ModuleBuilder module(
      {.shared_memory = options.shared_memory, .relaxed_simd = options.relaxed_simd});
  std::string json = "[";
  for (const Step& step : plan.steps) {
    if (json.size() > 1) json.push_back(',');
    if (step.kind != Step::Kind::kKernel && step.kind != Step::Kind::kReference) {
      json.append("null");
      continue;
    }
    std::vector<std::string> proposed;
    if (step.kind == Step::Kind::kKernel) {
      KernelRequest request = RequestOf(plan, step, options);
      if (options.jit) request.jit = &module;
      ChooseKernel(request.op.node().op->kernels, request, {}, &proposed);
    }
    StrAppend(&json, "{\"why\":\"", ReasonOf(step, proposed), "\",\"candidates\":");
    json.append(JsonArray(proposed, JsonString)).push_back('}');
  }
  return json + "]";
}

}  // namespace

// NativeParameter[] of js/src/native.ts.
std::string Session::WeightsJson() const {
  std::vector<const DeclaredWeight*> taken;
  for (uint32_t w = 0; w < weights_.size(); ++w) {
    if (binding_.taken[w]) taken.push_back(&weights_[w]);
  }
  return JsonArray(taken, [](const DeclaredWeight* weight) {
    return StrCat(
        BeginNamed(weight->name, DtypeName(weight->type.element), JsonNumbers(weight->type.dims)),
        ",\"bytes\":", weight->ByteSize(), "}");
  });
}

Result<std::string> Session::RooflineJson() const {
  ASSIGN_OR_RETURN(const Roofline roofline, MeasureRoofline(*pool_, options_.clock));
  std::string json = "{\"reads\":[";
  for (const Roofline::Reads& reads : roofline.reads) {
    StrAppend(&json, json.back() == '[' ? "{" : ",{", "\"bytes\":", reads.bytes);
    AddNumber(&json, "rate", reads.rate);
    json.push_back('}');
  }
  json.push_back(']');
  AddNumber(&json, "flops", roofline.flops);
  return json + "}";
}

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
  // Operands that told the sizes of results have done so.
  const auto shape_operands = view.node().op->shape_operands;
  const uint64_t sizes = shape_operands ? shape_operands(view) : 0;
  std::string inputs, outputs;
  for (size_t i = 0; i < view.num_operands(); ++i) {
    const std::string input = port(view.operand_type(i));
    if (HasBit(sizes, i)) continue;
    StrAppend(&inputs, inputs.empty() ? "" : ",", input);
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
                ",\"backendConfig\":", JsonString(config_text),
                ",\"attributes\":", CallAttributesJson(view), ",\"inputs\":[", inputs,
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
      StrAppend(&results, i ? "," : "", PortJson(program.results[i], ResultType(p, i)));
    }
    StrAppend(&programs, p ? "," : "", "{\"name\":", JsonString(programs_[p].name),
              ",\"producer\":", JsonString(program.producer), ",\"inputs\":[", inputs,
              "],\"results\":[", results, "],\"dropped\":",
              JsonArray(program.dropped_arguments,
                        [](const Port& port) { return JsonArray(port.keys, JsonString); }),
              ",\"inPlace\":", HasDonors(program), ",\"calls\":", HostCallsJson(p), "}");
  }
  std::string out = StrCat("{\"programs\":[", programs, "]");
  if (bound_) {
    std::vector<uint32_t> needed, taken;
    for (uint32_t w = 0; w < weights_.size(); ++w) {
      if (store_.IsNeeded(w)) needed.push_back(w);
      if (binding_.taken[w]) taken.push_back(w);
    }
    StrAppend(&out, ",\"needed\":", JsonNumbers(needed), ",\"taken\":", JsonNumbers(taken));
    if (!machine_.jit_refusal.empty())
      StrAppend(&out, ",\"jitWarning\":", JsonString(machine_.jit_refusal));
  }
  return out + "}";
}

// As the executable makes them that runs begin, or as the program may where there is none yet.
std::string Session::HostCallsJson(uint32_t p) const {
  if (!bound_) return "[]";
  return JsonArray(
      made_[p].empty() ? calls_[p] : FindHostCalls(executable(p).plan().graph),
      [](const HostCalls& calls) {
        return StrCat("{\"target\":", JsonString(calls.target), ",\"count\":", calls.count,
                      ",\"where\":", JsonString(calls.where), ",\"certain\":", calls.certain, "}");
      });
}

// As the executable has it that runs begin, or as the program declares it where there is none yet.
const Type& Session::ResultType(uint32_t p, uint32_t i) const {
  if (!bound_ || IsFree(p)) return programs_[p].program.result_type(i);
  const Graph& graph = executable(p).plan().graph;
  return graph.type(graph.results(graph.regions[graph.functions[0].body])[i]);
}

std::string Session::ResultShapesJson(uint32_t p) const {
  const Graph& graph = executable(p).plan().graph;
  return JsonArray(graph.results(graph.regions[graph.functions[0].body]),
                   [&](ValueId result) { return ShapeJson(graph.type(result).tensor); });
}

std::string Session::DirectoryJson() const {
  return JsonArray(directory_, [](const WeightEntry& entry) {
    return StrCat(BeginNamed(entry.name, DtypeName(entry.dtype), JsonNumbers(entry.shape)),
                  ",\"offset\":", entry.offset, ",\"size\":", entry.size,
                  ",\"file\":", entry.file.empty() ? "null" : JsonString(entry.file), "}");
  });
}

std::string Session::MemoryJson() const {
  size_t jit = 0;
  int64_t lower_bound = 0, planned = 0;
  for (const auto& made : made_) {
    for (const Specialization& s : made) {
      const Plan& plan = s.reader->executable().plan();
      jit += plan.jit.num_bytes;
      if (plan.arena_size >= planned) {
        planned = plan.arena_size;
        lower_bound = plan.arena_lower_bound;
      }
    }
  }
  return StrCat("{\"weights\":", store_.ByteSize(), ",\"packed\":", store_.PackedByteSize(),
                ",\"arena\":", arena_.size(), ",\"arenaLowerBound\":", lower_bound,
                ",\"tensors\":", tensors_.ByteSize(), ",\"jit\":", jit, "}");
}

std::string Session::MetadataJson() const {
  std::string json;
  for (const auto& [key, value] : metadata_) {
    StrAppend(&json, json.empty() ? "" : ",", JsonString(key), ":", JsonString(value));
  }
  return StrCat("{", json, "}");
}

// "x 2x784, n"
std::string Session::Describe(uint32_t p, const Shapes& shapes) const {
  std::vector<std::string> inputs;
  for (uint32_t i = 0; i < programs_[p].program.arguments.size(); ++i) {
    if (binding_.weight_of[p][i] >= 0 || inputs.size() >= shapes.size()) continue;
    const std::vector<int64_t>& shape = shapes[inputs.size()];
    inputs.push_back(
        StrCat(programs_[p].program.arguments[i].name, shape.empty() ? "" : " ", Join(shape, "x")));
  }
  return Join(inputs);
}

// What Specialize takes, by executable: ["2x784,", "4x784,"].
std::string Session::ShapesJson(uint32_t p) const {
  return JsonArray(made_[p], [](const Specialization& s) {
    std::vector<std::string> shapes;
    for (const std::vector<int64_t>& shape : s.shapes) shapes.push_back(Join(shape, "x"));
    return JsonString(Join(shapes, ","));
  });
}

Result<uint32_t> Session::ProgramNamed(std::string_view name) const {
  if (programs_.empty()) return InvalidArgument("there is no program");
  const uint32_t p = name.empty() ? 0 : FindProgram(name);
  if (p == kNone) return InvalidArgument(StrCat("there is no program \"", name, "\""));
  return p;
}

Result<std::string> Session::Facts(std::string_view what, std::string_view program) const {
  ASSIGN_OR_RETURN(const uint32_t p, ProgramNamed(program));
  if (!bound_) return InvalidArgument(StrCat("\"", what, "\" comes after bind"));
  if (what == "steps") return made_[p].empty() ? "[]" : StepsJson(executable(p));
  if (what == "choices") {
    return made_[p].empty() ? "[]" : ChoicesJson(executable(p).plan(), made_[p].front().options);
  }
  if (what == "shapes") return IsFree(p) ? ShapesJson(p) : "[]";
  if (what == "weights") return WeightsJson();
  if (what == "roofline") return RooflineJson();
  return InvalidArgument(StrCat("no facts \"", what, "\""));
}

}  // namespace webhlo
