// SPDX-License-Identifier: Apache-2.0
//
// LaneFunction: a scalar function that vector code calls for lanes it does not compute itself (huge
// arguments, rare functions). Tiles call it directly, JIT functions as an import of that name, so
// both give the same bits.
#ifndef WEBHLO_CORE_JIT_LANE_FUNCTION_H_
#define WEBHLO_CORE_JIT_LANE_FUNCTION_H_

#include <cstdint>

#include "core/jit/assembler.h"

namespace webhlo {

template <class F>
struct LaneFunction;

template <class R, class... Args>
struct LaneFunction<R(Args...)> {
  const char* name;
  R (*call)(Args...);

  jit::HelperFunction Helper() const {
    return {.name = name,
            .address = reinterpret_cast<void (*)()>(call),
            .parameters = {jit::WasmTypeOf<Args>()...},
            .result = jit::WasmTypeOf<R>()};
  }
};

using FloatFunction = LaneFunction<float(float)>;
using FloatFunction2 = LaneFunction<float(float, float)>;
using IntFunction = LaneFunction<int32_t(int32_t)>;
using IntFunction2 = LaneFunction<int32_t(int32_t, int32_t)>;

}  // namespace webhlo

#endif  // WEBHLO_CORE_JIT_LANE_FUNCTION_H_
