// SPDX-License-Identifier: Apache-2.0
#include "tests/core/text/text_testing.h"

namespace webhlo {
namespace {

TEST_CASE("modules, functions, attributes and names") {
  const Graph graph = Parsed(R"(
    // A comment.
    #loc1 = loc("x")
    module @"a module" attributes {mhlo.num_replicas = 1 : i32, "odd name" = unit} {
      module { func.func private @inner() { return } }
      func.func public @main(%arg0: tensor<2xf32> {tf.aliasing_output = 0 : i32} loc(#loc1),
                             %arg1: !t) -> (tensor<2xf32> {jax.result_info = "y"})
          attributes {a.b = [1, -2 : i8, 2.5 : f16, 0x7FC00000 : f32, "s\0A\"", @f, @"g h", @a::@b,
                             tensor<?xi4>, true, #x.y<[<>], "\"">, {k}, dense<1> : tensor<i8>,
                             array<i64>, array<i64: 1, 2>, array<i1: true>, affine_map<(d0) -> (d0)>]} {
        %0:2 = "foo.bar"(%arg0, %arg1) <{p = 1 : i64}> ({
        ^bb0(%x: tensor<f32> loc("there")):
          "foo.yield"(%x, %arg0) : (tensor<f32>, tensor<2xf32>) -> ()
          stablehlo.return
        }, { stablehlo.return }) {d} : (tensor<2xf32>, !t) -> (tensor<2xf32>, i32)
        %a, %b:2 = "foo.baz"(%0#1) : (i32) -> (i1, i2, i4)
        func.return %0#0 : tensor<2xf32> loc(#loc2)
      } loc(unknown)
    } loc(#loc2)
    !t = tuple<tensor<2x!quant.uniform<u8<1:9>:f32:0, {0.5:3, 1.0}>>, !foo.bar<"x">, none, index>
    #loc2 = loc(callsite(#loc1 at fused<"meta">["f.py":1:2, "f.py":3:4 to :9, "n"("f.py":5:6)]))
  )");
  CHECK(graph.module_name == "a module");
  REQUIRE(graph.functions.size() == 2);
  CHECK(graph.functions[0].is_private);
  const Function& main = graph.functions[1];
  const Location& location =
      graph.locations[graph.values[graph.regions[main.body].arguments.begin].location];
  CHECK(location.text == "x");
  const std::string text = Print(graph);
  CHECK(Print(Parsed(text)) == text);
  CHECK(text.find("!quant.uniform<u8<1:9>:f32:0, {0.5:3, 1}>") != std::string::npos);
}

TEST_CASE("the generic form of whole programs") {
  const Graph graph = Parsed(R"(
    "builtin.module"() <{sym_name = "m"}> ({
      "func.func"() <{function_type = (tensor<f32>) -> tensor<f32>, sym_name = "main",
                      arg_attrs = [{a.b = "c"}]}> ({
      ^bb0(%arg0: tensor<f32>):
        %0 = "func.call"(%arg0) <{callee = @f}> : (tensor<f32>) -> tensor<f32>
        "func.return"(%0) : (tensor<f32>) -> ()
      }) : () -> ()
      "func.func"() ({
      ^bb0(%arg0: tensor<f32>):
        "func.return"(%arg0) : (tensor<f32>) -> ()
      }) {function_type = (tensor<f32>) -> tensor<f32>, sym_name = "f", sym_visibility = "private"}
          : () -> ()
    }) {mhlo.num_partitions = 1 : i32} : () -> ())");
  const Graph pretty = Parsed(R"(
    module @m attributes {mhlo.num_partitions = 1 : i32} {
      func.func @main(%x: tensor<f32> {a.b = "c"}) -> tensor<f32> {
        %y = call @f(%x) : (tensor<f32>) -> tensor<f32>
        return %y : tensor<f32>
      }
      func.func private @f(%x: tensor<f32>) -> tensor<f32> { return %x : tensor<f32> }
    })");
  CHECK(Print(graph) == Print(pretty));
}

TEST_CASE("errors name file, line and column") {
  CheckError("func.func @main( {", "t.mlir:1:18: expected a type, found '{'");
  CheckError(Wrapped("  %0 = stablehlo.add %a, %a : tensor<f32>"),
             "t.mlir:2:22: %a is used before it is defined");
  CheckError(Wrapped("%0 = stablehlo.abs %a : tensor<i32>", "%a: tensor<f32>"),
             "t.mlir:2:6: stablehlo.abs: operand 0 is tensor<f32> where it is defined, tensor<i32> "
             "here");
  CheckError(Wrapped("%0 = stablehlo.bogus %a : tensor<f32>", "%a: tensor<f32>"),
             "t.mlir:2:6: operation 'stablehlo.bogus' is not known");
  CheckError(Wrapped("%0 = stablehlo.constant dense<[1, 2]> : tensor<3xi8>"),
             "t.mlir:2:36: a list of 2 elements in dimension 0 of tensor<3xi8>");
  CheckError(Wrapped("%0 = stablehlo.constant dense<256> : tensor<i8>"),
             "t.mlir:2:31: expected an element of type i8, found '256'");
  CheckError(Wrapped("%0 = stablehlo.constant dense<\"0x00\"> : tensor<2xi32>"),
             "t.mlir:2:31: hexadecimal data of 1 bytes for tensor<2xi32>");
  CheckError(Wrapped("%0, %1 = stablehlo.abs %a : tensor<f32>", "%a: tensor<f32>"),
             "t.mlir:2:10: stablehlo.abs has 1 results, 2 are named");
  CheckError(Wrapped("%a = stablehlo.abs %a : tensor<f32>", "%a: tensor<f32>"),
             "t.mlir:2:6: %a is defined twice");
  CheckError(Wrapped("%0 = stablehlo.iota dim = x : tensor<2xf32>"),
             "t.mlir:2:27: expected an integer, found 'x'");
  CheckError(Wrapped("\"a.b\"() {x = #y} : () -> ()"),
             "t.mlir:2:14: attribute alias '#y' is not defined");
  CheckError("func.func @main() -> tensor<f32> { return }",
             "t.mlir:1:1: the function returns 0 values, its type says 1");
  CheckError("func.func @main() { \"a.b\"() : () -> () }",
             "t.mlir:1:40: expected a return at the end of the region");
  CHECK(
      ErrorOf(Wrapped("\"a.b\"() ({\n^bb0:\n\"c.d\"() : () -> ()\n^bb1:\nstablehlo.return\n}) : () "
                      "-> ()"))
          .code() == StatusCode::kUnsupported);
}

TEST_CASE("nesting is bounded") {
  const auto repeated = [](std::string_view part, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out.append(part);
    return out;
  };
  const int n = 100000;
  CHECK(!ErrorOf(Wrapped("", "%a: " + repeated("tuple<", n))).ok());
  CHECK(!ErrorOf("func.func @main() attributes {x = " + repeated("[", n)).ok());
  CHECK(!ErrorOf("func.func @main() attributes {x = #a.b<" + repeated("{", n)).ok());
  CHECK(!ErrorOf(repeated("module {", n)).ok());
  CHECK(!ErrorOf(Wrapped(repeated("\"a.b\"() ({\n", n))).ok());
  CHECK(!ErrorOf("func.func @main() { return loc(" + repeated("\"x\"(", n)).ok());
  std::string aliases;
  for (int i = 0; i < 40; ++i) {
    aliases += "#x" + std::to_string(i + 1) + " = [#x" + std::to_string(i) + ", #x" +
               std::to_string(i) + "]\n";
  }
  CHECK(
      !ErrorOf("#x0 = 1\n" + aliases + "func.func @main() attributes {x = #x40} { return }").ok());
  CHECK(!ErrorOf("#x = [#x]\nfunc.func @main() attributes {x = #x} { return }").ok());
  // Chains of locations are followed only as far as they say something.
  std::string locations;
  for (int i = 0; i < 5000; ++i) {
    locations += "#loc" + std::to_string(i) + " = loc(\"a\"(#loc" + std::to_string(i + 1) + "))\n";
  }
  CHECK(
      ErrorOf("func.func @main() { return } loc(#loc0)\n" + locations + "#loc5000 = loc(unknown)\n")
          .ok());
  const int regions = kMaxRegionDepth - 1;
  std::string deep = repeated("\"a.b\"() ({\n", regions);
  deep += repeated("stablehlo.return\n}) : () -> ()\n", regions);
  Parsed(Wrapped(deep));
}

TEST_CASE("resources are skipped where they were found, and refused elsewhere") {
  Parsed("func.func @main() { return }\n{-# dialect_resources: {} #-}\n");
  CheckError("func.func private @f() {-# dialect_resources: {} #-}",
             "t.mlir:1:24: expected a function or module, found '{-#'");
  CheckError("{-# a: {} #-}\n{-# b: {} #-}\n",
             "t.mlir:2:1: expected a function or module, found '{-#'");
}

TEST_CASE("files of several programs") {
  const auto parts = SplitTextFile("a\n// -----\nb\n// -----\n\nc");
  REQUIRE(parts.size() == 3);
  CHECK(parts[0] == "a\n");
  CHECK(parts[1] == "b\n");
  CHECK(parts[2] == "\nc");
}

}  // namespace
}  // namespace webhlo
