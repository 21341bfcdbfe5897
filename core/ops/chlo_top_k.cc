// SPDX-License-Identifier: Apache-2.0
//
// chlo.top_k: https://github.com/openxla/stablehlo/blob/main/docs/generated/chlo.md
// The k largest of each row in total order. Equal elements keep their order, whether `is_stable`
// asks for that or not.
#include <bit>
#include <cstring>
#include <limits>

#include "core/kernels/choice.h"
#include "core/kernels/loop_kernel.h"
#include "core/kernels/top_k.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1, 2));
  const TensorType& operand = op.operand(0);
  const int64_t k = op.Int("k");
  OP_CHECK(op, operand.rank() > 0, "has a scalar operand");
  OP_CHECK(op, !IsComplex(operand.element), "has operands of type ", ToString(operand),
           ", which have no order");
  OP_CHECK(op, k >= 0 && k <= operand.dims.back(), "k is ", k, ", rows have ", operand.dims.back(),
           " elements");
  // Indices count them.
  OP_CHECK(op, operand.dims.back() <= std::numeric_limits<int32_t>::max(), "rows have ",
           operand.dims.back(), " elements");
  std::vector<int64_t> dims = operand.dims;
  dims.back() = k;
  RETURN_IF_ERROR(SetResult(op, results, 0, operand.element, dims));
  return SetResult(op, results, 1, ElementType::kI32, std::move(dims));
}

// In the order of the elements.
int64_t KeyOf(const TensorView& x, int64_t i) {
  if (IsFloat(x.element())) {
    const int64_t bits = std::bit_cast<int64_t>(x.F64(i));
    return bits < 0 ? bits ^ std::numeric_limits<int64_t>::max() : bits;
  }
  const int64_t value = x.I64(i);
  return x.element() == ElementType::kU64 ? value ^ std::numeric_limits<int64_t>::min() : value;
}

// Each element is the best of those that come after the one before it.
Task Reference(const ReferenceArgs& args) {
  const TensorView &x = args.inputs[0], &values = args.outputs[0], &indices = args.outputs[1];
  const int64_t n = x.dims().back(), k = values.dims().back();
  const int64_t rows = k == 0 ? 0 : values.NumElements() / k;
  for (int64_t row = 0; row < rows; ++row) {
    int64_t last = -1;
    for (int64_t j = 0; j < k; ++j) {
      int64_t best = -1;
      for (int64_t i = row * n; i < (row + 1) * n; ++i) {
        co_await args.budget.Spend(4);
        const int64_t key = KeyOf(x, i);
        if (last >= 0 && (key > KeyOf(x, last) || (key == KeyOf(x, last) && i <= last))) continue;
        if (best < 0 || key > KeyOf(x, best)) best = i;
      }
      std::memcpy(values.at(row * k + j), x.at(best), static_cast<size_t>(x.width()));
      indices.SetI64(row * k + j, best - row * n);
      last = best;
    }
  }
}

double Cost(const OpView& op) { return static_cast<double>(op.Int("k")); }

TopK TopKOf(const OpView& op) {
  const TensorType& operand = op.operand(0);
  const Order order = IsFloat(operand.element)           ? Order::kFloat
                      : IsSignedInteger(operand.element) ? Order::kSigned
                                                         : Order::kUnsigned;
  const int64_t n = operand.dims.back();
  return {ByteWidth(operand.element), order, operand.NumElements() / n, n, op.Int("k")};
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const TensorType& operand = request.op.operand(0);
  const int bits = BitWidth(operand.element);
  const int64_t k = request.op.Int("k");
  // Floats of 8 bits have orders of their own.
  if (request.op.result().NumElements() == 0 ||
      (IsFloat(operand.element) ? bits < 16 : bits % 8 != 0 && bits != 1)) {
    return std::nullopt;
  }
  const int64_t n = operand.dims.back();
  return KernelChoice{.sizes = StrCat(k, " of ", operand.NumElements() / n, "x", n)};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return std::unique_ptr<Kernel>(std::make_unique<LoopKernel<TopK>>(TopKOf(site.op)));
}

constexpr KernelRow kKernels[] = {{.name = "top_k", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {{.name = "chlo.top_k",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .reference_cost = Cost}};

}  // namespace

WEBHLO_EXPORT_OPS(chlo_top_k, kOps);

}  // namespace webhlo
