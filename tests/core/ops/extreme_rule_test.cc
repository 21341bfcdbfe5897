// SPDX-License-Identifier: Apache-2.0
//
// Argmax and argmin, as programs write them: the kernel agrees with the reference where elements
// are equal, where zeros differ in sign, where there are NaNs, and from any initial value.
#include "core/ops/extreme_rule.h"

#include <cmath>
#include <limits>
#include <string>

#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"

namespace webhlo::elementwise_testing {
namespace {

struct Shape {
  std::string dims, kept;
  int64_t dimension;
};
const Shape kShapes[] = {
    {"16x", "", 0},      {"17x", "", 0},       {"33x", "", 0},       {"1100x", "", 0},
    {"5x100x", "5x", 1}, {"40x16x", "16x", 0}, {"33x35x", "35x", 0}, {"3x70x2x10x", "3x2x10x", 1},
};

// `keeps`: lines that compute %keep and %first, whether the value, and the index, stay.
TestGraph ExtremeProgram(const Shape& shape, std::string_view element, std::string_view index,
                         std::string_view keeps) {
  const auto type = [](std::string_view dims, std::string_view of) {
    return StrCat("tensor<", dims, of, ">");
  };
  const std::string x = type(shape.dims, element), i = type(shape.dims, index),
                    y = type(shape.kept, element), j = type(shape.kept, index),
                    v = type("", element), k = type("", index);
  return Program(
      StrCat("func.func @main(%x: ", x, ", %init: ", v, ") -> (", y, ", ", j,
             ") {\n%i = stablehlo.iota dim = ", shape.dimension, " : ", i,
             "\n%zero = stablehlo.constant dense<0> : ", k,
             "\n%y:2 = \"stablehlo.reduce\"(%x, %i, %init, %zero) <{dimensions = array<i64: ",
             shape.dimension, ">}> ({\n^bb0(%a: ", v, ", %n: ", k, ", %b: ", v, ", %m: ", k, "):\n",
             keeps, "\n%value = stablehlo.select %keep, %a, %b : tensor<i1>, ", v,
             "\n%index = stablehlo.select %first, %n, %m : tensor<i1>, ", k,
             "\nstablehlo.return %value, %index : ", v, ", ", k, "\n}) : (", x, ", ", i, ", ", v,
             ", ", k, ") -> (", y, ", ", j, ")\nreturn %y#0, %y#1 : ", y, ", ", j, "\n}"),
      ops::kReduce);
}

std::string Compare(std::string_view name, std::string_view direction, std::string_view a,
                    std::string_view b, std::string_view element) {
  return StrCat("%", name, " = stablehlo.compare ", direction, ", %", a, ", %", b, " : (tensor<",
                element, ">, tensor<", element, ">) -> tensor<i1>\n");
}

// The extreme stays, of equal ones the first index; a NaN stays too if `keeps_nan`.
std::string Keeps(std::string_view direction, std::string_view element, std::string_view index,
                  bool keeps_nan) {
  const std::string tie =
      StrCat(Compare("equal", "EQ", "a", "b", element), Compare("before", "LT", "n", "m", index),
             "%tie = stablehlo.and %equal, %before : tensor<i1>\n");
  if (!keeps_nan) {
    return StrCat(Compare("beyond", direction, "a", "b", element), tie,
                  "%keep = stablehlo.or %beyond, %tie : tensor<i1>\n"
                  "%first = stablehlo.or %tie, %beyond : tensor<i1>");
  }
  return StrCat(Compare("beyond", direction, "a", "b", element),
                Compare("nan", "NE", "a", "a", element), tie,
                "%keep = stablehlo.or %beyond, %nan : tensor<i1>\n"
                "%first = stablehlo.or %keep, %tie : tensor<i1>");
}

// Small numbers, of which many are equal; of floats zeros of both signs too. Kind 2 has infinities,
// kind 3 NaNs.
void Fill(const TensorView& x, int kind, TestRandom& random) {
  const double inf = std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < x.NumElements(); ++i) {
    const double small = static_cast<double>(random.Int(kind == 0 ? -1000 : -2, kind == 1 ? 0 : 3));
    if (!IsFloat(x.element())) {
      x.SetI64(i, kind == 0 ? random.Int(INT32_MIN, INT32_MAX) : static_cast<int64_t>(small));
    } else if (kind == 2 && random.Int(0, 40) == 0) {
      x.SetF64(i, random.Int(0, 1) == 0 ? inf : -inf);
    } else if (kind == 3 && random.Int(0, 30) == 0) {
      x.SetF64(i, NAN);
    } else {
      x.SetF64(i, small == 0 && random.Int(0, 1) == 0 ? -0.0 : small);
    }
  }
}

TEST_CASE("extreme: argmax and argmin of rows and columns, with ties, zeros, infinities and NaNs") {
  TestRandom random(7);
  ThreadPool pool(2);
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.dims);
    for (const char* element : {"f32", "i32"}) {
      for (const char* index : {"i32", "i64"}) {
        for (const char* direction : {"GT", "LT"}) {
          for (bool keeps_nan : {false, true}) {
            const TestGraph test =
                ExtremeProgram(shape, element, index, Keeps(direction, element, index, keeps_nan));
            const OpView op = test.op();
            REQUIRE(Engines(test, pool)[0].choice.kernel == "extreme");
            std::vector<Tensor> inputs = InputsOf(op, GraphIndex(test.graph), [](Tensor&) {});
            for (int kind = 0; kind < 4; ++kind) {
              for (double init : {-3.0, 0.0, 3.0}) {
                CAPTURE(kind);
                Fill(inputs[0].view(), kind, random);
                if (op.operand(0).element == ElementType::kF32) {
                  inputs[2].view().SetF64(0, init);
                } else {
                  inputs[2].view().SetI64(0, static_cast<int64_t>(init));
                }
                CheckEnginesOn(test, inputs, pool, [&](auto& expected, auto& actual) {
                  CheckWithin(0, expected, actual);
                });
              }
            }
          }
        }
      }
    }
  }
}

TEST_CASE("extreme: other computations on elements and indices are none") {
  ThreadPool pool(1);
  const Shape shape = {"32x", "", 0};
  const auto is_extreme = [&](const std::string& keeps) {
    const TestGraph test = ExtremeProgram(shape, "i32", "i32", keeps);
    return ExtremeRuleOf(test.op()).has_value();
  };
  CHECK(is_extreme(Keeps("GT", "i32", "i32", false)));
  // The last of equal ones; an element that is compared with an index; whatever comes.
  CHECK(!is_extreme(StrCat(Compare("keep", "GT", "a", "b", "i32"),
                           "%first = stablehlo.and %keep, %keep : tensor<i1>")));
  CHECK(!is_extreme(StrCat(Compare("keep", "GT", "a", "m", "i32"),
                           "%first = stablehlo.and %keep, %keep : tensor<i1>")));
  // The value itself in the place of its index.
  const TestGraph mixed = Program(
      StrCat("func.func @main(%x: tensor<32xi32>, %init: tensor<i32>) -> (tensor<i32>, "
             "tensor<i32>) {\n"
             "%i = stablehlo.iota dim = 0 : tensor<32xi32>\n%zero = stablehlo.constant dense<0> : "
             "tensor<i32>\n"
             "%y:2 = \"stablehlo.reduce\"(%x, %i, %init, %zero) <{dimensions = array<i64: 0>}> ({\n"
             "^bb0(%a: tensor<i32>, %n: tensor<i32>, %b: tensor<i32>, %m: tensor<i32>):\n",
             Compare("more", "GT", "a", "b", "i32"), Compare("equal", "EQ", "a", "b", "i32"),
             "%value = stablehlo.select %more, %a, %b : tensor<i1>, tensor<i32>\n"
             "%other = stablehlo.select %more, %a, %m : tensor<i1>, tensor<i32>\n"
             "%index = stablehlo.select %equal, %n, %other : tensor<i1>, tensor<i32>\n"
             "stablehlo.return %value, %index : tensor<i32>, tensor<i32>\n"
             "}) : (tensor<32xi32>, tensor<32xi32>, tensor<i32>, tensor<i32>) -> (tensor<i32>, "
             "tensor<i32>)\n"
             "return %y#0, %y#1 : tensor<i32>, tensor<i32>\n}"),
      ops::kReduce);
  CHECK(!ExtremeRuleOf(mixed.op()).has_value());
  CHECK(!is_extreme(
      StrCat(Compare("keep", "EQ", "a", "b", "i32"), Compare("first", "LT", "n", "m", "i32"))));
}

}  // namespace
}  // namespace webhlo::elementwise_testing
