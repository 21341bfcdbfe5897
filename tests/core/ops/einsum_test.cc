// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "tests/core/ops/infer_test_util.h"

namespace webhlo {
namespace {

TestOp Einsum(std::string config, Type lhs, Type rhs, Type result) {
  return {"stablehlo.einsum",
          {std::move(lhs), std::move(rhs)},
          {std::move(result)},
          {{"einsum_config", Attribute::String(std::move(config))}},
          {}};
}

TEST_CASE("einsum: what the letters do not say, or say twice, is refused") {
  const Type a = T("2x3xf32"), b = T("3x4xf32"), c = T("2x4xf32");
  CheckAccepts(Einsum("ij,jk->ik", a, b, c));
  CheckAccepts(Einsum("ij,jk->", a, b, T("f32")));
  CheckRejects("expected \"a,b->c\"", Einsum("ij,jk", a, b, c));
  CheckRejects("expected \"a,b->c\"", Einsum("", a, b, c));
  CheckRejects("expected \"a,b->c\"", Einsum("ij->ik", a, b, c));
  CheckRejects("expected \"a,b->c\"", Einsum("i,j,k->ik", a, b, c));
  CheckRejects("einsum_config has \"ijk\"", Einsum("ijk,jk->ik", a, b, c));
  CheckRejects("no operand has dimension l", Einsum("ij,jk->il", a, b, c));
  CheckRejects("dimension j is 4 in operand 1", Einsum("ij,kj->ik", a, b, c));
  CheckRejects("has ','", Einsum("ij,jk->i,k", a, b, c));
  CheckRejects("operand 1 is tensor<3x4xi32>", Einsum("ij,jk->ik", a, T("3x4xi32"), c));
  CheckUnsupported(Einsum("ii,jk->ik", T("2x2xf32"), b, c));
  CheckUnsupported(Einsum("...j,jk->...k", a, b, c));
}

}  // namespace
}  // namespace webhlo
