// SPDX-License-Identifier: Apache-2.0
//
// Infer of CHLO's ops.
#include "tests/core/ops/infer_test_util.h"

namespace webhlo {
namespace {

TEST_CASE("chlo: functions of floats and complex numbers") {
  const auto op = [](std::string_view name, std::string_view operand,
                     std::string_view result) -> TestOp {
    return {name, {T(operand)}, {T(result)}, {}, {}};
  };
  for (std::string_view name : {"chlo.asin", "chlo.sinh", "chlo.square", "chlo.conj", "chlo.tan"}) {
    CheckAccepts(op(name, "3xf32", "3xf32"));
    CheckAccepts(op(name, "3xcomplex<f64>", "3xcomplex<f64>"));
    CheckRejects("floating-point or complex", op(name, "3xi32", "3xi32"));
  }
  for (std::string_view name : {"chlo.erf", "chlo.lgamma", "chlo.bessel_i1e"}) {
    CheckAccepts(op(name, "3xbf16", "3xbf16"));
    CheckRejects("expected floating-point", op(name, "3xcomplex<f32>", "3xcomplex<f32>"));
    CheckRejects("(C1)", op(name, "3xf32", "4xf32"));
  }
  CheckAccepts(op("chlo.is_inf", "3xf16", "3xi1"));
  CheckRejects("expected floating-point", op("chlo.is_inf", "3xcomplex<f32>", "3xi1"));
}

TEST_CASE("chlo.next_after") {
  const auto op = [](std::string_view x, std::string_view y) -> TestOp {
    return {"chlo.next_after", {T(x), T(y)}, {T(x)}, {}, {}};
  };
  CheckAccepts(op("3xf64", "3xf64"));
  CheckAccepts(op("3xf8E5M2", "3xf8E5M2"));
  CheckRejects("expected floating-point", op("3xi8", "3xi8"));
  CheckRejects("y has type", op("3xf32", "3xf64"));
  CheckUnsupported(op("3xf6E2M3FN", "3xf6E2M3FN"));
}

TEST_CASE("chlo.constant_like") {
  const auto op = [](std::string_view type, Attribute value) -> TestOp {
    return {"chlo.constant_like", {T(type)}, {T(type)}, {{"value", std::move(value)}}, {}};
  };
  CheckAccepts(op("3xf32", Attribute::Float(1.5, ElementType::kF32)));
  CheckAccepts(op("3xui8", Attribute::Int(255, ElementType::kU8)));
  CheckAccepts(op("3xi1", Attribute::Bool(true)));
  CheckUnsupported(op("3xi32", Attribute::Float(1.5, ElementType::kF32)));
  CheckUnsupported(op("3xf32", Attribute::String("1.5")));
}

TEST_CASE("chlo.top_k") {
  const auto op = [](std::string_view type, int64_t k, std::string_view values,
                     std::string_view indices) -> TestOp {
    return {"chlo.top_k", {T(type)}, Ts({values, indices}), {Int("k", k)}, {}};
  };
  CheckAccepts(op("2x5xf32", 3, "2x3xf32", "2x3xi32"));
  CheckAccepts(op("5xi1", 0, "0xi1", "0xi32"));
  CheckRejects("k is 6", op("2x5xf32", 6, "2x6xf32", "2x6xi32"));
  CheckRejects("k is -1", op("2x5xf32", -1, "2x3xf32", "2x3xi32"));
  CheckRejects("scalar", op("f32", 0, "f32", "i32"));
  CheckRejects("no order", op("5xcomplex<f32>", 1, "1xcomplex<f32>", "1xi32"));
}

TEST_CASE("chlo.ragged_dot") {
  struct Dims {
    std::vector<int64_t> lhs_batching = {0}, rhs_batching = {1}, lhs_contracting = {2},
                         rhs_contracting = {2}, ragged = {1}, group = {0};
    std::vector<Type> operands = Ts({"2x11x5xf32", "3x2x5x7xf32", "3xi64"});
    std::string_view result = "2x11x7xf32";
  };
  const auto op = [](const Dims& d) -> TestOp {
    return {
        "chlo.ragged_dot",
        d.operands,
        {T(d.result)},
        {Ints("lhs_batching_dimensions", d.lhs_batching),
         Ints("lhs_contracting_dimensions", d.lhs_contracting),
         Ints("lhs_ragged_dimensions", d.ragged), Ints("rhs_batching_dimensions", d.rhs_batching),
         Ints("rhs_contracting_dimensions", d.rhs_contracting),
         Ints("rhs_group_dimensions", d.group)},
        {}};
  };
  CheckAccepts(op({}));
  CheckAccepts(op({.operands = Ts({"2x11x5xf32", "3x2x5x7xf32", "2x3xi64"})}));
  const std::vector<Type> shared = Ts({"2x11x5xf32", "2x5x7xf32", "3xi64"});
  CheckAccepts(op({.rhs_batching = {0},
                   .rhs_contracting = {1},
                   .ragged = {2},
                   .group = {},
                   .operands = shared,
                   .result = "3x2x11x7xf32"}));
  CheckAccepts(op({.rhs_batching = {0},
                   .rhs_contracting = {1},
                   .ragged = {0},
                   .group = {},
                   .operands = shared}));
  CheckRejects("lhs_ragged_dimensions", op({.ragged = {}}));
  CheckRejects("lhs_ragged_dimensions", op({.ragged = {3}}));
  CheckRejects("rhs_group_dimensions", op({.ragged = {2}}));
  CheckRejects("repeats a dimension", op({.group = {1}}));
  CheckRejects("lhs contracting dim 2 is 5, rhs dim 3 is 7", op({.rhs_contracting = {3}}));
  CheckRejects("differ in size", op({.rhs_batching = {}}));
  CheckRejects("integers", op({.operands = Ts({"2x11x5xf32", "3x2x5x7xf32", "3xf32"})}));
  CheckRejects("group_sizes", op({.operands = Ts({"2x11x5xf32", "3x2x5x7xf32", "4x3xi64"})}));
  CheckRejects("rhs has 3 groups", op({.operands = Ts({"2x11x5xf32", "3x2x5x7xf32", "4xi64"})}));
  CheckUnsupported(op({.operands = Ts({"2x11x5xf32", "5000x2x5x7xf32", "5000xi64"})}));
}

TEST_CASE("chlo.scan") {
  struct Scan {
    int64_t dimension = 1;
    std::vector<int64_t> operand_sizes = {1, 1}, result_sizes = {1, 1};
    std::vector<Type> operands = Ts({"2x3xf32", "2xf32"});
    TestRegion body = {Ts({"2xf32", "2xf32"}), Ts({"2xf32", "2xf32"}), ""};
    std::vector<NamedAttribute> more = {};
  };
  const auto op = [](Scan scan) -> TestOp {
    std::vector<NamedAttribute> attributes = {Int("dimension", scan.dimension),
                                              Ints("operandSegmentSizes", scan.operand_sizes),
                                              Ints("resultSegmentSizes", scan.result_sizes)};
    attributes.insert(attributes.end(), scan.more.begin(), scan.more.end());
    return {"chlo.scan", scan.operands, Ts({"2x3xf32", "2xf32"}), attributes, {scan.body}};
  };
  CheckAccepts(op({}));
  CheckAccepts(op({.more = {Int("scan_dim_size", 3)}}));
  CheckRejects("size 3", op({.more = {Int("scan_dim_size", 4)}}));
  CheckRejects("operandSegmentSizes", op({.operand_sizes = {1, 2}}));
  CheckRejects("operandSegmentSizes", op({.operand_sizes = {-1, 3}}));
  CheckRejects("resultSegmentSizes", op({.result_sizes = {3, -1}}));
  CheckRejects("carries 1 values", op({.result_sizes = {2, 0}}));
  CheckRejects("dimension is 2", op({.dimension = 2}));
  CheckRejects("(body)", op({.body = {Ts({"2xf32", "3xf32"}), Ts({"2xf32", "2xf32"}), ""}}));
  CheckRejects("(body)", op({.body = {Ts({"2xf32", "2xf32"}), Ts({"2xf32"}), ""}}));
}

}  // namespace
}  // namespace webhlo
