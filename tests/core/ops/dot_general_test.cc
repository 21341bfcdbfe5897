// SPDX-License-Identifier: Apache-2.0
//
// Products of other types than f32: the kernel computes what the reference does, wherever
// dimensions lie and however the work is cut.
#include <numeric>

#include "core/kernels/parallel.h"
#include "tests/core/ops/engines_testing.h"

namespace webhlo::elementwise_testing {
namespace {

struct Types {
  ElementType lhs, rhs, result;
};

using E = ElementType;
constexpr Types kTypes[] = {
    {E::kF64, E::kF64, E::kF64}, {E::kC64, E::kC64, E::kC64}, {E::kC128, E::kC128, E::kC128},
    {E::kI32, E::kI32, E::kI32}, {E::kU32, E::kU32, E::kU32}, {E::kI64, E::kI64, E::kI64},
    {E::kU64, E::kU64, E::kU64}, {E::kI8, E::kI8, E::kI32},   {E::kU8, E::kU8, E::kU32},
    {E::kU8, E::kI8, E::kI32},   {E::kI8, E::kI8, E::kI8},    {E::kI16, E::kI16, E::kI32},
    {E::kU16, E::kU16, E::kI16}, {E::kI8, E::kI32, E::kI32}};

// A dimension: its size, and where it stands.
struct Dimension {
  int64_t size;
  std::vector<int64_t>* place;
};

// Dimensions in some order; their places go to the lists.
std::vector<int64_t> Shuffled(std::vector<Dimension> dimensions, TestRandom& random) {
  std::vector<int64_t> dims;
  std::vector<size_t> order(dimensions.size());
  std::iota(order.begin(), order.end(), size_t{0});
  for (size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[static_cast<size_t>(random.Int(0, static_cast<int64_t>(i) - 1))]);
  }
  std::vector<int64_t> at(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    at[order[i]] = static_cast<int64_t>(i);
    dims.push_back(dimensions[order[i]].size);
  }
  // In the order of the pairs.
  for (size_t i = 0; i < order.size(); ++i) {
    if (dimensions[i].place) dimensions[i].place->push_back(at[i]);
  }
  return dims;
}

TestGraph RandomDot(const Types& types, TestRandom& random, int64_t largest) {
  std::vector<int64_t> lhs_batching, rhs_batching, lhs_contracting, rhs_contracting;
  std::vector<Dimension> lhs, rhs;
  const int64_t batches = random.Int(0, 1), contracted = random.Int(1, 2);
  for (int64_t i = 0; i < batches; ++i) {
    const int64_t size = random.Int(1, 3);
    lhs.push_back({size, &lhs_batching});
    rhs.push_back({size, &rhs_batching});
  }
  for (int64_t i = 0; i < contracted; ++i) {
    const int64_t size = random.Int(1, i == 0 ? largest : 4);
    lhs.push_back({size, &lhs_contracting});
    rhs.push_back({size, &rhs_contracting});
  }
  for (int64_t i = random.Int(0, 2); i > 0; --i) lhs.push_back({random.Int(1, 9), nullptr});
  for (int64_t i = random.Int(0, 2); i > 0; --i) rhs.push_back({random.Int(1, 9), nullptr});
  const TensorType a(types.lhs, Shuffled(lhs, random)), b(types.rhs, Shuffled(rhs, random));
  const std::vector<NamedAttribute> attributes = {
      {"lhs_batching_dimensions", Attribute::Ints(lhs_batching)},
      {"lhs_contracting_dimensions", Attribute::Ints(lhs_contracting)},
      {"rhs_batching_dimensions", Attribute::Ints(rhs_batching)},
      {"rhs_contracting_dimensions", Attribute::Ints(rhs_contracting)}};
  // Its Infer tells the result's sizes.
  const size_t rank = lhs.size() + rhs.size() - lhs_batching.size() - 2 * lhs_contracting.size();
  const TestGraph draft =
      OneOp("stablehlo.dot_general", {a, b},
            TensorType(types.result, std::vector<int64_t>(rank, kDynamic)), attributes);
  std::vector<Type> inferred = {draft.op().result_type(0)};
  const Status status = draft.op().node().op->infer(draft.op(), inferred);
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  return OneOp("stablehlo.dot_general", {a, b}, inferred[0].tensor, attributes);
}

TEST_CASE("dot_general: products of f64, complex numbers and integers") {
  ThreadPool pool(2);
  TestRandom random(7);
  for (int i = 0; i < 600; ++i) {
    const Types& types = kTypes[static_cast<size_t>(i) % std::size(kTypes)];
    // A few with blocks of more than one depth.
    const TestGraph test = RandomDot(types, random, i % 10 == 0 ? 300 : 12);
    CAPTURE(ToString(test.op().operand(0)));
    CAPTURE(ToString(test.op().operand(1)));
    CAPTURE(ToString(test.op().result()));
    // Sums of small integers are exact in f64, and those that do not fit wrap.
    std::vector<Tensor> inputs;
    for (size_t k = 0; k < 2; ++k) {
      FillSmall(inputs.emplace_back(test.op().operand(k)).view(), random);
    }
    REQUIRE(CheckEnginesOn(test, inputs, pool, [](auto& expected, auto& actual) {
              CheckWithin(0, expected, actual);
            }) == 1);
  }
}

TEST_CASE("dot_general: operands whose sums wrap") {
  ThreadPool pool(2);
  Random random(3);
  for (const Types& types : kTypes) {
    if (!IsInteger(types.lhs)) continue;
    const TestGraph test = OneOp("stablehlo.dot_general",
                                 {TensorType(types.lhs, {5, 67}), TensorType(types.rhs, {67, 9})},
                                 TensorType(types.result, {5, 9}),
                                 {{"lhs_batching_dimensions", Attribute::Ints({})},
                                  {"lhs_contracting_dimensions", Attribute::Ints({1})},
                                  {"rhs_batching_dimensions", Attribute::Ints({})},
                                  {"rhs_contracting_dimensions", Attribute::Ints({0})}});
    CHECK(CheckEngines(test, random, 0, pool) == 1);
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
