// SPDX-License-Identifier: Apache-2.0
//
// Which loops become functions, and what these do. That they compute the same is what
// tests/cases/while_trips.mlir asks for, and session_test.cc that they stop in time and go on.
#include "core/runtime/join_trips.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "core/base/strings.h"
#include "core/import/import.h"
#include "core/runtime/compile.h"

namespace webhlo {
namespace {

// A loop that counts an i32 to %n; its body goes on with `body`, and carries what that calls %next.
std::string Loop(std::string_view type, std::string_view body) {
  return StrCat("func.func @main(%n: tensor<i32>, %x: ", type, ", %y: ", type, ") -> ", type, R"( {
  %0 = stablehlo.constant dense<0> : tensor<i32>
  %1:2 = stablehlo.while(%i = %0, %a = %x) : tensor<i32>, )",
                type, R"(
    cond {
      %go = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %j = stablehlo.add %i, %one : tensor<i32>
)",
                body, "\n      stablehlo.return %j, %next : tensor<i32>, ", type,
                "\n    }\n  return %1#1 : ", type, "\n}");
}

ProgramPlans PlansOf(std::string_view text, bool jit = true) {
  const Result<Program> program =
      Import({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  REQUIRE_MESSAGE(program.ok(), program.status().ToString());
  CompileOptions options;
  options.plan.jit = jit;
  options.plan.texts = true;
  Result<ProgramPlans> plans = MakePlans(*program, {}, options);
  REQUIRE_MESSAGE(plans.ok(), plans.status().ToString());
  return std::move(*plans);
}

bool IsFunction(std::string_view text) {
  return ToString(PlansOf(text).main).find(" by trips f") != std::string::npos;
}

TEST_CASE("join-trips: loops of scalars, small vectors and windows of few bytes") {
  CHECK(IsFunction(Loop("tensor<f32>", "%next = stablehlo.add %a, %y : tensor<f32>")));
  CHECK(IsFunction(Loop("tensor<64xf64>", "%next = stablehlo.add %a, %y : tensor<64xf64>")));
  CHECK(IsFunction(Loop("tensor<1000x4xf32>", R"(
      %z = stablehlo.constant dense<0> : tensor<i32>
      %row = stablehlo.dynamic_slice %y, %i, %z, sizes = [1, 4] : (tensor<1000x4xf32>, tensor<i32>, tensor<i32>) -> tensor<1x4xf32>
      %next = stablehlo.dynamic_update_slice %a, %row, %i, %z : (tensor<1000x4xf32>, tensor<1x4xf32>, tensor<i32>, tensor<i32>) -> tensor<1000x4xf32>)")));
}

TEST_CASE("join-trips: what takes longer than the way from step to step stays steps") {
  CHECK_FALSE(IsFunction(Loop("tensor<65xf32>", "%next = stablehlo.add %a, %y : tensor<65xf32>")));
  CHECK_FALSE(
      IsFunction(Loop("tensor<8x8xf32>",
                      "%next = stablehlo.dot_general %a, %y, contracting_dims = [1] x [0] : "
                      "(tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>")));
  // A column is no run of bytes.
  CHECK_FALSE(IsFunction(Loop("tensor<4x4xf32>", R"(
      %z = stablehlo.constant dense<0> : tensor<i32>
      %column = stablehlo.dynamic_slice %y, %z, %i, sizes = [4, 1] : (tensor<4x4xf32>, tensor<i32>, tensor<i32>) -> tensor<4x1xf32>
      %next = stablehlo.dynamic_update_slice %a, %column, %z, %i : (tensor<4x4xf32>, tensor<4x1xf32>, tensor<i32>, tensor<i32>) -> tensor<4x4xf32>)")));
  CHECK(ToString(
            PlansOf(Loop("tensor<f32>", "%next = stablehlo.add %a, %y : tensor<f32>"), false).main)
            .find("trips") == std::string::npos);
}

TEST_CASE("join-trips: the function counts its trips, and says where to go on") {
  const Plan plan = PlansOf(Loop("tensor<f32>", "%next = stablehlo.add %a, %y : tensor<f32>")).main;
  const size_t at = plan.jit_text.find(": trips ");
  REQUIRE(at != std::string::npos);
  const std::string_view code = std::string_view(plan.jit_text).substr(at);
  CHECK(code.find("loop") != std::string_view::npos);
  CHECK(code.find("i32.store +0") != std::string_view::npos);
  CHECK(code.find("i32.store +4") != std::string_view::npos);
  CHECK(code.find("f32x4.add") != std::string_view::npos);
}

}  // namespace
}  // namespace webhlo
