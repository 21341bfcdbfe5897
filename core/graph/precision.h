// SPDX-License-Identifier: Apache-2.0
//
// How weights of matrix products are stored: as written, or in fewer bits
// (core/kernels/matmul/compact.h). Arithmetic stays f32.
#ifndef WEBHLO_CORE_GRAPH_PRECISION_H_
#define WEBHLO_CORE_GRAPH_PRECISION_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace webhlo {

enum class Precision : uint8_t { kF32, kBf16, kF16, kInt8, kInt4 };

// By Precision: what options, plans and files call them.
inline constexpr std::string_view kPrecisionNames[] = {"f32", "bf16", "f16", "int8", "int4"};

constexpr std::string_view NameOf(Precision precision) {
  return kPrecisionNames[static_cast<size_t>(precision)];
}

constexpr std::optional<Precision> ParsePrecision(std::string_view name) {
  for (size_t i = 0; i < std::size(kPrecisionNames); ++i) {
    if (kPrecisionNames[i] == name) return static_cast<Precision>(i);
  }
  return std::nullopt;
}

// Whether weights are integers with a scale for each group of them.
constexpr bool HasScales(Precision precision) {
  return precision == Precision::kInt8 || precision == Precision::kInt4;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_PRECISION_H_
