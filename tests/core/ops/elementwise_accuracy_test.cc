// SPDX-License-Identifier: Apache-2.0
//
// The bounds that rows of elementwise ops state for f32, over floats spread evenly through all bit
// patterns: every exponent, both signs, NaN and infinities; and the table of docs/accuracy.md,
// which repeats them. The exact values are the references' in f64.
#include <cstdio>
#include <map>

#include "core/graph/dialect.h"
#include "core/ops/op_table.h"
#include "tests/core/golden.h"
#include "tests/core/ops/elementwise_testing.h"
#include "tests/sanitizers.h"

namespace webhlo::elementwise_testing {
namespace {

// Bit patterns step by a prime; a smaller one takes longer and finds little more.
constexpr uint64_t kStep = kSanitized ? 1'048'583 : 4099;
constexpr int64_t kChunk = 4096;

// What half a unit is, when the exact value has been rounded to double before.
constexpr double kRounded = 0.5 + 0x1p-20;

// |y - exact| in units in the last place of a float at `exact`.
double Ulps(float y, double exact) {
  const double limit = 0x1.ffffffp+127;  // Rounds to infinity from here.
  if (std::isnan(exact) || std::isnan(y)) return std::isnan(exact) && std::isnan(y) ? 0 : INFINITY;
  if (std::fabs(exact) >= limit || std::isinf(y)) {
    if (std::isinf(y) && std::signbit(y) == std::signbit(exact) &&
        std::fabs(exact) > 0x1.fffff8p+127) {
      return 0;
    }
    return std::isinf(exact) || std::isinf(y) ? INFINITY : 1;
  }
  if (exact == 0) return y == 0 && std::signbit(y) == std::signbit(exact) ? 0 : INFINITY;
  const int exponent = std::max(std::ilogb(exact), -126);
  return std::fabs(y - exact) / std::ldexp(1.0, exponent - 23);
}

// Elementwise ops from f32 to f32 whose operands are one or two numbers.
std::vector<Case> RealFunctions() {
  std::vector<Case> functions;
  for (const Case& c : AllCases()) {
    const std::vector<ElementType> f32(c.operands.size(), ElementType::kF32);
    if (c.operands != f32 || c.result != ElementType::kF32 || f32.size() > 2) continue;
    functions.push_back(c);
  }
  return functions;
}

const ElementwiseOp& RowOf(const Case& c) { return *FindOp(*FindOpName(c.name))->elementwise; }

// Of two operands the second runs through the bit patterns in another order, and is as large as the
// first now and then, so that something comes of both.
float OperandAt(size_t k, uint64_t i) {
  const uint32_t first = static_cast<uint32_t>(kStep * i);
  if (k == 0) return std::bit_cast<float>(first);
  const uint32_t mixed = static_cast<uint32_t>(i * 2654435761u);
  return std::bit_cast<float>(i % 4 == 0 ? mixed : (first & 0xff800000u) ^ (mixed >> 8));
}

TEST_CASE("elementwise: what f32 results are from the exact ones is within their rows' bounds") {
  const std::vector<Case> functions = RealFunctions();
  REQUIRE(functions.size() > 20);
  for (const Case& c : functions) {
    const auto graph_of = [&](ElementType type) {
      const TensorType t(type, {kChunk});
      return OneOp(c.name, std::vector<TensorType>(c.operands.size(), t), t, c.attributes);
    };
    const TestGraph test = graph_of(ElementType::kF32), exact = graph_of(ElementType::kF64);
    const TileFunction tile = test.op().node().op->elementwise->tile(test.op());
    std::vector<Tensor> narrow, wide;
    std::vector<const void*> inputs;
    for (size_t k = 0; k < c.operands.size(); ++k) {
      narrow.emplace_back(test.op().operand(k));
      wide.emplace_back(exact.op().operand(k));
    }
    for (Tensor& tensor : narrow) inputs.push_back(tensor.buffer.data());
    Tensor out(test.op().result());
    double worst = 0;
    float worst_at = 0;
    for (uint64_t first = 0; first * kStep < (uint64_t{1} << 32); first += kChunk) {
      for (size_t k = 0; k < narrow.size(); ++k) {
        for (int64_t i = 0; i < kChunk; ++i) {
          const float x = OperandAt(k, first + static_cast<uint64_t>(i));
          narrow[k].view().SetF64(i, x);
          wide[k].view().SetF64(i, x);
        }
      }
      tile(inputs.data(), out.buffer.data(), kChunk);
      std::vector<Tensor> expected = Interpreted(exact, wide);
      for (int64_t i = 0; i < kChunk; ++i) {
        const double ulps = Ulps(static_cast<float>(out.view().F64(i)), expected[0].view().F64(i));
        if (ulps <= worst) continue;
        worst = ulps;
        worst_at = static_cast<float>(narrow[0].view().F64(i));
      }
    }
    const double bound = std::max(static_cast<double>(RowOf(c).ulps), kRounded);
    if (bound > kRounded) MESSAGE(c.name << ": " << worst << " ULP at " << worst_at);
    CHECK_MESSAGE(worst <= bound, c.name << ": " << worst << " ULP at " << worst_at);
  }
}

// Of f64 by vectors, beside the C library in long double; Emscripten's computes some of these
// functions in double, so that its errors count as well, and infinities.
#ifdef __EMSCRIPTEN__
constexpr double kUnitsOfF64 = 2.5 + 2, kLeastOfLogistic = -700;
#else
constexpr double kUnitsOfF64 = 2.5, kLeastOfLogistic = -800;
#endif
TEST_CASE("elementwise: functions of f64 are within 2.5 units of the exact values") {
  struct Function {
    const char* name;
    long double (*exact)(long double);
  };
  const Function functions[] = {
      {"stablehlo.exponential", std::exp},
      {"stablehlo.exponential_minus_one", std::expm1},
      {"stablehlo.log", std::log},
      {"stablehlo.log_plus_one", std::log1p},
      {"stablehlo.logistic", [](long double x) { return 1 / (1 + std::exp(-x)); }},
      {"stablehlo.rsqrt", [](long double x) { return 1 / std::sqrt(x); }},
      {"stablehlo.tanh", std::tanh},
  };
  Random random(8);
  for (const Function& function : functions) {
    const TensorType type(ElementType::kF64, {kChunk});
    const TestGraph test = OneOp(function.name, {type}, type);
    const TileFunction tile = test.op().node().op->elementwise->tile(test.op());
    Tensor in(type), out(type);
    double worst = 0, worst_at = 0;
    for (int round = 0; round < (kSanitized ? 10 : 400); ++round) {
      random.Fill(in);
      const void* input = in.buffer.data();
      tile(&input, out.buffer.data(), kChunk);
      for (int64_t i = 0; i < kChunk; ++i) {
        const double x = in.view().F64(i), y = out.view().F64(i);
        if (x < kLeastOfLogistic && function.name == std::string_view("stablehlo.logistic"))
          continue;
        const long double exact = function.exact(x);
        const double rounded = static_cast<double>(exact);
        if (std::isnan(rounded) || std::isinf(rounded) || rounded == 0) {
          const bool same = std::isnan(rounded)
                                ? std::isnan(y)
                                : y == rounded && std::signbit(y) == std::signbit(rounded);
          CHECK_MESSAGE(same, std::string(function.name) << " of " << x << " is " << y);
          continue;
        }
        const long double unit = std::ldexp(1.0L, std::max(std::ilogb(rounded), -1022) - 52);
        const double ulps = static_cast<double>(std::fabs(y - exact) / unit);
        if (!(ulps > worst)) continue;
        worst = ulps;
        worst_at = x;
      }
    }
    MESSAGE(std::string(function.name) << " of f64: " << worst << " ULP at " << worst_at);
    CHECK(worst <= kUnitsOfF64);
  }
}

#ifndef __EMSCRIPTEN__
// "| `tanh` | 1.6 | what only people know |": the first two columns are the rows', the others are
// kept.
TEST_CASE("golden: docs/accuracy.md has the bounds of all functions") {
  const Section section("docs/accuracy.md", "<!-- bounds -->\n", "<!-- end -->\n");
  const std::string table(section.text());
  const size_t head = table.find("| `");
  REQUIRE(head != std::string::npos);
  std::map<std::string, std::string> rows;
  for (const Case& c : RealFunctions()) {
    const float ulps = RowOf(c).ulps;
    if (ulps <= 0.5f) continue;
    const std::string short_name = c.name.substr(c.name.find('.') + 1);
    const std::string name = StrCat("| `", short_name, "` |");
    char bound[16];
    std::snprintf(bound, sizeof(bound), " %.4g |", static_cast<double>(ulps));
    std::string rest = "  |  |\n";
    if (const size_t at = table.find(name); at != std::string::npos) {
      const size_t from = table.find('|', at + name.size()) + 1;
      rest = table.substr(from, table.find('\n', from) + 1 - from);
    }
    rows[short_name] = StrCat(name, bound, rest);
  }
  std::string written = table.substr(0, head);
  for (const auto& [short_name, row] : rows) written += row;
  section.Check(written);
}
#endif

}  // namespace
}  // namespace webhlo::elementwise_testing
