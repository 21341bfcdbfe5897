// SPDX-License-Identifier: Apache-2.0
//
// Infer of tokens, tuples, transfers and collectives, constraint by constraint; and programs for
// several devices, which are refused when they are to run.
#include <string>

#include "core/graph/tensor.h"
#include "tests/core/ops/infer_test_util.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

NamedAttribute Groups(std::vector<int64_t> dims, const std::vector<int64_t>& ids) {
  DenseElements elements;
  elements.type = TensorType(ElementType::kI64, std::move(dims));
  elements.bytes.resize(ids.size() * 8);
  for (size_t i = 0; i < ids.size(); ++i) {
    StoreI64(ElementType::kI64, elements.bytes.data() + i * 8, ids[i]);
  }
  return {"replica_groups", Attribute::Dense(std::move(elements))};
}

const NamedAttribute kPair = Groups({1, 2}, {0, 1});
const NamedAttribute kGlobal = {"use_global_device_ids", Attribute::Bool(true)};
const NamedAttribute kRoot = {"has_dynamic_root", Attribute::Bool(true)};

Type TupleOf(std::vector<Type> elements, Type::Kind kind = Type::Kind::kTuple) {
  Type type = Type::Of(kind);
  type.elements = std::move(elements);
  return type;
}

// What expand-ops says of @main with this body, of a tensor<2xf32> %x and a token %t.
Status Expand(std::string_view body) {
  const Graph graph = Parse("func.func @main(%x: tensor<2xf32>, %t: !stablehlo.token) {\n" +
                            std::string(body) + "\n  return\n}");
  Graph expanded;
  return ExpandOps({"main", {}}, graph, &expanded);
}

void CheckNeedsDevices(std::string_view devices, std::string_view body) {
  const Status status = Expand(body);
  CHECK(status.code() == StatusCode::kUnsupported);
  const std::string message(status.message());
  CHECK_MESSAGE(message.find(devices) != std::string::npos, message);
}

TEST_CASE("tokens and tuples") {
  const std::vector<Type> token = Ts({"token"});
  CheckAccepts({"stablehlo.after_all", Ts({"token", "token"}), token});
  CheckRejects("inputs", {"stablehlo.after_all", Ts({"f32"}), token});
  CheckRejects("operands", {"stablehlo.create_token", token, token});
  const Type pair = TupleOf(Ts({"2xf32", "token"}));
  CheckAccepts({"stablehlo.tuple", Ts({"2xf32", "token"}), {pair}});
  CheckRejects("(C1)", {"stablehlo.tuple", Ts({"2xf32"}), {pair}});
  const auto element = [&](int64_t index, const Type& operand, const Type& result) -> TestOp {
    return {"stablehlo.get_tuple_element", {operand}, {result}, {Int("index", index)}};
  };
  CheckAccepts(element(1, pair, T("token")));
  CheckRejects("(C1)", element(2, pair, T("token")));
  CheckRejects("(C1)", element(-1, pair, T("token")));
  CheckRejects("(C2)", element(0, pair, T("token")));
  CheckRejects("a tuple", element(0, T("2xf32"), T("2xf32")));
}

TEST_CASE("async_start and async_done") {
  const auto future = [](std::vector<Type> elements) {
    return TupleOf(std::move(elements), Type::Kind::kFuture);
  };
  const auto start = [&](std::string op, std::vector<Type> operands, const Type& result) -> TestOp {
    return {"stablehlo.async_start",
            std::move(operands),
            {result},
            {},
            {{Ts({"2xf32"}), Ts({"2xf32"}), std::move(op)}}};
  };
  CheckAccepts(start("stablehlo.slice", Ts({"2xf32"}), future(Ts({"2xf32"}))));
  CheckRejects("(C1)", start("", Ts({"2xf32"}), future(Ts({"2xf32"}))));
  CheckRejects("(C2)", start("stablehlo.abs", Ts({"2xf32"}), future(Ts({"2xf32"}))));
  CheckRejects("(C3)", start("stablehlo.slice", Ts({"3xf32"}), future(Ts({"2xf32"}))));
  CheckRejects("(C4)", start("stablehlo.slice", Ts({"2xf32"}), future(Ts({"3xf32"}))));
  CheckAccepts({"stablehlo.async_done", {future(Ts({"2xf32"}))}, Ts({"2xf32"})});
  CheckRejects("(C1)", {"stablehlo.async_done", {future(Ts({"2xf32"}))}, Ts({"3xf32"})});
  CheckRejects("(C1)", {"stablehlo.async_done", {future(Ts({"2xf32"}))}, Ts({"2xf32", "2xf32"})});
}

TEST_CASE("all_gather") {
  const auto op = [](std::string_view result, int64_t dim,
                     std::vector<NamedAttribute> attributes) -> TestOp {
    attributes.push_back(Int("all_gather_dim", dim));
    return {"stablehlo.all_gather", Ts({"2x3xi64"}), {T(result)}, std::move(attributes)};
  };
  CheckAccepts(op("2x6xi64", 1, {kPair}));
  CheckRejects("(C1)", op("2x6xi64", 2, {kPair}));
  CheckRejects("(C1)", op("2x6xi64", -1, {kPair}));
  CheckRejects("(C2)", op("2x6xi64", 1, {Groups({1, 2}, {0, 0})}));
  CheckRejects("(C4)", op("2x6xi64", 1, {Groups({1, 2}, {0, 2})}));
  CheckRejects("(C4)", op("2x6xi64", 1, {Groups({1, 2}, {0, -2})}));
  CheckRejects("a table", op("2x6xi64", 1, {Groups({2}, {0, 1})}));
  CheckRejects("a table", op("2x6xi64", 1, {{"replica_groups", Attribute::Bool(true)}}));
  CheckAccepts(op("2x6xi64", 1, {kGlobal, kPair, Int("channel_id", 1)}));
  CheckRejects("(C5)", op("2x6xi64", 1, {kGlobal, kPair}));
  CheckRejects("(C6)", op("2x5xi64", 1, {kPair}));
  CheckRejects("(C6)", op("4x6xi64", 1, {kPair}));
  CheckRejects("(C6)", op("2x6xi32", 1, {kPair}));
  CheckRejects("(C6)", op("2x6x1xi64", 1, {kPair}));
}

TEST_CASE("all_reduce and cross-replica-sum") {
  const auto op = [](std::vector<Type> results, std::vector<NamedAttribute> attributes,
                     const TestRegion& body) -> TestOp {
    return {"stablehlo.all_reduce",
            Ts({"2xf32", "3xf16"}),
            std::move(results),
            std::move(attributes),
            {body}};
  };
  CheckAccepts(op(Ts({"2xf64", "3xf64"}), {kPair}, AddRegion("f64")));
  CheckRejects("(C1)", op(Ts({"2xf64", "3xf64"}), {Groups({2, 1}, {1, 1})}, AddRegion("f64")));
  CheckRejects("(C3)", op(Ts({"2xf64", "3xf64"}), {Groups({2, 1}, {1, 2})}, AddRegion("f64")));
  CheckRejects("(C4)", op(Ts({"2xf64", "3xf64"}), {kGlobal, kPair}, AddRegion("f64")));
  CheckRejects("(C5)", op(Ts({"2xf16", "3xf16"}), {kPair}, AddRegion("f16")));
  CheckRejects("results", op(Ts({"2xf64"}), {kPair}, AddRegion("f64")));
  CheckAccepts({"stablehlo.cross-replica-sum", Ts({"2xf32"}), Ts({"2xf32"}), {kPair}});
}

TEST_CASE("all_to_all") {
  struct Attributes {
    int64_t split = 1, concat = 0, count = 2;
    NamedAttribute groups = kPair;
  };
  const auto op = [](const Attributes& a) -> TestOp {
    return {"stablehlo.all_to_all",
            Ts({"3x4xi64"}),
            Ts({"6x2xi64"}),
            {Int("concat_dimension", a.concat), a.groups, Int("split_count", a.count),
             Int("split_dimension", a.split)}};
  };
  CheckAccepts(op({}));
  CheckRejects("(C1)", op({.split = 2}));
  CheckRejects("(C2)", op({.split = 0}));
  CheckRejects("(C3)", op({.concat = -1}));
  CheckRejects("(C4)", op({.count = 0}));
  CheckRejects("(C5)", op({.groups = Groups({1, 2}, {1, 1})}));
  CheckRejects("(C7)", op({.groups = Groups({1, 2}, {1, 2})}));
  CheckRejects("(C8)", op({.groups = Groups({2, 1}, {0, 1})}));
  CheckAccepts(
      {"stablehlo.all_to_all",
       Ts({"3x4xi64"}),
       Ts({"3x4xi64"}),
       {Int("concat_dimension", 1), kPair, Int("split_count", 2), Int("split_dimension", 1)}});
}

TEST_CASE("collective_broadcast and collective_reduce") {
  const auto broadcast = [](std::vector<Type> operands, std::vector<NamedAttribute> attributes) {
    return TestOp{"stablehlo.collective_broadcast", std::move(operands), Ts({"2xf32"}),
                  std::move(attributes)};
  };
  CheckAccepts(broadcast(Ts({"2xf32"}), {Groups({1, 2}, {5, 1})}));
  CheckAccepts(broadcast(Ts({"2xf32", "1xi32"}), {kRoot, kPair}));
  CheckRejects("(C1)", broadcast(Ts({"2xf32"}), {Groups({1, 2}, {1, 1})}));
  CheckRejects("(C2)", broadcast(Ts({"2xf32"}), {Groups({1, 2}, {1, -2})}));
  CheckRejects("(C3)", broadcast({}, {kPair}));
  CheckRejects("(C3)", broadcast(Ts({"2xf32", "2xf32"}), {kPair}));
  CheckRejects("(C4)", broadcast(Ts({"2xf32", "2xi32"}), {kRoot, kPair}));
  CheckRejects("(C4)", broadcast(Ts({"2xf32"}), {kRoot, kPair}));
  const auto reduce = [](std::vector<Type> operands, std::vector<NamedAttribute> attributes,
                         const TestRegion& body) -> TestOp {
    return {"stablehlo.collective_reduce",
            std::move(operands),
            Ts({"2xf64"}),
            std::move(attributes),
            {body}};
  };
  CheckAccepts(reduce(Ts({"2xf32"}), {kPair}, AddRegion("f64")));
  CheckRejects("(C1)", reduce(Ts({"2xf32"}), {Groups({1, 2}, {1, 1})}, AddRegion("f64")));
  CheckRejects("(C2)", reduce(Ts({"2xf32"}), {Groups({1, 2}, {1, -2})}, AddRegion("f64")));
  CheckRejects("(C3)", reduce(Ts({"2xf32", "2xi32"}), {kRoot, kPair}, AddRegion("f64")));
  CheckRejects("(C4)", reduce(Ts({"2xf32"}), {kPair}, AddRegion("f16")));
}

TEST_CASE("collective_permute") {
  const auto op = [](std::vector<int64_t> pairs) -> TestOp {
    return {"stablehlo.collective_permute",
            Ts({"2xf32"}),
            Ts({"2xf32"}),
            {Ints("source_target_pairs", std::move(pairs))}};
  };
  CheckAccepts(op({0, 1, 1, 0}));
  CheckRejects("(C1)", op({0, 1, 1}));
  CheckRejects("(C2)", op({0, 1, 0, 2}));
  CheckRejects("(C3)", op({0, 1, 2, 1}));
  CheckRejects("(C4)", op({0, -1}));
}

TEST_CASE("reduce_scatter") {
  const auto op = [](std::string_view result, int64_t dim, std::vector<NamedAttribute> attributes,
                     const TestRegion& body) -> TestOp {
    attributes.push_back(Int("scatter_dimension", dim));
    return {
        "stablehlo.reduce_scatter", Ts({"2x6xf32"}), {T(result)}, std::move(attributes), {body}};
  };
  CheckAccepts(op("2x3xf64", 1, {kPair}, AddRegion("f64")));
  CheckRejects("(C1)", op("2x4xf64", 1, {kPair}, AddRegion("f64")));
  CheckRejects("(C2)", op("2x3xf64", 2, {kPair}, AddRegion("f64")));
  CheckRejects("(C3)", op("2x3xf64", 1, {Groups({1, 2}, {1, 1})}, AddRegion("f64")));
  CheckRejects("(C5)", op("2x3xf64", 1, {Groups({1, 2}, {1, 2})}, AddRegion("f64")));
  CheckRejects("(C6)", op("2x3xf64", 1, {kGlobal, kPair}, AddRegion("f64")));
  CheckRejects("(C7)", op("2x3xf16", 1, {kPair}, AddRegion("f16")));
  CheckRejects("(C8)", op("1x3xf64", 1, {kPair}, AddRegion("f64")));
  CheckRejects("(C8)", op("2x3xf32", 1, {kPair}, AddRegion("f64")));
}

TEST_CASE("infeed, outfeed, send and recv") {
  const std::vector<Type> token = Ts({"token"}), both = Ts({"2xf32", "token"});
  CheckAccepts({"stablehlo.infeed", token, both});
  CheckRejects("(C1)", {"stablehlo.infeed", token, {}});
  CheckRejects("(C2)", {"stablehlo.infeed", token, Ts({"token", "token"})});
  CheckRejects("(C3)", {"stablehlo.infeed", token, Ts({"2xf32"})});
  CheckAccepts({"stablehlo.outfeed", both, token});
  CheckRejects("token", {"stablehlo.outfeed", Ts({"2xf32"}), token});
  const auto channel = [](int64_t type, bool host, std::vector<int64_t> pairs) {
    return std::vector<NamedAttribute>{Int("channel_type", type),
                                       {"is_host_transfer", Attribute::Bool(host)},
                                       Ints("source_target_pairs", std::move(pairs))};
  };
  const auto send = [&](int64_t type, bool host, std::vector<int64_t> pairs) -> TestOp {
    return {"stablehlo.send", both, token, channel(type, host, std::move(pairs))};
  };
  CheckAccepts(send(1, false, {0, 1}));
  CheckAccepts(send(2, true, {}));
  CheckRejects("(C1)", send(1, false, {0}));
  CheckRejects("(C2)", send(1, false, {0, 1, 0, 2}));
  CheckRejects("(C3)", send(1, false, {0, 1, 2, 1}));
  CheckRejects("(C4)", send(1, false, {0, -1}));
  CheckRejects("(C5)", send(1, true, {}));
  CheckAccepts({"stablehlo.recv", token, both, channel(3, true, {})});
  CheckRejects("(C5)", {"stablehlo.recv", token, both, channel(2, true, {})});
}

TEST_CASE("what groups of several devices compute is refused with their number") {
  CheckNeedsDevices("3 devices",
                    "%0 = \"stablehlo.all_gather\"(%x) {all_gather_dim = 0 : i64, replica_groups = "
                    "dense<[[0, 1, 2]]> : tensor<1x3xi64>} : (tensor<2xf32>) -> tensor<6xf32>");
  // Groups of one each.
  CheckNeedsDevices("2 devices",
                    "%0 = \"stablehlo.collective_broadcast\"(%x) {replica_groups = dense<[[0], "
                    "[1]]> : tensor<2x1xi64>} : (tensor<2xf32>) -> tensor<2xf32>");
  CheckNeedsDevices("5 devices",
                    "%0 = \"stablehlo.collective_permute\"(%x) {source_target_pairs = dense<[[0, "
                    "4]]> : tensor<1x2xi64>} : (tensor<2xf32>) -> tensor<2xf32>");
  CheckNeedsDevices("4 devices",
                    "%0 = \"stablehlo.send\"(%x, %t) {channel_handle = #stablehlo.channel_handle<"
                    "handle = 1, type = 1>, source_target_pairs = dense<[[0, 3]]> : "
                    "tensor<1x2xi64>} : (tensor<2xf32>, !stablehlo.token) -> !stablehlo.token");
  CheckNeedsDevices("mesh",
                    "%0 = \"stablehlo.all_gather\"(%x) {all_gather_dim = 0 : i64, replica_groups = "
                    "#stablehlo.replica_group_mesh_axes<mesh = @m, axes = [#stablehlo.axis_ref<"
                    "name = \"a\">]>} : (tensor<2xf32>) -> tensor<2xf32>");
  CheckNeedsDevices("several devices",
                    "%0 = sdy.manual_computation(%x) in_shardings=[<@m, [{\"a\"}]>] out_shardings="
                    "[<@m, [{\"a\"}]>] manual_axes={\"a\"} (%a: tensor<1xf32>) { sdy.return %a : "
                    "tensor<1xf32> } : (tensor<2xf32>) -> tensor<2xf32>");
}

TEST_CASE("a group of one leaves shapes alone") {
  const Status status = Expand(
      "%0 = \"stablehlo.all_gather\"(%x) {all_gather_dim = 0 : i64, replica_groups = "
      "dense<0> : tensor<1x1xi64>} : (tensor<2xf32>) -> tensor<6xf32>");
  CHECK(status.code() == StatusCode::kInvalidModel);
}

TEST_CASE("resolve-tuples: no op but those of tuples and custom calls carries one") {
  // The free size keeps the verifier from asking.
  const Graph graph = Parse(
      "func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {\n"
      "  %0 = stablehlo.tuple %x : tuple<tensor<?xf32>>\n"
      "  %1:2 = stablehlo.optimization_barrier %x, %0 : tensor<?xf32>, tuple<tensor<?xf32>>\n"
      "  return %1#0 : tensor<?xf32>\n}");
  Graph resolved;
  CHECK(ResolveTuples({"main", {}}, graph, &resolved).code() == StatusCode::kUnsupported);
}

TEST_CASE("resolve-tuples: functions take and return tensors") {
  const Graph graph = Parse(
      "func.func @main(%x: tuple<tensor<f32>>) -> tensor<f32> {\n"
      "  %0 = stablehlo.get_tuple_element %x[0] : (tuple<tensor<f32>>) -> tensor<f32>\n"
      "  return %0 : tensor<f32>\n}");
  Graph resolved;
  const Status status = ResolveTuples({"main", {}}, graph, &resolved);
  CHECK(status.code() == StatusCode::kUnsupported);
}

}  // namespace
}  // namespace webhlo
