// SPDX-License-Identifier: Apache-2.0
//
// Windows under any computation: all engines agree with the reference, whatever slides and however.
#include "core/kernels/window_fold.h"
#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"
#include "tests/sanitizers.h"

namespace webhlo::elementwise_testing {
namespace {

struct Window {
  std::string operand, attributes, result;
};

// A window of one operand; the body's lines compute %r of %a and %b.
std::string WindowProgram(const Window& w, std::string_view element, std::string_view init,
                          std::string_view body) {
  const std::string type = StrCat("tensor<", w.operand, "x", element, ">");
  const std::string result = StrCat("tensor<", w.result, "x", element, ">");
  const std::string scalar = StrCat("tensor<", element, ">");
  return StrCat("func.func @main(%x: ", type, ") -> ", result, " {\n%i = stablehlo.constant dense<",
                init, "> : ", scalar, "\n%y = \"stablehlo.reduce_window\"(%x, %i) <{", w.attributes,
                "}> ({\n^bb0(%a: ", scalar, ", %b: ", scalar, "):\n", body,
                "\nstablehlo.return %r : ", scalar, "\n}) : (", type, ", ", scalar, ") -> ", result,
                "\nreturn %y : ", result, "\n}");
}

std::string Binary(std::string_view op, std::string_view element) {
  return StrCat("%r = stablehlo.", op, " %a, %b : tensor<", element, ">");
}

const Window kWindows[] = {
    {"20", "window_dimensions = array<i64: 3>", "18"},
    {"600", "window_dimensions = array<i64: 5>, window_strides = array<i64: 3>", "199"},
    {"20",
     "window_dimensions = array<i64: 3>, window_strides = array<i64: 2>, base_dilations = "
     "array<i64: 3>, window_dilations = array<i64: 4>, padding = dense<[[5, 2]]> : "
     "tensor<1x2xi64>",
     "29"},
    {"9x600",
     "window_dimensions = array<i64: 2, 3>, padding = dense<[[1, 0], [2, 2]]> : tensor<2x2xi64>",
     "9x602"},
    {"2x7x9x3",
     "window_dimensions = array<i64: 1, 3, 3, 1>, window_strides = array<i64: 1, 2, 2, 1>, "
     "padding = dense<[[0, 0], [1, 1], [1, 1], [0, 0]]> : tensor<4x2xi64>",
     "2x4x5x3"},
    {"2x7x9x3",
     "window_dimensions = array<i64: 1, 3, 3, 1>, padding = dense<[[0, 0], [-1, 2], [2, -1], [0, "
     "0]]> : tensor<4x2xi64>",
     "2x6x8x3"},
    {"4x5", "window_dimensions = array<i64: 1, 1>", "4x5"},
};

TEST_CASE("reduce_window: strides, dilations, padding and dimensions of all kinds") {
  ThreadPool pool(2);
  Random random(3);
  for (const Window& w : kWindows) {
    CAPTURE(w.attributes);
    for (const char* op : {"add", "maximum", "multiply"}) {
      // No initial value that a computation leaves alone: padding counts.
      const TestGraph ints =
          Program(WindowProgram(w, "i32", "3", Binary(op, "i32")), ops::kReduceWindow);
      CHECK(CheckEngines(ints, random, 0, pool) >= 1);
    }
    const TestGraph floats =
        Program(WindowProgram(w, "f32", "-1.5", Binary("subtract", "f32")), ops::kReduceWindow);
    CHECK(CheckEngines(floats, random, 0, pool) >= 1);
  }
}

// A window over all of a dimension on one side of each element.
Window Running(std::vector<int64_t> dims, size_t axis, bool reverse) {
  std::vector<int64_t> window(dims.size(), 1);
  window[axis] = dims[axis];
  std::string padding;
  for (size_t d = 0; d < dims.size(); ++d) {
    const int64_t low = d == axis && !reverse ? dims[d] - 1 : 0;
    const int64_t high = d == axis && reverse ? dims[d] - 1 : 0;
    StrAppend(&padding, d > 0 ? ", " : "", "[", low, ", ", high, "]");
  }
  const std::string shape = Join(dims, "x");
  return {shape,
          StrCat("window_dimensions = array<i64: ", Join(window, ", "), ">, padding = dense<[",
                 padding, "]> : tensor<", dims.size(), "x2xi64>"),
          shape};
}

void CheckRunning(const Window& w, std::string_view element, std::string_view init,
                  std::string_view body, ThreadPool& pool) {
  CAPTURE(w.attributes);
  Random random(11);
  const TestGraph test = Program(WindowProgram(w, element, init, body), ops::kReduceWindow);
  for (const Engine& engine : Engines(test, pool)) {
    CHECK(engine.choice.sizes.starts_with("running"));
  }
  CHECK(CheckEngines(test, random, 0, pool) >= 1);
}

TEST_CASE("reduce_window: running results, of lanes beside and behind each other") {
  ThreadPool pool(2);
  for (bool reverse : {false, true}) {
    for (const std::vector<int64_t>& dims : std::vector<std::vector<int64_t>>{
             {1}, {2}, {70}, {3, 40}, {40, 3}, {30, 70}, {2, 20, 5}, {2, 3, 600}}) {
      for (size_t axis = 0; axis < dims.size(); ++axis) {
        if (dims[axis] == 1 && dims.size() > 1) continue;
        const Window w = Running(dims, axis, reverse);
        if (dims[axis] == 1) continue;
        CheckRunning(w, "i32", "0", Binary("add", "i32"), pool);
        CheckRunning(w, "f32", "0xFF800000", Binary("maximum", "f32"), pool);
      }
    }
    // One that does not commute: the last of two, unless it is the initial value.
    CheckRunning(Running({3, 50}, 1, reverse), "i32", "0", R"(
      %z = stablehlo.constant dense<0> : tensor<i32>
      %n = stablehlo.compare NE, %b, %z : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %r = stablehlo.select %n, %b, %a : tensor<i1>, tensor<i32>)",
                 pool);
  }
}

TEST_CASE("reduce_window: few long lanes run in segments") {
  ThreadPool pool(2);
  // The reference takes the square of a length.
  if (!kSanitized) {
    CheckRunning(Running({4100}, 0, false), "i32", "0", Binary("add", "i32"), pool);
  }
  CheckRunning(kSanitized ? Running({4097}, 0, true) : Running({2, 4097}, 1, true), "ui8", "0",
               Binary("maximum", "ui8"), pool);
}

TEST_CASE("reduce_window: an initial value that counts is no running result") {
  const Window w = Running({50}, 0, false);
  const TestGraph test =
      Program(WindowProgram(w, "i32", "1", Binary("add", "i32")), ops::kReduceWindow);
  ThreadPool pool(1);
  Random random(5);
  for (const Engine& engine : Engines(test, pool)) {
    CHECK(!engine.choice.sizes.starts_with("running"));
  }
  CHECK(CheckEngines(test, random, 0, pool) >= 1);
}

}  // namespace
}  // namespace webhlo::elementwise_testing
