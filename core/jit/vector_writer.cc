// SPDX-License-Identifier: Apache-2.0
#include "core/jit/vector_writer.h"

#include <algorithm>

#include "core/base/sort.h"
#include "core/jit/lowering.h"
#include "core/jit/speaker.h"

namespace webhlo::jit {

VectorWriter::VectorWriter(const Record& record, const LoopNest& nest,
                           std::span<const uint32_t> outputs, uint32_t num_accumulators,
                           FunctionCode* code)
    : nest_(nest),
      outputs_(outputs),
      code_(*code),
      a_(code->assembler),
      record_(record),
      relaxed_simd_(record.module().options().relaxed_simd),
      num_accumulators_(num_accumulators),
      parameters_(record.num_parameters(), JitTemplate::kUnused) {
  Analyse();
}

VectorWriter::Access VectorWriter::AccessOf(size_t input) const {
  const int64_t stride = nest_.inputs[input].strides.back();
  return stride == 0 ? Access::kSplat : stride == 1 ? Access::kContiguous : Access::kStrided;
}

bool VectorWriter::IsExtendingLoad(const Inst& inst) const {
  if (inst.operation != Operation::kConvert || LaneBytes(inst.lane) > 4) return false;
  const Inst& from = record_.insts()[inst.args[0]];
  return from.operation == Operation::kInput && !IsAccumulator(from) &&
         LaneBytes(from.lane) < LaneBytes(inst.lane) &&
         AccessOf(from.immediate) == Access::kContiguous;
}

void VectorWriter::Analyse() {
  const std::vector<Inst>& insts = record_.insts();
  const size_t n = insts.size();
  needed_.assign(n, 0);
  varying_.assign(n, 0);
  last_use_.assign(n, 0);
  invariant_.assign(n, {});
  current_.assign(n, {});
  for (uint32_t id : outputs_) needed_[id] = 1;
  for (size_t i = n; i-- > 0;) {
    if (!needed_[i] || IsExtendingLoad(insts[i])) continue;
    for (int k = 0; k < insts[i].num_args; ++k) needed_[insts[i].args[k]] = 1;
  }
  for (uint32_t i = 0; i < n; ++i) {
    const Inst& inst = insts[i];
    if (inst.operation == Operation::kInput) {
      const Access access = AccessOf(inst.immediate);
      varying_[i] = access != Access::kSplat || IsAccumulator(inst);
      reads_far_ |=
          needed_[i] && (access == Access::kStrided ||
                         (varying_[i] && ByteWidth(nest_.inputs[inst.immediate].element) > 8));
    }
    if (!needed_[i]) continue;
    for (int k = 0; k < inst.num_args; ++k) {
      varying_[i] |= varying_[inst.args[k]];
      last_use_[inst.args[k]] = i;
    }
  }
  for (uint32_t id : outputs_) last_use_[id] = static_cast<uint32_t>(n);
}

uint32_t VectorWriter::NewVector() {
  if (free_.empty()) return a_.AddLocal(WasmType::kV128);
  const uint32_t local = free_.back();
  free_.pop_back();
  return local;
}

void VectorWriter::AddTo(uint32_t local, int64_t value) {
  if (value == 0) return;
  a_.Get(local);
  a_.I32(static_cast<int32_t>(value));
  a_.Do(Op::kI32Add);
  a_.Set(local);
}

void VectorWriter::WriteConstant(const Inst& inst) {
  const int words = LaneWords(inst.lane);
  const auto next = static_cast<uint32_t>(code_.constants.size());
  uint32_t index = next;
  if (inst.args[0] == 0) {
    index = code_.indices.try_emplace({inst.immediate, words}, next).first->second;
  } else if (uint32_t* known = &parameters_[inst.args[0] - 1]; *known == JitTemplate::kUnused) {
    for (int i = 0; i < words; ++i) known[i] = next + static_cast<uint32_t>(i);
  } else {
    index = *known;
  }
  if (index == next) {
    for (int i = 0; i < words; ++i) {
      code_.constants.push_back(static_cast<uint32_t>(inst.immediate >> (32 * i)));
    }
  }
  a_.Get(kConstants);
  a_.Access(ScalarOpsOf(inst.lane).load_splat, index * sizeof(uint32_t));
}

// ---- Values.

void VectorWriter::GetArg(uint32_t id, int r) {
  if (IsInLocal(id)) {
    a_.Get(RegistersOf(id)[static_cast<size_t>(r)]);
  } else {
    WriteConstant(record_.insts()[id]);
  }
}

// Lane by lane into `out`; with a mask, only if any lane of it is set.
void VectorWriter::WriteScalars(const Inst& inst, int r, uint32_t out) {
  const bool is_conversion = inst.operation == Operation::kConvert;
  const Lane from = is_conversion ? static_cast<Lane>(inst.immediate) : inst.lane;
  const ScalarOps& ops = ScalarOpsOf(inst.lane);
  const int lanes = 16 / LaneBytes(inst.lane), from_lanes = 16 / LaneBytes(from);
  const int first = inst.fix ? 2 : 0;
  auto compute = [&](int lane) {
    const int element = r * lanes + lane;
    for (int k = first; k < inst.num_args; ++k) {
      GetArg(inst.args[k], element / from_lanes);
      a_.Lane(ScalarOpsOf(from).extract, element % from_lanes);
    }
    if (is_conversion) {
      a_.Do(ConversionOf(from, inst.lane).op);
    } else if (inst.operation == Operation::kQuotient) {
      a_.Do(IsUnsigned(inst.lane) ? Op::kI64DivU : Op::kI64DivS);
    } else {
      const auto import = static_cast<uint32_t>(inst.immediate);
      a_.Call(import, record_.module().import(import).signature);
    }
  };
  if (inst.fix) {
    GetArg(inst.args[1], r);
    a_.Set(out);
    GetArg(inst.args[0], r);
    a_.Do(Op::kV128AnyTrue);
    a_.If();
  }
  compute(0);
  a_.Do(ops.splat);
  a_.Set(scratch_);
  for (int lane = 1; lane < lanes; ++lane) {
    a_.Get(scratch_);
    compute(lane);
    a_.Lane(ops.replace, lane);
    a_.Set(scratch_);
  }
  a_.Get(scratch_);
  if (inst.fix) {
    a_.Get(out);
    GetArg(inst.args[0], r);
    a_.Do(Op::kV128Bitselect);
    a_.Set(out);
    a_.End();
  } else {
    a_.Set(out);
  }
}

// Pushes register `r`.
void VectorWriter::WriteConversion(const Inst& inst, int r) {
  const Conversion& conversion = ConversionOf(static_cast<Lane>(inst.immediate), inst.lane);
  const uint32_t arg = inst.args[0];
  switch (conversion.form) {
    case Conversion::Form::kLanes:
      GetArg(arg, r);
      a_.Do(conversion.op);
      break;
    case Conversion::Form::kHalves:
      GetArg(arg, r / 2);
      a_.Do(r % 2 == 0 ? conversion.op : conversion.high);
      break;
    case Conversion::Form::kLowHalf:
      GetArg(arg, r / 2);
      if (r % 2 == 1) {
        GetArg(arg, r / 2);
        a_.Shuffle({2, 3, 2, 3});
      }
      a_.Do(conversion.op);
      break;
    case Conversion::Form::kJoin:
      GetArg(arg, 2 * r);
      a_.Do(conversion.op);
      GetArg(arg, 2 * r + 1);
      a_.Do(conversion.op);
      a_.Shuffle({0, 1, 4, 5});
      break;
    case Conversion::Form::kTruncate:
      GetArg(arg, 2 * r);
      GetArg(arg, 2 * r + 1);
      a_.Shuffle({0, 2, 4, 6});
      break;
    case Conversion::Form::kPack:
      GetArg(arg, 2 * r);
      GetArg(arg, 2 * r + 1);
      a_.Do(conversion.op);
      break;
    case Conversion::Form::kScalar:
      break;  // WriteScalars.
  }
}

void VectorWriter::WriteInst(uint32_t id, int elements, int r, uint32_t out) {
  const Inst& inst = record_.insts()[id];
  switch (inst.operation) {
    case Operation::kInput:
      WriteLoad(inst.immediate, static_cast<int>(inst.args[0]), r * (16 / LaneBytes(inst.lane)),
                elements);
      break;
    case Operation::kConstant:
      WriteConstant(inst);
      break;
    case Operation::kCall:
    case Operation::kQuotient:
      WriteScalars(inst, r, out);
      return;
    case Operation::kConvert:
      if (ConversionOf(static_cast<Lane>(inst.immediate), inst.lane).form ==
          Conversion::Form::kScalar) {
        WriteScalars(inst, r, out);
        return;
      }
      if (IsExtendingLoad(inst)) {
        WriteExtendingLoad(inst, elements, r);
      } else {
        WriteConversion(inst, r);
      }
      break;
    default:
      for (int k = 0; k < inst.num_args; ++k) GetArg(inst.args[k], r);
      if (inst.operation == Operation::kShiftLeft || inst.operation == Operation::kShiftRight ||
          inst.operation == Operation::kShiftRightLogical) {
        a_.I32(static_cast<int32_t>(inst.immediate));
      }
      a_.Do(OpcodeOf(inst, relaxed_simd_));
      break;
  }
  a_.Set(out);
}

void VectorWriter::WriteConstants() {
  scratch_ = a_.AddLocal(WasmType::kV128);
  const std::vector<Inst>& insts = record_.insts();
  const auto is_constant = [&](uint32_t id) {
    return needed_[id] && insts[id].operation == Operation::kConstant;
  };
  size_t constants = 0;
  for (uint32_t id = 0; id < insts.size(); ++id) constants += is_constant(id);
  for (uint32_t id = 0; id < insts.size(); ++id) {
    if (!is_constant(id)) continue;
    const bool is_output = last_use_[id] == insts.size();
    // More would not fit the registers; these are loaded where they are used, once for all that a
    // turn has of the value.
    if (constants > 6 && !is_output) continue;
    invariant_[id].fill(a_.AddLocal(WasmType::kV128));
    WriteInst(id, 1, 0, invariant_[id][0]);
  }
}

void VectorWriter::WriteInvariants() {
  const std::vector<Inst>& insts = record_.insts();
  for (uint32_t id = 0; id < insts.size(); ++id) {
    if (!needed_[id] || varying_[id]) continue;
    if (insts[id].operation == Operation::kConstant) continue;  // Loaded once, before the rows.
    if (invariant_[id][0] == 0) invariant_[id].fill(a_.AddLocal(WasmType::kV128));
    WriteInst(id, 1, 0, invariant_[id][0]);
  }
}

// Enough independent chains for the machine, even where its registers cannot hold them all; not
// more code than pays.
int VectorWriter::MostElements() const {
  int widest = 1, bytes = 0;
  for (uint32_t id = 0; id < record_.insts().size(); ++id) {
    const bool is_output = last_use_[id] == record_.insts().size();
    if (!needed_[id] || !(varying_[id] || is_output)) continue;
    const int width = LaneBytes(record_.insts()[id].lane);
    widest = std::max(widest, width);
    if (varying_[id]) bytes += width;
  }
  int elements = 64 / std::min(widest, 4);
  int registers = elements * bytes / 16;  // Of all values.
  for (; elements > kFew && registers > 128; registers /= 2) elements /= 2;
  return elements;
}

std::vector<uint32_t> VectorWriter::LoadConstantsOf(const Inst& inst, int registers) {
  std::vector<uint32_t> loaded;
  for (int k = 0; k < inst.num_args && registers > 1; ++k) {
    const uint32_t arg = inst.args[k];
    if (record_.insts()[arg].operation != Operation::kConstant || IsInLocal(arg)) continue;
    invariant_[arg].fill(NewVector());
    WriteInst(arg, 1, 0, invariant_[arg][0]);
    loaded.push_back(arg);
  }
  return loaded;
}

void VectorWriter::WriteBody(int elements) {
  const std::vector<Inst>& insts = record_.insts();
  const auto& notes = record_.notes();
  size_t note = 0;
  for (uint32_t id = 0; id < insts.size(); ++id) {
    for (; note < notes.size() && notes[note].first <= id; ++note) a_.Note(notes[note].second);
    if (!needed_[id] || !varying_[id]) continue;
    const Inst& inst = insts[id];
    if (IsAccumulator(inst)) {
      current_[id] = accumulators_[inputs_[inst.immediate].value + inst.args[0]];
      continue;
    }
    const std::vector<uint32_t> loaded = LoadConstantsOf(inst, RegistersOfValue(id, elements));
    Registers& registers = current_[id];
    for (int r = 0; r < RegistersOfValue(id, elements); ++r) {
      const uint32_t local = NewVector();
      if (r == 0) registers.fill(local);
      registers[static_cast<size_t>(r)] = local;
      WriteInst(id, elements, r, local);
    }
    for (uint32_t constant : loaded) {
      free_.push_back(invariant_[constant][0]);
      invariant_[constant] = {};
    }
    for (int k = 0; k < inst.num_args; ++k) {
      const uint32_t arg = inst.args[k];
      bool repeated = !needed_[arg];
      for (int j = 0; j < k; ++j) repeated |= inst.args[j] == arg;
      if (repeated || !varying_[arg] || last_use_[arg] != id || IsAccumulator(insts[arg])) continue;
      for (int r = 0; r < RegistersOfValue(arg, elements); ++r) {
        free_.push_back(current_[arg][static_cast<size_t>(r)]);
      }
    }
  }
}

void VectorWriter::FreeOutputs(int elements) {
  std::vector<uint32_t> freed;
  for (uint32_t id : outputs_) {
    if (!varying_[id] || IsAccumulator(record_.insts()[id])) continue;
    for (int r = 0; r < RegistersOfValue(id, elements); ++r) {
      freed.push_back(current_[id][static_cast<size_t>(r)]);
    }
  }
  Sort(freed);
  freed.erase(std::unique(freed.begin(), freed.end()), freed.end());
  free_.insert(free_.end(), freed.begin(), freed.end());
}

// ---- Accumulators.

template <class F>
void VectorWriter::ForEachAccumulator(int elements, F f) {
  for (size_t k = 0; k < num_accumulators_; ++k) {
    const int parts = NumParts(inputs_[k].element);
    for (int part = 0; part < parts; ++part) {
      const size_t value = inputs_[k].value + static_cast<size_t>(part);
      for (int r = 0; r < NumRegisters(elements, WidthOfPart(k)); ++r) f(k, part, value, r);
    }
  }
}

void VectorWriter::LoadAccumulators(int elements) {
  accumulators_.resize(outputs_.size());
  ForEachAccumulator(elements, [&](size_t k, int part, size_t value, int r) {
    const uint32_t local = NewVector();
    if (r == 0) accumulators_[value].fill(local);
    accumulators_[value][static_cast<size_t>(r)] = local;
    WriteLoad(k, part, r * (16 / WidthOfPart(k)), elements);
    a_.Set(local);
  });
}

void VectorWriter::SetAccumulators(int elements) {
  std::vector<uint32_t> to;
  ForEachAccumulator(elements, [&](size_t, int, size_t value, int r) {
    GetArg(outputs_[value], r);
    to.push_back(accumulators_[value][static_cast<size_t>(r)]);
  });
  // All at once: an output may be another's accumulator.
  for (size_t i = to.size(); i-- > 0;) a_.Set(to[i]);
}

void VectorWriter::FreeAccumulators(int elements) {
  ForEachAccumulator(elements, [&](size_t, int, size_t value, int r) {
    free_.push_back(accumulators_[value][static_cast<size_t>(r)]);
  });
}

}  // namespace webhlo::jit
