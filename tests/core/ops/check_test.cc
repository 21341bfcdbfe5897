// SPDX-License-Identifier: Apache-2.0
//
// What the checks of test programs refuse, and what they say then.
#include <doctest/doctest.h>

#include "core/ops/check_eval.h"

namespace webhlo {
namespace {

TEST_CASE("a failed check names the first difference") {
  const TensorType type(ElementType::kF32, {2, 2});
  float actual[] = {1, 2, 3, 4}, expected[] = {1, 2, 3.5, 5};
  const Status status = CheckEqual("check.expect_eq", {&type, actual}, {&type, expected});
  CHECK(status.code() == StatusCode::kMismatch);
  CHECK(status.message() == "check.expect_eq failed: element [1, 0] is 3, expected 3.5");
  CHECK(CheckAlmostEqual("", {&type, actual}, {&type, expected}, 1).ok());
  CHECK(!CheckAlmostEqual("", {&type, actual}, {&type, expected}, 0.9).ok());
}

TEST_CASE("integers compare at full width") {
  const TensorType type(ElementType::kU64, {1});
  uint64_t actual[] = {~uint64_t{0}}, expected[] = {~uint64_t{0} - 1};
  const Status status = CheckEqual("eq", {&type, actual}, {&type, expected});
  CHECK(status.message() ==
        "eq failed: element [0] is 18446744073709551615, expected 18446744073709551614");
  CHECK(!CheckAlmostEqual("", {&type, actual}, {&type, expected}, 10).ok());
  CHECK(!CheckClose("", {&type, actual}, {&type, expected}, 0, 10).ok());
}

TEST_CASE("distances in units of the last place") {
  const double inf = INFINITY;
  CHECK(UlpDistance(ElementType::kF32, 1.0, std::nextafterf(1.0f, 2.0f)) == 1);
  CHECK(UlpDistance(ElementType::kBF16, 1.0, 1.0078125) == 1);
  CHECK(UlpDistance(ElementType::kF64, 1.0, std::nextafter(1.0, 0.0)) == 1);
  CHECK(UlpDistance(ElementType::kF32, 0.0, -0.0) == 0);
  CHECK(UlpDistance(ElementType::kF32, 1e-45, -1e-45) == 2);
  CHECK(UlpDistance(ElementType::kF32, NAN, -NAN) == 0);
  CHECK(UlpDistance(ElementType::kF32, inf, inf) == 0);
  CHECK(UlpDistance(ElementType::kF32, inf, -inf) > 1000);
  CHECK(UlpDistance(ElementType::kF32, inf, 3.4e38) > 1000);
  CHECK(UlpDistance(ElementType::kF32, NAN, 1) > 1000);
}

TEST_CASE("a distance can also be required") {
  const TensorType type(ElementType::kC64, {1});
  std::complex<float> actual[] = {{1, 1}}, expected[] = {{1, std::nextafterf(1.0f, 2.0f)}};
  CHECK(CheckClose("", {&type, actual}, {&type, expected}, 1, 1).ok());
  CHECK(!CheckClose("", {&type, actual}, {&type, expected}, 2, 3).ok());
  CHECK(!CheckClose("", {&type, actual}, {&type, actual}, 1, 1).ok());
}

}  // namespace
}  // namespace webhlo
