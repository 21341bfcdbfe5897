// SPDX-License-Identifier: Apache-2.0
//
// The clock behind deadlines: a function, so that tests can move the time themselves.
#ifndef WEBHLO_CORE_BASE_CLOCK_H_
#define WEBHLO_CORE_BASE_CLOCK_H_

#include <chrono>

namespace webhlo {

// Milliseconds since some fixed moment; never goes back.
using Clock = double (*)();

inline double SteadyClock() {
  using Steady = std::chrono::steady_clock;
  return std::chrono::duration<double, std::milli>(Steady::now().time_since_epoch()).count();
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_CLOCK_H_
