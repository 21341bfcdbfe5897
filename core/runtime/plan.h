// SPDX-License-Identifier: Apache-2.0
//
// Plan: a graph made into a list of steps over an arena. A value without pointers: it prints, and
// two plans can be compared. Control flow is flat: `while`, `if` and `case` become jumps between
// steps, so running (and pausing) needs a program counter and nothing else.
#ifndef WEBHLO_CORE_RUNTIME_PLAN_H_
#define WEBHLO_CORE_RUNTIME_PLAN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/graph/op_def.h"
#include "core/jit/module_builder.h"
#include "core/kernels/kernel.h"

namespace webhlo {

// Where a value's bytes are.
struct BufferRef {
  enum class Space : uint8_t {
    kArena,     // `offset` into the arena
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
    kKernel,      // The op's kernel.
    kReference,   // The op's Reference.
    kJit,         // Function `jit` of the plan's modules.
    kCopy,        // Operand 0 to result 0, `bytes` long.
    kFill,        // The node's splat constant to result 0.
    kJump,        // To step `target`.
    kJumpUnless,  // To step `target` when operand 0 (an i1) is false.
    kSwitch,      // To step `targets[operand 0]` (an i32), the last one when it is out of range.
    kHostCall,    // A custom call that the host runs.
  };
  Kind kind = Kind::kKernel;
  NodeId node = kNone;             // Into Plan::graph; kNone for jumps and copies.
  std::vector<BufferRef> buffers;  // Operands, then results.
  uint32_t num_operands = 0;
  BufferRef scratch;  // Space kNone when the kernel wants none.
  int64_t bytes = 0;  // kCopy: length. Else an estimate of the bytes touched.
  uint32_t target = 0;
  std::vector<uint32_t> targets;
  jit::JitFunction jit;
  uint32_t kernel = kNone;       // kKernel: index into CompiledPlan::kernels.
  uint64_t packed_operands = 0;  // Bit i: constant operand i is packed, not read.
};

struct PlanOptions {
  enum class Engine : uint8_t { kKernel, kReference };
  Engine engine = Engine::kKernel;
  bool jit = true;            // Whether fusions may become JIT functions.
  bool relaxed_simd = false;  // Whether JIT code may use relaxed SIMD instructions.
  bool shared_memory = false;
  int num_threads = 1;
  bool texts = false;  // Also print the JIT module and the memory plan.
};

// What this build and machine allow of what the caller wants.
PlanOptions OptionsForThisBuild(PlanOptions::Engine engine, bool jit, int num_threads);

struct Plan {
  Graph graph;  // The last graph: steps refer to its nodes.
  std::vector<Step> steps;
  std::vector<BufferRef> inputs;   // Where the caller's bytes go by default, one an input.
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
};

// A plan with the kernels its steps refer to (which exist only in this process).
struct CompiledPlan {
  Plan plan;
  std::vector<std::unique_ptr<Kernel>> kernels;
};

// `graph` has one function; its last `num_constants` arguments are constants.
Result<CompiledPlan> BuildPlan(Graph graph, uint32_t num_constants, const PlanOptions& options);

// One line a step: kind, kernel, buffers.
std::string ToString(const CompiledPlan& plan);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_PLAN_H_
