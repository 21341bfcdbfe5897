// SPDX-License-Identifier: Apache-2.0
//
// Computations on scalars: the regions of reduce, reduce_window, scatter and select_and_scatter.
// Regions of one well-known op are recognized by name (SimpleReduceBody) and computed here without
// running the region; Reducer runs any other.
#ifndef WEBHLO_CORE_OPS_REDUCER_H_
#define WEBHLO_CORE_OPS_REDUCER_H_

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/check.h"
#include "core/base/float_math.h"
#include "core/base/status.h"
#include "core/graph/op_def.h"
#include "core/kernels/reduce.h"

namespace webhlo {

// The op (add, multiply, maximum, minimum, and, or) when the region is just
// that op on its two scalar arguments; nothing for any other region.
inline std::optional<OpName> SimpleReduceBody(const Graph& graph, RegionId id) {
  const Region& region = graph.regions[id];
  if (region.arguments.size != 2 || region.nodes.size != 1 || region.results.size != 1) {
    return std::nullopt;
  }
  const Node& node = graph.nodes[region.nodes.begin];
  const std::span<const ValueId> operands = graph.operands(node);
  const ValueId a = region.arguments.begin;
  // All six commute, so the order of the arguments does not matter.
  if (node.results.size != 1 || operands.size() != 2 ||
      graph.results(region)[0] != node.results.begin || std::min(operands[0], operands[1]) != a ||
      std::max(operands[0], operands[1]) != a + 1) {
    return std::nullopt;
  }
  const Type& type = graph.type(a);
  if (!type.IsTensor() || type.tensor.quantized ||
      graph.values[a].type != graph.values[a + 1].type ||
      graph.values[a].type != graph.values[node.results.begin].type) {
    return std::nullopt;
  }
  switch (node.name) {
    case ops::kAdd:
    case ops::kMultiply:
    case ops::kMaximum:
    case ops::kMinimum:
    case ops::kAnd:
    case ops::kOr:
      return node.name;
    default:
      return std::nullopt;
  }
}

inline std::optional<Reduction> SimpleReduction(const Graph& graph, RegionId region) {
  const std::optional<OpName> name = SimpleReduceBody(graph, region);
  if (!name) return std::nullopt;
  switch (*name) {
    case ops::kAdd:
      return Reduction::kAdd;
    case ops::kMultiply:
      return Reduction::kMultiply;
    case ops::kMaximum:
      return Reduction::kMaximum;
    case ops::kMinimum:
      return Reduction::kMinimum;
    case ops::kAnd:
      return Reduction::kAnd;
    default:
      return Reduction::kOr;
  }
}

inline double Combine(Reduction reduction, double a, double b) {
  switch (reduction) {
    case Reduction::kAdd:
      return a + b;
    case Reduction::kMultiply:
      return a * b;
    case Reduction::kMaximum:
      return NanMaximum(a, b);
    case Reduction::kMinimum:
      return NanMinimum(a, b);
    case Reduction::kAnd:
    case Reduction::kOr:
      break;
  }
  WEBHLO_CHECK(false && "logical reduction of floats");
}

// Integers modulo 2^64, wrapped at the store; i1 as 0 and 1.
inline int64_t Combine(Reduction reduction, ElementType element, int64_t a, int64_t b) {
  const uint64_t ua = static_cast<uint64_t>(a);
  const uint64_t ub = static_cast<uint64_t>(b);
  const bool less = IsUnsignedInteger(element) ? ua < ub : a < b;
  switch (reduction) {
    case Reduction::kAdd:
      return static_cast<int64_t>(ua + ub);
    case Reduction::kMultiply:
      return static_cast<int64_t>(ua * ub);
    case Reduction::kMaximum:
      return less ? b : a;
    case Reduction::kMinimum:
      return less ? a : b;
    case Reduction::kAnd:
      return a & b;
    case Reduction::kOr:
      return a | b;
  }
  return 0;
}

// Complex numbers are ordered by their real parts, then by their imaginary parts.
inline std::complex<double> Combine(Reduction reduction, std::complex<double> a,
                                    std::complex<double> b) {
  const bool less = a.real() < b.real() || (a.real() == b.real() && a.imag() < b.imag());
  switch (reduction) {
    case Reduction::kAdd:
      return a + b;
    case Reduction::kMultiply:
      return Product(a, b);
    case Reduction::kMaximum:
      return less ? b : a;
    case Reduction::kMinimum:
      return less ? a : b;
    case Reduction::kAnd:
    case Reduction::kOr:
      break;
  }
  WEBHLO_CHECK(false && "logical reduction of complex numbers");
}

// Copies one scalar into a type that it promotes to.
inline void ConvertScalar(const TensorView& from, int64_t i, const TensorView& to, int64_t k) {
  if (from.element() == to.element()) {
    std::memcpy(to.at(k), from.at(i), static_cast<size_t>(to.width()));
  } else if (IsComplex(to.element())) {
    to.SetC128(k, from.C128(i));
  } else if (IsFloat(to.element())) {
    to.SetF64(k, from.F64(i));
  } else {
    to.SetI64(k, from.I64(i));
  }
}

// A region (tensor<E0>, ..., tensor<E0>, ...) -> (tensor<E0>, ...) of 2N scalar arguments, and N
// accumulators that it is folded into.
class Reducer {
 public:
  Reducer(const Graph& graph, RegionId region, RegionRunner& runner)
      : region_(region), runner_(&runner), simple_(SimpleReduction(graph, region)) {
    const Region& body = graph.regions[region];
    const size_t n = body.arguments.size / 2;
    bytes_.resize(3 * n * kSlot);
    for (size_t turn = 0; turn < 2; ++turn) {
      for (size_t i = 0; i < 2 * n; ++i) {
        const size_t slot = i < n ? turn * n + i : n + i;
        arguments_[turn].emplace_back(
            &graph.tensor(body.arguments.begin + static_cast<uint32_t>(i)),
            bytes_.data() + slot * kSlot);
      }
    }
  }
  Reducer(const Reducer&) = delete;
  Reducer& operator=(const Reducer&) = delete;

  size_t size() const { return arguments_[0].size() / 2; }

  // Accumulator k := element i of `view`, converted to the body's type.
  void SetAccumulator(size_t k, const TensorView& view, int64_t i) {
    ConvertScalar(view, i, arguments_[turn_][k], 0);
  }
  void SetValue(size_t k, const TensorView& view, int64_t i) {
    ConvertScalar(view, i, arguments_[turn_][size() + k], 0);
  }
  void GetAccumulator(size_t k, const TensorView& view, int64_t i) const {
    ConvertScalar(arguments_[turn_][k], 0, view, i);
  }

  // accumulators := body(accumulators, values), rounded to the body's types, once it is awaited.
  Task Step(Budget& budget) {
    const std::vector<TensorView>& arguments = arguments_[turn_];
    if (simple_) {
      const TensorView& a = arguments[0];
      const TensorView& b = arguments[1];
      if (IsFloat(a.element())) {
        a.SetF64(0, Combine(*simple_, a.F64(0), b.F64(0)));
      } else if (IsComplex(a.element())) {
        a.SetC128(0, Combine(*simple_, a.C128(0), b.C128(0)));
      } else {
        a.SetI64(0, Combine(*simple_, a.element(), a.I64(0), b.I64(0)));
      }
      budget.Charge(kSimpleWork);
      return OkStatus();
    }
    turn_ ^= 1;
    return runner_->Run(region_, arguments, std::span(arguments_[turn_]).first(size()));
  }

 private:
  static constexpr size_t kSlot = 16;  // The widest element.
  static constexpr int64_t kSimpleWork = 32;
  RegionId region_;
  RegionRunner* runner_;
  std::optional<Reduction> simple_;
  std::vector<uint8_t> bytes_;
  // Accumulators, then values. A step reads those of its turn, and writes the other accumulators.
  std::vector<TensorView> arguments_[2];
  size_t turn_ = 0;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_REDUCER_H_
