// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/extreme.h"

#include <algorithm>
#include <type_traits>

#include "core/base/math.h"
#include "core/kernels/parallel.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

constexpr int kVectors = 4;
constexpr int64_t kColumns = ExtremeSizes::kColumns;
// Rows of which only the extreme is found at first.
constexpr int64_t kRows = 32;

// The largest of each of kColumns columns of some rows, `step` apart, and the first of the kRows
// rows among which it first is.
template <typename T>
struct Strip {
  static constexpr hn::FixedTag<T, 4> d{};
  static constexpr hn::FixedTag<int32_t, 4> di{};
  using V = hn::Vec<hn::FixedTag<T, 4>>;

  alignas(16) T best[kColumns];
  alignas(16) int32_t row[kColumns];

  // The smallest are the largest of what is turned round: f32 by its sign, i32 by all bits. False
  // where there may be a NaN: a sum shows it (and infinities of both signs).
  bool Find(const T* x, int64_t rows, int64_t step, bool smallest) {
    constexpr bool kFloats = std::is_floating_point_v<T>;
    const V turn = hn::BitCast(d, hn::Set(di, !smallest ? 0 : kFloats ? INT32_MIN : -1));
    V top[kVectors], sum[kVectors];
    hn::Vec<hn::FixedTag<int32_t, 4>> where[kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      top[v] = sum[v] = hn::Xor(hn::LoadU(d, x + 4 * v), turn);
      where[v] = hn::Zero(di);
    }
    for (int64_t first = 0; first < rows; first += kRows) {
      V part[kVectors];
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) part[v] = top[v];
      for (int64_t r = std::min(kRows, rows - first); r > 0; --r, x += step) {
        WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
          const V next = hn::Xor(hn::LoadU(d, x + 4 * v), turn);
          if constexpr (kFloats) {
            part[v] = Hwy<T>().PMax(part[v], next);
            sum[v] = hn::Add(sum[v], next);
          } else {
            part[v] = hn::Max(part[v], next);
          }
        }
      }
      const auto here = hn::Set(di, static_cast<int32_t>(first));
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        const auto larger = hn::Lt(top[v], part[v]);
        top[v] = part[v];
        where[v] = hn::IfThenElse(hn::RebindMask(di, larger), here, where[v]);
      }
    }
    auto ordered = hn::Eq(sum[0], sum[0]);
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      ordered = hn::And(ordered, hn::Eq(sum[v], sum[v]));
      hn::Store(hn::Xor(top[v], turn), d, best + 4 * v);
      hn::Store(where[v], di, row + 4 * v);
    }
    return hn::AllTrue(d, ordered);
  }
};

class Extreme : public Kernel {
 public:
  Extreme(ElementType element, int index_width, const ExtremeSizes& sizes, const ExtremeRule& rule)
      : is_float_(element == ElementType::kF32),
        index_width_(index_width),
        sizes_(sizes),
        rule_(rule),
        strips_(CeilDiv(sizes.inner, kColumns)) {
    pieces_.Add(sizes.outer * strips_, sizes.count * std::min(sizes.inner, kColumns) * 4 + 64);
  }

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const double init = At(args[2], 0);
    pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      for (int64_t item = begin; item < end; ++item) {
        const int64_t outer = item / strips_, column = item % strips_ * kColumns;
        const void* const x = static_cast<const uint8_t*>(args[0]) +
                              4 * (outer * sizes_.count * sizes_.inner + column);
        const int64_t result = outer * sizes_.inner + column;
        Found found[kColumns];
        if (sizes_.inner == 1) {
          found[0] = Row(x, init);
          Put(args, result, found[0]);
          continue;
        }
        const int64_t columns = std::min(kColumns, sizes_.inner - column);
        const bool fast = columns == kColumns && FindStrip(x, sizes_.count, sizes_.inner, found);
        for (int64_t c = 0; c < columns; ++c) {
          if (fast) Search(static_cast<const uint8_t*>(x) + 4 * c, sizes_.inner, &found[c]);
          if (!fast || !Begin(init, &found[c])) found[c] = OneByOne(x, c, init);
          Put(args, result + c, found[c]);
        }
      }
    });
  }

 private:
  struct Found {
    double value;
    int64_t index;
  };

  // Elements of both types are doubles.
  double At(const void* x, int64_t i) const {
    return is_float_ ? static_cast<double>(static_cast<const float*>(x)[i])
                     : static_cast<double>(static_cast<const int32_t*>(x)[i]);
  }

  void Put(void* const* args, int64_t i, const Found& found) const {
    if (is_float_) {
      static_cast<float*>(args[4])[i] = static_cast<float>(found.value);
    } else {
      static_cast<int32_t*>(args[4])[i] = static_cast<int32_t>(found.value);
    }
    if (index_width_ == 8) {
      static_cast<int64_t*>(args[5])[i] = found.index;
    } else {
      static_cast<int32_t*>(args[5])[i] = static_cast<int32_t>(found.index);
    }
  }

  // Of kColumns columns; indices are those of the first row where to look.
  bool FindStrip(const void* x, int64_t rows, int64_t step, Found* found) const {
    const auto find = [&](auto strip, const auto* elements) {
      if (!strip.Find(elements, rows, step, rule_.smallest)) return false;
      for (int64_t c = 0; c < kColumns; ++c) {
        found[c] = {static_cast<double>(strip.best[c]), strip.row[c]};
      }
      return true;
    };
    if (is_float_) return find(Strip<float>(), static_cast<const float*>(x));
    return find(Strip<int32_t>(), static_cast<const int32_t*>(x));
  }

  // A row is kColumns columns, and what is left over.
  Found Row(const void* x, double init) const {
    const int64_t rows = sizes_.count / kColumns;
    Found found[kColumns];
    if (!FindStrip(x, rows, kColumns, found)) return OneByOne(x, 0, init);
    Found best = found[0];
    for (const Found& each : found) {
      if (IsBeyond(each.value, best.value)) best.value = each.value;
    }
    int64_t from = sizes_.count;
    for (const Found& each : found) {
      if (each.value == best.value) from = std::min(from, each.index * kColumns);
    }
    for (int64_t i = rows * kColumns; i < sizes_.count; ++i) {
      const double value = At(x, i);
      if (value != value) return OneByOne(x, 0, init);
      if (IsBeyond(value, best.value)) best.value = value, from = i;
    }
    best.index = from;
    Search(x, 1, &best);
    return Begin(init, &best) ? best : OneByOne(x, 0, init);
  }

  // From the index on; of a zero also the sign.
  void Search(const void* x, int64_t step, Found* found) const {
    while (At(x, found->index * step) != found->value) ++found->index;
    found->value = At(x, found->index * step);
  }

  bool IsBeyond(double a, double b) const { return rule_.smallest ? a < b : a > b; }

  // What has been found after an accumulator of `init`, at index 0. False where the rule must say
  // which of equal values stays, as zeros differ.
  bool Begin(double init, Found* best) const {
    if (init != init) return false;
    if (best->value == 0 &&
        (init == 0 || (rule_.takes[1][ExtremeRule::kEqual] & ExtremeRule::kTakesValue) != 0)) {
      return false;
    }
    if (!IsBeyond(best->value, init)) *best = {init, 0};
    return true;
  }

  Found OneByOne(const void* x, int64_t column, double init) const {
    Found at = {init, 0};
    for (int64_t i = 0; i < sizes_.count; ++i) {
      const double a = at.value, b = At(x, i * sizes_.inner + column);
      const ExtremeRule::Relation relation =
          a != a   ? b != b ? ExtremeRule::kBothNan : ExtremeRule::kIsNan
          : b != b ? ExtremeRule::kMeetsNan
          : a < b  ? ExtremeRule::kLess
          : a == b ? ExtremeRule::kEqual
                   : ExtremeRule::kGreater;
      const uint8_t takes = rule_.takes[at.index < i][relation];
      if ((takes & ExtremeRule::kTakesValue) != 0) at.value = b;
      if ((takes & ExtremeRule::kTakesIndex) != 0) at.index = i;
    }
    return at;
  }

  const bool is_float_;
  const int index_width_;
  const ExtremeSizes sizes_;
  const ExtremeRule rule_;
  const int64_t strips_;  // Of kColumns columns.
  Pieces pieces_;
};

}  // namespace

std::unique_ptr<Kernel> MakeExtreme(ElementType element, int index_width, const ExtremeSizes& sizes,
                                    const ExtremeRule& rule) {
  return std::make_unique<Extreme>(element, index_width, sizes, rule);
}

}  // namespace webhlo
