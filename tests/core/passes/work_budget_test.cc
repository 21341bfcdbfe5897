// SPDX-License-Identifier: Apache-2.0
//
// What compiling may cost: counted, not timed.
#include "core/passes/work_budget.h"

#include <optional>

#include "core/base/strings.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

Result<Graph> Run(PassFunction pass, const Graph& graph, WorkBudget* budget) {
  PassContext context{.entry = "main"};
  context.work = budget;
  const PipelineEntry passes[] = {{"the pass", pass, "it is tested"}};
  Budget unlimited;
  Graph result;
  RETURN_IF_ERROR(RunToEnd(RunPasses(passes, context, graph, {}, unlimited, &result)));
  return result;
}

// How many nodes of that name a graph has.
size_t Count(const Graph& graph, std::string_view name) {
  size_t count = 0;
  for (const Node& node : graph.nodes) count += graph.op_name(node) == name;
  return count;
}

// f0 calls f1 calls f2 ..., each `times` times; the last one computes `body` from %a.
std::string Chain(int functions, int times, std::string_view body) {
  std::string text =
      "func.func @main(%a: tensor<f32>) -> tensor<f32> {\n"
      "%r = call @f0(%a) : (tensor<f32>) -> tensor<f32>\nreturn %r : tensor<f32>\n}\n";
  for (int f = 0; f < functions; ++f) {
    StrAppend(&text, "func.func private @f", f, "(%v0: tensor<f32>) -> tensor<f32> {\n");
    for (int i = 0; i < times && f + 1 < functions; ++i) {
      StrAppend(&text, "%v", i + 1, " = call @f", f + 1, "(%v", i,
                ") : (tensor<f32>) -> tensor<f32>\n");
    }
    if (f + 1 == functions) text.append(body);
    StrAppend(&text, "return %v", f + 1 == functions ? 1 : times, " : tensor<f32>\n}\n");
  }
  return text;
}

constexpr std::string_view kSine = "%v1 = stablehlo.sine %v0 : tensor<f32>\n";

TEST_CASE("inline-calls: ten thousand calls deep") {
  const Result<Graph> graph = Run(InlineCalls, Parse(Chain(10000, 1, kSine)), nullptr);
  REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
  CHECK(graph->functions.size() == 1);
  CHECK(graph->nodes.size() == 1);
}

TEST_CASE("inline-calls: calls that multiply are counted before any is inlined") {
  const Result<Graph> few = Run(InlineCalls, Parse(Chain(13, 2, kSine)), nullptr);
  REQUIRE_MESSAGE(few.ok(), few.status().ToString());
  CHECK(few->nodes.size() == 1 << 12);
  for (const int functions : {19, 60, 2000}) {
    const Status many = Run(InlineCalls, Parse(Chain(functions, 2, kSine)), nullptr).status();
    CHECK(many.code() == StatusCode::kUnsupported);
    CHECK(std::string(many.message())
              .starts_with("the pass: function @main: with all calls inlined it has "));
  }
}

TEST_CASE("inline-calls: calls from within regions nest no deeper than regions may") {
  const auto nested = [](int functions) {
    std::string text =
        "func.func @main(%p: tensor<i1>, %a: tensor<f32>) -> tensor<f32> {\n"
        "%r = call @f0(%p, %a) : (tensor<i1>, tensor<f32>) -> tensor<f32>\n"
        "return %r : tensor<f32>\n}\n";
    for (int f = 0; f < functions; ++f) {
      StrAppend(&text, "func.func private @f", f,
                "(%p: tensor<i1>, %a: tensor<f32>) -> tensor<f32> {\n"
                "%r = \"stablehlo.if\"(%p) ({\n");
      if (f + 1 < functions) {
        StrAppend(&text, "%x = func.call @f", f + 1,
                  "(%p, %a) : (tensor<i1>, tensor<f32>) -> tensor<f32>\n");
      } else {
        text.append("%x = stablehlo.sine %a : tensor<f32>\n");
      }
      text.append(
          "stablehlo.return %x : tensor<f32>\n}, {\nstablehlo.return %a : tensor<f32>\n"
          "}) : (tensor<i1>) -> tensor<f32>\nreturn %r : tensor<f32>\n}\n");
    }
    return Run(InlineCalls, Parse(text), nullptr);
  };
  const Result<Graph> at_most = nested(kMaxRegionDepth - 1);
  REQUIRE_MESSAGE(at_most.ok(), at_most.status().ToString());
  CHECK(VerifyStructure(*at_most).ok());
  const Status deeper = nested(kMaxRegionDepth).status();
  CHECK(deeper.code() == StatusCode::kUnsupported);
  CHECK(deeper.message() ==
        "the pass: function @f255: with all calls inlined, regions nest deeper than 256");
}

// `depth` loops of 16 trips, one within the other.
std::string NestedLoops(int depth) {
  std::string text =
      "func.func @main(%v0: tensor<f32>) -> tensor<f32> {\n"
      "%zero = stablehlo.constant dense<0> : tensor<i32>\n"
      "%one = stablehlo.constant dense<1> : tensor<i32>\n"
      "%limit = stablehlo.constant dense<16> : tensor<i32>\n";
  for (int d = 0; d < depth; ++d) {
    StrAppend(&text, "%w", d, ":2 = stablehlo.while(%i", d, " = %zero, %v", d + 1, " = %v", d,
              ") : tensor<i32>, tensor<f32>\ncond {\n%p = stablehlo.compare LT, %i", d,
              ", %limit : (tensor<i32>, tensor<i32>) -> tensor<i1>\n"
              "stablehlo.return %p : tensor<i1>\n} do {\n");
  }
  StrAppend(&text, "%x", depth, " = stablehlo.sine %v", depth, " : tensor<f32>\n");
  for (int d = depth; d-- > 0;) {
    StrAppend(&text, "%j", d, " = stablehlo.add %i", d, ", %one : tensor<i32>\n",
              "stablehlo.return %j", d, ", %x", d + 1, " : tensor<i32>, tensor<f32>\n}\n");
    StrAppend(&text, "%x", d, " = stablehlo.negate %w", d, "#1 : tensor<f32>\n");
  }
  return text + "return %x0 : tensor<f32>\n}\n";
}

TEST_CASE("unroll-loops: nested loops do not multiply") {
  for (const int depth : {1, 2, 3, 6, 20}) {
    const Graph graph = Parse(NestedLoops(depth));
    const Result<Graph> unrolled = Run(UnrollLoops, graph, nullptr);
    REQUIRE_MESSAGE(unrolled.ok(), unrolled.status().ToString());
    CHECK(unrolled->nodes.size() < graph.nodes.size() + 1024);
    CHECK(Count(*unrolled, "stablehlo.sine") == (depth == 1 ? 16 : 256));
    CHECK(Count(*unrolled, "stablehlo.while") == (depth < 2 ? 0 : depth - 2));
  }
}

TEST_CASE("unroll-loops: what the copies add is taken from the budget") {
  const Graph graph = Parse(NestedLoops(1));  // Six nodes: a loop of four, and two after it.
  WorkBudget little(10 * WorkBudget::kAddedOperation);
  CHECK(Count(*Run(UnrollLoops, graph, &little), "stablehlo.while") == 1);
  CHECK(little.left() == 10 * WorkBudget::kAddedOperation);
  WorkBudget enough(100 * WorkBudget::kAddedOperation);
  CHECK(Count(*Run(UnrollLoops, graph, &enough), "stablehlo.while") == 0);
  // Sixteen times two nodes, where there were two, a compare and the loop itself.
  CHECK(enough.left() == (100 - 32 + 4) * WorkBudget::kAddedOperation);
}

TEST_CASE("unroll-loops: a loop of one trip costs nothing") {
  std::string text = NestedLoops(1);
  text.replace(text.find("dense<16>"), 9, "dense<1>");
  WorkBudget none(0.0);
  CHECK(Count(*Run(UnrollLoops, Parse(text), &none), "stablehlo.while") == 0);
}

// Whether @main() with this body returns a constant after folding with that budget.
bool Folds(std::string_view body, std::string_view type, WorkBudget* budget) {
  const std::string text =
      StrCat("func.func @main() -> ", type, " {\n", body, "return %r : ", type, "\n}\n");
  const Result<Graph> folded = Run(FoldConstants, Parse(text), budget);
  REQUIRE_MESSAGE(folded.ok(), folded.status().ToString());
  const Region& entry = folded->regions[folded->functions[0].body];
  return folded->op_name(folded->nodes[entry.nodes.end() - 1]) == "stablehlo.constant";
}

TEST_CASE("fold-constants: an op costs what its reference does") {
  const auto fft = [](int n, WorkBudget* budget) {
    const std::string real = StrCat("tensor<", n, "xf32>"),
                      half = StrCat("tensor<", n / 2 + 1, "xcomplex<f32>>");
    return Folds(StrCat("%a = stablehlo.iota dim = 0 : ", real,
                        "\n%r = stablehlo.fft %a, type = RFFT, length = [", n, "] : (", real,
                        ") -> ", half, "\n"),
                 half, budget);
  };
  const auto matrix = [](std::string_view op, int n, WorkBudget* budget) {
    const std::string type = StrCat("tensor<", n, "x", n, "xf32>");
    return Folds(StrCat("%r0 = stablehlo.iota dim = 0 : ", type, "\n%r = ", op, "\n"), type,
                 budget);
  };
  const auto square = [](int n) { return StrCat("tensor<", n, "x", n, "xf32>"); };
  const auto cholesky = [&](int n, WorkBudget* budget) {
    return matrix(StrCat("stablehlo.cholesky %r0, lower = true : ", square(n)), n, budget);
  };
  const auto dot = [&](int n, WorkBudget* budget) {
    return matrix(StrCat("stablehlo.dot_general %r0, %r0, contracting_dims = [1] x [0] : (",
                         square(n), ", ", square(n), ") -> ", square(n)),
                  n, budget);
  };
  // What a file of two operations and a hundred bytes may spend.
  const auto file = [] { return WorkBudget(2, 100); };
  WorkBudget budget = file();
  CHECK(fft(1024, &budget));
  CHECK(budget.left() < file().left());
  CHECK(cholesky(16, &(budget = file())));
  CHECK(dot(16, &(budget = file())));
  // As many elements as were folded above, or not many more: a prime length is n * n products.
  CHECK_FALSE(fft(4001, &(budget = file())));
  CHECK_FALSE(cholesky(400, &(budget = file())));
  CHECK_FALSE(dot(400, &(budget = file())));
}

TEST_CASE("fold-constants: many small computations stop at the budget") {
  std::string text =
      "func.func @main() -> tensor<1000xf32> {\n"
      "%v0 = stablehlo.iota dim = 0 : tensor<1000xf32>\n";
  constexpr int kNodes = 1000;
  for (int i = 0; i < kNodes; ++i) {
    StrAppend(&text, "%v", i + 1, " = stablehlo.sine %v", i, " : tensor<1000xf32>\n");
  }
  StrAppend(&text, "return %v", kNodes, " : tensor<1000xf32>\n}\n");
  const Graph graph = Parse(text);
  WorkBudget all(1e12), some(1e6);
  CHECK(Count(*Run(FoldConstants, graph, &all), "stablehlo.sine") == 0);
  const size_t left = Count(*Run(FoldConstants, graph, &some), "stablehlo.sine");
  CHECK(left > 900);
  CHECK(left < kNodes);
}

}  // namespace
}  // namespace webhlo
