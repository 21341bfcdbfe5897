// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/softmax.h"

#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

// In one call, and once more piece by piece, which must give the same bits.
void Run(int64_t rows, int64_t n, const TestBuffer<float>& x, TestBuffer<float>* y,
         ThreadPool& pool) {
  const Softmax softmax(rows, n);
  TestBuffer<float> input = x, again(rows * n);
  TestBuffer<uint8_t> scratch(static_cast<int64_t>(softmax.scratch_bytes()));
  void* args[] = {input.data(), y->data(), scratch.data()};
  softmax.Run(args, {0, softmax.pieces().count()}, pool);
  args[1] = again.data();
  for (size_t i = 0; i < softmax.pieces().count(); ++i) softmax.Run(args, {i, i + 1}, pool);
  CHECK(again.SameBits(*y));
  CHECK((y->PaddingIntact() && scratch.PaddingIntact()));
}

TEST_CASE("softmax: random rows of every length, in place too") {
  TestRandom random(1);
  for (int64_t n = 1; n < 71; ++n) {
    const SmallPieces small(1000);
    const bool is_long = n == 70;  // Worked on in parts.
    const int64_t rows = is_long ? 2 : random.Int(1, 40);
    if (is_long) n = 300007;
    TestBuffer<float> x = random.Floats(rows * n);
    for (int64_t i = 0; i < x.size(); ++i) x[i] *= n % 3 == 0 ? 100.0f : 4.0f;
    if (n > 3) x[random.Int(0, n - 1)] = -INFINITY;
    TestBuffer<float> y(rows * n);
    ThreadPool pool(static_cast<int>(random.Int(1, 3)));
    Run(rows, n, x, &y, pool);
    for (int64_t r = 0; r < rows; ++r) {
      double max = -INFINITY, sum = 0;
      for (int64_t i = 0; i < n; ++i) max = std::max<double>(max, x[r * n + i]);
      for (int64_t i = 0; i < n; ++i) sum += std::exp(x[r * n + i] - max);
      for (int64_t i = 0; i < n; ++i) {
        const double distance =
            x[r * n + i] - max;  // Its rounding is the error of the exponential.
        const double expected = std::exp(distance) / sum;
        const double bound = expected == 0 ? 0 : (1e-6 - distance * 0x1p-23) * expected;
        REQUIRE(std::abs(y[r * n + i] - expected) <= bound + 1e-37);
      }
    }
    const Softmax softmax(rows, n);
    TestBuffer<uint8_t> scratch(static_cast<int64_t>(softmax.scratch_bytes()));
    void* args[] = {x.data(), x.data(), scratch.data()};
    softmax.Run(args, {0, softmax.pieces().count()}, pool);
    CHECK(x.SameBits(y));
  }
}

TEST_CASE("softmax: NaN stays in its row, +infinity and all -infinity give NaN") {
  ThreadPool pool(1);
  for (int64_t n : {3, 4, 21}) {
    TestBuffer<float> x(4 * n), y(4 * n);
    for (int64_t i = 0; i < 4 * n; ++i) x[i] = i / n == 3 ? -INFINITY : 1.0f;
    x[n - 1] = NAN;
    x[n] = INFINITY;
    Run(4, n, x, &y, pool);
    for (int64_t i = 0; i < n; ++i) {
      CHECK(std::isnan(y[i]));
      CHECK(std::isnan(y[n + i]));
      CHECK(y[2 * n + i] == doctest::Approx(1.0 / static_cast<double>(n)));
      CHECK(std::isnan(y[3 * n + i]));
    }
  }
}

}  // namespace
}  // namespace webhlo
