// SPDX-License-Identifier: Apache-2.0
//
// Gradients of pools: all engines select and add as the reference does.
#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"

namespace webhlo::elementwise_testing {
namespace {

TEST_CASE("select_and_scatter: windows that overlap, leave gaps and begin in the padding") {
  ThreadPool pool(2);
  Random random(3);
  struct Form {
    std::string operand, source, attributes;
  };
  for (const Form& form : {
           Form{"20", "10", "window_dimensions = array<i64: 2>, window_strides = array<i64: 2>"},
           Form{"20", "7", "window_dimensions = array<i64: 2>, window_strides = array<i64: 3>"},
           Form{"2x9x9x3", "2x9x9x3",
                "window_dimensions = array<i64: 1, 3, 3, 1>, padding = dense<[[0, 0], [1, 1], [1, "
                "1], [0, 0]]> : tensor<4x2xi64>"},
           Form{"2x7x8x9", "2x4x8x7",
                "window_dimensions = array<i64: 1, 2, 1, 3>, window_strides = array<i64: 1, 2, 1, "
                "1>, padding = dense<[[0, 0], [1, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>"},
           // The first window is padding alone.
           Form{"300", "152",
                "window_dimensions = array<i64: 2>, window_strides = array<i64: 2>, padding = "
                "dense<[[2, 2]]> : tensor<1x2xi64>"},
       }) {
    for (const char* element : {"f32", "i16", "f64"}) {
      for (const char* direction : {"GE", "GT", "LT"}) {
        CAPTURE(form.attributes);
        const std::string operand = StrCat("tensor<", form.operand, "x", element, ">");
        const std::string source = StrCat("tensor<", form.source, "x", element, ">");
        const std::string scalar = StrCat("tensor<", element, ">");
        const TestGraph test = Program(
            StrCat("func.func @main(%x: ", operand, ", %s: ", source, ", %i: ", scalar, ") -> ",
                   operand, " {\n%y = \"stablehlo.select_and_scatter\"(%x, %s, %i) <{",
                   form.attributes, "}> ({\n^bb0(%a: ", scalar, ", %b: ", scalar,
                   "):\n%p = stablehlo.compare ", direction, ", %a, %b : (", scalar, ", ", scalar,
                   ") -> tensor<i1>\nstablehlo.return %p : tensor<i1>\n}, {\n^bb0(%a: ", scalar,
                   ", %b: ", scalar, "):\n%r = stablehlo.add %a, %b : ", scalar,
                   "\nstablehlo.return %r : ", scalar, "\n}) : (", operand, ", ", source, ", ",
                   scalar, ") -> ", operand, "\nreturn %y : ", operand, "\n}"),
            ops::kSelectAndScatter);
        CHECK(CheckEngines(test, random, 0, pool) >= 1);
      }
    }
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
