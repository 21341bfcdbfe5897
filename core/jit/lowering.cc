// SPDX-License-Identifier: Apache-2.0
#include "core/jit/lowering.h"

#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/jit/speaker.h"

namespace webhlo::jit {
namespace {

constexpr Op kNone = static_cast<Op>(0xff);

struct Row {
  Operation operation;
  std::array<Op, kNumLanes> ops;  // In the order of Lane; kNone: nothing or an expansion.
};

constexpr std::array<Op, kNumLanes> Floats(Op f32, Op f64) {
  return {f32, f64, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
}
constexpr std::array<Op, kNumLanes> Integers(Op i8, Op i16, Op i32, Op i64) {
  return {kNone, kNone, i8, i8, i16, i16, i32, i32, i64, i64};
}
constexpr std::array<Op, kNumLanes> Lanes(Op f32, Op f64, Op i8, Op i16, Op i32, Op i64) {
  return {f32, f64, i8, i8, i16, i16, i32, i32, i64, i64};
}
constexpr std::array<Op, kNumLanes> Bits(Op op) { return {op, op, op, op, op, op, op, op, op, op}; }

constexpr Row kRows[] = {
    {Operation::kAdd, Lanes(Op::kF32x4Add, Op::kF64x2Add, Op::kI8x16Add, Op::kI16x8Add,
                            Op::kI32x4Add, Op::kI64x2Add)},
    {Operation::kSub, Lanes(Op::kF32x4Sub, Op::kF64x2Sub, Op::kI8x16Sub, Op::kI16x8Sub,
                            Op::kI32x4Sub, Op::kI64x2Sub)},
    {Operation::kMul,
     Lanes(Op::kF32x4Mul, Op::kF64x2Mul, kNone, Op::kI16x8Mul, Op::kI32x4Mul, Op::kI64x2Mul)},
    {Operation::kDiv, Floats(Op::kF32x4Div, Op::kF64x2Div)},
    {Operation::kNeg, Lanes(Op::kF32x4Neg, Op::kF64x2Neg, Op::kI8x16Neg, Op::kI16x8Neg,
                            Op::kI32x4Neg, Op::kI64x2Neg)},
    {Operation::kAbs, Lanes(Op::kF32x4Abs, Op::kF64x2Abs, Op::kI8x16Abs, Op::kI16x8Abs,
                            Op::kI32x4Abs, Op::kI64x2Abs)},
    {Operation::kSqrt, Floats(Op::kF32x4Sqrt, Op::kF64x2Sqrt)},
    {Operation::kFloor, Floats(Op::kF32x4Floor, Op::kF64x2Floor)},
    {Operation::kCeil, Floats(Op::kF32x4Ceil, Op::kF64x2Ceil)},
    {Operation::kTrunc, Floats(Op::kF32x4Trunc, Op::kF64x2Trunc)},
    {Operation::kNearest, Floats(Op::kF32x4Nearest, Op::kF64x2Nearest)},
    {Operation::kMax,
     {kNone, kNone, Op::kI8x16MaxS, Op::kI8x16MaxU, Op::kI16x8MaxS, Op::kI16x8MaxU, Op::kI32x4MaxS,
      Op::kI32x4MaxU, kNone, kNone}},
    {Operation::kMin,
     {kNone, kNone, Op::kI8x16MinS, Op::kI8x16MinU, Op::kI16x8MinS, Op::kI16x8MinU, Op::kI32x4MinS,
      Op::kI32x4MinU, kNone, kNone}},
    {Operation::kPMax, Floats(Op::kF32x4Pmax, Op::kF64x2Pmax)},
    {Operation::kPMin, Floats(Op::kF32x4Pmin, Op::kF64x2Pmin)},
    {Operation::kMulAdd, Floats(kNone, kNone)},
    {Operation::kNegMulAdd, Floats(kNone, kNone)},
    {Operation::kEq,
     Lanes(Op::kF32x4Eq, Op::kF64x2Eq, Op::kI8x16Eq, Op::kI16x8Eq, Op::kI32x4Eq, Op::kI64x2Eq)},
    {Operation::kNe,
     Lanes(Op::kF32x4Ne, Op::kF64x2Ne, Op::kI8x16Ne, Op::kI16x8Ne, Op::kI32x4Ne, Op::kI64x2Ne)},
    {Operation::kLt,
     {Op::kF32x4Lt, Op::kF64x2Lt, Op::kI8x16LtS, Op::kI8x16LtU, Op::kI16x8LtS, Op::kI16x8LtU,
      Op::kI32x4LtS, Op::kI32x4LtU, Op::kI64x2LtS, kNone}},
    {Operation::kLe,
     {Op::kF32x4Le, Op::kF64x2Le, Op::kI8x16LeS, Op::kI8x16LeU, Op::kI16x8LeS, Op::kI16x8LeU,
      Op::kI32x4LeS, Op::kI32x4LeU, Op::kI64x2LeS, kNone}},
    {Operation::kAnd, Bits(Op::kV128And)},
    {Operation::kOr, Bits(Op::kV128Or)},
    {Operation::kXor, Bits(Op::kV128Xor)},
    {Operation::kNot, Bits(Op::kV128Not)},
    {Operation::kSelect, Bits(Op::kV128Bitselect)},
    {Operation::kShiftLeft, Integers(Op::kI8x16Shl, Op::kI16x8Shl, Op::kI32x4Shl, Op::kI64x2Shl)},
    {Operation::kShiftRight,
     Integers(Op::kI8x16ShrS, Op::kI16x8ShrS, Op::kI32x4ShrS, Op::kI64x2ShrS)},
    {Operation::kShiftRightLogical,
     Integers(Op::kI8x16ShrU, Op::kI16x8ShrU, Op::kI32x4ShrU, Op::kI64x2ShrU)},
    {Operation::kPopcount, Integers(Op::kI8x16Popcnt, kNone, kNone, kNone)},
    {Operation::kPopcountBytes, Bits(Op::kI8x16Popcnt)},
    {Operation::kSumBytes, Bits(Op::kI16x8ExtaddI8x16U)},
    {Operation::kSumHalves, Bits(Op::kI32x4ExtaddI16x8U)},
};

// What relaxed SIMD has besides.
constexpr Row kRelaxedRows[] = {
    {Operation::kMulAdd, Floats(Op::kF32x4RelaxedMadd, Op::kF64x2RelaxedMadd)},
    {Operation::kNegMulAdd, Floats(Op::kF32x4RelaxedNmadd, Op::kF64x2RelaxedNmadd)},
    {Operation::kSelect,
     Lanes(Op::kI32x4RelaxedLaneselect, Op::kI64x2RelaxedLaneselect, Op::kI8x16RelaxedLaneselect,
           Op::kI16x8RelaxedLaneselect, Op::kI32x4RelaxedLaneselect, Op::kI64x2RelaxedLaneselect)},
};

// kRows is in the order of Operation, whose last ones have no rows.
constexpr bool InOrder() {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    if (kRows[i].operation != static_cast<Operation>(i)) return false;
  }
  return std::size(kRows) == static_cast<size_t>(Operation::kConvert);
}
static_assert(InOrder());

using Form = Conversion::Form;
constexpr Conversion kConversions[] = {
    {Lane::kS8, Lane::kS16, Form::kHalves, Op::kI16x8ExtendLowI8x16S, Op::kI16x8ExtendHighI8x16S},
    {Lane::kU8, Lane::kU16, Form::kHalves, Op::kI16x8ExtendLowI8x16U, Op::kI16x8ExtendHighI8x16U},
    {Lane::kS16, Lane::kS32, Form::kHalves, Op::kI32x4ExtendLowI16x8S, Op::kI32x4ExtendHighI16x8S},
    {Lane::kU16, Lane::kU32, Form::kHalves, Op::kI32x4ExtendLowI16x8U, Op::kI32x4ExtendHighI16x8U},
    {Lane::kS16, Lane::kS8, Form::kPack, Op::kI8x16NarrowI16x8S},
    {Lane::kS16, Lane::kU8, Form::kPack, Op::kI8x16NarrowI16x8U},
    {Lane::kS32, Lane::kS16, Form::kPack, Op::kI16x8NarrowI32x4S},
    {Lane::kS32, Lane::kU16, Form::kPack, Op::kI16x8NarrowI32x4U},
    {Lane::kS32, Lane::kF32, Form::kLanes, Op::kF32x4ConvertI32x4S},
    {Lane::kU32, Lane::kF32, Form::kLanes, Op::kF32x4ConvertI32x4U},
    {Lane::kF32, Lane::kS32, Form::kLanes, Op::kI32x4TruncSatF32x4S},
    {Lane::kF32, Lane::kU32, Form::kLanes, Op::kI32x4TruncSatF32x4U},
    {Lane::kS32, Lane::kS64, Form::kHalves, Op::kI64x2ExtendLowI32x4S, Op::kI64x2ExtendHighI32x4S},
    {Lane::kU32, Lane::kS64, Form::kHalves, Op::kI64x2ExtendLowI32x4U, Op::kI64x2ExtendHighI32x4U},
    {Lane::kF32, Lane::kF64, Form::kLowHalf, Op::kF64x2PromoteLowF32x4},
    {Lane::kS32, Lane::kF64, Form::kLowHalf, Op::kF64x2ConvertLowI32x4S},
    {Lane::kU32, Lane::kF64, Form::kLowHalf, Op::kF64x2ConvertLowI32x4U},
    {Lane::kF64, Lane::kF32, Form::kJoin, Op::kF32x4DemoteF64x2Zero},
    {Lane::kF64, Lane::kS32, Form::kJoin, Op::kI32x4TruncSatF64x2SZero},
    {Lane::kF64, Lane::kU32, Form::kJoin, Op::kI32x4TruncSatF64x2UZero},
    {Lane::kS64, Lane::kS32, Form::kTruncate},
    {Lane::kS64, Lane::kF64, Form::kScalar, Op::kF64ConvertI64S},
    {Lane::kU64, Lane::kF64, Form::kScalar, Op::kF64ConvertI64U},
    {Lane::kS64, Lane::kF32, Form::kScalar, Op::kF32ConvertI64S},
    {Lane::kU64, Lane::kF32, Form::kScalar, Op::kF32ConvertI64U},
    {Lane::kF64, Lane::kS64, Form::kScalar, Op::kI64TruncSatF64S},
    {Lane::kF64, Lane::kU64, Form::kScalar, Op::kI64TruncSatF64U},
    {Lane::kF32, Lane::kS64, Form::kScalar, Op::kI64TruncSatF32S},
    {Lane::kF32, Lane::kU64, Form::kScalar, Op::kI64TruncSatF32U},
};

constexpr ScalarOps kF32Ops = {WasmType::kF32,  Op::kV128Load32Splat,  Op::kV128Store32Lane,
                               Op::kF32x4Splat, Op::kF32x4ExtractLane, Op::kF32x4ReplaceLane};
constexpr ScalarOps kF64Ops = {WasmType::kF64,  Op::kV128Load64Splat,  Op::kV128Store64Lane,
                               Op::kF64x2Splat, Op::kF64x2ExtractLane, Op::kF64x2ReplaceLane};
constexpr ScalarOps kI8Ops = {WasmType::kI32,  Op::kV128Load8Splat,    Op::kV128Store8Lane,
                              Op::kI8x16Splat, Op::kI8x16ExtractLaneU, Op::kI8x16ReplaceLane};
constexpr ScalarOps kI16Ops = {WasmType::kI32,  Op::kV128Load16Splat,   Op::kV128Store16Lane,
                               Op::kI16x8Splat, Op::kI16x8ExtractLaneU, Op::kI16x8ReplaceLane};
constexpr ScalarOps kI32Ops = {WasmType::kI32,  Op::kV128Load32Splat,  Op::kV128Store32Lane,
                               Op::kI32x4Splat, Op::kI32x4ExtractLane, Op::kI32x4ReplaceLane};
constexpr ScalarOps kI64Ops = {WasmType::kI64,  Op::kV128Load64Splat,  Op::kV128Store64Lane,
                               Op::kI64x2Splat, Op::kI64x2ExtractLane, Op::kI64x2ReplaceLane};

bool HasRow(Operation operation) { return operation < Operation::kConvert; }

const Row& RowOf(Operation operation, bool relaxed_simd) {
  for (const Row& row : kRelaxedRows) {
    if (relaxed_simd && row.operation == operation) return row;
  }
  return kRows[static_cast<size_t>(operation)];
}

// The bits of a float's sign, and of infinity.
uint64_t SignBit(Lane lane) { return uint64_t{1} << (8 * LaneBytes(lane) - 1); }
uint64_t Infinity(Lane lane) {
  return LaneBytes(lane) == 8 ? uint64_t{0x7ff} << 52 : uint64_t{0x7f800000};
}

// Instructions for the maximum of floats are correct but slow where the machine has none (x86:
// eight of its own); pmin and pmax are one. With a constant that is neither a zero nor NaN one pmax
// suffices: it keeps its first operand unless that is less.
LaneValue FloatMax(Speaker& l, Lane lane, LaneValue a, LaneValue b) {
  if (l.ConstantBits(a)) std::swap(a, b);
  if (const auto bits = l.ConstantBits(b); bits && (*bits & ~SignBit(lane)) <= Infinity(lane)) {
    // pmax leaves -0 where b is +0: adding +0 turns it.
    return *bits == 0 ? l.Add(l.PMax(a, b), b) : l.PMax(a, b);
  }
  const LaneValue p = l.PMax(a, b);
  const LaneValue q = l.PMax(b, a);
  const LaneValue sum = l.Add(p, q);
  return l.Or(l.And(p, q), l.MaskBits(l.Ne(sum, sum)));
}

LaneValue FloatMin(Speaker& l, Lane lane, LaneValue a, LaneValue b) {
  if (l.ConstantBits(a)) std::swap(a, b);
  if (const auto bits = l.ConstantBits(b);
      bits && (*bits & ~SignBit(lane)) <= Infinity(lane) && *bits != SignBit(lane)) {
    return l.PMin(a, b);
  }
  return l.Or(l.PMin(a, b), l.PMin(b, a));
}

}  // namespace

Lane PlainLane(const Inst& inst) {
  if (inst.operation == Operation::kConstant) {
    return SignedLane(LaneBytes(inst.lane));
  }
  if (!HasRow(inst.operation)) return inst.lane;
  const auto& ops = kRows[static_cast<size_t>(inst.operation)].ops;
  const Op op = ops[static_cast<size_t>(inst.lane)];
  if (op == kNone) return inst.lane;
  for (size_t i = 0; i < kNumLanes; ++i) {
    const Lane lane = static_cast<Lane>(i);
    if (ops[i] == op && LaneBytes(lane) == LaneBytes(inst.lane)) return lane;
  }
  return inst.lane;
}

bool NeedsExpansion(const Inst& inst, bool relaxed_simd) {
  return HasRow(inst.operation) && OpcodeOf(inst, relaxed_simd) == kNone;
}

Op OpcodeOf(const Inst& inst, bool relaxed_simd) {
  return RowOf(inst.operation, relaxed_simd).ops[static_cast<size_t>(inst.lane)];
}

uint32_t Expand(Record& record, const Inst& inst) {
  const ElementType element = ElementOf(inst.lane);
  Speaker l(record, element);
  const LaneValue a{inst.args[0], element}, b{inst.args[1], element}, c{inst.args[2], element};
  // u64: signed comparison of what has its highest bit turned.
  const auto turned = [&](LaneValue v) {
    v = l.Xor(v, l.Constant(element, SignBit(inst.lane)));
    return LaneValue{v.id(), ElementType::kI64};
  };
  switch (inst.operation) {
    case Operation::kMax:
      return IsFloat(inst.lane) ? FloatMax(l, inst.lane, a, b).id()
                                : l.Select(l.Lt(a, b), b, a).id();
    case Operation::kMin:
      return IsFloat(inst.lane) ? FloatMin(l, inst.lane, a, b).id()
                                : l.Select(l.Lt(b, a), b, a).id();
    case Operation::kMulAdd:
      return l.Add(l.Mul(a, b), c).id();
    case Operation::kNegMulAdd:
      return l.Sub(c, l.Mul(a, b)).id();
    case Operation::kLt:
      return l.Lt(turned(a), turned(b)).id();
    case Operation::kLe:
      return l.Le(turned(a), turned(b)).id();
    case Operation::kMul:
      return l.Convert(l.Mul(l.Extended(a, 2), l.Extended(b, 2)), element).id();
    case Operation::kPopcount: {
      LaneValue sum = l.Do(Operation::kSumBytes, l.Do(Operation::kPopcountBytes, a));
      if (LaneBytes(inst.lane) == 2) return sum.id();
      sum = l.Do(Operation::kSumHalves, sum);
      if (LaneBytes(inst.lane) == 4) return sum.id();
      return l.Add(l.And(sum, l.Constant(element, 0xffffffff)), l.ShiftRightLogical(sum, 32)).id();
    }
    default:
      WEBHLO_CHECK(false && "an operation that no lane of this kind has");
  }
}

const Conversion& ConversionOf(Lane from, Lane to) {
  const auto* found =
      std::find_if(std::begin(kConversions), std::end(kConversions),
                   [&](const Conversion& row) { return row.from == from && row.to == to; });
  WEBHLO_CHECK(found != std::end(kConversions));
  return *found;
}

const ScalarOps& ScalarOpsOf(Lane lane) {
  switch (lane) {
    case Lane::kF32:
      return kF32Ops;
    case Lane::kF64:
      return kF64Ops;
    case Lane::kS8:
    case Lane::kU8:
      return kI8Ops;
    case Lane::kS16:
    case Lane::kU16:
      return kI16Ops;
    case Lane::kS32:
    case Lane::kU32:
      return kI32Ops;
    default:
      return kI64Ops;
  }
}

}  // namespace webhlo::jit
