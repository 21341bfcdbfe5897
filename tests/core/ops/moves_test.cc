// SPDX-License-Identifier: Apache-2.0
//
// Infer of the ops that move elements, constraint by constraint.
#include "core/ops/moves.h"

#include <limits>

#include "tests/core/ops/infer_test_util.h"

namespace webhlo {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

TEST_CASE("StridedCopy follows strides of any sign and rank") {
  const uint8_t from[] = {0, 1, 2, 3, 4, 5};
  uint8_t to[6] = {};
  const int64_t dims[] = {3, 2}, by_column[] = {1, 3}, by_row[] = {2, 1};
  StridedCopy(1, dims, from, by_column, to, by_row, 0, 6);
  CHECK(std::vector<uint8_t>(to, to + 6) == std::vector<uint8_t>{0, 3, 1, 4, 2, 5});
  const int64_t backwards[] = {-2, -1};
  StridedCopy(1, dims, from + 5, backwards, to, by_row, 0, 6);
  CHECK(std::vector<uint8_t>(to, to + 6) == std::vector<uint8_t>{5, 4, 3, 2, 1, 0});
  StridedCopy(1, {}, from + 3, {}, to, {}, 0, 1);
  CHECK(to[0] == 3);
  const int64_t empty[] = {3, 0};
  StridedCopy(1, empty, from, by_row, to, by_row, 0, 0);
  CHECK(to[0] == 3);
}

TEST_CASE("OffsetWalk comes back to the start after each round") {
  OffsetWalk walk({2, 2}, {10, 1});
  for (int round = 0; round < 2; ++round) {
    std::vector<int64_t> offsets;
    do {
      offsets.push_back(walk.offset());
    } while (walk.Next());
    CHECK(offsets == std::vector<int64_t>{0, 1, 10, 11});
  }
}

TEST_CASE("every op refuses dynamic shapes and quantized types as unsupported") {
  CheckUnsupported({"stablehlo.reshape", {T("?xf32")}, {T("4xf32")}, {}, {}});
  CheckUnsupported({"stablehlo.reshape", {T("4xf32")}, {T("?xf32")}, {}, {}});
  CheckUnsupported({"stablehlo.iota", {}, {T("?xi32")}, {Int("iota_dimension", 0)}, {}});
  CheckUnsupported({"stablehlo.reshape", {T("token")}, {T("4xf32")}, {}, {}});
  TensorType quantized(ElementType::kQuantized, {4});
  quantized.quantized = std::make_shared<QuantizedType>();
  CheckUnsupported({"stablehlo.reshape", {quantized}, {quantized}, {}, {}});
}

TEST_CASE("constant") {
  DenseElements value{TensorType(ElementType::kI16, {3}), false, {1, 0, 2, 0, 3, 0}};
  CheckAccepts({"stablehlo.constant", {}, {T("3xi16")}, {{"value", Attribute::Dense(value)}}, {}});
  CheckRejects("(C1)",
               {"stablehlo.constant", {}, {T("2xi16")}, {{"value", Attribute::Dense(value)}}, {}});
  value.bytes.pop_back();
  CheckRejects("5 bytes",
               {"stablehlo.constant", {}, {T("3xi16")}, {{"value", Attribute::Dense(value)}}, {}});
}

TEST_CASE("iota") {
  CheckAccepts({"stablehlo.iota", {}, {T("2x3xi32")}, {Int("iota_dimension", 1)}, {}});
  CheckRejects("(C1)", {"stablehlo.iota", {}, {T("2x3xi32")}, {Int("iota_dimension", 2)}, {}});
  CheckRejects("(C1)", {"stablehlo.iota", {}, {T("f32")}, {Int("iota_dimension", 0)}, {}});
  CheckRejects("elements", {"stablehlo.iota", {}, {T("2xi1")}, {Int("iota_dimension", 0)}, {}});
}

TEST_CASE("broadcast_in_dim") {
  const auto op = [](std::string_view operand, std::string_view result,
                     std::vector<int64_t> dims) -> TestOp {
    return {"stablehlo.broadcast_in_dim",
            {T(operand)},
            {T(result)},
            {Ints("broadcast_dimensions", std::move(dims))},
            {}};
  };
  CheckAccepts(op("1x3xi32", "2x3x2xi32", {2, 1}));
  CheckAccepts(op("f32", "4xf32", {}));
  CheckRejects("(C1)", op("3xi32", "3xf32", {0}));
  CheckRejects("(C2)", op("3xi32", "3xi32", {}));
  CheckRejects("(C3)", op("3xi32", "3xi32", {1}));
  CheckRejects("(C3)", op("3xi32", "3xi32", {-1}));
  CheckRejects("(C4)", op("3x3xi32", "3x3xi32", {0, 0}));
  CheckRejects("(C5)", op("3xi32", "4xi32", {0}));
}

TEST_CASE("reshape") {
  CheckAccepts({"stablehlo.reshape", {T("2x3xi8")}, {T("6x1xi8")}, {}, {}});
  CheckRejects("(C1)", {"stablehlo.reshape", {T("2x3xi8")}, {T("6xui8")}, {}, {}});
  CheckRejects("(C2)", {"stablehlo.reshape", {T("2x3xi8")}, {T("5xi8")}, {}, {}});
  CheckRejects("operands", {"stablehlo.reshape", {}, {T("5xi8")}, {}, {}});
}

TEST_CASE("transpose") {
  const auto op = [](std::vector<int64_t> permutation) -> TestOp {
    return {"stablehlo.transpose",
            {T("2x3x4xf16")},
            {T("4x2x3xf16")},
            {Ints("permutation", std::move(permutation))},
            {}};
  };
  CheckAccepts(op({2, 0, 1}));
  CheckRejects("(C2)", op({2, 0}));
  CheckRejects("(C2)", op({2, 0, 0}));
  CheckRejects("(C2)", op({3, 0, 1}));
}

TEST_CASE("slice") {
  const auto op = [](std::vector<int64_t> start, std::vector<int64_t> limit,
                     std::vector<int64_t> strides) -> TestOp {
    return {"stablehlo.slice",
            {T("3x8xi64")},
            {T("2x3xi64")},
            {Ints("start_indices", std::move(start)), Ints("limit_indices", std::move(limit)),
             Ints("strides", std::move(strides))},
            {}};
  };
  CheckAccepts(op({1, 1}, {3, 8}, {1, 3}));
  CheckRejects("(C2)", op({1}, {3, 8}, {1, 3}));
  CheckRejects("(C2)", op({1, 1}, {3}, {1, 3}));
  CheckRejects("(C2)", op({1, 1}, {3, 8}, {1}));
  CheckRejects("(C3)", op({-1, 1}, {3, 8}, {1, 3}));
  CheckRejects("(C3)", op({2, 1}, {1, 8}, {1, 3}));
  CheckRejects("(C3)", op({1, 1}, {3, 9}, {1, 3}));
  CheckRejects("(C4)", op({1, 1}, {3, 8}, {1, 0}));
  std::vector<Type> inferred;
  CHECK(InferOp(op({0, 0}, {3, 8}, {kMax, kMax}), &inferred).ok());
  CHECK(ToString(inferred[0]) == "tensor<1x1xi64>");
}

TEST_CASE("dynamic_slice") {
  const auto op = [](std::vector<Type> operands, std::vector<int64_t> sizes) -> TestOp {
    return {"stablehlo.dynamic_slice",
            std::move(operands),
            {T("2x2xi32")},
            {Ints("slice_sizes", std::move(sizes))},
            {}};
  };
  CheckAccepts(op(Ts({"4x4xi32", "i64", "i64"}), {2, 2}));
  CheckRejects("(C2)", op(Ts({"4x4xi32", "i64"}), {2, 2}));
  CheckRejects("(C2)", op(Ts({"4x4xi32", "i64", "i64"}), {2}));
  CheckRejects("(C3)", op(Ts({"4x4xi32", "i64", "i32"}), {2, 2}));
  CheckRejects("scalar integer", op(Ts({"4x4xi32", "f32", "f32"}), {2, 2}));
  CheckRejects("(C4)", op(Ts({"4x4xi32", "i64", "i64"}), {2, 5}));
  CheckRejects("(C4)", op(Ts({"4x4xi32", "i64", "i64"}), {-1, 2}));
  CheckRejects("operands", op({}, {2, 2}));
}

TEST_CASE("dynamic_update_slice") {
  const auto op = [](std::vector<Type> operands) -> TestOp {
    return {"stablehlo.dynamic_update_slice", std::move(operands), {T("4x4xi32")}, {}, {}};
  };
  CheckAccepts(op(Ts({"4x4xi32", "2x4xi32", "ui8", "ui8"})));
  CheckRejects("(C2)", op(Ts({"4x4xi32", "2x4xi64", "i32", "i32"})));
  CheckRejects("(C3)", op(Ts({"4x4xi32", "2xi32", "i32", "i32"})));
  CheckRejects("(C4)", op(Ts({"4x4xi32", "2x4xi32", "i32"})));
  CheckRejects("(C5)", op(Ts({"4x4xi32", "2x4xi32", "i32", "i64"})));
  CheckRejects("(C6)", op(Ts({"4x4xi32", "2x5xi32", "i32", "i32"})));
  CheckRejects("operands", op(Ts({"4x4xi32"})));
}

TEST_CASE("concatenate") {
  const auto op = [](std::vector<Type> operands, int64_t dimension) -> TestOp {
    return {"stablehlo.concatenate",
            std::move(operands),
            {T("4x2xi64")},
            {Int("dimension", dimension)},
            {}};
  };
  CheckAccepts(op(Ts({"3x2xi64", "1x2xi64", "0x2xi64"}), 0));
  CheckRejects("(C1)", op(Ts({"3x2xi64", "1x2xi32"}), 0));
  CheckRejects("(C2)", op(Ts({"3x2xi64", "1x3xi64"}), 0));
  CheckRejects("(C2)", op(Ts({"3x2xi64", "2xi64"}), 0));
  CheckRejects("(C3)", op({}, 0));
  CheckRejects("(C4)", op(Ts({"3x2xi64", "1x2xi64"}), 2));
}

TEST_CASE("pad") {
  const auto op = [](std::string_view operand, std::string_view value, std::vector<int64_t> low,
                     std::vector<int64_t> high, std::vector<int64_t> interior) -> TestOp {
    return {"stablehlo.pad",
            Ts({operand, value}),
            {T("5x9xi32")},
            {Ints("edge_padding_low", std::move(low)), Ints("edge_padding_high", std::move(high)),
             Ints("interior_padding", std::move(interior))},
            {}};
  };
  CheckAccepts(op("2x3xi32", "i32", {0, 1}, {2, 1}, {1, 2}));
  CheckRejects("(C1)", op("2x3xi32", "i64", {0, 1}, {2, 1}, {1, 2}));
  CheckRejects("scalar", op("2x3xi32", "1xi32", {0, 1}, {2, 1}, {1, 2}));
  CheckRejects("(C2)", op("2x3xi32", "i32", {0}, {2, 1}, {1, 2}));
  CheckRejects("(C2)", op("2x3xi32", "i32", {0, 1}, {2}, {1, 2}));
  CheckRejects("(C2)", op("2x3xi32", "i32", {0, 1}, {2, 1}, {1}));
  CheckRejects("(C3)", op("2x3xi32", "i32", {0, 1}, {2, 1}, {1, -1}));
  CheckRejects("(C4)", op("2x3xi32", "i32", {-9, 1}, {2, 1}, {1, 2}));
  CheckRejects("(C4)", op("2x3xi32", "i32", {kMax, 1}, {kMax, 1}, {1, 2}));
  CheckRejects("(C4)", op("2x3xi32", "i32", {0, 1}, {2, 1}, {1, kMax}));
  CheckRejects("(C4)", op("2x3xi32", "i32", {kMin, 1}, {kMin, 1}, {1, 1}));
  CheckRejects("address space", op("2x3xi32", "i32", {kMax / 2, 1}, {2, 1}, {1, 2}));
}

TEST_CASE("reverse") {
  const auto op = [](std::vector<int64_t> dimensions) -> TestOp {
    return {"stablehlo.reverse",
            {T("3x2xi32")},
            {T("3x2xi32")},
            {Ints("dimensions", std::move(dimensions))},
            {}};
  };
  CheckAccepts(op({1, 0}));
  CheckRejects("(C2)", op({1, 1}));
  CheckRejects("(C3)", op({2}));
}

TEST_CASE("gather") {
  struct Dims {
    std::vector<int64_t> offset_dims = {3, 4}, collapsed_slice_dims = {1},
                         operand_batching_dims = {0}, start_indices_batching_dims = {1},
                         start_index_map = {2, 1}, slice_sizes = {1, 1, 2, 2};
    int64_t index_vector_dim = 3;
    std::string_view operand = "2x3x4x2xi32", start_indices = "2x2x3x2xi64";
  };
  const auto op = [](const Dims& d) -> TestOp {
    return {
        "stablehlo.gather",
        Ts({d.operand, d.start_indices}),
        {T("2x2x3x2x2xi32")},
        {Ints("offset_dims", d.offset_dims), Ints("collapsed_slice_dims", d.collapsed_slice_dims),
         Ints("operand_batching_dims", d.operand_batching_dims),
         Ints("start_indices_batching_dims", d.start_indices_batching_dims),
         Ints("start_index_map", d.start_index_map), Ints("slice_sizes", d.slice_sizes),
         Int("index_vector_dim", d.index_vector_dim)},
        {}};
  };
  CheckAccepts(op({}));
  CheckRejects("integers", op({.start_indices = "2x2x3x2xf32"}));
  CheckRejects("(C1)", op({.offset_dims = {3}}));
  CheckRejects("(C2)", op({.index_vector_dim = 5}));
  CheckRejects("(C3)", op({.start_index_map = {2}}));
  CheckRejects("(C4)", op({.offset_dims = {4, 3}}));
  CheckRejects("(C4)", op({.offset_dims = {3, 3}}));
  CheckRejects("(C5)", op({.offset_dims = {3, 5}}));
  CheckRejects("(C6)", op({.collapsed_slice_dims = {0}}));
  CheckRejects("(C8)", op({.collapsed_slice_dims = {4}}));
  CheckRejects("(C11)", op({.operand_batching_dims = {4}}));
  CheckRejects("(C14)", op({.start_indices_batching_dims = {4}}));
  CheckRejects("(C15)", op({.start_indices_batching_dims = {3}}));
  CheckRejects("(C16)", op({.start_indices_batching_dims = {}}));
  CheckRejects("(C17)", op({.start_indices_batching_dims = {2}}));
  CheckRejects("(C18)", op({.start_index_map = {2, 0}}));
  CheckRejects("(C19)", op({.start_index_map = {2, 4}}));
  CheckRejects("(C20)", op({.slice_sizes = {1, 1, 2}}));
  CheckRejects("(C21)", op({.slice_sizes = {1, 1, 5, 2}}));
  CheckRejects("(C9, C12)", op({.slice_sizes = {2, 1, 2, 2}}));
  CheckRejects("(C9, C12)", op({.slice_sizes = {1, 2, 2, 2}}));
}

TEST_CASE("bitcast_convert") {
  const auto op = [](std::string_view operand, std::string_view result) -> TestOp {
    return {"stablehlo.bitcast_convert", {T(operand)}, {T(result)}, {}, {}};
  };
  CheckAccepts(op("2xf64", "2x4xf16"));
  CheckAccepts(op("2x4xf16", "2xf64"));
  CheckAccepts(op("2xi4", "2xui4"));
  CheckAccepts(op("complex<f64>", "2xcomplex<f32>"));
  CheckRejects("(C1)", op("2xf64", "2x2xf16"));
  CheckRejects("(C1)", op("f16", "f64"));
  CheckRejects("(C1)", op("2xf32", "3xi32"));
  CheckRejects("(C2)", op("2xf64", "2xcomplex<f32>"));
}

TEST_CASE("get_dimension_size") {
  CheckAccepts(
      {"stablehlo.get_dimension_size", {T("2x3xi64")}, {T("i32")}, {Int("dimension", 1)}, {}});
  CheckRejects(
      "(C1)",
      {"stablehlo.get_dimension_size", {T("2x3xi64")}, {T("i32")}, {Int("dimension", 2)}, {}});
}

}  // namespace
}  // namespace webhlo
