// SPDX-License-Identifier: Apache-2.0
//
// What passes share that move what follows a product, webhlo.matmul or webhlo.conv2d, into its
// epilogue (core/ops/epilogue.h).
#ifndef WEBHLO_CORE_PASSES_EPILOGUE_H_
#define WEBHLO_CORE_PASSES_EPILOGUE_H_

#include <optional>
#include <vector>

#include "core/graph/rewriter.h"
#include "core/graph/uses.h"

namespace webhlo {

bool IsProduct(const Node* node);
// A product with constant weights and without an epilogue, whose bias and bounds kernels take: f32,
// a matrix or an image. `constant` as ConstantValues has it.
bool IsPlainProduct(const Graph& graph, const Node& node, const std::vector<bool>& constant);

// A lower bound first, then an upper one, as kernels take them.
struct Bounds {
  std::optional<double> min, max;
  bool empty() const { return !min && !max; }
};
// Whether `node` bounds `value` from below or above by a splat, after what bounds it so far.
bool AddBounds(const Graph& graph, const GraphIndex& index, const Node& node, ValueId value,
               Bounds* bounds);

// Emits the product of the source with these operands of the target and an epilogue that adds the
// bias, a vector over the last dimension, and applies the bounds.
ValueId EmitProduct(Rewriter& r, const Node& product, ValueId input, ValueId weights,
                    std::optional<ValueId> bias, const Bounds& bounds);

}  // namespace webhlo

#endif  // WEBHLO_CORE_PASSES_EPILOGUE_H_
