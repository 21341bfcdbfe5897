// SPDX-License-Identifier: Apache-2.0
//
// The functions of complex numbers that the JIT speaks, here over Highway, beside the references:
// in each part within a unit in the last place of f32, and the same at zeros, infinities and NaN.
#include <doctest/doctest.h>

#include <cmath>
#include <string_view>

#include "core/kernels/complex-inl.h"
#include "core/kernels/simd-inl.h"
#include "core/ops/op_table.h"
#include "tests/core/ops/elementwise_testing.h"

namespace webhlo::elementwise_testing {
namespace {

struct Cos {
  static double Real(double x) { return std::cos(x); }
};
struct Sin {
  static double Real(double x) { return std::sin(x); }
};

using L = Hwy<double>;
using V = L::V;

void Check(std::string_view name, Pair<V> (*function)(L& l, Pair<V> z), Random& random) {
  CAPTURE(name);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kEdges[] = {0,     -0.0,  1,  -1,  kInfinity, -kInfinity, NAN, 3e38,
                               -3e38, 1e-45, 90, -90, 1e-3,      0.5,        2};
  constexpr int64_t kEdgePairs = std::size(kEdges) * std::size(kEdges), kCount = 20'000;
  const TensorType type(ElementType::kC64, {kEdgePairs + kCount});
  const TestGraph test = OneOp(name, {type}, type);
  std::vector<Tensor> in, out;
  in.emplace_back(type);
  out.emplace_back(type);
  random.Fill(in[0]);
  for (int64_t i = 0; i < kEdgePairs; ++i) {
    constexpr int64_t n = std::size(kEdges);
    in[0].view().SetC128(i, {kEdges[i / n], kEdges[i % n]});
  }
  L l;
  for (int64_t i = 0; i < in[0].type.NumElements(); ++i) {
    const std::complex<double> z = in[0].view().C128(i);
    const Pair<V> w = function(l, {hn::Set(L::d, z.real()), hn::Set(L::d, z.imag())});
    out[0].view().SetC128(i, {hn::GetLane(w.re), hn::GetLane(w.im)});
  }
  std::vector<Tensor> expected = Interpreted(test, in);
  const float* z = reinterpret_cast<const float*>(in[0].buffer.data());
  const float* u = reinterpret_cast<const float*>(expected[0].buffer.data());
  const float* v = reinterpret_cast<const float*>(out[0].buffer.data());
  for (int64_t i = 0; i < 2 * type.NumElements(); ++i) {
    if (std::isnan(u[i]) ? std::isnan(v[i])
                         : u[i] == v[i] && std::signbit(u[i]) == std::signbit(v[i])) {
      continue;
    }
    const bool near =
        u[i] != 0 && v[i] != 0 &&
        Between(Ordinal(ElementType::kF32, u + i), Ordinal(ElementType::kF32, v + i)) <= 1;
    CHECK_MESSAGE(near, "part ", i % 2, " of f(", z[i / 2 * 2], " + ", z[i / 2 * 2 + 1], "i) is ",
                  v[i], ", expected ", u[i]);
  }
}

TEST_CASE("complex: functions of pairs agree with the references") {
  UseOps();
  Random random(11);
  Check("stablehlo.cosine", pairs::Cosine<Cos, Sin, L, V>, random);
  Check("stablehlo.exponential", pairs::Exp<Cos, Sin, L, V>, random);
  Check("stablehlo.exponential_minus_one", pairs::ExpMinusOne<Cos, Sin, L, V>, random);
  Check("stablehlo.log", pairs::Log<L, V>, random);
  Check("stablehlo.log_plus_one", pairs::LogPlusOne<L, V>, random);
  Check("stablehlo.logistic", pairs::Logistic<Cos, Sin, L, V>, random);
  Check("stablehlo.rsqrt", pairs::Rsqrt<L, V>, random);
  Check("stablehlo.sign", pairs::Sign<L, V>, random);
  Check("stablehlo.sine", pairs::Sine<Cos, Sin, L, V>, random);
  Check("stablehlo.sqrt", pairs::Sqrt<L, V>, random);
  Check("stablehlo.tanh", pairs::Tanh<Cos, Sin, L, V>, random);
}

}  // namespace
}  // namespace webhlo::elementwise_testing
