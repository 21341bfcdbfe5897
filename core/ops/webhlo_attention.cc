// SPDX-License-Identifier: Apache-2.0
//
// webhlo.attention(q [B..., M, K], k [B..., K, N], v [B..., N, D], extras...) -> [B..., M, D]:
// the product of softmax(q k) over the last dimension with v. Attributes: transpose_keys (k is
// [B..., N, K]), transpose_values (v is [B..., D, N]), zero_masked_rows (webhlo.softmax's). It may
// have an epilogue (core/ops/epilogue.h) of q k, to which the extras belong: scales and masks.
#include "core/kernels/choice.h"
#include "core/kernels/matmul/attention.h"
#include "core/ops/epilogue.h"
#include "core/ops/infer_util.h"
#include "core/ops/matmul.h"
#include "core/ops/op_table.h"
#include "core/ops/softmax.h"
#include "core/ops/webhlo_util.h"

namespace webhlo {
namespace {

constexpr uint32_t kOwn = 3;  // Operands.

Matmul ScoresOf(const OpView& op) {
  return {op.operand(0), false, op.operand(1), op.Bool("transpose_keys")};
}

TensorType ScoresType(const OpView& op) {
  TensorType type = op.operand(0);
  type.dims.back() = ScoresOf(op).n;
  return type;
}

Status Infer(const OpView& op, std::span<Type> results) {
  OP_CHECK(op, op.num_operands() >= kOwn, "has ", op.num_operands(), " operands, expected ", kOwn,
           " or more");
  RETURN_IF_ERROR(CheckTensors(op, op.num_operands()));
  RETURN_IF_ERROR(CheckOneFloatType(op, kOwn));
  const TensorType& queries = op.operand(0);
  const size_t batch = static_cast<size_t>(queries.rank()) - 2;
  OP_CHECK(op, queries.rank() >= 2, "has queries of rank ", queries.rank());
  const std::vector<int64_t> dims(queries.dims.begin(), queries.dims.end() - 2);
  for (size_t i = 1; i < kOwn; ++i) {
    const TensorType& operand = op.operand(i);
    OP_CHECK(op,
             operand.rank() == queries.rank() &&
                 std::equal(dims.begin(), dims.end(), operand.dims.begin()),
             "operand ", i, " has type ", ToString(operand), ", expected batch ", Brackets(dims));
  }
  const std::vector<int64_t>& keys = op.operand(1).dims;
  const std::vector<int64_t>& values = op.operand(2).dims;
  const size_t key = op.Bool("transpose_keys") ? 1 : 0;
  const size_t value = op.Bool("transpose_values") ? 1 : 0;
  OP_CHECK(op, keys[batch + key] == queries.dims.back(), "keys have ", keys[batch + key],
           " elements, queries ", queries.dims.back());
  OP_CHECK(op, keys[batch + 1 - key] == values[batch + value], "there are ", keys[batch + 1 - key],
           " keys and ", values[batch + value], " values");
  RETURN_IF_ERROR(CheckEpilogue(op, ScoresType(op), kOwn));
  std::vector<int64_t> shape = queries.dims;
  shape.back() = values[batch + 1 - value];
  return SetResult(op, results, 0, queries.element, std::move(shape));
}

Task Reference(const ReferenceArgs& args) {
  const OpView& op = args.op;
  const TensorType type = ScoresType(op);
  const auto bytes = static_cast<uint64_t>(type.ByteSize());
  Result<AlignedBuffer> buffer = TryAllocate(bytes, "the scores of attention");
  co_await buffer.status();
  const TensorView scores(&type, buffer->data());
  co_await MultiplyMatrices(ScoresOf(op), args.inputs[0], args.inputs[1], scores, args.budget);
  Result<AlignedBuffer> other = TryAllocate(op.num_regions() > 0 ? bytes : 0, "finished scores");
  co_await other.status();
  const TensorView finished(&type, op.num_regions() > 0 ? other->data() : buffer->data());
  if (op.num_regions() > 0) co_await RunEpilogue(args, scores, std::span(&finished, 1), kOwn);
  co_await SoftmaxRows(finished, op.Bool("zero_masked_rows"), finished, args.budget);
  const Matmul product(type, false, op.operand(2), op.Bool("transpose_values"));
  co_await MultiplyMatrices(product, finished, args.inputs[2], args.outputs[0], args.budget);
}

AttentionSizes SizesOf(const OpView& op) {
  const Matmul scores = ScoresOf(op);
  const int64_t d = op.result().dims.back();
  return {.batch = op.result().NumElements() / (scores.m * d),
          .m = scores.m,
          .k = scores.k,
          .n = scores.n,
          .d = d,
          .transposed_keys = op.Bool("transpose_keys"),
          .transposed_values = op.Bool("transpose_values"),
          .zero_masked_rows = op.Bool("zero_masked_rows"),
          .extras = op.num_operands() - kOwn};
}

// Without those of an epilogue.
double FlopsOf(const OpView& op) { return Flops(SizesOf(op)); }

Epilogue EpilogueOf(const OpView& op) {
  Epilogue epilogue = LeaveEpilogue(op, kOwn);
  if (epilogue.rest) epilogue.rest->keeps_rows = true;
  return epilogue;
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const OpView& op = request.op;
  if (!IsF32(op) || op.result().NumElements() == 0 || ScoresType(op).NumElements() == 0) {
    return std::nullopt;
  }
  const std::optional<KernelChoice> choice = ProposeAttention(SizesOf(op), request.num_threads);
  return choice ? ProposeRest(*choice, request, EpilogueOf(op)) : std::nullopt;
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  ASSIGN_OR_RETURN(std::unique_ptr<ElementwiseLoop> rest, MakeRest(site, EpilogueOf(site.op), 1));
  return MakeAttention(SizesOf(site.op), site.choice, std::move(rest));
}

constexpr KernelRow kKernels[] = {{.name = "attention", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {{.name = "webhlo.attention",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .flops = FlopsOf}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_attention, kOps);

}  // namespace webhlo
