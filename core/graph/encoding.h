// SPDX-License-Identifier: Apache-2.0
//
// How the bytes of a weight in a file stand for its elements: as they are, or in fewer bits for f32
// ones (core/kernels/encoded_weights.h). This much verifies that there are as many as there must
// be.
#ifndef WEBHLO_CORE_GRAPH_ENCODING_H_
#define WEBHLO_CORE_GRAPH_ENCODING_H_

#include <cstdint>

#include "core/base/math.h"
#include "core/graph/precision.h"
#include "core/graph/type.h"

namespace webhlo {

struct Encoding {
  static constexpr int64_t kGroup = 32;  // Weights that share a scale.

  Precision precision = Precision::kF32;  // This one: as they are, whatever the type.
  // Of int8 and int4: the elements are those of a matrix [k, n], or [n, k] if transposed, in groups
  // of kGroup along k.
  int64_t k = 0;
  bool transposed = false;

  bool is_raw() const { return precision == Precision::kF32; }
  bool has_groups() const { return HasScales(precision); }
  int64_t groups() const { return CeilDiv(k, kGroup); }
  int64_t group_bytes() const { return GroupBytes(precision); }
  static int64_t GroupBytes(Precision precision) {
    return (precision == Precision::kInt8 ? kGroup : kGroup / 2) + 2;
  }
  // Whether a weight of this type, which fits the address space, can be encoded so.
  bool Suits(const TensorType& type) const {
    if (is_raw()) return true;
    if (type.element != ElementType::kF32) return false;
    const int64_t elements = type.NumElements();
    return !has_groups() || (k > 0 && k <= elements && elements % k == 0);
  }
  // Of a weight of a type that it suits. A last group has its full size.
  uint64_t ByteSize(const TensorType& type) const {
    if (is_raw()) return static_cast<uint64_t>(type.ByteSize());
    if (!has_groups()) return 2 * static_cast<uint64_t>(type.NumElements());
    return static_cast<uint64_t>(type.NumElements() / k) *
           static_cast<uint64_t>(groups() * group_bytes());
  }
  bool operator==(const Encoding&) const = default;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_ENCODING_H_
