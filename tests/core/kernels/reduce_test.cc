// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/reduce.h"

#include <algorithm>
#include <complex>
#include <functional>
#include <limits>
#include <numeric>

#include "core/graph/tensor.h"
#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

constexpr Reduction kAllOps[] = {Reduction::kAdd,     Reduction::kMultiply, Reduction::kMaximum,
                                 Reduction::kMinimum, Reduction::kAnd,      Reduction::kOr};

int64_t Count(const std::vector<int64_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>());
}

// Where each element goes.
std::vector<int64_t> Targets(const std::vector<int64_t>& sizes, const std::vector<int64_t>& reduced,
                             int64_t* results) {
  std::vector<int64_t> kept;
  for (size_t d = 0; d < sizes.size(); ++d) {
    if (std::find(reduced.begin(), reduced.end(), static_cast<int64_t>(d)) == reduced.end()) {
      kept.push_back(static_cast<int64_t>(d));
    }
  }
  *results = 1;
  for (int64_t d : kept) *results *= sizes[static_cast<size_t>(d)];
  std::vector<int64_t> targets;
  for (IndexIterator it(sizes); !it.done(); it.Next()) {
    int64_t target = 0;
    for (int64_t d : kept) {
      target = target * sizes[static_cast<size_t>(d)] + it.index()[static_cast<size_t>(d)];
    }
    targets.push_back(target);
  }
  return targets;
}

template <typename T>
TestBuffer<T> Reduce(Reduction op, ElementType type, const std::vector<int64_t>& sizes,
                     const std::vector<int64_t>& reduced, const TestBuffer<T>& input, T init,
                     int64_t results, ThreadPool& pool) {
  auto reduction = TensorReduction::Create(op, type, sizes, reduced);
  REQUIRE(reduction != nullptr);
  TestBuffer<T> output(results);
  TestBuffer<uint8_t> scratch(static_cast<int64_t>(reduction->scratch_bytes()));
  const size_t pieces = reduction->pieces().count();
  reduction->Run(input.data(), &init, output.data(), scratch.data(), {0, pieces}, pool);
  CHECK((output.PaddingIntact() && scratch.PaddingIntact()));
  // The same bits piece by piece.
  TestBuffer<T> again(results);
  for (size_t i = 0; i < pieces; ++i) {
    reduction->Run(input.data(), &init, again.data(), scratch.data(), {i, i + 1}, pool);
  }
  CHECK(again.SameBits(output));
  return output;
}

std::vector<int64_t> RandomSizes(TestRandom& random, std::vector<int64_t>* reduced) {
  std::vector<int64_t> sizes(static_cast<size_t>(random.Int(0, 5)));
  for (size_t d = 0; d < sizes.size(); ++d) {
    sizes[d] = random.Int(0, 30) == 0 ? 0 : random.Int(1, sizes.size() < 3 ? 150 : 9);
    if (random.Int(0, 1) != 0) reduced->push_back(static_cast<int64_t>(d));
  }
  return sizes;
}

template <typename T>
void CheckIntegers(ElementType type, T from, T to) {
  TestRandom random(static_cast<uint32_t>(type));
  ThreadPool pool(2);
  for (int round = 0; round < 60; ++round) {
    const SmallPieces small(round % 2 == 0 ? 100 : 5000);
    const Reduction op = kAllOps[round % 6];
    std::vector<int64_t> reduced;
    const std::vector<int64_t> sizes = RandomSizes(random, &reduced);
    int64_t results = 0;
    const std::vector<int64_t> targets = Targets(sizes, reduced, &results);
    TestBuffer<T> input(Count(sizes));
    for (int64_t i = 0; i < input.size(); ++i) input[i] = static_cast<T>(random.Int(from, to));
    const T init = static_cast<T>(random.Int(from, to));
    const TestBuffer<T> output = Reduce(op, type, sizes, reduced, input, init, results, pool);
    std::vector<T> expected(static_cast<size_t>(results), init);
    for (int64_t i = 0; i < input.size(); ++i) {
      T& e = expected[static_cast<size_t>(targets[static_cast<size_t>(i)])];
      const uint64_t a = static_cast<uint64_t>(e), b = static_cast<uint64_t>(input[i]);
      switch (op) {
        case Reduction::kAdd:
          e = type == ElementType::kI1 ? (a | b) : static_cast<T>(a + b);
          break;
        case Reduction::kMultiply:
          e = static_cast<T>(a * b);
          break;
        case Reduction::kMaximum:
          e = std::max(e, input[i]);
          break;
        case Reduction::kMinimum:
          e = std::min(e, input[i]);
          break;
        case Reduction::kAnd:
          e = static_cast<T>(a & b);
          break;
        case Reduction::kOr:
          e = static_cast<T>(a | b);
          break;
      }
    }
    for (int64_t i = 0; i < results; ++i) REQUIRE(output[i] == expected[static_cast<size_t>(i)]);
  }
}

TEST_CASE("reduce: integers and i1 exactly, any dimensions") {
  CheckIntegers<uint8_t>(ElementType::kI1, 0, 1);
  CheckIntegers<int8_t>(ElementType::kI8, -128, 127);
  CheckIntegers<uint16_t>(ElementType::kU16, 0, 65535);
  CheckIntegers<int32_t>(ElementType::kI32, -1000000, 1000000);
  CheckIntegers<int64_t>(ElementType::kI64, -1000000, 1000000);
  CheckIntegers<uint64_t>(ElementType::kU64, 0, 1000000);
}

template <typename T>
void CheckSums(ElementType type, double eps) {
  TestRandom random(9);
  for (int round = 0; round < 80; ++round) {
    const SmallPieces small(round % 3 == 0 ? 100000 : 700);
    ThreadPool pool(static_cast<int>(random.Int(1, 3)));
    std::vector<int64_t> reduced;
    std::vector<int64_t> sizes = RandomSizes(random, &reduced);
    if (round == 0) sizes = {300000}, reduced = {0};
    if (round == 1) sizes = {2, 40000, 3}, reduced = {1};
    if (round == 2) sizes = {300, 500}, reduced = {0};
    if (round == 3) sizes = {1, 64, 64, 8, 5}, reduced = {1, 2, 4};
    int64_t results = 0;
    const std::vector<int64_t> targets = Targets(sizes, reduced, &results);
    TestBuffer<T> input(Count(sizes));
    for (int64_t i = 0; i < input.size(); ++i) input[i] = static_cast<T>(random.Float() + 0.5f);
    const T init = static_cast<T>(0.25);
    const TestBuffer<T> output =
        Reduce(Reduction::kAdd, type, sizes, reduced, input, init, results, pool);
    std::vector<double> expected(static_cast<size_t>(results), init), magnitude = expected;
    for (int64_t i = 0; i < input.size(); ++i) {
      const size_t t = static_cast<size_t>(targets[static_cast<size_t>(i)]);
      expected[t] += input[i];
      magnitude[t] += std::abs(input[i]);
    }
    const double terms = results == 0 ? 1 : static_cast<double>(input.size() / results + 1);
    for (int64_t i = 0; i < results; ++i) {
      const size_t t = static_cast<size_t>(i);
      REQUIRE(std::abs(output[i] - expected[t]) <= 4 * std::sqrt(terms) * eps * magnitude[t]);
    }
    // The same bits on one thread.
    ThreadPool one(1);
    CHECK(
        output.SameBits(Reduce(Reduction::kAdd, type, sizes, reduced, input, init, results, one)));
  }
}

TEST_CASE("reduce: float sums within 4 sqrt(K) eps, whatever the number of threads") {
  CheckSums<float>(ElementType::kF32, 0x1p-24);
  CheckSums<double>(ElementType::kF64, 0x1p-53);
}

TEST_CASE("reduce: the sum of complex numbers is that of each part") {
  TestRandom random(10);
  ThreadPool pool(2);
  for (int round = 0; round < 40; ++round) {
    const SmallPieces small(round % 2 == 0 ? 100000 : 700);
    std::vector<int64_t> reduced;
    std::vector<int64_t> sizes = RandomSizes(random, &reduced);
    if (round == 0) sizes = {300001}, reduced = {0};
    if (round == 1) sizes = {7, 4001}, reduced = {1};
    int64_t results = 0;
    Targets(sizes, reduced, &results);
    TestBuffer<std::complex<double>> input(Count(sizes));
    TestBuffer<double> parts[2] = {TestBuffer<double>(Count(sizes)),
                                   TestBuffer<double>(Count(sizes))};
    for (int64_t i = 0; i < input.size(); ++i) {
      input[i] = {parts[0][i] = random.Float(), parts[1][i] = random.Float()};
    }
    const std::complex<double> init(0.25, -3);
    const TestBuffer<std::complex<double>> output =
        Reduce(Reduction::kAdd, ElementType::kC128, sizes, reduced, input, init, results, pool);
    for (size_t part = 0; part < 2; ++part) {
      const TestBuffer<double> expected =
          Reduce(Reduction::kAdd, ElementType::kF64, sizes, reduced, parts[part],
                 part == 0 ? init.real() : init.imag(), results, pool);
      for (int64_t i = 0; i < results; ++i) {
        const double sum = part == 0 ? output[i].real() : output[i].imag();
        REQUIRE(std::abs(sum - expected[i]) <= 1e-12 * (1 + std::abs(expected[i])));
      }
    }
  }
}

TEST_CASE("reduce: max and min keep NaN, order zeros, and know infinities") {
  ThreadPool pool(1);
  TestRandom random(4);
  const float inf = std::numeric_limits<float>::infinity();
  for (Reduction op : {Reduction::kMaximum, Reduction::kMinimum}) {
    const bool max = op == Reduction::kMaximum;
    for (int round = 0; round < 200; ++round) {
      const int64_t rows = random.Int(1, 80), inner = round % 2 == 0 ? 1 : random.Int(2, 40);
      TestBuffer<float> input(rows * inner);
      for (int64_t i = 0; i < input.size(); ++i) {
        const int64_t what = random.Int(0, round % 5 == 0 ? 60 : 3);
        input[i] = what == 0   ? -0.0f
                   : what == 1 ? 0.0f
                   : what == 2 ? (max ? -1.0f : 1.0f)
                   : what == 3 ? (max ? -inf : inf)
                   : what == 4 ? NAN
                   : what == 5 ? -NAN
                               : random.Float();
      }
      const float init = max ? -inf : inf;
      const TestBuffer<float> output =
          Reduce(op, ElementType::kF32, {rows, inner}, {0}, input, init, inner, pool);
      for (int64_t j = 0; j < inner; ++j) {
        float expected = init;
        for (int64_t i = 0; i < rows; ++i) {
          const float x = input[i * inner + j];
          if (std::isnan(expected) || std::isnan(x)) {
            expected = NAN;
          } else if (x == expected) {
            if (std::signbit(x) != max) expected = x;
          } else if (max ? x > expected : x < expected) {
            expected = x;
          }
        }
        REQUIRE(std::isnan(output[j]) == std::isnan(expected));
        if (!std::isnan(expected)) {
          REQUIRE(output[j] == expected);
          REQUIRE(std::signbit(output[j]) == std::signbit(expected));
        }
      }
    }
  }
}

// Rows of `n`, whose elements a type's `value` numbers.
template <typename T>
void CheckShortRows(ElementType type, const std::function<T(int64_t)>& value) {
  ThreadPool pool(2);
  const SmallPieces small(200);
  for (Reduction op : {Reduction::kAdd, Reduction::kMaximum, Reduction::kMinimum}) {
    for (int64_t n = 2; n <= 34; ++n) {
      for (int64_t rows = 1; rows <= 9; ++rows) {
        TestBuffer<T> input(rows * n);
        for (int64_t i = 0; i < input.size(); ++i) input[i] = value(i);
        const TestBuffer<T> output =
            Reduce<T>(op, type, {rows, n}, {1}, input, input[0], rows, pool);
        for (int64_t row = 0; row < rows; ++row) {
          T expected = input[0];
          for (int64_t i = 0; i < n; ++i) {
            const T x = input[row * n + i];
            expected = op == Reduction::kAdd       ? static_cast<T>(expected + x)
                       : op == Reduction::kMaximum ? std::max(expected, x)
                                                   : std::min(expected, x);
          }
          REQUIRE(output[row] == expected);
        }
      }
    }
  }
}

TEST_CASE("reduce: rows of few elements, each length, many rows at once") {
  CheckShortRows<float>(ElementType::kF32,
                        [](int64_t i) { return static_cast<float>(i * 37 % 101 - 50); });
  CheckShortRows<double>(ElementType::kF64,
                         [](int64_t i) { return static_cast<double>(i * 37 % 101 - 50); });
  CheckShortRows<int32_t>(ElementType::kI32,
                          [](int64_t i) { return static_cast<int32_t>(i * 37 % 101 - 50); });
  CheckShortRows<uint32_t>(ElementType::kU32,
                           [](int64_t i) { return static_cast<uint32_t>(i) * 0x9E3779B9u; });
}

TEST_CASE("reduce: a NaN or a zero among few elements counts in its row alone") {
  ThreadPool pool(1);
  for (int64_t n = 2; n <= 18; ++n) {
    for (int64_t at = 0; at < 5 * n; ++at) {
      TestBuffer<float> input(5 * n);
      for (float x : {NAN, 0.0f}) {
        for (int64_t i = 0; i < input.size(); ++i) input[i] = i == at ? x : -0.0f;
        const TestBuffer<float> output = Reduce<float>(Reduction::kMaximum, ElementType::kF32,
                                                       {5, n}, {1}, input, -0.0f, 5, pool);
        for (int64_t row = 0; row < 5; ++row) {
          REQUIRE(std::isnan(output[row]) == (row == at / n && std::isnan(x)));
          if (!std::isnan(output[row])) REQUIRE(std::signbit(output[row]) == (row != at / n));
        }
      }
    }
  }
}

TEST_CASE("reduce: long rows, even side by side, are folded in parts") {
  ThreadPool pool(2);
  const int64_t rows = 17, columns = 1100000;
  TestBuffer<uint8_t> input(rows * columns);
  for (int64_t i = 0; i < input.size(); ++i) input[i] = static_cast<uint8_t>(i * 7 / 5);
  const TestBuffer<uint8_t> output = Reduce<uint8_t>(Reduction::kAdd, ElementType::kU8,
                                                     {rows, columns}, {1}, input, 3, rows, pool);
  for (int64_t row = 0; row < rows; ++row) {
    uint8_t expected = 3;
    for (int64_t i = 0; i < columns; ++i) {
      expected = static_cast<uint8_t>(expected + input[row * columns + i]);
    }
    CHECK(output[row] == expected);
  }
}

TEST_CASE("reduce: no kernel for other types") {
  const int64_t size = 4, dimension = 0;
  for (ElementType type : {ElementType::kF16, ElementType::kBF16}) {
    CHECK(TensorReduction::Create(Reduction::kAdd, type, {&size, 1}, {&dimension, 1}) == nullptr);
  }
  CHECK(TensorReduction::Create(Reduction::kMultiply, ElementType::kC64, {&size, 1},
                                {&dimension, 1}) == nullptr);
  CHECK(TensorReduction::Create(Reduction::kAnd, ElementType::kF32, {&size, 1}, {&dimension, 1}) ==
        nullptr);
}

}  // namespace
}  // namespace webhlo
