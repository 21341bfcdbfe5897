// SPDX-License-Identifier: Apache-2.0
//
// complex, real and imag:
// https://github.com/openxla/stablehlo/blob/main/docs/spec.md, the ops of the same names.
#include <cstring>

#include "core/ops/elementwise.h"

namespace webhlo {
namespace {

using namespace elementwise;

WEBHLO_SMALL Status ComplexInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  RETURN_IF_ERROR(CheckType(op, "rhs", op.operand_type(1), op.operand_type(0), "C1"));
  const ElementType element = op.operand(0).element;
  OP_CHECK(op, element == ElementType::kF32 || element == ElementType::kF64, "lhs has type ",
           ToString(op.operand(0)), ", expected f32 or f64 elements (C3)");
  // C2, C3
  return SetResult(op, results, 0,
                   element == ElementType::kF32 ? ElementType::kC64 : ElementType::kC128,
                   op.operand(0).dims);
}

WEBHLO_SMALL void ComplexElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& out = args.outputs[0];
  for (int64_t i = begin; i < end; ++i) {
    out.SetC128(i, {args.inputs[0].F64(i), args.inputs[1].F64(i)});
  }
}

WEBHLO_SMALL Status PartInfer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  RETURN_IF_ERROR(CheckClass(op, op.operand(0), kFloat | kComplex));
  const ElementType element = op.operand(0).element;
  // C1, C2
  return SetResult(op, results, 0,
                   element == ElementType::kC64    ? ElementType::kF32
                   : element == ElementType::kC128 ? ElementType::kF64
                                                   : element,
                   op.operand(0).dims);
}

template <bool kImaginary>
WEBHLO_SMALL void PartElements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView &in = args.inputs[0], &out = args.outputs[0];
  for (int64_t i = begin; i < end; ++i) {
    const Complex128 v = IsComplex(in.element()) ? in.C128(i) : Complex128(in.F64(i), 0);
    out.SetF64(i, kImaginary ? v.imag() : v.real());
  }
}

template <class T, int kPart>
WEBHLO_TILE void PartTile(const void* const* inputs, void* output, size_t count) {
  const T* in = static_cast<const T*>(inputs[0]);
  T* out = static_cast<T*>(output);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) out[i] = in[2 * i + kPart];
}

// Of what is real.
template <class T, int kPart>
WEBHLO_TILE void WholeTile(const void* const* inputs, void* output, size_t count) {
  if constexpr (kPart == 0) {
    std::memcpy(output, inputs[0], count * sizeof(T));
  } else {
    std::memset(output, 0, count * sizeof(T));
  }
}

template <class T>
void ComplexOfParts(const void* const* inputs, void* output, size_t count) {
  Interleave(static_cast<const T*>(inputs[0]), static_cast<const T*>(inputs[1]),
             static_cast<T*>(output), count);
}
TileFunction ComplexTileOf(const OpView& op) {
  return op.result().element == ElementType::kC64 ? &ComplexOfParts<float>
                                                  : &ComplexOfParts<double>;
}

template <int kPart>
TileFunction PartTileOf(const OpView& op) {
  switch (op.operand(0).element) {
    case ElementType::kC64:
      return &PartTile<float, kPart>;
    case ElementType::kC128:
      return &PartTile<double, kPart>;
    case ElementType::kF64:
      return &WholeTile<uint64_t, kPart>;
    case ElementType::kF32:
      return &WholeTile<uint32_t, kPart>;
    case ElementType::kF16:
    case ElementType::kBF16:
      return &WholeTile<uint16_t, kPart>;
    default:
      return nullptr;
  }
}

bool CanEmitParts(const OpView& op) { return jit::LaneHolding(op.operand(0).element).has_value(); }

jit::LaneValue ComplexEmit(jit::Record&, const OpView&, std::span<const jit::LaneValue> inputs) {
  return jit::Speaker::Complex(inputs[0], inputs[1]);
}

template <int kPart>
jit::LaneValue PartEmit(jit::Record& record, const OpView&,
                        std::span<const jit::LaneValue> inputs) {
  const ElementType type = inputs[0].element();
  if (kPart == 0 || IsComplex(type)) return inputs[0].Part(kPart);
  return jit::Speaker(record, type).Constant(type, 0);
}

constexpr ElementwiseOp kComplexOp = {
    .tile = &ComplexTileOf, .can_emit = &CanEmitParts, .emit = &ComplexEmit};
constexpr ElementwiseOp kRealOp = {
    .tile = &PartTileOf<0>, .can_emit = &CanEmitParts, .emit = &PartEmit<0>};
constexpr ElementwiseOp kImagOp = {
    .tile = &PartTileOf<1>, .can_emit = &CanEmitParts, .emit = &PartEmit<1>};

constexpr OpDef kOps[] = {
    {.name = "stablehlo.complex",
     .infer = &ComplexInfer,
     .elements = &ComplexElements,
     .kernels = kTileKernels,
     .elementwise = &kComplexOp},
    {.name = "stablehlo.imag",
     .infer = &PartInfer,
     .elements = &PartElements<true>,
     .kernels = kTileKernels,
     .elementwise = &kImagOp},
    {.name = "stablehlo.real",
     .infer = &PartInfer,
     .elements = &PartElements<false>,
     .kernels = kTileKernels,
     .elementwise = &kRealOp},
};

}  // namespace

WEBHLO_EXPORT_OPS(elementwise_complex, kOps);

}  // namespace webhlo
