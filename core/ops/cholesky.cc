// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.cholesky: https://openxla.org/stablehlo/spec#cholesky
// One triangle of the operand is read; the other one of the result is zero. A matrix that is not
// positive definite gives NaN.
#include <cmath>
#include <limits>

#include "core/base/float_math.h"
#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/kernels/choice.h"
#include "core/kernels/triangular.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

using Complex = std::complex<double>;

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const TensorType& a = op.operand(0);
  OP_CHECK(op, IsFloat(a.element) || IsComplex(a.element), "a has type ", ToString(a),
           ", expected floating-point or complex elements");
  // C2, C3
  OP_CHECK(op, a.rank() >= 2, "a has rank ", a.rank(), ", expected at least 2 (C2)");
  OP_CHECK(op, a.dims[a.dims.size() - 2] == a.dims.back(), "a has shape ", Brackets(a.dims),
           ", expected square matrices (C3)");
  // C1
  results[0] = a;
  return OkStatus();
}

// Element (i, j) of the factor, before its division: what is left of a[i, j].
Complex Remainder(const Complex* factor, int64_t n, int64_t i, int64_t j, Complex sum) {
  for (int64_t k = 0; k < j; ++k) sum -= Product(factor[i * n + k], std::conj(factor[j * n + k]));
  return sum;
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& a = args.inputs[0];
  const TensorView& result = args.outputs[0];
  if (a.NumElements() == 0) co_return;
  const bool lower = args.op.Bool("lower");
  const int64_t n = a.dims().back();
  Result<AlignedBuffer> memory =
      TryAllocate(static_cast<uint64_t>(n * n) * sizeof(Complex), "a factor");
  co_await memory.status();
  Complex* factor = reinterpret_cast<Complex*>(memory->data());  // Lower triangular.
  for (int64_t s = 0; s < a.NumElements(); s += n * n) {
    bool definite = true;
    for (int64_t j = 0; j < n; ++j) {
      for (int64_t i = j; i < n; ++i) {
        // The upper triangle holds the conjugate of the lower one.
        co_await args.budget.Spend(32 + j * 4);
        const Complex sum = Remainder(
            factor, n, i, j, lower ? a.C128(s + i * n + j) : std::conj(a.C128(s + j * n + i)));
        if (i == j) {
          definite &= sum.real() > 0;
          factor[i * n + j] = std::sqrt(sum.real());
        } else {
          factor[i * n + j] = sum / factor[j * n + j].real();
        }
      }
    }
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        Complex value = 0;
        if (!definite) {
          value = std::numeric_limits<double>::quiet_NaN();
        } else if (lower ? i >= j : i <= j) {
          value = lower ? factor[i * n + j] : std::conj(factor[j * n + i]);
        }
        if (IsComplex(result.element())) {
          result.SetC128(s + i * n + j, value);
        } else {
          result.SetF64(s + i * n + j, value.real());
        }
        co_await args.budget.Spend(16);
      }
    }
  }
}

double ReferenceCost(const OpView& op) {
  return static_cast<double>(op.operand(0).dims.back()) / 3;
}

CholeskySizes SizesOf(const OpView& op) {
  const TensorType& a = op.operand(0);
  const int64_t n = a.dims.back();
  return {n == 0 ? 0 : a.NumElements() / (n * n), n, op.Bool("lower")};
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const TensorType& a = request.op.operand(0);
  if (a.element != ElementType::kF32 || a.NumElements() == 0) return std::nullopt;
  return KernelChoice{.sizes = ToString(a)};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return MakeCholesky(SizesOf(site.op));
}

constexpr KernelRow kKernels[] = {{.name = "cholesky", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {{.name = "stablehlo.cholesky",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .reference_cost = ReferenceCost}};

}  // namespace

WEBHLO_EXPORT_OPS(cholesky, kOps);

}  // namespace webhlo
