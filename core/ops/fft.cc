// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.fft: https://openxla.org/stablehlo/spec#fft
// Mixed radix in c128, rounded once: a length costs its elements times the sum of its prime
// factors.
#include "core/kernels/fft/fft.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "core/base/float_math.h"
#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/kernels/choice.h"
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

// One-dimensional transforms of one length and direction. The length is split by its smallest prime
// factor p into p interleaved transforms of a p-th of it, and so on; then their results are
// combined.
class Transform {
 public:
  Transform(int64_t n, bool inverse) : n_(n), inverse_(inverse) {
    int64_t p = 2;
    for (int64_t rest = n; rest > 1; rest /= p) {
      while (p * p <= rest && rest % p != 0) ++p;
      if (rest % p != 0) p = rest;
      factors_.push_back(p);
    }
    if (!factors_.empty()) column_.resize(static_cast<size_t>(factors_.back()));
  }

  Task Prepare(Budget& budget) {
    // Roots, input row and output row.
    Result<AlignedBuffer> memory =
        TryAllocate(static_cast<uint64_t>(n_) * 3 * sizeof(Complex), "fft's rows");
    co_await memory.status();
    memory_ = std::move(*memory);
    const double turn = (inverse_ ? 2 : -2) * std::numbers::pi;
    for (int64_t k = 0; k < n_; ++k) {
      const double angle = turn * static_cast<double>(k) / static_cast<double>(n_);
      roots()[k] = {std::cos(angle), std::sin(angle)};
      co_await budget.Spend(64);
    }
  }

  Complex* input() { return roots() + n_; }
  Complex* output() { return roots() + 2 * n_; }

  // output := the transform of input, the inverse one divided by n.
  Task Run(Budget& budget) {
    // Where the innermost transforms find their one element: a digit for each factor, which counts
    // places from the outermost one inwards, counts elements from the innermost one outwards.
    std::vector<int64_t> steps = {1};
    for (int64_t p : factors_) steps.push_back(steps.back() * p);
    steps.pop_back();
    OffsetWalk source(factors_, std::move(steps));
    for (int64_t i = 0; i < n_; ++i, source.Next()) {
      output()[i] = input()[source.offset()];
      co_await budget.Spend(8);
    }
    int64_t m = 1;
    for (size_t level = factors_.size(); level-- > 0;) {
      const int64_t p = factors_[level];
      for (int64_t begin = 0; begin < n_; begin += m * p) {
        for (int64_t k = 0; k < m; ++k) {
          Complex* out = output() + begin + k;
          for (int64_t r = 0; r < p; ++r) column_[static_cast<size_t>(r)] = out[r * m];
          for (int64_t q = 0; q < p; ++q) {
            Complex sum = column_[0];
            for (int64_t r = 1; r < p; r += kTerms) {
              const int64_t end = std::min(r + kTerms, p);
              sum = AddTerms(sum, k + q * m, r, end, m * p);
              co_await budget.Spend(8 + 16 * (end - r));
            }
            out[q * m] = sum;
          }
        }
      }
      m *= p;
    }
    if (!inverse_) co_return;
    for (int64_t k = 0; k < n_; ++k) {
      output()[k] /= static_cast<double>(n_);
      co_await budget.Spend(4);
    }
  }

 private:
  static constexpr int64_t kTerms = 4096;

  Complex* roots() { return reinterpret_cast<Complex*>(memory_.data()); }

  // sum + column[r] * w^(at * r) for a range of r, where w is the root of order n.
  Complex AddTerms(Complex sum, int64_t at, int64_t r, int64_t end, int64_t n) {
    const int64_t unit = n_ / n;
    for (; r < end; ++r) {
      const Complex w = roots()[at * r % n * unit];
      const Complex c = column_[static_cast<size_t>(r)];
      sum += Product(w, c);
    }
    return sum;
  }

  int64_t n_ = 0;
  bool inverse_ = false;
  std::vector<int64_t> factors_;
  std::vector<Complex> column_;
  AlignedBuffer memory_;
};

// Element k of a row for IRFFT: the other half is the conjugate; the imaginary parts of the ends do
// not count.
Complex FromHalf(const Complex* half, int64_t k, int64_t n) {
  if (k == 0 || 2 * k == n) return half[k].real();
  return 2 * k < n ? half[k] : std::conj(half[n - k]);
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& operand = args.inputs[0];
  const TensorView& result = args.outputs[0];
  const std::string_view fft_type = args.op.String("fft_type");
  const bool inverse = fft_type == "IFFT" || fft_type == "IRFFT";
  const size_t rank = operand.dims().size();
  const size_t transforms = args.op.Ints("fft_length").size();
  if (operand.NumElements() == 0 || result.NumElements() == 0) co_return;

  // The complex side of the transform, which all dimensions but the last of a real one work on.
  const bool from_real = fft_type == "RFFT", to_real = fft_type == "IRFFT";
  const TensorView& complex = from_real ? result : operand;
  const int64_t count = complex.NumElements();
  const std::vector<int64_t> strides = RowMajorStrides(complex.dims());
  Result<AlignedBuffer> memory =
      TryAllocate(static_cast<uint64_t>(count) * sizeof(Complex), "fft's work");
  co_await memory.status();
  Complex* work = reinterpret_cast<Complex*>(memory->data());
  for (int64_t i = 0; !from_real && i < count; ++i) {
    work[i] = operand.C128(i);
    co_await args.budget.Spend(8);
  }
  for (size_t t = 0; t < transforms; ++t) {
    // A real operand's own dimension comes first, a real result's last.
    const size_t d = from_real ? rank - 1 - t : rank - transforms + t;
    const bool last = d + 1 == rank;
    const bool reads = last && from_real, writes = last && to_real;
    const int64_t size = complex.dims()[d], stride = strides[d];
    const int64_t n = reads ? operand.dims()[d] : writes ? result.dims()[d] : size;
    Transform transform(n, inverse);
    co_await transform.Prepare(args.budget);
    std::vector<int64_t> row_dims(complex.dims().begin(), complex.dims().end());
    row_dims[d] = 1;
    OffsetWalk rows(std::move(row_dims), strides);
    for (int64_t i = 0; i < rows.count(); ++i, rows.Next()) {
      Complex* row = work + rows.offset();
      for (int64_t k = 0; k < n; ++k) {
        transform.input()[k] = reads    ? operand.F64(i * n + k)
                               : writes ? FromHalf(row, k, n)
                                        : row[k * stride];
        co_await args.budget.Spend(8);
      }
      co_await transform.Run(args.budget);
      for (int64_t k = 0; k < (writes ? n : size); ++k) {
        if (writes) {
          result.SetF64(i * n + k, transform.output()[k].real());
        } else {
          row[k * stride] = transform.output()[k];
        }
        co_await args.budget.Spend(8);
      }
    }
  }
  for (int64_t i = 0; !to_real && i < count; ++i) {
    result.SetC128(i, work[i]);
    co_await args.budget.Spend(8);
  }
}

// A transform of n elements takes n steps for each prime factor p, of p products each.
double ReferenceCost(const OpView& op) {
  double steps = 1;
  for (int64_t n : op.Ints("fft_length")) {
    for (int64_t p = 2; n > 1;) {
      if (p * p > n) p = n;
      if (n % p == 0) {
        steps += static_cast<double>(p);
        n /= p;
      } else {
        ++p;
      }
    }
  }
  return steps;
}

FftSizes SizesOf(const OpView& op) {
  using Kind = FftSizes::Kind;
  const std::string_view fft_type = op.String("fft_type");
  const Kind kind = fft_type == "FFT"    ? Kind::kForward
                    : fft_type == "IFFT" ? Kind::kInverse
                    : fft_type == "RFFT" ? Kind::kFromReal
                                         : Kind::kToReal;
  const TensorType& complex = kind == Kind::kFromReal ? op.result() : op.operand(0);
  const auto lengths = op.Ints("fft_length");
  return {.kind = kind,
          .is_f64 = complex.element == ElementType::kC128,
          .dims = complex.dims,
          .lengths = {lengths.begin(), lengths.end()}};
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const TensorType &operand = request.op.operand(0), &result = request.op.result();
  if (operand.NumElements() == 0 || result.NumElements() == 0) return std::nullopt;
  const FftSizes sizes = SizesOf(request.op);
  const uint64_t scratch = sizes.ScratchBytes();
  // The convolution of one long transform of prime length may want more.
  if (scratch > static_cast<uint64_t>(operand.ByteSize() + result.ByteSize() + kScratchAllowance)) {
    return std::nullopt;
  }
  return KernelChoice{.sizes = StrCat(ToString(operand), " ", request.op.String("fft_type")),
                      .scratch_bytes = scratch};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) { return MakeFft(SizesOf(site.op)); }

constexpr KernelRow kKernels[] = {{.name = "fft", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {{.name = "stablehlo.fft",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .reference_cost = ReferenceCost}};

}  // namespace

WEBHLO_EXPORT_OPS(fft, kOps);

}  // namespace webhlo
