// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/tuner.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/memory.h"

namespace webhlo {
namespace {

// A kernel takes turns with the others. An engine improves what has run for a while, so the first
// rounds count for nothing, and clocks of pages are coarse, so a turn is no shorter than that.
constexpr int kWarmUps = 2, kRounds = 5;
constexpr double kTurnMs = 4;
// One that is as much slower after the warm-ups is out.
constexpr double kHopeless = 1.5;
// To change a plan takes more than the noise of a machine.
constexpr double kWorthwhile = 0.92;
// Operands, results and scratch of a step that is tried.
constexpr int64_t kMaxArena = int64_t{64} << 20;

// A kernel that runs a step.
struct Contender {
  std::string kernel;
  std::unique_ptr<WeightStore::Reader> reader;
  double best_ms = std::numeric_limits<double>::infinity();  // Of a run.
};

// A step, as a plan of its own would run it.
struct StepUnderTest {
  Tuning::Key key = 0;
  StepProgram program;
  PlanOptions options;
  std::vector<uint32_t> constants;  // Of the executable, by constant of the program.
};

// Numbers from -1 to 1 everywhere: no NaN, no subnormal number that would take its time.
void FillWithNumbers(AlignedBuffer* arena) {
  float* const numbers = reinterpret_cast<float*>(arena->data());
  uint32_t state = 1;
  for (size_t i = 0; i < arena->size() / sizeof(float); ++i) {
    state = state * 1664525 + 1013904223;
    numbers[i] = static_cast<float>(static_cast<int32_t>(state)) * 0x1p-31F;
  }
}

// A task's error is an answer here: it does not end the one that asks.
Task Settle(Task task, Status* status) {
  while (!task.Resume()) co_await Budget::Pause();
  *status = task.status();
}

// The step by that kernel, ready to run but for its arena.
Task Prepare(const StepUnderTest& step, const WeightStore::Reader& reader, WeightStore* store,
             Machine* machine, Contender* contender) {
  Tuning only;
  only.Set(step.key, contender->kernel);
  PlanOptions options = step.options;
  options.tuning = &only;
  Graph graph = step.program.graph;
  Result<Plan> plan = BuildPlan(std::move(graph), step.program.num_constants, {}, options);
  co_await plan.status();
  if (plan->steps.size() != 1 || plan->steps[0].choice.kernel != contender->kernel ||
      plan->arena_size > kMaxArena) {
    co_await Unsupported("no step to try alone");
  }
  Result<std::unique_ptr<Executable>> executable =
      MakeExecutable(std::move(*plan), &options, machine);
  co_await executable.status();
  Result<std::unique_ptr<WeightStore::Reader>> attached =
      store->AttachBeside(std::move(*executable), reader, step.constants);
  co_await attached.status();
  contender->reader = std::move(*attached);
  co_await store->FeedBeside(contender->reader.get(), reader);
}

// Runs it for a turn; a run that is left in the middle goes on in another slice, and the time
// between counts for nobody.
Task TakeTurn(Clock clock, Budget* budget, Contender* contender) {
  Executable& e = contender->reader->executable();
  double ms = 0;
  int runs = 0;
  for (; ms < kTurnMs; ++runs) {
    e.Start();
    for (bool done = false; !done;) {
      const double start = clock();
      const Result<Executable::State> state = e.Advance();
      ms += clock() - start;
      co_await state.status();
      done = *state == Executable::State::kDone;
      if (!done) co_await Budget::Pause();
    }
    co_await budget->Spend(1 << 12);
  }
  contender->best_ms = std::min(contender->best_ms, ms / runs);
}

Task Race(const StepUnderTest& step, const std::string& chosen, std::vector<Contender>* contenders,
          Clock clock, Budget* budget, Tuning* tuning) {
  int64_t size = 0;
  for (const Contender& c : *contenders) {
    size = std::max(size, c.reader->executable().plan().arena_size);
  }
  Result<AlignedBuffer> arena = TryAllocate(static_cast<uint64_t>(size), "a step to be tried");
  co_await arena.status();
  FillWithNumbers(&*arena);
  co_await budget->Spend(size);
  for (Contender& c : *contenders) c.reader->executable().BindArena(arena->data());
  const auto slower = [](const Contender& a, const Contender& b) { return a.best_ms < b.best_ms; };
  for (int round = 0; round < kWarmUps + kRounds; ++round) {
    if (round == kWarmUps) {
      const double best = std::min_element(contenders->begin(), contenders->end(), slower)->best_ms;
      std::erase_if(*contenders, [&](const Contender& c) {
        return c.best_ms > kHopeless * best && c.kernel != chosen;
      });
    }
    for (Contender& c : *contenders) {
      if (round == kWarmUps) c.best_ms = std::numeric_limits<double>::infinity();
      co_await TakeTurn(clock, budget, &c);
    }
  }
  const Contender* fastest = &*std::min_element(contenders->begin(), contenders->end(), slower);
  for (const Contender& c : *contenders) {
    if (c.kernel == chosen && fastest->best_ms > kWorthwhile * c.best_ms) fastest = &c;
  }
  tuning->Set(step.key, fastest->kernel);
}

}  // namespace

Status CheckRoomToTune() {
  constexpr uint64_t kRoom = 4 << 20;
  return TryAllocate(kRoom, "memory to tune").status();
}

KernelRequest RequestOf(const Plan& plan, const Step& step, const PlanOptions& options) {
  const Range arguments = plan.graph.regions[plan.entry().body].arguments;
  KernelRequest request = {.op = OpView(plan.graph, plan.graph.nodes[step.node]),
                           .num_threads = options.num_threads,
                           .save_memory = options.save_memory};
  for (uint32_t i = 0; i < request.op.num_operands() && i < 64; ++i) {
    const BufferRef& at = step.buffers[i];
    if (at.space != BufferRef::Space::kConstant || at.offset != 0) continue;
    // Parts of constants are no constants.
    const ValueId constant = arguments.end() - plan.num_constants + at.index;
    if (plan.graph.tensor(constant).ByteSize() != request.op.operand(i).ByteSize()) continue;
    request.constant_operands |= uint64_t{1} << i;
    if (request.precision == Precision::kF32 && !options.precisions.empty()) {
      request.precision = options.precisions[at.index];
    }
  }
  return request;
}

Task MeasureSteps(const WeightStore::Reader& reader, const PlanOptions& options, WeightStore* store,
                  Machine* machine, Clock clock, Tuning* tuning) {
  const Plan& plan = reader.executable().plan();
  for (const Step& step : plan.steps) {
    if (step.proposed.size() < 2) continue;
    const KernelRequest request = RequestOf(plan, step, options);
    if (!MayTune(request.op)) continue;
    const Result<Tuning::Key> key = Tuning::KeyOf(request);
    co_await key.status();
    if (!tuning->Fastest(*key).empty()) continue;
    co_await CheckRoomToTune();
    Result<StepProgram> program = ProgramOfStep(request.op, request.constant_operands);
    co_await program.status();
    StepUnderTest test = {.key = *key, .program = std::move(*program), .options = options};
    // Modules stay for good; what is left of an epilogue costs all kernels the same.
    test.options.jit = false;
    test.options.precisions.clear();
    const size_t inputs = test.program.operands.size() - test.program.num_constants;
    for (size_t i = inputs; i < test.program.operands.size(); ++i) {
      const uint32_t constant = step.buffers[test.program.operands[i]].index;
      test.constants.push_back(constant);
      if (options.precisions.empty()) continue;
      test.options.precisions.push_back(options.precisions[constant]);
    }
    std::vector<Contender> contenders;
    for (const std::string& kernel : step.proposed) {
      Contender contender{kernel, nullptr};
      Status status;
      co_await Settle(Prepare(test, reader, store, machine, &contender), &status);
      if (status.ok()) contenders.push_back(std::move(contender));
    }
    if (contenders.size() < 2) continue;
    Status status;
    co_await Settle(Race(test, step.choice.kernel, &contenders, clock, machine->budget, tuning),
                    &status);
  }
}

}  // namespace webhlo
