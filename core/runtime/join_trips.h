// SPDX-License-Identifier: Apache-2.0
#ifndef WEBHLO_CORE_RUNTIME_JOIN_TRIPS_H_
#define WEBHLO_CORE_RUNTIME_JOIN_TRIPS_H_

#include "core/jit/module_builder.h"
#include "core/runtime/plan.h"

namespace webhlo {

// Loops of a plan whose steps are all small, and that hold no other loop, become functions
// (core/jit/trips.h), each of which the jump back to the loop's first step names.
void JoinTrips(Plan* plan, jit::ModuleBuilder* module);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_JOIN_TRIPS_H_
