// SPDX-License-Identifier: Apache-2.0
//
// Bits: https://github.com/openxla/stablehlo/blob/main/docs/spec.md, the ops of the same names.
// Shift amounts are unsigned; from the type's width on nothing of the value is left.
#include <algorithm>
#include <bit>
#include <optional>

#include "core/ops/elementwise.h"

namespace webhlo {
namespace {

using namespace elementwise;

// The low `bits` of a, without sign.
template <class I>
uint64_t Unsigned(I a, int bits) {
  return static_cast<uint64_t>(a) & (~uint64_t{0} >> (64 - bits));
}

// The amount of a shift that is the same for all elements, at most 64.
template <class L, class V>
std::optional<int> ConstantAmount(L& l, V b) {
  const std::optional<uint64_t> bits = l.ConstantBits(b);
  if (!bits) return std::nullopt;
  return static_cast<int>(std::min<uint64_t>(*bits, 64));
}

// An integer of 8 or 16 bits as one of these, which say how it goes to lanes of 32.
template <class V>
V As(V v, ElementType of_8, ElementType of_16) {
  const int bits = BitWidth(v.element());
  return bits > 16 ? v : V(v.id(), bits == 8 ? of_8 : of_16);
}

struct And {
  static constexpr std::string_view kName = "stablehlo.and";
  static constexpr uint32_t kTypes = kBool | kInteger;
  static constexpr uint32_t kVector = kTypes;
  static constexpr int kArity = 2;
  static bool Bool(bool a, bool b) { return a && b; }
  template <class I>
  static I Integer(I a, I b, int) {
    return a & b;
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    return l.And(a, b);
  }
};

struct Or {
  static constexpr std::string_view kName = "stablehlo.or";
  static constexpr uint32_t kTypes = kBool | kInteger;
  static constexpr uint32_t kVector = kTypes;
  static constexpr int kArity = 2;
  static bool Bool(bool a, bool b) { return a || b; }
  template <class I>
  static I Integer(I a, I b, int) {
    return a | b;
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    return l.Or(a, b);
  }
};

struct Xor {
  static constexpr std::string_view kName = "stablehlo.xor";
  static constexpr uint32_t kTypes = kBool | kInteger;
  static constexpr uint32_t kVector = kTypes;
  static constexpr int kArity = 2;
  static bool Bool(bool a, bool b) { return a != b; }
  template <class I>
  static I Integer(I a, I b, int) {
    return a ^ b;
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    return l.Xor(a, b);
  }
};

struct Not {
  static constexpr std::string_view kName = "stablehlo.not";
  static constexpr uint32_t kTypes = kBool | kInteger;
  static constexpr uint32_t kVector = kTypes;
  static constexpr int kArity = 1;
  static bool Bool(bool a) { return !a; }
  template <class I>
  static I Integer(I a, int) {
    return static_cast<I>(~a);
  }
  template <class L, class V>
  static V Vector(L& l, V a) {
    return l.Not(a);
  }
};

struct ShiftLeft {
  static constexpr std::string_view kName = "stablehlo.shift_left";
  static constexpr uint32_t kTypes = kInteger;
  static constexpr uint32_t kVector = kInteger;
  static constexpr int kArity = 2;
  static constexpr bool kLanes = true;
  template <class I>
  static I Integer(I a, I b, int bits) {
    const uint64_t amount = Unsigned(b, bits);
    return amount < static_cast<uint64_t>(bits) ? static_cast<I>(Unsigned(a, bits) << amount) : 0;
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    const std::optional<int> amount = ConstantAmount(l, b);
    if (!amount) return l.template Lanes<ShiftLeft>(l.Extended(a, 4), l.Extended(b, 4));
    return *amount < BitWidth(a.element()) ? l.ShiftLeft(a, *amount) : l.Constant(a.element(), 0);
  }
};

struct ShiftRightArithmetic {
  static constexpr std::string_view kName = "stablehlo.shift_right_arithmetic";
  static constexpr uint32_t kTypes = kInteger;
  static constexpr uint32_t kVector = kInteger;
  static constexpr int kArity = 2;
  static constexpr bool kLanes = true;
  template <class I>
  static I Integer(I a, I b, int bits) {
    // The sign is the type's highest bit, also of unsigned types.
    const int64_t value = static_cast<int64_t>(Unsigned(a, bits) << (64 - bits)) >> (64 - bits);
    const uint64_t amount = Unsigned(b, bits);
    return static_cast<I>(value >> (amount < static_cast<uint64_t>(bits) ? amount : 63));
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    const std::optional<int> amount = ConstantAmount(l, b);
    if (!amount) {
      const V value = As(a, ElementType::kI8, ElementType::kI16);
      return l.template Lanes<ShiftRightArithmetic>(l.Extended(value, 4), l.Extended(b, 4));
    }
    return l.ShiftRight(a, std::min(*amount, BitWidth(a.element()) - 1));
  }
};

struct ShiftRightLogical {
  static constexpr std::string_view kName = "stablehlo.shift_right_logical";
  static constexpr uint32_t kTypes = kInteger;
  static constexpr uint32_t kVector = kInteger;
  static constexpr int kArity = 2;
  static constexpr bool kLanes = true;
  template <class I>
  static I Integer(I a, I b, int bits) {
    const uint64_t amount = Unsigned(b, bits);
    return amount < static_cast<uint64_t>(bits) ? static_cast<I>(Unsigned(a, bits) >> amount) : 0;
  }
  template <class L, class V>
  static V Vector(L& l, V a, V b) {
    const std::optional<int> amount = ConstantAmount(l, b);
    if (!amount) {
      const V value = As(a, ElementType::kU8, ElementType::kU16);
      return l.template Lanes<ShiftRightLogical>(l.Extended(value, 4), l.Extended(b, 4));
    }
    return *amount < BitWidth(a.element()) ? l.ShiftRightLogical(a, *amount)
                                           : l.Constant(a.element(), 0);
  }
};

struct Popcnt {
  static constexpr std::string_view kName = "stablehlo.popcnt";
  static constexpr uint32_t kTypes = kInteger;
  static constexpr uint32_t kVector = kInteger;
  static constexpr int kArity = 1;
  template <class I>
  static I Integer(I a, int bits) {
    return static_cast<I>(std::popcount(Unsigned(a, bits)));
  }
  template <class L, class V>
  static V Vector(L& l, V a) {
    return l.Popcount(a);
  }
};

struct CountLeadingZeros {
  static constexpr std::string_view kName = "stablehlo.count_leading_zeros";
  static constexpr uint32_t kTypes = kInteger;
  static constexpr uint32_t kVector = 0;
  static constexpr int kArity = 1;
  static constexpr bool kNarrow = false;
  template <class I>
  static I Integer(I a, int bits) {
    return static_cast<I>(std::countl_zero(Unsigned(a, bits)) - (64 - bits));
  }
};

constexpr OpDef kOps[] = {
    Row<And>(),
    Row<CountLeadingZeros>(),
    Row<Not>(),
    Row<Or>(),
    Row<Popcnt>(),
    Row<ShiftLeft>(),
    Row<ShiftRightArithmetic>(),
    Row<ShiftRightLogical>(),
    Row<Xor>(),
};

}  // namespace

WEBHLO_EXPORT_OPS(elementwise_logic, kOps);

}  // namespace webhlo
