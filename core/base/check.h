// SPDX-License-Identifier: Apache-2.0
//
// CHECK: an invariant of our own code. It never guards bytes from outside: those get a Status.
#ifndef WEBHLO_CORE_BASE_CHECK_H_
#define WEBHLO_CORE_BASE_CHECK_H_

#include <cstdio>
#include <cstdlib>

#define WEBHLO_CHECK(condition)                                                          \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

#endif  // WEBHLO_CORE_BASE_CHECK_H_
