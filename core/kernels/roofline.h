// SPDX-License-Identifier: Apache-2.0
//
// What this machine can do, as simple loops on the pool's threads find it: what a step's time is
// compared with.
#ifndef WEBHLO_CORE_KERNELS_ROOFLINE_H_
#define WEBHLO_CORE_KERNELS_ROOFLINE_H_

#include <array>
#include <cstdint>

#include "core/base/clock.h"
#include "core/base/status.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

struct Roofline {
  double flops = 0;  // A millisecond: multiplications and additions of f32, in registers.
  struct Reads {
    int64_t bytes = 0;  // That all threads together read again and again.
    double rate = 0;    // Bytes a millisecond.
  };
  // Of what fits the second level of caches, of what fits a third one, and of memory.
  std::array<Reads, 3> reads = {{{256 << 10}, {4 << 20}, {64 << 20}}};
};

// Takes a tenth of a second, and 64 MiB while it does.
Result<Roofline> MeasureRoofline(ThreadPool& pool, Clock clock);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_ROOFLINE_H_
