// SPDX-License-Identifier: Apache-2.0
//
// webhlo.dynamic_rng_bit_generator: stablehlo.rng_bit_generator with the shape of its output as an
// operand. JAX's exports have it as custom_call @stablehlo.dynamic_rng_bit_generator.
#include "core/ops/dynamic.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Result<Sister> RngBitGenerator(const OpView& op) {
  return Sister{ops::kRngBitGenerator, 1, CopyAttributes(op.graph(), op.node())};
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2, 2));
  ASSIGN_OR_RETURN(const Sister sister, RngBitGenerator(op));
  return InferSized(op, 1, "output_shape", "shape", sister, results, /*sized=*/1);
}

constexpr OpDef kOps[] = {{.name = "webhlo.dynamic_rng_bit_generator",
                           .infer = Infer,
                           .expand = ExpandSister<RngBitGenerator>,
                           .shape_operands = ShapeOperands<0b10>}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_dynamic_rng_bit_generator, kOps);

}  // namespace webhlo
