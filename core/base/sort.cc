// SPDX-License-Identifier: Apache-2.0
#include "core/base/sort.h"

#include <algorithm>
#include <numeric>

namespace webhlo {

void SortNumbers(std::span<uint32_t> numbers, const void* list,
                 bool (*less)(const void* list, uint32_t a, uint32_t b)) {
  std::iota(numbers.begin(), numbers.end(), 0u);
  std::stable_sort(numbers.begin(), numbers.end(),
                   [&](uint32_t a, uint32_t b) { return less(list, a, b); });
}

}  // namespace webhlo
