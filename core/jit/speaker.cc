// SPDX-License-Identifier: Apache-2.0
#include "core/jit/speaker.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/base/check.h"

namespace webhlo::jit {
namespace {

using E = ElementType;

bool IsReal(ElementType type) { return IsFloat(*LaneHolding(type)); }

}  // namespace

LaneValue Speaker::Do(Operation operation, V a, int immediate) {
  return InLanesOf({.operation = operation,
                    .num_args = 1,
                    .args = {a.id()},
                    .immediate = static_cast<uint64_t>(immediate)},
                   a);
}
LaneValue Speaker::Do(Operation operation, V a, V b) {
  return InLanesOf({.operation = operation, .num_args = 2, .args = {a.id(), b.id()}}, a);
}
LaneValue Speaker::Do(Operation operation, V a, V b, V c) {
  return InLanesOf({.operation = operation, .num_args = 3, .args = {a.id(), b.id(), c.id()}}, a);
}

LaneValue Speaker::InLanesOf(Inst inst, V first) {
  inst.lane = IsMask(first) ? SignedLane(WidthOf(first)) : *LaneHolding(first.element());
  return {record_.Add(inst), first.element()};
}

LaneValue Speaker::Polynomial(std::span<const float> c, V x) {
  V sum = Number(c.back());
  for (size_t i = c.size() - 1; i-- > 0;) sum = MulAdd(sum, x, Number(c[i]));
  return sum;
}
LaneValue Speaker::Polynomial(std::span<const double> c, V x) {
  V sum = Double(c.back());
  for (size_t i = c.size() - 1; i-- > 0;) sum = MulAdd(sum, x, Double(c[i]));
  return sum;
}

LaneValue Speaker::Constant(ElementType element, uint64_t bits) {
  const Lane lane = *LaneHolding(element);
  bits &= ~uint64_t{0} >> (64 - 8 * LaneBytes(lane));
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
  if (IsComplex(a.element())) {
    return Complex(Select(mask, a.Part(0), b.Part(0)), Select(mask, a.Part(1), b.Part(1)));
  }
  if (IsMask(a)) b = Resized(b, WidthOf(a));
  return Do(Operation::kSelect, a, b, Resized(mask, WidthOf(a)));
}

// Masks of different widths meet in the narrower one: that is fewer registers.
LaneValue Speaker::Bitwise(Operation operation, V a, V b) {
  if (IsMask(a) && IsMask(b)) {
    const int width = std::min(WidthOf(a), WidthOf(b));
    a = Resized(a, width);
    b = Resized(b, width);
  }
  return Do(operation, a, b);
}

LaneValue Speaker::Resized(V mask, int width) {
  for (int from; (from = WidthOf(mask)) != width;) {
    const Lane next = SignedLane(from < width ? 2 * from : from / 2);
    mask = {ToLane({mask.id(), ElementOf(SignedLane(from))}, next).id(), E::kI1};
  }
  return mask;
}

LaneValue Speaker::Call(std::string_view name, std::initializer_list<V> args, const V* rare,
                        const V* value) {
  const Lane lane = *LaneHolding(args.begin()->element());
  Inst inst{.operation = Operation::kCall, .lane = lane, .fix = rare != nullptr};
  inst.immediate = record_.Import(name, lane, static_cast<int>(args.size()));
  if (rare) {
    inst.args[inst.num_args++] = Resized(*rare, LaneBytes(lane)).id();
    inst.args[inst.num_args++] = value->id();
  }
  for (V v : args) inst.args[inst.num_args++] = v.id();
  return {record_.Add(inst), args.begin()->element()};
}

// ---- Between memory, element types and lanes.

LaneValue Speaker::Input(uint32_t index, ElementType element) {
  if (IsComplex(element)) {
    const auto part = [&](uint32_t k) -> V {
      return {record_.Add({.operation = Operation::kInput,
                           .lane = *LaneHolding(element),
                           .args = {k},
                           .immediate = index}),
              PartOf(element)};
    };
    const V re = part(0);
    return Complex(re, part(1));
  }
  const bool is_small_float = IsReal(element) && ByteWidth(element) <= 2;
  const E stored = element == E::kI1         ? E::kI8
                   : !is_small_float         ? element
                   : ByteWidth(element) == 1 ? E::kU8
                                             : E::kU16;
  const V raw = {
      record_.Add(
          {.operation = Operation::kInput, .lane = *LaneHolding(stored), .immediate = index}),
      stored};
  // Zero -> no bits, any other byte -> all.
  if (element == E::kI1) return Ne(raw, Constant(stored, 0));
  if (!is_small_float) return raw;
  const V bits = {Widen(raw).id(), E::kI32};
  if (element == E::kBF16) return {ShiftLeft(bits, 16).id(), element};
  return {Decoded(bits, FormatOf(element)).id(), element};
}

// As an f32 of the same bits the exponent is 127 - bias too small; the product is exact, subnormals
// included. Infinity and NaN come out as numbers beyond the largest one.
LaneValue Speaker::Decoded(V raw, const FloatFormat& format) {
  Speaker l(record_, E::kF32);
  const int sign_shift = format.sign_shift(), mantissa = format.mantissa_bits;
  const uint32_t mask = 0x80000000u | ((1u << sign_shift) - 1) << (23 - mantissa);
  const V bits = l.And(l.ShiftRight(l.ShiftLeft(raw, 31 - sign_shift), 8 - format.exponent_bits),
                       l.Constant(E::kI32, mask));
  const V f = l.Mul(l.FromBits(bits), l.Number(std::ldexp(1.0f, 127 - format.bias)));
  switch (format.special) {
    case FloatFormat::kIeee:
    case FloatFormat::kFn: {
      const V beyond = l.Number(static_cast<float>(format.ValueOf(format.LargestBits() + 1)));
      return l.Or(f, l.And(l.MaskBits(l.Le(beyond, l.Abs(f))), l.Constant(E::kF32, 0x7f800000)));
    }
    case FloatFormat::kFnuz: {
      const V is_nan = l.Eq(bits, l.Constant(E::kI32, 0x80000000));
      return l.Or(f, l.And(l.MaskBits(is_nan), l.Constant(E::kF32, 0x7fc00000)));
    }
    case FloatFormat::kFinite:
      break;
  }
  return f;
}

LaneValue Speaker::Encoded(V v) {
  Speaker l(record_, E::kF32);
  if (v.element() == E::kI1) return Abs({Resized(v, 1).id(), E::kI8});
  if (v.element() == E::kBF16) return Packed(l.ShiftRightLogical({v.id(), E::kI32}, 16), E::kU16);
  if (!IsReal(v.element()) || ByteWidth(v.element()) > 2) return v;
  // The other way round: what is a number of the type is exact. Infinity and NaN lose their highest
  // exponent bits.
  const FloatFormat format = FormatOf(v.element());
  const int sign_shift = format.sign_shift();
  const uint32_t sign = 1u << sign_shift;
  const V f = {v.id(), E::kF32};
  const V bits = l.Bits(l.Mul(f, l.Number(std::ldexp(1.0f, format.bias - 127))));
  const E stored = ByteWidth(v.element()) == 1 ? E::kU8 : E::kU16;
  const V encoded = l.Or(
      l.And(l.ShiftRightLogical(bits, 23 - format.mantissa_bits), l.Constant(E::kI32, sign - 1)),
      l.And(l.ShiftRightLogical(bits, 31 - sign_shift), l.Constant(E::kI32, sign)));
  if (format.special != FloatFormat::kFn && format.special != FloatFormat::kFnuz) {
    return Packed(encoded, stored);
  }
  const V nan = l.Constant(E::kI32, format.special == FloatFormat::kFn ? sign - 1 : sign);
  return Packed(l.Select(l.Eq(f, f), encoded, nan), stored);
}

LaneValue Speaker::Widen(V v) {
  v = Held(v);
  return IsMask(v) || IsComplex(v.element()) ? v : Extended(v, 4);
}

LaneValue Speaker::Extended(V v, int bytes) {
  for (int width; (width = WidthOf(v)) < bytes;) {
    const Lane wide = SignedLane(2 * width);
    v = ToLane(v, IsUnsigned(*LaneHolding(v.element())) ? UnsignedLane(wide) : wide);
  }
  return v;
}

// An integer of 16 or 32 bits in the lanes of `type`, which has half as many or fewer; what it
// cannot hold saturates.
LaneValue Speaker::Packed(V v, ElementType type) {
  const Lane to = *LaneHolding(type);
  if (WidthOf(v) == 4 && LaneBytes(to) == 1) v = ToLane({v.id(), E::kI32}, Lane::kS16);
  return {ToLane({v.id(), WidthOf(v) == 4 ? E::kI32 : E::kI16}, to).id(), type};
}

LaneValue Speaker::Narrow(V v, ElementType type) {
  Speaker l(record_, E::kI32);
  switch (type) {
    case E::kI8:
    case E::kU8:
    case E::kI16:
    case E::kU16: {
      const int width = ByteWidth(type);
      if (WidthOf(v) == width) return {v.id(), type};
      const V kept = l.And(v, l.Constant(IntegerAsWideAs(v.element()), (1u << 8 * width) - 1));
      return {Packed(kept, width == 1 ? E::kU8 : E::kU16).id(), type};
    }
    case E::kBF16: {
      // To nearest even in the upper half of the bits; a NaN must not carry into infinity.
      const V bits = {v.id(), E::kI32};
      const V odd = l.And(l.ShiftRightLogical(bits, 16), l.Int<1>());
      const V rounded = l.And(l.Add(bits, l.Add(odd, l.Int<0x7fff>())), l.Int<-0x10000>());
      const V nan = l.And(l.Or(bits, l.Int<0x400000>()), l.Int<-0x10000>());
      const V f = {v.id(), E::kF32};
      return {l.Select(l.Eq(f, f), rounded, nan).id(), type};
    }
    default:
      if (IsReal(type) && ByteWidth(type) <= 2) return {Rounded(v, FormatOf(type)).id(), type};
      return {v.id(), type};
  }
}

// An f32 to the nearest number of the format, ties to even. A sum with 2^(23 - its mantissa's bits)
// times the number's own power of two rounds at the last bit of its mantissa, or at the smallest
// subnormal's.
LaneValue Speaker::Rounded(V v, const FloatFormat& format) {
  Speaker l(record_, E::kF32);
  const V f = {v.id(), E::kF32};
  const V magnitude = l.Abs(f);
  const V exponent = l.And(l.Bits(f), l.Int<0x7f800000>());
  const int dropped = 23 - format.mantissa_bits;
  const V big = l.PMax(
      l.FromBits(l.AddInt(exponent, l.Constant(E::kI32, static_cast<uint32_t>(dropped) << 23))),
      l.Number(std::ldexp(1.0f, 1 - format.bias + dropped)));
  const V rounded = l.Sub(l.Add(magnitude, big), big);
  const V largest = l.Number(static_cast<float>(format.ValueOf(format.LargestBits())));
  const V sign = l.And(f, l.Number(-0.0f));
  if (format.special == FloatFormat::kFinite) {
    // Infinity and NaN become zeros, NaN one without sign.
    const V finite = l.MaskBits(l.Lt(magnitude, l.Constant(E::kF32, 0x7f800000)));
    return l.Or(l.And(l.PMin(largest, rounded), finite), l.And(sign, l.MaskBits(l.Eq(f, f))));
  }
  V with_sign = l.Or(rounded, sign);
  V beyond;
  if (format.special == FloatFormat::kIeee) {
    // Infinity; NaN stays.
    const int highest = (1 << format.exponent_bits) - 2 - format.bias;
    beyond = l.Mul(f, l.Number(std::ldexp(1.0f, 128 - highest)));
  } else {
    beyond = l.Or(f, l.Constant(E::kF32, 0x7fc00000));
  }
  if (format.special == FloatFormat::kFnuz) with_sign = l.Add(with_sign, l.Number(0.0f));
  return l.Select(l.Le(rounded, largest), with_sign, beyond);
}

// An f64 as an f32 rounded to odd: inexact results have their last bit set, so that rounding them
// again to a narrower type rounds the f64 itself correctly.
LaneValue Speaker::RoundedToOdd(V v) {
  Speaker l(record_, E::kF32);
  const V f = ToLane(v, Lane::kF32);
  const V back = ToLane(f, Lane::kF64);
  const V inexact = {Resized(Ne(back, v), 4).id(), E::kI32};
  const V larger = {Resized(Lt(Abs(v), Abs(back)), 4).id(), E::kI32};  // -1.
  return l.FromBits(l.Or(l.Add(l.Bits(f), larger), l.And(inexact, l.Int<1>())));
}

// A 64-bit integer as an f64 rounded to odd.
LaneValue Speaker::FloatOddly(V v) {
  constexpr uint64_t kDropped = 0x7ff;
  const V zero = Constant(v.element(), 0), dropped = Constant(v.element(), kDropped);
  const V inexact = {Ne(And(v, dropped), zero).id(), v.element()};
  const V kept = Or(And(v, Constant(v.element(), ~kDropped)),
                    And(inexact, Constant(v.element(), kDropped + 1)));
  const V magnitude = v.element() == E::kI64 ? Abs(v) : v;
  return ToLane(Select(Lt(magnitude, Constant(v.element(), uint64_t{1} << 53)), v, kept),
                Lane::kF64);
}

LaneValue Speaker::ToLane(V v, Lane lane) {
  const Lane from = *LaneHolding(v.element());
  if (from == lane) return v;
  return {record_.Add({.operation = Operation::kConvert,
                       .lane = lane,
                       .num_args = 1,
                       .args = {v.id()},
                       .immediate = static_cast<uint64_t>(from)}),
          ElementOf(lane)};
}

LaneValue Speaker::Convert(V v, ElementType type) {
  if (v.element() == type) return v;
  if (IsComplex(type)) {
    const ElementType part = PartOf(type);
    const V re = Convert(v.Part(0), part);
    return Complex(re, IsComplex(v.element()) ? Convert(v.Part(1), part) : Constant(part, 0));
  }
  v = v.Part(0);
  const ElementType from = v.element();
  const Lane lane = *LaneHolding(type);
  if (from == E::kI1) {
    const V one = Speaker(record_, type).Number(1);
    return {Bitwise(Operation::kAnd, {Resized(v, LaneBytes(lane)).id(), one.element()}, one).id(),
            type};
  }
  v = Held(v);
  if (type == E::kI1) return Ne(v, Constant(v.element(), 0));
  if (IsFloat(lane)) {
    v = Widen(v);
    // What f32 cannot hold must not round twice. (In smaller floats than bf16 such integers are
    // infinite anyway.)
    if (ByteWidth(type) <= 2 && v.element() == E::kF64) return Narrow(RoundedToOdd(v), type);
    if (type == E::kBF16 && !IsReal(from) && ByteWidth(from) >= 4) {
      return Narrow(RoundedToOdd(ByteWidth(from) == 8 ? FloatOddly(v) : ToLane(v, Lane::kF64)),
                    type);
    }
    return Narrow(ToLane(v, lane), type);
  }
  if (!IsReal(from)) {
    // Integers wrap, in lanes whose sign does not count.
    const int width = LaneBytes(lane);
    if (WidthOf(v) == 8 && width < 8) v = ToLane({v.id(), E::kI64}, Lane::kS32);
    if (WidthOf(v) > width) return Narrow(v, type);
    v = Extended(v, std::min(width, 4));
    return {(WidthOf(v) < width ? ToLane(v, Lane::kS64) : v).id(), type};
  }
  // Truncates; saturates at the type's range, NaN gives 0.
  if (ByteWidth(type) >= 4) return {ToLane(v, lane).id(), type};
  return Packed(ToLane(v, Lane::kS32), type);
}

}  // namespace webhlo::jit
