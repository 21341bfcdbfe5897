// SPDX-License-Identifier: Apache-2.0
//
// CHECK: an invariant of our own code. It never guards bytes from outside: those get a Status.
#ifndef WEBHLO_CORE_BASE_CHECK_H_
#define WEBHLO_CORE_BASE_CHECK_H_

#define WEBHLO_CHECK(condition)                                             \
  do {                                                                      \
    if (!(condition)) {                                                     \
      webhlo::CheckFailed(__FILE__, __LINE__, "CHECK failed: " #condition); \
    }                                                                       \
  } while (false)

namespace webhlo {

// Says so and ends the program.
[[noreturn]] void CheckFailed(const char* file, int line, const char* text);

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_CHECK_H_
