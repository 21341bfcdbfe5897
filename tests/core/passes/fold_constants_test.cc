// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/base/strings.h"
#include "core/passes/pass.h"
#include "tests/core/passes/pass_testing.h"

namespace webhlo {
namespace {

// A transpose of a literal of that many columns and two rows.
std::string TransposeOf(int64_t columns) {
  return StrCat("func.func @main() -> tensor<", columns, "x2xf32> {\n",
                "  %i = stablehlo.iota dim = 1 : tensor<2x", columns, "xf32>\n",
                "  %t = stablehlo.transpose %i, dims = [1, 0] : (tensor<2x", columns,
                "xf32>) -> tensor<", columns, "x2xf32>\n", "  return %t : tensor<", columns,
                "x2xf32>\n}");
}

TEST_CASE("fold-constants: what is computed of large literals is left to kernels") {
  const auto folds = [](int64_t columns) {
    return After(FoldConstants, TransposeOf(columns), {}).find("stablehlo.transpose") ==
           std::string::npos;
  };
  CHECK(folds(4096));
  CHECK_FALSE(folds(16384));
}

}  // namespace
}  // namespace webhlo
