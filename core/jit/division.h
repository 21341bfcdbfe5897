// SPDX-License-Identifier: Apache-2.0
//
// Division: integers in vectors, by way of floats that hold them.
#ifndef WEBHLO_CORE_JIT_DIVISION_H_
#define WEBHLO_CORE_JIT_DIVISION_H_

#include "core/jit/record.h"
#include "core/jit/speaker.h"

namespace webhlo::jit {

// a / b, of one integer type of 8 to 64 bits, truncated. By 0 it is all ones, and the least value
// by -1 is itself.
LaneValue Quotient(Record& record, LaneValue a, LaneValue b);

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_DIVISION_H_
