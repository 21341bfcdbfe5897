// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/host_calls.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/json.h"
#include "core/base/strings.h"
#include "core/ops/custom_call.h"
#include "core/passes/pipeline.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

// Empty for an op that is no call of the host. What exchanges data with it has its own name as
// target, before it is expanded (core/ops/transfers.cc) and after.
std::string_view TargetOf(const OpView& op) {
  if (IsHostCall(op)) return CustomCallTarget(op);
  const bool transfers = op.Is(ops::kInfeed) || op.Is(ops::kOutfeed) ||
                         ((op.Is(ops::kSend) || op.Is(ops::kRecv)) && op.Bool("is_host_transfer"));
  return transfers ? op.name() : std::string_view();
}

void Find(const Graph& graph, RegionId region, bool certain, bool branches_are_certain,
          std::vector<HostCalls>* calls) {
  const Range nodes = graph.regions[region].nodes;
  for (NodeId n = nodes.begin; n < nodes.end(); ++n) {
    const Node& node = graph.nodes[n];
    const bool branches = node.name == ops::kIf || node.name == ops::kCase;
    for (RegionId inner : graph.regions_of(node)) {
      Find(graph, inner, certain && (!branches || branches_are_certain), branches_are_certain,
           calls);
    }
    const std::string_view target = TargetOf(OpView(graph, node));
    if (target.empty()) continue;
    auto found = std::find_if(calls->begin(), calls->end(),
                              [&](const HostCalls& known) { return known.target == target; });
    if (found == calls->end()) {
      const std::string place = DescribeLocation(graph, node.location);
      calls->push_back(
          {std::string(target), 0, place == "unknown" ? "" : StrCat("at ", place), false});
      found = calls->end() - 1;
    }
    ++found->count;
    found->certain |= certain;
  }
}

std::string NumberJson(const std::string& text, bool fits) {
  return fits ? text : StrCat("{\"\":", JsonString(text), "}");
}

std::string AttributeJson(const Attribute& value) {
  // Up to here all integers are numbers of JavaScript.
  constexpr int64_t kSafe = int64_t{1} << 53;
  const auto integer = [](int64_t x) { return NumberJson(StrCat(x), x >= -kSafe && x <= kSafe); };
  using K = Attribute::Kind;
  switch (value.kind()) {
    case K::kUnit:
      return "true";
    case K::kBool:
      return value.bool_value() ? "true" : "false";
    case K::kInt:
      if (value.type().tensor.element == ElementType::kU64 && value.int_value() < 0) {
        return NumberJson(StrCat(static_cast<uint64_t>(value.int_value())), false);
      }
      return integer(value.int_value());
    case K::kFloat: {
      const double x = value.float_value();
      if (std::isfinite(x)) return StrCat(x);
      return NumberJson(std::isnan(x) ? "NaN" : x < 0 ? "-Infinity" : "Infinity", false);
    }
    case K::kString:
    case K::kSymbol:
      return JsonString(value.string());
    case K::kInts:
      return JsonArray(value.ints(), integer);
    case K::kArray:
      return JsonArray(value.elements(), AttributeJson);
    case K::kDict: {
      std::string out;
      for (const NamedAttribute& field : value.fields()) {
        StrAppend(&out, out.empty() ? "" : ",", JsonString(field.name), ":",
                  AttributeJson(field.value));
      }
      return StrCat("{", out, "}");
    }
    case K::kType:
    case K::kDense:
    case K::kOpaque:
      return JsonString(PrintAttribute(value));
  }
  return "null";
}

}  // namespace

std::vector<HostCalls> FindHostCalls(const Graph& graph) {
  std::vector<HostCalls> calls;
  Find(graph, graph.functions[0].body, true, true, &calls);
  return calls;
}

Task FindHostCalls(const Program& program, Budget& budget, std::vector<HostCalls>* calls) {
  const Graph& graph = program.graph;
  if (std::none_of(graph.nodes.begin(), graph.nodes.end(),
                   [&](const Node& node) { return !TargetOf(OpView(graph, node)).empty(); })) {
    co_return;
  }
  // Ops in other encodings are no calls, and functions that nothing calls do not count.
  size_t first = 0;
  while (ProgramPasses()[first].run != ResolveTuples) ++first;
  WorkBudget work(graph.nodes.size(), program.file_bytes);
  const PassContext context{program.entry().name, {}, true, &work, &budget, {}};
  Graph inlined;
  co_await RunPasses(ProgramPasses().first(first), context, graph, {}, budget, &inlined);
  Find(inlined, inlined.functions[0].body, true, false, calls);
}

std::string CallAttributesJson(const OpView& call) {
  for (const std::string_view name : {"mhlo.backend_config", "backend_config"}) {
    const Attribute* config = call.attribute(name);
    if (config && config->kind() == Attribute::Kind::kDict) return AttributeJson(*config);
  }
  return "{}";
}

}  // namespace webhlo
