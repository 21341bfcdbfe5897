// SPDX-License-Identifier: Apache-2.0
//
// The epilogue of webhlo.matmul and webhlo.conv2d: what is done to each element of the product. It
// is a region as a fusion has (core/ops/fusion.h), of the product and the operands behind the first
// two; what it returns is the result. (webhlo.attention has one of its first product, of which it
// makes more: the operands are those behind the first three.)
//
// A kernel may take its beginning, as far as it does that for free: the addition of a constant
// vector over the last dimension (bias), then a bound from below, then one from above. What it
// leaves is a loop over the result, in its place, by a function of the JIT or by tiles; it runs
// behind the product or, where the kernel offers that, on rows that are in cache still.
#ifndef WEBHLO_CORE_OPS_EPILOGUE_H_
#define WEBHLO_CORE_OPS_EPILOGUE_H_

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/graph/literals.h"
#include "core/kernels/choice.h"
#include "core/kernels/clamp.h"
#include "core/kernels/matmul/sizes.h"
#include "core/ops/fusion.h"
#include "core/ops/infer_util.h"

namespace webhlo {

// Part of Infer: the operands behind the op's own, and the region, for a product of this type.
inline Status CheckEpilogue(const OpView& op, const TensorType& product, size_t own = 2) {
  if (op.num_regions() == 0) {
    OP_CHECK(op, op.num_operands() == own, "has ", op.num_operands(), " operands, expected ", own,
             " where there is no epilogue");
    return OkStatus();
  }
  OP_CHECK(op, op.num_regions() == 1, "has ", op.num_regions(), " regions, expected 1");
  std::vector<Type> arguments = {Type(product)};
  for (size_t i = own; i < op.num_operands(); ++i) arguments.push_back(op.operand_type(i));
  RETURN_IF_ERROR(CheckRegionArguments(op, 0, arguments, "the product and what is behind weights"));
  RETURN_IF_ERROR(CheckElementwiseRegion(op, product.dims));
  return CheckRegionResults(op, 0, std::span(arguments).first(1), "the product's type");
}

// The op's epilogue of that product.
inline Task RunEpilogue(const ReferenceArgs& args, TensorView product,
                        std::span<const TensorView> to, size_t own = 2) {
  std::vector<TensorView> inputs = {product};
  for (const TensorView& extra : args.inputs.subspan(own)) inputs.push_back(extra);
  co_await args.regions.Run(args.op.region_id(0), inputs, to);
}

// Computes the product, then its epilogue.
using ProductReference = Task (*)(const ReferenceArgs& args, const TensorView& product);
inline Task RunWithEpilogue(const ReferenceArgs& args, ProductReference run_product) {
  if (args.op.num_regions() == 0) {
    co_await run_product(args, args.outputs[0]);
    co_return;
  }
  const TensorType& type = args.op.result();
  Result<AlignedBuffer> buffer =
      TryAllocate(static_cast<uint64_t>(type.ByteSize()), "a product before its epilogue");
  co_await buffer.status();
  const TensorView product(&type, buffer->data());
  co_await run_product(args, product);
  co_await RunEpilogue(args, product, args.outputs);
}
template <ProductReference kProduct>
Task ReferenceWithEpilogue(const ReferenceArgs& args) {
  return RunWithEpilogue(args, kProduct);
}

// What a kernel takes of an epilogue, and what it leaves.
struct Epilogue {
  bool has_bias = false;  // Operand 2.
  ClampRange clamp;
  std::optional<ElementwiseRegion> rest;  // Nothing when it takes all.
};

// For a kernel that takes nothing.
inline Epilogue LeaveEpilogue(const OpView& op, uint32_t own = 2) {
  Epilogue epilogue;
  if (op.num_regions() == 0) return epilogue;
  epilogue.rest = {.op = op,
                   .shape = op.graph().tensor(op.region(0).arguments.begin).dims,
                   .arguments = {static_cast<uint32_t>(op.num_operands())}};
  for (uint32_t i = own; i < op.num_operands(); ++i) epilogue.rest->arguments.push_back(i);
  return epilogue;
}

// For a kernel that takes bounds and, when operand 2 is constant, that as the bias.
inline Epilogue TakeEpilogue(const OpView& op, bool has_constant_bias) {
  Epilogue epilogue = LeaveEpilogue(op);
  if (!epilogue.rest) return epilogue;
  const Graph& graph = op.graph();
  const Region& region = op.region(0);
  const auto def = [&](ValueId value) -> const Node* {
    for (NodeId id = region.nodes.begin; id < region.nodes.end(); ++id) {
      if (graph.nodes[id].results.begin == value) return &graph.nodes[id];
    }
    return nullptr;
  };
  // The one use of a value that no other node nor the result needs.
  const auto only_user = [&](ValueId value) -> const Node* {
    const Node* user = nullptr;
    int uses = 0;
    for (NodeId id = region.nodes.begin; id < region.nodes.end(); ++id) {
      for (ValueId operand : graph.operands(graph.nodes[id])) {
        if (operand != value) continue;
        user = &graph.nodes[id];
        ++uses;
      }
    }
    return uses == 1 && graph.results(region)[0] != value ? user : nullptr;
  };
  const ValueId bias = region.arguments.begin + 1;
  const auto is_bias = [&](ValueId value) {
    const Node* node = def(value);
    return has_constant_bias && IsOp(node, ops::kBroadcastInDim) &&
           graph.operands(*node)[0] == bias && graph.tensor(bias).rank() == 1 &&
           graph.tensor(bias).dims[0] == op.result().dims.back() &&
           OpView(graph, *node).Ints("broadcast_dimensions")[0] == op.result().rank() - 1 &&
           only_user(bias) && only_user(value);
  };
  ValueId value = region.arguments.begin;
  const ClampRange none;
  for (const Node* user; (user = only_user(value)) != nullptr;) {
    const std::span<const ValueId> operands = graph.operands(*user);
    if (operands.size() != 2) break;
    const ValueId other = operands[operands[0] == value ? 1 : 0];
    const std::optional<double> bound = SplatValue(graph, def(other));
    ClampRange clamp = epilogue.clamp;
    if (user->name == ops::kMaximum && bound && clamp.min == none.min && clamp.max == none.max) {
      clamp.min = static_cast<float>(*bound);
    } else if (user->name == ops::kMinimum && bound && clamp.max == none.max) {
      clamp.max = static_cast<float>(*bound);
    } else if (user->name == ops::kAdd && !epilogue.has_bias && !clamp.HasBounds() &&
               is_bias(other)) {
      epilogue.has_bias = true;
    } else {
      break;
    }
    if (!clamp.IsValid()) break;
    epilogue.clamp = clamp;
    value = user->results.begin;
  }
  epilogue.rest->known = value;
  if (value == graph.results(region)[0]) epilogue.rest.reset();
  return epilogue;
}

// Whether a product in tiles runs the loop over what it leaves itself, on some rows at a time.
// `unit`: the loop's; `n`: the columns of a row.
template <typename Sizes>
bool FinishesRows(const Sizes& sizes, int64_t n, const KernelChoice& choice, int64_t unit) {
  return n % unit == 0 && TiledFinishesRows(sizes, choice);
}

// The choice of a product with what it leaves; nothing where no engine can run that.
inline std::optional<KernelChoice> ProposeRest(KernelChoice product, const KernelRequest& request,
                                               const Epilogue& epilogue,
                                               bool finishes_rows = false) {
  if (!epilogue.rest) return product;
  const std::string_view how = finishes_rows ? "with" : "then";
  const std::optional<jit::JitFunction> function =
      request.jit != nullptr ? EmitLoop(*request.jit, *epilogue.rest) : std::nullopt;
  if (function) {
    product.parameters.push_back(function->number);
    product.parameters.push_back(function->constants);
    StrAppend(&product.sizes, " ", how, " jit f", function->number);
    return product;
  }
  if (!MakeTileLoop(*epilogue.rest)) return std::nullopt;
  StrAppend(&product.sizes, " ", how, " tiles ", NamesOfOps(*epilogue.rest));
  return product;
}

// The loop of what is left, null when that is nothing. The product's choice by itself has
// `own_parameters`.
inline Result<std::unique_ptr<ElementwiseLoop>> MakeRest(const KernelSite& site,
                                                         const Epilogue& epilogue,
                                                         size_t own_parameters) {
  if (!epilogue.rest) return std::unique_ptr<ElementwiseLoop>();
  const std::vector<int64_t>& parameters = site.choice.parameters;
  if (parameters.size() > own_parameters) {
    return MakeLoop(*epilogue.rest,
                    site.jit_functions + static_cast<uint32_t>(parameters.at(own_parameters)),
                    site.jit_constants + parameters.at(own_parameters + 1));
  }
  std::unique_ptr<ElementwiseLoop> loop = MakeTileLoop(*epilogue.rest);
  if (!loop) return site.op.UnsupportedError("has an epilogue that tiles cannot run");
  return loop;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_EPILOGUE_H_
