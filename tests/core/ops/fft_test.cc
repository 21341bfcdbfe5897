// SPDX-License-Identifier: Apache-2.0
//
// Fourier transforms: the kernel agrees with the reference for lengths of every kind, in any
// dimension.
#include <cmath>
#include <limits>

#include "core/kernels/choice.h"
#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"

namespace webhlo::elementwise_testing {
namespace {

void CheckFft(std::string_view type, const std::string& operand, const std::string& result,
              const std::string& lengths, ThreadPool& pool) {
  CAPTURE(operand);
  CAPTURE(type);
  const TestGraph test = Program(
      StrCat("func.func @main(%x: tensor<", operand, ">) -> tensor<", result,
             "> {\n%y = stablehlo.fft %x, type = ", type, ", length = [", lengths, "] : (tensor<",
             operand, ">) -> tensor<", result, ">\nreturn %y : tensor<", result, ">\n}"),
      ops::kFft);
  TestRandom random(3);
  std::vector<Tensor> inputs;
  const TensorView x = inputs.emplace_back(test.op().operand(0)).view();
  for (int64_t i = 0; i < x.NumElements(); ++i) {
    if (IsComplex(x.element())) {
      x.SetC128(i, {random.Float(), random.Float()});
    } else {
      x.SetF64(i, random.Float());
    }
  }
  REQUIRE(CheckEnginesOn(test, inputs, pool, [](auto& expected, auto& actual) {
            CheckNear(24, expected, actual);
          }) == 1);
}

// Transforms of the last dimensions, in f32 and f64: `outer` and then those of `whole` or, of the
// complex side of a real transform, of `half`.
void CheckAllKinds(const std::string& whole, const std::string& half, const std::string& lengths,
                   ThreadPool& pool) {
  for (const std::string type : {"f32", "f64"}) {
    const std::string complex = StrCat("complex<", type, ">");
    CheckFft("FFT", whole + complex, whole + complex, lengths, pool);
    CheckFft("IFFT", whole + complex, whole + complex, lengths, pool);
    CheckFft("RFFT", whole + type, half + complex, lengths, pool);
    CheckFft("IRFFT", half + complex, whole + type, lengths, pool);
  }
}

void CheckRows(int64_t rows, int64_t n, ThreadPool& pool) {
  CheckAllKinds(StrCat(rows, "x", n, "x"), StrCat(rows, "x", n / 2 + 1, "x"), std::to_string(n),
                pool);
}

TEST_CASE("fft: lengths with small factors, large ones, and both, of few rows and of many") {
  ThreadPool pool(2);
  for (int64_t n : {1,  2,  3,  4,  5,  6,  7,  8,   9,   12,  15,  16,   23,
                    29, 31, 46, 58, 60, 64, 97, 100, 128, 375, 400, 1021, 1024}) {
    for (int64_t rows : {1, 3, 6}) CheckRows(rows, n, pool);
  }
}

TEST_CASE("fft: transforms too large for the stack") {
  ThreadPool pool(2);
  for (int64_t n : {8192, 10000, 4099}) {
    for (int64_t rows : {2, 5}) CheckRows(rows, n, pool);
  }
}

TEST_CASE("fft: a long transform whose short ones are too large for the stack") {
  ThreadPool pool(2);
  CheckRows(1, 540 * 540, pool);
}

TEST_CASE("fft: several dimensions") {
  ThreadPool pool(2);
  for (const auto& [whole, half, lengths] :
       std::vector<std::array<std::string, 3>>{{"2x3x4x", "2x3x3x", "3, 4"},
                                               {"5x7x30x", "5x7x16x", "5, 7, 30"},
                                               {"2x600x35x", "2x600x18x", "600, 35"},
                                               {"1x29x33x", "1x29x17x", "29, 33"},
                                               {"2x1x2000x", "2x1x1001x", "1, 2000"},
                                               {"2000x1x", "2000x1x", "2000, 1"}}) {
    CheckAllKinds(whole, half, lengths, pool);
  }
}

// A row that is not finite leaves others as they are, though they are worked on together.
TEST_CASE("fft: rows do not meet") {
  ThreadPool pool(1);
  for (const std::string_view type : {"FFT", "RFFT"}) {
    const std::string element = type == "FFT" ? "complex<f32>" : "f32";
    const int64_t written = type == "FFT" ? 12 : 7;
    const TestGraph test =
        Program(StrCat("func.func @main(%x: tensor<5x12x", element, ">) -> tensor<5x", written,
                       "xcomplex<f32>> {\n%y = stablehlo.fft %x, type = ", type,
                       ", length = [12] : (tensor<5x12x", element, ">) -> tensor<5x", written,
                       "xcomplex<f32>>\nreturn %y : tensor<5x", written, "xcomplex<f32>>\n}"),
                ops::kFft);
    std::vector<Tensor> inputs;
    const TensorView x = inputs.emplace_back(test.op().operand(0)).view();
    for (int64_t i = 0; i < x.NumElements(); ++i) {
      const double value = i == 30 ? std::numeric_limits<double>::infinity() : 1;
      if (IsComplex(x.element())) {
        x.SetC128(i, value);
      } else {
        x.SetF64(i, value);
      }
    }
    CheckEnginesOn(test, inputs, pool, [&](auto& expected, auto& actual) {
      for (int64_t i = 0; i < 5 * written; ++i) {
        const bool finite = std::isfinite(expected[0].view().C128(i).real());
        CHECK(finite == (i / written != 2));
        CHECK(std::isfinite(actual[0].view().C128(i).real()) == finite);
      }
    });
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
