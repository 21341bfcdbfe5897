// SPDX-License-Identifier: Apache-2.0
//
// Reductions by computations that have no kernel: as functions of the JIT they agree with the
// reference, whatever the computation, the shape and what is reduced.
#include "core/jit/install.h"
#include "core/kernels/fold.h"
#include "tests/core/ops/engines_testing.h"

namespace webhlo::elementwise_testing {
namespace {

using E = ElementType;

class Body {
 public:
  Body(GraphBuilder& b, std::span<const E> elements) : b_(b) {
    for (int turn = 0; turn < 2; ++turn) {
      for (E element : elements) arguments_.push_back(b.AddArgument(TensorType(element, {})));
    }
  }
  ValueId accumulator(size_t k = 0) const { return arguments_[k]; }
  ValueId value(size_t k = 0) const { return arguments_[arguments_.size() / 2 + k]; }
  ValueId Add(std::string_view name, std::vector<ValueId> operands, E result,
              std::vector<NamedAttribute> attributes = {}) {
    const Type type = TensorType(result, {});
    return b_.AddNode(name, operands, std::span(&type, 1), std::move(attributes));
  }
  ValueId Compare(std::string_view direction, ValueId a, ValueId b) {
    return Add("stablehlo.compare", {a, b}, E::kI1,
               {{"comparison_direction", Attribute::String(std::string(direction))}});
  }
  ValueId Constant(E element, double value) {
    DenseElements dense{.type = TensorType(element, {}), .splat = true, .bytes = {}};
    dense.bytes.resize(static_cast<size_t>(ByteWidth(element)));
    if (IsFloat(element)) {
      StoreF64(element, dense.bytes.data(), value);
    } else {
      StoreI64(element, dense.bytes.data(), static_cast<int64_t>(value));
    }
    return Add("stablehlo.constant", {}, element, {{"value", Attribute::Dense(std::move(dense))}});
  }

 private:
  GraphBuilder& b_;
  std::vector<ValueId> arguments_;
};

// A reduce of operands of these types; `body` makes the results.
template <class F>
TestGraph Reduction(std::vector<E> elements, std::vector<int64_t> dims,
                    std::vector<int64_t> reduced, F body) {
  TestGraph test;
  GraphBuilder b(&test.graph);
  Function main;
  main.name = "main";
  main.body = b.BeginRegion();
  std::vector<int64_t> kept;
  for (size_t d = 0; d < dims.size(); ++d) {
    if (std::find(reduced.begin(), reduced.end(), d) == reduced.end()) kept.push_back(dims[d]);
  }
  std::vector<ValueId> operands;
  std::vector<Type> types;
  for (E element : elements) operands.push_back(b.AddArgument(TensorType(element, dims)));
  for (E element : elements) {
    operands.push_back(b.AddArgument(TensorType(element, {})));
    types.emplace_back(TensorType(element, kept));
  }
  const RegionId region = b.BeginRegion();
  Body inner(b, elements);
  b.EndRegion(body(inner));
  const ValueId first =
      b.AddNode("stablehlo.reduce", operands, types,
                {{"dimensions", Attribute::Ints(std::move(reduced))}}, std::span(&region, 1));
  std::vector<ValueId> results;
  for (uint32_t i = 0; i < elements.size(); ++i) results.push_back(first + i);
  b.EndRegion(results);
  test.graph.functions.push_back(std::move(main));
  test.node = static_cast<NodeId>(test.graph.nodes.size() - 1);
  return test;
}

// Natively there is no JIT, and nothing to compare.
void CheckFold(const TestGraph& test, Random& random, ThreadPool& pool, int64_t ulps = 0) {
  const size_t engines = CheckEngines(test, random, ulps, pool);
  CHECK((engines > 0) == jit::Available());
}

struct Shape {
  std::vector<int64_t> dims, reduced;
};
const Shape kShapes[] = {
    {{67}, {0}},               // One result.
    {{9, 21}, {0}},            // Vectors and a tail.
    {{6, 7}, {1}},             // Along the rows: strided.
    {{5, 1}, {1}},             // Nothing to fold but one element each.
    {{1, 66}, {0}},            //
    {{4, 5, 6}, {1}},          // The middle.
    {{4, 5, 6}, {0, 2}},       // Around the middle.
    {{3, 2, 5, 4}, {3, 1}},    //
    {{2, 3, 70}, {0, 1}},      // Neighbours are one loop.
    {{2, 1, 3, 1, 5}, {1, 2}}  // Loops of one trip.
};

TEST_CASE("fold: index of the largest element, as programs write it") {
  Random random(1);
  ThreadPool pool(2);
  for (const Shape& shape : kShapes) {
    for (E element : {E::kF32, E::kF64, E::kI32, E::kBF16, E::kU64}) {
      for (E index : {E::kI32, E::kI64}) {
        CAPTURE(ElementTypeName(element));
        CheckFold(
            Reduction(
                {element, index}, shape.dims, shape.reduced,
                [&](Body& b) {
                  const ValueId greater = b.Compare("GT", b.accumulator(0), b.value(0));
                  const ValueId nan = b.Compare("NE", b.accumulator(0), b.accumulator(0));
                  const ValueId wins = b.Add("stablehlo.or", {greater, nan}, E::kI1);
                  const ValueId equal = b.Compare("EQ", b.accumulator(0), b.value(0));
                  const ValueId before = b.Compare("LT", b.accumulator(1), b.value(1));
                  const ValueId first =
                      b.Add("stablehlo.or", {wins, b.Add("stablehlo.and", {equal, before}, E::kI1)},
                            E::kI1);
                  return std::vector<ValueId>{
                      b.Add("stablehlo.select", {wins, b.accumulator(0), b.value(0)}, element),
                      b.Add("stablehlo.select", {first, b.accumulator(1), b.value(1)}, index)};
                }),
            random, pool);
      }
    }
  }
}

TEST_CASE("fold: what depends on the order is done in the reference's") {
  Random random(2);
  ThreadPool pool(2);
  for (const Shape& shape : kShapes) {
    for (E element : {E::kF32, E::kF64, E::kI32, E::kI8, E::kF16}) {
      CAPTURE(ElementTypeName(element));
      CheckFold(Reduction({element}, shape.dims, shape.reduced,
                          [&](Body& b) {
                            const ValueId scaled =
                                b.Add("stablehlo.multiply",
                                      {b.accumulator(), b.Constant(element, 3)}, element);
                            return std::vector<ValueId>{
                                b.Add("stablehlo.subtract", {scaled, b.value()}, element)};
                          }),
                random, pool);
    }
  }
}

TEST_CASE("fold: results that change places, stay, or are constants") {
  Random random(3);
  ThreadPool pool(1);
  for (const Shape& shape : kShapes) {
    CheckFold(Reduction({E::kF32, E::kF32, E::kF64, E::kI1}, shape.dims, shape.reduced,
                        [](Body& b) {
                          return std::vector<ValueId>{b.accumulator(1), b.accumulator(0),
                                                      b.Constant(E::kF64, 2.5), b.value(3)};
                        }),
              random, pool);
  }
}

// Every op of every type: of two operands on accumulator and element, of one on their choice.
TEST_CASE("fold: every elementwise op, with every type") {
  Random random(4);
  ThreadPool pool(1);
  const Shape shapes[] = {{{3, 7}, {0}}, {{6, 3}, {1}}};
  for (const Case& c : AllCases()) {
    CAPTURE(c.Text());
    // The total order tells the bits of the NaN that `maximum` gives, which are not promised.
    if (c.Text().find("TOTALORDER") != std::string::npos) continue;
    const E element = c.operands.back();
    for (const Shape& shape : shapes) {
      const TestGraph test =
          Reduction({element, c.result}, shape.dims, shape.reduced, [&](Body& b) {
            const ValueId larger =
                b.Add("stablehlo.maximum", {b.accumulator(), b.value()}, element);
            std::vector<ValueId> operands;
            for (size_t k = 0; k < c.operands.size(); ++k) {
              operands.push_back(k + 1 == c.operands.size() ? larger : b.value());
            }
            if (c.operands.front() == E::kI1 && element != E::kI1) {
              operands[0] = b.Compare("LT", b.accumulator(), b.value());
            }
            return std::vector<ValueId>{larger,
                                        b.Add(c.name, std::move(operands), c.result, c.attributes)};
          });
      const size_t engines = CheckEngines(test, random, c.ulps, pool);
      // 32-bit lanes are wrong for some ops of narrow integers.
      const OpView op(test.graph, test.graph.nodes[test.node - 1]);
      const ElementwiseOp& elementwise = *op.node().op->elementwise;
      // Of what is wider than 8 bytes there are no folds.
      const bool emits = elementwise.can_emit && elementwise.can_emit(op) &&
                         ByteWidth(element) <= 8 && ByteWidth(c.result) <= 8;
      CHECK((engines > 0) == (jit::Available() && emits));
    }
  }
}

TEST_CASE("fold: neighbouring loops that walk memory as one are one") {
  const std::vector<int64_t> dims = {2, 3, 4, 5};
  const FoldLoops outer(dims, std::vector<int64_t>{1, 0});
  CHECK(outer.kept.sizes == std::vector<int64_t>{20});
  CHECK(outer.folded.sizes == std::vector<int64_t>{6});
  CHECK(outer.folded.strides == std::vector<int64_t>{20});
  const FoldLoops mixed(dims, std::vector<int64_t>{0, 2});
  CHECK(mixed.kept.sizes == std::vector<int64_t>{3, 5});
  CHECK(mixed.kept.strides == std::vector<int64_t>{20, 1});
  CHECK(mixed.folded.sizes == std::vector<int64_t>{2, 4});
  CHECK(mixed.folded.strides == std::vector<int64_t>{60, 5});
  CHECK(mixed.folded.OffsetOf(5) == 65);
}

}  // namespace
}  // namespace webhlo::elementwise_testing
