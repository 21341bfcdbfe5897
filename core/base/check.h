// SPDX-License-Identifier: Apache-2.0
//
// CHECK: an invariant of our own code. It never guards bytes from outside: those get a Status.
#ifndef WEBHLO_CORE_BASE_CHECK_H_
#define WEBHLO_CORE_BASE_CHECK_H_

// What was to hold stands in the source, at the place that is named; a release names no more.
#if defined(NDEBUG)
#define WEBHLO_CONDITION_TEXT(condition) ""
#else
#define WEBHLO_CONDITION_TEXT(condition) ": " #condition
#endif

#define WEBHLO_CHECK(condition)                                                  \
  do {                                                                           \
    if (!(condition)) {                                                          \
      webhlo::CheckFailed(__FILE__, __LINE__, WEBHLO_CONDITION_TEXT(condition)); \
    }                                                                            \
  } while (false)

namespace webhlo {

// Says so and ends the program.
[[noreturn]] void CheckFailed(const char* file, int line, const char* text);

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_CHECK_H_
