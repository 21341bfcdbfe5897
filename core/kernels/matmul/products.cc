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

using Group = ProductSizes::Group;

// Rows of an item, in steps of tiles': each packs the columns again.
constexpr int64_t kMaxRows = 64;
constexpr int64_t kRowsStep = 4;
constexpr int64_t kLhsBytes = 64 * 1024;  // Of its packed rows.
// Products of an item: some milliseconds on a poor machine.
constexpr int64_t kItemProducts = int64_t{4} << 20;

// What sums are computed in. A step takes kDepth elements of each of kRows rows of lhs, and of each
// of kColumns columns of rhs; so they lie behind each other. A complex number has two parts: those
// of an element lie one after the other in lhs, in rhs the second ones behind all the first ones.
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

// Some lines of elements of an operand, and where they go: k lies at its offset in each of `count`
// lines, from one line to the next are `step` elements. From one step's lanes to the next one's are
// `stride` lanes, from a line's to the next one's `line`, from one part to the other `part`.
struct Lines {
  const int64_t* offsets;
  int64_t depth, count, step;
  int64_t stride, line, part;
};

template <typename From, typename To>
void LoadAs(const void* from, const Lines& l, To* to) {
  constexpr int64_t kDepth = std::is_same_v<To, PairSums::Lane> ? PairSums::kDepth : 1;
  for (int64_t i = 0; i < l.depth; ++i) {
    const From* x = static_cast<const From*>(from) + l.offsets[i];
    To* lane = to + i / kDepth * l.stride + i % kDepth;
    for (int64_t c = 0; c < l.count; ++c, x += l.step, lane += l.line) {
      if constexpr (std::is_same_v<From, std::complex<To>>) {
        lane[0] = x->real();
        lane[l.part] = x->imag();
      } else {
        *lane = static_cast<To>(*x);
      }
    }
  }
}

template <typename To>
using Loader = void (*)(const void* from, const Lines& lines, To* to);

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
    if constexpr (std::is_same_v<To, uint32_t>) {
      if (element == ElementType::kI16) return LoadAs<int16_t, To>;
      if (element == ElementType::kU16) return LoadAs<uint16_t, To>;
      if (BitWidth(element) == 32) return LoadAs<uint32_t, To>;
    }
    return LoadAs<uint8_t, To>;
  }
}

// Where some rows of a tile's sums go: elements of `width` bytes, rows `step` of them apart.
struct Sink {
  void* at;
  int width;
  int64_t rows, columns, step;
  bool first;  // Nothing is there yet that they are added to.
};

template <typename T, int64_t kColumns, typename Sum>
void Add(const Sum* sums, const Sink& sink) {
  T* row = static_cast<T*>(sink.at);
  for (int64_t r = 0; r < sink.rows; ++r, sums += kColumns, row += sink.step) {
    for (int64_t c = 0; c < sink.columns; ++c) {
      const T sum = static_cast<T>(sums[c]);
      row[c] = sink.first ? sum : static_cast<T>(row[c] + sum);
    }
  }
}

template <typename S>
void AddTo(const typename S::Sum* sums, const Sink& sink) {
  using Sum = typename S::Sum;
  if constexpr (S::kParts == 2) {
    Sum* row = static_cast<Sum*>(sink.at);
    for (int64_t r = 0; r < sink.rows; ++r, sums += 2 * S::kColumns, row += 2 * sink.step) {
      for (int64_t i = 0; i < 2 * sink.columns; ++i) {
        const Sum sum = sums[i / 2 + i % 2 * S::kColumns];
        row[i] = sink.first ? sum : row[i] + sum;
      }
    }
  } else if constexpr (sizeof(Sum) == 8) {
    Add<Sum, S::kColumns>(sums, sink);
  } else if (sink.width == 4) {
    Add<uint32_t, S::kColumns>(sums, sink);
  } else if (sink.width == 2) {
    Add<uint16_t, S::kColumns>(sums, sink);
  } else {
    Add<uint8_t, S::kColumns>(sums, sink);
  }
}

// Sums of a tile over `depth` elements.
template <typename S>
void Tile(const typename S::Lane* lhs, const typename S::Lane* rhs, int64_t depth,
          typename S::Sum* sums) {
  const typename S::Tag tag;
  typename S::V v[S::kRows][2];
  WEBHLO_UNROLL for (int r = 0; r < S::kRows; ++r) v[r][0] = v[r][1] = hn::Zero(tag);
  const typename S::Lane* const end = lhs + depth * S::kRows;
  for (; lhs < end; lhs += S::kRows * S::kDepth, rhs += S::kColumns * S::kDepth) {
    const auto b0 = S::RhsAt(rhs), b1 = S::RhsAt(rhs + S::kLanes * S::kDepth);
    WEBHLO_UNROLL for (int r = 0; r < S::kRows; ++r) {
      const auto a = S::LhsAt(lhs + r * S::kDepth);
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
void ComplexTile(const T* lhs, const T* rhs, int64_t depth, T* sums) {
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
        const auto a_re = hn::Set(tag, lhs[2 * r]);
        const auto a_im = hn::Set(tag, lhs[2 * r + 1]);
        re[r][c] = hn::Add(re[r][c], hn::Sub(hn::Mul(a_re, b_re), hn::Mul(a_im, b_im)));
        im[r][c] = hn::Add(im[r][c], hn::Add(hn::Mul(a_re, b_im), hn::Mul(a_im, b_re)));
      }
    }
    lhs += 2 * S::kRows;
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

HWY_NOINLINE void FillOffsets(const Group& group, int64_t first, int64_t count, int64_t* offsets) {
  for (int64_t i = 0; i < count; ++i) offsets[i] = group.OffsetOf(first + i);
}

// Elements of a group from the first on, `most` at most, from each to the next of which is `step`.
struct Even {
  int64_t offset, step, count;
};
HWY_NOINLINE Even EvenFrom(const Group& group, int64_t first, int64_t most) {
  Even even = {group.OffsetOf(first), 0, 1};
  if (most > 1) even.step = group.OffsetOf(first + 1) - even.offset;
  while (even.count < most &&
         group.OffsetOf(first + even.count) == even.offset + even.count * even.step) {
    ++even.count;
  }
  return even;
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
  const int64_t most = s_.result == ElementType::kC128 ? kMaxRows / 2 : kMaxRows;
  const int64_t rows = std::clamp(kItemProducts / (depth * tile), kRowsStep, most);
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

  // Rows or columns that lie evenly are read together, element by element of k.
  const auto load = [](Loader<Lane> loader, const uint8_t* from, int from_width, const Group& group,
                       int64_t first, int64_t count, Lines lines, Lane* to) {
    for (int64_t c = 0; c < count; c += lines.count) {
      const Even even = EvenFrom(group, first + c, count - c);
      lines.step = even.step;
      lines.count = even.count;
      loader(from + even.offset * from_width, lines, to + c * lines.line);
    }
  };
  constexpr int64_t kStride = kBlockDepth * S::kParts;  // Of a row of lhs.
  alignas(16) Lane a[kLhsBytes / sizeof(Lane)];
  alignas(16) Lane b[kStride * S::kColumns] = {};
  alignas(16) typename S::Sum sums[S::kRows * S::kColumns * S::kParts];
  int64_t offsets[kBlockDepth] = {};
  for (int64_t k = 0; k == 0 || k < k_; k += kBlockDepth) {
    const int64_t depth = std::min(kBlockDepth, k_ - k);
    // A zero makes a pair of the last one.
    const int64_t padded = RoundUp(depth, S::kDepth);
    FillOffsets(s_.lhs_k, k, depth, offsets);
    for (int64_t r = 0; r < rows; r += S::kRows) {
      Lane* const panel = a + r * kStride;
      // What there is none of is zero.
      if (rows - r < S::kRows || padded != depth) std::fill_n(panel, S::kRows * kStride, Lane{});
      load(load_lhs, lhs, lhs_width, s_.lhs_m, first_row + r, std::min(S::kRows, rows - r),
           {.offsets = offsets,
            .depth = depth,
            .stride = S::kRows * S::kDepth * S::kParts,
            .line = S::kDepth * S::kParts,
            .part = 1},
           panel);
    }
    FillOffsets(s_.rhs_k, k, depth, offsets);
    for (int64_t column = first_column; column < last_column; column += S::kColumns) {
      const int64_t columns = std::min(S::kColumns, last_column - column);
      load(load_rhs, rhs, rhs_width, s_.rhs_n, column, columns,
           {.offsets = offsets,
            .depth = depth,
            .stride = S::kColumns * S::kDepth * S::kParts,
            .line = S::kDepth,
            .part = S::kColumns},
           b);
      for (int64_t r = 0; r < rows; r += S::kRows) {
        if constexpr (S::kParts == 2) {
          ComplexTile(a + r * kStride, b, depth, sums);
        } else {
          Tile<S>(a + r * kStride, b, padded, sums);
        }
        const int64_t at = (batch * m_ + first_row + r) * n_ + column;
        AddTo<S>(sums, {.at = result + at * width,
                        .width = width,
                        .rows = std::min(S::kRows, rows - r),
                        .columns = columns,
                        .step = n_,
                        .first = k == 0});
      }
    }
  }
}

}  // namespace webhlo
