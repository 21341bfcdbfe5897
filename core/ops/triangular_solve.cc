// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.triangular_solve: https://openxla.org/stablehlo/spec#triangular_solve
// Substitution in c128, rounded once. The triangle that is not chosen is not read.
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
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType& a = op.operand(0);
  const TensorType& b = op.operand(1);
  OP_CHECK(op, IsFloat(a.element) || IsComplex(a.element), "a has type ", ToString(a),
           ", expected floating-point or complex elements");
  // C1
  RETURN_IF_ERROR(CheckElement(op, "b", b.element, a.element, "C1"));
  // C2
  OP_CHECK(op, a.rank() >= 2 && a.rank() == b.rank(), "a has rank ", a.rank(), ", b has rank ",
           b.rank(), ", expected equal ranks of at least 2 (C2)");
  // C3
  const size_t matrix = a.dims.size() - 2;
  OP_CHECK(
      op, std::equal(a.dims.begin(), a.dims.begin() + static_cast<int64_t>(matrix), b.dims.begin()),
      "a has shape ", Brackets(a.dims), ", b has shape ", Brackets(b.dims),
      ", expected the same batch (C3)");
  const int64_t b_dim = b.dims[matrix + (op.Bool("left_side") ? 0 : 1)];
  OP_CHECK(op, a.dims[matrix] == a.dims[matrix + 1] && a.dims[matrix] == b_dim, "a has shape ",
           Brackets(a.dims), ", b has shape ", Brackets(b.dims), " (C3)");
  // C4
  results[0] = b;
  return OkStatus();
}

Complex Divide(Complex x, Complex y) {
  if (x.imag() == 0 && y.imag() == 0) return x.real() / y.real();
  return x / y;
}

// A substitution: op(a), as the attributes say, and the vector that is solved for.
struct System {
  System(const OpView& op, const TensorView& matrices) : a(matrices) {
    const std::string_view transpose_a = op.String("transpose_a");
    adjoint = transpose_a == "ADJOINT";
    transpose = adjoint || transpose_a == "TRANSPOSE";
    left_side = op.Bool("left_side");
    unit_diagonal = op.Bool("unit_diagonal");
    // x * op(a) = b is op(a) transposed times x = b.
    forward = (op.Bool("lower") != transpose) == left_side;
    n = a.dims().back();
  }

  int64_t Row(int64_t step) const { return forward ? step : n - 1 - step; }
  // op(a)[i, j] of matrix s.
  Complex Coefficient(int64_t s, int64_t i, int64_t j) const {
    const Complex value = a.C128(s * n * n + (transpose ? j * n + i : i * n + j));
    return adjoint ? std::conj(value) : value;
  }
  // The unknown that `step` gives, when those of the steps before are in `x`.
  Complex Solve(int64_t s, int64_t step, Complex sum, const Complex* x) const {
    const int64_t i = Row(step);
    for (int64_t done = 0; done < step; ++done) {
      const int64_t j = Row(done);
      sum -= Product(left_side ? Coefficient(s, i, j) : Coefficient(s, j, i), x[j]);
    }
    return unit_diagonal ? sum : Divide(sum, Coefficient(s, i, i));
  }

  TensorView a;
  bool left_side, unit_diagonal, adjoint, transpose, forward;
  int64_t n;
};

Task Reference(const ReferenceArgs& args) {
  const TensorView& b = args.inputs[1];
  const TensorView& result = args.outputs[0];
  const System system(args.op, args.inputs[0]);
  if (result.NumElements() == 0) co_return;

  const int64_t n = system.n;
  const size_t matrix = b.dims().size() - 2;
  const int64_t rows = b.dims()[matrix], columns = b.dims()[matrix + 1];
  const int64_t vectors = system.left_side ? columns : rows;
  const int64_t batch = result.NumElements() / (rows * columns);
  Result<AlignedBuffer> memory =
      TryAllocate(static_cast<uint64_t>(n) * sizeof(Complex), "a solution");
  co_await memory.status();
  Complex* x = reinterpret_cast<Complex*>(memory->data());
  for (int64_t s = 0; s < batch; ++s) {
    for (int64_t v = 0; v < vectors; ++v) {
      const int64_t start = s * rows * columns + v * (system.left_side ? 1 : columns);
      const int64_t stride = system.left_side ? columns : 1;
      for (int64_t step = 0; step < n; ++step) {
        co_await args.budget.Spend(64 + 16 * step);
        const int64_t i = system.Row(step);
        x[i] = system.Solve(s, step, b.C128(start + i * stride), x);
        if (IsComplex(result.element())) {
          result.SetC128(start + i * stride, x[i]);
        } else {
          result.SetF64(start + i * stride, x[i].real());
        }
      }
    }
  }
}

double ReferenceCost(const OpView& op) { return static_cast<double>(op.operand(0).dims.back()); }

TriangularSizes SizesOf(const OpView& op) {
  const TensorType &a = op.operand(0), &b = op.operand(1);
  const int64_t n = a.dims.back();
  const int64_t batch = n == 0 ? 0 : a.NumElements() / (n * n);
  return {.batch = batch,
          .n = n,
          .vectors = batch == 0 ? 0 : b.NumElements() / (batch * n),
          .left_side = op.Bool("left_side"),
          .lower = op.Bool("lower"),
          .unit_diagonal = op.Bool("unit_diagonal"),
          .transpose = op.String("transpose_a") != "NO_TRANSPOSE"};
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const TriangularSizes sizes = SizesOf(request.op);
  const TensorType& b = request.op.result();
  if (b.element != ElementType::kF32 || b.NumElements() == 0) return std::nullopt;
  return KernelChoice{
      .sizes = StrCat(ToString(request.op.operand(0)), " ", ToString(request.op.result())),
      .scratch_bytes = sizes.ScratchBytes()};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return MakeTriangularSolve(SizesOf(site.op));
}

constexpr KernelRow kKernels[] = {{.name = "triangular_solve", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {{.name = "stablehlo.triangular_solve",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .reference_cost = ReferenceCost}};

}  // namespace

WEBHLO_EXPORT_OPS(triangular_solve, kOps);

}  // namespace webhlo
