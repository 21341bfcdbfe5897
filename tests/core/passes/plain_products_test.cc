// SPDX-License-Identifier: Apache-2.0
//
// Products of every type are what they were once they are plain.
#include <cmath>

#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo::elementwise_testing {
namespace {

struct Product {
  std::string lhs, rhs, result;
};

std::string DotOf(const Product& p) {
  return StrCat("func.func @main(%a: tensor<3x5x", p.lhs, ">, %b: tensor<5x4x", p.rhs,
                ">) -> tensor<3x4x", p.result,
                "> {\n%0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : "
                "(tensor<3x5x",
                p.lhs, ">, tensor<5x4x", p.rhs, ">) -> tensor<3x4x", p.result,
                ">\nreturn %0 : tensor<3x4x", p.result, ">\n}");
}

std::string ConvolutionOf(const Product& p) {
  return StrCat("func.func @main(%a: tensor<2x6x3x", p.lhs, ">, %b: tensor<3x3x4x", p.rhs,
                ">) -> tensor<2x4x4x", p.result,
                "> {\n%0 = stablehlo.convolution(%a, %b) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, "
                "f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : "
                "(tensor<2x6x3x",
                p.lhs, ">, tensor<3x3x4x", p.rhs, ">) -> tensor<2x4x4x", p.result,
                ">\nreturn %0 : tensor<2x4x4x", p.result, ">\n}");
}

bool IsPlain(const OpView& op) {
  const ElementType result = op.result().element;
  if (!IsInteger(result)) {
    return (IsComplex(result) || result == ElementType::kF32 || result == ElementType::kF64) &&
           op.operand(0).element == result && op.operand(1).element == result;
  }
  return IsInteger(op.operand(0).element) && BitWidth(op.operand(0).element) >= 8 &&
         BitWidth(op.operand(1).element) >= 8 && BitWidth(result) >= 8;
}

void CheckSame(const std::string& text, OpName name, TestRandom& random) {
  const TestGraph test = Program(text, name);
  Graph plain;
  REQUIRE(PlainProducts({"main", {}}, test.graph, &plain).ok());
  const Graph& after = plain.functions.empty() ? test.graph : plain;
  const Status verified = Verify(after);
  REQUIRE_MESSAGE(verified.ok(), verified.ToString());
  for (const Node& node : after.nodes) {
    if (node.name == ops::kDotGeneral) CHECK(IsPlain(OpView(after, node)));
  }
  // Sums of products of small integers are exact.
  std::vector<Tensor> inputs;
  for (size_t k = 0; k < 2; ++k) {
    FillSmall(inputs.emplace_back(test.op().operand(k)).view(), random, -2);
  }
  const std::vector<TensorView> views = Views(inputs);
  Result<std::vector<AlignedBuffer>> expected =
      Interpret(test.graph, test.graph.functions[0], views);
  Result<std::vector<AlignedBuffer>> actual = Interpret(after, after.functions[0], views);
  REQUIRE(expected.ok());
  REQUIRE_MESSAGE(actual.ok(), actual.status().ToString());
  const TensorType& type = test.op().result();
  CHECK(std::memcmp((*expected)[0].data(), (*actual)[0].data(),
                    static_cast<size_t>(type.ByteSize())) == 0);
}

TEST_CASE("plain-products: every type") {
  TestRandom random(3);
  for (const Product& p : std::vector<Product>{{"f16", "f16", "f16"},
                                               {"bf16", "bf16", "f32"},
                                               {"f32", "f32", "f64"},
                                               {"f8E4M3FN", "f8E5M2", "f32"},
                                               {"f64", "f64", "f64"},
                                               {"complex<f32>", "complex<f32>", "complex<f64>"},
                                               {"complex<f64>", "complex<f64>", "complex<f64>"},
                                               {"i8", "i8", "f32"},
                                               {"ui8", "ui8", "f64"},
                                               {"i32", "i32", "f32"},
                                               {"ui64", "ui64", "f64"},
                                               {"i4", "i4", "i32"},
                                               {"i4", "i4", "i4"},
                                               {"ui4", "ui4", "f32"},
                                               {"i64", "i64", "i32"},
                                               {"i8", "i8", "i64"},
                                               {"i32", "i32", "i32"}}) {
    CAPTURE(p.lhs);
    CAPTURE(p.result);
    CheckSame(DotOf(p), ops::kDotGeneral, random);
    CheckSame(ConvolutionOf(p), ops::kConvolution, random);
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
