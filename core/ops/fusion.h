// SPDX-License-Identifier: Apache-2.0
//
// webhlo.fusion: elementwise nodes of one shape S, run as one loop. Made by passes; its semantics
// are those of its body, which holds only
//   - broadcast_in_dim of a region argument to S,
//   - splat constants of shape S,
//   - elementwise ops whose operands and results all have shape S.
// Region results become the node's results. Two engines run it: tile by tile through the ops'
// TileFunctions, or as one function that the JIT emitted.
#ifndef WEBHLO_CORE_OPS_FUSION_H_
#define WEBHLO_CORE_OPS_FUSION_H_

#include "core/base/status.h"
#include "core/graph/op_def.h"
#include "core/jit/loop_nest.h"

namespace webhlo {

// The nest that a fusion runs over, with as few loops as all operands allow. Its inputs are the
// ways in which the body sees the operands: an operand that is broadcast in two ways is two inputs,
// one that is not used is none.
Result<LoopNest> FusionLoopNest(const OpView& op);

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_FUSION_H_
