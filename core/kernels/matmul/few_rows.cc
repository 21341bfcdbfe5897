// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/few_rows.h"

#include <algorithm>

#include "core/base/math.h"
#include "core/base/strings.h"
#include "core/kernels/matmul/sizes.h"
#include "core/kernels/vector.h"
#include "core/kernels/xnnpack.h"

namespace webhlo {
namespace {

// Columns of c that one item of work computes.
constexpr int64_t kBlock = 32;
// Columns of a long row of b: reading some of each, one row after the other, would touch a page for
// each row.
constexpr int64_t kLongRow = 512;
// Terms that are summed before the sum is stored, or added to what is stored.
constexpr int64_t kTerms = 64 * 1024;

// The terms [0, k) of products whose rows of a (and of a transposed b) are `stride` apart, added to
// c or, when they are the first, stored.
struct Terms {
  int64_t k;
  int64_t stride;
  bool first;
};

// c[begin..end) of kRows rows, b [k, n]: columns in registers, rows of b one after the other.
template <int kRows, int kVectors>
void ColumnsInRegisters(const Terms& terms, int64_t n, const float* a, const float* b, float* c) {
  F32x4 sum[kRows][kVectors];
  WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      sum[r][v] = terms.first ? hn::Zero(kF32) : Load(c + r * n + 4 * v);
    }
  }
  for (int64_t i = 0; i < terms.k; ++i, b += n) {
    F32x4 row[kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) row[v] = Load(b + 4 * v);
    WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
      const F32x4 value = Splat(a[r * terms.stride + i]);
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        sum[r][v] = MulAdd(value, row[v], sum[r][v]);
      }
    }
  }
  WEBHLO_UNROLL for (int r = 0; r < kRows; ++r) {
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) Store(sum[r][v], c + r * n + 4 * v);
  }
}

// The same for one row, where rows of b are long: some of them at a time, from one end to the
// other, so that memory is read as it lies. Sums wait in c meanwhile; their terms have the same
// order.
void RowsTogether(const Terms& terms, int64_t n, const float* a, const float* b, float* c,
                  int64_t columns) {
  constexpr int kTogether = 8;
  if (terms.first) std::fill_n(c, columns, 0.0f);
  int64_t i = 0;
  for (; i + kTogether <= terms.k; i += kTogether, b += kTogether * n) {
    F32x4 value[kTogether];
    WEBHLO_UNROLL for (int t = 0; t < kTogether; ++t) value[t] = Splat(a[i + t]);
    for (int64_t j = 0; j < columns; j += 4) {
      F32x4 sum = Load(c + j);
      WEBHLO_UNROLL for (int t = 0; t < kTogether; ++t) {
        sum = MulAdd(value[t], Load(b + t * n + j), sum);
      }
      Store(sum, c + j);
    }
  }
  if (i == terms.k) return;
  const Terms rest = {.k = terms.k - i, .stride = terms.stride, .first = false};
  for (int64_t j = 0; j < columns; j += 4) ColumnsInRegisters<1, 1>(rest, n, a + i, b + j, c + j);
}

template <int kRows>
void Columns(const Terms& terms, int64_t n, const float* a, const float* b, float* c, int64_t begin,
             int64_t end) {
  constexpr int kVectors = kRows == 1 ? 8 : kRows == 2 ? 4 : 2;
  int64_t j = begin;
  if (kRows == 1 && n >= kLongRow) {
    const int64_t columns = (end - begin) / 4 * 4;
    RowsTogether(terms, n, a, b + j, c + j, columns);
    j += columns;
  }
  for (; j + 4 * kVectors <= end; j += 4 * kVectors) {
    ColumnsInRegisters<kRows, kVectors>(terms, n, a, b + j, c + j);
  }
  for (; j + 4 <= end; j += 4) ColumnsInRegisters<kRows, 1>(terms, n, a, b + j, c + j);
  for (; j < end; ++j) {
    for (int r = 0; r < kRows; ++r) {
      float sum = terms.first ? 0 : c[r * n + j];
      for (int64_t i = 0; i < terms.k; ++i) sum += a[r * terms.stride + i] * b[i * n + j];
      c[r * n + j] = sum;
    }
  }
}

// Four scalar products of a [k] with rows of b, as the lanes of one vector.
F32x4 FourProducts(const Terms& terms, const float* a, const float* b) {
  const int64_t k = terms.k, stride = terms.stride;
  F32x4 sum[4] = {hn::Zero(kF32), hn::Zero(kF32), hn::Zero(kF32), hn::Zero(kF32)};
  int64_t i = 0;
  for (; i + 4 <= k; i += 4) {
    const F32x4 value = Load(a + i);
    WEBHLO_UNROLL for (int r = 0; r < 4; ++r) {
      sum[r] = MulAdd(value, Load(b + r * stride + i), sum[r]);
    }
  }
  const F32x4 s02 =
      hn::Add(hn::InterleaveLower(kF32, sum[0], sum[2]), hn::InterleaveUpper(kF32, sum[0], sum[2]));
  const F32x4 s13 =
      hn::Add(hn::InterleaveLower(kF32, sum[1], sum[3]), hn::InterleaveUpper(kF32, sum[1], sum[3]));
  F32x4 total = hn::Add(hn::InterleaveLower(kF32, s02, s13), hn::InterleaveUpper(kF32, s02, s13));
  for (; i < k; ++i) {
    alignas(16) const float column[4] = {b[i], b[stride + i], b[2 * stride + i], b[3 * stride + i]};
    total = MulAdd(Splat(a[i]), hn::Load(kF32, column), total);
  }
  return total;
}

float OneProduct(int64_t k, const float* a, const float* b) {
  constexpr int kVectors = 8;
  F32x4 sum[kVectors];
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) sum[v] = hn::Zero(kF32);
  int64_t i = 0;
  for (; i + 4 * kVectors <= k; i += 4 * kVectors) {
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      sum[v] = MulAdd(Load(a + i + 4 * v), Load(b + i + 4 * v), sum[v]);
    }
  }
  for (; i + 4 <= k; i += 4) sum[0] = MulAdd(Load(a + i), Load(b + i), sum[0]);
  WEBHLO_UNROLL for (int half = kVectors / 2; half > 0; half /= 2) {
    WEBHLO_UNROLL for (int v = 0; v < half; ++v) sum[v] = hn::Add(sum[v], sum[v + half]);
  }
  float total = hn::ReduceSum(kF32, sum[0]);
  for (; i < k; ++i) total += a[i] * b[i];
  return total;
}

void Products(int64_t m, const Terms& terms, int64_t n, const float* a, const float* b, float* c,
              int64_t begin, int64_t end) {
  const int64_t stride = terms.stride;
  int64_t j = begin;
  for (; j + 4 <= end; j += 4) {
    for (int64_t r = 0; r < m; ++r) {
      const F32x4 sum = FourProducts(terms, a + r * stride, b + j * stride);
      float* to = c + r * n + j;
      Store(terms.first ? sum : hn::Add(Load(to), sum), to);
    }
  }
  for (; j < end; ++j) {
    for (int64_t r = 0; r < m; ++r) {
      const float sum = OneProduct(terms.k, a + r * stride, b + j * stride);
      c[r * n + j] = terms.first ? sum : c[r * n + j] + sum;
    }
  }
}

}  // namespace

FewRowsProduct::FewRowsProduct(int64_t batch, int64_t m, int64_t k, int64_t n, bool transposed)
    : m_(m), k_(k), n_(n), transposed_(transposed || n == 1), blocks_(CeilDiv(n, kBlock)) {
  for (int64_t i = 0; i < k; i += kTerms) {
    pieces_.Add(batch * blocks_,
                CeilDiv(m, kFewRows) * std::min(kTerms, k - i) * std::min(n, kBlock) * 4);
  }
}

void FewRowsProduct::Run(const float* a, const float* b, float* c, PieceRange pieces,
                         ThreadPool& pool) const {
  const int64_t m = m_, k = k_, n = n_;
  pieces_.Run(pieces, pool, [&](size_t part, int64_t first, int64_t last) {
    const int64_t done = static_cast<int64_t>(part) * kTerms;
    const Terms terms = {.k = std::min(kTerms, k - done), .stride = k, .first = part == 0};
    for (int64_t item = first; item < last;) {
      const int64_t g = item / blocks_;
      const int64_t until = std::min(last, (g + 1) * blocks_);
      const int64_t begin = (item - g * blocks_) * kBlock;
      const int64_t end = std::min(n, (until - g * blocks_) * kBlock);
      const float* bg = b + g * k * n + done * (transposed_ ? 1 : n);
      for (int64_t row = 0; row < m; row += kFewRows) {
        const int64_t rows = std::min(kFewRows, m - row);
        const float* ar = a + (g * m + row) * k + done;
        float* cr = c + (g * m + row) * n;
        if (transposed_) {
          Products(rows, terms, n, ar, bg, cr, begin, end);
        } else if (rows == 1) {
          Columns<1>(terms, n, ar, bg, cr, begin, end);
        } else if (rows == 2) {
          Columns<2>(terms, n, ar, bg, cr, begin, end);
        } else if (rows == 3) {
          Columns<3>(terms, n, ar, bg, cr, begin, end);
        } else {
          Columns<4>(terms, n, ar, bg, cr, begin, end);
        }
      }
      item = until;
    }
  });
}

namespace {

class FewRowsKernel : public Kernel {
 public:
  explicit FewRowsKernel(const BatchMatMulSizes& s)
      : product_(s.batch, s.m, s.k, s.n, s.transposed_rhs), result_(2 + s.extras) {}

  size_t pieces() const override { return product_.pieces().count(); }
  int64_t cost() const override { return product_.pieces().cost(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    product_.Run(static_cast<const float*>(args[0]), static_cast<const float*>(args[1]),
                 static_cast<float*>(args[result_]), pieces, pool);
  }

 private:
  const FewRowsProduct product_;
  const size_t result_;
};

}  // namespace

std::optional<KernelChoice> ProposeFewRows(const BatchMatMulSizes& s) {
  if (s.batch < 1 || s.m < 1 || s.k < 1 || s.n < 1 || !FitsSize({s.batch, s.k, s.n}) ||
      !FitsSize({s.batch, s.m, s.k}) || !FitsSize({s.batch, s.m, s.n})) {
    return std::nullopt;
  }
  return KernelChoice{.sizes = StrCat(s.batch, "x", s.m, "x", s.k, "x", s.n,
                                      s.transposed_rhs ? " transposed" : "")};
}

bool PrefersFewRows(const BatchMatMulSizes& sizes) { return sizes.m <= kFewRows; }

std::unique_ptr<Kernel> MakeFewRows(const BatchMatMulSizes& sizes) {
  return std::make_unique<FewRowsKernel>(sizes);
}

}  // namespace webhlo
