// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/race.h"

#include <cmath>
#include <vector>

#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

double now = 0;

// A loop whose forms take so long for a unit of work, and how much each has done.
struct Loop {
  std::vector<double> ms_a_unit;
  std::vector<int64_t> done;
  Race race;
  ThreadPool pool{1};

  explicit Loop(std::vector<double> times)
      : ms_a_unit(times), done(times.size()), race(times.size(), [] { return now; }) {}

  void Run(int64_t items, int64_t cost) {
    int64_t next = 0;
    race.Run(pool, 0, items, cost, [&](size_t form, int64_t begin, int64_t end) {
      CHECK(begin == next);  // Each item once, in order.
      next = end;
      done[form] += (end - begin) * cost;
      now += ms_a_unit[form] * static_cast<double>((end - begin) * cost);
    });
    CHECK(next == items);
  }
};

TEST_CASE("race: the first form runs until there was enough work to tell, then the fastest") {
  Loop loop({3e-6, 2e-6, 1e-6});
  for (int i = 0; i < 260; ++i) loop.Run(1000, 1000);
  CHECK(loop.race.winner() == 0);
  CHECK(loop.done[1] + loop.done[2] == 0);
  for (int i = 0; i < 260; ++i) loop.Run(1000, 1000);
  CHECK(loop.race.winner() == 2);
  // What the others did is little.
  for (int i = 0; i < 800; ++i) loop.Run(1000, 1000);
  CHECK(loop.done[1] < 10'000'000);
}

TEST_CASE("race: it is run again, as engines improve loops while they run") {
  Loop loop({1e-6, 2e-6});
  for (int i = 0; i < 800; ++i) loop.Run(1000, 1000);
  CHECK(loop.race.winner() == 0);
  loop.ms_a_unit[1] = 1e-7;
  for (int i = 0; i < 8000; ++i) loop.Run(1000, 1000);
  CHECK(loop.race.winner() == 1);
}

TEST_CASE("race: a coarse clock, and loops too short to be timed") {
  Loop loop({2e-6, 1e-6});
  // Steps of a millisecond, as some pages have them.
  loop.race = Race(2, [] { return std::floor(now); });
  for (int i = 0; i < 1000; ++i) loop.Run(1000, 1000);
  CHECK(loop.race.winner() == 1);
  Loop small({2e-6, 1e-6});
  for (int i = 0; i < 100000; ++i) small.Run(10, 1000);
  CHECK(small.race.winner() == 0);
  CHECK(small.done[1] == 0);
}

}  // namespace
}  // namespace webhlo
