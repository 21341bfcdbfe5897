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

}  // namespace
}  // namespace webhlo
