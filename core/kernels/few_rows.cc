// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/few_rows.h"

#include <algorithm>

#include "core/base/math.h"
#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

// Columns of c that one item of work computes.
constexpr int64_t kBlock = 32;

// c[begin..end) of kRows rows, b [k, n]: columns in registers, rows of b one after the other.
template <int kRows, int kVectors>
void ColumnsInRegisters(int64_t k, int64_t n, const float* a, const float* b, float* c) {
  F32x4 sum[kRows][kVectors];
  WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(kF32);
  }
  for (int64_t i = 0; i < k; ++i, b += n) {
    F32x4 row[kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) row[v] = Load(b + 4 * v);
    WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
      const F32x4 value = Splat(a[r * k + i]);
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        sum[r][v] = MulAdd(value, row[v], sum[r][v]);
      }
    }
  }
  WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) Store(sum[r][v], c + r * n + 4 * v);
  }
}

template <int kRows>
void Columns(int64_t k, int64_t n, const float* a, const float* b, float* c, int64_t begin,
             int64_t end) {
  constexpr int kVectors = kRows == 1 ? 8 : kRows == 2 ? 4 : 2;
  int64_t j = begin;
  for (; j + 4 * kVectors <= end; j += 4 * kVectors) {
    ColumnsInRegisters<kRows, kVectors>(k, n, a, b + j, c + j);
  }
  for (; j + 4 <= end; j += 4) ColumnsInRegisters<kRows, 1>(k, n, a, b + j, c + j);
  for (; j < end; ++j) {
    for (int r = 0; r < kRows; ++r) {
      float sum = 0;
      for (int64_t i = 0; i < k; ++i) sum += a[r * k + i] * b[i * n + j];
      c[r * n + j] = sum;
    }
  }
}

// Four scalar products of a [k] with rows of b [.., k], as the lanes of one vector.
F32x4 FourProducts(int64_t k, const float* a, const float* b) {
  F32x4 sum[4] = {hn::Zero(kF32), hn::Zero(kF32), hn::Zero(kF32), hn::Zero(kF32)};
  int64_t i = 0;
  for (; i + 4 <= k; i += 4) {
    const F32x4 value = Load(a + i);
    WEBHLO_UNROLL for (int r = 0; r < 4; ++r) {
      sum[r] = MulAdd(value, Load(b + r * k + i), sum[r]);
    }
  }
  const F32x4 s02 =
      hn::Add(hn::InterleaveLower(kF32, sum[0], sum[2]), hn::InterleaveUpper(kF32, sum[0], sum[2]));
  const F32x4 s13 =
      hn::Add(hn::InterleaveLower(kF32, sum[1], sum[3]), hn::InterleaveUpper(kF32, sum[1], sum[3]));
  F32x4 total = hn::Add(hn::InterleaveLower(kF32, s02, s13), hn::InterleaveUpper(kF32, s02, s13));
  for (; i < k; ++i) {
    alignas(16) const float column[4] = {b[i], b[k + i], b[2 * k + i], b[3 * k + i]};
    total = MulAdd(Splat(a[i]), hn::Load(kF32, column), total);
  }
  return total;
}

void Products(int64_t m, int64_t k, int64_t n, const float* a, const float* b, float* c,
              int64_t begin, int64_t end) {
  int64_t j = begin;
  for (; j + 4 <= end; j += 4) {
    for (int64_t r = 0; r < m; ++r) Store(FourProducts(k, a + r * k, b + j * k), c + r * n + j);
  }
  for (; j < end; ++j) {
    for (int64_t r = 0; r < m; ++r) {
      float sum = 0;
      for (int64_t i = 0; i < k; ++i) sum += a[r * k + i] * b[j * k + i];
      c[r * n + j] = sum;
    }
  }
}

}  // namespace

void MultiplyFewRows(int64_t batch, int64_t m, int64_t k, int64_t n, bool transposed,
                     const float* a, const float* b, float* c, ThreadPool& pool) {
  const int64_t blocks = (n + kBlock - 1) / kBlock;
  ParallelRanges(pool, batch * blocks, CeilDiv(m, kFewRows) * k * kBlock * 4,
                 [&](int64_t first, int64_t last) {
                   for (int64_t item = first; item < last;) {
                     const int64_t g = item / blocks;
                     const int64_t until = std::min(last, (g + 1) * blocks);
                     const int64_t begin = (item - g * blocks) * kBlock;
                     const int64_t end = std::min(n, (until - g * blocks) * kBlock);
                     const float* ag = a + g * m * k;
                     const float* bg = b + g * k * n;
                     float* cg = c + g * m * n;
                     for (int64_t row = 0; row < m; row += kFewRows) {
                       const int64_t rows = std::min(kFewRows, m - row);
                       const float* ar = ag + row * k;
                       float* cr = cg + row * n;
                       if (transposed) {
                         Products(rows, k, n, ar, bg, cr, begin, end);
                       } else if (rows == 1) {
                         Columns<1>(k, n, ar, bg, cr, begin, end);
                       } else if (rows == 2) {
                         Columns<2>(k, n, ar, bg, cr, begin, end);
                       } else if (rows == 3) {
                         Columns<3>(k, n, ar, bg, cr, begin, end);
                       } else {
                         Columns<4>(k, n, ar, bg, cr, begin, end);
                       }
                     }
                     item = until;
                   }
                 });
}

}  // namespace webhlo
