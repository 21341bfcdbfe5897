// SPDX-License-Identifier: Apache-2.0
//
// Scales and offsets behind products, folded or not: results against the program as it is written,
// calculated in f64, within the bound that its own rounding has. Constants are often such that a
// careless folding overflows, underflows or loses digits.
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "core/runtime/session.h"

namespace webhlo {
namespace {

using Floats = std::vector<float>;
using Doubles = std::vector<double>;

constexpr double kEpsilon = 0x1p-24;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Step {
  char op;  // * / + - and ~ for constant - value
  Floats constants;
};

// A product with `channels` results, `terms` terms each, at `places` places.
struct Product {
  enum class Kind { kDot, kDotTransposed, kDotWeightsLeft, kConvolution, kDepthwise } kind;
  int64_t places = 0, terms = 0, channels = 0;

  bool IsConvolution() const { return kind == Kind::kConvolution || kind == Kind::kDepthwise; }
  bool ChannelsFirst() const { return kind == Kind::kDotWeightsLeft || IsConvolution(); }
  int64_t num_inputs() const { return places * terms * (kind == Kind::kDepthwise ? channels : 1); }
  int64_t num_outputs() const { return places * channels; }
  // Where the operands and the result of one place and channel are. Convolutions have one window a
  // place: 1 x terms, as the whole of an input channel's row.
  int64_t input(int64_t p, int64_t c, int64_t k) const {
    switch (kind) {
      case Kind::kDotWeightsLeft:
        return k * places + p;
      case Kind::kDepthwise:
        return c * places * terms + p * terms + k;
      default:
        return p * terms + k;
    }
  }
  int64_t weight(int64_t c, int64_t k) const {
    return kind == Kind::kDot ? k * channels + c : c * terms + k;
  }
  int64_t output(int64_t p, int64_t c) const {
    return ChannelsFirst() ? c * places + p : p * channels + c;
  }
  std::string InputType() const {
    switch (kind) {
      case Kind::kDotWeightsLeft:
        return StrCat("tensor<", terms, "x", places, "xf32>");
      case Kind::kConvolution:
        return StrCat("tensor<1x1x", places, "x", terms, "xf32>");
      case Kind::kDepthwise:
        return StrCat("tensor<1x", channels, "x", places, "x", terms, "xf32>");
      default:
        return StrCat("tensor<", places, "x", terms, "xf32>");
    }
  }
  std::vector<int64_t> WeightDims() const {
    if (IsConvolution()) return {channels, 1, 1, terms};
    if (kind == Kind::kDot) return {terms, channels};
    return {channels, terms};
  }
  std::string OutputType() const {
    if (IsConvolution()) return StrCat("tensor<1x", channels, "x", places, "x1xf32>");
    return ChannelsFirst() ? StrCat("tensor<", channels, "x", places, "xf32>")
                           : StrCat("tensor<", places, "x", channels, "xf32>");
  }
  int channel_dimension() const { return IsConvolution() ? 1 : ChannelsFirst() ? 0 : 1; }
  std::string Text() const {
    const std::string weights = StrCat("tensor<", Join(WeightDims(), "x"), "xf32>");
    switch (kind) {
      case Kind::kDot:
        return StrCat("stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (", InputType(),
                      ", ", weights, ") -> ", OutputType());
      case Kind::kDotTransposed:
        return StrCat("stablehlo.dot_general %x, %w, contracting_dims = [1] x [1] : (", InputType(),
                      ", ", weights, ") -> ", OutputType());
      case Kind::kDotWeightsLeft:
        return StrCat("stablehlo.dot_general %w, %x, contracting_dims = [1] x [0] : (", weights,
                      ", ", InputType(), ") -> ", OutputType());
      default:
        return StrCat(
            "stablehlo.convolution(%x, %w) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], "
            "window = {} {batch_group_count = 1 : i64, feature_group_count = ",
            kind == Kind::kDepthwise ? channels : 1, " : i64} : (", InputType(), ", ", weights,
            ") -> ", OutputType());
    }
  }
};

struct Chain {
  Product product;
  std::vector<Step> steps;
  bool relu6 = false;

  std::string Text() const {
    const std::string type = product.OutputType();
    std::string out = StrCat("func.func @main(%x: ", product.InputType(), ", %w: tensor<",
                             Join(product.WeightDims(), "x"), "xf32> loc(\"params['w']\")");
    for (size_t i = 0; i < steps.size(); ++i) {
      StrAppend(&out, ", %v", i, ": tensor<", product.channels, "xf32> loc(\"params['v", i,
                "']\")");
    }
    StrAppend(&out, ") -> ", type, " {\n  %y0 = ", product.Text(), "\n");
    for (size_t i = 0; i < steps.size(); ++i) {
      StrAppend(&out, "  %b", i, " = stablehlo.broadcast_in_dim %v", i, ", dims = [",
                product.channel_dimension(), "] : (tensor<", product.channels, "xf32>) -> ", type,
                "\n");
      const char op = steps[i].op;
      StrAppend(&out, "  %y", i + 1, " = stablehlo.",
                op == '*'   ? "multiply"
                : op == '/' ? "divide"
                : op == '+' ? "add"
                            : "subtract",
                op == '~' ? StrCat(" %b", i, ", %y", i) : StrCat(" %y", i, ", %b", i), " : ", type,
                "\n");
    }
    size_t last = steps.size();
    if (relu6) {
      StrAppend(&out, "  %zero = stablehlo.constant dense<0.0> : ", type,
                "\n  %six = stablehlo.constant dense<6.0> : ", type, "\n  %y", last + 1,
                " = stablehlo.clamp %zero, %y", last, ", %six : ", type, "\n");
      ++last;
    }
    StrAppend(&out, "  return %y", last, " : ", type, "\n}\n");
    return out;
  }
};

struct Compiled {
  std::unique_ptr<Session> session;

  Floats Run(const Chain& chain, const Floats& x) {
    std::memcpy(*session->InputPointer(0, 0), x.data(), x.size() * sizeof(float));
    REQUIRE(session->Start(0).ok());
    REQUIRE(session->Advance(-1).ok());
    const auto* y = static_cast<const float*>(session->OutputPointer(0, 0));
    return Floats(y, y + chain.product.num_outputs());
  }
};

void Arrive(Session* session, uint32_t i, const Floats& values) {
  Result<uint8_t*> buffer = session->WeightBuffer(i);
  REQUIRE_MESSAGE(buffer.ok(), buffer.status().ToString());
  std::memcpy(*buffer, values.data(), values.size() * sizeof(float));
  REQUIRE(RunToEnd(session->WeightArrived(i)).ok());
}

Compiled Compile(const Chain& chain, const Floats& weights, int threads = 1) {
  Compiled compiled;
  compiled.session = std::make_unique<Session>(Session::Options{.num_threads = threads});
  Session& session = *compiled.session;
  const std::string text = chain.Text();
  Status status = session.AddProgram(
      "main", std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()), "test.mlir");
  REQUIRE_MESSAGE(status.ok(), status.ToString(), text);
  REQUIRE(
      session.DeclareWeight("w", TensorType(ElementType::kF32, chain.product.WeightDims())).ok());
  for (size_t i = 0; i < chain.steps.size(); ++i) {
    const TensorType vector(ElementType::kF32, {chain.product.channels});
    REQUIRE(session.DeclareWeight(StrCat("v", i), vector).ok());
  }
  status = RunToEnd(session.Bind());
  REQUIRE_MESSAGE(status.ok(), status.ToString(), text);
  // Vectors first: the weights are not waited for with anything else in memory.
  for (size_t i = 0; i < chain.steps.size(); ++i) {
    Arrive(&session, static_cast<uint32_t>(i + 1), chain.steps[i].constants);
  }
  Arrive(&session, 0, weights);
  REQUIRE(session.Finish().ok());
  return compiled;
}

// What the program says of one result: its value, how far rounding may take it, and whether the
// inputs are finite, and all that is calculated stays within 2^+-64.
struct Expected {
  double value = 0, error = 0;
  bool finite = true, moderate = true;
};

bool IsModerate(double x) { return x == 0 || (std::fabs(x) >= 0x1p-64 && std::fabs(x) <= 0x1p64); }

Expected AsWritten(const Chain& chain, const Floats& x, const Floats& w, int64_t p, int64_t c) {
  Expected e;
  double magnitude = 0;
  for (int64_t k = 0; k < chain.product.terms; ++k) {
    const double a = x[chain.product.input(p, c, k)], b = w[chain.product.weight(c, k)];
    e.finite &= std::isfinite(a) && std::isfinite(b);
    e.moderate &= IsModerate(a) && IsModerate(b) && IsModerate(a * b);
    e.value += a * b;
    magnitude += std::fabs(a * b);
  }
  e.error = 4 * std::sqrt(static_cast<double>(chain.product.terms)) * kEpsilon * magnitude;
  e.moderate &= IsModerate(e.value);
  for (const Step& step : chain.steps) {
    const double v = step.constants[c];
    e.finite &= std::isfinite(v);
    e.moderate &= IsModerate(v);
    if (step.op == '*') {
      e.value *= v;
      e.error *= std::fabs(v);
    } else if (step.op == '/') {
      e.value /= v;
      e.error /= std::fabs(v);
    } else {
      e.value = step.op == '~' ? v - e.value : step.op == '+' ? e.value + v : e.value - v;
      // An offset is one more term of the product, as a bias is.
      e.error += 4 * std::sqrt(static_cast<double>(chain.product.terms)) * kEpsilon * std::fabs(v);
    }
    e.error += kEpsilon * (std::fabs(e.value) + e.error);
    e.moderate &= IsModerate(e.value);
  }
  if (chain.relu6 && !std::isnan(e.value)) e.value = std::min(std::max(e.value, 0.0), 6.0);
  return e;
}

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  int64_t Int(int64_t from, int64_t to) {
    return from + static_cast<int64_t>(engine_() % static_cast<uint64_t>(to - from + 1));
  }
  bool OneIn(int64_t n) { return Int(1, n) == 1; }
  float Number() {  // In [1/2, 1), either sign.
    return std::ldexp(1.0f + static_cast<float>(engine_() >> 9) * 0x1p-23f, -1) *
           (OneIn(2) ? 1.0f : -1.0f);
  }
  float Number(int max_exponent) {
    return std::ldexp(Number(), static_cast<int>(Int(-max_exponent, max_exponent)));
  }

 private:
  std::mt19937 engine_;
};

Chain RandomChain(Random& random) {
  Chain chain;
  chain.product.kind = static_cast<Product::Kind>(random.Int(0, 4));
  chain.product.places = random.Int(1, 9);
  chain.product.terms = random.Int(1, 40);
  chain.product.channels = random.Int(1, 24);
  chain.relu6 = random.OneIn(3);
  for (int64_t i = random.Int(1, 4); i > 0; --i) {
    chain.steps.push_back({"*/+-~" [random.Int(0, 4)], {}});
  }
  for (Step& step : chain.steps) {
    for (int64_t c = 0; c < chain.product.channels; ++c) {
      const bool wild = random.OneIn(6);
      step.constants.push_back(random.Number(wild ? 62 : 3));
    }
  }
  // Offsets that cancel, and scales that do.
  if (chain.steps.size() > 1) {
    for (size_t i = 1; i < chain.steps.size(); ++i) {
      for (int64_t c = 0; c < chain.product.channels; ++c) {
        if (random.OneIn(8)) {
          chain.steps[i].constants[c] =
              chain.steps[i - 1].constants[c] * (random.OneIn(2) ? -1 : 1);
        }
      }
    }
  }
  return chain;
}

TEST_CASE("scaled products: what is folded is as exact as what is written") {
  Random random(7);
  int compared = 0, not_finite = 0;
  for (int round = 0; round < 250; ++round) {
    const Chain chain = RandomChain(random);
    INFO(round, "\n", chain.Text());
    const int spread = random.OneIn(3) ? 40 : 2;
    Floats weights(static_cast<size_t>(chain.product.channels * chain.product.terms));
    Floats x(static_cast<size_t>(chain.product.num_inputs()));
    for (float& v : weights) v = random.OneIn(20) ? 0 : random.Number(spread);
    for (float& v : x) v = random.OneIn(20) ? 0 : random.Number(spread);
    for (float& v : x) {
      if (random.OneIn(400)) v = random.OneIn(2) ? kNan : random.OneIn(2) ? kInfinity : -kInfinity;
    }
    const Floats y = Compile(chain, weights, 1 + round % 2).Run(chain, x);
    for (int64_t p = 0; p < chain.product.places; ++p) {
      for (int64_t c = 0; c < chain.product.channels; ++c) {
        const Expected e = AsWritten(chain, x, weights, p, c);
        const float got = y[chain.product.output(p, c)];
        CAPTURE(p);
        CAPTURE(c);
        CAPTURE(e.value);
        CAPTURE(got);
        if (!e.finite) {
          // A bound may make an infinity finite.
          if (!chain.relu6 || std::isnan(e.value)) REQUIRE(!std::isfinite(got));
          ++not_finite;
        } else if (e.moderate) {
          REQUIRE(std::fabs(got - e.value) <= e.error);
          ++compared;
        }
      }
    }
  }
  CHECK(compared > 5000);
  CHECK(not_finite > 100);
}

// The plan of the one program, its steps.
std::string PlanOf(const Compiled& compiled) {
  Result<std::string> plan = compiled.session->Inspect("plan", "main");
  REQUIRE(plan.ok());
  return *plan;
}

TEST_CASE("scaled products: one bad channel of 512 leaves the others as they were folded") {
  for (Product::Kind kind : {Product::Kind::kDot, Product::Kind::kConvolution}) {
    Random random(3);
    Chain chain{.product = {.kind = kind, .places = 5, .terms = 27, .channels = 512},
                .steps = {{'*', {}}, {'+', {}}},
                .relu6 = true};
    Floats weights(512 * 27), x(5 * 27);
    for (float& v : weights) v = random.Number(2);
    for (float& v : x) v = random.Number(2);
    for (int64_t c = 0; c < 512; ++c) {
      chain.steps[0].constants.push_back(random.Number(2));
      chain.steps[1].constants.push_back(random.Number(2));
    }
    const Floats folded = Compile(chain, weights).Run(chain, x);
    // This one overflows: 2^70 * 2^60.
    chain.steps[0].constants[77] = 0x1p70f;
    for (int64_t k = 0; k < 27; ++k) weights[chain.product.weight(77, k)] = k == 3 ? 0x1p60f : 0;
    for (int64_t p = 0; p < 5; ++p) x[chain.product.input(p, 77, 3)] = 0;
    Floats expected = folded;
    {
      Chain good = chain;
      good.steps[0].constants[77] = 1;
      expected = Compile(good, weights).Run(good, x);
    }
    Compiled compiled = Compile(chain, weights, 2);
    const Floats y = compiled.Run(chain, x);
    for (int64_t p = 0; p < 5; ++p) {
      for (int64_t c = 0; c < 512; ++c) {
        const int64_t i = chain.product.output(p, c);
        CAPTURE(c);
        if (c != 77) REQUIRE(std::bit_cast<uint32_t>(y[i]) == std::bit_cast<uint32_t>(expected[i]));
      }
      const float offset = chain.steps[1].constants[77];
      CHECK(y[chain.product.output(p, 77)] == std::min(std::max(offset, 0.0f), 6.0f));
    }
    // Both ways are steps of the plan and write where their users look.
    CHECK(PlanOf(compiled).find("rescale *+ 5x512") != std::string::npos);
    CHECK(PlanOf(compiled).find("copy") == std::string::npos);
  }
}

TEST_CASE("scaled products: y + c - c rounds as it is written") {
  const Chain chain{
      .product = {.kind = Product::Kind::kDot, .places = 1, .terms = 1, .channels = 3},
      .steps = {{'+', {12582912, 1, 0}}, {'-', {12582912, 1, 0}}}};
  Compiled compiled = Compile(chain, {0.7f, 0.7f, 0.7f});
  CHECK(compiled.Run(chain, {2}) == Floats{1, (1.4f + 1) - 1, 1.4f});
}

}  // namespace
}  // namespace webhlo
