// SPDX-License-Identifier: Apache-2.0
//
// Radix sort: tensors in the order of keys that are bits of some of them. Stable. Each key, from
// the least significant to the most, sorts words of its bits and of where the element stood before:
// the bytes of the key one after the other, or, where there are few, by merging.
#ifndef WEBHLO_CORE_KERNELS_SORT_RADIX_SORT_H_
#define WEBHLO_CORE_KERNELS_SORT_RADIX_SORT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/graph/type.h"
#include "core/kernels/kernel.h"
#include "core/kernels/sort/slices.h"

namespace webhlo {

struct SortKey {
  uint32_t operand = 0;
  ElementType element = ElementType::kF32;
  bool descending = false;
  // Floats: zeros are equal, and so are NaNs, which are the largest. Else -0 comes before 0, and
  // NaNs by their signs are first or last.
  bool merges_zeros = false;
  bool merges_nans = false;

  bool operator==(const SortKey&) const = default;
};

// Whether keys of this type have an order of their bits here.
bool HasSortKey(ElementType element);

// Lanes of the scratch are for slices that are sorted side by side.
uint64_t RadixSortScratch(const Slices& slices, int lanes);

// `widths`: bytes of an element, by operand. Keys from the most significant to the least.
std::unique_ptr<Kernel> MakeRadixSort(const Slices& slices, std::vector<SortKey> keys,
                                      std::vector<int> widths, int lanes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_SORT_RADIX_SORT_H_
