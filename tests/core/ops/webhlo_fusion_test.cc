// SPDX-License-Identifier: Apache-2.0
//
// Fusions through both engines. The JIT's part runs where modules can be installed (under Node).
#include "core/jit/install.h"
#include "core/jit/module_builder.h"
#include "core/ops/fusion.h"
#include "core/ops/op_table.h"
#include "tests/core/kernels/kernel_testing.h"
#include "tests/core/ops/elementwise_testing.h"
#include "tests/core/ops/engines_testing.h"

namespace webhlo::elementwise_testing {
namespace {

using E = ElementType;

void CheckFusion(const TestGraph& test, Random& random, int64_t ulps, ThreadPool& pool) {
  CHECK(CheckEngines(test, random, ulps, pool) > 0);
}

TEST_CASE("fusion: every elementwise op alone, with every type and tail") {
  Random random(2);
  ThreadPool pool(1);
  for (const Case& c : AllCases()) {
    CAPTURE(c.Text());
    for (int64_t count : {1, 6, 67}) {
      std::vector<TensorType> types;
      for (E type : c.operands) types.emplace_back(type, std::vector<int64_t>{count});
      CheckFusion(FusedOp(c.name, types, TensorType(c.result, {count}), c.attributes), random,
                  c.ulps, pool);
    }
  }
}

TEST_CASE("fusion: tails of every length") {
  Random random(3);
  ThreadPool pool(1);
  for (int64_t count = 1; count < 68; ++count) {
    for (E type : {E::kF32, E::kI8, E::kI16, E::kBF16}) {
      const TensorType t(type, {count});
      CheckFusion(FusedOp("stablehlo.add", {t, t}, t), random, 0, pool);
    }
    const TensorType f32(E::kF32, {count}), i1(E::kI1, {count});
    CheckFusion(FusedOp("stablehlo.compare", {f32, f32}, i1,
                        {{"comparison_direction", Attribute::String("LT")}}),
                random, 0, pool);
  }
}

TEST_CASE("fusion: broadcasts of every kind") {
  Random random(4);
  ThreadPool pool(3);
  struct Broadcast {
    std::vector<int64_t> from, dims, to;
  };
  const Broadcast broadcasts[] = {
      {{}, {}, {37}},                     // scalar
      {{5}, {1}, {7, 5}},                 // along rows
      {{7}, {0}, {7, 5}},                 // along columns
      {{1, 5}, {0, 1}, {7, 5}},           // size one
      {{3, 1, 6}, {0, 1, 2}, {3, 4, 6}},  // the middle
      {{4}, {1}, {3, 4, 6}},              //
      {{3, 6}, {0, 2}, {3, 4, 6}},        //
      {{6, 3}, {2, 0}, {3, 4, 6}},        // permuted: strided loads
      {{4, 3}, {1, 0}, {3, 4}},           //
      {{2, 3}, {1, 3}, {5, 2, 4, 3}},     //
      {{5, 4}, {0, 2}, {5, 2, 4, 3}},     //
      {{64}, {1}, {300, 64}},             // enough for threads
      {{300}, {0}, {300, 64}},            //
      {{1}, {0}, {40000}},                //
      {{}, {}, {}},                       //
  };
  for (const Broadcast& b : broadcasts) {
    for (E type : {E::kF32, E::kI32, E::kU8, E::kI16}) {
      const TensorType from(type, b.from), to(type, b.to);
      CAPTURE(ToString(from));
      CAPTURE(ToString(to));
      CheckFusion(FusedOp("stablehlo.subtract", {from, to}, to, {}, {b.dims, {}}), random, 0, pool);
    }
    const TensorType pred(E::kI1, b.from), value(E::kF32, b.to);
    CheckFusion(FusedOp("stablehlo.select", {pred, value, value}, value, {}, {b.dims, {}, {}}),
                random, 0, pool);
  }
}

// Appends `name` to an open body.
ValueId Add(GraphBuilder& b, std::string_view name, std::vector<ValueId> operands, TensorType type,
            std::vector<NamedAttribute> attributes = {}) {
  const Type t = std::move(type);
  return b.AddNode(name, operands, std::span(&t, 1), std::move(attributes));
}

ValueId Splat(GraphBuilder& b, TensorType type, double value) {
  DenseElements dense{.type = type, .splat = true, .bytes = {}};
  dense.bytes.resize(static_cast<size_t>(ByteWidth(type.element)));
  if (IsFloat(type.element)) {
    StoreF64(type.element, dense.bytes.data(), value);
  } else {
    StoreI64(type.element, dense.bytes.data(), static_cast<int64_t>(value));
  }
  return Add(b, "stablehlo.constant", {}, type, {{"value", Attribute::Dense(std::move(dense))}});
}

// A body with several results, constants, one operand seen in two ways, an unused operand, a result
// that is an argument and one that is given twice.
TestGraph LongBody(std::vector<int64_t> shape, double bound = 6, double fill = 2.5) {
  const TensorType f32(E::kF32, shape), i1(E::kI1, shape), i32(E::kI32, shape);
  const TensorType row(E::kF32, {shape.back()}), scalar(E::kF32, {});
  TestGraph test;
  GraphBuilder b(&test.graph);
  Function main;
  main.name = "main";
  main.body = b.BeginRegion();
  const std::vector<Type> types = {f32, row, scalar, i32};
  std::vector<ValueId> outer, inner;
  for (const Type& type : types) outer.push_back(b.AddArgument(type));
  const RegionId body = b.BeginRegion();
  for (const Type& type : types) inner.push_back(b.AddArgument(type));
  const auto broadcast = [&](ValueId v, std::vector<int64_t> dims) {
    return Add(b, "stablehlo.broadcast_in_dim", {v}, f32,
               {{"broadcast_dimensions", Attribute::Ints(std::move(dims))}});
  };
  const int64_t last = static_cast<int64_t>(shape.size()) - 1;
  const ValueId x = inner[0];
  const ValueId wide = broadcast(inner[1], {last});
  const ValueId scale = broadcast(inner[2], {});
  const ValueId hidden = Add(b, "stablehlo.multiply", {x, scale}, f32);
  const ValueId sum = Add(b, "stablehlo.add", {hidden, wide}, f32);
  const ValueId relu = Add(b, "stablehlo.maximum", {sum, Splat(b, f32, 0)}, f32);
  const ValueId six = Add(b, "stablehlo.minimum", {Splat(b, f32, bound), relu}, f32);
  const ValueId less = Add(b, "stablehlo.compare", {x, six}, i1,
                           {{"comparison_direction", Attribute::String("LT")}});
  const ValueId chosen = Add(b, "stablehlo.select", {less, hidden, six}, f32);
  const ValueId whole = Add(b, "stablehlo.convert", {chosen}, i32);
  const ValueId shifted =
      Add(b, "stablehlo.shift_right_arithmetic", {whole, Splat(b, i32, 1)}, i32);
  const ValueId both = Add(b, "stablehlo.and", {less, Splat(b, i1, 1)}, i1);
  // Constant from row to row, and everywhere.
  const ValueId root = Add(b, "stablehlo.sqrt", {scale}, f32);
  const std::vector<ValueId> returned = {six, shifted, both, x, six, root, Splat(b, f32, fill),
                                         wide};
  std::vector<Type> result_types;
  for (ValueId v : returned) result_types.push_back(test.graph.type(v));
  b.EndRegion(returned);
  const ValueId first = b.AddNode("webhlo.fusion", outer, result_types, {}, std::span(&body, 1));
  std::vector<ValueId> results;
  for (uint32_t i = 0; i < returned.size(); ++i) results.push_back(first + i);
  b.EndRegion(results);
  test.graph.functions.push_back(std::move(main));
  test.node = static_cast<NodeId>(test.graph.nodes.size() - 1);
  return test;
}

TEST_CASE("fusion: a long body with many results") {
  Random random(5);
  ThreadPool pool(2);
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{3}, {4, 5}, {2, 3, 16}, {1, 130}, {500, 67}}) {
    CheckFusion(LongBody(shape), random, 0, pool);
  }
}

TEST_CASE(
    "fusion: bodies that differ in constants share a function where it does not depend on them") {
  const std::vector<int64_t> shape = {4, 5};
  const TestGraph bodies[] = {LongBody(shape), LongBody(shape, 7, 2.5), LongBody(shape, 6, -1),
                              LongBody(shape, -0.0)};
  jit::ModuleBuilder builder({.shared_memory = jit::kSharedMemory});
  std::vector<KernelChoice> choices;
  for (const TestGraph& body : bodies) {
    const std::optional<KernelChoice> choice =
        ChooseKernel(body.op().node().op->kernels, {.op = body.op(), .jit = &builder});
    REQUIRE(choice);
    REQUIRE(choice->kernel == "jit");
    choices.push_back(*choice);
  }
  const auto function = [&](size_t i) { return choices[i].parameters[0]; };
  const auto constants_of = [&](size_t i) { return choices[i].parameters[1]; };
  CHECK(function(1) == function(0));
  CHECK(constants_of(1) != constants_of(0));
  CHECK(function(2) == function(0));
  CHECK(constants_of(2) != constants_of(0));
  CHECK(function(3) != function(0));  // A minimum minds the sign of 0.
  if (!jit::Available()) return;

  Random random(7);
  ThreadPool pool(1);
  const Functions functions = InstallAll(builder, pool);
  for (size_t i = 0; i < choices.size(); ++i) {
    std::vector<Tensor> inputs;
    for (size_t k = 0; k < bodies[i].op().num_operands(); ++k) {
      inputs.emplace_back(bodies[i].op().operand(k));
      random.Fill(inputs.back());
    }
    const OpView op = bodies[i].op();
    const std::unique_ptr<Kernel> kernel = MustMake(op, choices[i], functions);
    std::vector<Tensor> expected = Interpreted(bodies[i], inputs);
    std::vector<Tensor> actual = RunKernel(op, choices[i], *kernel, inputs, pool);
    CheckWithin(0, expected, actual);
  }
}

TEST_CASE("fusion: a result may take the place of an operand") {
  Random random(6);
  ThreadPool pool(1);
  const TestGraph test = LongBody({9, 21});
  std::vector<Tensor> inputs;
  for (size_t k = 0; k < test.op().num_operands(); ++k) {
    inputs.emplace_back(test.op().operand(k));
    random.Fill(inputs.back());
  }
  std::vector<Tensor> expected = Interpreted(test, inputs);
  for (Engine& engine : Engines(test, pool)) {
    CAPTURE(engine.name);
    std::vector<Tensor> results;
    for (size_t r = 0; r < test.op().num_results(); ++r) results.emplace_back(test.op().result(r));
    Tensor shared(inputs[0].type);
    std::memcpy(shared.buffer.data(), inputs[0].buffer.data(),
                static_cast<size_t>(shared.type.ByteSize()));
    std::vector<void*> args = {shared.buffer.data(), inputs[1].buffer.data(),
                               inputs[2].buffer.data(), inputs[3].buffer.data()};
    for (Tensor& result : results) args.push_back(result.buffer.data());
    args[4] = shared.buffer.data();
    engine.kernel->Run(args.data(), {0, engine.kernel->pieces()}, pool);
    std::string where;
    CHECK_MESSAGE(Distance(expected[0], shared, &where) == 0, where);
    CHECK_MESSAGE(Distance(expected[1], results[1], &where) == 0, where);
    CHECK_MESSAGE(Distance(expected[3], results[3], &where) == 0, where);
  }
}

TEST_CASE("fusion: neighbouring loops become one as far as operands allow") {
  const LoopNest flat = *FusionLoopNest(
      FusedOp("stablehlo.add", {TensorType(E::kF32, {2, 3, 4}), TensorType(E::kF32, {2, 3, 4})},
              TensorType(E::kF32, {2, 3, 4}))
          .op());
  CHECK(flat.sizes == std::vector<int64_t>{24});
  const LoopNest bias = *FusionLoopNest(
      FusedOp("stablehlo.add", {TensorType(E::kF32, {2, 3, 4}), TensorType(E::kF32, {4})},
              TensorType(E::kF32, {2, 3, 4}), {}, {{}, {2}})
          .op());
  CHECK(bias.sizes == std::vector<int64_t>{6, 4});
  // The broadcast stands before the node that uses the other operand.
  CHECK(bias.inputs[0].strides == std::vector<int64_t>{0, 1});
  CHECK(bias.inputs[1].strides == std::vector<int64_t>{4, 1});
  const LoopNest scalar = *FusionLoopNest(
      FusedOp("stablehlo.add", {TensorType(E::kF32, {2, 3, 4}), TensorType(E::kF32, {})},
              TensorType(E::kF32, {2, 3, 4}), {}, {{}, {}})
          .op());
  CHECK(scalar.sizes == std::vector<int64_t>{24});
  CHECK(scalar.inputs[0].strides == std::vector<int64_t>{0});
}

// Converts `from` to `type`, and compares the engines with the reference.
void CheckConversion(const TensorView& from, E type, ThreadPool& pool) {
  CAPTURE(ToString(from.type()));
  CAPTURE(std::string(ElementTypeName(type)));
  const TensorType to(type, from.type().dims);
  std::vector<Tensor> inputs;
  inputs.emplace_back(from.type());
  std::memcpy(inputs[0].buffer.data(), from.data(), static_cast<size_t>(from.type().ByteSize()));
  CheckEnginesOn(FusedOp("stablehlo.convert", {from.type()}, to), inputs, pool,
                 [](std::vector<Tensor>& expected, std::vector<Tensor>& actual) {
                   CheckWithin(0, expected, actual);
                 });
}

TEST_CASE("fusion: floats of 4 to 8 bits, every value and every way to round to them") {
  ThreadPool pool(1);
  // All patterns of 16 bits, alone and as the upper half of an f32 with lower halves that tip
  // roundings.
  Tensor halves(TensorType(E::kF16, {1 << 16})), brains(TensorType(E::kBF16, {1 << 16}));
  Tensor floats(TensorType(E::kF32, {1 << 18})), doubles(TensorType(E::kF64, {1 << 18}));
  for (int64_t i = 0; i < 1 << 18; ++i) {
    const auto bits = static_cast<uint16_t>(i);
    std::memcpy(halves.view().at(bits), &bits, 2);
    std::memcpy(brains.view().at(bits), &bits, 2);
    const uint32_t lower[] = {0, 1, 0x7fff, 0xffff};
    const uint32_t whole = static_cast<uint32_t>(bits) << 16 | lower[i >> 16];
    std::memcpy(floats.view().at(i), &whole, 4);
    doubles.view().SetF64(i, floats.view().F64(i) * (1 + (i >> 16) * 0x1p-50));
  }
  for (E type : {E::kF4E2M1FN, E::kF6E2M3FN, E::kF6E3M2FN, E::kF8E3M4, E::kF8E4M3, E::kF8E4M3FN,
                 E::kF8E4M3FNUZ, E::kF8E4M3B11FNUZ, E::kF8E5M2, E::kF8E5M2FNUZ}) {
    for (Tensor* from : {&halves, &brains, &floats, &doubles}) {
      CheckConversion(from->view(), type, pool);
    }
    const int64_t count = int64_t{1} << BitWidth(type);
    Tensor all(TensorType(type, {count}));
    for (int64_t i = 0; i < count; ++i) *all.view().at(i) = static_cast<uint8_t>(i);
    for (E to : {E::kF16, E::kBF16, E::kF32, E::kF64, E::kI32, E::kI1, E::kF8E5M2, E::kF6E2M3FN}) {
      if (to != type) CheckConversion(all.view(), to, pool);
    }
    // Sums of all pairs.
    const TensorType pairs(type, {count * count});
    std::vector<Tensor> inputs;
    inputs.emplace_back(pairs);
    inputs.emplace_back(pairs);
    for (int64_t i = 0; i < count * count; ++i) {
      *inputs[0].view().at(i) = static_cast<uint8_t>(i / count);
      *inputs[1].view().at(i) = static_cast<uint8_t>(i % count);
    }
    for (std::string_view name : {"stablehlo.add", "stablehlo.divide", "stablehlo.maximum"}) {
      CheckEnginesOn(FusedOp(name, {pairs, pairs}, pairs), inputs, pool,
                     [](std::vector<Tensor>& expected, std::vector<Tensor>& actual) {
                       CheckWithin(0, expected, actual);
                     });
    }
  }
}

TEST_CASE("fusion: infer refuses what engines could not run") {
  const TensorType f32(E::kF32, {2, 2}), other(E::kF32, {3});
  const auto error = [](const TestGraph& test) {
    std::vector<Type> results = {test.op().result_type(0)};
    return std::string(test.op().node().op->infer(test.op(), results).message());
  };
  CHECK(error(FusedOp("stablehlo.add", {f32, f32}, f32)).empty());
  CHECK(error(FusedOp("stablehlo.add", {f32, other}, f32)).find("expected shape [2, 2]") !=
        std::string::npos);
  CHECK(error(FusedOp("stablehlo.transpose", {f32}, f32)).find("not elementwise") !=
        std::string::npos);
}

}  // namespace
}  // namespace webhlo::elementwise_testing
