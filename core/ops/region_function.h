// SPDX-License-Identifier: Apache-2.0
//
// A region of scalars as a BatchFunction, by the JIT or by tiles, and the kernel rows of ops that
// apply one.
#ifndef WEBHLO_CORE_OPS_REGION_FUNCTION_H_
#define WEBHLO_CORE_OPS_REGION_FUNCTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/graph/op_def.h"
#include "core/graph/uses.h"
#include "core/jit/loops.h"
#include "core/jit/module_builder.h"
#include "core/kernels/batch_function.h"
#include "core/kernels/choice.h"
#include "core/ops/elementwise_cost.h"
#include "core/ops/region_body.h"

namespace webhlo {

// Nothing where a region does more than elementwise ops on its arguments.
inline std::optional<RegionBody> ScalarBody(const Graph& graph, RegionId id) {
  const Region& region = graph.regions[id];
  if (!RegionBody::Holds(graph, region) || !CapturedValues(graph, id).empty()) return std::nullopt;
  RegionBody body;
  std::unordered_map<ValueId, uint32_t> number;
  for (uint32_t i = 0; i < region.arguments.size; ++i) {
    const ValueId argument = region.arguments.begin + i;
    body.elements.push_back(graph.tensor(argument).element);
    number[argument] = i;
  }
  body.Read(graph, NeededNodes(graph, region), graph.results(region), std::move(number));
  if (body.num_inputs + body.results.size() > BatchFunction::kMaxArgs) return std::nullopt;
  return body;
}

// Whether a computation's first arguments have the element types of the op's first operands, which
// it may promote, and of which the engines' functions know those of at most 8 bytes.
inline bool TakesElementsOf(const OpView& op, size_t region, size_t operands) {
  for (size_t k = 0; k < operands; ++k) {
    const TensorType& type = op.operand(k);
    const ValueId argument = op.region(region).arguments.begin + static_cast<ValueId>(k);
    if (type.quantized || ByteWidth(type.element) > 8 ||
        op.graph().tensor(argument).element != type.element) {
      return false;
    }
  }
  return true;
}

// Nothing where the JIT's vocabulary lacks something.
inline std::optional<jit::JitFunction> EmitRegion(jit::ModuleBuilder& module, const Graph& graph,
                                                  RegionId region) {
  const std::optional<RegionBody> body = ScalarBody(graph, region);
  constexpr int64_t kAnyCount = 1 << 20;
  if (!body || !body->CanEmit(graph)) return std::nullopt;
  LoopNest nest{.sizes = {kAnyCount}, .inputs = {}, .outputs = {}};
  for (uint32_t k = 0; k < body->num_inputs; ++k) nest.inputs.push_back({body->elements[k], {1}});
  for (uint32_t v : body->results) nest.outputs.push_back(body->elements[v]);
  return EmitBody(
      module, graph, *body, "map",
      [&](jit::Record& record, std::span<const jit::LaneValue> outputs, const std::string& name) {
        return jit::EmitMap(record, nest, outputs, name);
      });
}

// Null where an op has no tile.
inline std::unique_ptr<BatchFunction> MakeRegionTiles(const Graph& graph, RegionId region) {
  const std::optional<RegionBody> body = ScalarBody(graph, region);
  if (!body || body->elements.size() + body->results.size() > TileProgram::kMaxValues) {
    return nullptr;
  }
  TileProgram program{.widths = {},
                      .num_inputs = body->num_inputs,
                      .constants = {},
                      .steps = {},
                      .results = body->results};
  for (ElementType element : body->elements) program.widths.push_back(ByteWidth(element));
  for (const DenseElements* splat : body->splats) program.constants.push_back(splat->bytes);
  for (const RegionBody::Step& step : body->steps) {
    const ElementwiseOp& op = *step.node->op->elementwise;
    const TileFunction tile = op.tile ? op.tile(OpView(graph, *step.node)) : nullptr;
    if (!tile || step.operands.size() > TileProgram::kMaxOperands) return nullptr;
    program.steps.push_back({tile, step.operands, step.result});
  }
  return MakeTileFunction(std::move(program));
}

// What applying it to an element costs, besides memory (core/kernels/parallel.h).
inline int64_t RegionCost(const Graph& graph, RegionId id) {
  const Region& region = graph.regions[id];
  int64_t cost = 0;
  for (uint32_t i = 0; i < region.nodes.size; ++i) {
    const OpView node(graph, graph.nodes[region.nodes.begin + i]);
    if (IsElementwise(node.node())) cost += ElementWork(node);
  }
  return cost;
}

// The functions of an op's regions.
using RegionFunctions = std::vector<std::unique_ptr<BatchFunction>>;

// Rows of an op whose kernel applies its regions. kPropose(request): the choice without their
// functions; kMake(site, functions): the kernel.
template <std::optional<KernelChoice> (*kPropose)(const KernelRequest& request),
          Result<std::unique_ptr<Kernel>> (*kMake)(const KernelSite& site,
                                                   RegionFunctions functions)>
struct RegionRows {
  static std::optional<KernelChoice> ProposeJit(const KernelRequest& request) {
    if (request.jit == nullptr) return std::nullopt;
    std::optional<KernelChoice> choice = kPropose(request);
    if (!choice) return std::nullopt;
    for (RegionId region : request.op.graph().regions_of(request.op.node())) {
      const std::optional<jit::JitFunction> function =
          EmitRegion(*request.jit, request.op.graph(), region);
      if (!function) return std::nullopt;
      choice->parameters.push_back(function->number);
      choice->parameters.push_back(function->constants);
    }
    return choice;
  }
  static Result<std::unique_ptr<Kernel>> MakeJit(const KernelSite& site) {
    RegionFunctions functions(site.op.num_regions());
    const int64_t* parameter =
        site.choice.parameters.data() + site.choice.parameters.size() - 2 * functions.size();
    for (std::unique_ptr<BatchFunction>& function : functions) {
      const uint32_t number = static_cast<uint32_t>(*parameter++);
      function = MakeJitFunction(site.jit_functions + number, site.jit_constants + *parameter++);
    }
    return kMake(site, std::move(functions));
  }

  static std::optional<KernelChoice> ProposeTiles(const KernelRequest& request) {
    std::optional<KernelChoice> choice = kPropose(request);
    if (!choice) return std::nullopt;
    for (RegionId region : request.op.graph().regions_of(request.op.node())) {
      if (!MakeRegionTiles(request.op.graph(), region)) return std::nullopt;
    }
    return choice;
  }
  static Result<std::unique_ptr<Kernel>> MakeTiles(const KernelSite& site) {
    RegionFunctions functions;
    for (RegionId region : site.op.graph().regions_of(site.op.node())) {
      functions.push_back(MakeRegionTiles(site.op.graph(), region));
    }
    return kMake(site, std::move(functions));
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_REGION_FUNCTION_H_
