// SPDX-License-Identifier: Apache-2.0
//
// Fourier transforms: the kernel agrees with the reference for lengths of every kind, in any
// dimension.
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

void CheckAllKinds(const std::string& outer, int64_t n, ThreadPool& pool) {
  const std::string whole = StrCat(outer, n, "x"), half = StrCat(outer, n / 2 + 1, "x");
  const std::string length = std::to_string(n), type = "f32", complex = "complex<f32>";
  CheckFft("FFT", whole + complex, whole + complex, length, pool);
  CheckFft("IFFT", whole + complex, whole + complex, length, pool);
  CheckFft("RFFT", whole + type, half + complex, length, pool);
  CheckFft("IRFFT", half + complex, whole + type, length, pool);
}

TEST_CASE("fft: lengths with small factors, large ones, and both") {
  ThreadPool pool(2);
  for (int64_t n : {1,  2,  3,  4,  5,  6,  7,  8,   9,   12,  15,  16,   23,
                    29, 31, 46, 58, 60, 64, 97, 100, 128, 375, 400, 1021, 1024}) {
    CheckAllKinds("3x", n, pool);
  }
}

TEST_CASE("fft: transforms too large for the stack") {
  ThreadPool pool(2);
  for (int64_t n : {8192, 10000, 4099}) {
    CheckAllKinds("2x", n, pool);
  }
}

TEST_CASE("fft: several dimensions") {
  ThreadPool pool(2);
  for (const auto& [dims, half, lengths] :
       std::vector<std::array<std::string, 3>>{{"2x3x4x", "2x3x3x", "3, 4"},
                                               {"5x7x30x", "5x7x16x", "5, 7, 30"},
                                               {"2x600x35x", "2x600x18x", "600, 35"},
                                               {"1x29x33x", "1x29x17x", "29, 33"}}) {
    const std::string type = "f32", complex = "complex<f32>";
    CheckFft("FFT", dims + complex, dims + complex, lengths, pool);
    CheckFft("IFFT", dims + complex, dims + complex, lengths, pool);
    CheckFft("RFFT", dims + type, half + complex, lengths, pool);
    CheckFft("IRFFT", half + complex, dims + type, lengths, pool);
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
