// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/join_trips.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/graph/op_def.h"
#include "core/jit/trips.h"
#include "core/kernels/choice.h"

namespace webhlo {
namespace {

bool JoinKernel(const Plan& plan, const Step& step, uint32_t slot, jit::Trips& trips) {
  const OpView op(plan.graph, plan.graph.nodes[step.node]);
  if (step.choice.packed_operands != 0) return false;
  const std::span<const BufferRef> buffers = step.buffers;
  const bool in_place = step.num_operands > 0 && buffers.size() > step.num_operands &&
                        buffers[0] == buffers[step.num_operands];
  for (const KernelRow& row : op.node().op->kernels) {
    if (row.name != step.choice.kernel) continue;
    return row.join != nullptr && row.join({op, slot, in_place}, trips);
  }
  return false;
}

bool JoinStep(const Plan& plan, const Step& step, uint32_t slot, jit::Trips& trips) {
  switch (step.kind) {
    case Step::Kind::kKernel:
      return JoinKernel(plan, step, slot, trips);
    case Step::Kind::kCopy:
      return trips.AddMove({.from = slot, .to = slot + 1, .starts = {}, .bytes = step.bytes});
    case Step::Kind::kJump:
      return trips.AddJump(step.target);
    case Step::Kind::kJumpUnless:
      return trips.AddJumpUnless(step.target, slot);
    case Step::Kind::kSwitch:
      return trips.AddSwitch(step.targets, slot);
    case Step::Kind::kReference:
    case Step::Kind::kHostCall:
      return false;
  }
  return false;
}

// By slot. A result lies in the arena unless the caller wants it elsewhere.
std::vector<jit::SlotPlace> PlacesOf(const Plan& plan, uint32_t first, uint32_t back) {
  std::vector<jit::SlotPlace> places;
  const auto add = [&](const BufferRef& ref) {
    const bool in_arena = ref.space == BufferRef::Space::kResult;
    const auto space = in_arena ? BufferRef::Space::kArena : ref.space;
    places.push_back({static_cast<uint32_t>(space) << 24 | (in_arena ? 0 : ref.index), ref.offset});
  };
  for (uint32_t i = first; i < back; ++i) {
    for (const BufferRef& ref : plan.steps[i].buffers) add(ref);
    add(plan.steps[i].scratch);
  }
  return places;
}

}  // namespace

void JoinTrips(Plan* plan, jit::ModuleBuilder* module) {
  for (uint32_t back = 0; back < plan->steps.size(); ++back) {
    Step& jump = plan->steps[back];
    const uint32_t first = jump.target;
    if (jump.kind != Step::Kind::kJump || first >= back || back - first > jit::Trips::kMaxSteps) {
      continue;
    }
    jit::Trips trips(module, first, back, PlacesOf(*plan, first, back));
    uint32_t slot = 0;
    bool joined = true;
    for (uint32_t i = first; i < back && joined; ++i) {
      const Step& step = plan->steps[i];
      joined = JoinStep(*plan, step, slot, trips);
      slot += step.num_pointers();
    }
    if (!joined) continue;
    const std::optional<jit::JitFunction> function = trips.Finish();
    if (!function) continue;
    jump.bytes = trips.cost();
    jump.choice = {.kernel = "trips",
                   .sizes = StrCat("f", function->number),
                   .parameters = {function->number, function->constants}};
  }
}

}  // namespace webhlo
