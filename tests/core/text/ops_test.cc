// SPDX-License-Identifier: Apache-2.0
#include "tests/core/text/text_testing.h"

namespace webhlo {
namespace {

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

TEST_CASE("what other encodings cannot tell apart is the same in text") {
  // Casts of a type to itself, and where a program may run.
  const Graph graph = Parsed(R"(
    sdy.mesh @mesh = <["a"=1]>
    func.func @main(%a: tensor<2xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"a"}]>}) -> tensor<2xf32> {
      %0 = builtin.unrealized_conversion_cast %a : tensor<2xf32> to tensor<2xf32>
      %1 = sdy.sharding_constraint %0 <@mesh, [{"a"}]> : tensor<2xf32>
      %2 = "stablehlo.all_reduce"(%1) ({
      ^bb0(%x: tensor<f32>, %y: tensor<f32>):
        %s = stablehlo.add %x, %y : tensor<f32>
        stablehlo.return %s : tensor<f32>
      }) {replica_groups = #stablehlo.replica_group_mesh_axes<mesh = @mesh, axes = [
            #stablehlo.axis_ref<name = "a", sub_axis_info = (1)2>, #stablehlo.axis_ref<name = "b">]>}
        : (tensor<2xf32>) -> tensor<2xf32>
      return %2 : tensor<2xf32>
    })");
  CHECK(Print(graph) == R"(module {
  func.func @main(%arg0: tensor<2xf32>) -> tensor<2xf32> {
    %0 = "sdy.sharding_constraint"(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
    %1 = "stablehlo.all_reduce"(%0) <{replica_groups = #stablehlo.replica_group_mesh_axes<mesh = @mesh, axes = [#stablehlo.axis_ref<name = "a", sub_axis_info = (1)2>, #stablehlo.axis_ref<name = "b">]>}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>):
      %2 = stablehlo.add %arg1, %arg2 : tensor<f32>
      stablehlo.return %2 : tensor<f32>
    }) : (tensor<2xf32>) -> tensor<2xf32>
    return %1 : tensor<2xf32>
  }
}
)");
  Parsed(Print(graph));
}

}  // namespace
}  // namespace webhlo
