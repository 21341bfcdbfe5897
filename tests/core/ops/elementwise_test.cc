// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/elementwise.h"

#include "tests/core/ops/elementwise_testing.h"

namespace webhlo::elementwise_testing {

namespace {

using E = ElementType;
constexpr E kFloats[] = {E::kF16, E::kBF16, E::kF32, E::kF64};
constexpr E kIntegers[] = {E::kI8, E::kI16, E::kI32, E::kI64, E::kU8, E::kU16, E::kU32, E::kU64};

// The bounds of docs/accuracy.md for f32. The other types: f64 is the reference's own function; f16
// and bf16 round the f32 result, which may tip to a neighbour.
struct Function {
  std::string_view name;
  int64_t ulps;
};
constexpr Function kFunctions[] = {
    {"cbrt", 0}, {"cosine", 2},       {"exponential", 1}, {"exponential_minus_one", 3},
    {"log", 2},  {"log_plus_one", 3}, {"logistic", 3},    {"rsqrt", 2},
    {"sine", 2}, {"tan", 0},          {"tanh", 3},
};

}  // namespace

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  auto add = [&](std::string_view name, int arity, E type, int64_t ulps = 0) {
    cases.push_back({.name = StrCat("stablehlo.", name),
                     .operands = std::vector<E>(static_cast<size_t>(arity), type),
                     .result = type,
                     .attributes = {},
                     .ulps = ulps});
  };
  for (const char* name : {"add", "multiply", "maximum", "minimum", "and", "or", "xor"}) {
    add(name, 2, E::kI1);
  }
  add("not", 1, E::kI1);
  for (E type : kIntegers) {
    for (const char* name :
         {"add", "subtract", "multiply", "divide", "remainder", "maximum", "minimum", "power",
          "and", "or", "xor", "shift_left", "shift_right_arithmetic", "shift_right_logical"}) {
      add(name, 2, type);
    }
    for (const char* name : {"negate", "not", "popcnt", "count_leading_zeros"}) add(name, 1, type);
    if (IsSignedInteger(type)) add("abs", 1, type);
    if (IsSignedInteger(type)) add("sign", 1, type);
  }
  for (E type : kFloats) {
    const bool narrow = type == E::kF16 || type == E::kBF16;
    for (const char* name :
         {"add", "subtract", "multiply", "divide", "remainder", "maximum", "minimum"}) {
      add(name, 2, type);
    }
    for (const char* name : {"abs", "negate", "sign", "ceil", "floor", "round_nearest_afz",
                             "round_nearest_even", "sqrt"}) {
      add(name, 1, type);
    }
    for (const char* name : {"power", "atan2"}) add(name, 2, type, narrow ? 1 : 0);
    for (const Function& f : kFunctions) {
      add(f.name, 1, type, type == E::kF64 ? 0 : narrow ? 1 : f.ulps);
    }
    cases.push_back({"stablehlo.is_finite", {type}, E::kI1, {}, 0});
  }
  std::vector<E> all(std::begin(kFloats), std::end(kFloats));
  all.insert(all.end(), std::begin(kIntegers), std::end(kIntegers));
  all.push_back(E::kI1);
  for (E type : all) {
    for (const char* direction : {"EQ", "NE", "GE", "GT", "LE", "LT"}) {
      cases.push_back({"stablehlo.compare",
                       {type, type},
                       E::kI1,
                       {{"comparison_direction", Attribute::String(direction)}},
                       0});
      if (!IsFloat(type)) continue;
      cases.push_back({"stablehlo.compare",
                       {type, type},
                       E::kI1,
                       {{"compare_type", Attribute::String("TOTALORDER")},
                        {"comparison_direction", Attribute::String(direction)}},
                       0});
    }
    cases.push_back({"stablehlo.select", {E::kI1, type, type}, type, {}, 0});
    cases.push_back({"stablehlo.clamp", {type, type, type}, type, {}, 0});
    for (E to : all) cases.push_back({"stablehlo.convert", {type}, to, {}, 0});
  }
  return cases;
}

TEST_CASE("elementwise: tiles agree with references, for every op, type and tail") {
  Random random(1);
  ThreadPool pool(1);
  for (const Case& c : AllCases()) {
    CAPTURE(c.Text());
    for (int64_t count : {0, 1, 2, 3, 7, 16, 67, 1000}) {
      const auto typed = [&](E type) { return TensorType(type, {count}); };
      std::vector<TensorType> types;
      for (E type : c.operands) types.push_back(typed(type));
      const TestGraph test = OneOp(c.name, types, typed(c.result), c.attributes);
      const OpView op = test.op();
      REQUIRE(op.node().op);
      std::vector<Type> results = {op.result_type(0)};
      const Status inferred = op.node().op->infer(op, results);
      REQUIRE_MESSAGE(inferred.ok(), inferred.ToString());
      CHECK(results[0] == op.result_type(0));
      REQUIRE((op.node().op->elementwise->tile(op) != nullptr));
      const std::optional<KernelChoice> choice = ChooseKernel(op.node().op->kernels, {.op = op});
      REQUIRE(choice.has_value());
      auto kernel = MakeKernel(op.node().op->kernels, {op, *choice});
      REQUIRE(kernel.ok());

      std::vector<Tensor> inputs;
      for (const TensorType& type : types) {
        inputs.emplace_back(type);
        random.Fill(inputs.back());
      }
      std::vector<Tensor> expected = Interpreted(test, inputs);
      std::vector<Tensor> actual = RunKernel(test, **kernel, inputs, pool);
      CHECK(actual[0].PaddingIntact());
      std::string where;
      const int64_t distance = Distance(expected[0], actual[0], &where);
      CHECK_MESSAGE((distance >= 0 && distance <= c.ulps), where);
    }
  }
}

TEST_CASE("elementwise: infer names both sides and the constraint") {
  const TensorType f32(E::kF32, {2}), f32_3(E::kF32, {3}), i32(E::kI32, {2}), i1(E::kI1, {2});
  const auto error = [](const TestGraph& test) {
    std::vector<Type> results = {test.op().result_type(0)};
    return std::string(test.op().node().op->infer(test.op(), results).message());
  };
  CHECK(error(OneOp("stablehlo.add", {f32, f32_3}, f32)).find("(C1)") != std::string::npos);
  CHECK(error(OneOp("stablehlo.add", {f32}, f32)).find("1 operands, expected 2") !=
        std::string::npos);
  CHECK(error(OneOp("stablehlo.exponential", {i32}, i32))
            .find("expected floating-point or complex") != std::string::npos);
  CHECK(error(OneOp("stablehlo.and", {f32, f32}, f32)).find("expected boolean or integer") !=
        std::string::npos);
  CHECK(error(OneOp("stablehlo.select", {f32, f32, f32}, f32)).find("pred") != std::string::npos);
  CHECK(error(OneOp("stablehlo.clamp", {f32_3, f32, f32}, f32)).find("(C1)") != std::string::npos);
  CHECK(error(OneOp("stablehlo.convert", {f32_3}, i32)).find("(C1)") != std::string::npos);
  CHECK(error(OneOp("stablehlo.compare", {f32, f32}, i1,
                    {{"compare_type", Attribute::String("SIGNED")},
                     {"comparison_direction", Attribute::String("EQ")}}))
            .find("(C3)") != std::string::npos);
}

}  // namespace webhlo::elementwise_testing
