// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/executable.h"

#include <algorithm>
#include <cstring>

#include "core/base/math.h"
#include "core/base/strings.h"
#include "core/graph/uses.h"
#include "core/kernels/moves/copy.h"

namespace webhlo {
namespace {

// What a step costs in a budget's units besides its own work, whose cost is told in bytes touched.
constexpr int64_t kStepWork = 4096;
constexpr int64_t kBytesAUnit = 4;
// The same of a step of a loop's function, and what such a function does at once.
constexpr int64_t kTripStepWork = 2;
constexpr int64_t kTripsWork = 1 << 17;

// Null for steps that run none.
Result<std::unique_ptr<Kernel>> MakeStepKernel(const Plan& plan, const Step& step,
                                               uint32_t jit_functions,
                                               const uint8_t* jit_constants) {
  if (step.kind == Step::Kind::kCopy) return MakeCopyKernel(step.bytes);
  if (step.kind != Step::Kind::kKernel) return std::unique_ptr<Kernel>();
  const OpView op(plan.graph, plan.graph.nodes[step.node]);
  return MakeKernel(op.node().op->kernels, {op, step.choice, jit_functions, jit_constants});
}

}  // namespace

Executable::Executable(Plan plan, ThreadPool* pool, Budget* budget)
    : plan_(std::move(plan)), pool_(pool), budget_(budget) {}

Result<std::unique_ptr<Executable>> Executable::Create(Plan made, uint32_t jit_functions,
                                                       ThreadPool* pool, Budget* budget) {
  std::unique_ptr<Executable> e(new Executable(std::move(made), pool, budget));
  Plan& plan = e->plan_;
  // Literals and the JIT's constant table lie in one aligned buffer.
  const size_t table = RoundUp(plan.literals.size() + kBufferPadding, kBufferAlignment);
  ASSIGN_OR_RETURN(e->literals_,
                   TryAllocate(table + plan.jit.constants.size(), "the plan's constants"));
  std::copy(plan.literals.begin(), plan.literals.end(), e->literals_.data());
  std::copy(plan.jit.constants.begin(), plan.jit.constants.end(), e->literals_.data() + table);
  plan.literals.clear();
  plan.literals.shrink_to_fit();

  e->input_data_.assign(plan.inputs.size(), nullptr);
  e->input_uses_.resize(plan.inputs.size());
  e->result_data_.assign(plan.results.size(), nullptr);
  e->result_uses_.resize(plan.results.size());
  e->constant_data_.assign(plan.num_constants, nullptr);
  e->constant_uses_.resize(plan.num_constants);
  e->work_.resize(plan.steps.size());
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    Work& work = e->work_[i];
    work.cost = step.bytes;
    ASSIGN_OR_RETURN(work.kernel,
                     MakeStepKernel(plan, step, jit_functions, e->literals_.data() + table));
    if (work.kernel != nullptr) {
      work.pieces = work.kernel->pieces();
      work.cost = std::max(work.cost, work.kernel->cost());
    }
    if (step.kind == Step::Kind::kJump && !step.choice.kernel.empty()) {
      work.cost =
          kTripStepWork * (static_cast<int64_t>(i) - step.target) + step.bytes / kBytesAUnit;
      work.trips = {// In WebAssembly a function pointer is an index into the table.
                    .run = reinterpret_cast<decltype(work.trips.run)>(
                        static_cast<uintptr_t>(jit_functions + step.choice.parameters[0])),
                    .constants = e->literals_.data() + table + step.choice.parameters[1],
                    .most = static_cast<uint32_t>(std::max<int64_t>(kTripsWork / work.cost, 1))};
    }
    e->first_pointer_.push_back(static_cast<uint32_t>(e->pointers_.size()));
    for (size_t b = 0; b < step.buffers.size(); ++b) {
      const BufferRef& ref = step.buffers[b];
      const uint32_t pointer = static_cast<uint32_t>(e->pointers_.size());
      if (ref.space == BufferRef::Space::kInput) {
        e->input_uses_[ref.index].push_back({pointer, ref.offset});
      } else if (ref.space == BufferRef::Space::kResult) {
        const int64_t offset = ref.offset - plan.results[ref.index].offset;
        e->result_uses_[ref.index].push_back({pointer, offset});
      } else if (ref.space == BufferRef::Space::kConstant && !step.choice.Packs(b)) {
        e->constant_uses_[ref.index].push_back({pointer, ref.offset});
      }
      e->pointers_.push_back(nullptr);
    }
    e->pointers_.push_back(nullptr);  // Scratch.
  }
  return e;
}

void* Executable::Resolve(const BufferRef& ref) const {
  switch (ref.space) {
    case BufferRef::Space::kArena:
      return arena_ + ref.offset;
    case BufferRef::Space::kResult:
      return static_cast<uint8_t*>(result_data_[ref.index]) +
             (ref.offset - plan().results[ref.index].offset);
    case BufferRef::Space::kInput:
      return static_cast<uint8_t*>(input_data_[ref.index]) + ref.offset;
    case BufferRef::Space::kConstant: {
      const auto* data = static_cast<const uint8_t*>(constant_data_[ref.index]);
      return data ? const_cast<uint8_t*>(data) + ref.offset : nullptr;
    }
    case BufferRef::Space::kLiteral:
      return const_cast<uint8_t*>(literals_.data()) + ref.offset;
    case BufferRef::Space::kNone:
      return nullptr;
  }
  return nullptr;
}

void Executable::ResolveAll() {
  for (size_t i = 0; i < plan().steps.size(); ++i) {
    const Step& step = plan().steps[i];
    void** pointers = pointers_.data() + first_pointer_[i];
    for (size_t b = 0; b < step.buffers.size(); ++b) {
      pointers[b] = step.choice.Packs(b) ? nullptr : Resolve(step.buffers[b]);
    }
    pointers[step.buffers.size()] = Resolve(step.scratch);
  }
}

void Executable::BindArena(uint8_t* arena) {
  arena_ = arena;
  for (size_t i = 0; i < input_data_.size(); ++i) input_data_[i] = Resolve(plan().inputs[i]);
  for (size_t i = 0; i < result_data_.size(); ++i)
    result_data_[i] = arena_ + plan().results[i].offset;
  bound_results_.clear();
  ResolveAll();
}

void Executable::BindConstant(uint32_t i, const void* data) {
  constant_data_[i] = data;
  for (const Use& use : constant_uses_[i]) {
    pointers_[use.pointer] =
        Resolve({.space = BufferRef::Space::kConstant, .index = i, .offset = use.offset});
  }
}

void Executable::BindInput(uint32_t i, const void* data) {
  Bind(input_data_[i], data ? const_cast<void*>(data) : Resolve(plan().inputs[i]), input_uses_[i]);
}

bool Executable::BindResult(uint32_t i, void* data) {
  const BufferRef& ref = plan().results[i];
  if (ref.space != BufferRef::Space::kResult || ref.index != i) return false;
  Bind(result_data_[i], data, result_uses_[i]);
  bound_results_.push_back(i);
  return true;
}

void Executable::Bind(void*& there, void* data, std::span<const Use> uses) {
  if (data == there) return;
  there = data;
  for (const Use& use : uses) pointers_[use.pointer] = static_cast<uint8_t*>(data) + use.offset;
}

void Executable::BeginReference(const Step& step, void* const* args) {
  const Graph& graph = plan().graph;
  const OpView view(graph, graph.nodes[step.node]);
  inputs_.clear();
  for (size_t i = 0; i < view.num_operands(); ++i) {
    inputs_.emplace_back(&view.operand(i), args[i]);
  }
  outputs_.clear();
  for (size_t i = 0; i < view.num_results(); ++i) {
    outputs_.emplace_back(&view.result(i), args[step.num_operands + i]);
  }
  if (!regions_) regions_ = std::make_unique<ReferenceInterpreter>(graph, *budget_);
  size_t next = view.num_operands();
  for (RegionId region : graph.regions_of(view.node())) {
    for (ValueId captured : CapturedValues(graph, region)) {
      regions_->Bind(captured, TensorView(&graph.tensor(captured), args[next++]));
    }
  }
  reference_args_.emplace(ReferenceArgs{view, inputs_, outputs_, *regions_, *budget_});
  reference_ = RunReference(*reference_args_);
}

void Executable::RecordTimes(Clock clock) {
  clock_ = clock;
  UpdateWatched();
  timed_ = kNone;
  times_.assign(clock_ == nullptr ? 0 : plan().steps.size(), {});
}

void Executable::Time(uint32_t step) {
  const double now = clock_();
  if (timed_ != kNone) times_[timed_].ms += now - since_;
  timed_ = step;
  since_ = now;
}

void Executable::Watch(uint32_t step, void* const* args) {
  const bool begins = piece_ == 0;
  if (poison_ && begins) Poison(step, args);
  if (clock_ == nullptr) return;
  Time(step);
  // MakeTrips counts those of a function.
  if (begins && work_[step].trips.run == nullptr) ++times_[step].runs;
}

void Executable::Poison(uint32_t i, void* const* args) const {
  const Step& step = plan().steps[i];
  const std::span<void* const> operands(args, step.num_operands);
  const auto fill = [&](void* at, int64_t bytes) {
    uint8_t* const begin = static_cast<uint8_t*>(at);
    // A result may take the place of an operand.
    const bool is_read = std::any_of(operands.begin(), operands.end(), [&](void* operand) {
      return operand >= begin && operand < begin + bytes;
    });
    if (!is_read && bytes > 0) std::memset(begin, 0xff, static_cast<size_t>(bytes));
  };
  if (step.kind == Step::Kind::kCopy) {
    fill(args[step.num_operands], step.bytes);
  } else if (step.node != kNone) {
    const OpView view(plan().graph, plan().graph.nodes[step.node]);
    for (size_t r = 0; r < view.num_results(); ++r) {
      if (view.result_type(r).IsTensor()) {
        fill(args[step.num_operands + r], view.result(r).ByteSize());
      }
    }
    fill(args[step.buffers.size()], static_cast<int64_t>(step.choice.scratch_bytes));
  }
}

void Executable::Start() {
  for (uint32_t i : bound_results_) {
    Bind(result_data_[i], arena_ + plan().results[i].offset, result_uses_[i]);
  }
  bound_results_.clear();
  timed_ = kNone;
  std::fill(times_.begin(), times_.end(), StepTime());
  pc_ = 0;
  piece_ = 0;
  if (!reference_.done() || !reference_.status().ok()) {
    reference_ = Task();
    regions_.reset();  // With the values that the interpreter still holds.
  }
}

Result<Executable::State> Executable::Advance() {
  if (clock_ == nullptr) return GoOn();
  if (!reference_.done()) Time(pc_ - 1);
  Result<State> state = GoOn();
  if (!state.ok() || *state != State::kHostCall) Time(kNone);
  return state;
}

Result<Executable::State> Executable::GoOn() {
  const std::vector<Step>& steps = plan_.steps;
  if (!reference_.Resume()) return State::kPaused;
  RETURN_IF_ERROR(reference_.status());
  while (pc_ < steps.size()) {
    const Step& step = steps[pc_];
    const Work& work = work_[pc_];
    int64_t cost = kStepWork + work.cost / kBytesAUnit;
    void* const* args = pointers_.data() + first_pointer_[pc_];
    if (watched_) Watch(pc_, args);
    ++pc_;
    switch (step.kind) {
      case Step::Kind::kKernel:
      case Step::Kind::kCopy:
        if (budget_->limited() && work.pieces > 1) {
          work.kernel->Run(args, {piece_, piece_ + 1}, *pool_);
          if (++piece_ == work.pieces) {
            piece_ = 0;
          } else {
            --pc_;
          }
          cost = Budget::kPiece;
        } else {
          work.kernel->Run(args, {piece_, work.pieces}, *pool_);
          piece_ = 0;
        }
        break;
      case Step::Kind::kReference:
        BeginReference(step, args);
        if (!reference_.Resume()) return State::kPaused;
        RETURN_IF_ERROR(reference_.status());
        break;
      case Step::Kind::kJump:
        if (work.trips.run != nullptr) {
          cost = MakeTrips(pc_ - 1);
        } else {
          pc_ = step.target;
        }
        break;
      case Step::Kind::kJumpUnless:
        if (*static_cast<const uint8_t*>(args[0]) == 0) pc_ = step.target;
        break;
      case Step::Kind::kSwitch: {
        int32_t index;
        std::memcpy(&index, args[0], sizeof(index));
        const int32_t last = static_cast<int32_t>(step.targets.size()) - 1;
        pc_ = step.targets[static_cast<size_t>(index < 0 || index > last ? last : index)];
        break;
      }
      case Step::Kind::kHostCall:
        return State::kHostCall;
    }
    if (budget_->Charge(cost) && pc_ < steps.size()) {
      return State::kPaused;
    }
  }
  return State::kDone;
}

int64_t Executable::MakeTrips(uint32_t back) {
  const TripsFunction& trips = work_[back].trips;
  uint32_t exit[2];  // The step to go on with, and the trips that are left.
  trips.run(pointers_.data() + first_pointer_[plan().steps[back].target], trips.constants, exit,
            trips.most);
  pc_ = exit[0] == plan().steps[back].target ? back : exit[0];
  const uint32_t made = trips.most - exit[1];
  if (clock_ != nullptr) times_[back].runs += made;
  return kStepWork + made * work_[back].cost;
}

const Node& Executable::host_call() const { return plan().graph.nodes[plan().steps[pc_ - 1].node]; }

std::vector<void*> Executable::host_call_buffers() const {
  const uint32_t first = first_pointer_[pc_ - 1];
  const size_t n = plan().steps[pc_ - 1].buffers.size();
  return {pointers_.begin() + first, pointers_.begin() + first + static_cast<ptrdiff_t>(n)};
}

std::vector<Executable::PackingStep> Executable::PackingSteps() const {
  std::vector<PackingStep> packing;
  for (uint32_t i = 0; i < plan().steps.size(); ++i) {
    const Step& step = plan().steps[i];
    if (step.choice.packed_operands == 0) continue;
    PackingStep p{step.choice.pack_key, work_[i].kernel.get(), {}};
    for (uint32_t b = 0; b < step.num_operands; ++b) {
      p.constants.push_back(step.choice.Packs(b) ? step.buffers[b].index : kNone);
    }
    packing.push_back(std::move(p));
  }
  return packing;
}

bool Executable::ReadsConstant(uint32_t i) const {
  return !constant_uses_[i].empty() ||
         std::any_of(plan().results.begin(), plan().results.end(), [i](const BufferRef& ref) {
           return ref.space == BufferRef::Space::kConstant && ref.index == i;
         });
}

}  // namespace webhlo
