// SPDX-License-Identifier: Apache-2.0
//
// Budget: how long work may go on before it gives the thread back. Work is counted in units of
// about a nanosecond, as what is done says of itself, and the clock is looked at once in some
// tenths of a millisecond; so a test that moves the clock sees every stop in the same place.
#ifndef WEBHLO_CORE_BASE_BUDGET_H_
#define WEBHLO_CORE_BASE_BUDGET_H_

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <limits>

#include "core/base/clock.h"

namespace webhlo {

class Budget {
 public:
  // Tests look more often, and at a clock of their own.
  explicit Budget(Clock clock = SteadyClock, int64_t between_looks = 1 << 18)
      : clock_(clock), between_looks_(between_looks), left_(between_looks) {}

  // From here on work may take this long; negative: as long as it wants, as before the first slice.
  // `deadline_ms`: when whoever waits loses interest.
  void StartSlice(double ms, double deadline_ms = -1) {
    deadline_ = After(deadline_ms);
    slice_end_ = std::min(After(ms), deadline_);
  }
  // Whether the deadline has come: for work that cannot be left, only given up.
  bool late() const { return deadline_ < kNever && clock_() >= deadline_; }
  // Whether any end is in sight.
  bool limited() const { return slice_end_ < kNever || limit_ < kNoLimit; }
  // How much work may be done at all, counted from now.
  void Limit(int64_t work) { limit_ = spent() + work; }

  // What a piece of a kernel's work is charged with: some milliseconds, worth a look at the clock.
  static constexpr int64_t kPiece = 1 << 20;

  // Counts work that was done or comes next. Whether it is time to stop; then the work that calls
  // leaves, and is called again in another slice or never.
  bool Charge(int64_t work) {
    left_ -= work;
    return left_ < 0 && Look();
  }

  // For coroutines (core/base/task.h): `co_await budget.Spend(work)` stops there when it is time.
  struct Pause {
    bool now = true;
    bool await_ready() const { return !now; }
    void await_suspend(std::coroutine_handle<>) const {}
    void await_resume() const {}
  };
  Pause Spend(int64_t work) { return {Charge(work)}; }

  // All the work so far.
  int64_t spent() const { return spent_ + between_looks_ - left_; }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();
  static constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

  double After(double ms) const { return ms < 0 ? kNever : clock_() + ms; }
  bool Look();

  Clock clock_;
  double slice_end_ = kNever, deadline_ = kNever;
  int64_t between_looks_, left_;
  int64_t spent_ = 0;
  int64_t limit_ = kNoLimit;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_BUDGET_H_
