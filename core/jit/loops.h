// SPDX-License-Identifier: Apache-2.0
//
// Loops: a record (core/jit/record.h) becomes a function over a LoopNest.
//
// Functions have the signature (args, constants, begin, end): `args` points to 32-bit pointers,
// inputs then outputs of the nest; `constants` to its run of the table.
#ifndef WEBHLO_CORE_JIT_LOOPS_H_
#define WEBHLO_CORE_JIT_LOOPS_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/jit/loop_nest.h"
#include "core/jit/module_builder.h"
#include "core/jit/record.h"
#include "core/jit/speaker.h"

namespace webhlo::jit {

// Whether 32-bit counters and addresses are enough for a nest.
bool FitsLoops(const LoopNest& nest);

// The outputs as memory holds them: numbers of the record's values.
std::vector<uint32_t> Encoded(Record& record, std::span<const LaneValue> outputs);

// Map: each output element from the input elements at its place. Unrolled for the main loop, once a
// vector, once for the tail; what varies only from row to row is computed before the inner loop.
//
// [begin, end) counts rows when the nest has several, else elements, and begin is then a multiple
// of 16. Inputs are read up to 24 bytes past the last element needed, outputs never written
// outside. All loads of a vector come before its stores, so an output may be the memory of an input
// of the same width and strides.
//
// Adds the function that computes `outputs` over `nest`, which FitsLoops; nothing if engines would
// not take it.
std::optional<JitTemplate> EmitMap(Record& record, const LoopNest& nest,
                                   std::span<const LaneValue> outputs, const std::string& name);

// Fold: accumulators, of which each takes in turn the elements that are `stride` apart. The nest
// has one loop, over the accumulators; its inputs are first what they hold so far, contiguous, then
// as many operands with strides that are not 0; its outputs are the accumulators again, as the
// record computes them from both.
//
// [begin, end) counts accumulators. `args` has one entry more: how many elements each takes, at
// least 1. Inputs are read as far beyond as a map's.
std::optional<JitTemplate> EmitFold(Record& record, const LoopNest& nest, int64_t stride,
                                    std::span<const LaneValue> outputs, const std::string& name);

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_LOOPS_H_
