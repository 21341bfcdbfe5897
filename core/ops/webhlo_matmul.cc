// SPDX-License-Identifier: Apache-2.0
//
// webhlo.matmul(lhs [B..., M, K], rhs, extras...) -> [B..., M, N]: a matrix product in the form
// that kernels want. rhs is [B..., K, N] with the batch of lhs, or [K, N] for all of the batch.
// Attributes: transpose_lhs (lhs is [B..., K, M]) and transpose_rhs (rhs is [B..., N, K]). It may
// have an epilogue (core/ops/epilogue.h), to which the extras belong.
#include "core/kernels/choice.h"
#include "core/kernels/epilogue.h"
#include "core/kernels/matmul/sizes.h"
#include "core/kernels/matmul/transposed_lhs.h"
#include "core/ops/epilogue.h"
#include "core/ops/infer_util.h"
#include "core/ops/matmul.h"
#include "core/ops/op_table.h"
#include "core/ops/product_weights.h"
#include "core/ops/webhlo_util.h"

namespace webhlo {
namespace {

Matmul MatmulOf(const OpView& op) {
  return {op.operand(0), op.Bool("transpose_lhs"), op.operand(1), op.Bool("transpose_rhs")};
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckProductOperands(op));
  const TensorType& lhs = op.operand(0);
  const TensorType& rhs = op.operand(1);
  OP_CHECK(op, lhs.rank() >= 2 && (rhs.rank() == 2 || rhs.rank() == lhs.rank()), "lhs has rank ",
           lhs.rank(), ", rhs has rank ", rhs.rank());
  const Matmul matmul = MatmulOf(op);
  const int64_t rhs_k = rhs.dims[rhs.dims.size() - (op.Bool("transpose_rhs") ? 1 : 2)];
  OP_CHECK(op, matmul.k == rhs_k, "lhs contracts ", matmul.k, " elements, rhs ", rhs_k);
  std::vector<int64_t> dims(lhs.dims.begin(), lhs.dims.end() - 2);
  if (!matmul.one_rhs) {
    const std::vector<int64_t> rhs_batch(rhs.dims.begin(), rhs.dims.end() - 2);
    OP_CHECK(op, dims == rhs_batch, "lhs has batch ", Brackets(dims), ", rhs has batch ",
             Brackets(rhs_batch));
  }
  dims.push_back(matmul.m);
  dims.push_back(matmul.n);
  RETURN_IF_ERROR(CheckEpilogue(op, TensorType(lhs.element, dims)));
  return SetResult(op, results, 0, lhs.element, std::move(dims));
}

Task Multiply(const ReferenceArgs& args, const TensorView& result) {
  return MultiplyMatrices(MatmulOf(args.op), args.inputs[0], args.inputs[1], result, args.budget);
}

// Without those of an epilogue.
double Flops(const OpView& op) {
  const Matmul matmul = MatmulOf(op);
  return 2.0 * static_cast<double>(matmul.k) * static_cast<double>(op.result().NumElements());
}

// The product that kernels compute, and what is around it.
struct Product {
  Epilogue epilogue;
  std::optional<TransposedLhs> transposed_lhs;
  FullyConnectedSizes fully_connected;  // With a constant rhs for all of the batch.
  BatchMatMulSizes batch;               // With any other.
};

Product ProductOf(const OpView& op, bool constant_rhs, bool constant_bias) {
  const TensorType &lhs = op.operand(0), &result = op.result();
  const bool one_rhs = op.operand(1).rank() == 2, transpose_lhs = op.Bool("transpose_lhs");
  const int64_t m = result.dims[result.dims.size() - 2], n = result.dims.back();
  const int64_t k = lhs.dims[lhs.dims.size() - (transpose_lhs ? 2 : 1)];
  const int64_t batch = result.NumElements() / (m * n);
  const size_t extras = op.num_operands() - 2;
  Product product;
  if (transpose_lhs) {
    product.transposed_lhs = {.batch = batch, .m = m, .k = k, .num_operands = op.num_operands()};
  }
  if (constant_rhs) {
    product.epilogue = TakeEpilogue(op, constant_bias);
    const bool has_bias = product.epilogue.has_bias;
    product.fully_connected = {.m = batch * m,
                               .k = k,
                               .n = n,
                               .transposed_weights = op.Bool("transpose_rhs"),
                               .has_bias = has_bias,
                               .extras = extras - (has_bias ? 1 : 0),
                               .clamp = product.epilogue.clamp};
  } else {
    product.epilogue = LeaveEpilogue(op);
    product.batch = {.batch = one_rhs ? 1 : batch,
                     .m = one_rhs ? batch * m : m,
                     .k = k,
                     .n = n,
                     .transposed_rhs = op.Bool("transpose_rhs"),
                     .extras = extras};
  }
  return product;
}

bool HasConstantRhs(const KernelRequest& request) {
  return request.op.operand(1).rank() == 2 && IsConstant(request, 1);
}

// Nothing where the kernel is for the other kind of rhs.
std::optional<Product> ProductFor(const KernelRequest& request, bool constant_rhs) {
  const OpView& op = request.op;
  if (!IsF32(op) || op.result().NumElements() == 0 || HasConstantRhs(request) != constant_rhs ||
      op.num_operands() > TransposedLhs::kMaxOperands) {
    return std::nullopt;
  }
  return ProductOf(op, constant_rhs, IsConstant(request, 2));
}

Product ProductOf(const KernelSite& site, bool constant_rhs) {
  return ProductOf(site.op, constant_rhs, site.choice.Packs(2));
}

std::optional<KernelChoice> WithAround(std::optional<KernelChoice> choice,
                                       const KernelRequest& request, const Product& product,
                                       bool finishes_rows = false) {
  if (!choice) return choice;
  if (product.transposed_lhs) choice = WithTransposedLhs(*choice, *product.transposed_lhs);
  return ProposeRest(*choice, request, product.epilogue, finishes_rows);
}

std::unique_ptr<Kernel> MakeAround(std::unique_ptr<Kernel> kernel, const Product& product,
                                   std::unique_ptr<ElementwiseLoop> rest) {
  if (product.transposed_lhs) {
    kernel = MakeTransposedLhs(std::move(kernel), *product.transposed_lhs);
  }
  return MakeThen(std::move(kernel), std::move(rest));
}

// Nothing where the kernel is for the other kind of rhs.
using ProposeFunction = std::optional<KernelChoice> (*)(const Product& product, int num_threads);
template <bool kConstantRhs, ProposeFunction kPropose>
std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const std::optional<Product> product = ProductFor(request, kConstantRhs);
  if (!product) return std::nullopt;
  return WithAround(kPropose(*product, request.num_threads), request, *product);
}

// The choice by itself has `kParameters`.
using MakeFunction = Result<std::unique_ptr<Kernel>> (*)(const Product& product,
                                                         const KernelChoice& choice);
template <bool kConstantRhs, size_t kParameters, MakeFunction kMake>
Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const Product product = ProductOf(site, kConstantRhs);
  ASSIGN_OR_RETURN(std::unique_ptr<ElementwiseLoop> rest,
                   MakeRest(site, product.epilogue, kParameters));
  ASSIGN_OR_RETURN(std::unique_ptr<Kernel> kernel, kMake(product, site.choice));
  return MakeAround(std::move(kernel), product, std::move(rest));
}

// With a constant rhs a product in tiles runs what it leaves itself.
std::optional<KernelChoice> ProposeTiledProduct(const KernelRequest& request) {
  const std::optional<Product> product = ProductFor(request, true);
  if (!product) return std::nullopt;
  const std::optional<KernelChoice> choice =
      ProposeTiled(product->fully_connected, request.num_threads);
  const FullyConnectedSizes& sizes = product->fully_connected;
  return WithAround(choice, request, *product,
                    choice && product->epilogue.rest &&
                        FinishesRows(sizes, sizes.n, *choice, LoopUnit(*product->epilogue.rest)));
}

Result<std::unique_ptr<Kernel>> MakeTiledProduct(const KernelSite& site) {
  const Product product = ProductOf(site, true);
  ASSIGN_OR_RETURN(std::unique_ptr<ElementwiseLoop> rest, MakeRest(site, product.epilogue, 1));
  const FullyConnectedSizes& sizes = product.fully_connected;
  std::unique_ptr<ElementwiseLoop> finish;
  if (rest && FinishesRows(sizes, sizes.n, site.choice, rest->unit())) finish = std::move(rest);
  return MakeAround(MakeTiled(sizes, site.choice, std::move(finish)), product, std::move(rest));
}

std::optional<KernelChoice> ProposeCompactProduct(const KernelRequest& request) {
  if (request.precision == Precision::kF32) return std::nullopt;
  const std::optional<Product> product = ProductFor(request, true);
  if (!product) return std::nullopt;
  return WithAround(
      ProposeCompact(product->fully_connected, request.precision, request.num_threads), request,
      *product);
}

constexpr std::string_view kCompact = "matmul.compact";

constexpr KernelRow kKernels[] = {
    {.name = kCompact,
     .propose = ProposeCompactProduct,
     .make =
         Make<true, 2,
              [](const Product& p, const KernelChoice& choice) -> Result<std::unique_ptr<Kernel>> {
                return MakeCompact(p.fully_connected, choice);
              }>},
    {.name = "matmul.rows",
     .propose = Propose<true, [](const Product& p, int) { return ProposeRows(p.fully_connected); }>,
     .make = Make<true, 0,
                  [](const Product& p, const KernelChoice&) -> Result<std::unique_ptr<Kernel>> {
                    return MakeRows(p.fully_connected);
                  }>,
     .prefers =
         [](const KernelRequest& request) {
           const std::optional<Product> product = ProductFor(request, true);
           return product && PrefersRows(product->fully_connected);
         }},
    {.name = "matmul.tiled", .propose = ProposeTiledProduct, .make = MakeTiledProduct},
    {.name = "xnnpack.fully_connected",
     .propose = Propose<true,
                        [](const Product& p, int num_threads) {
                          return ProposeXnnFullyConnected(p.fully_connected, num_threads);
                        }>,
     .make = Make<true, 1,
                  [](const Product& p, const KernelChoice& choice) {
                    return MakeXnnFullyConnected(p.fully_connected, choice);
                  }>},
    {.name = "matmul.few_rows",
     .propose = Propose<false, [](const Product& p, int) { return ProposeFewRows(p.batch); }>,
     .make = Make<false, 0,
                  [](const Product& p, const KernelChoice&) -> Result<std::unique_ptr<Kernel>> {
                    return MakeFewRows(p.batch);
                  }>,
     .prefers =
         [](const KernelRequest& request) {
           const std::optional<Product> product = ProductFor(request, false);
           return product && PrefersFewRows(product->batch);
         }},
    {.name = "matmul.tiled_batch",
     .propose =
         Propose<false, [](const Product& p,
                           int num_threads) { return ProposeTiledBatch(p.batch, num_threads); }>,
     .make =
         Make<false, 1,
              [](const Product& p, const KernelChoice& choice) -> Result<std::unique_ptr<Kernel>> {
                return MakeTiledBatch(p.batch, choice);
              }>},
    {.name = "xnnpack.batch_matmul",
     .propose = Propose<false,
                        [](const Product& p, int num_threads) {
                          return ProposeXnnBatchMatMul(p.batch, num_threads);
                        }>,
     .make = Make<false, 1,
                  [](const Product& p, const KernelChoice& choice) {
                    return MakeXnnBatchMatMul(p.batch, choice);
                  }>},
};

constexpr OpDef kOps[] = {{.name = "webhlo.matmul",
                           .infer = Infer,
                           .reference = ReferenceWithEpilogue<Multiply>,
                           .kernels = kKernels,
                           .flops = Flops}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_matmul, kOps);

std::optional<std::string> PackKeyOfTable(const KernelRequest& request, size_t operand) {
  const Graph& graph = request.op.graph();
  const ValueId table = request.op.operand_id(operand);
  for (const Node& node : graph.nodes) {
    if (node.name != ops::kWebhloMatmul || graph.operands(node)[1] != table) continue;
    const OpView op(graph, node);
    if (!op.Bool("transpose_rhs") || !IsF32(op) || op.result().NumElements() == 0) continue;
    const FullyConnectedSizes sizes = ProductOf(op, true, true).fully_connected;
    const std::optional<KernelChoice> choice =
        ProposeCompact(sizes, request.precision, request.num_threads);
    // A bias is packed with the weights.
    if (choice && !sizes.has_bias) return choice->pack_key;
  }
  return std::nullopt;
}

Encoding EncodingOfWeights(const OpView& op, const KernelChoice& choice) {
  if (!op.Is(ops::kWebhloMatmul) || choice.kernel != kCompact) return {};
  return {.precision = static_cast<Precision>(choice.parameters.at(0)),
          .k = ProductOf(op, true, choice.Packs(2)).fully_connected.k,
          .transposed = op.Bool("transpose_rhs")};
}

}  // namespace webhlo
