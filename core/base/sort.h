// SPDX-License-Identifier: Apache-2.0
#ifndef WEBHLO_CORE_BASE_SORT_H_
#define WEBHLO_CORE_BASE_SORT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace webhlo {

// Writes the numbers 0, 1, ... in stable order; `less(list, a, b)` compares elements a and b.
void SortNumbers(std::span<uint32_t> numbers, const void* list,
                 bool (*less)(const void* list, uint32_t a, uint32_t b));

// Sorts a vector; equal elements keep their order. std::sort would be copied into every place that
// sorts, 2 KB of WebAssembly each time, though most lists here are short, and sorted already.
template <typename T, typename Less = std::less<>>
void Sort(std::vector<T>& list, const Less& less = Less()) {
  const std::pair<const T*, const Less*> context(list.data(), &less);
  const auto compare = [](const void* opaque, uint32_t a, uint32_t b) {
    const auto& [elements, is_less] = *static_cast<const std::pair<const T*, const Less*>*>(opaque);
    return static_cast<bool>((*is_less)(elements[a], elements[b]));
  };
  const uint32_t size = static_cast<uint32_t>(list.size());
  uint32_t sorted = 1;
  while (sorted < size && !compare(&context, sorted, sorted - 1)) ++sorted;
  if (sorted >= size) return;
  std::vector<uint32_t> order(size);
  SortNumbers(order, &context, compare);
  std::vector<T> result;
  result.reserve(size);
  for (uint32_t number : order) result.push_back(std::move(list[number]));
  list = std::move(result);
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_SORT_H_
