// SPDX-License-Identifier: Apache-2.0
//
// Blocks of both operands are packed on the stack, in the type of the sums, and multiplied tile by
// tile; the sums of blocks meet in the result, whose arithmetic wraps as theirs does.
#include "core/kernels/matmul/products.h"

#include <algorithm>
#include <complex>
#include <cstring>
#include <functional>
#include <numeric>
#include <type_traits>
#include <utility>

#include "core/base/math.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

constexpr int64_t kMaxRows = 32;  // Of an item, in steps of tiles'.
constexpr int64_t kRowsStep = 4;
// Products of an item: some milliseconds on a poor machine.
constexpr int64_t kItemProducts = int64_t{4} << 20;

// What sums are computed in. A step takes kDepth elements of each of kRows rows of lhs, and of each
// of kColumns columns of rhs. A complex number has two parts: those of a step lie one after the
// other in lhs, in rhs the second ones behind all the first ones.
template <typename T>
struct SumsOf {
  using Sum = T;
  using Lane = T;  // Of packed blocks.
  static constexpr int64_t kParts = 1;
  static constexpr int64_t kRows = 4;
  static constexpr int64_t kDepth = 1;
  static constexpr int64_t kLanes = 16 / sizeof(T);
  static constexpr int64_t kColumns = 2 * kLanes;
  using Tag = hn::FixedTag<T, kLanes>;
  using V = hn::Vec<Tag>;

  static HWY_INLINE V LhsAt(const Lane* p) { return hn::Set(Tag(), *p); }
  static HWY_INLINE V RhsAt(const Lane* p) { return hn::LoadU(Tag(), p); }
  static HWY_INLINE V MulAdd(V a, V b, V sum) {
    if constexpr (std::is_same_v<T, double>) {
      return Hwy<double>().MulAdd(a, b, sum);
    } else {
      return hn::Add(hn::Mul(a, b), sum);
    }
  }
};
using F64Sums = SumsOf<double>;
using I64Sums = SumsOf<uint64_t>;
using I32Sums = SumsOf<uint32_t>;

// Of elements of 8 bits: pairs of 16 bits, whose products are added in one instruction.
struct PairSums {
  using Sum = int32_t;
  using Lane = int16_t;
  static constexpr int64_t kParts = 1;
  static constexpr int64_t kRows = 4;
  static constexpr int64_t kDepth = 2;
  static constexpr int64_t kLanes = 4;
  static constexpr int64_t kColumns = 2 * kLanes;
  using Tag = hn::FixedTag<int32_t, 4>;
  using PairTag = hn::FixedTag<int16_t, 8>;
  using V = hn::Vec<Tag>;
  using Pairs = hn::Vec<PairTag>;

  static HWY_INLINE Pairs LhsAt(const Lane* p) {
    int32_t pair;
    std::memcpy(&pair, p, sizeof(pair));
    return hn::BitCast(PairTag(), hn::Set(Tag(), pair));
  }
  static HWY_INLINE Pairs RhsAt(const Lane* p) { return hn::LoadU(PairTag(), p); }
  static HWY_INLINE V MulAdd(Pairs a, Pairs b, V sum) {
    return hn::Add(hn::WidenMulPairwiseAdd(Tag(), a, b), sum);
  }
};

template <typename T>
struct ComplexSums : SumsOf<T> {
  static constexpr int64_t kParts = 2;
  static constexpr int64_t kRows = 2;
};

constexpr int64_t kBlockDepth = 128;  // Elements of k in a block.

// The elements at some offsets as lanes; from one step's to the next one's are `stride` lanes, from
// one part to the other `part`.
template <typename From, typename To>
void LoadAs(const void* from, const int64_t* offsets, int64_t count, int64_t stride, int64_t part,
            To* to) {
  constexpr int64_t kDepth = std::is_same_v<To, PairSums::Lane> ? PairSums::kDepth : 1;
  const From* const elements = static_cast<const From*>(from);
  for (int64_t i = 0; i < count; ++i) {
    if constexpr (std::is_same_v<From, std::complex<To>>) {
      to[i * stride] = elements[offsets[i]].real();
      to[i * stride + part] = elements[offsets[i]].imag();
    } else {
      to[i / kDepth * stride + i % kDepth] = static_cast<To>(elements[offsets[i]]);
    }
  }
}

template <typename To>
using Loader = void (*)(const void* from, const int64_t* offsets, int64_t count, int64_t stride,
                        int64_t part, To* to);

template <typename To>
Loader<To> LoaderOf(ElementType element) {
  if constexpr (std::is_floating_point_v<To>) {
    if constexpr (std::is_same_v<To, double>) {
      if (element == ElementType::kF64) return LoadAs<double, double>;
    }
    return LoadAs<std::complex<To>, To>;
  } else if constexpr (std::is_same_v<To, uint64_t>) {
    return LoadAs<uint64_t, uint64_t>;
  } else {
    if (element == ElementType::kI8) return LoadAs<int8_t, To>;
    if (element == ElementType::kU8) return LoadAs<uint8_t, To>;
    if constexpr (std::is_same_v<To, uint32_t>) {
      if (element == ElementType::kI16) return LoadAs<int16_t, To>;
      if (element == ElementType::kU16) return LoadAs<uint16_t, To>;
    }
    return LoadAs<uint32_t, To>;
  }
}

// result[i] is, or has added to it, sums[i].
template <typename T, typename Sum>
void Add(const Sum* sums, int64_t count, bool first, void* result) {
  T* const elements = static_cast<T*>(result);
  for (int64_t i = 0; i < count; ++i) {
    const T sum = static_cast<T>(sums[i]);
    elements[i] = first ? sum : static_cast<T>(elements[i] + sum);
  }
}

template <typename S>
void AddTo(int width, const typename S::Sum* sums, int64_t count, bool first, void* result) {
  using Sum = typename S::Sum;
  if constexpr (S::kParts == 2) {
    Sum* const elements = static_cast<Sum*>(result);
    for (int64_t i = 0; i < 2 * count; ++i) {
      const Sum sum = sums[i / 2 + i % 2 * S::kColumns];
      elements[i] = first ? sum : elements[i] + sum;
    }
  } else if constexpr (sizeof(Sum) == 8) {
    Add<Sum>(sums, count, first, result);
  } else if (width == 4) {
    Add<uint32_t>(sums, count, first, result);
  } else if (width == 2) {
    Add<uint16_t>(sums, count, first, result);
  } else {
    Add<uint8_t>(sums, count, first, result);
  }
}

// Sums of a tile over `depth` elements. Rows of lhs lie `stride` lanes apart, those of rhs follow
// each other.
template <typename S>
void Tile(const typename S::Lane* lhs, int64_t stride, const typename S::Lane* rhs, int64_t depth,
          typename S::Sum* sums) {
  const typename S::Tag tag;
  typename S::V v[S::kRows][2];
  WEBHLO_UNROLL for (int r = 0; r < S::kRows; ++r) v[r][0] = v[r][1] = hn::Zero(tag);
  for (int64_t k = 0; k < depth; k += S::kDepth) {
    const auto b0 = S::RhsAt(rhs), b1 = S::RhsAt(rhs + S::kLanes * S::kDepth);
    rhs += S::kColumns * S::kDepth;
    WEBHLO_UNROLL for (int r = 0; r < S::kRows; ++r) {
      const auto a = S::LhsAt(lhs + r * stride + k);
      v[r][0] = S::MulAdd(a, b0, v[r][0]);
      v[r][1] = S::MulAdd(a, b1, v[r][1]);
    }
  }
  WEBHLO_UNROLL for (int r = 0; r < S::kRows; ++r) {
    hn::StoreU(v[r][0], tag, sums + r * S::kColumns);
    hn::StoreU(v[r][1], tag, sums + r * S::kColumns + S::kLanes);
  }
}

// Of complex numbers, products as everywhere (Product of core/base/float_math.h).
template <typename T>
void ComplexTile(const T* lhs, int64_t stride, const T* rhs, int64_t depth, T* sums) {
  using S = ComplexSums<T>;
  const typename S::Tag tag;
  hn::Vec<typename S::Tag> re[S::kRows][2], im[S::kRows][2];
  WEBHLO_UNROLL for (int r = 0; r < S::kRows; ++r) {
    WEBHLO_UNROLL for (int c = 0; c < 2; ++c) re[r][c] = im[r][c] = hn::Zero(tag);
  }
  for (int64_t k = 0; k < depth; ++k) {
    WEBHLO_UNROLL for (int c = 0; c < 2; ++c) {
      const auto b_re = hn::LoadU(tag, rhs + c * S::kLanes);
      const auto b_im = hn::LoadU(tag, rhs + S::kColumns + c * S::kLanes);
      WEBHLO_UNROLL for (int r = 0; r < S::kRows; ++r) {
        const auto a_re = hn::Set(tag, lhs[r * stride + 2 * k]);
        const auto a_im = hn::Set(tag, lhs[r * stride + 2 * k + 1]);
        re[r][c] = hn::Add(re[r][c], hn::Sub(hn::Mul(a_re, b_re), hn::Mul(a_im, b_im)));
        im[r][c] = hn::Add(im[r][c], hn::Add(hn::Mul(a_re, b_im), hn::Mul(a_im, b_re)));
      }
    }
    rhs += 2 * S::kColumns;
  }
  WEBHLO_UNROLL for (int r = 0; r < S::kRows; ++r) {
    WEBHLO_UNROLL for (int c = 0; c < 2; ++c) {
      T* const to = sums + 2 * r * S::kColumns + c * S::kLanes;
      hn::StoreU(re[r][c], tag, to);
      hn::StoreU(im[r][c], tag, to + S::kColumns);
    }
  }
}

bool IsInteger8To32(ElementType element) {
  return IsInteger(element) && BitWidth(element) >= 8 && BitWidth(element) <= 32;
}

bool ArePairs(const ProductSizes& s) {
  return IsInteger(s.lhs) && BitWidth(s.lhs) == 8 && BitWidth(s.rhs) == 8;
}

// The columns of a tile.
int64_t ColumnsOf(const ProductSizes& s) {
  const int bits = BitWidth(s.result) / (IsComplex(s.result) ? 2 : 1);
  return bits == 64 ? F64Sums::kColumns : I32Sums::kColumns;
}

}  // namespace

int64_t ProductSizes::Group::size() const {
  return std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>());
}

int64_t ProductSizes::Group::OffsetOf(int64_t index) const {
  int64_t offset = 0;
  for (size_t d = dims.size(); d-- > 0; index /= dims[d]) offset += index % dims[d] * strides[d];
  return offset;
}

bool ProductSizes::HasKernel() const {
  const auto all = [&](ElementType element) { return lhs == element && rhs == element; };
  if (result == ElementType::kF64 || IsComplex(result)) return all(result);
  if (IsInteger(result) && BitWidth(result) == 64) return all(result);
  return IsInteger8To32(lhs) && IsInteger8To32(rhs) && IsInteger8To32(result);
}

Products::Products(ProductSizes sizes)
    : s_(std::move(sizes)), m_(s_.lhs_m.size()), k_(s_.lhs_k.size()), n_(s_.rhs_n.size()) {
  const int64_t tile = ColumnsOf(s_), depth = std::max<int64_t>(k_, 1);
  const int64_t rows = std::clamp(kItemProducts / (depth * tile), kRowsStep, kMaxRows);
  rows_ = std::min(RoundUp(m_, kRowsStep), rows / kRowsStep * kRowsStep);
  const int64_t columns = std::max(kItemProducts / (depth * rows_), tile);
  columns_ = std::min(RoundUp(n_, tile), columns / tile * tile);
  const int64_t work = IsComplex(s_.result)        ? BitWidth(s_.result) / 8
                       : BitWidth(s_.result) == 64 ? 2
                                                   : 1;
  const int64_t flops = 2 * rows_ * columns_ * depth * work;
  pieces_ = Pieces(s_.lhs_b.size() * CeilDiv(m_, rows_) * CeilDiv(n_, columns_),
                   CeilDiv(flops, kFlopsPerCost));
}

void Products::Run(void* const* args, PieceRange pieces, ThreadPool& pool) const {
  pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      if (s_.result == ElementType::kC64) {
        RunItem<ComplexSums<float>>(args, item);
      } else if (s_.result == ElementType::kC128) {
        RunItem<ComplexSums<double>>(args, item);
      } else if (s_.result == ElementType::kF64) {
        RunItem<F64Sums>(args, item);
      } else if (BitWidth(s_.result) == 64) {
        RunItem<I64Sums>(args, item);
      } else if (ArePairs(s_)) {
        RunItem<PairSums>(args, item);
      } else {
        RunItem<I32Sums>(args, item);
      }
    }
  });
}

template <typename S>
void Products::RunItem(void* const* args, int64_t item) const {
  using Lane = typename S::Lane;
  const int64_t across = CeilDiv(n_, columns_), down = CeilDiv(m_, rows_);
  const int64_t batch = item / (across * down);
  const int64_t first_row = item / across % down * rows_, first_column = item % across * columns_;
  const int64_t rows = std::min(rows_, m_ - first_row);
  const int64_t last_column = std::min(first_column + columns_, n_);
  const int lhs_width = ByteWidth(s_.lhs), rhs_width = ByteWidth(s_.rhs);
  const int width = ByteWidth(s_.result);
  const uint8_t* const lhs =
      static_cast<const uint8_t*>(args[0]) + s_.lhs_b.OffsetOf(batch) * lhs_width;
  const uint8_t* const rhs =
      static_cast<const uint8_t*>(args[1]) + s_.rhs_b.OffsetOf(batch) * rhs_width;
  uint8_t* const result = static_cast<uint8_t*>(args[2]);
  const Loader<Lane> load_lhs = LoaderOf<Lane>(s_.lhs), load_rhs = LoaderOf<Lane>(s_.rhs);

  constexpr int64_t kStride = kBlockDepth * S::kParts;  // Of a row of lhs.
  alignas(16) Lane a[kMaxRows * kStride] = {};
  alignas(16) Lane b[kStride * S::kColumns] = {};
  alignas(16) typename S::Sum sums[S::kRows * S::kColumns * S::kParts];
  int64_t offsets[kBlockDepth] = {};
  for (int64_t k = 0; k == 0 || k < k_; k += kBlockDepth) {
    const int64_t depth = std::min(kBlockDepth, k_ - k);
    // A zero makes a pair of the last one.
    const int64_t padded = RoundUp(depth, S::kDepth);
    for (int64_t i = 0; i < depth; ++i) offsets[i] = s_.lhs_k.OffsetOf(k + i);
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t at = s_.lhs_m.OffsetOf(first_row + r);
      Lane* const row = a + r * kStride;
      load_lhs(lhs + at * lhs_width, offsets, depth, S::kDepth * S::kParts, 1, row);
      std::fill(row + depth * S::kParts, row + padded * S::kParts, Lane{});
    }
    for (int64_t i = 0; i < depth; ++i) offsets[i] = s_.rhs_k.OffsetOf(k + i);
    for (int64_t column = first_column; column < last_column; column += S::kColumns) {
      const int64_t columns = std::min(S::kColumns, last_column - column);
      for (int64_t c = 0; c < columns; ++c) {
        const uint8_t* const from = rhs + s_.rhs_n.OffsetOf(column + c) * rhs_width;
        load_rhs(from, offsets, depth, S::kColumns * S::kDepth * S::kParts, S::kColumns,
                 b + c * S::kDepth);
      }
      for (int64_t r = 0; r < rows; r += S::kRows) {
        if constexpr (S::kParts == 2) {
          ComplexTile(a + r * kStride, kStride, b, depth, sums);
        } else {
          Tile<S>(a + r * kStride, kStride, b, padded, sums);
        }
        for (int64_t i = 0; i < std::min(S::kRows, rows - r); ++i) {
          const int64_t at = (batch * m_ + first_row + r + i) * n_ + column;
          AddTo<S>(width, sums + i * S::kColumns * S::kParts, columns, k == 0, result + at * width);
        }
      }
    }
  }
}

}  // namespace webhlo
