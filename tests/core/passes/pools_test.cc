// SPDX-License-Identifier: Apache-2.0
//
// assign-layouts makes pools of windows of one to three dimensions, wherever these lie, that
// compute what the windows did.
#include <algorithm>

#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo::elementwise_testing {
namespace {

struct Window {
  std::string operand, window, strides, padding, result;
};

void CheckPools(const Window& w, std::string_view op, std::string_view init, size_t pools,
                TestRandom& random) {
  CAPTURE(w.operand);
  CAPTURE(w.window);
  const std::string type = StrCat("tensor<", w.operand, "xf32>");
  const std::string result = StrCat("tensor<", w.result, "xf32>");
  const size_t rank = static_cast<size_t>(std::ranges::count(w.operand, 'x')) + 1;
  const TestGraph test = Program(
      StrCat("func.func @main(%x: ", type, ") -> ", result, " {\n%i = stablehlo.constant dense<",
             init,
             "> : tensor<f32>\n%y = \"stablehlo.reduce_window\"(%x, %i) <{window_dimensions = "
             "array<i64: ",
             w.window, ">, window_strides = array<i64: ", w.strides, ">, padding = dense<[",
             w.padding, "]> : tensor<", rank,
             "x2xi64>}> ({\n^bb0(%a: tensor<f32>, %b: tensor<f32>):\n%r = stablehlo.", op,
             " %a, %b : tensor<f32>\nstablehlo.return %r : tensor<f32>\n}) : (", type,
             ", tensor<f32>) -> ", result, "\nreturn %y : ", result, "\n}"),
      ops::kReduceWindow);
  Graph after;
  REQUIRE(AssignLayouts({"main", {false}}, test.graph, &after).ok());
  if (pools == 0 && after.functions.empty()) return;
  const Status verified = Verify(after);
  REQUIRE_MESSAGE(verified.ok(), verified.ToString());
  CHECK(static_cast<size_t>(std::ranges::count_if(after.nodes, [](const Node& node) {
          return node.name == ops::kWebhloMaxPool2d || node.name == ops::kWebhloSumPool2d;
        })) == pools);
  std::vector<Tensor> inputs;
  FillSmall(inputs.emplace_back(test.op().operand(0)).view(), random);
  const std::vector<TensorView> views = Views(inputs);
  Result<std::vector<AlignedBuffer>> expected =
      Interpret(test.graph, test.graph.functions[0], views);
  Result<std::vector<AlignedBuffer>> actual = Interpret(after, after.functions[0], views);
  REQUIRE(expected.ok());
  REQUIRE_MESSAGE(actual.ok(), actual.status().ToString());
  CHECK(std::memcmp((*expected)[0].data(), (*actual)[0].data(),
                    static_cast<size_t>(test.op().result().ByteSize())) == 0);
}

TEST_CASE("pools: one to three dimensions, channels last or not") {
  TestRandom random(11);
  const std::string none = "[0, 0]";
  const std::vector<std::pair<Window, size_t>> windows = {
      {{"9", "3", "2", none, "4"}, 1},
      {{"2x9x3", "1, 3, 1", "1, 2, 1", "[0, 0], [1, 1], [0, 0]", "2x5x3"}, 1},
      {{"2x3x9", "1, 1, 4", "1, 1, 3", "[0, 0], [0, 0], [2, 0]", "2x3x3"}, 1},
      {{"9x2x3", "2, 1, 1", "2, 1, 1", "[0, 1], [0, 0], [0, 0]", "5x2x3"}, 1},
      {{"7x9", "3, 3", "1, 2", "[1, 1], [0, 1]", "7x4"}, 1},
      {{"2x7x9x3", "1, 2, 3, 1", "1, 2, 1, 1", "[0, 0], [0, 1], [1, 0], [0, 0]", "2x4x8x3"}, 1},
      {{"2x3x7x9", "1, 1, 2, 3", "1, 1, 2, 1", "[0, 0], [0, 0], [0, 1], [1, 0]", "2x3x4x8"}, 1},
      {{"2x5x6x7x3", "1, 2, 2, 3, 1", "1, 2, 1, 2, 1", "[0, 0], [1, 0], [0, 0], [1, 1], [0, 0]",
        "2x3x5x4x3"},
       2},
      {{"2x3x5x6x7", "1, 1, 2, 2, 2", "1, 1, 1, 2, 2", "[0, 0], [0, 0], [0, 0], [0, 0], [0, 1]",
        "2x3x4x3x4"},
       2},
      // A window over all that went before is for another kernel, as are four dimensions.
      {{"40", "40", "1", "[39, 0]", "40"}, 0},
      {{"3x3x3x3x2", "2, 2, 2, 2, 1", "1, 1, 1, 1, 1", "[0, 0], [0, 0], [0, 0], [0, 0], [0, 0]",
        "2x2x2x2x2"},
       0}};
  for (const auto& [window, pools] : windows) {
    CheckPools(window, "maximum", "0xFF800000", pools, random);
    CheckPools(window, "add", "0.0", pools, random);
    CheckPools(window, "add", "1.0", 0, random);
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
