// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.triangular_solve: https://openxla.org/stablehlo/spec#triangular_solve
// Substitution in c128, rounded once. The triangle that is not chosen is not read.
#include "core/base/memory.h"
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

Status Reference(const ReferenceArgs& args) {
  const TensorView& a = args.inputs[0];
  const TensorView& b = args.inputs[1];
  const TensorView& result = args.outputs[0];
  const bool left_side = args.op.Bool("left_side");
  const bool unit_diagonal = args.op.Bool("unit_diagonal");
  const std::string_view transpose_a = args.op.String("transpose_a");
  const bool transpose = transpose_a == "TRANSPOSE" || transpose_a == "ADJOINT";
  const bool lower = args.op.Bool("lower") != transpose;  // Of op(a).
  if (result.NumElements() == 0) return OkStatus();

  const size_t matrix = a.dims().size() - 2;
  const int64_t n = a.dims()[matrix];
  const int64_t rows = b.dims()[matrix], columns = b.dims()[matrix + 1];
  const int64_t vectors = left_side ? columns : rows;
  const int64_t batch = result.NumElements() / (rows * columns);
  ASSIGN_OR_RETURN(AlignedBuffer memory,
                   TryAllocate(static_cast<uint64_t>(n) * sizeof(Complex), "a solution"));
  Complex* x = reinterpret_cast<Complex*>(memory.data());
  for (int64_t s = 0; s < batch; ++s) {
    // op(a)[i, j]
    const auto coefficient = [&](int64_t i, int64_t j) {
      const Complex value = a.C128(s * n * n + (transpose ? j * n + i : i * n + j));
      return transpose_a == "ADJOINT" ? std::conj(value) : value;
    };
    // x * op(a) = b is op(a) transposed times x = b.
    const bool forward = lower == left_side;
    for (int64_t v = 0; v < vectors; ++v) {
      const auto at = [&](int64_t i) {
        return s * rows * columns + (left_side ? i * columns + v : v * columns + i);
      };
      for (int64_t step = 0; step < n; ++step) {
        const int64_t i = forward ? step : n - 1 - step;
        Complex sum = b.C128(at(i));
        for (int64_t done = 0; done < step; ++done) {
          const int64_t j = forward ? done : n - 1 - done;
          sum -= (left_side ? coefficient(i, j) : coefficient(j, i)) * x[j];
        }
        x[i] = unit_diagonal ? sum : Divide(sum, coefficient(i, i));
      }
      for (int64_t i = 0; i < n; ++i) {
        if (IsComplex(result.element())) {
          result.SetC128(at(i), x[i]);
        } else {
          result.SetF64(at(i), x[i].real());
        }
      }
    }
  }
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.triangular_solve", .infer = Infer, .reference = Reference}};

}  // namespace

WEBHLO_EXPORT_OPS(triangular_solve, kOps);

}  // namespace webhlo
