// SPDX-License-Identifier: Apache-2.0
#include "core/jit/record.h"

#include <algorithm>

#include "core/base/strings.h"
#include "core/jit/lowering.h"

namespace webhlo::jit {

size_t Record::Hash::operator()(uint32_t id) const {
  const Inst& inst = record->insts_[id];
  uint64_t hash = static_cast<uint64_t>(inst.operation) << 8 | static_cast<uint64_t>(inst.lane);
  const auto mix = [&](uint64_t bits) { hash = (hash ^ bits) * 0x9e3779b97f4a7c15; };
  for (uint32_t arg : inst.args) mix(arg);
  mix(inst.immediate);
  return static_cast<size_t>(hash >> 32);
}

uint32_t Record::Add(Inst inst) {
  inst.lane = PlainLane(inst);
  if (NeedsExpansion(inst, module_->options().relaxed_simd)) return Expand(*this, inst);
  insts_.push_back(inst);
  const auto [it, is_new] = known_.insert(static_cast<uint32_t>(insts_.size() - 1));
  if (!is_new) insts_.pop_back();
  return *it;
}

uint32_t Record::AddParameter(Lane lane, uint32_t index, uint64_t bits) {
  num_parameters_ = std::max(num_parameters_, index + static_cast<uint32_t>(LaneWords(lane)));
  return Add(
      {.operation = Operation::kConstant, .lane = lane, .args = {index + 1}, .immediate = bits});
}

std::optional<uint64_t> Record::ConstantBits(uint32_t id) {
  const Inst& inst = insts_[id];
  if (inst.operation != Operation::kConstant) return std::nullopt;
  if (inst.args[0] != 0) looked_at_parameters_ = true;
  return inst.immediate;
}

uint32_t Record::Import(std::string_view name, Lane lane, int num_args) {
  const WasmType type = ScalarType(lane);
  return module_->AddImport(
      {.name = StrCat(name, ".", kLaneNames[static_cast<size_t>(lane)]),
       .signature = {.parameters = std::vector(static_cast<size_t>(num_args), type),
                     .result = type}});
}

}  // namespace webhlo::jit
