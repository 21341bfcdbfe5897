// SPDX-License-Identifier: Apache-2.0
//
// Epilogues of products through all kernels that can run them, with functions of the JIT (under
// Node) and without. Products are of small integers, so that they are exact; what is added to them
// may be anything.
#include "core/ops/epilogue.h"

#include "core/graph/verifier.h"
#include "core/text/text.h"
#include "tests/core/ops/engines_testing.h"

namespace webhlo::elementwise_testing {
namespace {

// What an epilogue does to the product %y of type Y: text with Y for the result's type, V for a
// vector over the last dimension and L for that dimension's number.
struct Program {
  std::string name;
  std::vector<std::string> extras;  // "V", "Y"; the values are %a0, %a1, ...
  std::string body;
  std::string answer;
  // What a kernel with constant weights (and operand 2) leaves: names of ops.
  std::string rest;
  int64_t ulps = 0;
};

const std::string kBias = R"(
    %b = stablehlo.broadcast_in_dim %a0, dims = [L] : (tensor<VxF>) -> tensor<YxF>
    %c = stablehlo.add %y, %b : tensor<YxF>)";
const std::string kRelu = R"(
    %zero = stablehlo.constant dense<0.0> : tensor<YxF>
    %d = stablehlo.maximum %c, %zero : tensor<YxF>)";
const std::string kSix = R"(
    %six = stablehlo.constant dense<6.0> : tensor<YxF>
    %e = stablehlo.minimum %six, %d : tensor<YxF>)";

std::vector<Program> Programs() {
  return {
      {"nothing", {}, "", "%y", ""},
      {"bias", {"V"}, kBias, "%c", ""},
      {"bias and bounds", {"V"}, kBias + kRelu + kSix, "%e", ""},
      {"bias, then a residual and relu",
       {"V", "Y"},
       kBias + R"(
    %s = stablehlo.add %a1, %c : tensor<YxF>
    %zero = stablehlo.constant dense<0.0> : tensor<YxF>
    %d = stablehlo.maximum %s, %zero : tensor<YxF>)",
       "%d",
       "add maximum"},
      {"a residual comes before the bias",
       {"V", "Y"},
       R"(
    %s = stablehlo.add %y, %a1 : tensor<YxF>
    %b = stablehlo.broadcast_in_dim %a0, dims = [L] : (tensor<VxF>) -> tensor<YxF>
    %c = stablehlo.add %s, %b : tensor<YxF>)",
       "%c",
       "add add"},
      {"a bound from below behind one from above",
       {},
       R"(
    %six = stablehlo.constant dense<6.0> : tensor<YxF>
    %c = stablehlo.minimum %y, %six : tensor<YxF>)" +
           kRelu,
       "%d",
       "maximum"},
      {"what was biased is used twice",
       {"V"},
       kBias + R"(
    %s = stablehlo.logistic %c : tensor<YxF>
    %d = stablehlo.multiply %c, %s : tensor<YxF>)",
       "%d",
       "logistic multiply",
       8},
      {"the bias is used twice",
       {"V"},
       kBias + R"(
    %d = stablehlo.multiply %c, %b : tensor<YxF>)",
       "%d",
       "add multiply"},
      {"a bound that is no number",
       {},
       R"(
    %nan = stablehlo.constant dense<0x7FC00000> : tensor<YxF>
    %c = stablehlo.maximum %y, %nan : tensor<YxF>)",
       "%c",
       "maximum"},
      {"a comparison selects",
       {"Y", "Y"},
       R"(
    %p = stablehlo.compare LT, %y, %a0 : (tensor<YxF>, tensor<YxF>) -> tensor<Yxi1>
    %c = stablehlo.select %p, %a1, %y : tensor<Yxi1>, tensor<YxF>)",
       "%c",
       "compare select"},
      {"one value for all",
       {"S"},
       R"(
    %b = stablehlo.broadcast_in_dim %a0, dims = [] : (tensor<F>) -> tensor<YxF>
    %c = stablehlo.multiply %y, %b : tensor<YxF>)",
       "%c",
       "multiply"},
      {"the product is dropped", {"Y"}, "", "%a0", ""},
  };
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// A product with these operands and attributes: "4x8", "8x16", "<{...}>".
struct Product {
  std::string op, lhs, rhs, result;
  std::string attributes;
};

TestGraph Build(const Product& product, const Program& program) {
  const std::string last = product.result.substr(product.result.rfind('x') + 1);
  const size_t rank =
      static_cast<size_t>(1 + std::count(product.result.begin(), product.result.end(), 'x'));
  std::vector<std::string> types = {StrCat("tensor<", product.lhs, "xF>"),
                                    StrCat("tensor<", product.rhs, "xF>")};
  std::string arguments = StrCat("%x: ", types[0], ", %w: ", types[1]), operands = "%x, %w",
              inner = "%y: tensor<YxF>";
  for (size_t i = 0; i < program.extras.size(); ++i) {
    types.push_back(program.extras[i] == "S" ? "tensor<F>"
                                             : StrCat("tensor<", program.extras[i], "xF>"));
    StrAppend(&arguments, ", %v", i, ": ", types.back());
    StrAppend(&operands, ", %v", i);
    StrAppend(&inner, ", %a", i, ": ", types.back());
  }
  std::string text =
      StrCat("func.func @main(", arguments, ") -> tensor<YxF> {\n  %r = \"", product.op, "\"(",
             operands, ") ", product.attributes, " ({\n  ^bb0(", inner, "):", program.body,
             "\n    stablehlo.return ", program.answer, " : tensor<YxF>\n  }) : (",
             Join(types, ", "), ") -> tensor<YxF>\n  return %r : tensor<YxF>\n}\n");
  text = Replaced(text, "YxF", product.result + "xf32");
  text = Replaced(text, "Yxi1", product.result + "xi1");
  text = Replaced(text, "VxF", last + "xf32");
  text = Replaced(text, "[L]", StrCat("[", rank - 1, "]"));
  text = Replaced(Replaced(text, "xF>", "xf32>"), "<F>", "<f32>");
  Result<Graph> graph = ParseText(text);
  REQUIRE_MESSAGE(graph.ok(), graph.status().ToString(), "\n", text);
  const Status verified = Verify(*graph);
  REQUIRE_MESSAGE(verified.ok(), verified.ToString(), "\n", text);
  TestGraph test;
  test.graph = std::move(*graph);
  const Region& main = test.graph.regions[test.graph.functions[0].body];
  test.node = main.nodes.begin;
  return test;
}

// All kernels agree with the reference, whichever of the operands behind lhs are constant; and
// those that pack take what the program says.
void Check(const Product& product, const Program& program, int threads) {
  CAPTURE(StrCat(product.op, " ", product.lhs, " ", product.rhs, " ", product.attributes));
  CAPTURE(program.name);
  const TestGraph test = Build(product, program);
  const OpView op = test.op();
  ThreadPool pool(threads);
  Random random(7);
  std::vector<Tensor> inputs;
  for (size_t k = 0; k < op.num_operands(); ++k) {
    inputs.emplace_back(op.operand(k));
    const TensorView view = inputs.back().view();
    // A bias is a term of the sum.
    const bool exact = k < 2 || op.operand(k).rank() < 2;
    if (!exact) random.Fill(inputs.back());
    for (int64_t i = 0; exact && i < view.NumElements(); ++i) {
      view.SetF64(i, static_cast<double>(random.Int(-4, 4)));
    }
  }
  std::vector<Tensor> expected = Interpreted(test, inputs);

  size_t kernels = 0;
  for (const bool jit : {false, true}) {
    if (jit && !jit::Available()) continue;
    for (const uint64_t constants : {uint64_t{0}, uint64_t{2}, uint64_t{6}}) {
      jit::ModuleBuilder builder(
          {.shared_memory = jit::kSharedMemory, .relaxed_simd = jit::kRelaxedSimd});
      std::vector<KernelChoice> choices;
      for (const KernelRow& row : op.node().op->kernels) {
        std::optional<KernelChoice> choice =
            row.propose({op, constants, threads, jit ? &builder : nullptr});
        if (!choice) continue;
        choice->kernel = row.name;
        choices.push_back(std::move(*choice));
      }
      const Functions functions = InstallAll(builder, pool);
      for (const KernelChoice& choice : choices) {
        CAPTURE(ToString(choice));
        if (constants == 6 && choice.packed_operands != 0 && !jit) {
          const size_t tiles = choice.sizes.find(" tiles ");
          CHECK((tiles == std::string::npos ? "" : choice.sizes.substr(tiles + 7)) == program.rest);
        }
        const std::unique_ptr<Kernel> kernel = MustMake(op, choice, functions);
        std::vector<Tensor> actual = RunKernel(op, choice, *kernel, inputs, pool);
        CheckWithin(program.ulps, expected, actual);
        ++kernels;
      }
    }
  }
  CHECK(kernels > 0);
}

TEST_CASE("epilogues: products of every form, whole and in small pieces") {
  const Product products[] = {
      {"webhlo.matmul", "1x5", "5x9", "1x9", ""},
      {"webhlo.matmul", "7x5", "19x5", "7x19", "<{transpose_rhs = true}>"},
      {"webhlo.matmul", "2x5x3", "5x9", "2x3x9", "<{transpose_lhs = true}>"},
      {"webhlo.matmul", "2x6x5", "2x5x9", "2x6x9", ""},
      {"webhlo.conv2d", "2x5x4x6", "8x1x1x6", "2x5x4x8", ""},
      {"webhlo.conv2d", "1x7x6x4", "9x3x3x4", "1x5x4x9", ""},
      {"webhlo.conv2d", "1x7x6x8", "8x3x3x1", "1x5x4x8", "<{feature_group_count = 8 : i64}>"},
  };
  for (const Product& product : products) {
    for (const Program& program : Programs()) {
      for (const int64_t piece : {max_piece_cost, int64_t{300}}) {
        const SmallPieces small(piece);
        Check(product, program, piece == 300 ? 3 : 1);
      }
    }
  }
}

// More rows than stay in cache: a product in tiles runs the rest on some of them at a time.
TEST_CASE("epilogues: a product that finishes its rows as it goes") {
  const Product product = {"webhlo.matmul", "4100x2", "2x19", "4100x19", ""};
  for (const Program& program : Programs()) {
    Check(product, program, 1);
    if (program.rest.empty()) continue;
    const TestGraph test = Build(product, program);
    const KernelRow& row = test.op().node().op->kernels[2];
    REQUIRE(row.name == "matmul.tiled");
    const std::optional<KernelChoice> choice = row.propose({test.op(), 6, 1, nullptr});
    REQUIRE(choice);
    CHECK(choice->sizes.find(StrCat(" with tiles ", program.rest)) != std::string::npos);
  }
}

TEST_CASE("epilogues: values from outside are refused") {
  const auto verified = [](std::string_view body) {
    Result<Graph> graph = ParseText(StrCat(R"(
func.func @main(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %r = "webhlo.matmul"(%x, %w) ({
  ^bb0(%y: tensor<4x4xf32>):
    )",
                                           body, R"(
  }) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %r : tensor<4x4xf32>
})"));
    REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
    return Verify(*graph).ToString();
  };
  CHECK(verified("stablehlo.return %y : tensor<4x4xf32>") == OkStatus().ToString());
  CHECK(verified("stablehlo.return %x : tensor<4x4xf32>").find("from outside") !=
        std::string::npos);
  CHECK(verified(R"(%a = stablehlo.add %y, %x : tensor<4x4xf32>
    stablehlo.return %a : tensor<4x4xf32>)")
            .find("uses a value from outside") != std::string::npos);
}

}  // namespace
}  // namespace webhlo::elementwise_testing
