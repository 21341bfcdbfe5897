// SPDX-License-Identifier: Apache-2.0
//
// Plan: a graph made into a list of steps over an arena. A value without pointers: it prints, and
// two plans can be compared. Control flow is flat: `while`, `if` and `case` become jumps between
// steps, so running (and pausing) needs a program counter and nothing else.
#ifndef WEBHLO_CORE_RUNTIME_PLAN_H_
#define WEBHLO_CORE_RUNTIME_PLAN_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph/graph.h"
#include "core/jit/module_builder.h"
#include "core/kernels/choice.h"

namespace webhlo {

// Where a value's bytes are.
struct BufferRef {
  enum class Space : uint8_t {
    kArena,     // `offset` into the arena
    kResult,    // the same, unless the caller wants result `index` elsewhere
    kInput,     // argument `index`, at the address the caller binds
    kConstant,  // constant `index`, at the address the session binds
    kLiteral,   // `offset` into Plan::literals
    kNone,      // no bytes: tokens, values that only computations see
  };
  Space space = Space::kNone;
  uint32_t index = 0;
  int64_t offset = 0;
  bool operator==(const BufferRef&) const = default;
};

struct Step {
  enum class Kind : uint8_t {
    kKernel,      // The kernel of `choice`.
    kReference,   // The op's Reference.
    kCopy,        // Operand 0 to result 0, `bytes` long.
    kJump,        // To step `target`; back to it by the function of `choice`, if there is one.
    kJumpUnless,  // To step `target` when operand 0 (an i1) is false.
    kSwitch,      // To step `targets[operand 0]` (an i32), the last one when it is out of range.
    kHostCall,    // A custom call that the host runs.
  };
  Kind kind = Kind::kKernel;
  NodeId node = kNone;             // Into Plan::graph; kNone for jumps and copies.
  std::vector<BufferRef> buffers;  // Operands, then results.
  uint32_t num_operands = 0;
  BufferRef scratch;  // Space kNone when the kernel wants none.
  // kCopy: length. Else an estimate of the bytes touched; of a loop's function, in a trip.
  int64_t bytes = 0;
  uint32_t target = 0;
  std::vector<uint32_t> targets;
  KernelChoice choice;
  // Kernels that could run it, if PlanOptions asked for alternatives, and whether the choice among
  // them was measured.
  std::vector<std::string> proposed;
  bool measured = false;
  // As an executable lays them: buffers, then scratch.
  uint32_t num_pointers() const { return static_cast<uint32_t>(buffers.size()) + 1; }
  bool operator==(const Step&) const = default;
};

struct Plan {
  Graph graph;  // The last graph: steps refer to its nodes.
  std::vector<Step> steps;
  std::vector<BufferRef> inputs;  // Where the caller's bytes go by default, one an input.
  // By input: the result that a run leaves in its place, or kNone; empty where no run does. Such an
  // input has no place by default: it lies where the caller says, and is his again with the result.
  std::vector<uint32_t> over_inputs;
  std::vector<BufferRef> results;  // One a result.
  std::vector<int64_t> input_bytes, result_bytes;
  uint32_t num_constants = 0;
  std::vector<uint8_t> literals;
  int64_t arena_size = 0;
  int64_t arena_lower_bound = 0;
  jit::JitBinary jit;       // No functions when nothing is JIT-compiled.
  std::string jit_text;     // Annotated bytes, if PlanOptions asked for texts.
  std::string memory_text;  // Lifetimes and offsets, if PlanOptions asked for texts.

  const Function& entry() const { return graph.functions[0]; }
  bool IsOverwritten(uint32_t input) const {
    return input < over_inputs.size() && over_inputs[input] != kNone;
  }
  // The input that the result is left in the place of, or kNone.
  uint32_t InputUnder(uint32_t result) const {
    const BufferRef& at = results[result];
    const bool is_over = at.space == BufferRef::Space::kInput && IsOverwritten(at.index) &&
                         over_inputs[at.index] == result;
    return is_over ? at.index : kNone;
  }
};

// Whether two plans do the same with the same memory. Graphs compare by their print.
bool operator==(const Plan& a, const Plan& b);

// What a step is, in words: {"xnnpack.fully_connected", "4x8x16 bias relu"}, {"copy", "64 bytes"}.
struct StepLabel {
  std::string kernel;
  std::string sizes;
};
StepLabel LabelOf(const Plan& plan, const Step& step);

// Why a step runs by its kernel, of those that were proposed: "first", "preferred" to those before
// it by these sizes, "measured fastest"; "only" where nothing else could run it.
std::string_view ReasonOf(const Step& step, std::span<const std::string> proposed);

// What running a step once takes; of a jump that is a function of a loop, a trip without jumps.
struct StepWork {
  double flops = 0;  // As its op's row counts them.
  double bytes = 0;  // Of its operands and results, packed ones as the program has them.
};
StepWork WorkOf(const Plan& plan, uint32_t step);

// One line a step: kind, kernel, buffers; and where there was a choice, of what.
std::string ToString(const Plan& plan);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_PLAN_H_
