// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/top_k.h"

#include <compare>
#include <functional>
#include <numeric>
#include <type_traits>

#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

// Checks a run, whole and piece by piece, against a sort of all by `before`.
template <typename T, typename Before>
void Check(Order order, int64_t rows, int64_t n, int64_t k, const TestBuffer<T>& x, Before before) {
  CAPTURE(sizeof(T));
  CAPTURE(n);
  CAPTURE(k);
  const TopK top_k(sizeof(T), order, rows, n, k);
  TestBuffer<T> input = x, values(rows * k), again(rows * k);
  TestBuffer<int32_t> indices(rows * k), indices_again(rows * k);
  ThreadPool pool(2);
  void* args[] = {input.data(), values.data(), indices.data()};
  top_k.Run(args, {0, top_k.pieces().count()}, pool);
  void* args_again[] = {input.data(), again.data(), indices_again.data()};
  for (size_t i = 0; i < top_k.pieces().count(); ++i) top_k.Run(args_again, {i, i + 1}, pool);
  CHECK((again.SameBits(values) && indices_again.SameBits(indices)));
  CHECK((values.PaddingIntact() && indices.PaddingIntact()));
  TestBuffer<T> best(rows * k);
  TestBuffer<int32_t> order_of_row(n), where(rows * k);
  for (int64_t row = 0; row < rows; ++row) {
    const T* elements = x.data() + row * n;
    int32_t* sorted = order_of_row.data();
    std::iota(sorted, sorted + n, 0);
    std::stable_sort(sorted, sorted + n,
                     [&](int32_t a, int32_t b) { return before(elements[a], elements[b]); });
    for (int64_t j = 0; j < k; ++j) {
      where[row * k + j] = sorted[j];
      best[row * k + j] = elements[sorted[j]];
    }
  }
  CHECK((values.SameBits(best) && indices.SameBits(where)));
}

template <typename T>
void CheckIntegers(TestRandom& random) {
  constexpr Order kOrder = std::is_signed_v<T> ? Order::kSigned : Order::kUnsigned;
  struct Sizes {
    int64_t rows, n, k;
  };
  constexpr Sizes kSizes[] = {{1, 1, 1}, {3, 5, 2}, {2, 100, 100}, {5, 1000, 7}, {2, 70000, 50}};
  for (const auto& [rows, n, k] : kSizes) {
    TestBuffer<T> x(rows * n);
    for (int64_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<T>(static_cast<uint64_t>(random.Int(0, 0xffffffff)) * 0x9e3779b97f4a7c15u);
    }
    Check(kOrder, rows, n, k, x, std::greater<T>());
    for (int64_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(x[i] % 3);
    Check(kOrder, rows, n, k, x, std::greater<T>());
  }
}

TEST_CASE("top_k: integers of every width, many of them equal") {
  TestRandom random(1);
  CheckIntegers<int8_t>(random);
  CheckIntegers<uint8_t>(random);
  CheckIntegers<int16_t>(random);
  CheckIntegers<uint16_t>(random);
  CheckIntegers<int32_t>(random);
  CheckIntegers<uint32_t>(random);
  CheckIntegers<int64_t>(random);
  CheckIntegers<uint64_t>(random);
}

TEST_CASE("top_k: floats are in total order") {
  TestRandom random(2);
  const auto before = [](float a, float b) { return std::strong_order(a, b) > 0; };
  for (const int64_t k : {1, 5, 300}) {
    TestBuffer<float> x = random.Floats(2 * 300);
    x[7] = NAN;
    x[8] = -NAN;
    x[9] = INFINITY;
    x[10] = -INFINITY;
    x[11] = -0.0f;
    x[12] = 0.0f;
    Check(Order::kFloat, 2, 300, k, x, before);
  }
}

TEST_CASE("top_k: long rows in any order, in small pieces") {
  const SmallPieces small(1000);
  const auto before = [](float a, float b) { return a > b; };
  for (const int64_t n : {32000, 32750, 200000}) {
    TestBuffer<float> x(n);
    for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>(i);
    Check(Order::kFloat, 1, n, 40, x, before);
    for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>(-i);
    Check(Order::kFloat, 1, n, 40, x, before);
    for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>(i * 7919 % 10007);
    Check(Order::kFloat, 1, n, n / 2, x, before);
    Check(Order::kFloat, 1, n, n, x, before);
  }
}

}  // namespace
}  // namespace webhlo
