// SPDX-License-Identifier: Apache-2.0
// Complex functions at zeros, infinities, NaN and the ends of the range, against C99 (Annex G, as
// the GNU C library answers).
#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <string>
#include <string_view>

#include "tests/core/ops/infer_test_util.h"

namespace webhlo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();
constexpr double kGrid[] = {0, -0.0, 1, -1, kInfinity, -kInfinity, kNan, kMax, kTiny};

// f(x + iy): a line for each x of the grid, and in it two letters for each y, what the real and the
// imaginary part are: 0 +0, z -0, o a zero; + and - numbers; I +inf, J -inf, i an infinity; n NaN.
struct Table {
  std::string_view op;
  std::string_view values;
};

constexpr Table kTables[] = {
    {"stablehlo.exponential",
     "+0 +z ++ +- nn nn nn -+ ++ "
     "+0 +z ++ +- nn nn nn -+ ++ "
     "+0 +z ++ +- nn nn nn -+ ++ "
     "+0 +z ++ +- nn nn nn -+ +0 "
     "I0 Iz II IJ nn nn in JI II "
     "00 0z 00 0z nn nn 00 z0 00 "
     "no no nn nn nn nn nn nn nn "
     "I0 Iz II IJ nn nn nn JI II "
     "+0 +z ++ +- nn nn nn -+ ++ "},
    {"stablehlo.log",
     "J0 Jz 0+ 0- I+ I- nn ++ -+ "
     "J+ J- 0+ 0- I+ I- nn ++ -+ "
     "00 0z ++ +- I+ I- nn ++ 0+ "
     "0+ 0- ++ +- I+ I- nn ++ 0+ "
     "I0 Iz I0 Iz I+ I- In I0 I0 "
     "I+ I- I+ I- I+ I- In I+ I+ "
     "nn nn nn nn In In nn nn nn "
     "+0 +z ++ +- I+ I- nn ++ +0 "
     "-0 -z 0+ 0- I+ I- nn ++ -+ "},
    {"stablehlo.log_plus_one",
     "00 0z ++ +- I+ I- nn ++ 0+ "
     "00 0z ++ +- I+ I- nn ++ 0+ "
     "+0 +z ++ +- I+ I- nn ++ +0 "
     "J0 Jz 0+ 0- I+ I- nn ++ -+ "
     "I0 Iz I0 Iz I+ I- In I0 I0 "
     "I+ I- I+ I- I+ I- In I+ I+ "
     "nn nn nn nn In In nn nn nn "
     "+0 +z ++ +- I+ I- nn ++ +0 "
     "+0 +z ++ +- I+ I- nn ++ ++ "},
    {"stablehlo.sqrt",
     "00 0z ++ +- II IJ nn ++ ++ "
     "00 0z ++ +- II IJ nn ++ ++ "
     "+0 +z ++ +- II IJ nn ++ +0 "
     "0+ 0- ++ +- II IJ nn ++ 0+ "
     "I0 Iz I0 Iz II IJ in I0 I0 "
     "0I 0J 0I 0J II IJ ni 0I 0I "
     "nn nn nn nn II IJ nn nn nn "
     "+0 +z ++ +- II IJ nn ++ +0 "
     "+0 +z ++ +- II IJ nn ++ ++ "},
    {"stablehlo.sine",
     "00 0z 0+ 0- 0I 0J on 0I 0+ "
     "z0 zz z+ z- zI zJ on zI z+ "
     "+0 +z ++ +- II IJ nn II ++ "
     "-0 -z -+ -- JI JJ nn JI -+ "
     "no no nn nn ni ni nn nn nn "
     "no no nn nn ni ni nn nn nn "
     "no no nn nn ni ni nn nn nn "
     "+z +0 +- ++ IJ II nn IJ +- "
     "+0 +z ++ +- II IJ nn II ++ "},
    {"stablehlo.cosine",
     "+z +0 +z +0 Iz I0 no Iz +z "
     "+0 +z +0 +z I0 Iz no I0 +0 "
     "+z +0 +- ++ IJ II nn IJ +- "
     "+0 +z ++ +- II IJ nn II ++ "
     "no no nn nn in in nn nn nn "
     "no no nn nn in in nn nn nn "
     "no no nn nn in in nn nn nn "
     "-z -0 -- -+ JJ JI nn JJ -z "
     "+z +0 +- ++ IJ II nn IJ +z "},
    {"stablehlo.tan",
     "00 0z 0+ 0- 0+ 0- on 0+ 0+ "
     "z0 zz z+ z- z+ z- on z+ z+ "
     "+0 +z ++ +- 0+ 0- nn 0+ ++ "
     "-0 -z -+ -- z+ z- nn z+ -+ "
     "no no nn nn 0+ 0- nn nn nn "
     "no no nn nn z+ z- nn nn nn "
     "no no nn nn 0+ 0- nn nn nn "
     "-0 -z -+ -- z+ z- nn z+ -+ "
     "+0 +z 0+ 0- 0+ 0- nn 0+ ++ "},
    {"stablehlo.tanh",
     "00 0z 0+ 0- on on on 0- 0+ "
     "z0 zz z+ z- on on on z- z+ "
     "+0 +z ++ +- nn nn nn +- +0 "
     "-0 -z -+ -- nn nn nn -- -0 "
     "+0 +z +0 +z +0 +z +0 +z +0 "
     "-0 -z -0 -z -0 -z -0 -z -0 "
     "no no nn nn nn nn nn nn nn "
     "+0 +z +0 +z nn nn nn +z +0 "
     "+0 +z ++ +- nn nn nn +- ++ "},
};

bool Is(char what, double value) {
  switch (what) {
    case '0':
      return value == 0 && !std::signbit(value);
    case 'z':
      return value == 0 && std::signbit(value);
    case 'o':
      return value == 0;
    case 'I':
      return value == kInfinity;
    case 'J':
      return value == -kInfinity;
    case 'i':
      return std::isinf(value);
    case 'n':
      return std::isnan(value);
    case '+':
      return std::isfinite(value) && value > 0;
    default:
      return std::isfinite(value) && value < 0;
  }
}

TEST_CASE("complex functions: zeros, infinities, NaN and the ends of the range are as in C99") {
  const Type type = T("complex<f64>");
  class : public RegionRunner {
    Task Run(RegionId, std::span<const TensorView>, std::span<const TensorView>) override {
      return Internal("no region runs here");
    }
  } regions;
  Budget budget;
  for (const Table& table : kTables) {
    Graph graph;
    const Node& node = BuildNode({table.op, {type}, {type}, {}, {}}, &graph);
    std::string_view rest = table.values;
    for (double x : kGrid) {
      for (double y : kGrid) {
        std::complex<double> z(x, y), w;
        const TensorView input(&type.tensor, &z), output(&type.tensor, &w);
        const ReferenceArgs args{OpView(graph, node), {&input, 1}, {&output, 1}, regions, budget};
        REQUIRE(RunToEnd(RunReference(args)).ok());
        CHECK_MESSAGE((Is(rest[0], w.real()) && Is(rest[1], w.imag())), std::string(table.op), "(",
                      x, " + ", y, "i) is ", w.real(), " + ", w.imag(), "i, expected ",
                      std::string(rest.substr(0, 2)));
        rest.remove_prefix(3);
      }
    }
    CHECK(rest.empty());
  }
}

}  // namespace
}  // namespace webhlo
