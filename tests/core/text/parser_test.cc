// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "core/graph/verifier.h"
#include "core/text/text.h"
#include "tests/core/import/test_files.h"

namespace webhlo {
namespace {

std::string Message(const Status& status) { return std::string(status.message()); }

Graph Parsed(std::string_view text) {
  Result<Graph> graph = ParseText(text, "t.mlir");
  REQUIRE_MESSAGE(graph.ok(), Message(graph.status()));
  const Status status = VerifyStructure(*graph);
  REQUIRE_MESSAGE(status.ok(), Message(status));
  return std::move(*graph);
}

Status ErrorOf(std::string_view text) { return ParseText(text, "t.mlir").status(); }

void CheckError(std::string_view text, std::string_view message) {
  CHECK(Message(ErrorOf(text)) == message);
}

std::string Wrapped(std::string_view body, std::string_view arguments = "") {
  return "func.func @main(" + std::string(arguments) + ") {\n" + std::string(body) +
         "\nreturn\n}\n";
}

const DenseElements& ConstantOf(const Graph& graph) {
  return FindAttribute(graph.attributes(graph.nodes[0]), "value")->dense();
}

std::vector<uint8_t> BytesOf(std::string_view constant) {
  return ConstantOf(Parsed(Wrapped("%0 = stablehlo.constant " + std::string(constant)))).bytes;
}

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

TEST_CASE("elements in every spelling") {
  using Bytes = std::vector<uint8_t>;
  CHECK(BytesOf("dense<[[1, 2], [3, -4]]> : tensor<2x2xi8>") == Bytes{1, 2, 3, 252});
  CHECK(BytesOf("dense<[1, 255]> : tensor<2xui8>") == Bytes{1, 255});
  CHECK(BytesOf("dense<\"0x0102FF\"> : tensor<3xui8>") == Bytes{1, 2, 255});
  CHECK(BytesOf("dense<[true, false]> : tensor<2xi1>") == Bytes{1, 0});
  CHECK(BytesOf("dense<7> : tensor<1000000x1000000xi8>") == Bytes{7});
  CHECK(BytesOf("dense<[]> : tensor<0xf32>").empty());
  CHECK(BytesOf("dense<> : tensor<2x0xf32>").empty());
  CHECK(BytesOf("dense<[1.5, 0x7FC00000]> : tensor<2xf32>") ==
        Bytes{0, 0, 0xc0, 0x3f, 0, 0, 0xc0, 0x7f});
  CHECK(BytesOf("dense<[(1.0, 0.0), (0.0, -2.0)]> : tensor<2xcomplex<f32>>") ==
        Bytes{0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0});
  CHECK(BytesOf("dense<[-2, 1]> : tensor<2xi4>") == Bytes{254, 1});
  CHECK(BytesOf("dense<\"0x0E01\"> : tensor<2xi4>") == Bytes{254, 1});
  // Booleans: a byte each, or a bit each.
  CHECK(BytesOf("dense<\"0x0100010000000000010000\"> : tensor<11xi1>") ==
        Bytes{1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0});
  CHECK(BytesOf("dense<\"0x0501\"> : tensor<11xi1>") == Bytes{1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0});
  CHECK(BytesOf("dense<\"0xFF\"> : tensor<3xi1>") == Bytes{1});
  CHECK(BytesOf("dense_resource<w> : tensor<2xui16>\n return }\n"
                "{-# dialect_resources: { builtin: { w: \"0x0400000001000200\" } } #-}\n"
                "func.func @g() {") == Bytes{1, 0, 2, 0});
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

TEST_CASE("files of several programs") {
  const auto parts = SplitTextFile("a\n// -----\nb\n// -----\n\nc");
  REQUIRE(parts.size() == 3);
  CHECK(parts[0] == "a\n");
  CHECK(parts[1] == "b\n");
  CHECK(parts[2] == "\nc");
}

// Programs that between them use most of the syntax.
constexpr std::string_view kSeeds[] = {
    R"(module @m attributes {mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<2x3xf32> {jax.buffer_donor = true} loc("x")) -> (tensor<2xf32> {jax.result_info = "y"}) {
    %cst = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.5e-3, 0x7FC00000, -0.0]]> : tensor<2x3xf32>
    %0 = stablehlo.add %arg0, %cst : tensor<2x3xf32> loc(#loc1)
    %1 = stablehlo.constant dense<0.0> : tensor<f32>
    %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.add across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
    %3:2 = stablehlo.while(%i = %2, %j = %1) : tensor<2xf32>, tensor<f32>
     cond {
      %c = stablehlo.constant dense<true> : tensor<i1>
      stablehlo.return %c : tensor<i1>
    } do {
      stablehlo.return %i, %j : tensor<2xf32>, tensor<f32>
    }
    %4 = call @f(%3#0) : (tensor<2xf32>) -> tensor<2xf32>
    return %4 : tensor<2xf32>
  }
  func.func private @f(%arg0: tensor<2xf32>) -> tensor<2xf32> {
    %0 = "stablehlo.sort"(%arg0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %1 = stablehlo.compare LT, %a, %b, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    }) : (tensor<2xf32>) -> tensor<2xf32>
    return %0 : tensor<2xf32>
  }
}
#loc1 = loc(callsite("f"("a.py":1:2) at fused<"m">["b.py":3:4, unknown]))
)",
    R"(#alias = dense<"0x0102030405060708"> : tensor<8xui8>
!q = tensor<2x!quant.uniform<i8<-128:127>:f32:0, {0.1:2, 0.2}>>
func.func @main(%arg0: tensor<?x4xf32, #stablehlo.bounds<8, ?>>, %arg1: !q, %t: !stablehlo.token) {
  %0 = "stablehlo.gather"(%arg0, %arg0) <{dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [1], start_index_map = [1, 2], index_vector_dim = 2>, slice_sizes = array<i64: 1, 1>}> : (tensor<?x4xf32, #stablehlo.bounds<8, ?>>, tensor<?x4xf32, #stablehlo.bounds<8, ?>>) -> tensor<4xcomplex<f64>>
  %1 = stablehlo.convolution(%0, %0) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {stride = [2], pad = [[1, -1]], reverse = [true]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision DEFAULT>]} : (tensor<4xcomplex<f64>>, tensor<4xcomplex<f64>>) -> tensor<4xf32>
  %2 = stablehlo.custom_call @"a b"(%1) {backend_config = {x = #alias, y = dense_resource<w> : tensor<2xi8>}, called_computations = [@main]} : (tensor<4xf32>) -> tuple<tensor<f32>, !stablehlo.token>
  %3 = stablehlo.dot_general %1, %1, contracting_dims = [0] x [0], algorithm = <lhs_precision_type = f32, rhs_precision_type = f32, accumulation_type = f32, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, allow_imprecise_accumulation = false> : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
  %4 = stablehlo.slice %1 [0:4:2] : (tensor<4xf32>) -> tensor<2xf32>
  return
}
{-#
  dialect_resources: { builtin: { w: "0x040000000102" } }
#-}
)",
};

TEST_CASE("mutated programs are refused or read back, never worse") {
  // Every outcome is legal but a crash; what is accepted must print and read back.
  static constexpr std::string_view kPieces[] = {
      "<",  ">", "(",  ")",   "[", "]",  "{",    "}",       "\"",     "%0",   "#loc1",
      "!q", "-", "->", "0x1", "?", "x",  "loc(", "tensor<", "dense<", "^bb0", "//",
      ",",  ":", "99", "#",   "=", "@f", "1.",   "\n",      "array<", "{-#",  "stablehlo.constant"};
  std::mt19937 random(1);
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  size_t accepted = 0;
  size_t refused = 0;
  for (const std::string_view seed : kSeeds) {
    Parsed(seed);
    for (int i = 0; i < 2000; ++i) {
      std::string text(seed);
      for (size_t changes = 1 + below(2); changes > 0 && !text.empty(); --changes) {
        const size_t at = below(text.size());
        switch (below(5)) {
          case 0:
            text[at] = static_cast<char>(text[at] ^ 1 << below(8));
            break;
          case 1:
            text.resize(at);
            break;
          case 2:
            text.insert(at, kPieces[below(std::size(kPieces))]);
            break;
          case 3:
            text.erase(at, below(40));
            break;
          default:
            text.insert(at, text.substr(below(text.size()), below(60)));
        }
      }
      Result<Graph> graph = ParseText(text, "mutant");
      if (!graph.ok() || !VerifyStructure(*graph).ok()) {
        ++refused;
        continue;
      }
      ++accepted;
      const std::string printed = Print(*graph);
      Result<Graph> again = ParseText(printed, "printed");
      REQUIRE_MESSAGE(again.ok(), Message(again.status()));
      CHECK(Print(*again) == printed);
    }
  }
  MESSAGE(accepted, " mutants accepted, ", refused, " refused");
  CHECK(accepted > 50);
  CHECK(refused > 1000);
}

TEST_CASE("text: shared programs read, print and read back to the same graph") {
  if (!HasSharedData("text: shared programs")) return;
  size_t programs = 0;
  for (const std::filesystem::path& path : SharedFiles("conformance", ".mlir")) {
    CAPTURE(path.string());
    const std::vector<uint8_t> bytes = ReadFile(path);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const std::string_view part : SplitTextFile(text)) {
      Result<Graph> graph = ParseText(part);
      // Other dialects' ops have a text form of their own.
      if (!graph.ok() && graph.status().code() == StatusCode::kUnsupported) continue;
      REQUIRE_MESSAGE(graph.ok(), Message(graph.status()));
      const Status status = VerifyStructure(*graph);
      REQUIRE_MESSAGE(status.ok(), Message(status));
      const std::string printed = Print(*graph);
      Result<Graph> again = ParseText(printed);
      REQUIRE_MESSAGE(again.ok(), Message(again.status()));
      CHECK(Print(*again) == printed);
      ++programs;
    }
  }
  MESSAGE(programs, " programs");
}

}  // namespace
}  // namespace webhlo
