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
  options.plan.texts = &kPlanTexts;
  Result<ProgramPlans> plans = MakePlans(*program, {}, options);
  REQUIRE_MESSAGE(plans.ok(), plans.status().ToString());
  return std::move(*plans);
}

bool IsFunction(std::string_view text) {
  return ToString(PlansOf(text).main).find(" by trips f") != std::string::npos;
}

TEST_CASE("join-trips: loops of scalars, small vectors and windows of few bytes") {
  CHECK(IsFunction(Loop("tensor<f32>", "%next = stablehlo.add %a, %y : tensor<f32>")));
  CHECK(IsFunction(Loop("tensor<2000xf64>", "%next = stablehlo.add %a, %y : tensor<2000xf64>")));
  CHECK(IsFunction(Loop("tensor<1000x4xf32>", R"(
      %z = stablehlo.constant dense<0> : tensor<i32>
      %row = stablehlo.dynamic_slice %y, %i, %z, sizes = [1, 4] : (tensor<1000x4xf32>, tensor<i32>, tensor<i32>) -> tensor<1x4xf32>
      %next = stablehlo.dynamic_update_slice %a, %row, %i, %z : (tensor<1000x4xf32>, tensor<1x4xf32>, tensor<i32>, tensor<i32>) -> tensor<1000x4xf32>)")));
}

TEST_CASE("join-trips: what takes longer than the way from step to step stays steps") {
  // What threads share.
  CHECK_FALSE(
      IsFunction(Loop("tensor<8000xf32>", "%next = stablehlo.add %a, %y : tensor<8000xf32>")));
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

// A loop whose body reduces %y.
std::string Reducing(std::string_view type, std::string_view reduced, std::string_view dimensions,
                     std::string_view next) {
  return Loop(type, StrCat(R"(
      %init = stablehlo.constant dense<0.0> : tensor<f32>
      %sum = stablehlo.reduce(%y init: %init) applies stablehlo.add across dimensions = )",
                           dimensions, " : (", type, ", tensor<f32>) -> ", reduced, "\n", next));
}

TEST_CASE("join-trips: reductions of all, of rows and of columns are parts") {
  const auto add = [](std::string_view type, std::string_view reduced, std::string_view dims) {
    return StrCat("%all = stablehlo.broadcast_in_dim %sum, dims = ", dims, " : (", reduced, ") -> ",
                  type, "\n%next = stablehlo.add %a, %all : ", type);
  };
  const auto is_function = [&](std::string_view type, std::string_view reduced,
                               std::string_view dimensions, std::string_view kept) {
    return IsFunction(Reducing(type, reduced, dimensions, add(type, reduced, kept)));
  };
  CHECK(is_function("tensor<1000xf32>", "tensor<f32>", "[0]", "[]"));
  CHECK(is_function("tensor<20x30xf32>", "tensor<20xf32>", "[1]", "[0]"));
  CHECK(is_function("tensor<20x30xf32>", "tensor<30xf32>", "[0]", "[1]"));
  CHECK(is_function("tensor<20x30xf32>", "tensor<f32>", "[0, 1]", "[]"));
  // The middle, and what threads share.
  CHECK_FALSE(is_function("tensor<5x6x7xf32>", "tensor<5x7xf32>", "[1]", "[0, 2]"));
  CHECK_FALSE(is_function("tensor<20000xf32>", "tensor<f32>", "[0]", "[]"));
}

TEST_CASE("join-trips: what a loop carries as scalars goes to memory when the function ends") {
  const std::string text =
      PlansOf(Loop("tensor<f32>", "%next = stablehlo.add %a, %y : tensor<f32>")).main.jit_text;
  const std::string_view code = std::string_view(text).substr(text.find(": trips "));
  const size_t loop = code.find("loop"), end = code.rfind("end");
  REQUIRE(loop < end);
  CHECK(code.substr(0, loop).find("v128.load32_splat") != std::string_view::npos);
  CHECK(code.substr(loop, end - loop).find("load32_splat") == std::string_view::npos);
  CHECK(code.substr(loop, end - loop).find("store32_lane") == std::string_view::npos);
  CHECK(code.substr(end).find("v128.store32_lane") != std::string_view::npos);
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
