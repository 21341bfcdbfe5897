// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <utility>

#include "core/base/strings.h"
#include "core/graph/tensor.h"
#include "core/runtime/reference_interpreter.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

TEST_CASE("canonicalize-shapes: broadcasts through unit dimensions become one broadcast") {
  CHECK(After(CanonicalizeShapes, R"(
func.func @main(%x: tensor<4xf32>) -> tensor<2x4x3xf32> {
  %a = stablehlo.reshape %x : (tensor<4xf32>) -> tensor<1x4x1xf32>
  %b = stablehlo.broadcast_in_dim %a, dims = [0, 1, 2] : (tensor<1x4x1xf32>) -> tensor<2x4x3xf32>
  return %b : tensor<2x4x3xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<2x4x3xf32> {
  %b = stablehlo.broadcast_in_dim %x, dims = [1] : (tensor<4xf32>) -> tensor<2x4x3xf32>
  return %b : tensor<2x4x3xf32>
})"));
}

TEST_CASE("canonicalize-shapes: a transpose that moves only unit dimensions is a reshape") {
  CHECK(After(CanonicalizeShapes, R"(
func.func @main(%x: tensor<4x1x3xf32>) -> tensor<1x4x3xf32> {
  %y = stablehlo.transpose %x, dims = [1, 0, 2] : (tensor<4x1x3xf32>) -> tensor<1x4x3xf32>
  return %y : tensor<1x4x3xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4x1x3xf32>) -> tensor<1x4x3xf32> {
  %y = stablehlo.reshape %x : (tensor<4x1x3xf32>) -> tensor<1x4x3xf32>
  return %y : tensor<1x4x3xf32>
})"));
}

TEST_CASE("canonicalize-shapes: a transpose of real dimensions stays") {
  const char* text = R"(
func.func @main(%x: tensor<4x3xf32>) -> tensor<3x4xf32> {
  %y = stablehlo.transpose %x, dims = [1, 0] : (tensor<4x3xf32>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
})";
  CHECK(After(CanonicalizeShapes, text) == Canonical(text));
}

constexpr char kCountedLoop[] = R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %start = stablehlo.constant dense<0> : tensor<i32>
  %limit = stablehlo.constant dense<LIMIT> : tensor<i32>
  %step = stablehlo.constant dense<1> : tensor<i32>
  %r:2 = stablehlo.while(%i = %start, %a = %x) : tensor<i32>, tensor<4xf32>
    cond {
      %more = stablehlo.compare LT, %i, %limit : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %next = stablehlo.add %i, %step : tensor<i32>
      %b = stablehlo.negate %a : tensor<4xf32>
      stablehlo.return %next, %b : tensor<i32>, tensor<4xf32>
    }
  return %r#1 : tensor<4xf32>
})";

std::string CountedLoop(std::string_view limit) {
  std::string text = kCountedLoop;
  return text.replace(text.find("LIMIT"), 5, limit);
}

TEST_CASE("unroll-loops: few known trips become copies of the body") {
  CHECK(After(UnrollLoops, CountedLoop("2")) == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = stablehlo.negate %x : tensor<4xf32>
  %b = stablehlo.negate %a : tensor<4xf32>
  return %b : tensor<4xf32>
})"));
}

TEST_CASE("unroll-loops: no trip leaves the start values, many trips leave the loop") {
  CHECK(After(UnrollLoops, CountedLoop("-3")) == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
})"));
  CHECK(After(UnrollLoops, CountedLoop("1000")) == Canonical(CountedLoop("1000")));
}

// Counts its trips with a counter of its own: `trips` from any loop.
constexpr char kAnyCounter[] = R"(
func.func @main() -> (tensor<TYPE>, tensor<i32>) {
  %start = stablehlo.constant dense<START> : tensor<TYPE>
  %limit = stablehlo.constant dense<LIMIT> : tensor<TYPE>
  %step = stablehlo.constant dense<STEP> : tensor<TYPE>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %r:2 = stablehlo.while(%i = %start, %trips = %zero) : tensor<TYPE>, tensor<i32>
    cond {
      %more = stablehlo.compare DIRECTION, COMPARED, KIND : (tensor<TYPE>, tensor<TYPE>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %next = stablehlo.UPDATE %i, %step : tensor<TYPE>
      %trip = stablehlo.add %trips, %one : tensor<i32>
      stablehlo.return %next, %trip : tensor<TYPE>, tensor<i32>
    }
  return %r#0, %r#1 : tensor<TYPE>, tensor<i32>
})";

struct AnyCounter {
  std::string type, start, limit, step, direction;
  std::string update = "add";
  bool counter_first = true;
};

std::string TextOf(const AnyCounter& loop) {
  std::string text = kAnyCounter;
  const auto set = [&](std::string_view word, std::string_view with) {
    for (size_t at; (at = text.find(word)) != std::string::npos;) {
      text.replace(at, word.size(), with);
    }
  };
  set("COMPARED", loop.counter_first ? "%i, %limit" : "%limit, %i");
  set("DIRECTION", loop.direction);
  set("TYPE", loop.type);
  set("START", loop.start);
  set("LIMIT", loop.limit);
  set("STEP", loop.step);
  set("UPDATE", loop.update);
  set("KIND", loop.type[0] == 'u' ? "UNSIGNED" : "SIGNED");
  return text;
}

// The counter and the trips at the end of a loop, by the reference interpreter.
std::pair<int64_t, int64_t> Interpreted(const std::string& text) {
  const Graph graph = Parse(text);
  const Result<std::vector<AlignedBuffer>> results = Interpret(graph, graph.functions[0], {});
  REQUIRE_MESSAGE(results.ok(), results.status().ToString());
  const std::span<const ValueId> values = graph.results(graph.regions[graph.functions[0].body]);
  const auto value = [&](size_t i) {
    return LoadI64(graph.tensor(values[i]).element, (*results)[i].data());
  };
  return {value(0), value(1)};
}

TEST_CASE(
    "unroll-loops: counters of any integer type wrap around, up and down, in any comparison") {
  const AnyCounter loops[] = {
      {"i8", "0", "120", "100", "LT"},                 // 0 100 -56 44 -112 -12 88 -68 ...
      {"ui8", "250", "4", "1", "NE"},                  // Through 255 to 0.
      {"ui8", "3", "250", "5", "LT", "subtract"},      // 254 is not less.
      {"ui8", "3", "253", "1", "LE", "subtract"},      // 3 2 1 0 255
      {"i8", "-100", "-120", "40", "GT", "subtract"},  // -100 116 76 36 -4 -44 -84 -124
      {"i16", "32000", "0", "500", "GT"},
      {"i32", "2147483000", "0", "300", "GE"},
      {"ui32", "4294967290", "10", "4", "GT"},
      {"i64", "9223372036854775800", "0", "3", "GT"},
      {"ui64", "18446744073709551610", "5", "2", "GE"},
      {"ui64", "9223372036854775806", "9223372036854775810", "1", "LT"},
      {"i64", "-9223372036854775806", "0", "-1", "LT"},
      {"i4", "5", "0", "1", "GE"},
      {"ui4", "14", "3", "3", "NE"},
      {"i32", "0", "10", "3", "GT", "add", false},
      {"i32", "10", "0", "-3", "LE", "add", false},
      {"i32", "7", "7", "1", "EQ"},
      {"ui16", "65535", "0", "1", "NE"},
      {"i32", "0", "16", "1", "LT"},
  };
  for (const AnyCounter& loop : loops) {
    const std::string text = TextOf(loop);
    CAPTURE(text);
    const auto [counter, trips] = Interpreted(text);
    const std::string unrolled = After(UnrollLoops, text);
    if (trips <= 16) {
      CHECK(unrolled.find("stablehlo.while") == std::string::npos);
      CHECK(Interpreted(unrolled) == std::pair(counter, trips));
    } else {
      CHECK(unrolled == Canonical(text));
    }
  }
}

TEST_CASE("unroll-loops: loops that count on for ever, or by what is not a literal, stay") {
  for (const AnyCounter& loop :
       {AnyCounter{"i8", "0", "1", "2", "NE"}, AnyCounter{"i32", "0", "5", "0", "LT"},
        AnyCounter{"ui32", "9", "0", "1", "GE", "subtract"}}) {
    CHECK(After(UnrollLoops, TextOf(loop)) == Canonical(TextOf(loop)));
  }
  std::string backwards = TextOf({"i32", "0", "5", "3", "LT", "subtract"});
  const std::string update = "stablehlo.subtract %i, %step";
  backwards.replace(backwards.find(update), update.size(), "stablehlo.subtract %step, %i");
  CHECK(After(UnrollLoops, backwards) == Canonical(backwards));
}

TEST_CASE("inline-calls: only the entry function remains") {
  CHECK(After(InlineCalls, R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = call @twice(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %b = call @twice(%a) : (tensor<4xf32>) -> tensor<4xf32>
  return %b : tensor<4xf32>
}
func.func private @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = stablehlo.add %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = stablehlo.add %x, %x : tensor<4xf32>
  %b = stablehlo.add %a, %a : tensor<4xf32>
  return %b : tensor<4xf32>
})"));
}

TEST_CASE("fold-constants: literals are computed, splats stay splats") {
  CHECK(After(FoldConstants, R"(
func.func @main() -> (tensor<3xi32>, tensor<1000x1000xf32>) {
  %i = stablehlo.iota dim = 0 : tensor<3xi32>
  %two = stablehlo.constant dense<2> : tensor<3xi32>
  %a = stablehlo.multiply %i, %two : tensor<3xi32>
  %half = stablehlo.constant dense<0.5> : tensor<f32>
  %big = stablehlo.broadcast_in_dim %half, dims = [] : (tensor<f32>) -> tensor<1000x1000xf32>
  %b = stablehlo.add %big, %big : tensor<1000x1000xf32>
  return %a, %b : tensor<3xi32>, tensor<1000x1000xf32>
})") == Canonical(R"(
func.func @main() -> (tensor<3xi32>, tensor<1000x1000xf32>) {
  %a = stablehlo.constant dense<[0, 2, 4]> : tensor<3xi32>
  %b = stablehlo.constant dense<1.0> : tensor<1000x1000xf32>
  return %a, %b : tensor<3xi32>, tensor<1000x1000xf32>
})"));
}

TEST_CASE("eliminate-common-subexpressions: equal nodes merge, also when they have computations") {
  CHECK(After(EliminateCommonSubexpressions, R"(
func.func @main(%x: tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %a = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  %b = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  return %a, %b : tensor<2xf32>, tensor<2xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %a = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
  return %a, %a : tensor<2xf32>, tensor<2xf32>
})"));
}

TEST_CASE("eliminate-common-subexpressions: branches do not share what they compute") {
  const char* text = R"(
func.func @main(%p: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %r = "stablehlo.if"(%p) ({
    %a = stablehlo.negate %x : tensor<4xf32>
    stablehlo.return %a : tensor<4xf32>
  }, {
    %b = stablehlo.negate %x : tensor<4xf32>
    %c = stablehlo.add %b, %b : tensor<4xf32>
    stablehlo.return %c : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  return %r : tensor<4xf32>
})";
  CHECK(After(EliminateCommonSubexpressions, text) == Canonical(text));
}

// A scan's step: what it carries beside its state never changes. Of two nested loops, the inner one
// carries on what the outer one does.
TEST_CASE("forward-carries: what loops carry unchanged is the value outside") {
  CHECK(After(ForwardCarries, R"(
func.func @main(%x: tensor<2x2xf32>, %w: tensor<2x2xf32>, %n: tensor<i32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %r:3 = stablehlo.while(%i = %zero, %a = %x, %v = %w) : tensor<i32>, tensor<2x2xf32>, tensor<2x2xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %s:3 = stablehlo.while(%j = %i, %u = %v, %b = %a) : tensor<i32>, tensor<2x2xf32>, tensor<2x2xf32>
        cond {
          %more = stablehlo.compare LT, %j, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %more : tensor<i1>
        } do {
          %next = stablehlo.add %j, %j : tensor<i32>
          %c = stablehlo.multiply %b, %u : tensor<2x2xf32>
          stablehlo.return %next, %u, %c : tensor<i32>, tensor<2x2xf32>, tensor<2x2xf32>
        }
      stablehlo.return %s#0, %s#2, %s#1 : tensor<i32>, tensor<2x2xf32>, tensor<2x2xf32>
    }
  return %r#1, %r#2 : tensor<2x2xf32>, tensor<2x2xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<2x2xf32>, %w: tensor<2x2xf32>, %n: tensor<i32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %r:2 = stablehlo.while(%i = %zero, %a = %x) : tensor<i32>, tensor<2x2xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %s:2 = stablehlo.while(%j = %i, %b = %a) : tensor<i32>, tensor<2x2xf32>
        cond {
          %more = stablehlo.compare LT, %j, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %more : tensor<i1>
        } do {
          %next = stablehlo.add %j, %j : tensor<i32>
          %c = stablehlo.multiply %b, %w : tensor<2x2xf32>
          stablehlo.return %next, %c : tensor<i32>, tensor<2x2xf32>
        }
      stablehlo.return %s#0, %s#1 : tensor<i32>, tensor<2x2xf32>
    }
  return %r#1, %w : tensor<2x2xf32>, tensor<2x2xf32>
})"));
}

TEST_CASE("forward-carries: a loop that changes nothing, and values that change places, stay") {
  for (const char* results : {"%i, %a, %b", "%i, %b, %a"}) {
    const std::string text = StrCat(R"(
func.func @main(%n: tensor<i32>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %r:3 = stablehlo.while(%i = %n, %a = %x, %b = %y) : tensor<i32>, tensor<4xf32>, tensor<4xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      stablehlo.return )",
                                    results, R"( : tensor<i32>, tensor<4xf32>, tensor<4xf32>
    }
  return %r#1 : tensor<4xf32>
})");
    const std::string after = After(ForwardCarries, text);
    CHECK((after == Canonical(text)) == (std::string_view(results) == "%i, %a, %b"));
    CHECK(after.find("%a, ") == std::string::npos);
  }
}

TEST_CASE(
    "hoist-weights: what a loop computes from weights and literals alone is computed before it") {
  CHECK(After(HoistWeights, R"(
func.func @main(%x: tensor<4xf32>, %w: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  %r:2 = stablehlo.while(%i = %n, %a = %x) : tensor<i32>, tensor<4xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %two = stablehlo.constant dense<2.0> : tensor<4xf32>
      %v = stablehlo.multiply %w, %two : tensor<4xf32>
      %u = stablehlo.negate %v : tensor<4xf32>
      %y = stablehlo.exponential %two : tensor<4xf32>
      %b = stablehlo.multiply %a, %u : tensor<4xf32>
      %c = stablehlo.add %b, %y : tensor<4xf32>
      stablehlo.return %i, %c : tensor<i32>, tensor<4xf32>
    }
  return %r#1 : tensor<4xf32>
})",
              {false, true, false}) == Canonical(R"(
func.func @main(%x: tensor<4xf32>, %w: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  %two = stablehlo.constant dense<2.0> : tensor<4xf32>
  %v = stablehlo.multiply %w, %two : tensor<4xf32>
  %u = stablehlo.negate %v : tensor<4xf32>
  %r:2 = stablehlo.while(%i = %n, %a = %x) : tensor<i32>, tensor<4xf32>
    cond {
      %more = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %y = stablehlo.exponential %two : tensor<4xf32>
      %b = stablehlo.multiply %a, %u : tensor<4xf32>
      %c = stablehlo.add %b, %y : tensor<4xf32>
      stablehlo.return %i, %c : tensor<i32>, tensor<4xf32>
    }
  return %r#1 : tensor<4xf32>
})"));
}

TEST_CASE("expand-ops: sugar becomes simpler ops") {
  CHECK(After(ExpandOps, R"(
func.func @main(%x: tensor<3x4xf32>, %y: tensor<4xf32>) -> tensor<2x3xf32> {
  %0 = stablehlo.dot %x, %y : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3xf32>
  %1 = stablehlo.broadcast %0, sizes = [2] : (tensor<3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
})") == Canonical(R"(
func.func @main(%x: tensor<3x4xf32>, %y: tensor<4xf32>) -> tensor<2x3xf32> {
  %0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3xf32>
  %1 = stablehlo.broadcast_in_dim %0, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
})"));
}

}  // namespace
}  // namespace webhlo
