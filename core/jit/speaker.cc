// SPDX-License-Identifier: Apache-2.0
#include "core/jit/speaker.h"

#include <algorithm>
#include <bit>

#include "core/base/check.h"

namespace webhlo::jit {
namespace {

using E = ElementType;

bool IsReal(ElementType type) { return IsFloat(*LaneOf(type)); }

}  // namespace

LaneValue Speaker::Do(Operation operation, std::initializer_list<V> args, int immediate) {
  Inst inst{.operation = operation, .immediate = static_cast<uint64_t>(immediate)};
  const V first = *args.begin();
  inst.lane = *LaneOf(first.element);
  if (IsMask(first) && WidthOf(first) == 8) inst.lane = Lane::kS64;
  for (V v : args) inst.args[inst.num_args++] = v.id;
  return {record_.Add(inst), first.element};
}

LaneValue Speaker::Constant(ElementType element, uint64_t bits) {
  const Lane lane = *LaneOf(element);
  if (LaneBytes(lane) == 4) bits &= 0xffffffff;
  return {record_.Add({.operation = Operation::kConstant, .lane = lane, .immediate = bits}),
          element};
}

LaneValue Speaker::Number(float value) {
  if (element_ == E::kF32) return Constant(element_, std::bit_cast<uint32_t>(value));
  if (element_ == E::kF64) {
    return Constant(element_, std::bit_cast<uint64_t>(static_cast<double>(value)));
  }
  return Constant(element_, static_cast<uint64_t>(static_cast<int64_t>(value)));
}

LaneValue Speaker::Select(V mask, V a, V b) {
  if (IsMask(a)) b = Resized(b, WidthOf(a));
  return Do(Operation::kSelect, {a, b, Resized(mask, WidthOf(a))});
}

// Masks of different widths meet in the narrower one: that is fewer registers.
LaneValue Speaker::Bitwise(Operation operation, V a, V b) {
  if (IsMask(a) && IsMask(b)) {
    const int width = std::min(WidthOf(a), WidthOf(b));
    a = Resized(a, width);
    b = Resized(b, width);
  }
  return Do(operation, {a, b});
}

LaneValue Speaker::Resized(V mask, int width) {
  if (WidthOf(mask) == width) return mask;
  return {
      ToLane({mask.id, width == 8 ? E::kI32 : E::kI64}, width == 8 ? Lane::kS64 : Lane::kS32).id,
      E::kI1};
}

LaneValue Speaker::Call(std::string_view name, std::initializer_list<V> args, const V* rare,
                        const V* value) {
  const Lane lane = *LaneOf(args.begin()->element);
  Inst inst{.operation = Operation::kCall, .lane = lane, .fix = rare != nullptr};
  inst.immediate = record_.Import(name, lane, static_cast<int>(args.size()));
  if (rare) {
    inst.args[inst.num_args++] = Resized(*rare, LaneBytes(lane)).id;
    inst.args[inst.num_args++] = value->id;
  }
  for (V v : args) inst.args[inst.num_args++] = v.id;
  return {record_.Add(inst), args.begin()->element};
}

// ---- Between memory, element types and lanes.

LaneValue Speaker::Input(uint32_t index, ElementType element) {
  const bool is_small_float = IsReal(element) && ByteWidth(element) == 2;
  const Lane lane = is_small_float ? Lane::kS32 : *LaneOf(element);
  const V raw = {record_.Add({.operation = Operation::kInput, .lane = lane, .immediate = index}),
                 is_small_float ? E::kI32 : element};
  Speaker l(record_, E::kF32);
  switch (element) {
    case E::kI1:
      // Zero -> no bits, any other byte -> all.
      return l.SignMask(l.Neg({raw.id, E::kI32}));
    case E::kBF16:
      return {l.ShiftLeft(raw, 16).id, element};
    case E::kF16: {
      // As bits the exponent is 112 too small; the product is exact, subnormals included. Infinity
      // and NaN come out as numbers from 2^16 on.
      const V magnitude = l.ShiftLeft(l.And(raw, l.Int<0x7fff>()), 13);
      const V sign = l.ShiftLeft(l.And(raw, l.Int<0x8000>()), 16);
      const V f = l.Mul(l.FromBits(l.Or(magnitude, sign)), l.Number(0x1p112f));
      const V all =
          l.And(l.MaskBits(l.Le(l.Number(0x1p16f), l.Abs(f))), l.Constant(E::kF32, 0x7f800000));
      return {l.Or(f, all).id, element};
    }
    default:
      return raw;
  }
}

LaneValue Speaker::Encoded(V v) {
  Speaker l(record_, E::kF32);
  switch (v.element) {
    case E::kI1:
      return l.ShiftRightLogical({Resized(v, 4).id, E::kI32}, 31);
    case E::kBF16:
      return l.ShiftRightLogical({v.id, E::kI32}, 16);
    case E::kF16: {
      // The other way round: what is a number of f16 is exact. Infinity and NaN lose their highest
      // exponent bits.
      const V bits = l.Bits(l.Mul({v.id, E::kF32}, l.Number(0x1p-112f)));
      return l.Or(l.And(l.ShiftRightLogical(bits, 13), l.Int<0x7fff>()),
                  l.And(l.ShiftRightLogical(bits, 16), l.Int<0x8000>()));
    }
    default:
      return v;
  }
}

LaneValue Speaker::Narrow(V v, ElementType type) {
  Speaker l(record_, E::kI32);
  switch (type) {
    case E::kI8:
    case E::kI16: {
      const int bits = type == E::kI8 ? 24 : 16;
      return {l.ShiftRight(l.ShiftLeft({v.id, E::kI32}, bits), bits).id, type};
    }
    case E::kU8:
      return {l.And(v, l.Int<0xff>()).id, type};
    case E::kU16:
      return {l.And(v, l.Int<0xffff>()).id, type};
    case E::kBF16: {
      // To nearest even in the upper half of the bits; a NaN must not carry into infinity.
      const V bits = {v.id, E::kI32};
      const V odd = l.And(l.ShiftRightLogical(bits, 16), l.Int<1>());
      const V rounded = l.And(l.Add(bits, l.Add(odd, l.Int<0x7fff>())), l.Int<-0x10000>());
      const V nan = l.And(l.Or(bits, l.Int<0x400000>()), l.Int<-0x10000>());
      const V f = {v.id, E::kF32};
      return {l.Select(l.Eq(f, f), rounded, nan).id, type};
    }
    case E::kF16:
      return {RoundedToHalf(v).id, type};
    default:
      return {v.id, type};
  }
}

// An f32 to the nearest f16, ties to even. A sum with 2^(13 + its exponent) rounds at f16's last
// bit, or at the smallest f16's for less than 2^-14.
LaneValue Speaker::RoundedToHalf(V v) {
  Speaker l(record_, E::kF32);
  const V f = {v.id, E::kF32};
  const V magnitude = l.Abs(f);
  const V exponent = l.And(l.Bits(f), l.Int<0x7f800000>());
  const V big = l.PMax(l.FromBits(l.AddInt(exponent, l.Int<(13 << 23)>())), l.Number(0.5f));
  const V rounded = l.Sub(l.Add(magnitude, big), big);
  const V with_sign = l.Or(rounded, l.And(f, l.Number(-0.0f)));
  // From 65520 on infinity; NaN.
  return l.Select(l.Lt(magnitude, l.Number(65520.0f)), with_sign, l.Mul(f, l.Number(0x1p113f)));
}

// An f64 as an f32 rounded to odd: inexact results have their last bit set, so that rounding them
// again to a narrower type rounds the f64 itself correctly.
LaneValue Speaker::RoundedToOdd(V v) {
  Speaker l(record_, E::kF32);
  const V f = ToLane(v, Lane::kF32);
  const V back = ToLane(f, Lane::kF64);
  const V inexact = {Resized(Ne(back, v), 4).id, E::kI32};
  const V larger = {Resized(Lt(Abs(v), Abs(back)), 4).id, E::kI32};  // -1.
  return l.FromBits(l.Or(l.Add(l.Bits(f), larger), l.And(inexact, l.Int<1>())));
}

// A 64-bit integer as an f64 rounded to odd.
LaneValue Speaker::FloatOddly(V v) {
  constexpr uint64_t kDropped = 0x7ff;
  const V zero = Constant(v.element, 0), dropped = Constant(v.element, kDropped);
  const V inexact = {Ne(And(v, dropped), zero).id, v.element};
  const V kept =
      Or(And(v, Constant(v.element, ~kDropped)), And(inexact, Constant(v.element, kDropped + 1)));
  const V magnitude = v.element == E::kI64 ? Abs(v) : v;
  return ToLane(Select(Lt(magnitude, Constant(v.element, uint64_t{1} << 53)), v, kept), Lane::kF64);
}

LaneValue Speaker::ToLane(V v, Lane lane) {
  const Lane from = *LaneOf(v.element);
  if (from == lane) return v;
  return {record_.Add({.operation = Operation::kConvert,
                       .lane = lane,
                       .num_args = 1,
                       .args = {v.id},
                       .immediate = static_cast<uint64_t>(from)}),
          ElementOf(lane)};
}

LaneValue Speaker::Convert(V v, ElementType type) {
  if (v.element == type) return v;
  const ElementType from = v.element;
  const Lane lane = *LaneOf(type);
  if (from == E::kI1) {
    const V one = Speaker(record_, type).Number(1);
    return {Bitwise(Operation::kAnd, {Resized(v, LaneBytes(lane)).id, one.element}, one).id, type};
  }
  v = Widen(v);
  if (type == E::kI1) return Ne(v, Constant(v.element, 0));
  if (IsFloat(lane)) {
    // What f32 cannot hold must not round twice. (In f16 such integers are infinite anyway.)
    if (ByteWidth(type) == 2 && v.element == E::kF64) return Narrow(RoundedToOdd(v), type);
    if (type == E::kBF16 && !IsReal(from) && ByteWidth(from) >= 4) {
      return Narrow(RoundedToOdd(ByteWidth(from) == 8 ? FloatOddly(v) : ToLane(v, Lane::kF64)),
                    type);
    }
    return Narrow(ToLane(v, lane), type);
  }
  if (!IsReal(from)) {
    // Integers wrap, in lanes whose sign does not count.
    if (LaneBytes(lane) != ByteWidth(v.element)) {
      if (LaneBytes(lane) == 8) return {ToLane(v, Lane::kS64).id, type};
      v = ToLane({v.id, E::kI64}, Lane::kS32);
    }
    return Narrow(v, type);
  }
  // Truncates; saturates at the type's range, NaN gives 0.
  if (ByteWidth(type) >= 4) return {ToLane(v, lane).id, type};
  const int bits = BitWidth(type) - (IsUnsigned(lane) ? 0 : 1);
  const V high = Constant(E::kI32, (1u << bits) - 1);
  const V low = Constant(E::kI32, IsUnsigned(lane) ? 0 : 0u - (1u << bits));
  return {Max(Min(ToLane(v, Lane::kS32), high), low).id, type};
}

}  // namespace webhlo::jit
