// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/base/strings.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

// A program for several platforms: the platform's number tells which of some ways there is, and
// that which branch is taken. A caller gives the number.
std::string Branches(std::string_view platform) {
  return StrCat(R"(
func.func @main(%x: tensor<f32>, %unknown: tensor<i32>) -> tensor<f32> {
  %platform = )",
                platform, R"(
  %r = call @f(%platform, %x) : (tensor<i32>, tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}
func.func private @f(%platform: tensor<i32>, %x: tensor<f32>) -> tensor<f32> {
  %yes = stablehlo.constant dense<true> : tensor<i1>
  %no = stablehlo.constant dense<false> : tensor<i1>
  %way = "stablehlo.case"(%platform) ({
    stablehlo.return %yes : tensor<i1>
  }, {
    stablehlo.return %no : tensor<i1>
  }) : (tensor<i32>) -> tensor<i1>
  %r = "stablehlo.if"(%way) ({
    %0 = func.call @sine(%x) : (tensor<f32>) -> tensor<f32>
    stablehlo.return %0 : tensor<f32>
  }, {
    %0 = stablehlo.cosine %x : tensor<f32>
    stablehlo.return %0 : tensor<f32>
  }) : (tensor<i1>) -> tensor<f32>
  return %r : tensor<f32>
}
func.func private @sine(%x: tensor<f32>) -> tensor<f32> {
  %0 = stablehlo.sine %x : tensor<f32>
  return %0 : tensor<f32>
})");
}

TEST_CASE("inline-calls: of branches that a literal chooses from, one stays") {
  const auto has = [](std::string_view platform, std::string_view op) {
    return After(InlineCalls, Branches(platform)).find(op) != std::string::npos;
  };
  const auto literal = [](int number) {
    return StrCat("stablehlo.constant dense<", number, "> : tensor<i32>");
  };
  CHECK(has(literal(0), "sine"));
  for (const std::string_view op : {"cosine", "stablehlo.if", "case"}) CHECK(!has(literal(0), op));
  // Out of range, the last branch is taken.
  for (const int number : {1, 2, -1}) {
    CHECK(has(literal(number), "cosine"));
    CHECK(!has(literal(number), "stablehlo.sine"));
  }
  const std::string unknown = "stablehlo.negate %unknown : tensor<i32>";
  for (const std::string_view op : {"stablehlo.sine", "cosine", "stablehlo.if", "case"}) {
    CHECK(has(unknown, op));
  }
}

}  // namespace
}  // namespace webhlo
