// SPDX-License-Identifier: Apache-2.0
//
// The bounds that a product or a convolution clamps its results to. A clamp keeps NaN.
#ifndef WEBHLO_CORE_KERNELS_CLAMP_H_
#define WEBHLO_CORE_KERNELS_CLAMP_H_

#include <limits>
#include <string>

#include "core/base/strings.h"

namespace webhlo {

struct ClampRange {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();

  bool HasBounds() const { return min != ClampRange().min || max != ClampRange().max; }
  bool IsValid() const { return min < max; }  // Also false for NaN.
};

// " relu", " clamp(0, 6)" or nothing.
inline std::string Describe(const ClampRange& clamp) {
  if (!clamp.HasBounds()) return "";
  if (clamp.min == 0 && clamp.max == ClampRange().max) return " relu";
  return StrCat(" clamp(", static_cast<double>(clamp.min), ", ", static_cast<double>(clamp.max),
                ")");
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_CLAMP_H_
