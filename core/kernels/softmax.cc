// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/softmax.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/base/math.h"
#include "core/kernels/math-inl.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The last, partial vector of a row, with `fill` in the lanes that are not there. Lane by lane in
// the register: one that is put together in memory is waited for.
F32x4 LoadRest(const float* p, int64_t count, float fill) {
  F32x4 v = hn::InsertLane(Splat(fill), 0, p[0]);
  if (count > 1) v = hn::InsertLane(v, 1, p[1]);
  if (count > 2) v = hn::InsertLane(v, 2, p[2]);
  return v;
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

// Of elements that are -infinity, or NaN: zeros. Returns their sum, or NaN.
float Masked(const float* x, int64_t n, float* y) {
  float sum = 0;
  for (int64_t i = 0; i < n; ++i) {
    if (x[i] != -kInfinity) sum += x[i];
    y[i] = 0;
  }
  return sum;
}

// y = exp(x - greatest); returns the sum.
float Exponentials(const float* x, int64_t n, float greatest, bool zero_masked, float* y) {
  if (zero_masked && greatest == -kInfinity) return Masked(x, n, y);
  const Hwy<float> l;
  const F32x4 max = Splat(greatest);
  F32x4 sum[2] = {hn::Zero(kF32), hn::Zero(kF32)};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    WEBHLO_UNROLL for (int v = 0; v < 2; ++v) {
      const F32x4 e = math::ExpNegative(l, hn::Sub(Load(x + i + 4 * v), max));
      Store(e, y + i + 4 * v);
      sum[v] = hn::Add(sum[v], e);
    }
  }
  for (; i + 4 <= n; i += 4) {
    const F32x4 e = math::ExpNegative(l, hn::Sub(Load(x + i), max));
    Store(e, y + i);
    sum[0] = hn::Add(sum[0], e);
  }
  if (i < n) {
    const F32x4 e = math::ExpNegative(l, hn::Sub(LoadRest(x + i, n - i, -kInfinity), max));
    StoreFirst(e, y + i, static_cast<size_t>(n - i));
    sum[1] = hn::Add(sum[1], LoadRest(y + i, n - i, 0));
  }
  return SumLanes(hn::Add(sum[0], sum[1]));
}

void Divide(float* y, int64_t n, float sum) {
  const F32x4 scale = Splat(sum == 0 ? 0 : 1 / sum);  // Nothing adds up to 0 but what is masked.
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) Store(hn::Mul(Load(y + i), scale), y + i);
  if (i < n) {
    StoreFirst(hn::Mul(LoadRest(y + i, n - i, 0), scale), y + i, static_cast<size_t>(n - i));
  }
}

// Rows of more than kLongSoftmax elements are worked on in parts of kPart, one stage after the
// other: maxima, exponentials and their sums, quotients. Which rows these are depends on nothing
// but the shape, so that the order of additions does too.
constexpr int64_t kPart = 16 * 1024;

}  // namespace

void SoftmaxRow(const float* x, int64_t n, bool zero_masked, float* y) {
  Divide(y, n, Exponentials(x, n, RowMax(x, n), zero_masked, y));
}

Softmax::Softmax(int64_t rows, int64_t columns, bool zero_masked)
    : rows_(rows), columns_(columns), zero_masked_(zero_masked) {
  if (columns <= kLongSoftmax) {
    pieces_.Add(rows, columns * 6 + 100);
    return;
  }
  parts_ = CeilDiv(columns, kPart);
  for (int64_t cost : {4, 6, 8}) pieces_.Add(rows * parts_, kPart * cost + parts_ * 4);
}

size_t Softmax::scratch_bytes() const {
  return parts_ == 1 ? 0 : static_cast<size_t>(rows_ * parts_) * 2 * sizeof(float);
}

void Softmax::RunPart(size_t stage, int64_t item, const float* input, float* output,
                      float* scratch) const {
  const int64_t row = item / parts_, at = item % parts_ * kPart;
  const int64_t n = std::min(kPart, columns_ - at);
  const float* x = input + row * columns_ + at;
  float* y = output + row * columns_ + at;
  float* maxima = scratch;
  float* sums = scratch + rows_ * parts_;
  if (stage == 0) {
    maxima[item] = RowMax(x, n);
  } else if (stage == 1) {
    const float* first = maxima + row * parts_;
    sums[item] = Exponentials(x, n, *std::max_element(first, first + parts_), zero_masked_, y);
  } else {
    const float* first = sums + row * parts_;
    Divide(y, n, std::accumulate(first, first + parts_, 0.0f));
  }
}

void Softmax::Run(void* const* args, PieceRange pieces, ThreadPool& pool) const {
  const float* input = static_cast<const float*>(args[0]);
  float* output = static_cast<float*>(args[1]);
  if (parts_ == 1) {
    pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        SoftmaxRow(input + row * columns_, columns_, zero_masked_, output + row * columns_);
      }
    });
    return;
  }
  float* scratch = static_cast<float*>(args[2]);
  pieces_.Run(pieces, pool, [&](size_t stage, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) RunPart(stage, i, input, output, scratch);
  });
}

}  // namespace webhlo
