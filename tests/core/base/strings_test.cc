// SPDX-License-Identifier: Apache-2.0
#include "core/base/strings.h"

#include <doctest/doctest.h>

#include <bit>
#include <limits>
#include <random>

namespace webhlo {
namespace {

TEST_CASE("strings: decimals of doubles") {
  using Limits = std::numeric_limits<double>;
  CHECK(StrCat(0.0) == "0");
  CHECK(StrCat(-0.0) == "-0");
  CHECK(StrCat(0.1) == "0.1");
  CHECK(StrCat(-2.5) == "-2.5");
  CHECK(StrCat(1.0 / 3) == "0.3333333333333333");
  CHECK(StrCat(0.1 + 0.2) == "0.30000000000000004");
  CHECK(StrCat(1e-7) == "1e-07");
  CHECK(StrCat(1e22) == "1e+22");
  CHECK(StrCat(9007199254740993.0) == "9007199254740992");
  CHECK(StrCat(Limits::max()) == "1.7976931348623157e+308");
  CHECK(StrCat(Limits::denorm_min()) == "4.94065645841247e-324");
  CHECK(StrCat(Limits::infinity()) == "inf");
  CHECK(StrCat(-Limits::infinity()) == "-inf");
  CHECK(FormatDecimal(-0.00012, 3) == "-0.00012");
  CHECK(FormatDecimal(-0.000012345, 3) == "-1.23e-05");
  CHECK(FormatDecimal(99.96, 3) == "100");
  CHECK(FormatDecimal(999.6, 3) == "1e+03");
  CHECK(FormatDecimal(-0.0, 1) == "-0");
}

TEST_CASE("strings: decimals are read as they are written") {
  CHECK(ParseDecimal("-1.5e3") == -1500);
  CHECK(ParseDecimal("+2.") == 2);
  CHECK(ParseDecimal("007") == 7);
  CHECK(ParseDecimal("1E-400") == 0);
  CHECK(ParseDecimal("1e400") == std::numeric_limits<double>::infinity());
}

TEST_CASE("strings: every double reads back") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (value != value) continue;
    const std::string text = StrCat(value);
    INFO(text);
    CHECK(ParseDecimal(text) == value);
  }
}

}  // namespace
}  // namespace webhlo
