// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/check_program.h"

#include <doctest/doctest.h>

namespace webhlo {
namespace {

std::vector<CheckOutcome> Check(std::string_view text) {
  return CheckProgram({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, "t.mlir", {});
}

TEST_CASE("a program without checks goes around, whichever functions it has") {
  for (const std::string_view text :
       {"module {}", "func.func private @f() -> tensor<f32>",
        "func.func @f() { return } func.func @g(%a: tensor<f32>) { return }"}) {
    CAPTURE(text);
    const std::vector<CheckOutcome> outcomes = Check(text);
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].name == "round trip");
    CHECK_MESSAGE(outcomes[0].status.ok(), outcomes[0].status.ToString());
  }
}

TEST_CASE("every function with checks is a case") {
  const std::vector<CheckOutcome> outcomes = Check(R"(
    func.func private @declared() -> tensor<f32>
    func.func @good() {
      %0 = stablehlo.constant dense<1.0> : tensor<f32>
      check.expect_eq_const %0, dense<1.0> : tensor<f32>
      return
    }
    func.func private @bad() {
      %0 = stablehlo.constant dense<1.0> : tensor<f32>
      check.expect_eq_const %0, dense<2.0> : tensor<f32>
      return
    })");
  REQUIRE(outcomes.size() == 2);
  CHECK(outcomes[0].name == "good");
  CHECK_MESSAGE(outcomes[0].status.ok(), outcomes[0].status.ToString());
  CHECK(outcomes[1].name == "bad");
  CHECK(outcomes[1].status.code() == StatusCode::kMismatch);
}

}  // namespace
}  // namespace webhlo
