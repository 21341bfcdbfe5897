// SPDX-License-Identifier: Apache-2.0
#include "core/base/budget.h"

namespace webhlo {

bool Budget::Look() {
  const bool stop = spent() >= limit_ || (slice_end_ < kNever && clock_() >= slice_end_);
  // Where it is time to stop, every charge says so until somebody listens.
  if (!stop) {
    spent_ = spent();
    left_ = between_looks_;
  }
  return stop;
}

}  // namespace webhlo
