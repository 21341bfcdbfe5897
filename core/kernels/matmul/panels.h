// SPDX-License-Identifier: Apache-2.0
//
// Panels: the right-hand side of a matrix product, packed as loops read it: for each group of
// `width` columns, `width` biases, then `width` weights for each k. One copy serves tiles of many
// rows and the product of one row, whatever the number of rows is. With a width of its own it is
// the layout that XNNPACK's GEMM reads.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_PANELS_H_
#define WEBHLO_CORE_KERNELS_MATMUL_PANELS_H_

#include <cstdint>
#include <string>

#include "core/kernels/parallel.h"

namespace webhlo {

struct PanelShape {
  int64_t k = 0;
  int64_t n = 0;
  int64_t width = 8;  // 4, 8 or 16.

  int64_t count() const { return (n + width - 1) / width; }
  int64_t panel_floats() const { return (k + 1) * width; }
  int64_t floats() const { return count() * panel_floats(); }
};

// The pack key (core/kernels/choice.h) of `groups` such matrices, one after the other.
std::string PanelsKey(const PanelShape& shape, int64_t groups, bool transposed, bool has_bias);

// Packs the panels [begin, end). `weights` is [k, n], or [n, k] when `transposed`; `bias` is [n] or
// null. Columns past n become 0.
void PackPanels(const PanelShape& shape, const float* weights, bool transposed, const float* bias,
                int64_t begin, int64_t end, float* panels);

// The panels of several matrices of this shape without biases, one matrix after the other: packs
// those from `begin` to `end`, counted over all of them. And what one of them costs.
void PackBatch(const PanelShape& shape, const float* matrices, bool transposed, int64_t begin,
               int64_t end, float* panels);
int64_t PackCost(const PanelShape& shape, bool transposed);

// Writes what the panels [begin, end) were packed from; `bias` may be null.
void UnpackPanels(const PanelShape& shape, const float* panels, bool transposed, int64_t begin,
                  int64_t end, float* weights, float* bias);

// y[m, n] = clamp(bias[n] + sum over k of x[m, k] * weights[k, n]), row by row.
// Panels are 8 or 16 wide.
class RowsByPanels {
 public:
  RowsByPanels(const PanelShape& shape, int64_t m, float min, float max);
  const Pieces& pieces() const { return pieces_; }
  void Run(const float* x, const float* panels, float* y, PieceRange pieces,
           ThreadPool& pool) const;

 private:
  PanelShape shape_;
  float min_, max_;
  RowParts parts_;  // Of the panels that a row meets.
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_PANELS_H_
