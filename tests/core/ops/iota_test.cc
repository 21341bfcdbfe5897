// SPDX-License-Identifier: Apache-2.0
//
// Iota: the kernel counts as the reference does, in every type and along every dimension, however
// it is cut.
#include "core/kernels/choice.h"
#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"

namespace webhlo::elementwise_testing {
namespace {

TEST_CASE("iota: every type, every dimension") {
  ThreadPool pool(2);
  for (const std::string element :
       {"i8", "ui8", "i16", "ui16", "i32", "ui32", "i64", "ui64", "f32", "f64"}) {
    for (const auto& shape : std::vector<std::pair<std::string, int>>{{"1", 0},
                                                                      {"9001", 0},
                                                                      {"300x31", 0},
                                                                      {"300x31", 1},
                                                                      {"7x300x5", 1},
                                                                      {"5x1x3000", 1}}) {
      const std::string type = StrCat("tensor<", shape.first, "x", element, ">");
      CAPTURE(type);
      const int dimension = shape.second;
      CAPTURE(dimension);
      const TestGraph test =
          Program(StrCat("func.func @main() -> ", type, " {\n%y = stablehlo.iota dim = ", dimension,
                         " : ", type, "\nreturn %y : ", type, "\n}"),
                  ops::kIota);
      std::vector<Tensor> none;
      REQUIRE(CheckEnginesOn(test, none, pool, [](auto& expected, auto& actual) {
                CheckWithin(0, expected, actual);
              }) == 1);
    }
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
