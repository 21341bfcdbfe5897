// SPDX-License-Identifier: Apache-2.0
//
// Whether tests run under AddressSanitizer, many times slower: those that compare with much work of
// a reference do less of it then. What sanitizers look for shows in one value as in a thousand.
#ifndef WEBHLO_TESTS_SANITIZERS_H_
#define WEBHLO_TESTS_SANITIZERS_H_

namespace webhlo {

#ifdef __SANITIZE_ADDRESS__
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace webhlo

#endif  // WEBHLO_TESTS_SANITIZERS_H_
