// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/pool2d.h"

#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

TEST_CASE("pools: random windows, strides, dilations, paddings, channels, NaN") {
  TestRandom random(1);
  for (int round = 0; round < 200; ++round) {
    Pool2dSizes s;
    s.batch = random.Int(1, 2);
    s.height = random.Int(1, 9);
    s.width = random.Int(1, 9);
    s.channels = random.Int(1, 40);
    s.window_height = random.Int(1, 4);
    s.window_width = random.Int(1, 4);
    s.stride_height = random.Int(1, 3);
    s.stride_width = random.Int(1, 3);
    s.dilation_height = random.Int(1, 2);
    s.dilation_width = random.Int(1, 2);
    s.pad_top = random.Int(-1, 5);
    s.pad_left = random.Int(-1, 5);
    s.output_height = random.Int(1, 6);
    s.output_width = random.Int(1, 6);
    TestBuffer<float> x = random.Floats(s.batch * s.height * s.width * s.channels);
    if (round % 4 == 0) x[random.Int(0, x.size() - 1)] = NAN;
    TestBuffer<float> max(s.batch * s.output_height * s.output_width * s.channels), sum = max;
    ThreadPool pool(static_cast<int>(random.Int(1, 3)));
    const SmallPieces small(round % 2 == 0 ? 100 : 2000);
    const auto run = [&](Pool2d::Op op, TestBuffer<float>* y) {
      const Pool2d kernel(op, s);
      TestBuffer<float> input = x, again(y->size());
      void* args[] = {input.data(), y->data()};
      kernel.Run(args, {0, kernel.pieces().count()}, pool);
      args[1] = again.data();
      for (size_t i = 0; i < kernel.pieces().count(); ++i) kernel.Run(args, {i, i + 1}, pool);
      CHECK(again.SameBits(*y));
      CHECK(y->PaddingIntact());
    };
    run(Pool2d::Op::kMax, &max);
    run(Pool2d::Op::kSum, &sum);
    int64_t at = 0;
    for (int64_t b = 0; b < s.batch; ++b) {
      for (int64_t oy = 0; oy < s.output_height; ++oy) {
        for (int64_t ox = 0; ox < s.output_width; ++ox) {
          for (int64_t c = 0; c < s.channels; ++c, ++at) {
            float expected_max = -INFINITY;
            double expected_sum = 0;
            for (int64_t y = 0; y < s.window_height; ++y) {
              for (int64_t xx = 0; xx < s.window_width; ++xx) {
                const int64_t iy = oy * s.stride_height + y * s.dilation_height - s.pad_top;
                const int64_t ix = ox * s.stride_width + xx * s.dilation_width - s.pad_left;
                if (iy < 0 || ix < 0 || iy >= s.height || ix >= s.width) continue;
                const float v = x[((b * s.height + iy) * s.width + ix) * s.channels + c];
                expected_sum += v;
                if (std::isnan(v) || v > expected_max) expected_max = v;
                if (std::isnan(expected_max)) expected_max = NAN;
              }
            }
            if (std::isnan(expected_sum)) {
              REQUIRE((std::isnan(max[at]) && std::isnan(sum[at])));
            } else {
              REQUIRE(max[at] == expected_max);
              REQUIRE(std::abs(sum[at] - expected_sum) < 1e-5);
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace webhlo
