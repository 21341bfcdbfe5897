// SPDX-License-Identifier: Apache-2.0
#include "core/base/version.h"

#include <doctest/doctest.h>

#include <algorithm>

TEST_CASE("the version has three parts") {
  const std::string_view version = webhlo::Version();
  CHECK(std::count(version.begin(), version.end(), '.') == 2);
}
