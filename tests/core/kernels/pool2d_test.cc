// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/pool2d.h"

#include "core/base/float_math.h"
#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

TEST_CASE("pools: random windows, strides, dilations, paddings, channels, NaN and infinities") {
  TestRandom random(1);
  for (int round = 0; round < 200; ++round) {
    Pool2dSizes s;
    s.batch = random.Int(1, 2);
    s.channels = random.Int(1, 40);
    for (WindowAxis* axis : {&s.rows, &s.columns}) {
      axis->size = random.Int(1, 9);
      axis->windows = random.Int(1, 6);
      axis->window = {.size = random.Int(1, 4),
                      .stride = random.Int(1, 3),
                      .base_dilation = random.Int(0, 1) == 0 ? 1 : random.Int(1, kMaxBaseDilation),
                      .window_dilation = random.Int(1, 4),
                      .padding_low = random.Int(-1, 5)};
    }
    TestBuffer<float> x = random.Floats(s.batch * s.rows.size * s.columns.size * s.channels);
    if (round % 4 == 0) x[random.Int(0, x.size() - 1)] = NAN;
    if (round % 8 == 2) {
      for (int i = 0; i < 9; ++i)
        x[random.Int(0, x.size() - 1)] = i % 2 == 0 ? INFINITY : -INFINITY;
    }
    if (round % 4 == 1) {
      for (int64_t i = 0; i < x.size(); ++i) x[i] = random.Int(0, 2) == 0 ? 0.0f : -0.0f;
    }
    TestBuffer<float> max(s.batch * s.rows.windows * s.columns.windows * s.channels), sum = max;
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
      for (int64_t oy = 0; oy < s.rows.windows; ++oy) {
        for (int64_t ox = 0; ox < s.columns.windows; ++ox) {
          for (int64_t c = 0; c < s.channels; ++c, ++at) {
            float expected_max = -INFINITY;
            double expected_sum = 0;
            for (int64_t y = 0; y < s.rows.window.size; ++y) {
              for (int64_t xx = 0; xx < s.columns.window.size; ++xx) {
                const int64_t iy = s.rows.Element(oy, y), ix = s.columns.Element(ox, xx);
                if (iy < 0 || ix < 0) continue;
                const float v = x[((b * s.rows.size + iy) * s.columns.size + ix) * s.channels + c];
                expected_sum += v;
                expected_max = NanMaximum(expected_max, v);
              }
            }
            if (std::isnan(expected_max)) {
              REQUIRE(std::isnan(max[at]));
            } else {
              REQUIRE(max[at] == expected_max);
              REQUIRE(std::signbit(max[at]) == std::signbit(expected_max));
            }
            if (std::isfinite(expected_sum)) {
              REQUIRE(std::abs(sum[at] - expected_sum) < 1e-5);
            } else {
              REQUIRE(std::isnan(sum[at]) == std::isnan(expected_sum));
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace webhlo
