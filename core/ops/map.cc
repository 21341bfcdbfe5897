// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.map: https://openxla.org/stablehlo/spec#map
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/region_function.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  // C2
  OP_CHECK(op, op.num_operands() > 0, "has no inputs (C2)");
  RETURN_IF_ERROR(CheckTensors(op, op.num_operands()));
  const TensorType& first = op.operand(0);
  const auto dimensions = op.Ints("dimensions");
  std::vector<Type> arguments;
  for (size_t i = 0; i < op.num_operands(); ++i) {
    // C1
    RETURN_IF_ERROR(CheckShape(op, StrCat("input ", i), op.operand(i), first.dims, "C1"));
    arguments.push_back(TensorType(op.operand(i).element, {}));
  }
  // C3
  RETURN_IF_ERROR(CheckSize(op, "dimensions", dimensions, first.dims.size(), "C3"));
  for (size_t d = 0; d < dimensions.size(); ++d) {
    OP_CHECK(op, dimensions[d] == static_cast<int64_t>(d), "dimensions ", Brackets(dimensions),
             " are not all dimensions in order (C3)");
  }
  // C4
  OP_CHECK(op, op.num_regions() == 1, "has ", op.num_regions(), " regions, expected 1");
  RETURN_IF_ERROR(CheckRegionArguments(op, 0, arguments, "C4"));
  RETURN_IF_ERROR(
      CheckRegionResults(op, 0, std::vector<Type>{TensorType(op.result().element, {})}, "C4"));
  return SetResult(op, results, 0, op.result().element, first.dims);
}

Task Reference(const ReferenceArgs& args) {
  const Region& computation = args.op.region(0);
  const TensorView& result = args.outputs[0];
  const TensorType scalar(result.element(), {});
  std::vector<TensorView> arguments(args.inputs.size());
  const int64_t count = result.NumElements();
  for (int64_t i = 0; i < count; ++i) {
    for (size_t k = 0; k < arguments.size(); ++k) {
      const ValueId id = computation.arguments.begin + static_cast<ValueId>(k);
      arguments[k] = TensorView(&args.op.graph().tensor(id), args.inputs[k].at(i));
    }
    const TensorView value(&scalar, result.at(i));
    co_await args.regions.Run(args.op.region_id(0), arguments, std::span(&value, 1));
    co_await args.budget.Spend(16);
  }
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  for (size_t k = 0; k < request.op.num_operands(); ++k) {
    if (request.op.operand(k).quantized) return std::nullopt;
  }
  return KernelChoice{.sizes = ToString(request.op.result())};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site, RegionFunctions functions) {
  const OpView& op = site.op;
  std::vector<int> widths;
  for (size_t k = 0; k < op.num_operands(); ++k) widths.push_back(WidthOf(op.operand(k)));
  widths.push_back(WidthOf(op.result()));
  return MakeMap(std::move(functions[0]), std::move(widths), op.result().NumElements(),
                 RegionCost(op.graph(), op.region_id(0)));
}

using Rows = RegionRows<Propose, Make>;

constexpr KernelRow kKernels[] = {
    {.name = "jit", .propose = Rows::ProposeJit, .make = Rows::MakeJit},
    {.name = "tiles", .propose = Rows::ProposeTiles, .make = Rows::MakeTiles},
};

constexpr OpDef kOps[] = {
    {.name = "stablehlo.map", .infer = Infer, .reference = Reference, .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(map, kOps);

}  // namespace webhlo
