// SPDX-License-Identifier: Apache-2.0
//
// Sorts: which comparators are an order by keys, and that all engines sort as the reference does.
#include "core/ops/comparator.h"
#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/program_testing.h"
#include "tests/sanitizers.h"

namespace webhlo::elementwise_testing {
namespace {

// A sort of operands of these types by a comparator whose arguments are %a0, %b0, %a1, ...
std::string SortProgram(const std::vector<std::string>& elements, const std::string& shape,
                        int dimension, std::string_view comparator) {
  std::string arguments, operands, types, scalars;
  for (size_t k = 0; k < elements.size(); ++k) {
    const std::string_view comma = k > 0 ? ", " : "";
    const std::string type = StrCat("tensor<", shape, "x", elements[k], ">");
    StrAppend(&arguments, comma, "%x", k, ": ", type);
    StrAppend(&operands, comma, "%x", k);
    StrAppend(&types, comma, type);
    StrAppend(&scalars, comma, "%a", k, ": tensor<", elements[k], ">, %b", k, ": tensor<",
              elements[k], ">");
  }
  return StrCat(
      "func.func @main(", arguments, ") -> (", types, ") {\n%r:", elements.size(),
      " = \"stablehlo.sort\"(", operands, ") <{dimension = ", dimension, " : i64}> ({\n^bb0(",
      scalars, "):\n", comparator, "\nstablehlo.return %p : tensor<i1>\n}) : (", types, ") -> (",
      types, ")\nreturn ",
      [&] {
        std::string results;
        for (size_t k = 0; k < elements.size(); ++k) {
          StrAppend(&results, k > 0 ? ", " : "", "%r#", k);
        }
        return results;
      }(),
      " : ", types, "\n}");
}

std::string Compare(std::string_view direction, std::string_view element,
                    std::string_view type = "") {
  return StrCat("%p = stablehlo.compare ", direction, ", %a0, %b0", type.empty() ? "" : ", ", type,
                " : (tensor<", element, ">, tensor<", element, ">) -> tensor<i1>");
}

// As JAX writes an order of floats, in which zeros are equal and NaNs are last and equal.
constexpr std::string_view kJaxFloat = R"(
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %nan = stablehlo.constant dense<0x7FC00000> : tensor<f32>
  %az = stablehlo.compare EQ, %a0, %zero, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %a1z = stablehlo.select %az, %zero, %a0 : tensor<i1>, tensor<f32>
  %an = stablehlo.compare NE, %a0, %a0, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %ac = stablehlo.select %an, %nan, %a1z : tensor<i1>, tensor<f32>
  %bz = stablehlo.compare EQ, %b0, %zero, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %b1z = stablehlo.select %bz, %zero, %b0 : tensor<i1>, tensor<f32>
  %bn = stablehlo.compare NE, %b0, %b0, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %bc = stablehlo.select %bn, %nan, %b1z : tensor<i1>, tensor<f32>
)";
const std::string kJaxOrder =
    StrCat(kJaxFloat,
           "%p = stablehlo.compare LT, %ac, %bc, TOTALORDER : (tensor<f32>, tensor<f32>) -> "
           "tensor<i1>");
// The first operand, then descending the second.
const std::string kTwoKeys = StrCat(kJaxFloat, R"(
  %less = stablehlo.compare LT, %ac, %bc, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %same = stablehlo.compare EQ, %ac, %bc, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %next = stablehlo.compare GT, %a1, %b1 : (tensor<i32>, tensor<i32>) -> tensor<i1>
  %both = stablehlo.and %same, %next : tensor<i1>
  %p = stablehlo.or %less, %both : tensor<i1>)");
// By the sum of both, which is no key.
constexpr std::string_view kBySum = R"(
  %s = stablehlo.add %a0, %a1 : tensor<i32>
  %t = stablehlo.add %b0, %b1 : tensor<i32>
  %p = stablehlo.compare LT, %s, %t : (tensor<i32>, tensor<i32>) -> tensor<i1>)";

std::optional<std::vector<SortKey>> KeysOf(const std::vector<std::string>& elements,
                                           std::string_view comparator) {
  const TestGraph test = Program(SortProgram(elements, "4", 0, comparator), ops::kSort);
  return ComparatorReader(test.graph, test.op().region_id(0)).Keys();
}

TEST_CASE("comparators: an order by keys") {
  using E = ElementType;
  const auto one = [](E element, bool descending, bool merges) {
    return std::vector<SortKey>{{0, element, descending, merges, merges}};
  };
  CHECK(KeysOf({"i32"}, Compare("LT", "i32")) == one(E::kI32, false, false));
  CHECK(KeysOf({"ui8", "f64"}, Compare("GT", "ui8")) == one(E::kU8, true, false));
  CHECK(KeysOf({"f32"}, Compare("LT", "f32", "TOTALORDER")) == one(E::kF32, false, false));
  CHECK(KeysOf({"f32"}, Compare("GT", "f32", "FLOAT")) == one(E::kF32, true, true));
  CHECK(KeysOf({"f32"}, kJaxOrder) == one(E::kF32, false, true));
  const std::vector<SortKey> two = {{0, E::kF32, false, true, true},
                                    {1, E::kI32, true, false, false}};
  CHECK(KeysOf({"f32", "i32"}, kTwoKeys) == two);
  // Sides that change places.
  CHECK(KeysOf({"i32"},
               "%p = stablehlo.compare LT, %b0, %a0 : (tensor<i32>, tensor<i32>) -> tensor<i1>") ==
        one(E::kI32, true, false));
  // No order by keys: not strict, by more than one operand at once, of one side only.
  CHECK(!KeysOf({"i32"}, Compare("LE", "i32")));
  CHECK(!KeysOf({"i32", "i32"}, kBySum));
  CHECK(!KeysOf({"i32", "i32"},
                "%p = stablehlo.compare LT, %a0, %b1 : (tensor<i32>, tensor<i32>) -> tensor<i1>"));
}

void CheckSort(const std::vector<std::string>& elements, const std::string& shape, int dimension,
               std::string_view comparator, size_t engines, ThreadPool& pool) {
  CAPTURE(shape);
  CAPTURE(comparator);
  Random random(7);
  const TestGraph test = Program(SortProgram(elements, shape, dimension, comparator), ops::kSort);
  CHECK(CheckEngines(test, random, 0, pool) >= engines);
}

TEST_CASE("sort: all engines are stable, of every length and dimension") {
  ThreadPool pool(2);
  // Lengths at which runs, batches and digits begin or end.
  for (const char* length : {"1", "2", "9", "63", "64", "65", "511", "513", "3000"}) {
    CheckSort({"f32"}, length, 0, kJaxOrder, 2, pool);
    CheckSort({"f32", "i32"}, length, 0, kTwoKeys, 2, pool);
    CheckSort({"i32", "i32"}, length, 0, kBySum, 1, pool);
  }
  for (int dimension : {0, 1, 2}) {
    CheckSort({"ui8", "f64"}, "7x20x5", dimension, Compare("GT", "ui8"), 2, pool);
    CheckSort({"f32", "i32"}, "70x2x6", dimension, kTwoKeys, 2, pool);
  }
}

TEST_CASE("sort: keys of every type") {
  ThreadPool pool(1);
  for (const char* element : {"i1", "i8", "ui8", "i16", "ui16", "i32", "ui32", "i64", "ui64",
                              "bf16", "f16", "f32", "f64"}) {
    for (const char* direction : {"LT", "GT"}) {
      const std::string_view type = *element == 'f' || *element == 'b' ? "TOTALORDER" : "";
      CheckSort({element}, "700", 0, Compare(direction, element, type), 1, pool);
    }
  }
}

TEST_CASE("sort: long ones in pieces, with many equal keys") {
  ThreadPool pool(2);
  CheckSort({"ui8", "i32"}, kSanitized ? "66000" : "140000", 0, Compare("LT", "ui8"), 2, pool);
  CheckSort({"i32", "i32"}, kSanitized ? "2x33000" : "2x70000", 1, kBySum, 1, pool);
}

TEST_CASE("sort: a comparator that contradicts itself loses nothing") {
  // Before the other always: longer than what is merged in one part.
  constexpr int64_t kLength = 5000;
  const TestGraph test = Program(
      SortProgram({"i32"}, std::to_string(kLength), 0,
                  "%s = stablehlo.subtract %a0, %b0 : tensor<i32>\n%p = stablehlo.compare LT, %s, "
                  "%a0 : (tensor<i32>, tensor<i32>) -> tensor<i1>"),
      ops::kSort);
  ThreadPool pool(1);
  Random random(3);
  std::vector<Tensor> inputs;
  inputs.emplace_back(test.op().operand(0));
  random.Fill(inputs[0]);
  const auto values = [](Tensor& tensor) {
    std::vector<int64_t> list;
    for (int64_t i = 0; i < kLength; ++i) list.push_back(tensor.view().I64(i));
    std::sort(list.begin(), list.end());
    return list;
  };
  for (Engine& engine : Engines(test, pool)) {
    CAPTURE(engine.name);
    std::vector<Tensor> sorted = RunKernel(test.op(), engine.choice, *engine.kernel, inputs, pool);
    CHECK(values(sorted[0]) == values(inputs[0]));
  }
}

}  // namespace
}  // namespace webhlo::elementwise_testing
