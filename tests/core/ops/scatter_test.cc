// SPDX-License-Identifier: Apache-2.0
//
// Scatters under any computation: all engines agree with the reference, in its order, where updates
// meet, and where they go beyond the operand.
#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"

namespace webhlo::elementwise_testing {
namespace {

struct Scattering {
  std::string operand, indices, updates, dimensions;
};

// Of `count` tensors; the body's lines compute %r0, ... of what is there, %a0, ..., and %b0, ...
std::string ScatterProgram(const Scattering& s, size_t count, std::string_view element,
                           std::string_view index, std::string_view body) {
  const std::string tensor = StrCat("tensor<", s.operand, "x", element, ">");
  const std::string update = StrCat("tensor<", s.updates, "x", element, ">");
  const std::string indices = StrCat("tensor<", s.indices, "x", index, ">");
  const std::string scalar = StrCat("tensor<", element, ">");
  const auto list = [&](std::string_view prefix, std::string_view type) {
    std::string text;
    for (size_t k = 0; k < count; ++k) {
      StrAppend(&text, k > 0 ? ", " : "", prefix);
      if (!prefix.empty()) StrAppend(&text, k, type.empty() ? "" : ": ");
      StrAppend(&text, type);
    }
    return text;
  };
  return StrCat("func.func @main(", list("%x", tensor), ", %i: ", indices, ", ", list("%u", update),
                ") -> (", list("", tensor), ") {\n%y:", count, " = \"stablehlo.scatter\"(",
                list("%x", ""), ", %i, ", list("%u", ""),
                ") <{scatter_dimension_numbers = #stablehlo.scatter<", s.dimensions,
                ">}> ({\n^bb0(", list("%a", scalar), ", ", list("%b", scalar), "):\n", body,
                "\nstablehlo.return ", list("%r", ""), " : ", list("", scalar), "\n}) : (",
                list("", tensor), ", ", indices, ", ", list("", update), ") -> (", list("", tensor),
                ")\nreturn ", list("%y#", ""), " : ", list("", tensor), "\n}");
}

// Indices of i8 reach from -128 to 127, those of ui8 to 255: some, or none, are beyond.
const Scattering kScatterings[] = {
    // Elements, of which many meet.
    {"300", "2000x1", "2000",
     "inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1"},
    {"20", "3000", "3000",
     "inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1"},
    // Rows, short and long.
    {"100x3", "60x1", "60x3",
     "update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], "
     "index_vector_dim = 1"},
    {"100x40", "60x1", "60x40",
     "update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], "
     "index_vector_dim = 1"},
    // Windows of two dimensions that are first in the updates, placed along both.
    {"130x20x17", "2x5", "5x6x17x5",
     "update_window_dims = [0, 1, 2], scatter_dims_to_operand_dims = [0, 1], index_vector_dim = 0"},
    // Batches.
    {"3x200", "3x7x1", "3x7",
     "inserted_window_dims = [1], input_batching_dims = [0], scatter_indices_batching_dims = [0], "
     "scatter_dims_to_operand_dims = [1], index_vector_dim = 2"},
};

TEST_CASE("scatter: elements, rows, windows and batches, beyond the operand too") {
  ThreadPool pool(2);
  Random random(3);
  for (const Scattering& s : kScatterings) {
    CAPTURE(s.dimensions);
    for (const char* index : {"ui8", "i8", "i32", "ui32", "i64"}) {
      const auto check = [&](size_t count, std::string_view element, std::string_view body,
                             size_t engines) {
        const TestGraph test =
            Program(ScatterProgram(s, count, element, index, body), ops::kScatter);
        CHECK(CheckEngines(test, random, 0, pool) >= engines);
      };
      check(1, "i32", "%r0 = stablehlo.add %a0, %b0 : tensor<i32>", 1);
      // What is there first counts: the order shows.
      check(1, "f32", "%r0 = stablehlo.subtract %b0, %a0 : tensor<f32>", 1);
      check(1, "complex<f32>", "%r0 = stablehlo.subtract %b0, %a0 : tensor<complex<f32>>", 1);
      check(1, "f32", "%r0 = stablehlo.maximum %a0, %b0 : tensor<f32>", 2);
      check(1, "f32", "%r0 = stablehlo.minimum %a0, %b0 : tensor<f32>", 2);
      check(1, "f64", "%r0 = stablehlo.add %a0, %b0 : tensor<f64>", 2);
      check(1, "i32", "%r0 = stablehlo.maximum %a0, %b0 : tensor<i32>", 2);
      check(1, "ui32", "%r0 = stablehlo.minimum %a0, %b0 : tensor<ui32>", 2);
      check(1, "f64", "%r0 = stablehlo.maximum %b0, %b0 : tensor<f64>", 1);
      check(2, "i16",
            "%r1 = stablehlo.add %a0, %b1 : tensor<i16>\n%r0 = stablehlo.subtract %a1, "
            "%b0 : tensor<i16>",
            1);
    }
  }
}

TEST_CASE("scatter: updates that replace need no computation") {
  ThreadPool pool(2);
  Random random(5);
  for (const Scattering& s : kScatterings) {
    CAPTURE(s.dimensions);
    std::string text = ScatterProgram(s, 1, "f32", "i8", "");
    text.replace(text.find("stablehlo.return %r0"), 20, "stablehlo.return %b0");
    const TestGraph test = Program(text, ops::kScatter);
    CHECK(Engines(test, pool)[0].choice.kernel == "replace");
    CHECK(CheckEngines(test, random, 0, pool) >= 2);
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
