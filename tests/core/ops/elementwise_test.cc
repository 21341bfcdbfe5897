// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/elementwise.h"

#include "core/graph/dialect.h"
#include "core/ops/op_table.h"
#include "tests/core/ops/elementwise_testing.h"

namespace webhlo::elementwise_testing {

namespace {

using E = ElementType;
constexpr E kTypes[] = {E::kF16, E::kBF16, E::kF32, E::kF64, E::kI8, E::kI16, E::kI32, E::kI64,
                        E::kU8,  E::kU16,  E::kU32, E::kU64, E::kI1, E::kC64, E::kC128};

// All combinations of keywords, absent ones included, for the attributes that tell an op's kinds
// apart.
std::vector<std::vector<NamedAttribute>> Kinds(const OpSyntax& syntax) {
  std::vector<std::vector<NamedAttribute>> kinds = {{}};
  for (const AttributeSpec& spec : syntax.attributes) {
    const EnumSpec* keywords = spec.kind == AttributeKind::kEnum ? FindEnum(spec.name) : nullptr;
    CAPTURE(std::string(syntax.name));
    CAPTURE(std::string(spec.name));
    REQUIRE_MESSAGE((keywords || !spec.required), "say here which values to try");
    if (!keywords) continue;
    std::vector<std::vector<NamedAttribute>> longer;
    for (const std::vector<NamedAttribute>& kind : kinds) {
      if (!spec.required) longer.push_back(kind);
      for (std::string_view keyword : keywords->keywords) {
        if (keyword.empty() || keyword == spec.default_value) continue;
        longer.push_back(kind);
        longer.back().push_back({std::string(spec.name), Attribute::String(std::string(keyword))});
      }
    }
    kinds = std::move(longer);
  }
  return kinds;
}

// In units in the last place of the case's type.
int64_t AllowedUlps(const ElementwiseOp& op, E type) {
  // What is rounded once is the same in all engines.
  if (op.ulps <= 0.5f) return 0;
  // The JIT computes in double what the others do, in other forms.
  if (type == E::kC64) return 1;
  if (!IsFloat(type)) return 0;
  // Of f64 neither the vectors nor the C library's are exact.
  if (type == E::kF64) return op.cost == ElementCost::kLanes ? 0 : 4;
  // The f32 result, rounded again, which may tip to a neighbour.
  if (type == E::kF16 || type == E::kBF16) return 1;
  // What lanes compute in double is the reference's, but for vectors of double: near ties.
  if (op.cost == ElementCost::kLanes) return 1;
  // Both lie around the exact result, which the reference has rounded; units halve below a power of
  // two.
  return static_cast<int64_t>(std::floor(op.ulps + 0.5f)) + 1;
}

// Adds the signatures that the op accepts for one, two or three operands of `type`, the first one
// being an i1 where `choice` is set.
void AddCases(const OpSyntax& syntax, const OpDef& def, E type, bool choice,
              std::vector<Case>* cases) {
  for (size_t arity = choice ? 2 : 1; arity <= 3; ++arity) {
    std::vector<E> operands(arity, type);
    if (choice) operands[0] = E::kI1;
    for (const std::vector<NamedAttribute>& kind : Kinds(syntax)) {
      for (E result : kTypes) {
        std::vector<TensorType> types;
        for (E operand : operands) types.emplace_back(operand, std::vector<int64_t>{2});
        const TestGraph test = OneOp(syntax.name, types, TensorType(result, {2}), kind);
        std::vector<Type> results = {test.op().result_type(0)};
        if (!def.infer(test.op(), results).ok() || results[0] != test.op().result_type(0)) continue;
        // Not all ops of complex numbers have tiles.
        const bool complex = IsComplex(type) || IsComplex(result);
        if (complex && !def.elementwise->tile(test.op())) continue;
        cases->push_back({.name = std::string(syntax.name),
                          .operands = operands,
                          .result = result,
                          .attributes = kind,
                          .ulps = AllowedUlps(*def.elementwise, type)});
      }
    }
  }
}

}  // namespace

const std::vector<Case>& AllCases() {
  static const auto* const kCases = [] {
    UseOps();
    auto* cases = new std::vector<Case>;
    for (const OpSyntax& syntax : AllSyntax()) {
      const OpDef* def = FindOp(*FindOpName(syntax.name));
      if (!def || !def->elementwise) continue;
      const size_t before = cases->size();
      for (E type : kTypes) {
        AddCases(syntax, *def, type, false, cases);
        if (type != E::kI1) AddCases(syntax, *def, type, true, cases);
      }
      CAPTURE(std::string(syntax.name));
      CHECK_MESSAGE(cases->size() > before, "an op without a case");
    }
    return cases;
  }();
  return *kCases;
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
      std::vector<Tensor> actual = RunKernel(op, *choice, **kernel, inputs, pool);
      CheckWithin(c.ulps, expected, actual);
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
