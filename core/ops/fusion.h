// SPDX-License-Identifier: Apache-2.0
//
// webhlo.fusion: elementwise nodes of one shape S, run as one loop. Made by passes; its semantics
// are those of its body, which holds only
//   - broadcast_in_dim of a region argument to S,
//   - splat constants of shape S,
//   - elementwise ops whose operands and results all have shape S.
// Region results become the node's results. Two engines run it: tile by tile through the ops'
// TileFunctions, or as one function that the JIT emitted. Ops with an epilogue
// (core/ops/epilogue.h) hold such a body, too, and run what their kernels leave of it by the same
// engines.
#ifndef WEBHLO_CORE_OPS_FUSION_H_
#define WEBHLO_CORE_OPS_FUSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/graph/op_def.h"
#include "core/jit/loop_nest.h"
#include "core/jit/module_builder.h"
#include "core/kernels/elementwise.h"

namespace webhlo {

// Region 0 of the op, whose arguments have been checked, is such a body, and sees nothing outside.
Status CheckElementwiseRegion(const OpView& op, const std::vector<int64_t>& shape);

// Such a body, or the end of one, as kernels see it.
struct ElementwiseRegion {
  OpView op;                   // Has the region.
  std::vector<int64_t> shape;  // Of the elements.
  // The loop can be parted between rows, which go over the last dimension (ElementwiseLoop::unit).
  bool keeps_rows = false;
  // Where the region's arguments are among those of the kernel: operands, then results.
  std::vector<uint32_t> arguments;
  // A value of the region that has been computed, and now is where the first argument was.
  ValueId known = kNone;
};

// "add maximum"
std::string NamesOfOps(const ElementwiseRegion& region);

// The function of the loop; nothing when the JIT cannot do it.
std::optional<jit::JitFunction> EmitLoop(jit::ModuleBuilder& module,
                                         const ElementwiseRegion& region);
// The loop by such a function, where it and its constants have been installed.
std::unique_ptr<ElementwiseLoop> MakeLoop(const ElementwiseRegion& region, uint32_t function,
                                          const void* constants);
// The loop by tiles; null when some op has none, or there are too many of them.
std::unique_ptr<ElementwiseLoop> MakeTileLoop(const ElementwiseRegion& region);

// Elements of each result that the loop does not part (ElementwiseLoop::unit).
int64_t LoopUnit(const ElementwiseRegion& region);

// The nest that a fusion runs over, with as few loops as all operands allow. Its inputs are the
// ways in which the body sees the operands: an operand that is broadcast in two ways is two inputs,
// one that is not used is none.
Result<LoopNest> FusionLoopNest(const OpView& op);

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_FUSION_H_
