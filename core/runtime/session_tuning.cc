// SPDX-License-Identifier: Apache-2.0
//
// How a session finds out which kernels are the fastest, and goes on with them.
#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "core/runtime/session.h"
#include "core/runtime/tuner.h"

namespace webhlo {

Status Session::UseTuning(std::string_view text) {
  ASSIGN_OR_RETURN(tuning_, Tuning::Read(text));
  return OkStatus();
}

Result<bool> Session::Tune(double slice_ms) {
  if (!finished_ || !options_.tune) return InvalidArgument("tune comes after finish");
  if (in_run_) return InvalidArgument("tune comes between runs");
  if (tuning_task_.done()) tuning_task_ = MeasureAndReplace();
  budget_.StartSlice(slice_ms);
  if (!tuning_task_.Resume()) return false;
  RETURN_IF_ERROR(tuning_task_.status());
  return true;
}

Task Session::MeasureAndReplace() {
  for (const auto& made : made_) {
    if (made.empty()) continue;
    co_await MeasureSteps(*made.front().reader, made.front().options, &store_, &machine_,
                          options_.clock, &tuning_);
  }
  for (auto& made : made_) {
    for (Specialization& s : made) co_await Replace(&s);
  }
}

// By one whose kernels are those that were measured to be the fastest, if that makes another plan.
Task Session::Replace(Specialization* s) {
  co_await CheckRoomToTune();
  Executable& now = s->reader->executable();
  Graph graph = now.plan().graph;
  Result<Plan> plan =
      BuildPlan(std::move(graph), now.plan().num_constants, now.plan().over_inputs, s->options);
  co_await plan.status();
  const auto same = [](const Step& a, const Step& b) { return a.choice == b.choice; };
  if (std::equal(plan->steps.begin(), plan->steps.end(), now.plan().steps.begin(),
                 now.plan().steps.end(), same)) {
    now.NoteMeasured(plan->steps);
    co_return;
  }
  Result<std::unique_ptr<Executable>> executable =
      MakeExecutable(std::move(*plan), &s->options, &machine_);
  co_await executable.status();
  std::vector<uint32_t> constants(now.plan().num_constants);
  std::iota(constants.begin(), constants.end(), 0u);
  Result<std::unique_ptr<WeightStore::Reader>> reader =
      store_.AttachBeside(std::move(*executable), *s->reader, constants);
  co_await reader.status();
  co_await store_.FeedBeside(reader->get(), *s->reader);
  const int64_t arena = (*reader)->executable().plan().arena_size;
  if (static_cast<size_t>(arena) > arena_.size()) co_await GrowArena(arena);
  (*reader)->executable().BindArena(arena_.data());
  if (records_times_) (*reader)->executable().RecordTimes(options_.clock);
  s->reader = std::move(*reader);
}

}  // namespace webhlo
