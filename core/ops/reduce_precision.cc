// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.reduce_precision: https://openxla.org/stablehlo/spec#reduce_precision
#include <cmath>

#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

int MantissaBits(ElementType element) {
  switch (element) {
    case ElementType::kBF16:
      return 7;
    case ElementType::kF16:
      return 10;
    case ElementType::kF32:
      return 23;
    case ElementType::kF64:
      return 52;
    default:
      return 0;
  }
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const ElementType element = op.operand(0).element;
  OP_CHECK(op, IsFloat(element), "operand has type ", ToString(op.operand(0)),
           ", expected floating-point elements");
  if (MantissaBits(element) == 0) {
    return op.UnsupportedError(StrCat("reducing ", ElementTypeName(element)));
  }
  // C2, C3
  const int64_t exponent_bits = op.Int("exponent_bits");
  const int64_t mantissa_bits = op.Int("mantissa_bits");
  OP_CHECK(op, exponent_bits >= 1, "exponent_bits is ", exponent_bits, " (C2)");
  OP_CHECK(op, mantissa_bits >= 0, "mantissa_bits is ", mantissa_bits, " (C3)");
  // C1
  results[0] = op.operand_type(0);
  return OkStatus();
}

// On the bits of one element: rounds the mantissa, then brings the exponent into range. There are
// no subnormals in the reduced format.
uint64_t Reduce(uint64_t bits, int width, int mantissa, int64_t exponent_bits,
                int64_t mantissa_bits) {
  if (mantissa_bits < mantissa) {
    const uint64_t last = uint64_t{1} << (mantissa - mantissa_bits);
    const uint64_t odd = (bits & last) ? 1 : 0;
    bits = (bits + (last >> 1) - 1 + odd) & ~(last - 1);
  }
  const int exponent = width - mantissa - 1;
  if (exponent_bits < exponent) {
    const uint64_t sign = bits & (uint64_t{1} << (width - 1));
    const uint64_t infinity = ((uint64_t{1} << exponent) - 1) << mantissa;
    const uint64_t bias = (uint64_t{1} << (exponent - 1)) - 1;
    const uint64_t reduced_bias = (uint64_t{1} << (exponent_bits - 1)) - 1;
    const uint64_t value = bits & infinity;
    if (value > (bias + reduced_bias) << mantissa) return sign | infinity;
    if (value <= (bias - reduced_bias) << mantissa) return sign;
  }
  return bits;
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& operand = args.inputs[0];
  const TensorView& output = args.outputs[0];
  const int64_t exponent_bits = args.op.Int("exponent_bits");
  const int64_t mantissa_bits = args.op.Int("mantissa_bits");
  const int mantissa = MantissaBits(operand.element());
  for (int64_t i = begin; i < end; ++i) {
    uint64_t bits = 0;
    std::memcpy(&bits, operand.at(i), static_cast<size_t>(operand.width()));
    if (std::isnan(operand.F64(i))) {
      // Without mantissa bits there is no NaN to keep.
      if (mantissa_bits == 0) bits = EncodeFloat(operand.element(), INFINITY);
    } else {
      bits = Reduce(bits, BitWidth(operand.element()), mantissa, exponent_bits, mantissa_bits);
    }
    std::memcpy(output.at(i), &bits, static_cast<size_t>(output.width()));
  }
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.reduce_precision", .infer = Infer, .elements = Elements}};

}  // namespace

WEBHLO_EXPORT_OPS(reduce_precision, kOps);

}  // namespace webhlo
