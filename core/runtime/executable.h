// SPDX-License-Identifier: Apache-2.0
//
// Executable: a plan bound to memory, ready to run. Running is a loop over steps that allocates
// nothing, looks nothing up and can stop between any two steps, and between any two pieces of a
// kernel's step, and go on later.
#ifndef WEBHLO_CORE_RUNTIME_EXECUTABLE_H_
#define WEBHLO_CORE_RUNTIME_EXECUTABLE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/budget.h"
#include "core/base/clock.h"
#include "core/base/memory.h"
#include "core/base/status.h"
#include "core/base/task.h"
#include "core/kernels/kernel.h"
#include "core/runtime/plan.h"
#include "core/runtime/reference_interpreter.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

class Executable {
 public:
  enum class State : uint8_t { kDone, kPaused, kHostCall };

  // Makes the kernels; the functions of the plan's JIT modules are installed at `jit_functions` of
  // the table (core/jit/install.h). The arena and constants are bound later. All work is spent on
  // `budget`.
  static Result<std::unique_ptr<Executable>> Create(Plan plan, uint32_t jit_functions,
                                                    ThreadPool* pool, Budget* budget);

  const Plan& plan() const { return plan_; }
  // What is known by now of how its kernels were chosen: `steps` of a plan with the same choices.
  void NoteMeasured(std::span<const Step> steps) {
    for (size_t i = 0; i < steps.size(); ++i) plan_.steps[i].measured = steps[i].measured;
  }

  // 64-byte aligned, at least plan().arena_size + kBufferPadding bytes; unbinds inputs and results.
  void BindArena(uint8_t* arena);
  // The address of constant i; null while it is away.
  void BindConstant(uint32_t i, const void* data);
  // Reads input i from `data` in place of its own place in the arena (null: back to the arena). The
  // bytes are never written to, unless a result takes their place (Plan::over_inputs).
  void BindInput(uint32_t i, const void* data);
  // Where the next run reads input i from.
  void* input(uint32_t i) const { return input_data_[i]; }
  // Writes result i to `data` in the run that has started, and in no other; it is aligned and
  // padded as an AlignedBuffer is. False where the result has no place of its own: where it is part
  // of another value, an input, a constant, or an earlier result once more.
  bool BindResult(uint32_t i, void* data);
  // Valid once a run is done, until the next one starts.
  const void* result(uint32_t i) const { return Resolve(plan().results[i]); }

  // For tests: fills the results and the scratch of every step with a pattern (0xff: a NaN, -1)
  // before it runs, so that what a step reads or leaves unwritten shows. Of a loop that is a
  // function those of the first trip.
  void set_poison(bool poison) {
    poison_ = poison;
    UpdateWatched();
  }

  // What a step took in the run that is under way, or in the last one.
  struct StepTime {
    double ms = 0;
    // How often it ran: more than once in a loop. Of a loop that is a function, its trips; what
    // they took is the time of the jump back, which calls it.
    int64_t runs = 0;
  };
  // From the next run on, looks at this clock before each step; null: no more. A host call takes
  // until the run goes on; what is between slices counts for no step.
  void RecordTimes(Clock clock);
  // By step; empty where they are not recorded.
  std::span<const StepTime> times() const { return times_; }

  // Begins a run from the first step; one that was left in the middle is forgotten.
  void Start();
  // Runs until the end, a host call, or until the budget says that it is time. A run that ends
  // after its deadline is done all the same: the caller decides what that is worth.
  Result<State> Advance();

  // The host call that Advance stopped at: its node and where its operands and results are. Advance
  // goes on behind it.
  const Node& host_call() const;
  std::vector<void*> host_call_buffers() const;

  // Steps whose kernels pack constants, for the session to feed.
  struct PackingStep {
    std::string_view key;  // KernelChoice::pack_key
    Kernel* kernel;
    std::vector<uint32_t> constants;  // Constant number by operand, kNone for operands not packed.
  };
  std::vector<PackingStep> PackingSteps() const;
  // Whether some step reads constant i directly (or it is a result), so that its bytes must stay.
  bool ReadsConstant(uint32_t i) const;

 private:
  Executable(Plan plan, ThreadPool* pool, Budget* budget);
  void* Resolve(const BufferRef& ref) const;
  void ResolveAll();
  struct Use;
  void Bind(void*& there, void* data, std::span<const Use> uses);
  Result<State> GoOn();
  void UpdateWatched() { watched_ = poison_ || clock_ != nullptr; }
  // Before each step, and each piece of one, where somebody looks on.
  void Watch(uint32_t step, void* const* args);
  // Ends what was timed, and begins to time that step (kNone: none).
  void Time(uint32_t step);
  void BeginReference(const Step& step, void* const* args);
  void Poison(uint32_t step, void* const* args) const;
  // The trips that the jump back from that step makes; answers their cost.
  int64_t MakeTrips(uint32_t back);

  Plan plan_;
  ThreadPool* pool_;
  Budget* budget_;
  uint8_t* arena_ = nullptr;
  AlignedBuffer literals_;
  std::vector<void*> input_data_, result_data_;
  std::vector<uint32_t> bound_results_;
  std::vector<const void*> constant_data_;
  // All steps' pointers in one run; step i's begin at first_pointer_[i].
  std::vector<void*> pointers_;
  std::vector<uint32_t> first_pointer_;
  // The function of a loop (core/jit/trips.h), and where its constants lie.
  struct TripsFunction {
    void (*run)(void* const* args, const void* constants, uint32_t* exit, uint32_t most) = nullptr;
    const void* constants = nullptr;
    uint32_t most = 0;  // Trips at once.
  };
  // What a step that is a kernel or a copy runs; no kernel for others.
  struct Work {
    std::unique_ptr<Kernel> kernel;
    size_t pieces = 0;
    int64_t cost = 0;
    TripsFunction trips;
  };
  std::vector<Work> work_;  // By step.
  // Which pointers follow input, result or constant i: index into pointers_, and the offset.
  struct Use {
    uint32_t pointer;
    int64_t offset;
  };
  std::vector<std::vector<Use>> input_uses_, result_uses_, constant_uses_;
  std::unique_ptr<ReferenceInterpreter> regions_;  // Made when a reference has computations.
  bool poison_ = false;
  bool watched_ = false;
  Clock clock_ = nullptr;  // Of the times, if they are recorded.
  std::vector<StepTime> times_;
  uint32_t timed_ = kNone;  // The step that is being timed, since then.
  double since_ = 0;
  // The program counter: the step, how many of its pieces have run, and what was left of the step
  // before it, when that is a reference that paused.
  uint32_t pc_ = 0;
  size_t piece_ = 0;
  std::vector<TensorView> inputs_, outputs_;
  std::optional<ReferenceArgs> reference_args_;
  Task reference_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_EXECUTABLE_H_
