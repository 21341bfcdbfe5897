// SPDX-License-Identifier: Apache-2.0
//
// Quotients and remainders of integers, where dividing floats (core/jit/division.cc) could go
// wrong: the smallest and the largest numbers, and dividends next to multiples of the divisor. The
// JIT's part runs where modules can be installed (under Node).
#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/core/ops/engines_testing.h"

namespace webhlo::elementwise_testing {
namespace {

using E = ElementType;
using Pair = std::pair<uint64_t, uint64_t>;

constexpr std::string_view kOps[] = {"stablehlo.divide", "stablehlo.remainder"};

// 0, 1, -1, powers of two and their neighbours, with both signs.
std::vector<uint64_t> Edges(int bits) {
  std::vector<uint64_t> edges;
  for (int k = 0; k < bits; ++k) {
    for (const uint64_t near : {-1, 0, 1}) {
      const uint64_t edge = (uint64_t{1} << k) + near;
      edges.push_back(edge);
      edges.push_back(0 - edge);
    }
  }
  return edges;
}

Tensor Of(E type, const std::vector<uint64_t>& bits) {
  Tensor tensor(TensorType(type, {static_cast<int64_t>(bits.size())}));
  for (size_t i = 0; i < bits.size(); ++i) {
    tensor.view().SetI64(static_cast<int64_t>(i), static_cast<int64_t>(bits[i]));
  }
  return tensor;
}

void CheckExact(const TestGraph& test, std::vector<Tensor>& inputs, ThreadPool& pool) {
  CheckEnginesOn(test, inputs, pool,
                 [](std::vector<Tensor>& expected, std::vector<Tensor>& actual) {
                   CheckWithin(0, expected, actual);
                 });
}

void CheckPairs(E type, const std::vector<Pair>& pairs) {
  ThreadPool pool(1);
  std::vector<uint64_t> a, b;
  for (const auto& [dividend, divisor] : pairs) {
    a.push_back(dividend);
    b.push_back(divisor);
  }
  std::vector<Tensor> inputs;
  inputs.push_back(Of(type, a));
  inputs.push_back(Of(type, b));
  const TensorType t = inputs[0].type;
  for (std::string_view name : kOps) {
    CAPTURE(name);
    CAPTURE(ToString(t));
    CheckExact(FusedOp(name, {t, t}, t), inputs, pool);
  }
}

// A fusion of `name` whose second operand is a constant.
TestGraph ByConstant(std::string_view name, const TensorType& type, uint64_t divisor) {
  TestGraph test;
  GraphBuilder b(&test.graph);
  Function main;
  main.name = "main";
  main.body = b.BeginRegion();
  const Type t = type;
  const std::span<const Type> types(&t, 1);
  const ValueId outer = b.AddArgument(t);
  const RegionId body = b.BeginRegion();
  const ValueId inner = b.AddArgument(t);
  DenseElements dense{.type = type, .splat = true, .bytes = {}};
  dense.bytes.resize(static_cast<size_t>(ByteWidth(type.element)));
  StoreI64(type.element, dense.bytes.data(), static_cast<int64_t>(divisor));
  const ValueId constant =
      b.AddNode("stablehlo.constant", {}, types, {{"value", Attribute::Dense(std::move(dense))}});
  const std::vector<ValueId> operands = {inner, constant};
  b.EndRegion(std::vector<ValueId>{b.AddNode(name, operands, types)});
  const ValueId result =
      b.AddNode("webhlo.fusion", std::vector<ValueId>{outer}, types, {}, std::span(&body, 1));
  b.EndRegion(std::vector<ValueId>{result});
  test.graph.functions.push_back(std::move(main));
  test.node = static_cast<NodeId>(test.graph.nodes.size() - 1);
  return test;
}

TEST_CASE("division: all pairs of 8 bits") {
  std::vector<Pair> pairs;
  for (uint64_t a = 0; a < 256; ++a) {
    for (uint64_t b = 0; b < 256; ++b) pairs.emplace_back(a, b);
  }
  for (E type : {E::kI8, E::kU8}) CheckPairs(type, pairs);
}

TEST_CASE("division: edges by edges, next to multiples, and any bits") {
  for (E type : {E::kI16, E::kU16, E::kI32, E::kU32, E::kI64, E::kU64}) {
    Random random(1);
    const int bits = BitWidth(type);
    const std::vector<uint64_t> edges = Edges(bits);
    std::vector<Pair> pairs;
    for (uint64_t a : edges) {
      for (uint64_t b : edges) pairs.emplace_back(a, b);
    }
    for (int i = 0; i < 100'000; ++i) {
      const uint64_t a = random.Bits(), b = random.Bits() >> random.Int(64 - bits, 63);
      pairs.emplace_back(a, b);
      // The largest of few bits: what floats hold of 64-bit integers is tried as well.
      const uint64_t multiple = (a >> random.Int(64 - bits, 63)) * b;
      for (const uint64_t near : {-1, 0, 1}) pairs.emplace_back(multiple + near, b);
      pairs.emplace_back((uint64_t{1} << random.Int(0, bits - 1)) - 1, b >> 1);
    }
    // Of 64-bit integers a vector with a large one is divided otherwise than one of small ones.
    for (int i = 0; i < 20'000; ++i) {
      const uint64_t b = 1 + (random.Bits() >> random.Int(14, 60));
      const uint64_t multiple = (random.Bits() >> 14) / b * b;
      for (const uint64_t near : {-1, 0, 1}) pairs.emplace_back(multiple + near, b);
      pairs.emplace_back(0 - multiple, i % 2 == 0 ? b : 0 - b);
    }
    CheckPairs(type, pairs);
  }
}

TEST_CASE("division: by constants") {
  ThreadPool pool(1);
  for (E type : {E::kI8, E::kU8, E::kI16, E::kU16, E::kI32, E::kU32, E::kI64, E::kU64}) {
    Random random(2);
    std::vector<uint64_t> divisors = Edges(BitWidth(type));
    for (uint64_t d : {7, 10, 100, 641, 1000, 60'000, 1'000'003}) divisors.push_back(d);
    for (uint64_t divisor : divisors) {
      CAPTURE(divisor);
      std::vector<uint64_t> dividends = Edges(BitWidth(type));
      for (int i = 0; i < 100; ++i) {
        const uint64_t any = random.Bits() >> random.Int(64 - BitWidth(type), 63);
        for (const uint64_t near : {-1, 0, 1}) dividends.push_back(any * divisor + near);
        dividends.push_back(any);
      }
      std::vector<Tensor> inputs;
      inputs.push_back(Of(type, dividends));
      for (std::string_view name : kOps) {
        CAPTURE(name);
        CAPTURE(ToString(inputs[0].type));
        CheckExact(ByConstant(name, inputs[0].type, divisor), inputs, pool);
      }
    }
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
