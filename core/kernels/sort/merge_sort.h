// SPDX-License-Identifier: Apache-2.0
//
// Merge sort by any comparator. Stable, and a permutation whatever the comparator says. Runs that
// double in length are merged many at a time, side by side, so that the comparator sees a batch of
// pairs; long merges are split into parts where their results are (S. Odeh, O. Green et al.,
// "Merge Path", 2012).
#ifndef WEBHLO_CORE_KERNELS_SORT_MERGE_SORT_H_
#define WEBHLO_CORE_KERNELS_SORT_MERGE_SORT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/kernels/batch_function.h"
#include "core/kernels/kernel.h"
#include "core/kernels/sort/slices.h"

namespace webhlo {

uint64_t MergeSortScratch(const Slices& slices, int lanes);

// `comes_before`: of operands a0, b0, a1, b1, ..., one byte each, whether a comes before b. At most
// BatchFunction::kMaxTensors operands; `widths`: bytes of an element, up to 8. `cost`: the
// comparator's, of a pair.
std::unique_ptr<Kernel> MakeMergeSort(const Slices& slices,
                                      std::unique_ptr<BatchFunction> comes_before,
                                      std::vector<int> widths, int64_t cost, int lanes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_SORT_MERGE_SORT_H_
