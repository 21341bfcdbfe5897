// SPDX-License-Identifier: Apache-2.0
// Names meet tensors, or a message says why not.
#include "core/runtime/binding.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/base/strings.h"
#include "core/ops/op_table.h"
#include "tests/core/runtime/session_testing.h"

namespace webhlo {
namespace {

const TensorType kThree(ElementType::kF32, {3});

std::vector<NamedProgram> One(std::string_view text) {
  UseOps();
  const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  Result<Program> program = Import(bytes);
  REQUIRE_MESSAGE(program.ok(), program.status().ToString());
  std::vector<NamedProgram> programs(1);
  programs[0] = {"main", std::move(*program)};
  return programs;
}

std::vector<DeclaredWeight> Threes(const std::vector<std::string>& names) {
  std::vector<DeclaredWeight> weights;
  for (const std::string& name : names) weights.push_back({name, kThree});
  return weights;
}

void CheckRefused(std::string_view message, const std::vector<DeclaredWeight>& weights,
                  const Ties& ties = {}) {
  const Status status = BindNames(One(kAffine), weights, ties).status();
  CHECK(status.code() == StatusCode::kInvalidArgument);
  CHECK(status.message() == message);
}

TEST_CASE("binding: a tensor is found by the last keys of an argument's path, or by a tie") {
  using Arguments = std::vector<int32_t>;
  Result<Binding> binding = BindNames(One(kAffine), Threes({"bias", "norm.scale"}), {});
  REQUIRE(binding.ok());
  CHECK(binding->weight_of[0] == Arguments{1, 0, -1});
  CHECK(binding->taken == std::vector<bool>{true, true});

  binding = BindNames(One(kAffine), Threes({"scale"}), {{"bias", "scale"}});
  REQUIRE(binding.ok());
  CHECK(binding->weight_of[0] == Arguments{0, 0, -1});

  binding = BindNames(One(kAffine), {}, {});
  REQUIRE(binding.ok());
  CHECK(binding->weight_of[0] == Arguments{-1, -1, -1});
}

TEST_CASE("binding: weights that do not fit are told from those that do") {
  CheckRefused(
      "tensor \"bias\" is tensor<3xi32>, but argument \"bias\" of program \"main\" is "
      "tensor<3xf32>",
      {{"scale", kThree}, {"bias", TensorType(ElementType::kI32, {3})}});
  CheckRefused(
      "tensor \"scale\" is tensor<3x1xf32>, but argument \"scale\" of program \"main\" is "
      "tensor<3xf32>",
      {{"scale", TensorType(ElementType::kF32, {3, 1})}});
  CheckRefused("no weight tensor for 1 argument of program \"main\": bias", Threes({"norm.scale"}));
  CheckRefused(
      "no weight tensor for 1 argument of program \"main\": bias; tensors that no argument took: "
      "Bias",
      Threes({"norm.scale", "Bias"}));
  CheckRefused("no argument takes the weight tensors offset; arguments without a tensor: x",
               Threes({"scale", "bias", "offset"}));
  CheckRefused("two weight tensors are named \"scale\"", Threes({"scale", "scale"}));
  CheckRefused(
      "argument \"scale\" of program \"main\" is named by two tensors: \"scale\" and "
      "\"norm.scale\"",
      Threes({"scale", "norm.scale", "bias"}));
}

TEST_CASE("binding: ties to nothing, and of nothing") {
  CheckRefused("tied: no weight tensor is named \"offset\"", Threes({"scale"}),
               {{"bias", "offset"}});
  CheckRefused("tied: no program has an argument \"offset\"", Threes({"scale"}),
               {{"bias", "scale"}, {"offset", "scale"}});
}

TEST_CASE("binding: a tensor that names several arguments lists them") {
  const std::vector<NamedProgram> programs = One(R"(module {
    func.func public @main(%arg0: tensor<3xf32> loc("weights['a']['scale']"),
        %arg1: tensor<3xf32> loc("weights['b']['scale']")) -> tensor<3xf32> {
      %0 = stablehlo.add %arg0, %arg1 : tensor<3xf32>
      return %0 : tensor<3xf32>
    }
  })");
  const std::string message(BindNames(programs, Threes({"scale"}), {}).status().message());
  CHECK(message.starts_with("tensor \"scale\" names several arguments of program \"main\": "));
  CHECK(message.find("a.scale") != std::string::npos);
  CHECK(message.find("b.scale") != std::string::npos);
}

TEST_CASE("binding: a message names a dozen tensors, and counts the rest") {
  std::vector<std::string> names;
  for (int i = 0; i < 14; ++i) names.push_back(StrCat("w", i));
  CHECK(ListNames(names) == "w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11 and 2 more");
}

}  // namespace
}  // namespace webhlo
