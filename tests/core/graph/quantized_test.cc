// SPDX-License-Identifier: Apache-2.0
// What the specification asks of quantization parameters, constraint by constraint.
#include "core/graph/quantized.h"

#include <doctest/doctest.h>

#include <string>

#include "core/graph/verifier.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

// Of a program of one op on arguments %0, %1 of these types.
Status VerifyOp(std::string_view op, std::string_view lhs, std::string_view rhs,
                std::string_view result) {
  const auto tensor = [](std::string_view type) { return "tensor<" + std::string(type) + ">"; };
  const bool unary = rhs.empty();
  std::string text = "func.func @main(%0: " + tensor(lhs);
  if (!unary) text += ", %1: " + tensor(rhs);
  text += ") -> " + tensor(result) + " { %2 = " + std::string(op) + " : (" + tensor(lhs);
  if (!unary) text += ", " + tensor(rhs);
  text += ") -> " + tensor(result) + " return %2 : " + tensor(result) + " }";
  const Result<Graph> graph = ParseText(text);
  REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
  return Verify(*graph);
}

void Accepts(std::string_view op, std::string_view lhs, std::string_view rhs,
             std::string_view result) {
  const Status status = VerifyOp(op, lhs, rhs, result);
  CHECK_MESSAGE(status.ok(), status.ToString());
}

void Rejects(std::string_view label, std::string_view op, std::string_view lhs,
             std::string_view rhs, std::string_view result) {
  const Status status = VerifyOp(op, lhs, rhs, result);
  CHECK(status.code() == StatusCode::kInvalidModel);
  CHECK_MESSAGE(status.message().find(label) != std::string_view::npos, status.ToString());
}

constexpr std::string_view kI8 = "2x2x!quant.uniform<i8:f32, 0.5:3>";
constexpr std::string_view kWeights = "2x2x!quant.uniform<i8:f32, 0.5>";
constexpr std::string_view kAxis0 = "2x2x!quant.uniform<i8:f32:0, {0.5, 0.25}>";
constexpr std::string_view kAxis1 = "2x2x!quant.uniform<i8:f32:1, {0.5, 0.25}>";

TEST_CASE("uniform_quantize and uniform_dequantize") {
  const std::string_view quantize = "stablehlo.uniform_quantize %0";
  Accepts(quantize, "2x2xf32", "", kI8);
  Accepts(quantize, kI8, "", kAxis0);
  Rejects("(C1)", quantize, "2x3xf32", "", kI8);
  Rejects("(C2)", quantize, "2x2xf64", "", kI8);
  Rejects("(C2)", quantize, "2x2x!quant.uniform<i8:f64, 0.5>", "", kI8);
  Rejects("quantized", quantize, "2x2xi8", "", kI8);
  const std::string_view dequantize = "stablehlo.uniform_dequantize %0";
  Accepts(dequantize, kI8, "", "2x2xf32");
  Rejects("(C1)", dequantize, kI8, "", "2x3xf32");
  Rejects("(C2)", dequantize, kI8, "", "2x2xf64");
  Rejects("quantized", dequantize, "2x2xf32", "", "2x2xf32");
}

TEST_CASE("elementwise ops have tensors of one baseline type") {
  Accepts("stablehlo.add %0, %1", kI8, kWeights, kAxis0);
  Rejects("baseline", "stablehlo.add %0, %1", kI8, kWeights, "2x2x!quant.uniform<i16:f32, 0.5>");
  Rejects("baseline", "stablehlo.add %0, %1", kI8, "2x2x!quant.uniform<u8:f32, 0.5>", kI8);
  Rejects("baseline", "stablehlo.negate %0", "2x2x!quant.uniform<i8<-127:127>:f32, 0.5>", "", kI8);
}

TEST_CASE("dot_general") {
  const std::string_view dot = "stablehlo.dot_general %0, %1, contracting_dims = [1] x [0]";
  Accepts(dot, kI8, kWeights, kI8);
  Accepts(dot, kI8, kAxis1, kAxis1);
  Accepts(dot, "2x2xf32", kAxis1, "2x2xf32");
  Rejects("(C14)", dot, kI8, "2x2xf32", "2x2xf32");
  Rejects("(C14)", dot, "2x2xf32", kWeights, kI8);
  Rejects("(C15)", dot, kI8, kI8, kI8);
  Rejects("(C16)", dot, kI8, kAxis0, kI8);
  Rejects("(C17)", dot, "2x2x!quant.uniform<u8:f32, 0.5>", kWeights, kI8);
  Rejects("(C18)", dot, "2x2x!quant.uniform<i8:f64, 0.5>", kWeights,
          "2x2x!quant.uniform<i8:f64, 0.5>");
  Rejects("(C19)", dot, kI8, kWeights, kAxis1);
  Rejects("(C20)", dot, "2x2xf64", kWeights, "2x2xf64");
}

TEST_CASE("convolution") {
  const std::string_view convolution =
      "stablehlo.convolution(%0, %1) dim_numbers = [b, f]x[i, o]->[b, f], window = {} "
      "{batch_group_count = 1 : i64, feature_group_count = 1 : i64}";
  Accepts(convolution, kI8, kI8, kI8);
  Accepts(convolution, kI8, kAxis1, kAxis1);
  Rejects("(C28)", convolution, kI8, "2x2xf32", "2x2xf32");
  Rejects("(C29)", convolution, kI8, kAxis0, kI8);
  Rejects("(C30)", convolution, kI8, kAxis1, kAxis0);
  Rejects("(C31)", convolution, "2x2x!quant.uniform<u8:f32, 0.5>", kI8, kI8);
  Rejects("(C32)", convolution, kI8, kI8, "2x2x!quant.uniform<i8:f64, 0.5>");
  Rejects("(C33)", convolution, kI8, kI8, kAxis1);
  Rejects("(C34)", convolution, "2x2xf64", kI8, "2x2xf64");
}

TEST_CASE("an axis of quantization moves with its dimension") {
  Accepts("stablehlo.transpose %0, dims = [1, 0]", kAxis0, "", kAxis1);
  Rejects("(C4)", "stablehlo.transpose %0, dims = [1, 0]", kAxis0, "", kAxis0);
  Rejects("(C4)", "stablehlo.transpose %0, dims = [1, 0]", kI8, "", kAxis0);
  const std::string_view broadcast = "stablehlo.broadcast_in_dim %0, dims = [1, 2]";
  Accepts(broadcast, kAxis0, "", "3x2x2x!quant.uniform<i8:f32:1, {0.5, 0.25}>");
  Rejects("(C6)", broadcast, kAxis0, "", "3x2x2x!quant.uniform<i8:f32:2, {0.5, 0.25}>");
  Accepts("stablehlo.reshape %0", kAxis0, "", "1x2x2x!quant.uniform<i8:f32:1, {0.5, 0.25}>");
  Rejects("(C3)", "stablehlo.reshape %0", kAxis0, "",
          "1x2x2x!quant.uniform<i8:f32:2, {0.5, 0.25}>");
  Rejects("(C3)", "stablehlo.reshape %0", kAxis0, "", "4x!quant.uniform<i8:f32, 0.5>");
}

}  // namespace
}  // namespace webhlo
