// SPDX-License-Identifier: Apache-2.0
//
// Emitter: a fused elementwise body becomes one function over a LoopNest.
//
// Ops first record what they do to one vector of four 32-bit lanes: the Emitter is the second
// vocabulary for vector code (the first is Hwy, core/kernels/simd-inl.h; the names mean the same).
// Equal computations are shared as they are recorded. Then EmitFunction walks the record several
// times: unrolled for the main loop, once a vector, once for the tail; what varies only from row to
// row is computed before the inner loop.
//
// A value carries an element type. f32, i32 and u32 fill a lane; i1 is a mask, all ones or zeros;
// i8, u8, i16, u16 are 32-bit integers in their type's range; bf16 is the f32 of the same value.
// Computations are in f32, i32, u32 or i1: Widen before, Narrow after.
//
// Functions have the signature (args, constants, begin, end): `args` points to 32-bit pointers,
// inputs then outputs of the nest; `constants` to its run of the table. [begin, end) counts rows
// when the nest has several, else elements, and begin is then a multiple of 16. Inputs are read up
// to 16 bytes past the last element needed, outputs never written outside. All loads of a vector
// come before its stores, so an output may be the memory of an input of the same width and strides.
#ifndef WEBHLO_CORE_JIT_EMITTER_H_
#define WEBHLO_CORE_JIT_EMITTER_H_

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/jit/assembler.h"
#include "core/jit/helpers.h"
#include "core/jit/loop_nest.h"
#include "core/jit/module_builder.h"

namespace webhlo::jit {

struct EmitValue {
  uint32_t id = 0;
  ElementType element = ElementType::kF32;
};

class Emitter {
 public:
  using V = EmitValue;

  explicit Emitter(ModuleBuilder* module) : module_(module) {}

  // Whether values of this type can be loaded, converted and stored.
  static bool Handles(ElementType type);
  // Whether 32-bit counters and addresses are enough for a nest.
  static bool Handles(const LoopNest& nest);

  // The vector of an input of the nest, and a splat constant: `bits` as 32-bit lanes hold it.
  V Input(uint32_t index, ElementType element);
  V Constant(ElementType element, uint32_t bits);
  // A constant that callers of the function may give each their own, and the bits for this one.
  V Parameter(ElementType element, uint32_t index, uint32_t bits);

  // Into the type that computations on `v` use, and back into `type` with its rounding or wrapping.
  V Widen(V v);
  V Narrow(V v, ElementType type);
  // stablehlo.convert.
  V Convert(V v, ElementType type);

  // The vocabulary.
  template <auto kValue>
  V Float() {
    return Constant(ElementType::kF32, std::bit_cast<uint32_t>(static_cast<float>(kValue)));
  }
  template <auto kValue>
  V Int() {
    return Constant(ElementType::kI32, static_cast<uint32_t>(kValue));
  }
  // By type: f32, i32, u32; i1 where it has a meaning (add is or, multiply and).
  V Add(V a, V b);
  V Sub(V a, V b);
  V Mul(V a, V b);
  V Neg(V a);
  V Abs(V a);
  V Max(V a, V b);
  V Min(V a, V b);
  V Eq(V a, V b);
  V Ne(V a, V b);
  V Lt(V a, V b);
  V Le(V a, V b);
  // f32.
  V Div(V a, V b) { return Record(Op::kF32x4Div, {a, b}, a.element); }
  V Sqrt(V a) { return Record(Op::kF32x4Sqrt, {a}, a.element); }
  V Floor(V a) { return Record(Op::kF32x4Floor, {a}, a.element); }
  V Ceil(V a) { return Record(Op::kF32x4Ceil, {a}, a.element); }
  V Trunc(V a) { return Record(Op::kF32x4Trunc, {a}, a.element); }
  V Nearest(V a) { return Record(Op::kF32x4Nearest, {a}, a.element); }
  V PMin(V a, V b) { return Record(Op::kF32x4Pmin, {a, b}, a.element); }
  V PMax(V a, V b) { return Record(Op::kF32x4Pmax, {a, b}, a.element); }
  V MulAdd(V a, V b, V c);
  V NegMulAdd(V a, V b, V c);
  V NotLt(V a, V b) { return Not(Lt(a, b)); }
  // Bits of any type.
  V And(V a, V b) { return Record(Op::kV128And, {a, b}, a.element); }
  V Or(V a, V b) { return Record(Op::kV128Or, {a, b}, a.element); }
  V Xor(V a, V b) { return Record(Op::kV128Xor, {a, b}, a.element); }
  V Not(V a) { return Record(Op::kV128Not, {a}, a.element); }
  V Select(V mask, V a, V b);
  V Bits(V a) { return {a.id, ElementType::kI32}; }
  V FromBits(V a) { return {a.id, ElementType::kF32}; }
  V MaskBits(V mask) { return {mask.id, ElementType::kF32}; }
  V AddInt(V a, V b) { return Record(Op::kI32x4Add, {a, b}, a.element); }
  V SubInt(V a, V b) { return Record(Op::kI32x4Sub, {a, b}, a.element); }
  V AndInt(V a, V b) { return And(a, b); }
  V IntToFloat(V a) { return Record(Op::kF32x4ConvertI32x4S, {a}, ElementType::kF32); }
  template <int kBits>
  V ShiftLeft(V a) {
    return Shift(Op::kI32x4Shl, a, kBits);
  }
  template <int kBits>
  V ShiftRight(V a) {
    return Shift(Op::kI32x4ShrS, a, kBits);
  }
  V SignMask(V a) { return {Shift(Op::kI32x4ShrS, a, 31).id, ElementType::kI1}; }
  V Popcount(V a);

  // By the same amount in all lanes, 0 <= bits < 32.
  V Shift(Op op, V a, int bits);
  // The bits of a constant value, or null. Who decides by them what to emit emits for them alone.
  const uint32_t* ConstantBits(V v);

  template <class R, class... Args, class... Vs>
  V Lanes(const LaneFunction<R(Args...)>& function, Vs... vs) {
    return LanesOf(HelperOf(function), {vs...}, nullptr, nullptr);
  }
  template <class F, class... Vs>
  V FixLanes(V rare, V value, const LaneFunction<F>& function, Vs... vs) {
    return LanesOf(HelperOf(function), {vs...}, &rare, &value);
  }

  // A remark on the computations that follow.
  void Note(std::string text);

  // Adds the function that computes `outputs` over `nest`, which Handles; nothing if engines would
  // not take it.
  std::optional<JitTemplate> EmitFunction(const LoopNest& nest, std::span<const V> outputs,
                                          std::string name);
  // Whether the function depends on the bits of parameters.
  bool looked_at_parameters() const { return looked_at_parameters_; }

 private:
  enum class Kind : uint8_t { kInput, kConstant, kOp, kShift, kLanes };
  struct Inst {
    Kind kind;
    Op op;
    uint8_t num_args;
    std::array<uint32_t, 4> args;  // kLanes with a mask: the mask and the value come first.
    uint32_t immediate;            // Input index, constant's bits, shift count, helper.
    // kConstant: args[0] is 0, or 1 + the index of a parameter.
    ElementType element;  // kInput: what is loaded. kLanes: what the helper returns.
    bool fix = false;     // kLanes: with mask and value.
  };
  class FunctionEmitter;

  uint32_t Intern(const Inst& inst);
  V Record(Op op, std::initializer_list<V> args, ElementType element);
  V LanesOf(const Helper& helper, std::initializer_list<V> args, const V* rare, const V* value);
  bool Is(V v, ElementType type) const { return v.element == type; }

  ModuleBuilder* module_;
  std::vector<Inst> insts_;
  std::vector<Signature> helpers_;
  std::map<std::array<uint32_t, 9>, uint32_t> interned_;
  std::vector<std::pair<uint32_t, std::string>> notes_;
  uint32_t num_parameters_ = 0;
  bool looked_at_parameters_ = false;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_EMITTER_H_
