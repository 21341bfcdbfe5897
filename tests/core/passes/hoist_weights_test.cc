// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "core/base/strings.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

// What is followed is as long as the program likes.
TEST_CASE("hoist-weights: long chains of literals in a loop go with the weights that need them") {
  constexpr int kLength = 50'000;
  std::string text = R"(
func.func @main(%x: tensor<f32>, %w: tensor<f32>, %n: tensor<i32>) -> tensor<f32> {
  %r:2 = stablehlo.while(%i = %n, %a = %x) : tensor<i32>, tensor<f32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %c0 = stablehlo.constant dense<2.0> : tensor<f32>
)";
  for (int i = 1; i <= kLength; ++i) {
    StrAppend(&text, "      %c", i, " = stablehlo.negate %c", i - 1, " : tensor<f32>\n");
  }
  StrAppend(&text, "      %v = stablehlo.multiply %w, %c", kLength, R"( : tensor<f32>
      %b = stablehlo.multiply %a, %v : tensor<f32>
      stablehlo.return %i, %b : tensor<i32>, tensor<f32>
    }
  return %r#1 : tensor<f32>
})");
  const std::string after = After(HoistWeights, text, {false, true, false});
  const std::string_view loop = std::string_view(after).substr(after.find("stablehlo.while"));
  CHECK(loop.find("stablehlo.multiply") != std::string_view::npos);
  CHECK(loop.find("stablehlo.negate") == std::string_view::npos);
  CHECK(loop.find("stablehlo.constant") == std::string_view::npos);
}

}  // namespace
}  // namespace webhlo
