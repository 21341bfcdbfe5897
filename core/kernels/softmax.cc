// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/softmax.h"

#include <algorithm>
#include <limits>

#include "core/kernels/math-inl.h"
#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The last, partial vector of a row, with `fill` in the lanes that are not there.
F32x4 LoadRest(const float* p, int64_t count, float fill) {
  alignas(16) float lanes[4] = {fill, fill, fill, fill};
  for (int64_t i = 0; i < count; ++i) lanes[i] = p[i];
  return hn::Load(kF32, lanes);
}

float SumLanes(F32x4 v) {
  alignas(16) float lanes[4];
  hn::Store(v, kF32, lanes);
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

// NaN is lost here, but not in the exponentials.
float RowMax(const float* x, int64_t n) {
  const Hwy<float> l;
  F32x4 part[4];
  WEBHLO_UNROLL for (int v = 0; v < 4; ++v) part[v] = Splat(-kInfinity);
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    WEBHLO_UNROLL for (int v = 0; v < 4; ++v) part[v] = l.PMax(part[v], Load(x + i + 4 * v));
  }
  for (; i + 4 <= n; i += 4) part[0] = l.PMax(part[0], Load(x + i));
  if (i < n) part[1] = l.PMax(part[1], LoadRest(x + i, n - i, -kInfinity));
  alignas(16) float lanes[4];
  hn::Store(l.PMax(l.PMax(part[0], part[1]), l.PMax(part[2], part[3])), kF32, lanes);
  return std::max(std::max(lanes[0], lanes[1]), std::max(lanes[2], lanes[3]));
}

void SoftmaxRow(const float* x, int64_t n, float* y) {
  const Hwy<float> l;
  const F32x4 max = Splat(RowMax(x, n));
  F32x4 sum[2] = {hn::Zero(kF32), hn::Zero(kF32)};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    WEBHLO_UNROLL for (int v = 0; v < 2; ++v) {
      const F32x4 e = math::ExpNegative(l, hn::Sub(Load(x + i + 4 * v), max));
      Store(e, y + i + 4 * v);
      sum[v] = hn::Add(sum[v], e);
    }
  }
  for (; i < n; i += 4) {
    const int64_t count = std::min<int64_t>(4, n - i);
    const F32x4 e = math::ExpNegative(l, hn::Sub(LoadRest(x + i, count, -kInfinity), max));
    StoreFirst(e, y + i, static_cast<size_t>(count));
    sum[0] = hn::Add(sum[0], count == 4 ? e : LoadRest(y + i, count, 0));
  }
  const F32x4 scale = Splat(1 / SumLanes(hn::Add(sum[0], sum[1])));
  for (i = 0; i + 4 <= n; i += 4) Store(hn::Mul(Load(y + i), scale), y + i);
  if (i < n) {
    StoreFirst(hn::Mul(LoadRest(y + i, n - i, 0), scale), y + i, static_cast<size_t>(n - i));
  }
}

}  // namespace

void Softmax(int64_t rows, int64_t columns, const float* input, float* output, ThreadPool& pool) {
  ParallelRanges(pool, rows, columns * 6 + 100, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      SoftmaxRow(input + row * columns, columns, output + row * columns);
    }
  });
}

}  // namespace webhlo
