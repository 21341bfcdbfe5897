// SPDX-License-Identifier: Apache-2.0
//
// Speaker: the vocabulary in which ops say what they do to vectors, written into a Record. It is
// the second one for vector code (the first is Hwy, core/kernels/simd-inl.h; the names mean the
// same).
//
// A value carries an element type (core/jit/lanes.h says in which lanes it is held). Computations
// are in f32, f64, integers or i1: Held or Widen before, Narrow after. A mask is as wide as the
// lanes that it was made from, and goes to others where it meets them. A complex number is two
// values of the record: ops compute with its parts.
#ifndef WEBHLO_CORE_JIT_SPEAKER_H_
#define WEBHLO_CORE_JIT_SPEAKER_H_

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/graph/float_format.h"
#include "core/jit/lanes.h"
#include "core/jit/record.h"

namespace webhlo::jit {

// LaneOf, and f32 for floats of 4 to 8 bits, which are held as the f32 of the same value. Of
// complex numbers, what holds either part.
constexpr std::optional<Lane> LaneHolding(ElementType type) {
  switch (type) {
    case ElementType::kF4E2M1FN:
    case ElementType::kF6E2M3FN:
    case ElementType::kF6E3M2FN:
    case ElementType::kF8E3M4:
    case ElementType::kF8E4M3:
    case ElementType::kF8E4M3FN:
    case ElementType::kF8E4M3FNUZ:
    case ElementType::kF8E4M3B11FNUZ:
    case ElementType::kF8E5M2:
    case ElementType::kF8E5M2FNUZ:
    case ElementType::kC64:
      return Lane::kF32;
    case ElementType::kC128:
      return Lane::kF64;
    default:
      return LaneOf(type);
  }
}

// How many values of a record an element is, and what each of them is.
inline int NumParts(ElementType type) { return IsComplex(type) ? 2 : 1; }
inline ElementType PartOf(ElementType type) {
  return IsComplex(type) ? ElementOf(*LaneHolding(type)) : type;
}

// A value of a record, and what it is; or the two of a complex number. One word, which WebAssembly
// passes in a register: ops record in hundreds of calls.
struct LaneValue {
 public:
  LaneValue() : LaneValue(0, ElementType::kF32) {}
  LaneValue(uint32_t id, ElementType element) : LaneValue(id, 0, element) {}
  LaneValue(uint32_t re, uint32_t im, ElementType element)
      : bits_(static_cast<uint64_t>(element) << (2 * kIdBits) |
              static_cast<uint64_t>(im) << kIdBits | re) {}

  uint32_t id() const { return static_cast<uint32_t>(bits_) & kIdMask; }
  ElementType element() const { return static_cast<ElementType>(bits_ >> (2 * kIdBits)); }
  // 0: real, 1: imaginary. Part 0 of what is not complex is itself.
  LaneValue Part(int part) const {
    return {static_cast<uint32_t>(bits_ >> (part * kIdBits)) & kIdMask, PartOf(element())};
  }

 private:
  // A function holds far fewer values.
  static constexpr int kIdBits = 28;
  static constexpr uint32_t kIdMask = (1u << kIdBits) - 1;
  uint64_t bits_;
};

class Speaker {
 public:
  using V = LaneValue;

  // Speaks of lanes that hold `element`: constants without a type are theirs.
  Speaker(Record& record, ElementType element)
      : record_(record), element_(ElementOf(*LaneHolding(element))) {}

  // An input of the loop, and what its memory holds of a value, which is not complex.
  V Input(uint32_t index, ElementType element);
  V Encoded(V v);
  // The complex number of two f32 or two f64.
  static V Complex(V re, V im) {
    return {re.id(), im.id(),
            re.element() == ElementType::kF64 ? ElementType::kC128 : ElementType::kC64};
  }

  // A splat constant: `bits` as lanes hold it.
  V Constant(ElementType element, uint64_t bits);
  V Double(double value) { return Constant(ElementType::kF64, std::bit_cast<uint64_t>(value)); }
  V Number(float value);
  template <auto kValue>
  V Float() {
    if constexpr (std::is_same_v<decltype(kValue), double>) return Double(kValue);
    return Number(static_cast<float>(kValue));
  }
  template <auto kValue>
  V Int() {
    return Constant(IntegerAsWideAs(element_), static_cast<uint64_t>(int64_t{kValue}));
  }
  std::optional<uint64_t> ConstantBits(V v) { return record_.ConstantBits(v.id()); }

  // As the type that fills the lanes which hold it; and where that has less than 32 bits, as one
  // that has: for what wraps differently in few bits, or has no function for them. Back into `type`
  // with its rounding or wrapping.
  static V Held(V v) {
    if (IsMask(v) || IsComplex(v.element())) return v;
    return {v.id(), ElementOf(*LaneHolding(v.element()))};
  }
  V Widen(V v);
  V Narrow(V v, ElementType type);
  // An integer in lanes of at least so many bytes, at most 4.
  V Extended(V v, int bytes);
  // stablehlo.convert.
  V Convert(V v, ElementType type);

  // Of numbers; of i1 where it has a meaning (add is or, multiply and).
  V Add(V a, V b) { return IsMask(a) ? Or(a, b) : Do(Operation::kAdd, a, b); }
  V Sub(V a, V b) { return Do(Operation::kSub, a, b); }
  V Mul(V a, V b) { return IsMask(a) ? And(a, b) : Do(Operation::kMul, a, b); }
  V Neg(V a) { return Do(Operation::kNeg, a); }
  V Abs(V a) { return Do(Operation::kAbs, a); }
  V Max(V a, V b) { return IsMask(a) ? Or(a, b) : Do(Operation::kMax, a, b); }
  V Min(V a, V b) { return IsMask(a) ? And(a, b) : Do(Operation::kMin, a, b); }
  V Eq(V a, V b) { return IsMask(a) ? Not(Xor(a, b)) : Compare(Operation::kEq, a, b); }
  V Ne(V a, V b) { return IsMask(a) ? Xor(a, b) : Compare(Operation::kNe, a, b); }
  V Lt(V a, V b) { return IsMask(a) ? And(Not(a), b) : Compare(Operation::kLt, a, b); }
  V Le(V a, V b) { return IsMask(a) ? Or(Not(a), b) : Compare(Operation::kLe, a, b); }
  // Of floats.
  V Div(V a, V b) { return Do(Operation::kDiv, a, b); }
  V Sqrt(V a) { return Do(Operation::kSqrt, a); }
  V Floor(V a) { return Do(Operation::kFloor, a); }
  V Ceil(V a) { return Do(Operation::kCeil, a); }
  V Trunc(V a) { return Do(Operation::kTrunc, a); }
  V Nearest(V a) { return Do(Operation::kNearest, a); }
  V PMin(V a, V b) { return Do(Operation::kPMin, a, b); }
  V PMax(V a, V b) { return Do(Operation::kPMax, a, b); }
  V MulAdd(V a, V b, V c) { return Do(Operation::kMulAdd, a, b, c); }
  V NegMulAdd(V a, V b, V c) { return Do(Operation::kNegMulAdd, a, b, c); }
  V NotLt(V a, V b) { return Not(Lt(a, b)); }
  // Bits of any type.
  V And(V a, V b) { return Bitwise(Operation::kAnd, a, b); }
  V Or(V a, V b) { return Bitwise(Operation::kOr, a, b); }
  V Xor(V a, V b) { return Bitwise(Operation::kXor, a, b); }
  V Not(V a) { return Do(Operation::kNot, a); }
  V Select(V mask, V a, V b);
  V Bits(V a) { return {a.id(), IntegerAsWideAs(a.element())}; }
  V FromBits(V a) { return {a.id(), FloatAsWideAs(a.element())}; }
  V MaskBits(V mask) {
    return {mask.id(), WidthOf(mask) == 8 ? ElementType::kF64 : ElementType::kF32};
  }
  V AddInt(V a, V b) { return Do(Operation::kAdd, a, b); }
  V SubInt(V a, V b) { return Do(Operation::kSub, a, b); }
  V AndInt(V a, V b) { return And(a, b); }
  V IntToFloat(V a) { return ToLane(a, *LaneHolding(FloatAsWideAs(a.element()))); }
  // By the same amount in all lanes, 0 <= bits < their width.
  V ShiftLeft(V a, int bits) { return Do(Operation::kShiftLeft, a, bits); }
  V ShiftRight(V a, int bits) { return Do(Operation::kShiftRight, a, bits); }
  V ShiftRightLogical(V a, int bits) { return Do(Operation::kShiftRightLogical, a, bits); }
  template <int kBits>
  V ShiftLeft(V a) {
    return ShiftLeft(a, kBits);
  }
  template <int kBits>
  V ShiftRight(V a) {
    return ShiftRight(a, kBits);
  }
  V SignMask(V a) { return {ShiftRight(a, 8 * WidthOf(a) - 1).id(), ElementType::kI1}; }
  V Popcount(V a) { return Do(Operation::kPopcount, a); }

  // The op's lane function (core/jit/lane_function.h), for all lanes or for the rare ones in which
  // `value` does not hold.
  template <class Op, class... Vs>
  V Lanes(Vs... vs) {
    return Call(Op::kName, {vs...}, nullptr, nullptr);
  }
  template <class Op, class... Vs>
  V FixLanes(V rare, V value, Vs... vs) {
    return Call(Op::kName, {vs...}, &rare, &value);
  }

  // Any operation of the record, in the lanes of the first operand.
  V Do(Operation operation, V a, int immediate = 0);
  V Do(Operation operation, V a, V b);
  V Do(Operation operation, V a, V b, V c);

  // c[0] + x * (c[1] + x * (...)).
  V Polynomial(std::span<const float> c, V x);
  V Polynomial(std::span<const double> c, V x);

 private:
  static bool IsMask(V v) { return v.element() == ElementType::kI1; }
  static ElementType IntegerAsWideAs(ElementType element) {
    return ElementOf(SignedLane(LaneBytes(*LaneHolding(element))));
  }
  static ElementType FloatAsWideAs(ElementType element) {
    return LaneBytes(*LaneHolding(element)) == 8 ? ElementType::kF64 : ElementType::kF32;
  }
  // Bytes of a lane.
  int WidthOf(V v) const { return LaneBytes(record_.insts()[v.id()].lane); }

  V InLanesOf(Inst inst, V first);
  V Bitwise(Operation operation, V a, V b);
  V Compare(Operation operation, V a, V b) { return {Do(operation, a, b).id(), ElementType::kI1}; }
  V Call(std::string_view name, std::initializer_list<V> args, const V* rare, const V* value);
  V Resized(V mask, int width);
  V ToLane(V v, Lane lane);
  V Packed(V v, ElementType type);
  V Decoded(V raw, const FloatFormat& format);
  V Rounded(V v, const FloatFormat& format);
  V RoundedToOdd(V v);
  V FloatOddly(V v);

  Record& record_;
  const ElementType element_;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_SPEAKER_H_
