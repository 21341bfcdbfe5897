// SPDX-License-Identifier: Apache-2.0
//
// Convolutions of every form are what they were once they are plain, and all of them become plain.
#include <algorithm>
#include <numeric>

#include "core/ops/convolution.h"
#include "tests/core/ops/engines_testing.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo::elementwise_testing {
namespace {

class RandomConvolution {
 public:
  explicit RandomConvolution(TestRandom& random) : random_(random) {}

  // A function of one convolution; nothing where its result would be empty.
  std::optional<TestGraph> Make() {
    const size_t n = static_cast<size_t>(random_.Int(0, 3));
    const int64_t which = random_.Int(0, 2);
    const int64_t groups = which == 1 ? random_.Int(2, 3) : 1;
    const int64_t batch_groups = which == 2 ? random_.Int(2, 3) : 1;
    const int64_t inputs = random_.Int(1, 3);
    const int64_t outputs = random_.Int(1, 3) * groups * batch_groups;
    std::vector<int64_t> strides, padding, lhs_dilation, rhs_dilation, reversal, size, taps;
    for (size_t d = 0; d < n; ++d) {
      size.push_back(random_.Int(1, 6));
      taps.push_back(random_.Int(1, 4));
      strides.push_back(random_.Int(0, 1) ? 1 : random_.Int(2, 3));
      lhs_dilation.push_back(random_.Int(1, 3));
      rhs_dilation.push_back(random_.Int(1, 3));
      reversal.push_back(random_.Int(0, 1));
      padding.push_back(random_.Int(-1, 4));
      padding.push_back(random_.Int(-1, 4));
    }
    const auto input_order = Order(n), kernel_order = Order(n), output_order = Order(n);
    const TensorType lhs =
        TypeOf(input_order, random_.Int(1, 2) * batch_groups, size, inputs * groups);
    const TensorType rhs = TypeOf(kernel_order, outputs, taps, inputs);
    const ElementType widest = IsInteger(lhs.element)        ? ElementType::kI32
                               : BitWidth(lhs.element) == 64 ? lhs.element
                                                             : ElementType::kF32;
    const ElementType result = random_.Int(0, 3) ? lhs.element : widest;
    const auto spatial = [](const std::vector<int64_t>& order) {
      return Attribute::Ints({order.begin() + 1, order.end() - 1});
    };
    const std::vector<NamedAttribute> attributes = {
        {"batch_group_count", Attribute::Int(batch_groups)},
        {"feature_group_count", Attribute::Int(groups)},
        {"input_batch_dimension", Attribute::Int(input_order.front())},
        {"input_feature_dimension", Attribute::Int(input_order.back())},
        {"input_spatial_dimensions", spatial(input_order)},
        {"kernel_input_feature_dimension", Attribute::Int(kernel_order.back())},
        {"kernel_output_feature_dimension", Attribute::Int(kernel_order.front())},
        {"kernel_spatial_dimensions", spatial(kernel_order)},
        {"lhs_dilation", Attribute::Ints(lhs_dilation)},
        {"output_batch_dimension", Attribute::Int(output_order.front())},
        {"output_feature_dimension", Attribute::Int(output_order.back())},
        {"output_spatial_dimensions", spatial(output_order)},
        {"padding", Attribute::Ints(padding)},
        {"rhs_dilation", Attribute::Ints(rhs_dilation)},
        {"window_reversal", Attribute::Ints(reversal)},
        {"window_strides", Attribute::Ints(strides)}};
    // Its Infer tells the result's sizes.
    const std::vector<int64_t> unknown(n + 2, kDynamic);
    const TestGraph draft =
        OneOp("stablehlo.convolution", {lhs, rhs}, TensorType(result, unknown), attributes);
    std::vector<Type> inferred = {draft.op().result_type(0)};
    const Status status = draft.op().node().op->infer(draft.op(), inferred);
    REQUIRE_MESSAGE(status.ok(), status.ToString());
    if (inferred[0].tensor.NumElements() == 0) return std::nullopt;
    return OneOp("stablehlo.convolution", {lhs, rhs}, inferred[0].tensor, attributes);
  }

 private:
  // Where dimensions lie: the first, the spatial ones, the last.
  std::vector<int64_t> Order(size_t n) {
    std::vector<int64_t> order(n + 2);
    std::iota(order.begin(), order.end(), 0);
    for (size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1],
                order[static_cast<size_t>(random_.Int(0, static_cast<int64_t>(i) - 1))]);
    }
    return order;
  }
  TensorType TypeOf(const std::vector<int64_t>& order, int64_t first,
                    const std::vector<int64_t>& spatial, int64_t last) {
    std::vector<int64_t> dims(order.size());
    dims[static_cast<size_t>(order.front())] = first;
    dims[static_cast<size_t>(order.back())] = last;
    for (size_t d = 0; d < spatial.size(); ++d) {
      dims[static_cast<size_t>(order[d + 1])] = spatial[d];
    }
    constexpr ElementType kTypes[] = {ElementType::kF32, ElementType::kF16, ElementType::kBF16,
                                      ElementType::kF64, ElementType::kI8,  ElementType::kC64};
    if (dims.size() == 0 || element_ == ElementType::kI1) element_ = kTypes[random_.Int(0, 5)];
    return TensorType(element_, std::move(dims));
  }

  TestRandom& random_;
  ElementType element_ = ElementType::kI1;  // Not chosen yet.
};

// Both graphs compute the same of small integers, whose sums of products are exact.
void CheckSame(const TestGraph& test, const Graph& plain, TestRandom& random) {
  std::vector<Tensor> inputs;
  for (size_t k = 0; k < 2; ++k) {
    FillSmall(inputs.emplace_back(test.op().operand(k)).view(), random, -3);
  }
  const std::vector<TensorView> views = Views(inputs);
  Result<std::vector<AlignedBuffer>> expected =
      Interpret(test.graph, test.graph.functions[0], views);
  Result<std::vector<AlignedBuffer>> actual = Interpret(plain, plain.functions[0], views);
  REQUIRE(expected.ok());
  REQUIRE_MESSAGE(actual.ok(), actual.status().ToString());
  const TensorType& type = test.op().result();
  const TensorView a(&type, (*expected)[0].data()), b(&type, (*actual)[0].data());
  for (int64_t i = 0; i < type.NumElements(); ++i) {
    if (IsComplex(type.element)) {
      REQUIRE(a.C128(i) == b.C128(i));
    } else if (IsInteger(type.element)) {
      REQUIRE(a.I64(i) == b.I64(i));
    } else {
      REQUIRE(a.F64(i) == b.F64(i));
    }
  }
}

TEST_CASE("plain-convolutions: random ones of every form") {
  TestRandom random(17);
  int made = 0;
  while (made < 400) {
    const std::optional<TestGraph> test = RandomConvolution(random).Make();
    if (!test) continue;
    ++made;
    Graph plain;
    REQUIRE(PlainConvolutions({"main", {}}, test->graph, &plain).ok());
    if (plain.functions.empty()) continue;
    const Status verified = Verify(plain);
    REQUIRE_MESSAGE(verified.ok(), verified.ToString());
    CAPTURE(Print(test->graph));
    for (const Node& node : plain.nodes) {
      if (node.name != ops::kConvolution) continue;
      CHECK(plain.tensor(node.results.begin).element == ElementType::kF32);
      const ConvolutionAttributes a(OpView(plain, node));
      const size_t n = a.window_strides.size();
      CHECK((n == 1 || n == 2));
      CHECK(a.batch_group_count == 1);
      CHECK(a.lhs_dilation == std::vector<int64_t>(n, 1));
      CHECK(a.window_reversal == std::vector<int64_t>(n, 0));
    }
    CheckSame(*test, plain, random);
  }
}

// As the gradient of a filter is.
TEST_CASE("plain-convolutions: f64 with many taps and few places") {
  TestRandom random(5);
  const std::vector<NamedAttribute> attributes = {
      {"batch_group_count", Attribute::Int(1)},
      {"feature_group_count", Attribute::Int(1)},
      {"input_batch_dimension", Attribute::Int(3)},
      {"input_feature_dimension", Attribute::Int(0)},
      {"input_spatial_dimensions", Attribute::Ints({1, 2})},
      {"kernel_input_feature_dimension", Attribute::Int(0)},
      {"kernel_output_feature_dimension", Attribute::Int(3)},
      {"kernel_spatial_dimensions", Attribute::Ints({1, 2})},
      {"output_batch_dimension", Attribute::Int(2)},
      {"output_feature_dimension", Attribute::Int(3)},
      {"output_spatial_dimensions", Attribute::Ints({0, 1})},
      {"padding", Attribute::Ints({1, 1, 1, 1})}};
  const TestGraph test = OneOp("stablehlo.convolution",
                               {TensorType(ElementType::kF64, {2, 20, 20, 3}),
                                TensorType(ElementType::kF64, {2, 20, 20, 4})},
                               TensorType(ElementType::kF64, {3, 3, 3, 4}), attributes);
  Graph plain;
  REQUIRE(PlainConvolutions({"main", {}}, test.graph, &plain).ok());
  REQUIRE(Verify(plain).ok());
  CHECK(std::ranges::none_of(plain.nodes,
                             [](const Node& node) { return node.name == ops::kConvolution; }));
  CheckSame(test, plain, random);
}

}  // namespace
}  // namespace webhlo::elementwise_testing
