// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.fft: https://openxla.org/stablehlo/spec#fft
// Mixed radix in c128, rounded once: a length costs its elements times the sum of its prime
// factors.
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "core/base/memory.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

using Complex = std::complex<double>;

ElementType ComplexOf(ElementType real) {
  return real == ElementType::kF64 ? ElementType::kC128 : ElementType::kC64;
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const TensorType& result = op.result();
  const std::string_view fft_type = op.String("fft_type");
  const auto fft_length = op.Ints("fft_length");
  // C3, C1
  OP_CHECK(op, fft_length.size() >= 1 && fft_length.size() <= 3, "fft_length ",
           Brackets(fft_length), " has ", fft_length.size(), " entries, expected 1 to 3 (C3)");
  OP_CHECK(op, fft_length.size() <= operand.dims.size(), "fft_length ", Brackets(fft_length),
           " is longer than the operand's rank ", operand.rank(), " (C1)");
  const auto is_real = [](ElementType e) {
    return e == ElementType::kF32 || e == ElementType::kF64;
  };
  std::vector<int64_t> dims = operand.dims;
  ElementType element = operand.element;
  if (fft_type == "RFFT") {
    // C2, C4, C5
    OP_CHECK(op, is_real(element), "RFFT of ", ToString(operand), " (C2)");
    RETURN_IF_ERROR(CheckShape(
        op, "operand's last dimensions",
        TensorType(element, {operand.dims.end() - fft_length.size(), operand.dims.end()}),
        fft_length, "C4"));
    element = ComplexOf(element);
    dims.back() = dims.back() == 0 ? 0 : dims.back() / 2 + 1;
  } else if (fft_type == "IRFFT") {
    OP_CHECK(op, IsComplex(element) && is_real(result.element), "IRFFT of ", ToString(operand),
             " to ", ToString(result), " (C2)");
    OP_CHECK(op, fft_length.back() >= 0, "fft_length ", Brackets(fft_length), " (C4)");
    element = element == ElementType::kC64 ? ElementType::kF32 : ElementType::kF64;
    const int64_t expected = fft_length.back() == 0 ? 0 : fft_length.back() / 2 + 1;
    OP_CHECK(op, dims.back() == expected, "operand's last dimension is ", dims.back(),
             ", expected ", expected, " for fft_length ", Brackets(fft_length), " (C5)");
    dims.back() = fft_length.back();
    RETURN_IF_ERROR(CheckShape(op, "result's last dimensions",
                               TensorType(element, {dims.end() - fft_length.size(), dims.end()}),
                               fft_length, "C4"));
  } else {
    OP_CHECK(op, IsComplex(element), fft_type, " of ", ToString(operand), " (C2)");
  }
  return SetResult(op, results, 0, element, std::move(dims));
}

// One-dimensional transforms of one length and direction.
class Transform {
 public:
  static Result<Transform> Make(int64_t n, bool inverse) {
    Transform transform;
    transform.n_ = n;
    transform.inverse_ = inverse;
    // Roots, input row and output row.
    ASSIGN_OR_RETURN(transform.memory_,
                     TryAllocate(static_cast<uint64_t>(n) * 3 * sizeof(Complex), "fft's rows"));
    Complex* roots = transform.roots();
    const double turn = (inverse ? 2 : -2) * std::numbers::pi;
    for (int64_t k = 0; k < n; ++k) {
      const double angle = turn * static_cast<double>(k) / static_cast<double>(n);
      roots[k] = {std::cos(angle), std::sin(angle)};
    }
    return transform;
  }

  Complex* input() { return roots() + n_; }
  Complex* output() { return roots() + 2 * n_; }

  // output := the transform of input, the inverse one divided by n.
  void Run() {
    Split(input(), 1, n_, output());
    if (!inverse_) return;
    for (int64_t k = 0; k < n_; ++k) output()[k] /= static_cast<double>(n_);
  }

 private:
  Complex* roots() { return reinterpret_cast<Complex*>(memory_.data()); }

  // Transforms in[0], in[step], ...; n of them. Splits n by its smallest prime factor p into p
  // interleaved transforms of n / p, then combines them.
  void Split(const Complex* in, int64_t step, int64_t n, Complex* out) {
    if (n == 1) {
      out[0] = in[0];
      return;
    }
    int64_t p = 2;
    while (p * p <= n && n % p != 0) ++p;
    if (n % p != 0) p = n;
    const int64_t m = n / p;
    for (int64_t r = 0; r < p; ++r) Split(in + r * step, step * p, m, out + r * m);
    std::vector<Complex> column(static_cast<size_t>(p));
    const int64_t unit = n_ / n;  // roots()[k * unit] is the root of order n to the power k.
    for (int64_t k = 0; k < m; ++k) {
      for (int64_t r = 0; r < p; ++r) column[static_cast<size_t>(r)] = out[r * m + k];
      for (int64_t q = 0; q < p; ++q) {
        Complex sum = column[0];
        for (int64_t r = 1; r < p; ++r) {
          const Complex w = roots()[(k + q * m) * r % n * unit];
          const Complex c = column[static_cast<size_t>(r)];
          sum += Complex(w.real() * c.real() - w.imag() * c.imag(),
                         w.real() * c.imag() + w.imag() * c.real());
        }
        out[q * m + k] = sum;
      }
    }
  }

  int64_t n_ = 0;
  bool inverse_ = false;
  AlignedBuffer memory_;
};

// Transforms `work`, of shape `dims`, in place along dimension d.
Status TransformAlong(std::span<const int64_t> dims, size_t d, bool inverse, Complex* work) {
  ASSIGN_OR_RETURN(Transform transform, Transform::Make(dims[d], inverse));
  const std::vector<int64_t> strides = RowMajorStrides(dims);
  std::vector<int64_t> row_dims(dims.begin(), dims.end());
  row_dims[d] = 1;
  OffsetWalk rows(std::move(row_dims), strides);
  for (int64_t i = 0; i < rows.count(); ++i, rows.Next()) {
    Complex* row = work + rows.offset();
    for (int64_t k = 0; k < dims[d]; ++k) transform.input()[k] = row[k * strides[d]];
    transform.Run();
    for (int64_t k = 0; k < dims[d]; ++k) row[k * strides[d]] = transform.output()[k];
  }
  return OkStatus();
}

Status Reference(const ReferenceArgs& args) {
  const TensorView& operand = args.inputs[0];
  const TensorView& result = args.outputs[0];
  const std::string_view fft_type = args.op.String("fft_type");
  const bool inverse = fft_type == "IFFT" || fft_type == "IRFFT";
  const size_t rank = operand.dims().size();
  const size_t first = rank - args.op.Ints("fft_length").size();
  if (operand.NumElements() == 0 || result.NumElements() == 0) return OkStatus();

  // The complex side of the transform, which all dimensions but the last of a real one work on.
  const TensorView& complex = fft_type == "RFFT" ? result : operand;
  const int64_t count = complex.NumElements();
  const std::span<const int64_t> dims = complex.dims();
  ASSIGN_OR_RETURN(AlignedBuffer memory,
                   TryAllocate(static_cast<uint64_t>(count) * sizeof(Complex), "fft's work"));
  Complex* work = reinterpret_cast<Complex*>(memory.data());
  const bool real_side = fft_type == "RFFT" || fft_type == "IRFFT";
  const int64_t n = fft_type == "IRFFT" ? result.dims().back() : operand.dims().back();
  const int64_t columns = dims.back();

  if (fft_type == "RFFT") {
    ASSIGN_OR_RETURN(Transform transform, Transform::Make(n, false));
    for (int64_t row = 0; row < count / columns; ++row) {
      for (int64_t k = 0; k < n; ++k) transform.input()[k] = operand.F64(row * n + k);
      transform.Run();
      std::copy_n(transform.output(), columns, work + row * columns);
    }
  } else {
    for (int64_t i = 0; i < count; ++i) work[i] = operand.C128(i);
  }
  for (size_t d = first; d + (real_side ? 1 : 0) < rank; ++d) {
    RETURN_IF_ERROR(TransformAlong(dims, d, inverse, work));
  }
  if (fft_type == "IRFFT") {
    ASSIGN_OR_RETURN(Transform transform, Transform::Make(n, true));
    for (int64_t row = 0; row < count / columns; ++row) {
      const Complex* half = work + row * columns;
      // The other half is the conjugate; the imaginary parts of the ends do not count.
      for (int64_t k = 0; k < n; ++k) {
        transform.input()[k] = k < columns ? half[k] : std::conj(half[n - k]);
      }
      transform.input()[0] = half[0].real();
      if (n % 2 == 0) transform.input()[n / 2] = half[n / 2].real();
      transform.Run();
      for (int64_t k = 0; k < n; ++k) result.SetF64(row * n + k, transform.output()[k].real());
    }
  } else {
    for (int64_t i = 0; i < count; ++i) result.SetC128(i, work[i]);
  }
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.fft", .infer = Infer, .reference = Reference}};

}  // namespace

WEBHLO_EXPORT_OPS(fft, kOps);

}  // namespace webhlo
