// SPDX-License-Identifier: Apache-2.0
//
// Reduces arguments of sin, cos and tan, of whatever size, to +-pi/4.
#ifndef WEBHLO_CORE_BASE_PI_OVER_TWO_H_
#define WEBHLO_CORE_BASE_PI_OVER_TWO_H_

namespace webhlo {

// x minus the nearest multiple of pi/2 as a sum of two doubles, the second one what the first one
// rounds away: right to at least 2^-100 of it. Answers which multiple: that number modulo 4 counts.
// NaN of what is not finite.
int RemainderOfPiOverTwo(double x, double* remainder);

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_PI_OVER_TWO_H_
