// SPDX-License-Identifier: Apache-2.0
//
// Race: which of several forms of a loop is the fastest here. What an engine makes of a loop is not
// known beforehand: one makes two 128-bit vectors one of 256 bits, another runs out of registers.
// All forms compute the same, to the last bit, so it is found out while they work: now and then
// some of the work is run by each of them in turns, and what was fastest does the rest.
#ifndef WEBHLO_CORE_KERNELS_RACE_H_
#define WEBHLO_CORE_KERNELS_RACE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/clock.h"
#include "core/kernels/parallel.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

class Race {
 public:
  static constexpr size_t kMaxForms = 4;
  // What a form runs at a time in a heat (core/kernels/parallel.h counts work), and at least.
  static constexpr int64_t kTurn = 512 * 1024, kShortest = 64 * 1024;

  explicit Race(size_t forms, Clock clock = SteadyClock) : forms_(forms), clock_(clock) {}

  // The fastest form so far.
  size_t winner() const { return winner_; }

  // Runs f(form, first, last) on ranges that cover the items [begin, end), in parallel. `cost` is
  // that of one item, as ParallelRanges takes it.
  template <typename F>
  void Run(ThreadPool& pool, int64_t begin, int64_t end, int64_t cost, F&& f) {
    work_ += (end - begin) * cost;
    if (work_ >= next_heat_ && (end - begin) * cost >= kShortest) {
      // The caller alone takes a turn, as a worker's time is nobody's measure.
      const int64_t last = std::min(end, begin + std::max<int64_t>(1, kTurn / cost));
      const size_t form = NextForm();
      const double start = clock_();
      f(form, begin, last);
      Took(form, (last - begin) * cost, clock_() - start);
      begin = last;
    }
    const size_t form = winner_;
    ParallelRanges(pool, begin, end, cost,
                   [&](int64_t from, int64_t until) { f(form, from, until); });
  }

 private:
  // A heat ends when each form has run so often for so long; clocks of pages are coarse.
  static constexpr int kRounds = 3;
  static constexpr double kRoundMs = 1;
  // An engine improves a loop that has run for a while, so the first heat is not at once, and heats
  // come again, ever later.
  static constexpr int64_t kFirstHeat = int64_t{256} << 20, kUntilNext = 6;

  struct Form {
    double ms = 0, work = 0;  // Of this round.
    double best = 0;          // Work a millisecond, of the rounds of this heat.
    int rounds = 0;
  };

  size_t NextForm() const;
  void Took(size_t form, int64_t work, double ms);

  size_t forms_;
  Clock clock_;
  size_t winner_ = 0;
  int64_t work_ = 0;
  int64_t next_heat_ = kFirstHeat;
  std::array<Form, kMaxForms> heat_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_RACE_H_
