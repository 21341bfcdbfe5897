// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/panels.h"

#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

TEST_CASE("panels: packing and products row by row, for every width") {
  TestRandom random(1);
  ThreadPool pool(2);
  for (int round = 0; round < 60; ++round) {
    PanelShape shape;
    shape.k = random.Int(1, 40);
    shape.n = random.Int(1, 40);
    shape.width = int64_t{4} << random.Int(0, 2);
    const TestBuffer<float> weights = random.Floats(shape.k * shape.n);
    const TestBuffer<float> bias = random.Floats(shape.n);
    const int64_t m = random.Int(1, 3);
    const TestBuffer<float> x = random.Floats(m * shape.k);
    TestBuffer<float> transposed(shape.k * shape.n);
    for (int64_t k = 0; k < shape.k; ++k) {
      for (int64_t n = 0; n < shape.n; ++n) transposed[n * shape.k + k] = weights[k * shape.n + n];
    }
    TestBuffer<float> a(shape.floats()), b(shape.floats()), y(m * shape.n);
    PackPanels(shape, weights.data(), false, bias.data(), 0, shape.count(), a.data());
    PackPanels(shape, transposed.data(), true, bias.data(), 0, shape.count(), b.data());
    CHECK(a.SameBits(b));
    CHECK((a.PaddingIntact() && b.PaddingIntact()));
    if (shape.width == 4) continue;  // Only convolutions of four channels or fewer have such.
    const SmallPieces small(500);
    const RowsByPanels product(shape, m, -1.0f, 1.0f);
    TestBuffer<float> again = y;
    for (size_t i = 0; i < product.pieces().count(); ++i) {
      product.Run(x.data(), a.data(), again.data(), {i, i + 1}, pool);
    }
    product.Run(x.data(), a.data(), y.data(), {0, product.pieces().count()}, pool);
    CHECK(again.SameBits(y));
    CHECK(y.PaddingIntact());
    for (int64_t i = 0; i < m * shape.n; ++i) {
      double sum = bias[i % shape.n];
      for (int64_t k = 0; k < shape.k; ++k) {
        sum += double{x[i / shape.n * shape.k + k]} * weights[k * shape.n + i % shape.n];
      }
      REQUIRE(std::abs(y[i] - std::clamp(sum, -1.0, 1.0)) < 1e-5);
    }
  }
}

TEST_CASE("panels: NaN passes the clamp") {
  ThreadPool pool(1);
  const PanelShape shape = {.k = 1, .n = 1, .width = 8};
  TestBuffer<float> panels(shape.floats());
  const float one = 1, nan = NAN;
  PackPanels(shape, &one, false, nullptr, 0, 1, panels.data());
  float y = 0;
  RowsByPanels(shape, 1, 0, 6).Run(&nan, panels.data(), &y, {0, 1}, pool);
  CHECK(std::isnan(y));
}

}  // namespace
}  // namespace webhlo
