// SPDX-License-Identifier: Apache-2.0
// What dynamic ops demand: of types, and of the values that decide sizes, where these are literals.
// What they compute is in tests/cases, what they become in tests/golden/refine_shapes.mlir.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "core/base/strings.h"
#include "core/graph/verifier.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

// Of a function with an argument %x of type `x` that ends in this operation.
Status StatusOf(std::string_view x, std::string_view lines) {
  const Result<Graph> graph =
      ParseText(StrCat("func.func @main(%x: ", x, ") {\n", lines, "\n  return\n}"));
  REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
  return Verify(*graph);
}

void Accept(std::string_view x, std::string_view lines) {
  const Status status = StatusOf(x, lines);
  CHECK_MESSAGE(status.ok(), status.ToString());
}

void Reject(std::string_view what, std::string_view x, std::string_view lines) {
  const Status status = StatusOf(x, lines);
  CHECK_MESSAGE(status.code() == StatusCode::kInvalidModel, status.ToString());
  CHECK_MESSAGE(status.message().find(what) != std::string_view::npos, status.ToString());
}

// A literal vector of i32.
std::string Vector(std::string_view name, std::string_view values, int size) {
  return StrCat("%", name, " = stablehlo.constant dense<", values, "> : tensor<", size, "xi32>\n");
}

TEST_CASE("dynamic_iota") {
  const auto op = [](std::string_view shape, int size, int dim, std::string_view result) {
    return StrCat(Vector("s", shape, size), "%0 = stablehlo.dynamic_iota %s, dim = ", dim,
                  " : (tensor<", size, "xi32>) -> ", result);
  };
  Accept("tensor<i32>", op("[2, 3]", 2, 1, "tensor<2x3xf32>"));
  Accept("tensor<i32>", op("[2, 3]", 2, 1, "tensor<?x3xf32>"));
  Reject("(C1)", "tensor<i32>", op("[2, 3]", 2, 2, "tensor<?x3xf32>"));
  Reject("(C2)", "tensor<i32>", op("[2, 3]", 2, 0, "tensor<?xf32>"));
  Reject("(C2)", "tensor<i32>", op("[2, -3]", 2, 0, "tensor<?x?xf32>"));
  Reject("address space", "tensor<i32>", op("2147483647", 3, 0, "tensor<?x?x?xf32>"));
  Reject("declared as tensor<4x?xf32>, but is tensor<2x3xf32>", "tensor<i32>",
         op("[2, 3]", 2, 0, "tensor<4x?xf32>"));
  Reject("expected integer", "tensor<i32>", op("2", 1, 0, "tensor<?xi1>"));
  Reject("expected integers", "tensor<2xf32>",
         "%0 = stablehlo.dynamic_iota %x, dim = 0 : (tensor<2xf32>) -> tensor<?x?xf32>");
  // Nothing is known of the value.
  Accept("tensor<2xi32>",
         "%0 = stablehlo.dynamic_iota %x, dim = 0 : (tensor<2xi32>) -> tensor<?x?xf32>");
}

TEST_CASE("dynamic_reshape") {
  const auto op = [](std::string_view shape, int size, std::string_view result) {
    return StrCat(Vector("s", shape, size),
                  "%0 = stablehlo.dynamic_reshape %x, %s : (tensor<2x3xf32>, tensor<", size,
                  "xi32>) -> ", result);
  };
  constexpr std::string_view kX = "tensor<2x3xf32>";
  Accept(kX, op("[3, 2]", 2, "tensor<3x?xf32>"));
  Reject("(C1)", kX, op("[3, 2]", 2, "tensor<3x?xf64>"));
  Reject("(C2)", kX, op("[3, 3]", 2, "tensor<?x?xf32>"));
  Reject("(C4)", kX, op("[3, 2]", 2, "tensor<?xf32>"));
}

TEST_CASE("dynamic_broadcast_in_dim") {
  const auto op = [](std::string_view shape, std::string_view attributes,
                     std::string_view result = "tensor<?x?x?xf32>") {
    return StrCat(Vector("s", shape, 3), "%0 = \"stablehlo.dynamic_broadcast_in_dim\"(%x, %s) {",
                  attributes, "} : (tensor<1x3xf32>, tensor<3xi32>) -> ", result);
  };
  constexpr std::string_view kX = "tensor<1x3xf32>";
  Accept(kX, op("[2, 3, 2]", "broadcast_dimensions = array<i64: 2, 1>"));
  Accept(kX, op("[2, 3, 2]",
                "broadcast_dimensions = array<i64: 2, 1>, known_expanding_dimensions = array<i64: "
                "0>, known_nonexpanding_dimensions = array<i64: 1>"));
  Reject("(C1)", kX,
         op("[2, 3, 2]", "broadcast_dimensions = array<i64: 2, 1>", "tensor<?x?x?xf16>"));
  Reject("(C2)", kX, op("[2, 3, 2]", "broadcast_dimensions = array<i64: 2>"));
  Reject("(C3)", kX, op("[2, 3, 2]", "broadcast_dimensions = array<i64: 3, 1>"));
  Reject("(C4)", kX, op("[2, 3, 2]", "broadcast_dimensions = array<i64: 1, 1>"));
  Reject("(C5)", kX, op("[2, 4, 2]", "broadcast_dimensions = array<i64: 2, 1>"));
  Reject("(C7)", kX, op("[2, 3, 2]", "broadcast_dimensions = array<i64: 1, 0>", "tensor<?x?xf32>"));
  Reject("(C8)", kX,
         op("[2, 3, 2]",
            "broadcast_dimensions = array<i64: 2, 1>, known_expanding_dimensions = array<i64: 0>, "
            "known_nonexpanding_dimensions = array<i64: 0>"));
  Reject("(C9)", kX,
         op("[2, 3, 2]",
            "broadcast_dimensions = array<i64: 2, 1>, known_expanding_dimensions = array<i64: 2>"));
  Reject("(C10)", kX,
         op("[2, 3, 2]",
            "broadcast_dimensions = array<i64: 2, 1>, known_nonexpanding_dimensions = array<i64: "
            "2>"));
}

TEST_CASE("dynamic_pad") {
  const auto op = [](std::string_view low, std::string_view interior, int size = 1,
                     std::string_view padding = "tensor<f32>") {
    return StrCat(Vector("l", low, size), Vector("i", interior, 1),
                  "%v = stablehlo.constant dense<0.0> : ", padding,
                  "\n%0 = stablehlo.dynamic_pad %x, %v, %l, %i, %i : (tensor<3xf32>, ", padding,
                  ", tensor<", size, "xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xf32>");
  };
  constexpr std::string_view kX = "tensor<3xf32>";
  Accept(kX, op("-1", "1"));
  Reject("(C1)", kX, op("1", "1", 1, "tensor<f64>"));
  Reject("(C2)", kX, op("1", "1", 2));
  Reject("(C3)", kX, op("1", "-1"));
  Reject("(C4)", kX, op("-9", "1"));
  Reject("a scalar", kX, op("1", "1", 1, "tensor<1xf32>"));
}

TEST_CASE("real_dynamic_slice") {
  const auto op = [](std::string_view start, std::string_view limit, std::string_view step,
                     int size = 1, std::string_view result = "tensor<?xf32>") {
    return StrCat(Vector("s", start, 1), Vector("l", limit, 1), Vector("t", step, size),
                  "%0 = stablehlo.real_dynamic_slice %x, %s, %l, %t : (tensor<8xf32>, "
                  "tensor<1xi32>, tensor<1xi32>, tensor<",
                  size, "xi32>) -> ", result);
  };
  constexpr std::string_view kX = "tensor<8xf32>";
  Accept(kX, op("2", "8", "3", 1, "tensor<2xf32>"));
  Reject("(C1)", kX, op("2", "8", "3", 1, "tensor<?xf64>"));
  Reject("(C2)", kX, op("2", "8", "3", 2));
  Reject("(C3)", kX, op("2", "9", "3"));
  Reject("(C3)", kX, op("-1", "8", "3"));
  Reject("(C4)", kX, op("2", "8", "0"));
  Reject("declared as tensor<3xf32>", kX, op("2", "8", "3", 1, "tensor<3xf32>"));
}

TEST_CASE("dynamic_gather") {
  const auto op = [](std::string_view sizes, int size, std::string_view collapsed = "0",
                     std::string_view result = "tensor<?x?xf32>") {
    return StrCat(Vector("i", "[1, 0]", 2), Vector("s", sizes, size),
                  "%0 = \"stablehlo.dynamic_gather\"(%x, %i, %s) {dimension_numbers = "
                  "#stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [",
                  collapsed,
                  "], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false} : "
                  "(tensor<3x4xf32>, tensor<2xi32>, tensor<",
                  size, "xi32>) -> ", result);
  };
  constexpr std::string_view kX = "tensor<3x4xf32>";
  Accept(kX, op("[1, 3]", 2, "0", "tensor<2x3xf32>"));
  Reject("(C11)", kX, op("1", 3));
  Reject("(C14)", kX, op("[1, 3]", 2, "0", "tensor<?x?xf16>"));
  // By gather's labels.
  Reject("stablehlo.gather: operand has rank 2", kX, op("[1, 3]", 2, "0, 1"));
  Reject("(C21)", kX, op("[1, 5]", 2));
  Reject("(C9, C12)", kX, op("[2, 3]", 2));
}

TEST_CASE("dynamic_conv") {
  const auto op = [](std::string_view padding, std::string_view shape, std::string_view stride) {
    return StrCat("%k = stablehlo.constant dense<1.0> : tensor<3x2x5xf32>\n",
                  "%p = stablehlo.constant dense<", padding, "> : tensor<", shape,
                  "xi32>\n%0 = \"stablehlo.dynamic_conv\"(%x, %k, %p) {dimension_numbers = "
                  "#stablehlo.conv<[b, 0, f]x[0, i, o]->[b, 0, f]>, window_strides = array<i64: ",
                  stride,
                  ">, feature_group_count = 1 : i64, batch_group_count = 1 : i64} : "
                  "(tensor<1x8x2xf32>, tensor<3x2x5xf32>, tensor<",
                  shape, "xi32>) -> tensor<1x4x5xf32>");
  };
  constexpr std::string_view kX = "tensor<1x8x2xf32>";
  Accept(kX, op("[[0, 1]]", "1x2", "2"));
  Reject("(C3)", kX, op("[[0, 1]]", "1x2", "0"));
  Reject("(C4)", kX, op("[0, 1]", "2", "2"));
  Reject("declared as tensor<1x4x5xf32>, but is tensor<1x5x5xf32>", kX, op("[[1, 2]]", "1x2", "2"));
}

TEST_CASE("set_dimension_size") {
  const auto op = [](std::string_view size, int dim, std::string_view result) {
    return StrCat("%s = stablehlo.constant dense<", size, "> : tensor<i32>\n",
                  "%0 = stablehlo.set_dimension_size %x, %s, dim = ", dim,
                  " : (tensor<4xf32>, tensor<i32>) -> ", result);
  };
  constexpr std::string_view kX = "tensor<4xf32>";
  Accept(kX, op("3", 0, "tensor<?xf32, #stablehlo.bounds<4>>"));
  Accept(kX, op("4", 0, "tensor<4xf32>"));
  Reject("(C1)", kX, op("3", 0, "tensor<?xf64>"));
  Reject("(C3)", kX, op("3", 1, "tensor<?xf32>"));
  Reject("(C4)", kX, op("5", 0, "tensor<?xf32>"));
  Reject("(C4)", kX, op("-1", 0, "tensor<?xf32>"));
}

TEST_CASE("webhlo.dynamic_rng_bit_generator") {
  const auto op = [](std::string_view shape, int size) {
    return StrCat(Vector("s", shape, size),
                  "%0:2 = \"webhlo.dynamic_rng_bit_generator\"(%x, %s) {rng_algorithm = "
                  "\"PHILOX\"} : (tensor<2xui64>, tensor<",
                  size, "xi32>) -> (tensor<2xui64>, tensor<?x4xui32>)");
  };
  Accept("tensor<2xui64>", op("[3, 4]", 2));
  Reject("(shape)", "tensor<2xui64>", op("4", 1));
  Reject("declared as tensor<?x4xui32>, but is tensor<3x3xui32>", "tensor<2xui64>", op("3", 2));
}

TEST_CASE("webhlo.dynamic_reduce_window") {
  const auto op = [](std::string_view dimensions, std::string_view padding,
                     std::string_view element = "f32") {
    return StrCat("%v = stablehlo.constant dense<0.0> : tensor<f32>\n", Vector("d", dimensions, 1),
                  Vector("one", "1", 1), "%p = stablehlo.constant dense<", padding,
                  R"(> : tensor<1x2xi32>
    %0 = "webhlo.dynamic_reduce_window"(%x, %v, %d, %one, %one, %one, %p) ({
      ^bb0(%a: tensor<)",
                  element, ">, %b: tensor<", element, R"(>):
        stablehlo.return %a : tensor<)",
                  element, R"(>
    }) : (tensor<4xf32>, tensor<f32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1x2xi32>) -> tensor<?xf32>)");
  };
  constexpr std::string_view kX = "tensor<4xf32>";
  Accept(kX, op("2", "0"));
  Reject("(C5)", kX, op("0", "0"));
  Reject("(C13)", kX, op("2", "0", "i32"));
}

TEST_CASE("webhlo.dynamic_top_k") {
  const auto op = [](std::string_view k, std::string_view result) {
    return StrCat("%k = stablehlo.constant dense<", k,
                  "> : tensor<i64>\n%0:2 = \"webhlo.dynamic_top_k\"(%x, %k) : (tensor<2x3xf32>, "
                  "tensor<i64>) -> (",
                  result, ", tensor<2x?xi32>)");
  };
  constexpr std::string_view kX = "tensor<2x3xf32>";
  Accept(kX, op("2", "tensor<2x?xf32>"));
  Reject("k is 4, rows have 3 elements", kX, op("4", "tensor<2x?xf32>"));
  Reject("declared as tensor<2x1xf32>, but is tensor<2x2xf32>", kX, op("2", "tensor<2x1xf32>"));
}

TEST_CASE("webhlo.shape_assertion") {
  const auto op = [](std::string_view holds) {
    return StrCat("%c = stablehlo.constant dense<", holds,
                  "> : tensor<i1>\n%s = stablehlo.constant dense<3> : tensor<i64>\n",
                  "\"webhlo.shape_assertion\"(%c, %s, %x) {error_message = \"a {0}, b {1}, {0}\"} "
                  ": (tensor<i1>, tensor<i64>, tensor<i32>) -> ()");
  };
  Accept("tensor<i32>", op("true"));
  const Status status = StatusOf("tensor<i32>", op("false"));
  CHECK(status.code() == StatusCode::kInvalidArgument);
  CHECK(status.message() == "webhlo.shape_assertion at \"<input>\":4:1: a 3, b ?, 3");
  Reject("expected tensor<i1>", "tensor<i32>",
         "\"webhlo.shape_assertion\"(%x) {error_message = \"\"} : (tensor<i32>) -> ()");
}

}  // namespace
}  // namespace webhlo
