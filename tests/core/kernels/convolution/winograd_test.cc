// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/convolution/winograd.h"

#include <cfloat>
#include <vector>

#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

// A convolution, its operands, and what its kernel makes of them.
struct Layer {
  Conv2dSizes sizes;
  TestBuffer<float> x, filter, bias, y;

  Layer(const Conv2dSizes& s, TestRandom& random)
      : sizes(s),
        x(random.Floats(s.batch * s.height * s.width * s.channels)),
        filter(random.Floats(s.output_channels * 9 * s.channels)),
        bias(random.Floats(s.output_channels)),
        y(s.batch * s.output_height() * s.output_width() * s.output_channels) {}

  void Run(int threads = 1) {
    std::optional<KernelChoice> choice = ProposeWinograd(sizes);
    REQUIRE(choice);
    const ChosenKernel chosen = {*choice, MakeWinograd(sizes)};
    ThreadPool pool(threads);
    std::vector<const void*> operands = {x.data(), filter.data()};
    if (sizes.has_bias) operands.push_back(bias.data());
    RunKernel(chosen, operands, y, pool);
    CheckUnpacks(*chosen.kernel, filter, sizes.has_bias ? &bias : nullptr);
  }

  struct Exact {
    double sum;    // As the definition says.
    double bound;  // Of how far off the kernel may be.
  };
  Exact At(int64_t b, int64_t oy, int64_t ox, int64_t o) const {
    const Conv2dSizes& s = sizes;
    const auto pixel = [&](int64_t iy, int64_t ix, int64_t c) -> double {
      if (iy < 0 || ix < 0 || iy >= s.height || ix >= s.width) return 0;
      return x[((b * s.height + iy) * s.width + ix) * s.channels + c];
    };
    double sum = s.has_bias ? bias[o] : 0, magnitude = std::abs(sum);
    for (int64_t c = 0; c < s.channels; ++c) {
      double largest = 0, weights = 0;
      for (int64_t i = oy / 4 * 4; i < oy / 4 * 4 + 6; ++i) {
        for (int64_t j = ox / 4 * 4; j < ox / 4 * 4 + 6; ++j) {
          largest = std::max(largest, std::abs(pixel(i - s.pad_top, j - s.pad_left, c)));
        }
      }
      for (int64_t t = 0; t < 9; ++t) {
        const double w = filter[(o * 9 + t) * s.channels + c];
        sum += w * pixel(oy + t / 3 - s.pad_top, ox + t % 3 - s.pad_left, c);
        weights += std::abs(w);
      }
      magnitude += largest * weights;
    }
    return {sum, 4 * std::sqrt(9.0 * static_cast<double>(s.channels)) * 0x1p-24 * magnitude};
  }

  void RunAndCheck(int threads = 1) {
    Run(threads);
    Check();
  }

  // Of every output; what is not finite must not be.
  void Check() const {
    const Conv2dSizes& s = sizes;
    int64_t at = 0;
    for (int64_t b = 0; b < s.batch; ++b) {
      for (int64_t oy = 0; oy < s.output_height(); ++oy) {
        for (int64_t ox = 0; ox < s.output_width(); ++ox) {
          for (int64_t o = 0; o < s.output_channels; ++o, ++at) {
            const Exact exact = At(b, oy, ox, o);
            if (std::isnan(exact.sum)) {
              REQUIRE(std::isnan(y[at]));
              continue;
            }
            const double clamped = std::clamp<double>(exact.sum, s.clamp.min, s.clamp.max);
            if (std::abs(clamped) > FLT_MAX) {
              REQUIRE(static_cast<double>(y[at]) == std::copysign(INFINITY, clamped));
            } else {
              REQUIRE(std::abs(y[at] - clamped) <= exact.bound);
            }
          }
        }
      }
    }
  }
};

Conv2dSizes Square(int64_t size, int64_t channels = 32, int64_t output_channels = 32) {
  return {.height = size,
          .width = size,
          .channels = channels,
          .output_channels = output_channels,
          .filter_height = 3,
          .filter_width = 3,
          .pad_top = 1,
          .pad_bottom = 1,
          .pad_left = 1,
          .pad_right = 1};
}

TEST_CASE("Winograd's convolution: images, paddings and channels of all kinds, within its bound") {
  TestRandom random(1);
  for (int round = 0; round < 40; ++round) {
    Conv2dSizes s = Square(0);
    s.batch = random.Int(1, 3);
    s.height = random.Int(8, 22);
    s.width = random.Int(8, 22);
    s.channels = 4 * random.Int(8, 12);
    s.output_channels = 4 * random.Int(8, 12);
    for (int64_t* pad : {&s.pad_top, &s.pad_bottom, &s.pad_left, &s.pad_right}) {
      *pad = random.Int(-1, 3);
    }
    s.has_bias = random.Int(0, 1) != 0;
    if (random.Int(0, 1) != 0) s.clamp = {-2, 3};
    INFO(Describe(s));
    const SmallPieces small(round % 2 == 0 ? 200 : 50000);
    Layer layer(s, random);
    layer.RunAndCheck(static_cast<int>(random.Int(1, 3)));
  }
}

TEST_CASE("Winograd's convolution: a pixel that is not finite spoils what hangs on it, no more") {
  TestRandom random(2);
  for (const float value : {NAN, INFINITY, -INFINITY, 3e38f, 1e30f, -1e30f}) {
    Layer layer(Square(17), random);
    layer.x[(5 * 17 + 6) * 32 + 7] = value;
    layer.RunAndCheck();
  }
}

TEST_CASE("Winograd's convolution: numbers at the ends of f32's range") {
  TestRandom random(3);
  const std::vector<std::pair<float, float>> scales = {
      {1e30f, 1}, {1, 1e30f}, {1e-30f, 1}, {1, 1e-30f}, {1e18f, 1e18f}, {1e-18f, 1e-18f}};
  for (const auto& [x, filter] : scales) {
    Layer layer(Square(16), random);
    for (int64_t i = 0; i < layer.x.size(); ++i) layer.x[i] *= x;
    for (int64_t i = 0; i < layer.filter.size(); ++i) layer.filter[i] *= filter;
    layer.RunAndCheck();
  }
}

TEST_CASE("Winograd's convolution: a filter that is not finite") {
  TestRandom random(4);
  for (const float value : {NAN, INFINITY}) {
    Layer layer(Square(16), random);
    layer.filter[(3 * 9 + 4) * 32 + 5] = value;
    layer.RunAndCheck();
  }
}

TEST_CASE("Winograd's convolution: nothing but zeros leaves the bias") {
  TestRandom random(5);
  Conv2dSizes s = Square(16);
  s.has_bias = true;
  Layer layer(s, random);
  std::fill_n(layer.x.data(), layer.x.size(), 0.0f);
  layer.Run();
  for (int64_t i = 0; i < layer.y.size(); ++i) REQUIRE(layer.y[i] == layer.bias[i % 32]);
}

TEST_CASE(
    "Winograd's convolution: one channel of the filter too small is computed by the definition") {
  TestRandom random(9);
  const Conv2dSizes s = Square(12);
  Layer layer(s, random);
  for (int64_t i = 0; i < 9 * 32; ++i) layer.filter[6 * 9 * 32 + i] *= 1e-30f;
  layer.Run();
  const std::optional<KernelChoice> choice = ProposeTiledConvolution(s, 1);
  REQUIRE(choice);
  TestBuffer<float> defined(layer.y.size());
  ThreadPool pool(1);
  RunKernel({*choice, MakeTiledConvolution(s, *choice)},
            std::vector<const void*>{layer.x.data(), layer.filter.data()}, defined, pool);
  CHECK(layer.y.SameBits(defined));
}

TEST_CASE("Winograd's convolution is proposed where it is faster") {
  CHECK(ProposeWinograd(Square(56, 64, 64)));
  CHECK(ProposeWinograd(Square(14, 256, 256)));
  CHECK(ProposeWinograd(Square(8, 256, 256)));
  CHECK_FALSE(ProposeWinograd(Square(7, 512, 512)));  // Four tiles, of which each reads 37 MB.
  CHECK(PrefersWinograd(Square(56, 24, 64)));
  CHECK_FALSE(PrefersWinograd(Square(56, 16, 64)));
  CHECK_FALSE(ProposeWinograd(Square(56, 12, 64)));
  CHECK_FALSE(PrefersWinograd(Square(56, 64, 16)));
  CHECK_FALSE(ProposeWinograd(Square(56, 64, 12)));
  CHECK_FALSE(ProposeWinograd(Square(56, 66, 64)));
  Conv2dSizes strided = Square(56, 64, 64);
  strided.stride_height = strided.stride_width = 2;
  CHECK_FALSE(ProposeWinograd(strided));
  Conv2dSizes wide = Square(56, 64, 64);
  wide.filter_width = 5;
  CHECK_FALSE(ProposeWinograd(wide));
}

}  // namespace
}  // namespace webhlo
