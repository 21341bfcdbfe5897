// SPDX-License-Identifier: Apache-2.0
//
// What the tests of elementwise ops share: graphs made by hand, tensors with random and special
// values, and comparisons in units in the last place.
#ifndef WEBHLO_TESTS_CORE_OPS_ELEMENTWISE_TESTING_H_
#define WEBHLO_TESTS_CORE_OPS_ELEMENTWISE_TESTING_H_

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/graph/graph.h"
#include "core/graph/op_def.h"
#include "core/graph/tensor.h"
#include "core/kernels/choice.h"
#include "core/runtime/reference_interpreter.h"
#include "tests/core/kernels/kernel_testing.h"

namespace webhlo::elementwise_testing {

struct Tensor {
  TensorType type;
  AlignedBuffer buffer;

  explicit Tensor(TensorType t)
      : type(std::move(t)),
        buffer(std::move(*TryAllocate(static_cast<uint64_t>(type.ByteSize()), "a test tensor"))) {
    // Kernels may read the padding: whatever is there must not matter.
    std::memset(buffer.data(), 0x5a, static_cast<size_t>(type.ByteSize()) + kBufferPadding);
  }
  TensorView view() { return TensorView(&type, buffer.data()); }
  // That nothing was written past the end.
  bool PaddingIntact() const {
    for (size_t i = 0; i < kBufferPadding; ++i) {
      if (buffer.data()[static_cast<size_t>(type.ByteSize()) + i] != 0x5a) return false;
    }
    return true;
  }
};

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}

  uint64_t Bits() { return engine_(); }
  int64_t Int(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Bits() % static_cast<uint64_t>(high - low + 1));
  }

  // A mixture of special values, small numbers and any bits.
  void Fill(Tensor& tensor) {
    const TensorView view = tensor.view();
    const ElementType type = tensor.type.element;
    for (int64_t i = 0; i < view.NumElements(); ++i) {
      if (type == ElementType::kI1) {
        view.SetBool(i, Bits() & 1);
      } else if (IsFloat(type)) {
        view.SetF64(i, Float(type));
      } else if (IsComplex(type)) {
        const ElementType part = type == ElementType::kC64 ? ElementType::kF32 : ElementType::kF64;
        const double re = Float(part);
        view.SetC128(i, {re, Float(part)});
      } else {
        view.SetI64(i, Integer(type));
      }
    }
  }

 private:
  double Float(ElementType type) {
    static constexpr double kSpecial[] = {0.0, -0.0, 1.0,  -1.0,  0.5,   -0.5,
                                          1.5, 2.5,  -2.5, 2.0,   -2.0,  0.49999997,
                                          3.0, 1e-3, 88.0, -88.0, 100.0, 8388609.0};
    switch (Bits() % 8) {
      case 0:
        return kSpecial[Bits() % std::size(kSpecial)];
      case 1: {
        const int which = static_cast<int>(Bits() % 6);
        const double infinity = std::numeric_limits<double>::infinity();
        if (which == 0) return infinity;
        if (which == 1) return -infinity;
        if (which == 2) return std::numeric_limits<double>::quiet_NaN();
        // The smallest subnormals, and around the smallest normal.
        return DecodeFloat(type, which == 3 ? 1 : which == 4 ? 3 : Bits() % 0x800);
      }
      case 2:
      case 3:
        return DecodeFloat(type, Bits() >> (64 - BitWidth(type)));  // Any bits.
      case 4:
        return std::ldexp(static_cast<double>(Int(-1000, 1000)), -5);
      default:
        return (static_cast<double>(Bits() >> 11) * 0x1p-53 - 0.5) * std::ldexp(1.0, Int(-8, 9));
    }
  }

  int64_t Integer(ElementType type) {
    switch (Bits() % 4) {
      case 0:
        return Int(-3, 3);
      case 1:
        // The extremes: StoreI64 wraps them into the type.
        return static_cast<int64_t>((uint64_t{1} << (BitWidth(type) - 1)) -
                                    static_cast<uint64_t>(Int(0, 1)));
      case 2:
        return Int(-40, 40);
      default:
        return static_cast<int64_t>(Bits());
    }
  }

  std::mt19937_64 engine_;
};

// The ordinal of a float among its type's values, so that differences count units in the last
// place.
inline int64_t Ordinal(ElementType type, const void* p) {
  uint64_t bits = 0;
  const int width = ByteWidth(type);
  std::memcpy(&bits, p, static_cast<size_t>(width));
  const uint64_t sign = uint64_t{1} << (8 * width - 1);
  const int64_t magnitude = static_cast<int64_t>(bits & (sign - 1));
  return bits & sign ? -magnitude : magnitude;
}

// |a - b|, or the largest number if that is larger.
inline int64_t Between(int64_t a, int64_t b) {
  const uint64_t distance =
      static_cast<uint64_t>(std::max(a, b)) - static_cast<uint64_t>(std::min(a, b));
  return static_cast<int64_t>(std::min<uint64_t>(distance, INT64_MAX));
}

// Largest distance in units in the last place; bits must be equal where `ulps` is not of interest:
// integers, booleans, zeros' signs, infinities. -1 when something is plainly wrong.
inline int64_t Distance(Tensor& a, Tensor& b, std::string* where) {
  if (IsComplex(a.type.element)) {
    // As many floats.
    const auto parts_of = [](Tensor& tensor) {
      const bool narrow = tensor.type.element == ElementType::kC64;
      Tensor parts(TensorType(narrow ? ElementType::kF32 : ElementType::kF64,
                              {2 * tensor.type.NumElements()}));
      std::memcpy(parts.buffer.data(), tensor.buffer.data(),
                  static_cast<size_t>(tensor.type.ByteSize()));
      return parts;
    };
    Tensor of_a = parts_of(a), of_b = parts_of(b);
    return Distance(of_a, of_b, where);
  }
  const TensorView x = a.view(), y = b.view();
  int64_t worst = 0;
  for (int64_t i = 0; i < x.NumElements(); ++i) {
    if (std::memcmp(x.at(i), y.at(i), static_cast<size_t>(x.width())) == 0) continue;
    int64_t distance = -1;
    if (IsFloat(x.element())) {
      const double u = x.F64(i), v = y.F64(i);
      if (std::isnan(u) && std::isnan(v)) continue;
      if (!std::isnan(u) && !std::isnan(v) && !(u == 0 && v == 0)) {
        distance = Between(Ordinal(x.element(), x.at(i)), Ordinal(x.element(), y.at(i)));
      }
      if (distance == -1 || distance > worst) {
        *where = StrCat("element ", i, ": ", u, " and ", v, u == 0 && v == 0 ? " (signs)" : "");
      }
    } else {
      *where = StrCat("element ", i, ": ", x.I64(i), " and ", y.I64(i));
    }
    if (distance == -1) return -1;
    worst = std::max(worst, distance);
  }
  return worst;
}

struct TestGraph {
  Graph graph;
  NodeId node = kNone;  // The node under test.
  OpView op() const { return OpView(graph, graph.nodes[node]); }
};

// A function around one node.
inline TestGraph OneOp(std::string_view name, std::vector<TensorType> operands, TensorType result,
                       std::vector<NamedAttribute> attributes = {}) {
  TestGraph test;
  GraphBuilder b(&test.graph);
  Function main;
  main.name = "main";
  main.body = b.BeginRegion();
  std::vector<ValueId> arguments;
  for (const TensorType& type : operands) arguments.push_back(b.AddArgument(type));
  const Type type = result;
  const ValueId value = b.AddNode(name, arguments, std::span(&type, 1), std::move(attributes));
  b.EndRegion(std::span(&value, 1));
  test.graph.functions.push_back(std::move(main));
  test.node = static_cast<NodeId>(test.graph.nodes.size() - 1);
  return test;
}

// The same node inside a webhlo.fusion; operand k is broadcast from `operands[k]` along
// `broadcast[k]` when that is given.
inline TestGraph FusedOp(std::string_view name, std::vector<TensorType> operands, TensorType result,
                         std::vector<NamedAttribute> attributes = {},
                         std::vector<std::vector<int64_t>> broadcast = {}) {
  TestGraph test;
  GraphBuilder b(&test.graph);
  Function main;
  main.name = "main";
  main.body = b.BeginRegion();
  std::vector<ValueId> arguments;
  for (const TensorType& type : operands) arguments.push_back(b.AddArgument(type));
  const RegionId body = b.BeginRegion();
  std::vector<ValueId> inner;
  for (const TensorType& type : operands) inner.push_back(b.AddArgument(type));
  for (size_t k = 0; k < broadcast.size(); ++k) {
    if (operands[k].dims == result.dims) continue;
    const Type wide = TensorType(operands[k].element, result.dims);
    inner[k] = b.AddNode("stablehlo.broadcast_in_dim", std::span(&inner[k], 1), std::span(&wide, 1),
                         {{"broadcast_dimensions", Attribute::Ints(broadcast[k])}});
  }
  const Type type = result;
  ValueId value = b.AddNode(name, inner, std::span(&type, 1), std::move(attributes));
  b.EndRegion(std::span(&value, 1));
  value = b.AddNode("webhlo.fusion", arguments, std::span(&type, 1), {}, std::span(&body, 1));
  b.EndRegion(std::span(&value, 1));
  test.graph.functions.push_back(std::move(main));
  test.node = static_cast<NodeId>(test.graph.nodes.size() - 1);
  return test;
}

inline std::vector<TensorView> Views(std::vector<Tensor>& tensors) {
  std::vector<TensorView> views;
  for (Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

// The function's results by references alone.
inline std::vector<Tensor> Interpreted(const TestGraph& test, std::vector<Tensor>& inputs) {
  const std::vector<TensorView> views = Views(inputs);
  Result<std::vector<AlignedBuffer>> answer = Interpret(test.graph, test.graph.functions[0], views);
  REQUIRE_MESSAGE(answer.ok(), answer.status().ToString());
  std::vector<Tensor> results;
  const OpView op = test.op();
  for (size_t r = 0; r < op.num_results(); ++r) {
    Tensor tensor(op.result(r));
    std::memcpy(tensor.buffer.data(), (*answer)[r].data(),
                static_cast<size_t>(tensor.type.ByteSize()));
    results.push_back(std::move(tensor));
  }
  return results;
}

// Packs what the choice packs, then runs the kernel in one call; and once more piece by piece,
// which must give the same values.
inline std::vector<Tensor> RunKernel(const OpView& op, const KernelChoice& choice, Kernel& kernel,
                                     std::vector<Tensor>& inputs, ThreadPool& pool) {
  std::vector<const void*> packed;
  for (size_t k = 0; k < inputs.size(); ++k) {
    packed.push_back(choice.Packs(k) ? inputs[k].buffer.data() : nullptr);
  }
  if (choice.packed_operands != 0) PackFor(kernel, packed);
  const auto run = [&](size_t step) {
    std::vector<Tensor> results;
    std::vector<void*> args;
    for (size_t k = 0; k < inputs.size(); ++k) {
      args.push_back(choice.Packs(k) ? nullptr : inputs[k].buffer.data());
    }
    for (size_t r = 0; r < op.num_results(); ++r) results.emplace_back(op.result(r));
    for (Tensor& result : results) args.push_back(result.buffer.data());
    TestBuffer<uint8_t> scratch(static_cast<int64_t>(choice.scratch_bytes));
    args.push_back(scratch.size() > 0 ? scratch.data() : nullptr);
    for (size_t i = 0; i < kernel.pieces(); i += step) {
      kernel.Run(args.data(), {i, std::min(i + step, kernel.pieces())}, pool);
    }
    CHECK(scratch.PaddingIntact());
    return results;
  };
  std::vector<Tensor> results = run(kernel.pieces()), again = run(1);
  for (size_t r = 0; r < results.size(); ++r) {
    // Which of two NaN an operation leaves is the machine's to say.
    std::string where;
    CHECK_MESSAGE(Distance(results[r], again[r], &where) == 0, where);
  }
  return results;
}

// Each result is so many units in the last place from the expected one at most, and nothing was
// written behind it.
inline void CheckWithin(int64_t ulps, std::vector<Tensor>& expected, std::vector<Tensor>& actual) {
  REQUIRE(actual.size() == expected.size());
  for (size_t r = 0; r < actual.size(); ++r) {
    CHECK(actual[r].PaddingIntact());
    std::string where;
    const int64_t distance = Distance(expected[r], actual[r], &where);
    CHECK_MESSAGE((distance >= 0 && distance <= ulps), where);
  }
}

// For results of long sums, which may cancel: the distance counts in units in the last place of the
// largest element.
inline void CheckNear(double units, std::vector<Tensor>& expected, std::vector<Tensor>& actual) {
  REQUIRE(actual.size() == expected.size());
  for (size_t r = 0; r < actual.size(); ++r) {
    CHECK(actual[r].PaddingIntact());
    const TensorView a = expected[r].view(), b = actual[r].view();
    const auto at = [](const TensorView& x, int64_t i) {
      return IsComplex(x.element()) ? x.C128(i) : std::complex<double>(x.F64(i));
    };
    const bool f64 = a.element() == ElementType::kF64 || a.element() == ElementType::kC128;
    double largest = 0, distance = 0;
    for (int64_t i = 0; i < a.NumElements(); ++i) {
      largest = std::max(largest, std::abs(at(a, i)));
      distance = std::max(distance, std::abs(at(a, i) - at(b, i)));
    }
    CHECK(distance <= units * largest * (f64 ? 0x1p-52 : 0x1p-23));
  }
}

// One op with types to try it on.
struct Case {
  std::string name;
  std::vector<ElementType> operands;
  ElementType result;
  std::vector<NamedAttribute> attributes;
  int64_t ulps = 0;  // Allowed against the reference.

  std::string Text() const {
    std::string out = name;
    for (ElementType type : operands) StrAppend(&out, " ", ElementTypeName(type));
    StrAppend(&out, " -> ", ElementTypeName(result));
    for (const NamedAttribute& a : attributes) {
      if (a.value.kind() == Attribute::Kind::kString) StrAppend(&out, " ", a.value.string());
    }
    return out;
  }
};

// Every elementwise op of the table with every kind and every signature of one, two or three
// operands that it accepts, found by asking it.
const std::vector<Case>& AllCases();

}  // namespace webhlo::elementwise_testing

#endif  // WEBHLO_TESTS_CORE_OPS_ELEMENTWISE_TESTING_H_
