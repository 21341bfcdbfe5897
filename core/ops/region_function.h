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

// Rows of an op whose kernel applies region 0. kPropose(request): the choice without its function;
// kMake(site, function): the kernel.
template <std::optional<KernelChoice> (*kPropose)(const KernelRequest& request),
          Result<std::unique_ptr<Kernel>> (*kMake)(const KernelSite& site,
                                                   std::unique_ptr<BatchFunction> function)>
struct RegionRows {
  static std::optional<KernelChoice> ProposeJit(const KernelRequest& request) {
    if (request.jit == nullptr) return std::nullopt;
    std::optional<KernelChoice> choice = kPropose(request);
    if (!choice) return std::nullopt;
    const std::optional<jit::JitFunction> function =
        EmitRegion(*request.jit, request.op.graph(), request.op.region_id(0));
    if (!function) return std::nullopt;
    choice->parameters.push_back(function->number);
    choice->parameters.push_back(function->constants);
    return choice;
  }
  static Result<std::unique_ptr<Kernel>> MakeJit(const KernelSite& site) {
    const std::span<const int64_t> function = std::span(site.choice.parameters).last(2);
    return kMake(site, MakeJitFunction(site.jit_functions + static_cast<uint32_t>(function[0]),
                                       site.jit_constants + function[1]));
  }

  static std::optional<KernelChoice> ProposeTiles(const KernelRequest& request) {
    if (!MakeRegionTiles(request.op.graph(), request.op.region_id(0))) return std::nullopt;
    return kPropose(request);
  }
  static Result<std::unique_ptr<Kernel>> MakeTiles(const KernelSite& site) {
    return kMake(site, MakeRegionTiles(site.op.graph(), site.op.region_id(0)));
  }
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_REGION_FUNCTION_H_
