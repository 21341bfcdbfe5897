// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <bit>

#include "core/graph/tensor.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

Graph Parsed(std::string_view text) {
  Result<Graph> graph = ParseText(text);
  REQUIRE_MESSAGE(graph.ok(), std::string(graph.status().message()));
  return std::move(*graph);
}

// Reads and prints one op whose operands are %a, %b, ... of the given types; both spellings have to
// print as the first.
void CheckOp(std::string_view arguments, std::string_view op, std::string_view other = {}) {
  const auto program = [&](std::string_view body) {
    return std::string("func.func @main(") + std::string(arguments) + ") {\n" + std::string(body) +
           "\nreturn\n}";
  };
  const Graph graph = Parsed(program(op));
  const Node& node = graph.nodes[graph.regions[graph.functions[0].body].nodes.begin];
  const std::string printed = PrintNode(graph, node);
  CHECK(printed == op);
  const std::string whole = Print(graph);
  CHECK(Print(Parsed(whole)) == whole);
  if (!other.empty()) CHECK(Print(Parsed(program(other))) == whole);
}

TEST_CASE("ops print in StableHLO's pretty form") {
  CheckOp("%arg0: tensor<2xf32>", "%0 = stablehlo.abs %arg0 : tensor<2xf32>",
          "%0 = \"stablehlo.abs\"(%arg0) : (tensor<2xf32>) -> tensor<2xf32>");
  CheckOp("%arg0: tensor<2xf32>",
          "%0 = stablehlo.is_finite %arg0 : (tensor<2xf32>) -> tensor<2xi1>");
  CheckOp("%arg0: tensor<2xi32>, %arg1: tensor<2xi32>",
          "%0 = stablehlo.compare LT, %arg0, %arg1, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> "
          "tensor<2xi1>",
          "%0 = \"stablehlo.compare\"(%arg0, %arg1) {compare_type = #stablehlo<comparison_type "
          "SIGNED>, comparison_direction = #stablehlo<comparison_direction LT>} : (tensor<2xi32>, "
          "tensor<2xi32>) -> tensor<2xi1>");
  CheckOp("%arg0: tensor<8xf32>",
          "%0 = stablehlo.slice %arg0 [1:5:2] : (tensor<8xf32>) -> tensor<2xf32>",
          "%0 = \"stablehlo.slice\"(%arg0) <{start_indices = array<i64: 1>, limit_indices = "
          "array<i64: 5>, strides = dense<2> : tensor<1xi64>}> : (tensor<8xf32>) -> tensor<2xf32>");
  CheckOp("%arg0: tensor<i1>, %arg1: tensor<2xf32>",
          "%0 = stablehlo.select %arg0, %arg1, %arg1 : tensor<i1>, tensor<2xf32>");
  CheckOp("%arg0: tensor<2xf32>", "%0 = stablehlo.complex %arg0, %arg0 : tensor<2xcomplex<f32>>");
  CheckOp("%arg0: tensor<1x2x2x2xi8>, %arg1: tensor<1x2x2x3xi8>",
          "%0 = stablehlo.dot_general %arg0, %arg1, batching_dims = [0, 1] x [0, 1], "
          "contracting_dims = [3] x [2], precision = [HIGHEST, DEFAULT], algorithm = "
          "<lhs_precision_type = tf32, rhs_precision_type = tf32, accumulation_type = f32, "
          "lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, "
          "allow_imprecise_accumulation = false> : (tensor<1x2x2x2xi8>, tensor<1x2x2x3xi8>) -> "
          "tensor<1x2x2x3xi32>");
  CheckOp(
      "%arg0: tensor<1x8x8x2xf32>, %arg1: tensor<3x3x2x4xf32>",
      "%0 = stablehlo.convolution(%arg0, %arg1) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, "
      "1, f], window = {stride = [2, 2], pad = [[1, 0], [1, 1]]} {batch_group_count = 1 : i64, "
      "feature_group_count = 1 : i64} : (tensor<1x8x8x2xf32>, tensor<3x3x2x4xf32>) -> "
      "tensor<1x4x4x4xf32>",
      "%0 = \"stablehlo.convolution\"(%arg0, %arg1) {batch_group_count = 1 : i64, "
      "dimension_numbers = #stablehlo.conv<raw input_batch_dimension = 0, "
      "input_feature_dimension = 3, input_spatial_dimensions = [1, 2], "
      "kernel_input_feature_dimension = 2, kernel_output_feature_dimension = 3, "
      "kernel_spatial_dimensions = [0, 1], output_batch_dimension = 0, "
      "output_feature_dimension = 3, output_spatial_dimensions = [1, 2]>, feature_group_count = "
      "1 : i64, padding = dense<[[1, 0], [1, 1]]> : tensor<2x2xi64>, lhs_dilation = array<i64: "
      "1, 1>, window_strides = dense<2> : tensor<2xi64>} : (tensor<1x8x8x2xf32>, "
      "tensor<3x3x2x4xf32>) -> tensor<1x4x4x4xf32>");
  CheckOp("%arg0: tensor<2x4xf32>, %arg1: tensor<f32>",
          "%0 = stablehlo.reduce(%arg0 init: %arg1) applies stablehlo.add across dimensions = [1] "
          ": (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>",
          "%0 = \"stablehlo.reduce\"(%arg0, %arg1) ({\n^bb0(%x: tensor<f32>, %y: tensor<f32>):\n%s "
          "= stablehlo.add %x, %y : tensor<f32>\nstablehlo.return %s : tensor<f32>\n}) {dimensions "
          "= dense<1> : tensor<1xi64>} : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>");
  CheckOp(
      "%arg0: tensor<2xf32>",
      "%0:2 = stablehlo.custom_call @foo(%arg0) {backend_config = \"x\\22y\", has_side_effect = "
      "true, output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = "
      "[0], operand_index = 0, operand_tuple_indices = []>]} : (tensor<2xf32>) -> "
      "(tensor<2xf32>, tensor<2xf32>)");
  CheckOp("%arg0: tensor<16x16xi32>",
          "%0:2 = chlo.top_k(%arg0, k = 8) : tensor<16x16xi32> -> (tensor<16x8xi32>, "
          "tensor<16x8xi32>)");
  CheckOp("%arg0: tensor<3x4xf32>",
          "%0 = stablehlo.reduce_precision %arg0, format = e8m10 : tensor<3x4xf32>");
  CheckOp("%arg0: tuple<tensor<i32>, !stablehlo.token>",
          "%0 = stablehlo.get_tuple_element %arg0[0] : (tuple<tensor<i32>, !stablehlo.token>) -> "
          "tensor<i32>");
}

TEST_CASE("ops that the pretty form cannot say print generically") {
  // The regions' arguments differ from the operands.
  CheckOp("%arg0: tensor<2xf32>", "%0 = \"stablehlo.sqrt\"() : () -> tensor<2xf32>");
  CheckOp(
      "%arg0: tensor<4xi32>",
      "%0 = \"stablehlo.gather\"(%arg0, %arg0) <{dimension_numbers = "
      "#stablehlo.gather<start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: "
      "1>}> {mhlo.x = 1 : i8} : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>");
  CheckOp("%arg0: tensor<4xi32>",
          "\"other.op\"(%arg0) {a, \"b c\" = [1, 2.5, \"x\"]} : (tensor<4xi32>) "
          "-> ()");
}

TEST_CASE("floats print so that they read back to the same bits") {
  const auto round_trip = [](ElementType type, uint64_t bits) {
    DenseElements dense;
    dense.type = TensorType(type, {});
    dense.splat = true;
    for (int i = 0; i < ByteWidth(type); ++i) dense.bytes.push_back(bits >> (8 * i) & 255);
    const std::string text = PrintAttribute(Attribute::Dense(dense));
    const Graph graph =
        Parsed("func.func @main() {\n%0 = stablehlo.constant " + text + "\nreturn\n}");
    CAPTURE(text);
    CHECK(*FindAttribute(graph.attributes(graph.nodes[0]), "value") == Attribute::Dense(dense));
    return text;
  };
  CHECK(round_trip(ElementType::kF32, std::bit_cast<uint32_t>(0.1f)) == "dense<0.1> : tensor<f32>");
  CHECK(round_trip(ElementType::kF32, 0x7fc00001) == "dense<0x7FC00001> : tensor<f32>");
  CHECK(round_trip(ElementType::kF32, 0x80000000) == "dense<-0.0> : tensor<f32>");
  CHECK(round_trip(ElementType::kF64, 0xfff0000000000000) ==
        "dense<0xFFF0000000000000> : tensor<f64>");
  CHECK(round_trip(ElementType::kF64, std::bit_cast<uint64_t>(1e300)) ==
        "dense<1.0e+300> : tensor<f64>");
  CHECK(round_trip(ElementType::kBF16, 0x7f80) == "dense<0x7F80> : tensor<bf16>");
  for (uint32_t bits = 0; bits < 65536; bits += 97) {
    round_trip(ElementType::kF16, bits);
    round_trip(ElementType::kBF16, bits);
    round_trip(ElementType::kF32, bits * 65537u);
  }
  for (uint32_t bits = 0; bits < 256; ++bits) {
    round_trip(ElementType::kF8E4M3FN, bits);
    round_trip(ElementType::kF8E5M2, bits);
    round_trip(ElementType::kF8E8M0FNU, bits);
  }
}

TEST_CASE("constants of many elements print as bytes") {
  DenseElements dense;
  dense.type = TensorType(ElementType::kU8, {101});
  for (int i = 0; i < 101; ++i) dense.bytes.push_back(static_cast<uint8_t>(i));
  const std::string text = PrintAttribute(Attribute::Dense(dense));
  CHECK(text.starts_with("dense<\"0x000102"));
  CHECK(PrintAttribute(Attribute::Dense(dense), {.elide_elements_above = 4}) ==
        "dense<...> : tensor<101xui8>");
}

TEST_CASE("locations print as aliases when asked for") {
  const Graph graph = Parsed(
      "func.func @main(%x: tensor<f32> loc(\"x\")) {\n"
      "return\n} loc(callsite(\"f\"(\"a.py\":1:2) at fused<\"m\">[\"b.py\":3:4 to 5:6, unknown]))");
  PrintOptions options;
  options.locations = true;
  const std::string text = Print(graph, options);
  CHECK(text.find("loc(\"a.py\":1:2)") != std::string::npos);
  CHECK(text.find("fused<\"m\">[") != std::string::npos);
  CHECK(text.find("\"b.py\":3:4 to 5:6") != std::string::npos);
  CHECK(Print(Parsed(text)) == Print(graph));
  CHECK(Print(Parsed(text), options).size() == text.size());
}

}  // namespace
}  // namespace webhlo
