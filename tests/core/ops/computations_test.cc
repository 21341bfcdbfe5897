// SPDX-License-Identifier: Apache-2.0
//
// Infer of the ops with regions and of contractions, constraint by constraint.
#include <limits>

#include "core/kernels/window.h"
#include "core/ops/reducer.h"
#include "tests/core/ops/infer_test_util.h"

namespace webhlo {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

TEST_CASE("NumWindows") {
  CHECK(NumWindows(6, {.size = 2, .stride = 2}) == 3);
  CHECK(NumWindows(3, {.size = 2,
                       .stride = 4,
                       .base_dilation = 2,
                       .window_dilation = 3,
                       .padding_low = 2,
                       .padding_high = 1}) == 2);
  CHECK(NumWindows(0, {.size = 1}) == 0);
  CHECK(NumWindows(4, {.size = 5}) == 0);
  CHECK(NumWindows(4, {.size = 1, .padding_low = -5}) == 0);
  CHECK(!NumWindows(4, {.size = 1, .padding_low = kMin}));
  CHECK(!NumWindows(4, {.size = 1, .padding_high = kMax}));
  CHECK(!NumWindows(4, {.size = kMax, .window_dilation = kMax}));
  CHECK(!NumWindows(4, {.size = 1, .base_dilation = kMax}));
}

TEST_CASE("maximum and minimum keep NaN and order zeros") {
  CHECK(std::isnan(NanMaximum<double>(NAN, 1)));
  CHECK(std::isnan(NanMinimum<double>(1, NAN)));
  CHECK(!std::signbit(NanMaximum<double>(-0.0, 0.0)));
  CHECK(std::signbit(NanMinimum<double>(0.0, -0.0)));
}

TEST_CASE("reduce") {
  const auto op = [](std::vector<Type> operands, std::vector<int64_t> dimensions,
                     const TestRegion& body) -> TestOp {
    return {"stablehlo.reduce",
            std::move(operands),
            {T("2xi64")},
            {Ints("dimensions", std::move(dimensions))},
            {body}};
  };
  CheckAccepts(op(Ts({"2x6xi64", "i64"}), {1}, AddRegion("i64")));
  CheckAccepts(op(Ts({"2x6xi32", "i32"}), {1}, AddRegion("i64")));
  CheckRejects("(C2)", op(Ts({"2x6xi64", "i32"}), {1}, AddRegion("i64")));
  CheckRejects("scalar", op(Ts({"2x6xi64", "1xi64"}), {1}, AddRegion("i64")));
  CheckRejects("(C3)", op(Ts({"2x6xi64"}), {1}, AddRegion("i64")));
  CheckRejects("(C4)", op(Ts({"2x6xi64", "i64"}), {2}, AddRegion("i64")));
  CheckRejects("(C5)", op(Ts({"2x6xi64", "i64"}), {1, 1}, AddRegion("i64")));
  CheckRejects("(C6)", op(Ts({"2x6xi64", "i64"}), {1}, AddRegion("i32")));
  CheckRejects("(C6)", op(Ts({"2x6xi64", "i64"}), {1}, AddRegion("ui64")));
  CheckRejects("(C6)", op(Ts({"2x6xi64", "i64"}), {1},
                          {Ts({"i64", "i64", "i64"}), Ts({"i64"}), "stablehlo.add"}));
  CheckRejects("(C6)", op(Ts({"2x6xi64", "i64"}), {1}, {Ts({"i64", "i32"}), Ts({"i64"}), ""}));
  CheckRejects("(C1)", {"stablehlo.reduce",
                        Ts({"2x6xi64", "6x2xi64", "i64", "i64"}),
                        Ts({"2xi64", "2xi64"}),
                        {Ints("dimensions", {1})},
                        {{Ts({"i64", "i64", "i64", "i64"}), Ts({"i64", "i64"}), ""}}});
}

TEST_CASE("reduce_window") {
  struct Attributes {
    std::vector<int64_t> dimensions = {2, 1}, strides = {4, 1}, base = {2, 1}, window = {3, 1},
                         padding = {2, 1, 0, 0};
    std::vector<Type> operands = Ts({"3x2xi64", "i64"});
    TestRegion body = AddRegion("i64");
  };
  const auto op = [](const Attributes& a) -> TestOp {
    return {"stablehlo.reduce_window",
            a.operands,
            {T("2x2xi64")},
            {Ints("window_dimensions", a.dimensions), Ints("window_strides", a.strides),
             Ints("base_dilations", a.base), Ints("window_dilations", a.window),
             Ints("padding", a.padding)},
            {a.body}};
  };
  CheckAccepts(op({}));
  CheckRejects("(C1)", op({.operands = Ts({"3x2xi64"})}));
  CheckRejects("(C3)", op({.operands = Ts({"3x2xi64", "i32"})}));
  CheckRejects("(C4)", op({.dimensions = {2}}));
  CheckRejects("(C5)", op({.dimensions = {2, 0}}));
  CheckRejects("(C6)", op({.strides = {4}}));
  CheckRejects("(C7)", op({.strides = {4, 0}}));
  CheckRejects("(C8)", op({.base = {2}}));
  CheckRejects("(C9)", op({.base = {0, 1}}));
  CheckRejects("(C10)", op({.window = {3}}));
  CheckRejects("(C11)", op({.window = {3, -1}}));
  CheckRejects("(C12)", op({.padding = {2, 1}}));
  CheckRejects("(C13)", op({.body = AddRegion("f32")}));
  CheckRejects("(C15)", op({.padding = {kMax, kMax, 0, 0}}));
}

TEST_CASE("scatter") {
  struct Dims {
    std::vector<int64_t> update_window_dims = {3, 4}, inserted_window_dims = {1},
                         input_batching_dims = {0}, scatter_indices_batching_dims = {1},
                         scatter_dims_to_operand_dims = {2, 1};
    int64_t index_vector_dim = 3;
    std::vector<Type> operands = Ts({"2x3x4x2xi64", "2x2x3x2xi64", "2x2x3x2x2xi64"});
    TestRegion body = AddRegion("i64");
  };
  const auto op = [](const Dims& d) -> TestOp {
    return {"stablehlo.scatter",
            d.operands,
            {T("2x3x4x2xi64")},
            {Ints("update_window_dims", d.update_window_dims),
             Ints("inserted_window_dims", d.inserted_window_dims),
             Ints("input_batching_dims", d.input_batching_dims),
             Ints("scatter_indices_batching_dims", d.scatter_indices_batching_dims),
             Ints("scatter_dims_to_operand_dims", d.scatter_dims_to_operand_dims),
             Int("index_vector_dim", d.index_vector_dim)},
            {d.body}};
  };
  CheckAccepts(op({}));
  CheckRejects("(C2)", op({.update_window_dims = {3}}));
  CheckRejects("(C4)", op({.operands = Ts({"2x3x4x2xi64", "2x2x3x2xi64", "2x2x4x2x2xi64"})}));
  CheckRejects("(C4)", op({.operands = Ts({"2x3x4x2xi64", "2x2x3x2xi64", "2x2x3x5x2xi64"})}));
  CheckRejects("(C5)", op({.operands = Ts({"2x3x4x2xi64", "2x2x3x2xi64"})}));
  CheckRejects("(C6)", op({.operands = Ts({"2x3x4x2xi64", "2x2x3x2xi64", "2x2x3x2x2xi32"})}));
  CheckRejects("integers", op({.operands = Ts({"2x3x4x2xi64", "2x2x3x2xf32", "2x2x3x2x2xi64"})}));
  CheckRejects("(C7)", op({.update_window_dims = {4, 3}}));
  CheckRejects("(C8)", op({.update_window_dims = {3, 5}}));
  CheckRejects("(C9)", op({.inserted_window_dims = {0}}));
  CheckRejects("(C11)", op({.inserted_window_dims = {4}}));
  CheckRejects("(C13)", op({.input_batching_dims = {4}}));
  CheckRejects("(C15)", op({.scatter_indices_batching_dims = {4}}));
  CheckRejects("(C16)", op({.scatter_indices_batching_dims = {3}}));
  CheckRejects("(C17)", op({.scatter_indices_batching_dims = {}}));
  CheckRejects("(C18)", op({.scatter_indices_batching_dims = {2}}));
  CheckRejects("(C19)", op({.scatter_dims_to_operand_dims = {2}}));
  CheckRejects("(C20)", op({.scatter_dims_to_operand_dims = {2, 0}}));
  CheckRejects("(C21)", op({.scatter_dims_to_operand_dims = {2, 4}}));
  CheckRejects("(C22)", op({.index_vector_dim = 5}));
  CheckRejects("(C23)", op({.body = AddRegion("i32")}));
}

TEST_CASE("select_and_scatter") {
  struct Attributes {
    std::vector<int64_t> dimensions = {3, 1}, strides = {2, 1}, padding = {0, 1, 0, 0};
    std::vector<Type> operands = Ts({"4x2xi64", "2x2xi64", "i64"});
    TestRegion select = {Ts({"i64", "i64"}), Ts({"i1"}), "stablehlo.compare"};
    TestRegion scatter = AddRegion("i64");
  };
  const auto op = [](const Attributes& a) -> TestOp {
    return {"stablehlo.select_and_scatter",
            a.operands,
            {T("4x2xi64")},
            {Ints("window_dimensions", a.dimensions), Ints("window_strides", a.strides),
             Ints("padding", a.padding)},
            {a.select, a.scatter}};
  };
  CheckAccepts(op({}));
  CheckRejects("(C1)", op({.operands = Ts({"4x2xi64", "2x2xi32", "i64"})}));
  CheckRejects("(C2)", op({.operands = Ts({"4x2xi64", "1x2xi64", "i64"})}));
  CheckRejects("(C3)", op({.operands = Ts({"4x2xi64", "2x2xi64", "i32"})}));
  CheckRejects("(C4)", op({.dimensions = {3}}));
  CheckRejects("(C5)", op({.dimensions = {3, 0}}));
  CheckRejects("(C6)", op({.strides = {2}}));
  CheckRejects("(C7)", op({.strides = {0, 1}}));
  CheckRejects("(C8)", op({.padding = {0, 1}}));
  CheckRejects("(C9)", op({.select = AddRegion("i64")}));
  CheckRejects("(C10)", op({.scatter = AddRegion("i32")}));
}

TEST_CASE("sort") {
  const TestRegion comparator = {Ts({"i64", "i64", "f32", "f32"}), Ts({"i1"}), "stablehlo.compare"};
  const auto op = [](std::vector<Type> operands, int64_t dimension,
                     const TestRegion& region) -> TestOp {
    std::vector<Type> results = operands;
    return {"stablehlo.sort",
            std::move(operands),
            std::move(results),
            {Int("dimension", dimension)},
            {region}};
  };
  CheckAccepts(op(Ts({"2x3xi64", "2x3xf32"}), -2, comparator));
  CheckRejects("(C1)", op({}, 0, comparator));
  CheckRejects("(C3)", op(Ts({"2x3xi64", "3x2xf32"}), 0, comparator));
  CheckRejects("(C4)", op(Ts({"2x3xi64", "2x3xf32"}), 2, comparator));
  CheckRejects("(C4)", op(Ts({"2x3xi64", "2x3xf32"}), -3, comparator));
  CheckRejects("(C5)", op(Ts({"2x3xi64", "2x3xi64"}), 0, comparator));
  CheckRejects("(C5)", op(Ts({"2x3xi64"}), 0, AddRegion("i64")));
}

TEST_CASE("map") {
  const auto op = [](std::vector<Type> operands, std::vector<int64_t> dimensions) -> TestOp {
    return {"stablehlo.map",
            std::move(operands),
            {T("2x2xi64")},
            {Ints("dimensions", std::move(dimensions))},
            {AddRegion("i64")}};
  };
  CheckAccepts(op(Ts({"2x2xi64", "2x2xi64"}), {0, 1}));
  CheckRejects("(C1)", op(Ts({"2x2xi64", "2x3xi64"}), {0, 1}));
  CheckRejects("(C2)", op({}, {}));
  CheckRejects("(C3)", op(Ts({"2x2xi64", "2x2xi64"}), {1, 0}));
  CheckRejects("(C3)", op(Ts({"2x2xi64", "2x2xi64"}), {0}));
  CheckRejects("(C4)", op(Ts({"2x2xi64", "2x2xi32"}), {0, 1}));
}

TEST_CASE("dot_general") {
  struct Dims {
    std::vector<int64_t> lhs_batching = {0}, rhs_batching = {0}, lhs_contracting = {2},
                         rhs_contracting = {1};
    std::string_view lhs = "2x2x4xi64", rhs = "2x4x3xi64", result = "2x2x3xi64";
  };
  const auto op = [](const Dims& d) -> TestOp {
    return {"stablehlo.dot_general",
            Ts({d.lhs, d.rhs}),
            {T(d.result)},
            {Ints("lhs_batching_dimensions", d.lhs_batching),
             Ints("rhs_batching_dimensions", d.rhs_batching),
             Ints("lhs_contracting_dimensions", d.lhs_contracting),
             Ints("rhs_contracting_dimensions", d.rhs_contracting)},
            {}};
  };
  CheckAccepts(op({}));
  CheckAccepts(op({.lhs = "2x2x4xi8", .rhs = "2x4x3xi8", .result = "2x2x3xi32"}));
  CheckAccepts(op({.lhs = "2x2x4xf8E4M3FN", .rhs = "2x4x3xf8E5M2", .result = "2x2x3xf32"}));
  CheckRejects("(C1)", op({.lhs_batching = {}}));
  CheckRejects("(C2)", op({.lhs_contracting = {}}));
  CheckRejects("(C3)", op({.lhs_contracting = {0}}));
  CheckRejects("(C4)", op({.rhs_contracting = {0}}));
  CheckRejects("(C5)", op({.lhs_batching = {3}}));
  CheckRejects("(C6)", op({.lhs_contracting = {-1}}));
  CheckRejects("(C7)", op({.rhs_batching = {3}}));
  CheckRejects("(C8)", op({.rhs_contracting = {3}}));
  CheckRejects("(C9)", op({.rhs = "3x4x3xi64"}));
  CheckRejects("(C10)", op({.rhs = "2x5x3xi64"}));
  CheckRejects("(C13)", op({.rhs = "2x4x3xf32"}));
  TestOp precision = op({});
  precision.attributes.push_back(
      {"precision_config", Attribute::Array({Attribute::String("HIGH")})});
  CheckRejects("(C11)", precision);
}

TEST_CASE("convolution") {
  struct Attributes {
    std::vector<int64_t> strides = {1, 1}, padding = {1, 1, 1, 1}, lhs_dilation = {1, 1},
                         rhs_dilation = {1, 1}, reversal = {0, 0}, input_spatial = {1, 2},
                         kernel_spatial = {0, 1}, output_spatial = {1, 2};
    int64_t input_batch = 0, input_feature = 3, kernel_input = 2, kernel_output = 3,
            output_batch = 0, output_feature = 3, feature_groups = 1, batch_groups = 1;
    std::string_view lhs = "2x4x4x4xf32", rhs = "3x3x4x8xf32", result = "2x4x4x8xf32";
  };
  const auto op = [](const Attributes& a) -> TestOp {
    return {
        "stablehlo.convolution",
        Ts({a.lhs, a.rhs}),
        {T(a.result)},
        {Ints("window_strides", a.strides), Ints("padding", a.padding),
         Ints("lhs_dilation", a.lhs_dilation), Ints("rhs_dilation", a.rhs_dilation),
         Ints("window_reversal", a.reversal), Int("input_batch_dimension", a.input_batch),
         Int("input_feature_dimension", a.input_feature),
         Ints("input_spatial_dimensions", a.input_spatial),
         Int("kernel_input_feature_dimension", a.kernel_input),
         Int("kernel_output_feature_dimension", a.kernel_output),
         Ints("kernel_spatial_dimensions", a.kernel_spatial),
         Int("output_batch_dimension", a.output_batch),
         Int("output_feature_dimension", a.output_feature),
         Ints("output_spatial_dimensions", a.output_spatial),
         Int("feature_group_count", a.feature_groups), Int("batch_group_count", a.batch_groups)},
        {}};
  };
  CheckAccepts(op({}));
  CheckAccepts(op({.feature_groups = 2, .rhs = "3x3x2x8xf32"}));
  CheckAccepts(op({.batch_groups = 2, .result = "1x4x4x8xf32"}));
  CheckRejects("(C1)", op({.rhs = "3x3x4xf32"}));
  CheckRejects("(C2)", op({.strides = {1}}));
  CheckRejects("(C3)", op({.strides = {1, 0}}));
  CheckRejects("(C4)", op({.padding = {1, 1}}));
  CheckRejects("(C5)", op({.lhs_dilation = {1}}));
  CheckRejects("(C6)", op({.lhs_dilation = {0, 1}}));
  CheckRejects("(C7)", op({.rhs_dilation = {1}}));
  CheckRejects("(C8)", op({.rhs_dilation = {1, 0}}));
  CheckRejects("(C9)", op({.reversal = {1}}));
  CheckRejects("(C10)", op({.batch_groups = 4}));
  CheckRejects("(C11)", op({.feature_groups = 3}));
  CheckRejects("(C12)", op({.input_spatial = {1}}));
  CheckRejects("(C13)", op({.input_spatial = {1, 1}}));
  CheckRejects("(C13)", op({.input_spatial = {1, 4}}));
  CheckRejects("(C14)", op({.rhs = "3x3x3x8xf32"}));
  CheckRejects("(C15)", op({.batch_groups = 2, .rhs = "3x3x4x7xf32"}));
  CheckRejects("(C16)", op({.feature_groups = 2, .rhs = "3x3x2x7xf32"}));
  CheckRejects("(C17)", op({.kernel_spatial = {0}}));
  CheckRejects("(C18)", op({.kernel_spatial = {0, 0}}));
  CheckRejects("(C18)", op({.kernel_input = -1}));
  CheckRejects("(C19)", op({.output_spatial = {1}}));
  CheckRejects("(C20)", op({.output_spatial = {1, 3}}));
  CheckRejects("(C20)", op({.output_batch = 4}));
  CheckRejects("(C21)", op({.feature_groups = 0}));
  CheckRejects("(C22)", op({.batch_groups = -1}));
  CheckRejects("(C23)", op({.feature_groups = 2, .batch_groups = 2, .rhs = "3x3x2x8xf32"}));
  CheckRejects("(C25)", op({.padding = {kMax, kMax, 1, 1}}));
  CheckRejects("(C27)", op({.rhs = "3x3x4x8xi32"}));
}

TEST_CASE("control flow") {
  const TestRegion condition = {Ts({"i64", "f32"}), Ts({"i1"}), "stablehlo.compare"};
  const TestRegion body = {Ts({"i64", "f32"}), Ts({"i64", "f32"}), ""};
  const auto loop = [](std::vector<Type> results, const TestRegion& cond,
                       const TestRegion& step) -> TestOp {
    return {"stablehlo.while", Ts({"i64", "f32"}), std::move(results), {}, {cond, step}};
  };
  CheckAccepts(loop(Ts({"i64", "f32"}), condition, body));
  CheckRejects("(C1)", loop(Ts({"i64", "f32"}), body, body));
  CheckRejects("(C1)", loop(Ts({"i64", "f32"}), {Ts({"i64"}), Ts({"i1"}), "x.y"}, body));
  CheckRejects("(C2)", loop(Ts({"i64", "f32"}), condition, condition));
  CheckRejects("(C3)", loop(Ts({"i64"}), condition, body));

  const TestRegion branch = {{}, Ts({"i32", "token"}), "x.y"};
  const TestRegion other = {{}, Ts({"i64", "token"}), "x.y"};
  CheckAccepts({"stablehlo.if", {T("i1")}, Ts({"i32", "token"}), {}, {branch, branch}});
  CheckRejects("(C1)", {"stablehlo.if", {T("i1")}, Ts({"i64"}), {}, {body, branch}});
  CheckRejects("(C2)", {"stablehlo.if", {T("i1")}, Ts({"i32", "token"}), {}, {branch, other}});
  CheckRejects("(C3)", {"stablehlo.if", {T("i1")}, Ts({"i32"}), {}, {branch, branch}});
  CheckRejects("tensor<i1>",
               {"stablehlo.if", {T("i32")}, Ts({"i32", "token"}), {}, {branch, branch}});

  CheckAccepts({"stablehlo.case", {T("i32")}, Ts({"i32", "token"}), {}, {branch, branch}});
  CheckRejects("(C1)", {"stablehlo.case", {T("i32")}, {}, {}, {}});
  CheckRejects("(C2)", {"stablehlo.case", {T("i32")}, Ts({"i64", "f32"}), {}, {body}});
  CheckRejects("(C3)", {"stablehlo.case", {T("i32")}, Ts({"i32", "token"}), {}, {branch, other}});
  CheckRejects("(C4)", {"stablehlo.case", {T("i32")}, Ts({"i32"}), {}, {branch}});

  CheckAccepts(
      {"stablehlo.optimization_barrier", Ts({"2xf32", "token"}), Ts({"2xf32", "token"}), {}, {}});
  CheckRejects("(C1)", {"stablehlo.optimization_barrier", Ts({"2xf32"}), {}, {}, {}});
}

TEST_CASE("reduce_precision") {
  const auto op = [](std::string_view type, int64_t exponent, int64_t mantissa) -> TestOp {
    return {"stablehlo.reduce_precision",
            {T(type)},
            {T(type)},
            {Int("exponent_bits", exponent), Int("mantissa_bits", mantissa)},
            {}};
  };
  CheckAccepts(op("2xf32", 5, 10));
  CheckRejects("(C2)", op("2xf32", 0, 10));
  CheckRejects("(C3)", op("2xf32", 5, -1));
  CheckRejects("floating-point", op("2xi32", 5, 10));
}

TEST_CASE("custom_call") {
  const auto op = [](std::string target, std::vector<Type> operands,
                     std::vector<Type> results) -> TestOp {
    return {"stablehlo.custom_call",
            std::move(operands),
            std::move(results),
            {{"call_target_name", Attribute::String(std::move(target))}},
            {}};
  };
  CheckAccepts(op("check.expect_eq", Ts({"2xf32", "2xf32"}), {}));
  CheckRejects("compares", op("check.expect_eq", Ts({"2xf32", "3xf32"}), {}));
  CheckRejects("two tensors", op("check.expect_close", Ts({"2xf32"}), {}));
  CheckAccepts(op("Sharding", Ts({"2xf32"}), Ts({"2xf32"})));
  CheckUnsupported(op("SPMDFullToShardShape", Ts({"4xf32"}), Ts({"2xf32"})));
  CheckAccepts(op("anything", Ts({"4xf32", "token"}), Ts({"2xf32"})));
}

TEST_CASE("epilogues of products") {
  const auto matmul = [](std::vector<Type> extras, std::vector<TestRegion> regions) -> TestOp {
    std::vector<Type> operands = Ts({"2x3xf32", "3x4xf32"});
    operands.insert(operands.end(), extras.begin(), extras.end());
    return {"webhlo.matmul", operands, Ts({"2x4xf32"}), {}, std::move(regions)};
  };
  const Type y = T("2x4xf32");
  CheckAccepts(matmul({}, {}));
  CheckAccepts(matmul({y}, {{{y, y}, {y}, "stablehlo.add"}}));
  CheckAccepts(matmul({T("2x4xi1")}, {{{y, T("2x4xi1")}, {y}, ""}}));
  CheckRejects("where there is no epilogue", matmul({y}, {}));
  CheckRejects("2 regions", matmul({}, {{{y}, {y}, ""}, {{y}, {y}, ""}}));
  CheckRejects("1 arguments, expected 2", matmul({y}, {{{y}, {y}, "stablehlo.abs"}}));
  CheckRejects("argument 0", matmul({}, {{Ts({"2x4xf64"}), Ts({"2x4xf64"}), ""}}));
  CheckRejects("argument 1", matmul({y}, {{{y, T("2x4xf64")}, {y}, ""}}));
  CheckRejects("which does not have one result of shape",
               matmul({}, {{{y}, Ts({"4x2xf32"}), "stablehlo.transpose"}}));
  CheckRejects("which is not elementwise", matmul({}, {{{y}, {y}, "webhlo.softmax"}}));
  CheckRejects("value 0 that region 0 returns",
               matmul({}, {{{y}, Ts({"2x4xi1"}), "stablehlo.is_finite"}}));
  CheckRejects("argument 0", {"webhlo.conv2d",
                              Ts({"1x8x8x4xf32", "6x3x3x4xf32"}),
                              Ts({"1x6x6x6xf32"}),
                              {},
                              {{Ts({"1x8x8x6xf32"}), Ts({"1x8x8x6xf32"}), ""}}});
}

TEST_CASE("WebHLO's own ops") {
  CheckAccepts({"webhlo.conv2d",
                Ts({"1x8x8x4xf32", "6x3x3x4xf32"}),
                Ts({"1x4x4x6xf32"}),
                {Ints("window_strides", {2, 2}), Ints("padding", {0, 1, 0, 1})},
                {}});
  CheckRejects("feature_group_count",
               {"webhlo.conv2d", Ts({"1x8x8x4xf32", "6x3x3x3xf32"}), Ts({"1x6x6x6xf32"}), {}, {}});
  CheckAccepts({"webhlo.matmul",
                Ts({"5x2x3xf32", "4x3xf32"}),
                Ts({"5x2x4xf32"}),
                {{"transpose_rhs", Attribute::Bool(true)}},
                {}});
  CheckRejects("contracts", {"webhlo.matmul", Ts({"2x3xf32", "4x3xf32"}), Ts({"2x4xf32"}), {}, {}});
  CheckRejects("batch",
               {"webhlo.matmul", Ts({"5x2x3xf32", "6x3x4xf32"}), Ts({"5x2x4xf32"}), {}, {}});
  CheckRejects("operands", {"webhlo.matmul", Ts({"2x3xf32"}), Ts({"2x3xf32"}), {}, {}});
  CheckAccepts({"webhlo.max_pool2d",
                Ts({"1x8x8x4xf32"}),
                Ts({"1x4x4x4xf32"}),
                {Ints("window_dimensions", {2, 2}), Ints("window_strides", {2, 2})},
                {}});
  CheckRejects("window_dimensions",
               {"webhlo.sum_pool2d", Ts({"1x8x8x4xf32"}), Ts({"1x4x4x4xf32"}), {}, {}});
  CheckAccepts({"webhlo.attention",
                Ts({"5x2x3xf32", "5x4x3xf32", "5x4x6xf32"}),
                Ts({"5x2x6xf32"}),
                {{"transpose_keys", Attribute::Bool(true)}},
                {}});
  CheckRejects("operands",
               {"webhlo.attention", Ts({"2x3xf32", "3x4xf32"}), Ts({"2x4xf32"}), {}, {}});
  CheckRejects(
      "expected batch",
      {"webhlo.attention", Ts({"5x2x3xf32", "6x3x4xf32", "5x4x6xf32"}), Ts({"5x2x6xf32"}), {}, {}});
  CheckRejects(
      "keys have",
      {"webhlo.attention", Ts({"2x3xf32", "4x3xf32", "4x6xf32"}), Ts({"2x6xf32"}), {}, {}});
  CheckRejects(
      "there are 4 keys and 5 values",
      {"webhlo.attention", Ts({"2x3xf32", "3x4xf32", "5x6xf32"}), Ts({"2x6xf32"}), {}, {}});
  CheckRejects("argument 0", {"webhlo.attention",
                              Ts({"2x3xf32", "3x4xf32", "4x6xf32"}),
                              Ts({"2x6xf32"}),
                              {},
                              {{Ts({"2x6xf32"}), Ts({"2x6xf32"}), ""}}});
  CheckAccepts({"webhlo.softmax", Ts({"2x3xf16"}), Ts({"2x3xf16"}), {}, {}});
  CheckRejects("rank 0", {"webhlo.softmax", Ts({"f16"}), Ts({"f16"}), {}, {}});
}

}  // namespace
}  // namespace webhlo
