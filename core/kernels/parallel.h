// SPDX-License-Identifier: Apache-2.0
//
// ParallelRanges: how the kernels cut a loop over independent items into pieces for the pool.
#ifndef WEBHLO_CORE_KERNELS_PARALLEL_H_
#define WEBHLO_CORE_KERNELS_PARALLEL_H_

#include <algorithm>
#include <cstdint>

#include "core/threads/thread_pool.h"

namespace webhlo {

// A piece should take some microseconds. In these units a cheap loop over memory does about 8 a
// nanosecond (bytes read and written, or floating point operations / 6).
inline constexpr int64_t kPieceCost = 32 * 1024;

// Calls f(begin, end) on ranges that cover [0, count). `cost` is that of one item, in the units of
// kPieceCost. Items must not depend on each other: how they are cut depends on the pool.
template <typename F>
void ParallelRanges(ThreadPool& pool, int64_t count, int64_t cost, F&& f) {
  const int64_t grain = std::max<int64_t>(1, kPieceCost / std::max<int64_t>(1, cost));
  const int64_t pieces = std::min<int64_t>(count / grain, 6 * pool.num_threads());
  if (pieces <= 1 || pool.num_threads() == 1) {
    if (count > 0) f(int64_t{0}, count);
    return;
  }
  const int64_t share = count / pieces;
  const int64_t longer = count % pieces;  // So many pieces have one item more.
  pool.ParallelFor(static_cast<size_t>(pieces), [&](size_t index) {
    const int64_t piece = static_cast<int64_t>(index);
    const int64_t begin = piece * share + std::min(piece, longer);
    f(begin, begin + share + (piece < longer ? 1 : 0));
  });
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_PARALLEL_H_
