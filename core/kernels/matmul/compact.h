// SPDX-License-Identifier: Apache-2.0
//
// Compact panels: panels (core/kernels/matmul/panels.h) whose weights take fewer bits. A product of
// few rows is as fast as its weights are read, so they lie in the order of use, and what belongs to
// a group of them behind it: scales, and at a panel's end the biases.
//
//   bf16  Rounded to nearest, ties to even.
//   f16   Likewise.
//   int8  Groups of 32 rows: -127..127 times the group's scale, a bf16.
//   int4  Likewise -8..7; the scale may be negative, so that the largest weight is -8 of it.
//
// What was decoded encodes to the same bits again.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_COMPACT_H_
#define WEBHLO_CORE_KERNELS_MATMUL_COMPACT_H_

#include <cstdint>

#include "core/base/math.h"
#include "core/graph/encoding.h"
#include "core/graph/precision.h"

namespace webhlo {

// Of a matrix [k, n], not as written.
struct CompactShape {
  static constexpr int64_t kWidth = 16;  // Columns of a panel.
  // Rows that share scales, or are decoded at a time.
  static constexpr int64_t kGroup = Encoding::kGroup;

  Precision precision = Precision::kInt8;
  int64_t k = 0;
  int64_t n = 0;

  bool has_scales() const { return HasScales(precision); }
  int64_t count() const { return CeilDiv(n, kWidth); }
  int64_t groups() const { return CeilDiv(k, kGroup); }
  int64_t group_bytes() const {
    return kWidth * (has_scales() ? Encoding::GroupBytes(precision) : kGroup * 2);
  }
  // Biases follow the weights; a last group with scales is whole.
  int64_t bias_at() const { return has_scales() ? groups() * group_bytes() : k * kWidth * 2; }
  int64_t panel_bytes() const { return bias_at() + kWidth * 4; }
  int64_t bytes() const { return count() * panel_bytes(); }
};

// Encodes a panel as PackPanels makes it, kWidth wide. False, and nothing that makes sense, where a
// weight is not finite or too large for the format.
bool EncodePanel(const CompactShape& shape, const float* panel, uint8_t* to);

// Writes the rows of a group, kWidth numbers each, as many as the matrix has.
void DecodeGroup(const CompactShape& shape, const uint8_t* panel, int64_t group, float* rows);

// The way back of EncodePanel.
void DecodePanel(const CompactShape& shape, const uint8_t* panel, float* to);

// Rows of x [k] that compact panels are multiplied with, made ready for it, `bytes` each: integers
// of 16 or 8 bits with scales where weights are integers, else x by a power of two.
class CompactRow {
 public:
  explicit CompactRow(const CompactShape& shape);
  int64_t bytes() const { return bytes_; }

  void Prepare(const float* x, uint8_t* row) const;
  // What was prepared has room in its place alone for finite numbers: what is not is multiplied as
  // it is, by the definition.
  static bool IsPlain(const uint8_t* row);

  // sums[kWidth] = row * panel, without biases; not of a row that is plain.
  void Multiply(const uint8_t* row, const uint8_t* panel, float* sums) const;

 private:
  const CompactShape shape_;
  int64_t scales_at_ = 0, starts_at_ = 0, data_at_ = 0, bytes_ = 0;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_COMPACT_H_
