// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/race.h"

namespace webhlo {

// The one that has run the least.
size_t Race::NextForm() const {
  return static_cast<size_t>(
      std::min_element(heat_.begin(), heat_.begin() + static_cast<std::ptrdiff_t>(forms_),
                       [](const Form& a, const Form& b) {
                         return a.rounds != b.rounds ? a.rounds < b.rounds : a.ms < b.ms;
                       }) -
      heat_.begin());
}

void Race::Took(size_t form, int64_t work, double ms) {
  Form& run = heat_[form];
  run.ms += ms;
  run.work += static_cast<double>(work);
  if (run.ms < kRoundMs) return;
  run.best = std::max(run.best, run.work / run.ms);
  run.ms = run.work = 0;
  ++run.rounds;
  const auto end = heat_.begin() + static_cast<std::ptrdiff_t>(forms_);
  if (std::any_of(heat_.begin(), end, [](const Form& f) { return f.rounds < kRounds; })) return;
  winner_ = static_cast<size_t>(
      std::max_element(heat_.begin(), end,
                       [](const Form& a, const Form& b) { return a.best < b.best; }) -
      heat_.begin());
  next_heat_ = work_ * kUntilNext;
  heat_ = {};
}

}  // namespace webhlo
