// SPDX-License-Identifier: Apache-2.0
//
// Gathers of every shape of window: the kernel agrees with the reference, also beyond the operand.
#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"

namespace webhlo::elementwise_testing {
namespace {

struct Gathering {
  std::string operand, indices, windows, dimensions, slice_sizes;
};

const Gathering kGatherings[] = {
    // Elements, more than are found at once.
    {"300", "2000x1", "2000",
     "collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1", "1"},
    // Of places along two dimensions, told one after the other.
    {"90x70", "2x600", "600",
     "collapsed_slice_dims = [0, 1], start_index_map = [1, 0], index_vector_dim = 0", "1, 1"},
    // Rows, short and long.
    {"100x3", "400", "400x3",
     "offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1",
     "1, 3"},
    {"60x700", "40x1", "40x700",
     "offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1",
     "1, 700"},
    // Columns, side by side and below each other.
    {"40x100", "300x1", "40x300",
     "offset_dims = [0], collapsed_slice_dims = [1], start_index_map = [1], index_vector_dim = 1",
     "40, 1"},
    {"900x50", "30x1", "30x900",
     "offset_dims = [1], collapsed_slice_dims = [1], start_index_map = [1], index_vector_dim = 1",
     "900, 1"},
    // Windows, small and large, told by vectors that lie first.
    {"60x50", "2x100", "100x5x7",
     "offset_dims = [1, 2], start_index_map = [0, 1], index_vector_dim = 0", "5, 7"},
    {"130x60", "2x9", "9x40x30",
     "offset_dims = [1, 2], start_index_map = [0, 1], index_vector_dim = 0", "40, 30"},
    // Batches of few windows and of many.
    {"30x200", "30x7x1", "30x7",
     "collapsed_slice_dims = [1], operand_batching_dims = [0], start_indices_batching_dims = [0], "
     "start_index_map = [1], index_vector_dim = 2",
     "1, 1"},
    {"3x200x2", "300x3x1", "300x3x2",
     "offset_dims = [2], collapsed_slice_dims = [1], operand_batching_dims = [0], "
     "start_indices_batching_dims = [1], start_index_map = [1], index_vector_dim = 2",
     "1, 1, 2"},
};

TEST_CASE("gather: elements, rows, columns, windows and batches, beyond the operand too") {
  ThreadPool pool(2);
  Random random(4);
  for (const Gathering& g : kGatherings) {
    CAPTURE(g.dimensions);
    for (const char* index : {"ui8", "i8", "i32", "ui32", "i64", "ui64"}) {
      for (const char* element : {"i8", "f16", "f32", "f64", "complex<f64>"}) {
        const std::string operand = StrCat("tensor<", g.operand, "x", element, ">");
        const std::string indices = StrCat("tensor<", g.indices, "x", index, ">");
        const std::string windows = StrCat("tensor<", g.windows, "x", element, ">");
        const TestGraph test = Program(
            StrCat("func.func @main(%x: ", operand, ", %i: ", indices, ") -> ", windows,
                   " {\n%y = \"stablehlo.gather\"(%x, %i) <{dimension_numbers = #stablehlo.gather<",
                   g.dimensions, ">, slice_sizes = array<i64: ", g.slice_sizes, ">}> : (", operand,
                   ", ", indices, ") -> ", windows, "\nreturn %y : ", windows, "\n}"),
            ops::kGather);
        CHECK(CheckEngines(test, random, 0, pool) == 1);
      }
    }
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
