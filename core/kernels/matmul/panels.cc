// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/panels.h"

#include <algorithm>
#include <cstring>

#include "core/base/check.h"
#include "core/base/strings.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

// Sums over k are cut into some interleaved ones: enough independent additions to hide their
// latency, while the panel is still read as one stream in address order, which is what memory likes
// best.
template <int kVectors>
void RowByPanels(const PanelShape& shape, const float* x, const float* panels, float min, float max,
                 float* y, int64_t begin, int64_t end) {
  constexpr int kWidth = 4 * kVectors;
  constexpr int kSums = kVectors == 4 ? 2 : 4;
  const F32x4 low = Splat(min), high = Splat(max);
  const float* w = panels + begin * shape.panel_floats();
  for (int64_t panel = begin; panel < end; ++panel) {
    F32x4 sum[kSums][kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      sum[0][v] = Load(w + 4 * v);
      WEBHLO_UNROLL for (int s = 1; s < kSums; ++s) sum[s][v] = hn::Zero(kF32);
    }
    w += kWidth;
    int64_t k = 0;
    for (; k + kSums <= shape.k; k += kSums) {
      WEBHLO_UNROLL for (int s = 0; s < kSums; ++s) {
        const F32x4 value = Splat(x[k + s]);
        WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
          sum[s][v] = MulAdd(value, Load(w + s * kWidth + 4 * v), sum[s][v]);
        }
      }
      w += kSums * kWidth;
    }
    for (; k < shape.k; ++k, w += kWidth) {
      const F32x4 value = Splat(x[k]);
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        sum[0][v] = MulAdd(value, Load(w + 4 * v), sum[0][v]);
      }
    }
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      F32x4 total = hn::Add(sum[0][v], sum[1][v]);
      if constexpr (kSums == 4) total = hn::Add(total, hn::Add(sum[2][v], sum[3][v]));
      const int64_t column = panel * kWidth + 4 * v;
      if (column < shape.n) {
        StoreFirst(Clamped(total, low, high), y + column, static_cast<size_t>(shape.n - column));
      }
    }
  }
}

}  // namespace

std::string PanelsKey(const PanelShape& shape, int64_t groups, bool transposed, bool has_bias) {
  std::string key = StrCat("panels", shape.width, " ", shape.k, "x", shape.n);
  if (groups != 1) StrAppend(&key, " groups ", groups);
  if (transposed) key += " transposed";
  if (has_bias) key += " bias";
  return key;
}

void PackPanels(const PanelShape& shape, const float* weights, bool transposed, const float* bias,
                int64_t begin, int64_t end, float* panels) {
  const int64_t width = shape.width, k = shape.k, n = shape.n;
  for (int64_t panel = begin; panel < end; ++panel) {
    const int64_t columns = std::min(width, n - panel * width);
    float* to = panels + panel * shape.panel_floats();
    std::fill_n(to, width, 0.0f);
    if (bias != nullptr) std::copy_n(bias + panel * width, columns, to);
    if (columns < width) std::fill_n(to + width, k * width, 0.0f);
    if (!transposed) continue;
    to += width;
    const float* from = weights + panel * width * k;
    int64_t i = 0;
    for (; columns == width && i + 4 <= k; i += 4) {
      for (int64_t c = 0; c < width; c += 4) {
        const float* rows = from + c * k + i;
        F32x4 v[4] = {Load(rows), Load(rows + k), Load(rows + 2 * k), Load(rows + 3 * k)};
        Transpose(v);
        WEBHLO_UNROLL for (int r = 0; r < 4; ++r) Store(v[r], to + (i + r) * width + c);
      }
    }
    for (; i < k; ++i) {
      for (int64_t c = 0; c < columns; ++c) to[i * width + c] = from[c * k + i];
    }
  }
  if (transposed) return;
  // Some panels at a time: a row's piece fills whole cache lines, and writes go to few places.
  constexpr int64_t kPanels = 16;
  for (int64_t first = begin; first < end; first += kPanels) {
    const int64_t last = std::min(first + kPanels, end);
    for (int64_t i = 0; i < k; ++i) {
      const float* from = weights + i * n;
      for (int64_t panel = first; panel < last; ++panel) {
        float* to = panels + panel * shape.panel_floats() + (i + 1) * width;
        const int64_t columns = std::min(width, n - panel * width);
        for (int64_t c = 0; c < columns; ++c) to[c] = from[panel * width + c];
      }
    }
  }
}

void PackBatch(const PanelShape& shape, const float* matrices, bool transposed, int64_t begin,
               int64_t end, float* panels) {
  ForEachRow(begin, end, shape.count(), [&](int64_t g, int64_t first, int64_t last) {
    PackPanels(shape, matrices + g * shape.k * shape.n, transposed, nullptr, first, last,
               panels + g * shape.floats());
  });
}

int64_t PackCost(const PanelShape& shape, bool transposed) {
  return shape.panel_floats() * (transposed ? 12 : 8);
}

void UnpackPanels(const PanelShape& shape, const float* panels, bool transposed, int64_t begin,
                  int64_t end, float* weights, float* bias) {
  const int64_t width = shape.width, k = shape.k, n = shape.n;
  for (int64_t panel = begin; panel < end; ++panel) {
    const int64_t first = panel * width, columns = std::min(width, n - first);
    const float* from = panels + panel * shape.panel_floats();
    if (bias != nullptr) std::copy_n(from, columns, bias + first);
    for (int64_t i = 0; i < k; ++i) {
      from += width;
      for (int64_t c = 0; c < columns; ++c) {
        weights[transposed ? (first + c) * k + i : i * n + first + c] = from[c];
      }
    }
  }
}

RowsByPanels::RowsByPanels(const PanelShape& shape, int64_t m, float min, float max)
    : shape_(shape),
      min_(min),
      max_(max),
      // One row reads each panel from memory, many rows find it in the cache.
      parts_(shape.count(), shape.panel_floats() * (m == 1 ? 4 : 2)),
      pieces_(m * parts_.count(), parts_.cost()) {
  WEBHLO_CHECK(shape.width == 8 || shape.width == 16);
}

void RowsByPanels::Run(const float* x, const float* panels, float* y, PieceRange pieces,
                       ThreadPool& pool) const {
  const auto multiply = shape_.width == 16 ? RowByPanels<4> : RowByPanels<2>;
  pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
    parts_.ForEach(begin, end, [&](int64_t row, int64_t first, int64_t last) {
      multiply(shape_, x + row * shape_.k, panels, min_, max_, y + row * shape_.n, first, last);
    });
  });
}

}  // namespace webhlo
