// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/strided_copy.h"

#include <numeric>

#include "core/graph/tensor.h"
#include "core/kernels/parallel.h"
#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

TestBuffer<uint8_t> RandomBytes(TestRandom& random, int64_t count) {
  TestBuffer<uint8_t> bytes(count);
  for (int64_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>(random.Int(0, 255));
  return bytes;
}

int64_t Count(const std::vector<int64_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>());
}

void CheckCopy(int width, const std::vector<int64_t>& sizes,
               const std::vector<int64_t>& from_strides, const std::vector<int64_t>& to_strides,
               const uint8_t* from, TestBuffer<uint8_t>& to, ThreadPool& pool) {
  const StridedCopier copy(width, sizes, from_strides, to_strides);
  const Pieces pieces(copy.items(), copy.item_cost());
  pieces.Run({0, pieces.count()}, pool,
             [&](int64_t begin, int64_t end) { copy.Run(from, to.data(), begin, end); });
  CHECK(to.PaddingIntact());
  for (IndexIterator it(sizes); !it.done(); it.Next()) {
    int64_t f = 0, t = 0;
    for (size_t d = 0; d < sizes.size(); ++d) {
      f += it.index()[d] * from_strides[d];
      t += it.index()[d] * to_strides[d];
    }
    REQUIRE(std::memcmp(to.data() + t * width, from + f * width, static_cast<size_t>(width)) == 0);
  }
}

TEST_CASE("strided copy: transposes of every rank and width") {
  TestRandom random(1);
  ThreadPool pool(3);
  for (int round = 0; round < 200; ++round) {
    const int width = 1 << random.Int(0, 4);
    const size_t rank = static_cast<size_t>(random.Int(0, 5));
    std::vector<int64_t> sizes(rank), permutation(rank);
    for (int64_t& size : sizes)
      size = random.Int(0, 20) == 0 ? 0 : random.Int(1, rank < 3 ? 90 : 12);
    std::iota(permutation.begin(), permutation.end(), 0);
    for (size_t i = rank; i > 1; --i) {
      std::swap(permutation[i - 1],
                permutation[static_cast<size_t>(random.Int(0, static_cast<int64_t>(i) - 1))]);
    }
    std::vector<int64_t> result(rank), from(rank);
    const std::vector<int64_t> strides = RowMajorStrides(sizes);
    for (size_t d = 0; d < rank; ++d) {
      result[d] = sizes[static_cast<size_t>(permutation[d])];
      from[d] = strides[static_cast<size_t>(permutation[d])];
    }
    const TestBuffer<uint8_t> source = RandomBytes(random, Count(sizes) * width);
    TestBuffer<uint8_t> target(Count(sizes) * width);
    CheckCopy(width, result, from, RowMajorStrides(result), source.data(), target, pool);
  }
}

TEST_CASE("strided copy: slices, broadcasts, reversals into parts of a larger tensor") {
  TestRandom random(2);
  ThreadPool pool(2);
  for (int round = 0; round < 300; ++round) {
    const int width = 1 << random.Int(0, 4);
    const size_t rank = static_cast<size_t>(random.Int(1, 4));
    // The views: every `step`-th element of larger tensors, some source steps 0 or negative.
    std::vector<int64_t> sizes(rank), from(rank), to(rank);
    int64_t from_stride = 1, to_stride = 1, from_start = 0;
    for (size_t d = rank; d-- > 0;) {
      sizes[d] = random.Int(1, 11);
      const int64_t step = random.Int(0, 2) == 0 ? 2 : 1;
      const int64_t to_step = random.Int(0, 3) == 0 ? 2 : 1;
      switch (random.Int(0, 5)) {
        case 0:
          from[d] = 0;
          break;
        case 1:
          from[d] = -from_stride * step;
          from_start += (sizes[d] - 1) * step * from_stride;
          break;
        default:
          from[d] = from_stride * step;
      }
      to[d] = to_stride * to_step;
      from_stride *= (sizes[d] - 1) * step + 1 + random.Int(0, 1);
      to_stride *= (sizes[d] - 1) * to_step + 1 + random.Int(0, 1);
    }
    const TestBuffer<uint8_t> source = RandomBytes(random, from_stride * width);
    TestBuffer<uint8_t> target(to_stride * width);
    const TestBuffer<uint8_t> before = target;
    CheckCopy(width, sizes, from, to, source.data() + from_start * width, target, pool);
    // Nothing else was touched.
    std::vector<bool> written(static_cast<size_t>(to_stride), false);
    for (IndexIterator it(sizes); !it.done(); it.Next()) {
      int64_t t = 0;
      for (size_t d = 0; d < rank; ++d) t += it.index()[d] * to[d];
      written[static_cast<size_t>(t)] = true;
    }
    for (int64_t i = 0; i < to_stride; ++i) {
      if (written[static_cast<size_t>(i)]) continue;
      REQUIRE(std::memcmp(target.data() + i * width, before.data() + i * width,
                          static_cast<size_t>(width)) == 0);
    }
  }
}

TEST_CASE("strided copy: large ones, cut for threads; fills") {
  TestRandom random(3);
  ThreadPool pool(3);
  for (const std::vector<int64_t>& sizes :
       {std::vector<int64_t>{200000}, {300, 700}, {5, 130, 257}, {64, 65, 66}}) {
    const std::vector<int64_t> strides = RowMajorStrides(sizes);
    const TestBuffer<uint8_t> source = RandomBytes(random, Count(sizes) * 4);
    TestBuffer<uint8_t> same(Count(sizes) * 4), turned(Count(sizes) * 4);
    CheckCopy(4, sizes, strides, strides, source.data(), same, pool);
    std::vector<int64_t> reversed(sizes.rbegin(), sizes.rend());
    const std::vector<int64_t> from(strides.rbegin(), strides.rend());
    CheckCopy(4, reversed, from, RowMajorStrides(reversed), source.data(), turned, pool);
  }
  for (int64_t count : {0, 1, 7, 100000}) {
    TestBuffer<float> filled(count);
    const float value = 2.5f;
    const StridedCopier fill = StridedCopier::Fill(4, count);
    ParallelRanges(pool, 0, fill.items(), fill.item_cost(), [&](int64_t begin, int64_t end) {
      fill.Run(&value, filled.data(), begin, end);
    });
    CHECK(filled.PaddingIntact());
    for (int64_t i = 0; i < count; ++i) REQUIRE(filled[i] == 2.5f);
  }
}

}  // namespace
}  // namespace webhlo
