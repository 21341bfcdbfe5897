// SPDX-License-Identifier: Apache-2.0
//
// Cholesky factors and triangular systems: the kernels agree with the references, for matrices of
// every size and each way to read them.
#include <cmath>

#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"

namespace webhlo::elementwise_testing {
namespace {

// Symmetric in what is read of them, and diagonally dominant, so that what is computed of them is
// well conditioned.
void FillMatrices(const TensorView& view, TestRandom& random) {
  const int64_t n = view.dims().back();
  for (int64_t i = 0; i < view.NumElements(); ++i) {
    const bool diagonal = i / n % n == i % n;
    view.SetF64(i, diagonal ? 1.0 + static_cast<double>(n) : 0.5 * random.Float());
  }
}

void CheckAgainstReference(const TestGraph& test, std::vector<Tensor>& inputs, ThreadPool& pool) {
  REQUIRE(CheckEnginesOn(test, inputs, pool, [](auto& expected, auto& actual) {
            CheckNear(16, expected, actual);
          }) == 1);
}

TEST_CASE("cholesky: either triangle, of one matrix or many, small and large") {
  ThreadPool pool(2);
  TestRandom random(3);
  for (const char* dims : {"1x1x", "3x2x5x5x", "7x33x33x", "150x150x"}) {
    for (const char* lower : {"true", "false"}) {
      const std::string type = StrCat("tensor<", dims, "f32>");
      CAPTURE(type);
      CAPTURE(lower);
      const TestGraph test = Program(StrCat("func.func @main(%a: ", type, ") -> ", type,
                                            " {\n%r = stablehlo.cholesky %a, lower = ", lower,
                                            " : ", type, "\nreturn %r : ", type, "\n}"),
                                     ops::kCholesky);
      std::vector<Tensor> inputs;
      FillMatrices(inputs.emplace_back(test.op().operand(0)).view(), random);
      CheckAgainstReference(test, inputs, pool);
    }
  }
}

TEST_CASE("cholesky: what is not positive definite is NaN, and its neighbours are not") {
  ThreadPool pool(1);
  TestRandom random(4);
  const TestGraph test = Program(
      "func.func @main(%a: tensor<3x4x4xf32>) -> tensor<3x4x4xf32> {\n"
      "%r = stablehlo.cholesky %a, lower = true : tensor<3x4x4xf32>\n"
      "return %r : tensor<3x4x4xf32>\n}",
      ops::kCholesky);
  std::vector<Tensor> inputs;
  const TensorView a = inputs.emplace_back(test.op().operand(0)).view();
  FillMatrices(a, random);
  a.SetF64(16 + 5, 0);
  for (Engine& engine : Engines(test, pool)) {
    std::vector<Tensor> actual = RunKernel(test.op(), engine.choice, *engine.kernel, inputs, pool);
    for (int64_t i = 0; i < 48; ++i) {
      CHECK(std::isnan(actual[0].view().F64(i)) == (i >= 16 && i < 32));
    }
  }
}

TEST_CASE("triangular_solve: every side, triangle and form of a") {
  ThreadPool pool(2);
  TestRandom random(5);
  for (const int variant : {0, 1, 2, 3, 4, 5, 6, 7}) {
    const bool left = variant & 1, lower = variant & 2, unit = variant & 4;
    for (const char* transpose : {"NO_TRANSPOSE", "TRANSPOSE", "ADJOINT"}) {
      for (const auto& [batch, n, vectors] : std::vector<std::array<int, 3>>{
               {1, 1, 1}, {3, 7, 1}, {2, 5, 19}, {1, 100, 33}, {1, 70, 16}}) {
        const std::string a = StrCat("tensor<", batch, "x", n, "x", n, "xf32>");
        const std::string b =
            StrCat("tensor<", batch, "x", left ? n : vectors, "x", left ? vectors : n, "xf32>");
        CAPTURE(a);
        CAPTURE(b);
        CAPTURE(variant);
        CAPTURE(transpose);
        const TestGraph test =
            Program(StrCat("func.func @main(%a: ", a, ", %b: ", b, ") -> ", b,
                           " {\n%r = \"stablehlo.triangular_solve\"(%a, %b) <{left_side = ", left,
                           ", lower = ", lower, ", unit_diagonal = ", unit,
                           ", transpose_a = #stablehlo<transpose ", transpose, ">}> : (", a, ", ",
                           b, ") -> ", b, "\nreturn %r : ", b, "\n}"),
                    ops::kTriangularSolve);
        std::vector<Tensor> inputs;
        const TensorView matrices = inputs.emplace_back(test.op().operand(0)).view();
        FillMatrices(matrices, random);
        // With a unit diagonal the rest must be small.
        for (int64_t i = 0; unit && i < matrices.NumElements(); ++i) {
          matrices.SetF64(i, matrices.F64(i) / (2.0 * n));
        }
        const TensorView x = inputs.emplace_back(test.op().operand(1)).view();
        for (int64_t i = 0; i < x.NumElements(); ++i) {
          x.SetF64(i, random.Float());
        }
        CheckAgainstReference(test, inputs, pool);
      }
    }
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
