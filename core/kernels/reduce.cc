// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/reduce.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "core/base/float_math.h"
#include "core/base/math.h"
#include "core/kernels/folds.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

// Columns that one piece of work folds.
constexpr int64_t kColumns = 256;
// Rows of at most so many elements are folded many at once.
constexpr int64_t kShortRow = 128;
// Elements that one chunk of a long reduction folds, where there is too little work side by side.
constexpr int64_t kChunk = 16 * 1024;
// More elements than this no item folds, lest a piece take too long.
constexpr int64_t kLongItem = 64 * kChunk;
// Bytes of the widest part of an element.
constexpr size_t kMaxWidth = 8;
// Results that one item of the last loop finishes, an even number.
constexpr int64_t kFinish = 4 * 1024;

template <typename T>
constexpr int64_t kLanes = static_cast<int64_t>(16 / sizeof(T));
template <typename T>
using VectorTag = hn::FixedTag<T, 16 / sizeof(T)>;

// ---- In vectors ----

// Rows of as many vectors as there are parts, the fast way; false where the result is in doubt:
// where there is a NaN, infinities of both signs (what the sum shows), or a zero whose sign is
// unsure.
template <typename Op, typename T, int kVectors>
HWY_INLINE bool FoldFast(const T* x, int64_t rows, int64_t inner,
                         hn::Vec<VectorTag<T>> (&part)[kVectors]) {
  constexpr VectorTag<T> d{};
  constexpr int64_t lanes = kLanes<T>;
  hn::Vec<VectorTag<T>> sum[kVectors];
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) sum[v] = part[v] = hn::LoadU(d, x + lanes * v);
  for (int64_t row = 1; row < rows; ++row) {
    x += inner;
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      const auto element = hn::LoadU(d, x + lanes * v);
      part[v] = Op::Fast(part[v], element);
      sum[v] = hn::Add(sum[v], element);
    }
  }
  auto in_doubt = hn::MaskFalse(d);
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
    in_doubt = hn::Or(in_doubt, InDoubt<Op>(part[v], sum[v]));
  }
  return hn::AllFalse(d, in_doubt);
}

template <typename Op, typename T, int kVectors>
HWY_INLINE void FoldExactly(const T* x, int64_t rows, int64_t inner,
                            hn::Vec<VectorTag<T>> (&part)[kVectors]) {
  constexpr VectorTag<T> d{};
  constexpr int64_t lanes = kLanes<T>;
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) part[v] = hn::LoadU(d, x + lanes * v);
  for (int64_t row = 1; row < rows; ++row) {
    x += inner;
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      part[v] = Op::Vector(part[v], hn::LoadU(d, x + lanes * v));
    }
  }
}

// Whether floats of the type are folded the fast way.
template <typename T, typename Op>
constexpr bool kHasFast = std::is_floating_point_v<T> &&
                          (std::is_same_v<Op, FoldMax> || std::is_same_v<Op, FoldMin>);

// Called, not copied to its callers: a page downloads one for each type and operation.
template <typename T, typename Op, int kVectors>
HWY_NOINLINE void FoldColumns(const T* x, int64_t rows, int64_t inner, T* out, int64_t columns) {
  constexpr int64_t kRows = 64;  // Chains of so many rows are folded for themselves.
  constexpr int64_t lanes = kLanes<T>;
  hn::Vec<VectorTag<T>> total[kVectors], part[kVectors];
  for (int64_t row = 0; row < rows; row += kRows) {
    const int64_t count = std::min(rows - row, kRows);
    bool done = false;
    if constexpr (kHasFast<T, Op> && kVectors > 1) {
      done = FoldFast<Op>(x + row * inner, count, inner, part);
    }
    if (!done) FoldExactly<Op>(x + row * inner, count, inner, part);
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      total[v] = row == 0 ? part[v] : Op::Vector(total[v], part[v]);
    }
  }
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
    StoreFirst(total[v], out + lanes * v, static_cast<size_t>(columns - lanes * v));
  }
}

// What registers hold.
template <typename T, typename Op>
constexpr int kWideVectors = kHasFast<T, Op> ? 4 : 8;

// Columns, of which a vector holds whole rows: `n` elements, as if there were as many columns as
// kWideVectors hold, which then fold each other, and what is left over.
template <typename T, typename Op>
void FoldRow(const T* x, int64_t n, int64_t columns, T* out) {
  constexpr VectorTag<T> d{};
  constexpr int64_t lanes = kLanes<T>, kWide = kWideVectors<T, Op> * lanes;
  int64_t i = n / kWide * kWide;
  alignas(16) T results[kWide];
  if (i == 0) {
    i = n < lanes ? columns : lanes;
    std::copy_n(x, i, results);
  } else {
    FoldColumns<T, Op, kWideVectors<T, Op>>(x, n / kWide, kWide, results, kWide);
    for (int64_t half = kWide / 2; half >= lanes; half /= 2) {
      for (int64_t p = 0; p < half; p += lanes) {
        hn::Store(Op::Vector(hn::Load(d, results + p), hn::Load(d, results + p + half)), d,
                  results + p);
      }
    }
  }
  if (i >= lanes) {
    for (; i + lanes <= n; i += lanes) {
      hn::Store(Op::Vector(hn::Load(d, results), hn::LoadU(d, x + i)), d, results);
    }
    for (int64_t half = lanes / 2; half >= columns; half /= 2) {
      for (int64_t p = 0; p < half; ++p) results[p] = Op::Scalar(results[p], results[p + half]);
    }
  }
  // Columns are a power of two.
  for (; i < n; ++i) {
    T& result = results[i & (columns - 1)];
    result = Op::Scalar(result, x[i]);
  }
  std::copy_n(results, columns, out);
}

template <typename T, typename Op>
void FoldVectors(const void* input, int64_t rows, int64_t inner, int64_t columns, void* output) {
  const T* x = static_cast<const T*>(input);
  T* out = static_cast<T*>(output);
  if (kLanes<T> % inner == 0) {
    FoldRow<T, Op>(x, rows * inner, inner, out);
    return;
  }
  constexpr int64_t kWide = kWideVectors<T, Op> * kLanes<T>;
  int64_t j = 0;
  for (; j + kWide <= columns; j += kWide) {
    FoldColumns<T, Op, kWideVectors<T, Op>>(x + j, rows, inner, out + j, kWide);
  }
  for (; j < columns; j += kLanes<T>) {
    FoldColumns<T, Op, 1>(x + j, rows, inner, out + j, std::min(kLanes<T>, columns - j));
  }
}

// Element `i` of each row.
template <typename T>
HWY_INLINE hn::Vec<VectorTag<T>> Column(const T* const (&rows)[kLanes<T>], int64_t i) {
  constexpr VectorTag<T> d{};
  if constexpr (kLanes<T> == 2) {
    return hn::Dup128VecFromValues(d, rows[0][i], rows[1][i]);
  } else {
    return hn::Dup128VecFromValues(d, rows[0][i], rows[1][i], rows[2][i], rows[3][i]);
  }
}

// Rows of `n` elements, as many at once as a vector has lanes: each folds its own vectors, then
// lanes of all fold each other, which leaves one a row.
template <typename T, typename Op>
void FoldShortRows(const void* input, int64_t rows, int64_t n, void* output) {
  constexpr VectorTag<T> d{};
  constexpr int64_t lanes = kLanes<T>;
  const T* x = static_cast<const T*>(input);
  T* out = static_cast<T*>(output);
  for (int64_t row = 0; row < rows; row += lanes) {
    const T* at[lanes];
    WEBHLO_UNROLL for (int64_t r = 0; r < lanes; ++r) at[r] = x + std::min(row + r, rows - 1) * n;
    int64_t i = 0;
    hn::Vec<VectorTag<T>> total;
    if (n >= lanes) {
      hn::Vec<VectorTag<T>> part[lanes];
      WEBHLO_UNROLL for (int64_t r = 0; r < lanes; ++r) part[r] = hn::LoadU(d, at[r]);
      for (i = lanes; i + lanes <= n; i += lanes) {
        WEBHLO_UNROLL for (int64_t r = 0; r < lanes; ++r) {
          part[r] = Op::Vector(part[r], hn::LoadU(d, at[r] + i));
        }
      }
      WEBHLO_UNROLL for (int64_t half = lanes / 2; half > 0; half /= 2) {
        WEBHLO_UNROLL for (int64_t r = 0; r < half; ++r) {
          part[r] = Op::Vector(hn::InterleaveLower(d, part[r], part[r + half]),
                               hn::InterleaveUpper(d, part[r], part[r + half]));
        }
      }
      total = part[0];
    } else {
      total = Column(at, i++);
    }
    for (; i < n; ++i) total = Op::Vector(total, Column(at, i));
    StoreFirst(total, out + row, static_cast<size_t>(rows - row));
  }
}

// Bits, whatever the width of an element.
template <typename Op, int64_t kWidth>
void FoldBits(const void* input, int64_t rows, int64_t inner, int64_t columns, void* output) {
  FoldVectors<uint8_t, Op>(input, rows, inner * kWidth, columns * kWidth, output);
}

// ---- Other integers ----

// Whatever the order, the result is the same: compilers find one for vectors, except where the
// instructions for these are missing or many.
template <typename T, typename Op>
void FoldIntegers(const void* input, int64_t rows, int64_t inner, int64_t columns, void* output) {
  const T* x = static_cast<const T*>(input);
  T* __restrict out = static_cast<T*>(output);
  if constexpr (std::is_same_v<Op, FoldMultiply> ||
                (sizeof(T) == 8 && !std::is_same_v<Op, FoldAdd>)) {
    std::copy_n(x, columns, out);
    for (int64_t row = 1; row < rows; ++row) {
      WEBHLO_PLAIN_LOOP for (int64_t j = 0; j < columns; ++j) {
        out[j] = Op::Scalar(out[j], x[row * inner + j]);
      }
    }
    return;
  }
  if (inner == 1) {
    T result = x[0];
    for (int64_t i = 1; i < rows; ++i) result = Op::Scalar(result, x[i]);
    *out = result;
    return;
  }
  std::copy_n(x, columns, out);
  for (int64_t row = 1; row < rows; ++row) {
    const T* from = x + row * inner;
    for (int64_t j = 0; j < columns; ++j) out[j] = Op::Scalar(out[j], from[j]);
  }
}

// `init` is a pair of parts; where elements have one, twice the same.
template <typename T, typename Op>
void FinishAll(const void* init, const void* input, void* output, int64_t count) {
  const T* pair = static_cast<const T*>(init);
  const T* in = static_cast<const T*>(input);
  T* out = static_cast<T*>(output);
  const T even = pair[0], odd = pair[1];
  if constexpr (std::is_integral_v<T>) {
    WEBHLO_PLAIN_LOOP for (int64_t i = 0; i < count; ++i) out[i] = Op::Scalar(even, in[i]);
  } else {
    constexpr VectorTag<T> d{};
    constexpr int64_t lanes = kLanes<T>;
    const auto pairs = hn::OddEven(hn::Set(d, odd), hn::Set(d, even));
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
      hn::StoreU(Op::Vector(pairs, hn::LoadU(d, in + i)), d, out + i);
    }
    for (; i < count; ++i) out[i] = Op::Scalar(i % 2 == 0 ? even : odd, in[i]);
  }
}

template <typename T>
struct TypeTag {
  using Type = T;
};

// Signed, or without sign where that does not count.
template <bool kOrders, typename T>
using IntegerTag = TypeTag<std::conditional_t<kOrders, T, std::make_unsigned_t<T>>>;

// Calls f with the C++ type of the elements. Not of types whose reductions have no kernel.
template <bool kOrders, typename F>
void WithType(ElementType type, const F& f) {
  switch (type) {
    case ElementType::kI8:
      return f(IntegerTag<kOrders, int8_t>());
    case ElementType::kI16:
      return f(IntegerTag<kOrders, int16_t>());
    case ElementType::kI32:
      return f(IntegerTag<kOrders, int32_t>());
    case ElementType::kI64:
      return f(IntegerTag<kOrders, int64_t>());
    case ElementType::kI1:
    case ElementType::kU8:
      f(TypeTag<uint8_t>());
      return;
    case ElementType::kU16:
      f(TypeTag<uint16_t>());
      return;
    case ElementType::kU32:
      f(TypeTag<uint32_t>());
      return;
    case ElementType::kU64:
      f(TypeTag<uint64_t>());
      return;
    case ElementType::kF32:
      f(TypeTag<float>());
      return;
    case ElementType::kF64:
      f(TypeTag<double>());
      return;
    default:
      return;
  }
}

}  // namespace

std::unique_ptr<TensorReduction> TensorReduction::Create(Reduction op, ElementType type,
                                                         std::span<const int64_t> sizes,
                                                         std::span<const int64_t> reduced) {
  // i1 has two values, so its sum is or and its product is and.
  if (type == ElementType::kI1) {
    if (op == Reduction::kAdd || op == Reduction::kMaximum) op = Reduction::kOr;
    if (op == Reduction::kMultiply || op == Reduction::kMinimum) op = Reduction::kAnd;
  }
  // Complex sums are sums of their parts.
  const bool is_complex = IsComplex(type);
  if (is_complex && op != Reduction::kAdd) return nullptr;
  if (is_complex) type = type == ElementType::kC64 ? ElementType::kF32 : ElementType::kF64;
  std::unique_ptr<TensorReduction> r(new TensorReduction);
  const auto set = [&]<typename Op>(Op) {
    constexpr bool kOrders = std::is_same_v<Op, FoldMax> || std::is_same_v<Op, FoldMin>;
    constexpr bool kAdds = std::is_same_v<Op, FoldAdd>;
    constexpr bool kBits = std::is_same_v<Op, FoldAnd> || std::is_same_v<Op, FoldOr>;
    WithType<kOrders>(type, [&](auto tag) {
      using T = typename decltype(tag)::Type;
      r->width_ = sizeof(T);
      constexpr bool kFloats = std::is_floating_point_v<T>, kWords = sizeof(T) == 4;
      if constexpr (!kFloats || !kBits) {
        if constexpr (kFloats || (kWords && kAdds)) {
          r->fold_ = FoldVectors<T, Op>;
          r->fold_short_rows_ = FoldShortRows<T, Op>;
        } else if constexpr (kBits) {
          r->fold_ = FoldBits<Op, sizeof(T)>;
        } else {
          r->fold_ = FoldIntegers<T, Op>;
        }
        r->finish_ = FinishAll<T, Op>;
      }
    });
  };
  switch (op) {
    case Reduction::kAdd:
      set(FoldAdd());
      break;
    case Reduction::kMultiply:
      set(FoldMultiply());
      break;
    case Reduction::kMaximum:
      set(FoldMax());
      break;
    case Reduction::kMinimum:
      set(FoldMin());
      break;
    case Reduction::kAnd:
      set(FoldAnd());
      break;
    case Reduction::kOr:
      set(FoldOr());
      break;
  }
  if (r->fold_ == nullptr) return nullptr;

  std::vector<int64_t> parts(sizes.begin(), sizes.end());
  if (is_complex) parts.push_back(r->parts_ = 2);
  r->PlanStages(parts, reduced);
  r->PlanPieces();
  return r;
}

void TensorReduction::PlanStages(std::span<const int64_t> sizes, std::span<const int64_t> reduced) {
  // Neighbours that are alike become one dimension.
  struct Group {
    int64_t size;
    bool reduced;
  };
  std::vector<Group> groups;
  results_ = 1;
  for (size_t d = 0; d < sizes.size(); ++d) {
    const bool is_reduced =
        std::find(reduced.begin(), reduced.end(), static_cast<int64_t>(d)) != reduced.end();
    if (!is_reduced) results_ *= sizes[d];
    if (is_reduced && sizes[d] == 0) empty_ = true;
    if (sizes[d] == 1) continue;
    if (!groups.empty() && groups.back().reduced == is_reduced) {
      groups.back().size *= sizes[d];
    } else {
      groups.push_back({sizes[d], is_reduced});
    }
  }
  if (empty_ || results_ == 0) return;

  // The largest first: the rest is little then.
  size_t largest_scratch = 0;
  for (;;) {
    size_t best = groups.size();
    for (size_t g = 0; g < groups.size(); ++g) {
      if (groups[g].reduced && (best == groups.size() || groups[g].size > groups[best].size))
        best = g;
    }
    if (best == groups.size()) break;
    Stage stage = {1, groups[best].size, 1, groups[best].size};
    for (size_t g = 0; g < best; ++g) stage.outer *= groups[g].size;
    for (size_t g = best + 1; g < groups.size(); ++g) stage.inner *= groups[g].size;
    const int64_t side_by_side = stage.outer * ((stage.inner + kColumns - 1) / kColumns);
    const bool little = side_by_side < 16 && stage.reduce * stage.inner >= 4 * kChunk;
    if (little || stage.reduce * std::min(stage.inner, kColumns) > kLongItem) {
      stage.chunk =
          std::max<int64_t>(1, kChunk / (little ? stage.inner : std::min(stage.inner, kColumns)));
      groups[best].size = stage.chunks();
    } else {
      groups.erase(groups.begin() + static_cast<int64_t>(best));
    }
    largest_scratch = std::max(largest_scratch, static_cast<size_t>(stage.results() * width_));
    stages_.push_back(stage);
  }
  // Stages but the last write to one half of the scratch and read the other.
  if (stages_.size() > 1) scratch_bytes_ = 2 * ((largest_scratch + 127) / 64 * 64);
}

void TensorReduction::PlanPieces() {
  if (empty_) {
    fill_ = StridedCopier::Fill(width_ * parts_, results_ / parts_);
    pieces_.Add(fill_.items(), fill_.item_cost());
    return;
  }
  for (const Stage& stage : stages_) {
    pieces_.Add(
        stage.outer * stage.chunks() * CeilDiv(stage.inner, kColumns),
        std::min(stage.chunk, stage.reduce) * std::min(stage.inner, kColumns) * width_ + 32);
  }
  pieces_.Add(CeilDiv(results_, kFinish), kFinish * width_ * 2);
}

void TensorReduction::RunStage(const Stage& stage, const uint8_t* input, uint8_t* output,
                               int64_t begin, int64_t end) const {
  if (fold_short_rows_ != nullptr && stage.inner == 1 && stage.reduce <= kShortRow) {
    fold_short_rows_(input + begin * stage.reduce * width_, end - begin, stage.reduce,
                     output + begin * width_);
    return;
  }
  const int64_t blocks = CeilDiv(stage.inner, kColumns);
  const int64_t chunks = stage.chunks();
  for (int64_t item = begin; item < end; ++item) {
    const int64_t block = item % blocks;
    const int64_t chunk = item / blocks % chunks;
    const int64_t outer = item / blocks / chunks;
    const int64_t column = block * kColumns;
    const int64_t row = chunk * stage.chunk;
    fold_(input + ((outer * stage.reduce + row) * stage.inner + column) * width_,
          std::min(stage.chunk, stage.reduce - row), stage.inner,
          std::min(kColumns, stage.inner - column),
          output + ((outer * chunks + chunk) * stage.inner + column) * width_);
  }
}

void TensorReduction::Run(const void* input, const void* init, void* output, void* scratch,
                          PieceRange pieces, ThreadPool& pool) const {
  if (empty_) {
    pieces_.Run(pieces, pool,
                [&](int64_t begin, int64_t end) { fill_.Run(init, output, begin, end); });
    return;
  }
  const uint8_t* in = static_cast<const uint8_t*>(input);
  uint8_t* out = static_cast<uint8_t*>(output);
  const size_t stages = stages_.size();
  const auto written_by = [&](size_t stage) {
    return stage + 1 == stages
               ? out
               : static_cast<uint8_t*>(scratch) + (stage % 2) * (scratch_bytes_ / 2);
  };
  pieces_.Run(pieces, pool, [&](size_t loop, int64_t begin, int64_t end) {
    const uint8_t* from = loop == 0 ? in : written_by(loop - 1);
    if (loop < stages) {
      RunStage(stages_[loop], from, written_by(loop), begin, end);
      return;
    }
    alignas(kMaxWidth) uint8_t pair[2 * kMaxWidth];
    std::memcpy(pair, init, static_cast<size_t>(parts_) * static_cast<size_t>(width_));
    if (parts_ == 1) std::memcpy(pair + width_, init, static_cast<size_t>(width_));
    const int64_t first = begin * kFinish;
    finish_(pair, from + first * width_, out + first * width_,
            std::min(end * kFinish, results_) - first);
  });
}

}  // namespace webhlo
