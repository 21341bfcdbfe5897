// SPDX-License-Identifier: Apache-2.0
//
// Lowering: what WebAssembly has for each operation in each kind of lane, as tables, and what is
// recorded in place of what it lacks. Another machine would be another such file.
#ifndef WEBHLO_CORE_JIT_LOWERING_H_
#define WEBHLO_CORE_JIT_LOWERING_H_

#include <cstdint>

#include "core/jit/assembler.h"
#include "core/jit/lanes.h"
#include "core/jit/record.h"

namespace webhlo::jit {

// The lanes to record an operation in: of lanes in which it is the same instruction, the first.
Lane PlainLane(const Inst& inst);

// Whether there is no instruction, so that Expand records others; it answers the result.
bool NeedsExpansion(const Inst& inst, bool relaxed_simd);
uint32_t Expand(Record& record, const Inst& inst);

// The instruction on vectors of these lanes.
Op OpcodeOf(const Inst& inst, bool relaxed_simd);

// How elements go from lanes to others, a register of the result at a time.
struct Conversion {
  enum class Form : uint8_t {
    kLanes,     // `op` on the register.
    kHalves,    // To lanes twice as wide: `op` for the low half of a register, `high` for the
                // other.
    kLowHalf,   // The same, but there is only `op`.
    kJoin,      // To lanes half as wide: the low halves of `op` on both registers.
    kTruncate,  // To lanes half as wide: the low bits of the lanes of both.
    kPack,      // To lanes half as wide: `op` of both registers.
    kScalar,    // Lane by lane, by the scalar instruction `op`.
  };
  Lane from, to;
  Form form;
  Op op = Op{}, high = Op{};
};
const Conversion& ConversionOf(Lane from, Lane to);

// Between a lane and a scalar.
struct ScalarOps {
  WasmType type;
  Op load_splat, store_lane, splat, extract, replace;
};
const ScalarOps& ScalarOpsOf(Lane lane);
inline WasmType ScalarType(Lane lane) { return ScalarOpsOf(lane).type; }

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_LOWERING_H_
