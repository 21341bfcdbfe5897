// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/compact.h"

#include "core/kernels/float_convert.h"
#include "core/kernels/matmul/panels.h"
#include "core/kernels/matmul/sizes.h"
#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

constexpr Precision kAll[] = {Precision::kBf16, Precision::kF16, Precision::kInt8,
                              Precision::kInt4};
constexpr int64_t kWidth = CompactShape::kWidth, kGroup = CompactShape::kGroup;

// What the formats say, weight by weight: [k, n] as it is once it was stored.
std::vector<float> Rounded(Precision precision, int64_t k, int64_t n, const float* weights) {
  std::vector<float> rounded(static_cast<size_t>(k * n));
  for (int64_t c = 0; c < n; ++c) {
    for (int64_t first = 0; first < k; first += kGroup) {
      const int64_t last = std::min(k, first + kGroup);
      float extreme = 0;
      for (int64_t i = first; i < last; ++i) {
        const float w = weights[i * n + c];
        if (std::abs(w) > std::abs(extreme)) extreme = w;
      }
      const bool is_int8 = precision == Precision::kInt8;
      const float exact = is_int8 ? std::abs(extreme) / 127 : extreme / -8;
      const float scale = Bfloat16ToFloat(
          FloatToBfloat16(std::copysign(std::max(std::abs(exact), 0x1p-126f), exact)));
      for (int64_t i = first; i < last; ++i) {
        const float w = weights[i * n + c];
        float& to = rounded[static_cast<size_t>(i * n + c)];
        if (precision == Precision::kBf16) {
          to = Bfloat16ToFloat(FloatToBfloat16(w));
        } else if (precision == Precision::kF16) {
          to = HalfToFloat(FloatToHalf(w));
        } else {
          const float q = std::nearbyint(w * (1 / scale));
          to = (is_int8 ? q : std::min(q, 7.0f)) * scale;
        }
      }
    }
  }
  return rounded;
}

// Random, in columns and groups of very different size, some of them 0.
TestBuffer<float> Weights(TestRandom& random, int64_t k, int64_t n) {
  TestBuffer<float> weights = random.Floats(k * n);
  for (int64_t c = 0; c < n; ++c) {
    for (int64_t i = 0; i < k; ++i) {
      const int64_t kind = (c * 7 + i / kGroup) % 9;
      weights[i * n + c] *= kind == 0 ? 0 : kind == 1 ? 1e-6f : kind == 2 ? 1e3f : 1.0f;
    }
  }
  return weights;
}

ChosenKernel Chosen(const FullyConnectedSizes& sizes, Precision precision, int threads = 1) {
  std::optional<KernelChoice> choice = ProposeCompact(sizes, precision, threads);
  if (!choice) return {};
  return {*choice, MakeCompact(sizes, *choice)};
}

TEST_CASE("compact panels: decoded they are the rounded weights, and encode to the same bits") {
  TestRandom random(1);
  for (Precision precision : kAll) {
    CAPTURE(NameOf(precision));
    for (int round = 0; round < 40; ++round) {
      const CompactShape shape = {precision, random.Int(1, 100), random.Int(1, 17)};
      const PanelShape panels = {shape.k, shape.n, kWidth};
      const TestBuffer<float> weights = Weights(random, shape.k, shape.n);
      const TestBuffer<float> bias = random.Floats(shape.n);
      TestBuffer<float> packed(panels.floats()), decoded(panels.floats());
      PackPanels(panels, weights.data(), false, bias.data(), 0, panels.count(), packed.data());
      TestBuffer<uint8_t> bytes(shape.bytes()), again(shape.bytes());
      for (int64_t i = 0; i < shape.count(); ++i) {
        float* const floats = decoded.data() + i * panels.panel_floats();
        uint8_t* const to = bytes.data() + i * shape.panel_bytes();
        REQUIRE(EncodePanel(shape, packed.data() + i * panels.panel_floats(), to));
        DecodePanel(shape, to, floats);
        REQUIRE(EncodePanel(shape, floats, again.data() + i * shape.panel_bytes()));
      }
      CHECK((bytes.PaddingIntact() && decoded.PaddingIntact()));
      CHECK(again.SameBits(bytes));
      TestBuffer<float> unpacked(shape.k * shape.n), unpacked_bias(shape.n);
      UnpackPanels(panels, decoded.data(), false, 0, panels.count(), unpacked.data(),
                   unpacked_bias.data());
      CHECK(unpacked_bias.SameBits(bias));
      const std::vector<float> expected = Rounded(precision, shape.k, shape.n, weights.data());
      for (int64_t i = 0; i < shape.k * shape.n; ++i) {
        REQUIRE(unpacked[i] == expected[static_cast<size_t>(i)]);
      }
    }
  }
}

TEST_CASE("compact panels: no weight is too small, and what is too large is refused") {
  for (Precision precision : kAll) {
    CAPTURE(NameOf(precision));
    const CompactShape shape = {precision, 33, 16};
    std::vector<float> panel(34 * kWidth, 0.0f), back(panel.size());
    std::vector<uint8_t> bytes(static_cast<size_t>(shape.bytes()));
    for (float weight : {0.0f, 1e-45f, 1e-38f, -3e-39f}) {
      panel[40 * 3] = weight;
      REQUIRE(EncodePanel(shape, panel.data(), bytes.data()));
      DecodePanel(shape, bytes.data(), back.data());
      CHECK(std::abs(back[40 * 3] - weight) <= 0x1p-126f);
    }
    for (float weight : {INFINITY, -INFINITY, NAN, -NAN, 1e30f, -1e30f}) {
      panel[33 * kWidth + 5] = weight;
      CHECK_FALSE(EncodePanel(shape, panel.data(), bytes.data()));
    }
    panel[33 * kWidth + 5] = 65520;
    CHECK(EncodePanel(shape, panel.data(), bytes.data()) == (precision != Precision::kF16));
  }
}

// How far a product may be from that of the same weights in exact arithmetic: what the integers
// that stand for x are off, and the roundings of f32.
double Bound(Precision precision, const float* x, const float* rounded, int64_t k, int64_t n,
             int64_t column, bool few_rows) {
  double bound = 1e-30, terms = 0;
  for (int64_t first = 0; first < k; first += kGroup) {
    const int64_t last = std::min(k, first + kGroup);
    double largest = 0, weights = 0;
    for (int64_t i = first; i < last; ++i) {
      const double w = std::abs(rounded[i * n + column]);
      largest = std::max<double>(largest, std::abs(x[i]));
      weights += w;
      terms += w * std::abs(x[i]);
    }
    const double levels = precision == Precision::kInt8   ? 32767
                          : precision == Precision::kInt4 ? 127
                                                          : INFINITY;
    if (few_rows) bound += 0.501 * largest / levels * weights;
  }
  return bound + 4 * std::sqrt(static_cast<double>(k) + 1) * 0x1p-24 * (terms + 1);
}

TEST_CASE("compact panels: products of few and many rows, with tails of every length") {
  TestRandom random(2);
  for (int round = 0; round < 120; ++round) {
    const Precision precision = kAll[round % 4];
    FullyConnectedSizes s;
    s.m = round % 3 == 0 ? random.Int(5, 40) : random.Int(1, 4);
    s.n = 16 + round % 18 + 16 * random.Int(0, 3);
    s.k = random.Int(4096 / s.n + 1, 300);
    s.transposed_weights = random.Int(0, 1) == 1;
    s.has_bias = random.Int(0, 1) == 1;
    s.clamp = random.Int(0, 1) == 1 ? ClampRange{-1, 1} : ClampRange();
    CAPTURE(NameOf(precision));
    const TestBuffer<float> weights = Weights(random, s.k, s.n), bias = random.Floats(s.n);
    TestBuffer<float> transposed(s.k * s.n), x = random.Floats(s.m * s.k), y(s.m * s.n);
    for (int64_t i = 0; i < s.k * s.n; ++i) {
      transposed[i % s.n * s.k + i / s.n] = weights[i];
    }
    // A row of zeros, and one that is large in one place.
    if (s.m > 1) std::fill_n(x.data(), s.k, 0.0f);
    x[x.size() - 1] *= 300;
    const int threads = round % 2 == 0 ? 1 : 3;
    ThreadPool pool(threads);
    const SmallPieces small(threads == 1 ? 5000 : 100000);
    const ChosenKernel chosen = Must(Chosen(s, precision, threads));
    std::vector<const void*> operands = {x.data(),
                                         s.transposed_weights ? transposed.data() : weights.data()};
    if (s.has_bias) operands.push_back(bias.data());
    RunKernel(chosen, operands, y, pool);
    const std::vector<float> rounded = Rounded(precision, s.k, s.n, weights.data());
    for (int64_t i = 0; i < s.m * s.n; ++i) {
      const int64_t row = i / s.n, column = i % s.n;
      double sum = s.has_bias ? bias[column] : 0;
      for (int64_t k = 0; k < s.k; ++k) {
        sum += double{x[row * s.k + k]} * rounded[static_cast<size_t>(k * s.n + column)];
      }
      const double expected = std::clamp(sum, double{s.clamp.min}, double{s.clamp.max});
      const double bound =
          Bound(precision, x.data() + row * s.k, rounded.data(), s.k, s.n, column, s.m <= 4);
      REQUIRE(std::abs(y[i] - expected) <= bound);
    }
  }
}

TEST_CASE("compact panels: what is not finite gives what it gives in f32") {
  TestRandom random(3);
  ThreadPool pool(1);
  for (Precision precision : kAll) {
    CAPTURE(NameOf(precision));
    for (int64_t m : {1, 4, 7}) {
      const FullyConnectedSizes s = {.m = m, .k = 100, .n = 50};
      const TestBuffer<float> good = Weights(random, s.k, s.n);
      const std::vector<float> rounded = Rounded(precision, s.k, s.n, good.data());
      for (float bad : {INFINITY, -INFINITY, NAN}) {
        for (bool in_weights : {false, true}) {
          TestBuffer<float> weights = good, x = random.Floats(s.m * s.k), y(s.m * s.n);
          const int64_t at = random.Int(0, s.k - 1), column = random.Int(0, s.n - 1);
          (in_weights ? weights[at * s.n + column] : x[(m - 1) * s.k + at]) = bad;
          RunKernel(Must(Chosen(s, precision)), {x.data(), weights.data()}, y, pool);
          for (int64_t i = 0; i < s.m * s.n; ++i) {
            double sum = 0;
            for (int64_t k = 0; k < s.k; ++k) {
              // The panel with such a weight stays as written, all of it.
              const int64_t w = k * s.n + i % s.n;
              sum +=
                  double{x[i / s.n * s.k + k]} * (in_weights && i % s.n / kWidth == column / kWidth
                                                      ? weights[w]
                                                      : rounded[static_cast<size_t>(w)]);
            }
            if (std::isnan(sum)) {
              REQUIRE(std::isnan(y[i]));
            } else if (std::isinf(sum)) {
              REQUIRE(y[i] == sum);
            } else {
              const double bound = Bound(precision, x.data() + i / s.n * s.k, rounded.data(), s.k,
                                         s.n, i % s.n, m <= 4);
              REQUIRE(std::abs(y[i] - sum) <= bound);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("compact panels: rows of any size, as large and as small as f32 has them") {
  ThreadPool pool(1);
  for (Precision precision : kAll) {
    CAPTURE(NameOf(precision));
    const FullyConnectedSizes s = {.m = 1, .k = 128, .n = 32};
    TestBuffer<float> weights(s.k * s.n), x(s.k), y(s.n);
    for (int64_t i = 0; i < weights.size(); ++i) weights[i] = i / s.n % 2 == 0 ? 0.5f : -0.25f;
    const ChosenKernel chosen = Must(Chosen(s, precision));
    for (float size : {1e-37f, 1e-30f, 1e-10f, 1.0f, 1e10f, 1e30f, 1e36f}) {
      for (int64_t i = 0; i < s.k; ++i) x[i] = size;
      RunKernel(chosen, {x.data(), weights.data()}, y, pool);
      for (int64_t i = 0; i < s.n; ++i) {
        REQUIRE(y[i] == doctest::Approx(double{size} * 16).epsilon(1e-2));
      }
    }
  }
}

TEST_CASE("compact panels: small matrices stay as written, and what is packed stays packed") {
  const FullyConnectedSizes s = {.m = 1, .k = 256, .n = 16};
  CHECK(ProposeCompact(s, Precision::kInt8, 1));
  CHECK_FALSE(ProposeCompact(s, Precision::kF32, 1));
  FullyConnectedSizes small = s;
  small.k = 255;
  CHECK_FALSE(ProposeCompact(small, Precision::kInt8, 1));
  const FullyConnectedSizes narrow = {.m = 1, .k = 4096, .n = 15};
  CHECK_FALSE(ProposeCompact(narrow, Precision::kInt4, 1));
  TestRandom random(4);
  const TestBuffer<float> weights = random.Floats(s.k * s.n);
  const ChosenKernel chosen = Must(Chosen(s, Precision::kInt4));
  const auto packed = PackFor(*chosen.kernel, {nullptr, weights.data()});
  TestBuffer<float> again(weights.size());
  void* const operands[] = {nullptr, again.data()};
  CHECK(chosen.kernel->Unpack(*packed, operands, {0, 1}).code() == StatusCode::kUnsupported);
  CHECK(packed->ByteSize() < 0.15 * 4 * static_cast<double>(weights.size()));
}

}  // namespace
}  // namespace webhlo
