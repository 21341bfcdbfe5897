// SPDX-License-Identifier: Apache-2.0
//
// How the formats of floats of 4 to 19 bits spend their bits, and what they do at their edges.
#ifndef WEBHLO_CORE_GRAPH_FLOAT_FORMAT_H_
#define WEBHLO_CORE_GRAPH_FLOAT_FORMAT_H_

#include <cstdint>

#include "core/graph/type.h"

namespace webhlo {

struct FloatFormat {
  int exponent_bits;
  int mantissa_bits;
  int bias;
  enum Special : uint8_t {
    kIeee,    // Highest exponent holds infinities and NaN.
    kFn,      // No infinity; the all-ones pattern is NaN.
    kFnuz,    // No infinity, no -0; the pattern of -0 is NaN.
    kFinite,  // Neither infinities nor NaN: overflow gives the largest value.
  } special;

  // Bits of a magnitude, so where the sign is.
  int sign_shift() const { return exponent_bits + mantissa_bits; }
  // Of the largest finite magnitude.
  uint64_t LargestBits() const;
  // Of a magnitude, were the highest exponent one like the others.
  double ValueOf(uint64_t magnitude) const;
};

// Of f4, f6, f8 with a mantissa, f16, bf16 and tf32.
FloatFormat FormatOf(ElementType type);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_FLOAT_FORMAT_H_
