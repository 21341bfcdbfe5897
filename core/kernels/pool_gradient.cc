// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/pool_gradient.h"

#include <algorithm>
#include <utility>

#include "core/base/math.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

constexpr hn::RebindToSigned<F32Tag> kI32;

// Of a row of windows with so many elements each.
int64_t RowCost(const WindowAxis& inner, int64_t taps) {
  return inner.windows * ((inner.is_trivial() ? 2 : 8) * taps + 16);
}

}  // namespace

// Where a row of windows looks: the offsets of the elements of its windows that are no padding, but
// for the innermost axis.
struct PoolGradient::Taps {
  static constexpr int64_t kMax = 256;
  int64_t offsets[kMax];
  size_t count = 0;
};

PoolGradient::PoolGradient(std::vector<WindowAxis> axes, bool keeps_equal)
    : axes_(std::move(axes)), inner_(axes_.back()), keeps_equal_(keeps_equal) {
  axes_.pop_back();
  inner_is_whole_ = inner_.is_trivial();
  int64_t elements = inner_.size, rows = 1, taps = inner_.window.size;
  for (const WindowAxis& axis : axes_) {
    elements *= axis.size;
    rows *= axis.windows;
    taps *= axis.window.size;
  }
  fill_ = StridedCopier::Fill(sizeof(float), elements);
  pieces_.Add(fill_.items(), fill_.item_cost());
  pieces_.Add(rows, RowCost(inner_, taps));
}

bool PoolGradient::CanRun(std::span<const WindowAxis> axes) {
  int64_t taps = 1;
  for (size_t d = 0; d + 1 < axes.size(); ++d) {
    if (!CheckedMul(taps, axes[d].window.size, &taps) || taps > Taps::kMax) return false;
  }
  const WindowAxis& inner = axes.back();
  constexpr int64_t kFar = int64_t{1} << 31;
  return inner.window.size < kFar / taps &&
         RowCost(inner, taps * inner.window.size) <= max_piece_cost;
}

void PoolGradient::Run(void* const* args, PieceRange pieces, ThreadPool& pool) const {
  pieces_.RunLoop(0, pieces, pool,
                  [&](int64_t begin, int64_t end) { fill_.Run(args[2], args[3], begin, end); });
  const auto [begin, end] = pieces_.Items(1, pieces);
  for (int64_t row = begin; row < end; ++row) {
    const auto run = keeps_equal_ ? &PoolGradient::RunRow<true> : &PoolGradient::RunRow<false>;
    (this->*run)(static_cast<const float*>(args[0]), static_cast<const float*>(args[1]),
                 static_cast<float*>(args[3]), row);
  }
}

PoolGradient::Taps PoolGradient::TapsOf(int64_t row) const {
  Taps taps;
  taps.count = 1;
  taps.offsets[0] = 0;
  // From the outermost axis inwards, so that taps are in order.
  int64_t rows = 1;
  for (const WindowAxis& axis : axes_) rows *= axis.windows;
  for (const WindowAxis& axis : axes_) {
    rows /= axis.windows;
    const int64_t window = row / rows % axis.windows;
    Taps longer;
    for (size_t t = 0; t < taps.count; ++t) {
      for (int64_t k = 0; k < axis.window.size; ++k) {
        const int64_t element = axis.Element(window, k);
        if (element >= 0) longer.offsets[longer.count++] = taps.offsets[t] * axis.size + element;
      }
    }
    taps = longer;
  }
  for (size_t t = 0; t < taps.count; ++t) taps.offsets[t] *= inner_.size;
  return taps;
}

template <bool kEqual>
void PoolGradient::RunRow(const float* operand, const float* source, float* result,
                          int64_t row) const {
  const auto keeps = [](float a, float b) { return kEqual ? a >= b : a > b; };
  const Taps taps = TapsOf(row);
  source += row * inner_.windows;
  int64_t window = 0;
  if (inner_is_whole_ && taps.count > 0) {
    for (; window + 4 <= inner_.windows; window += 4) {
      F32x4 best = Load(operand + taps.offsets[0] + window);
      auto where = hn::Zero(kI32);
      for (size_t t = 1; t < taps.count; ++t) {
        const F32x4 candidate = Load(operand + taps.offsets[t] + window);
        const auto kept = kEqual ? hn::Ge(best, candidate) : hn::Gt(best, candidate);
        best = hn::IfThenElse(kept, best, candidate);
        where = hn::IfThenElse(hn::RebindMask(kI32, kept), where,
                               hn::Set(kI32, static_cast<int32_t>(t)));
      }
      alignas(16) int32_t selected[4];
      hn::Store(where, kI32, selected);
      for (int64_t i = 0; i < 4; ++i) {
        result[taps.offsets[selected[i]] + window + i] += source[window + i];
      }
    }
  }
  for (; window < inner_.windows; ++window) {
    int64_t selected = -1;
    for (size_t t = 0; t < taps.count; ++t) {
      for (int64_t k = 0; k < inner_.window.size; ++k) {
        const int64_t element = inner_.Element(window, k);
        if (element < 0) continue;
        const int64_t candidate = taps.offsets[t] + element;
        if (selected < 0 || !keeps(operand[selected], operand[candidate])) selected = candidate;
      }
    }
    if (selected >= 0) result[selected] += source[window];
  }
}

}  // namespace webhlo
