// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/triangular.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/math.h"
#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

// The sum of a[k] b[k].
float Dot(const float* a, const float* b, int64_t n) {
  F32x4 first = hn::Zero(kF32), second = hn::Zero(kF32);
  int64_t k = 0;
  for (; k + 8 <= n; k += 8) {
    first = MulAdd(Load(a + k), Load(b + k), first);
    second = MulAdd(Load(a + k + 4), Load(b + k + 4), second);
  }
  float sum = hn::ReduceSum(kF32, hn::Add(first, second));
  for (; k < n; ++k) sum += a[k] * b[k];
  return sum;
}

// What a kernel's items may cost when they are matrices; larger ones are cut.
constexpr int64_t kSmallCost = int64_t{1} << 20;

constexpr int64_t kBlock = 64;

int64_t ProductsCost(int64_t products) { return CeilDiv<int64_t>(products * 2, kFlopsPerCost); }

// Loops over each of some matrices, or over all of them where they are small.
class MatricesKernel : public Kernel {
 public:
  size_t pieces() const override {
    return loops_.count() * static_cast<size_t>(small_ ? 1 : batch_);
  }
  int64_t cost() const override { return loops_.cost() * (small_ ? 1 : batch_); }

 protected:
  explicit MatricesKernel(int64_t batch) : batch_(batch) {}

  // Once the loops over one are there.
  void Settle() {
    small_ = loops_.cost() <= kSmallCost;
    if (small_) loops_ = Pieces(batch_, loops_.cost());
  }

  Pieces loops_;
  bool small_ = false;  // The loops are one, over matrices.

 private:
  const int64_t batch_;
};

class CholeskyKernel : public MatricesKernel {
 public:
  explicit CholeskyKernel(const CholeskySizes& sizes) : MatricesKernel(sizes.batch), s_(sizes) {
    const int64_t n = s_.n, row = n * static_cast<int64_t>(sizeof(float));
    loops_.Add(n, 2 * row);
    // Rows, each in blocks of columns: both in order.
    loops_.Add(n * CeilDiv(n, kBlock), ProductsCost(kBlock * n / 3));
    loops_.Add(n, 2 * row);
    Settle();
  }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const int64_t n = s_.n;
    const float* const a = static_cast<const float*>(args[0]);
    float* const result = static_cast<float*>(args[1]);
    if (small_) {
      loops_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          float* const l = result + i * n * n;
          Copy(a + i * n * n, l, 0, n);
          Factor(l, 0, n * CeilDiv(n, kBlock));
          Finish(l, 0, n);
        }
      });
      return;
    }
    ForEachBlock(loops_.count(), pieces, [&](int64_t i, PieceRange part) {
      float* const l = result + i * n * n;
      loops_.RunLoop(0, part, pool,
                     [&](int64_t begin, int64_t end) { Copy(a + i * n * n, l, begin, end); });
      const auto [begin, end] = loops_.Items(1, part);
      Factor(l, begin, end);
      loops_.RunLoop(2, part, pool, [&](int64_t from, int64_t to) { Finish(l, from, to); });
    });
  }

 private:
  // The lower triangle of rows [begin, end), or the upper one's mirror image.
  void Copy(const float* a, float* l, int64_t begin, int64_t end) const {
    const int64_t n = s_.n;
    for (int64_t i = begin; i < end; ++i) {
      for (int64_t j = 0; j <= i; ++j) {
        l[i * n + j] = s_.lower ? a[i * n + j] : a[j * n + i];
      }
    }
  }

  // A pivot that is not positive makes NaN of all that follows, the last pivot included.
  void Factor(float* l, int64_t begin, int64_t end) const {
    const int64_t n = s_.n, blocks = CeilDiv(n, kBlock);
    for (int64_t item = begin; item < end; ++item) {
      const int64_t i = item / blocks, first = item % blocks * kBlock;
      float* const row = l + i * n;
      for (int64_t j = first; j < std::min(first + kBlock, i); ++j) {
        const float* const other = l + j * n;
        row[j] = (row[j] - Dot(row, other, j)) / other[j];
      }
      if (i < first || i >= first + kBlock) continue;
      const float pivot = row[i] - Dot(row, row, i);
      row[i] = pivot > 0 ? std::sqrt(pivot) : std::numeric_limits<float>::quiet_NaN();
    }
  }

  // Puts rows [begin, end) where they belong, and zero where their mirror images lie.
  void Finish(float* l, int64_t begin, int64_t end) const {
    const int64_t n = s_.n;
    const float last = l[n * n - 1];
    for (int64_t i = begin; i < end; ++i) {
      for (int64_t j = 0; j < i; ++j) {
        float &below = l[i * n + j], &above = l[j * n + i];
        above = s_.lower ? 0 : below;
        if (!s_.lower) below = 0;
        if (std::isnan(last)) below = above = last;
      }
      if (std::isnan(last)) l[i * n + i] = last;
    }
  }

  const CholeskySizes s_;
};

class TriangularKernel : public MatricesKernel {
 public:
  explicit TriangularKernel(const TriangularSizes& sizes)
      : MatricesKernel(sizes.batch),
        s_(sizes),
        forward_((s_.lower != s_.transpose) == s_.left_side),
        rows_(s_.left_side && s_.vectors > 1),
        groups_(rows_ ? CeilDiv(s_.vectors, kColumns) : s_.vectors) {
    const int64_t n = s_.n;
    if (s_.turned()) loops_.Add(n, 2 * n * static_cast<int64_t>(sizeof(float)));
    for (int64_t step = 0; step < n; step += kBlock) {
      const int64_t products = std::min(kBlock, n - step) * (step + kBlock / 2);
      loops_.Add(groups_, ProductsCost(products * (rows_ ? kColumns / 4 : 1)));
    }
    Settle();
  }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const int64_t turns = s_.turned() ? 1 : 0;
    if (small_) {
      loops_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
        for (int64_t matrix = begin; matrix < end; ++matrix) {
          if (s_.turned()) RunLoop(args, matrix, 0, 0, s_.n);
          for (int64_t loop = 0; loop * kBlock < s_.n; ++loop) {
            RunLoop(args, matrix, loop + turns, 0, groups_);
          }
        }
      });
      return;
    }
    ForEachBlock(loops_.count(), pieces, [&](int64_t matrix, PieceRange part) {
      loops_.Run(part, pool, [&](size_t loop, int64_t begin, int64_t end) {
        RunLoop(args, matrix, static_cast<int64_t>(loop), begin, end);
      });
    });
  }

 private:
  static constexpr int64_t kColumns = 16;

  // Loops over a matrix: over its rows, where they are turned, then over systems, kBlock steps of
  // each.
  void RunLoop(void* const* args, int64_t matrix, int64_t loop, int64_t begin, int64_t end) const {
    const int64_t n = s_.n;
    const float* const a = static_cast<const float*>(args[0]) + matrix * n * n;
    const float* m = a;
    if (s_.turned()) {
      float* const turned = static_cast<float*>(args[3]) + matrix * n * n;
      if (loop-- == 0) {
        TurnRows(a, turned, begin, end);
        return;
      }
      m = turned;
    }
    const float* const b = static_cast<const float*>(args[1]) + matrix * n * s_.vectors;
    float* const x = static_cast<float*>(args[2]) + matrix * n * s_.vectors;
    for (int64_t group = begin; group < end; ++group) {
      if (rows_) {
        SolveColumns(m, b, x, group * kColumns, loop * kBlock);
      } else {
        SolveVector(m, b + group * n, x + group * n, loop * kBlock);
      }
    }
  }

  // Equation i is m[i, :] x = b[i], whatever the side, with the unknowns before i, or behind.
  void TurnRows(const float* a, float* m, int64_t begin, int64_t end) const {
    const int64_t n = s_.n;
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = forward_ ? 0 : i, last = forward_ ? i + 1 : n;
      for (int64_t j = first; j < last; ++j) {
        m[i * n + j] = a[j * n + i];
      }
    }
  }

  // The equation of a step, and the unknowns that it knows.
  struct Equation {
    int64_t i, first, count;
  };
  Equation EquationAt(int64_t step) const {
    const int64_t i = forward_ ? step : s_.n - 1 - step;
    return {i, forward_ ? 0 : i + 1, step};
  }

  // The steps [step, step + kBlock) of one system whose unknowns lie beside each other.
  void SolveVector(const float* m, const float* b, float* x, int64_t step) const {
    for (const int64_t end = std::min(step + kBlock, s_.n); step < end; ++step) {
      const auto [i, first, count] = EquationAt(step);
      const float* const row = m + i * s_.n;
      const float rest = b[i] - Dot(row + first, x + first, count);
      x[i] = s_.unit_diagonal ? rest : rest / row[i];
    }
  }

  // As many systems beside each other, from `column` on.
  void SolveColumns(const float* m, const float* b, float* x, int64_t column, int64_t step) const {
    const int64_t k = s_.vectors, columns = std::min(kColumns, k - column);
    for (const int64_t end = std::min(step + kBlock, s_.n); step < end; ++step) {
      const auto [i, first, count] = EquationAt(step);
      const float* const row = m + i * s_.n;
      float sums[kColumns];
      std::copy_n(b + i * k + column, columns, sums);
      if (columns == kColumns) {
        SubtractProducts(row + first, x + first * k + column, count, sums);
      } else {
        for (int64_t j = first; j < first + count; ++j) {
          for (int64_t c = 0; c < columns; ++c) sums[c] -= row[j] * x[j * k + column + c];
        }
      }
      for (int64_t c = 0; c < columns; ++c) {
        x[i * k + column + c] = s_.unit_diagonal ? sums[c] : sums[c] / row[i];
      }
    }
  }

  // sums[c] -= row[j] x[j, c]
  void SubtractProducts(const float* row, const float* x, int64_t count, float* sums) const {
    const Hwy<float> l;
    F32x4 v[kColumns / 4];
    WEBHLO_UNROLL for (int c = 0; c < kColumns / 4; ++c) v[c] = Load(sums + 4 * c);
    for (int64_t j = 0; j < count; ++j) {
      const F32x4 factor = Splat(row[j]);
      WEBHLO_UNROLL for (int c = 0; c < kColumns / 4; ++c) {
        v[c] = l.NegMulAdd(factor, Load(x + j * s_.vectors + 4 * c), v[c]);
      }
    }
    WEBHLO_UNROLL for (int c = 0; c < kColumns / 4; ++c) Store(v[c], sums + 4 * c);
  }

  const TriangularSizes s_;
  const bool forward_;
  const bool rows_;  // b's rows hold an element of each system.
  const int64_t groups_;
};

}  // namespace

std::unique_ptr<Kernel> MakeCholesky(const CholeskySizes& sizes) {
  return std::make_unique<CholeskyKernel>(sizes);
}

uint64_t TriangularSizes::ScratchBytes() const {
  return turned() ? static_cast<uint64_t>(batch * n * n) * sizeof(float) : 0;
}

std::unique_ptr<Kernel> MakeTriangularSolve(const TriangularSizes& sizes) {
  return std::make_unique<TriangularKernel>(sizes);
}

}  // namespace webhlo
