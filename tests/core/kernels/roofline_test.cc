// SPDX-License-Identifier: Apache-2.0
// What the machine can do is the clock's word; here it goes a millisecond a look.
#include "core/kernels/roofline.h"

#include <doctest/doctest.h>

namespace webhlo {
namespace {

double now = 0;

double TickingClock() { return now += 1; }

TEST_CASE("roofline: rates are work by the time of the shortest call, on all threads") {
  for (int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    const Result<Roofline> roofline = MeasureRoofline(pool, TickingClock);
    REQUIRE(roofline.ok());
    // A call takes a millisecond: that many sums of vectors of 4.
    CHECK(roofline->flops == pool.num_threads() * 12.0 * 4 * 2 * (1 << 18));
    for (const Roofline::Reads& reads : roofline->reads) {
      // Each buffer is read until it is as much as the largest, but for what does not part evenly.
      CHECK(reads.rate > 0.99 * (64 << 20));
      CHECK(reads.rate <= 64 << 20);
    }
  }
}

}  // namespace
}  // namespace webhlo
