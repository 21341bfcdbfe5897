// SPDX-License-Identifier: Apache-2.0
//
// Weights as files hold them in fewer bits (core/graph/encoding.h), the numbers that compact panels
// (core/kernels/matmul/compact.h) hold in another order: a weight that was decoded is packed to the
// same bits.
//
//   bf16, f16   Element by element.
//   int8, int4  For each of the n columns of [k, n] one group after the other: 32 bytes, or 16,
//   then
//               the scale, a bf16. Byte i of 16 has weight i in its lower half and weight i + 16 in
//               its upper one, 8 more than it is. What the last group lacks is 0.
#ifndef WEBHLO_CORE_KERNELS_ENCODED_WEIGHTS_H_
#define WEBHLO_CORE_KERNELS_ENCODED_WEIGHTS_H_

#include <cstdint>

#include "core/graph/encoding.h"

namespace webhlo {

// Encoding and decoding fall into parts that do not depend on each other, of some thousand
// elements or some columns.
class EncodedWeights {
 public:
  EncodedWeights(const Encoding& encoding, int64_t elements);
  int64_t parts() const { return parts_; }
  int64_t part_elements() const { return part_elements_; }  // At most.

  // False where a weight is not finite or too large for the format.
  bool Encode(int64_t part, const float* weights, uint8_t* bytes) const;
  // False where a scale is not finite.
  bool Decode(int64_t part, const uint8_t* bytes, float* weights) const;

 private:
  template <typename F>
  bool ForGroups(int64_t part, F f) const;
  // Where an element of the matrix [k, n] is among the weights, and its group among the bytes.
  int64_t ElementAt(int64_t row, int64_t column) const {
    return encoding_.transposed ? column * encoding_.k + row : row * n_ + column;
  }
  int64_t GroupAt(int64_t row, int64_t column) const {
    return (column * encoding_.groups() + row / Encoding::kGroup) * encoding_.group_bytes();
  }

  const Encoding encoding_;
  const int64_t elements_;
  int64_t n_ = 0;
  int64_t parts_, part_elements_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_ENCODED_WEIGHTS_H_
