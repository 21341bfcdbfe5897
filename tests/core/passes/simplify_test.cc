// SPDX-License-Identifier: Apache-2.0
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

TEST_CASE("simplify: multiplying by one is the operand") {
  CHECK(After(Simplify, R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = stablehlo.constant dense<1.0> : tensor<4xf32>
  %y = stablehlo.multiply %one, %x : tensor<4xf32>
  return %y : tensor<4xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
})"));
}

TEST_CASE("simplify: adding zero is not the operand, since -0 + 0 is +0") {
  const char* text = R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<4xf32>
  %y = stablehlo.add %x, %zero : tensor<4xf32>
  return %y : tensor<4xf32>
})";
  CHECK(After(Simplify, text) == Canonical(text));
}

TEST_CASE("simplify: a square is a product, a cube stays a power") {
  CHECK(After(Simplify, R"(
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %two = stablehlo.constant dense<2.0> : tensor<4xf32>
  %three = stablehlo.constant dense<3.0> : tensor<4xf32>
  %a = stablehlo.power %x, %two : tensor<4xf32>
  %b = stablehlo.power %x, %three : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %three = stablehlo.constant dense<3.0> : tensor<4xf32>
  %a = stablehlo.multiply %x, %x : tensor<4xf32>
  %b = stablehlo.power %x, %three : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
})"));
}

TEST_CASE("simplify: division by a power of two is exact as a product, by three it is not") {
  CHECK(After(Simplify, R"(
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %eight = stablehlo.constant dense<8.0> : tensor<4xf32>
  %three = stablehlo.constant dense<3.0> : tensor<4xf32>
  %a = stablehlo.divide %x, %eight : tensor<4xf32>
  %b = stablehlo.divide %x, %three : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %three = stablehlo.constant dense<3.0> : tensor<4xf32>
  %eighth = stablehlo.constant dense<0.125> : tensor<4xf32>
  %a = stablehlo.multiply %x, %eighth : tensor<4xf32>
  %b = stablehlo.divide %x, %three : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
})"));
}

TEST_CASE("simplify: 'any score is finite' is asked of the row's maximum") {
  CHECK(After(Simplify, R"(
func.func @main(%x: tensor<2x4xf32>) -> tensor<2xi1> {
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<2x4xf32>
  %false = stablehlo.constant dense<false> : tensor<i1>
  %eq = stablehlo.compare EQ, %x, %lowest : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
  %ne = stablehlo.not %eq : tensor<2x4xi1>
  %any = stablehlo.reduce(%ne init: %false) applies stablehlo.or across dimensions = [1]
      : (tensor<2x4xi1>, tensor<i1>) -> tensor<2xi1>
  return %any : tensor<2xi1>
})") == Canonical(R"(
func.func @main(%x: tensor<2x4xf32>) -> tensor<2xi1> {
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %max = stablehlo.reduce(%x init: %lowest) applies stablehlo.maximum across dimensions = [1]
      : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  %row = stablehlo.constant dense<0xFF800000> : tensor<2xf32>
  %any = stablehlo.compare NE, %max, %row : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
  return %any : tensor<2xi1>
})"));
}

TEST_CASE("simplify: a dynamic slice at a literal start is a slice, clamped like it") {
  CHECK(After(Simplify, R"(
func.func @main(%x: tensor<8xf32>) -> tensor<3xf32> {
  %start = stablehlo.constant dense<7> : tensor<i32>
  %y = stablehlo.dynamic_slice %x, %start, sizes = [3] : (tensor<8xf32>, tensor<i32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<8xf32>) -> tensor<3xf32> {
  %y = stablehlo.slice %x [5:8] : (tensor<8xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
})"));
}

}  // namespace
}  // namespace webhlo
