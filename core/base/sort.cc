// SPDX-License-Identifier: Apache-2.0
#include "core/base/sort.h"

#include <algorithm>
#include <numeric>

namespace webhlo {

void SortNumbers(std::span<uint32_t> numbers, const void* list,
                 bool (*less)(const void* list, uint32_t a, uint32_t b)) {
  std::iota(numbers.begin(), numbers.end(), 0u);
  std::vector<uint32_t> runs;
  for (size_t width = 1; width < numbers.size(); width *= 2) {
    runs.assign(numbers.begin(), numbers.end());
    for (size_t begin = 0; begin < runs.size(); begin += 2 * width) {
      const size_t middle = std::min(begin + width, runs.size());
      const size_t end = std::min(middle + width, runs.size());
      for (size_t a = begin, b = middle, to = begin; to < end; ++to) {
        const bool second = a == middle || (b < end && less(list, runs[b], runs[a]));
        numbers[to] = runs[second ? b++ : a++];
      }
    }
  }
}

}  // namespace webhlo
