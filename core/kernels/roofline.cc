// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/roofline.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/base/memory.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

constexpr double kMilliseconds = 20;  // For each number.

// A loop over numbers, many times a measurement. An engine puts better code in place between two
// calls.
using Loop = float (*)(const float* from, int64_t count);

// As many sums as registers hold beside the factors: enough to hide how long one takes.
constexpr int kSums = 12;

float MulAdds(const float* from, int64_t count) {
  F32x4 sums[kSums];
  WEBHLO_UNROLL for (int k = 0; k < kSums; ++k) sums[k] = Load(from + k);
  const F32x4 half = Splat(memory_constant<0.5f>), one = Splat(memory_constant<1.0f>);
  WEBHLO_PLAIN_LOOP for (int64_t i = 0; i < count; ++i) {
    WEBHLO_UNROLL for (int k = 0; k < kSums; ++k) sums[k] = MulAdd(sums[k], half, one);
  }
  WEBHLO_UNROLL for (int k = 1; k < kSums; ++k) sums[0] = hn::Add(sums[0], sums[k]);
  return hn::ReduceSum(kF32, sums[0]);
}

float Sum(const float* from, int64_t count) {
  F32x4 sums[kSums];
  WEBHLO_UNROLL for (int k = 0; k < kSums; ++k) sums[k] = hn::Zero(kF32);
  WEBHLO_PLAIN_LOOP for (int64_t i = 0; i + 4 * kSums <= count; i += 4 * kSums) {
    WEBHLO_UNROLL for (int k = 0; k < kSums; ++k) {
      sums[k] = hn::Add(sums[k], Load(from + i + 4 * k));
    }
  }
  WEBHLO_UNROLL for (int k = 1; k < kSums; ++k) sums[0] = hn::Add(sums[0], sums[k]);
  return hn::ReduceSum(kF32, sums[0]);
}

// Calls the loop `calls` times on each thread, on `count` numbers of its own among these, as often
// as there is time for; answers the shortest time, in milliseconds.
double Shortest(ThreadPool& pool, Clock clock, Loop loop, float* numbers, int64_t count,
                int64_t calls) {
  double shortest = std::numeric_limits<double>::infinity();
  const double begin = clock();
  for (double start = begin; start < begin + kMilliseconds;) {
    pool.ParallelFor(static_cast<size_t>(pool.num_threads()), [&](size_t thread) {
      float* const own = numbers + static_cast<int64_t>(thread) * count;
      // A sum that goes somewhere is one that no compiler drops.
      for (int64_t i = 0; i < calls; ++i) *static_cast<volatile float*>(own) = loop(own, count);
    });
    const double end = clock();
    shortest = std::min(shortest, end - start);
    start = end;
  }
  return shortest;
}

}  // namespace

Result<Roofline> MeasureRoofline(ThreadPool& pool, Clock clock) {
  Roofline roofline;
  const int64_t most = roofline.reads.back().bytes, threads = pool.num_threads();
  ASSIGN_OR_RETURN(AlignedBuffer buffer, TryAllocate(static_cast<uint64_t>(most), "what is read"));
  std::memset(buffer.data(), 0, buffer.size());
  float* const numbers = reinterpret_cast<float*>(buffer.data());
  constexpr int64_t kCount = 4096, kCalls = 64;
  roofline.flops = static_cast<double>(threads * kCount * kCalls * kSums * 4 * 2) /
                   Shortest(pool, clock, MulAdds, numbers, kCount, kCalls);
  for (Roofline::Reads& reads : roofline.reads) {
    const int64_t count = reads.bytes / 4 / threads, calls = most / reads.bytes;
    reads.rate = static_cast<double>(count * 4 * threads * calls) /
                 Shortest(pool, clock, Sum, numbers, count, calls);
  }
  return roofline;
}

}  // namespace webhlo
