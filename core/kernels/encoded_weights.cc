// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/encoded_weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/kernels/float_convert.h"
#include "core/kernels/matmul/compact.h"
#include "core/kernels/matmul/compact_words.h"

namespace webhlo {
namespace {

constexpr int64_t kWidth = CompactShape::kWidth, kGroup = Encoding::kGroup;
constexpr int64_t kPart = 16 * 1024;  // Elements that have no groups.

// A group of some columns as a compact panel has it, with biases behind.
constexpr int64_t kPanelBytes = kWidth * (kGroup + 2 + 4);

// Copies a column's group between the orders of a panel and of a file.
template <bool kToPanel>
void CopyColumn(Precision precision, int64_t column,
                std::conditional_t<kToPanel, uint8_t, const uint8_t>* panel,
                std::conditional_t<kToPanel, const uint8_t, uint8_t>* file) {
  const auto copy = [&](int64_t in_panel, int64_t in_file, int64_t bytes) {
    if constexpr (kToPanel) {
      std::memcpy(panel + in_panel, file + in_file, static_cast<size_t>(bytes));
    } else {
      std::memcpy(file + in_file, panel + in_panel, static_cast<size_t>(bytes));
    }
  };
  const bool is_int8 = precision == Precision::kInt8;
  const int64_t bytes = is_int8 ? kGroup : kGroup / 2;  // Of a column.
  // Pairs of bytes, or fours, of one column after the other.
  const int64_t run = is_int8 ? 2 : 4;
  for (int64_t i = 0; i < bytes; i += run) copy(i * kWidth + column * run, i, run);
  copy(bytes * kWidth + ByteInWords(column), bytes, 2);
}

}  // namespace

EncodedWeights::EncodedWeights(const Encoding& encoding, int64_t elements)
    : encoding_(encoding),
      elements_(elements),
      n_(encoding.has_groups() ? elements / encoding.k : 0),
      parts_(
          CeilDiv(encoding.has_groups() ? n_ : elements, encoding.has_groups() ? kWidth : kPart)),
      part_elements_(encoding.has_groups() ? encoding.k * kWidth : kPart) {}

// f(shape, first column, columns, first row) for the groups of the part's columns.
template <typename F>
bool EncodedWeights::ForGroups(int64_t part, F f) const {
  const int64_t columns = std::min(kWidth, n_ - part * kWidth);
  for (int64_t row = 0; row < encoding_.k; row += kGroup) {
    const CompactShape shape = {encoding_.precision, std::min(kGroup, encoding_.k - row), columns};
    if (!f(shape, part * kWidth, columns, row)) return false;
  }
  return true;
}

bool EncodedWeights::Encode(int64_t part, const float* weights, uint8_t* bytes) const {
  if (!encoding_.has_groups()) {
    const bool is_half = encoding_.precision == Precision::kF16;
    for (int64_t i = part * kPart; i < std::min(elements_, (part + 1) * kPart); ++i) {
      const uint16_t bits = is_half ? FloatToHalf(weights[i]) : FloatToBfloat16(weights[i]);
      if (!std::isfinite(is_half ? HalfToFloat(bits) : Bfloat16ToFloat(bits))) return false;
      std::memcpy(bytes + 2 * i, &bits, 2);
    }
    return true;
  }
  return ForGroups(
      part, [&](const CompactShape& shape, int64_t first, int64_t columns, int64_t row) {
        float rows[(1 + kGroup) * kWidth] = {};
        for (int64_t i = 0; i < shape.k; ++i) {
          for (int64_t c = 0; c < columns; ++c) {
            rows[(1 + i) * kWidth + c] = weights[ElementAt(row + i, first + c)];
          }
        }
        alignas(16) uint8_t panel[kPanelBytes];
        if (!EncodePanel(shape, rows, panel)) return false;
        for (int64_t c = 0; c < columns; ++c) {
          CopyColumn<false>(shape.precision, c, panel, bytes + GroupAt(row, first + c));
        }
        return true;
      });
}

bool EncodedWeights::Decode(int64_t part, const uint8_t* bytes, float* weights) const {
  if (!encoding_.has_groups()) {
    const bool is_half = encoding_.precision == Precision::kF16;
    for (int64_t i = part * kPart; i < std::min(elements_, (part + 1) * kPart); ++i) {
      uint16_t bits;
      std::memcpy(&bits, bytes + 2 * i, 2);
      weights[i] = is_half ? HalfToFloat(bits) : Bfloat16ToFloat(bits);
    }
    return true;
  }
  return ForGroups(part,
                   [&](const CompactShape& shape, int64_t first, int64_t columns, int64_t row) {
                     alignas(16) uint8_t panel[kPanelBytes] = {};
                     for (int64_t c = 0; c < columns; ++c) {
                       const uint8_t* from = bytes + GroupAt(row, first + c);
                       uint16_t scale;
                       std::memcpy(&scale, from + encoding_.group_bytes() - 2, 2);
                       if (!std::isfinite(Bfloat16ToFloat(scale))) return false;
                       CopyColumn<true>(shape.precision, c, panel, from);
                     }
                     float rows[kGroup * kWidth];
                     DecodeGroup(shape, panel, 0, rows);
                     for (int64_t i = 0; i < shape.k; ++i) {
                       for (int64_t c = 0; c < columns; ++c) {
                         weights[ElementAt(row + i, first + c)] = rows[i * kWidth + c];
                       }
                     }
                     return true;
                   });
}

}  // namespace webhlo
