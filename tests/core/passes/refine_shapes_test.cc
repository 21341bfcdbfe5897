// SPDX-License-Identifier: Apache-2.0
// What refine-shapes refuses; what it makes is in tests/golden/refine_shapes.mlir.
#include <string>

#include "core/base/strings.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

TensorType F32(std::vector<int64_t> dims) { return TensorType(ElementType::kF32, std::move(dims)); }

// Of a program with these arguments and this body, compiled for arguments of these types.
Status Refine(std::string_view arguments, std::string_view body, std::vector<Type> types) {
  const Graph graph = Parse(StrCat("func.func @main(", arguments, ") -> tensor<?xf32> {\n", body,
                                   "\n  return %0 : tensor<?xf32>\n}"));
  PassContext context{"main", {}};
  context.argument_types = std::move(types);
  Graph refined;
  return RefineShapes(context, graph, &refined);
}

void CheckRefused(const Status& status, StatusCode code, std::string_view what) {
  CHECK(status.code() == code);
  CHECK_MESSAGE(status.message().find(what) != std::string_view::npos, status.ToString());
}

TEST_CASE("refine-shapes: arguments are of the declared rank, sizes, elements and bounds") {
  const auto of = [](std::string_view type, const Type& given) {
    return Refine(StrCat("%x: ", type),
                  StrCat("%0 = \"stablehlo.reshape\"(%x) : (", type, ") -> tensor<?xf32>"),
                  {given});
  };
  const auto refused = [](const Status& status, std::string_view what) {
    CheckRefused(status, StatusCode::kInvalidArgument, what);
  };
  refused(of("tensor<?x4xf32>", F32({2, 3})),
          "argument 0 is tensor<2x3xf32>, expected one tensor<?x4xf32> of known sizes");
  refused(of("tensor<?x4xf32>", F32({4})), "argument 0 is tensor<4xf32>");
  refused(of("tensor<?x4xf32>", F32({kDynamic, 4})), "argument 0 is tensor<?x4xf32>");
  refused(of("tensor<?xf32>", TensorType(ElementType::kI32, {4})), "argument 0 is tensor<4xi32>");
  refused(of("tensor<?xf32, #stablehlo.bounds<3>>", F32({4})), "argument 0 is tensor<4xf32>");
  refused(Refine("%x: tensor<?xf32>", "%0 = stablehlo.tanh %x : tensor<?xf32>", {}),
          "argument 0 is tensor<?xf32>");
}

TEST_CASE("refine-shapes: a contradiction is the op's error") {
  const auto add = [](std::vector<int64_t> a, std::vector<int64_t> b) {
    return Refine("%x: tensor<?xf32>, %y: tensor<?xf32>",
                  "%0 = stablehlo.add %x, %y : tensor<?xf32>", {F32(a), F32(b)});
  };
  CHECK(add({3}, {3}).ok());
  CheckRefused(add({3}, {2}), StatusCode::kInvalidModel,
               "stablehlo.add at \"<input>\":2:6: rhs has type tensor<2xf32>, expected "
               "tensor<3xf32> (C1)");
  // What the program says of a result is not what comes of these arguments.
  CheckRefused(Refine("%x: tensor<?xf32>",
                      "%1 = stablehlo.concatenate %x, %x, dim = 0 : (tensor<?xf32>, tensor<?xf32>) "
                      "-> tensor<4xf32>\n"
                      "%0 = stablehlo.tanh %x : tensor<?xf32>",
                      {F32({3})}),
               StatusCode::kInvalidModel,
               "result 0 is declared as tensor<4xf32>, but is tensor<6xf32>");
  // A loop cannot change the shape of what it carries.
  CheckRefused(Refine("%x: tensor<?xf32>, %c: tensor<i1>",
                      R"(%0 = stablehlo.while(%a = %x) : tensor<?xf32>
                  cond {
                    stablehlo.return %c : tensor<i1>
                  } do {
                    %b = stablehlo.concatenate %a, %a, dim = 0 : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
                    stablehlo.return %b : tensor<?xf32>
                  })",
                      {F32({3}), TensorType(ElementType::kI1, {})}),
               StatusCode::kInvalidModel, "value 0 that region 1 returns has type tensor<6xf32>");
}

TEST_CASE("refine-shapes: a size that no op tells is unsupported") {
  CheckRefused(
      Refine("%x: tensor<?x4xf32>",
             "%0 = stablehlo.reshape %x : (tensor<?x4xf32>) -> tensor<?xf32>", {F32({3, 4})}),
      StatusCode::kUnsupported,
      "stablehlo.reshape at \"<input>\":2:6: result 0 has type tensor<?xf32>, whose sizes "
      "are not known");
}

TEST_CASE("refine-shapes: a size that is the value of an input is unsupported") {
  CheckRefused(
      Refine(
          "%x: tensor<?xf32>, %n: tensor<1xi32>",
          "%m = stablehlo.add %n, %n : tensor<1xi32>\n"
          "%0 = stablehlo.dynamic_reshape %x, %m : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>",
          {F32({3}), TensorType(ElementType::kI32, {1})}),
      StatusCode::kUnsupported,
      "stablehlo.dynamic_reshape at \"<input>\":3:6: result 0 has type tensor<?xf32>, whose sizes "
      "depend on the values of inputs");
}

TEST_CASE("refine-shapes: what a program demands of its sizes is quoted with their numbers") {
  const auto even = [](int64_t size) {
    return Refine("%x: tensor<?xf32>",
                  R"(%n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?xf32>) -> tensor<i32>
           %two = stablehlo.constant dense<2> : tensor<i32>
           %zero = stablehlo.constant dense<0> : tensor<i32>
           %rest = stablehlo.remainder %n, %two : tensor<i32>
           %even = stablehlo.compare EQ, %rest, %zero : (tensor<i32>, tensor<i32>) -> tensor<i1>
           "webhlo.shape_assertion"(%even, %n, %rest) {error_message = "b is {0}, which leaves {1}"} : (tensor<i1>, tensor<i32>, tensor<i32>) -> ()
           %0 = stablehlo.tanh %x : tensor<?xf32>)",
                  {F32({size})});
  };
  CHECK(even(4).ok());
  CheckRefused(even(5), StatusCode::kInvalidArgument, ": b is 5, which leaves 1");
}

TEST_CASE("refine-shapes: results of a custom call have the sizes that its operands hold") {
  const auto call = [](std::string_view indices) {
    return Refine(
        "%x: tensor<?xf32>",
        StrCat(R"(%n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?xf32>) -> tensor<i32>
           %s = stablehlo.reshape %n : (tensor<i32>) -> tensor<1xi32>
           %0 = stablehlo.custom_call @f(%x, %s) {indices_of_shape_operands = dense<)",
               indices, "> : tensor<1xi64>} : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>"),
        {F32({3})});
  };
  const Status known = call("1");
  CHECK_MESSAGE(known.ok(), known.ToString());
  CheckRefused(call("2"), StatusCode::kInvalidModel, "indices_of_shape_operands");
  CheckRefused(call("0"), StatusCode::kInvalidModel, "expected integers");
}

// Import asks no Infer of nodes with free sizes, so that whatever they are reaches printer and
// pass.
TEST_CASE("refine-shapes: any op with any number of operands, results and regions is an answer") {
  int refined = 0, refused = 0;
  for (size_t name = 0; name < static_cast<size_t>(OpName::kCount); ++name) {
    for (const std::string_view operand : {"tensor<?xf32>", "tensor<?x?xf32>"}) {
      for (int operands = 0; operands < 4; ++operands) {
        for (int results = 0; results < 3; ++results) {
          for (int regions = 0; regions < 3; ++regions) {
            const std::string type(operand);
            const auto list = [](int count, const std::string& item) {
              return Join(std::vector<std::string>(static_cast<size_t>(count), item));
            };
            const std::string region =
                "{ ^bb0(%a: tensor<?xf32>): stablehlo.return %a : tensor<?xf32> }";
            const std::string text =
                StrCat("func.func @main(%x: ", type, ") {\n ", results == 0 ? "" : "%r",
                       results > 1 ? ":2" : "", results == 0 ? "" : " = ", "\"",
                       ToString(static_cast<OpName>(name)), "\"(", list(operands, "%x"), ") ",
                       regions == 0 ? "" : StrCat("(", list(regions, region), ")"), " : (",
                       list(operands, type), ") -> (", list(results, type), ")\n return\n}");
            const Result<Graph> graph = ParseText(text);
            if (!graph.ok() || !Verify(*graph).ok()) continue;
            CHECK(ParseText(Print(*graph)).ok());
            PassContext context{"main", {}};
            context.argument_types = {F32(operand == "tensor<?xf32>" ? std::vector<int64_t>{3}
                                                                     : std::vector<int64_t>{2, 3})};
            Graph target;
            const bool ok = RefineShapes(context, *graph, &target).ok();
            if (ok) CHECK(Verify(target).ok());
            ++(ok ? refined : refused);
          }
        }
      }
    }
  }
  CHECK(refined > 50);
  CHECK(refused > 50);
}

}  // namespace
}  // namespace webhlo
