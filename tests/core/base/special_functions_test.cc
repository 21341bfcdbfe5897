// SPDX-License-Identifier: Apache-2.0
//
// Values computed with 60 digits by other means (mpmath, and sums that it adds up).
#include "core/base/special_functions.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

namespace webhlo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Unary {
  std::string_view name;
  double (*function)(double);
  double x, expected;
};
constexpr Unary kUnary[] = {
    {"ErfInverse", ErfInverse, 1.0000000031710769e-30, 8.862269282630517e-31},
    {"ErfInverse", ErfInverse, 0.0010000000474974513, 0.0008862271995601054},
    {"ErfInverse", ErfInverse, 0.25, 0.2253120550121781},
    {"ErfInverse", ErfInverse, 0.49999997, 0.47693624282692587},
    {"ErfInverse", ErfInverse, 0.5, 0.4769362762044699},
    {"ErfInverse", ErfInverse, -0.75, -0.8134198475976185},
    {"ErfInverse", ErfInverse, 0.9700000286102295, 1.5344858888791884},
    {"ErfInverse", ErfInverse, -0.9998999834060669, -2.7510354379032873},
    {"ErfInverse", ErfInverse, 0.9999999403953552, 3.832506856900711},
    {"ErfInverse", ErfInverse, 0.9999999999999999, 5.8635847487551676},
    {"Digamma", Digamma, 1.0000000031710769e-30, -9.999999968289232e+29},
    {"Digamma", Digamma, 0.10000000149011612, -10.423754789263684},
    {"Digamma", Digamma, 1.0, -0.5772156649015329},
    {"Digamma", Digamma, 1.5, 0.03648997397857652},
    {"Digamma", Digamma, 2.0, 0.42278433509846713},
    {"Digamma", Digamma, 7.300000190734863, 1.9178203636370565},
    {"Digamma", Digamma, 12.5, 2.4851956512749123},
    {"Digamma", Digamma, 10000000000.0, 23.025850929890456},
    {"Digamma", Digamma, -0.5, 0.03648997397857652},
    {"Digamma", Digamma, -0.9998999834060669, -9997.917833132007},
    {"Digamma", Digamma, -1.2000000476837158, 4.868323431773417},
    {"Digamma", Digamma, -3.700000047683716, -0.8450775666123213},
    {"Digamma", Digamma, -20.100000381469727, 12.694177804428712},
    {"Digamma", Digamma, -100000.703125, 9.182973588452937},
    {"BesselI1Scaled", BesselI1Scaled, 1.0000000031710769e-30, 5.000000015855384e-31},
    {"BesselI1Scaled", BesselI1Scaled, 0.10000000149011612, 0.04529844741799563},
    {"BesselI1Scaled", BesselI1Scaled, -1.0, -0.20791041534970844},
    {"BesselI1Scaled", BesselI1Scaled, 3.299999952316284, 0.19109017365501818},
    {"BesselI1Scaled", BesselI1Scaled, 10.0, 0.12126268138445552},
    {"BesselI1Scaled", BesselI1Scaled, 20.700000762939453, 0.08607134943996643},
    {"BesselI1Scaled", BesselI1Scaled, 29.75, 0.07221001664055529},
    {"BesselI1Scaled", BesselI1Scaled, 30.0, 0.07191633059864755},
    {"BesselI1Scaled", BesselI1Scaled, -31.5, -0.0702263621902957},
    {"BesselI1Scaled", BesselI1Scaled, 200.0, 0.02815650339483292},
    {"BesselI1Scaled", BesselI1Scaled, 1.0000000200408773e+20, 3.989422764038561e-11},
    {"LogGamma", LogGamma, 1.0000000031710769e-30, 69.07755278665029},
    {"LogGamma", LogGamma, 0.10000000149011612, 2.252712636201601},
    {"LogGamma", LogGamma, 1.25, -0.09827183642181316},
    {"LogGamma", LogGamma, 1.899999976158142, -0.0389842844151753},
    {"LogGamma", LogGamma, 2.0999999046325684, 0.04543769225924308},
    {"LogGamma", LogGamma, 30.299999237060547, 72.27388795152476},
    {"LogGamma", LogGamma, 1.0000000200408773e+20, 4.5051702782797425e+21},
    {"LogGamma", LogGamma, -0.5, 1.2655121234846454},
    {"LogGamma", LogGamma, -1.100000023841858, 2.2736509108303586},
    {"LogGamma", LogGamma, -2.4000000953674316, 0.10258341661861975},
    {"LogGamma", LogGamma, -2.700000047683716, -0.07140703213173355},
    {"LogGamma", LogGamma, -30.299999237060547, -74.32836865609661},
};

// The floats next to zeros of the functions, where terms cancel.
constexpr Unary kNearZeros[] = {
    {"Digamma", Digamma, 1.4616321325302124, -1.2036052549106669e-08},
    {"Digamma", Digamma, -0.5040830373764038, -2.602549550299359e-07},
    {"Digamma", Digamma, -2.6107208728790283, -4.811107649295407e-08},
    {"LogGamma", LogGamma, -2.4570248126983643, -1.1287842529645816e-07},
    {"LogGamma", LogGamma, -2.747682571411133, -1.4418167987778365e-07},
    {"LogGamma", LogGamma, -3.143580913543701, -1.9605461541614247e-07},
};

struct Binary {
  std::string_view name;
  double (*function)(double, double);
  double a, b, expected;
};
constexpr Binary kBinary[] = {
    {"HurwitzZeta", HurwitzZeta, 1.0009765625, 1.0, 1024.5772867695046},
    {"HurwitzZeta", HurwitzZeta, 1.5, 0.10000000149011612, 34.05297480579272},
    {"HurwitzZeta", HurwitzZeta, 2.0, 1.0, 1.6449340668482264},
    {"HurwitzZeta", HurwitzZeta, 2.5, 0.0010000000474974513, 31622774.185355905},
    {"HurwitzZeta", HurwitzZeta, 3.0, 1000.0, 5.005002499999166e-07},
    {"HurwitzZeta", HurwitzZeta, 12.25, 9.5, 1.5267508819617047e-12},
    {"HurwitzZeta", HurwitzZeta, 40.0, 37.29999923706055, 2.0906990421061273e-63},
    {"HurwitzZeta", HurwitzZeta, 100.0, 0.5, 1.2676506002282294e+30},
    {"HurwitzZeta", HurwitzZeta, 2.0, -1.5, 9.379246644989124},
    {"HurwitzZeta", HurwitzZeta, 3.0, -7.300000190734863, -34.41051369273286},
    {"HurwitzZeta", HurwitzZeta, 10.0, -2.75, 1048593.8691622743},
    {"HurwitzZeta", HurwitzZeta, 5.0, -100.0999984741211, -100006.53954427033},
    {"Polygamma", Polygamma, 1.0, 1.0, 1.6449340668482264},
    {"Polygamma", Polygamma, 1.0, 0.0010000000474974513, 1000001.5475382999},
    {"Polygamma", Polygamma, 2.0, 0.5, -16.82879664423432},
    {"Polygamma", Polygamma, 3.0, 1000.0, 2.003001999999e-09},
    {"Polygamma", Polygamma, 5.0, 7.699999809265137, 0.001211356386566038},
    {"Polygamma", Polygamma, 40.0, 20.5, -1.575196571030738e-06},
    {"Polygamma", Polygamma, 150.0, 60.25, -1.0502345959832741e-06},
    {"Polygamma", Polygamma, 200.0, 80.5, -7.412271893700056e-09},
    {"Polygamma", Polygamma, 1000.0, 400.25, -5.108300805884885e-38},
    {"Polygamma", Polygamma, 1.0, -1.5, 9.379246644989124},
    {"Polygamma", Polygamma, 2.0, -3.299999952316284, 68.76948214558976},
    {"Polygamma", Polygamma, 3.0, -30.600000381469727, 283.60301083296974},
    {"Polygamma", Polygamma, 10.0, -0.25, 15220204428462.791},
};

double Error(double actual, double expected) { return std::fabs(actual / expected - 1); }

TEST_CASE("special functions: values all over their ranges") {
  for (const Unary& value : kUnary) {
    CHECK_MESSAGE(Error(value.function(value.x), value.expected) < 1e-14, std::string(value.name),
                  "(", value.x, ") = ", value.function(value.x));
  }
  for (const Binary& value : kBinary) {
    CHECK_MESSAGE(Error(value.function(value.a, value.b), value.expected) < 1e-12,
                  std::string(value.name), "(", value.a, ", ", value.b,
                  ") = ", value.function(value.a, value.b));
  }
}

TEST_CASE("special functions: floats beside zeros are right to a unit in their last place") {
  for (const Unary& value : kNearZeros) {
    CHECK_MESSAGE(Error(value.function(value.x), value.expected) < 0x1p-23, std::string(value.name),
                  "(", value.x, ") = ", value.function(value.x));
  }
}

TEST_CASE("special functions: poles, infinities and NaN") {
  CHECK(ErfInverse(1) == kInfinity);
  CHECK(ErfInverse(-1) == -kInfinity);
  CHECK(std::isnan(ErfInverse(1.5)));
  CHECK((ErfInverse(-0.0) == 0 && std::signbit(ErfInverse(-0.0))));
  CHECK(std::isnan(Digamma(0)));
  CHECK(std::isnan(Digamma(-3)));
  CHECK(std::isnan(Digamma(-kInfinity)));
  CHECK(Digamma(kInfinity) == kInfinity);
  CHECK(BesselI1Scaled(kInfinity) == 0);
  CHECK(HurwitzZeta(1, 2) == kInfinity);
  CHECK(std::isnan(HurwitzZeta(0.5, 2)));
  CHECK(HurwitzZeta(2, -1) == kInfinity);
  CHECK(std::isnan(HurwitzZeta(3, -1)));
  CHECK(std::isnan(HurwitzZeta(2.5, -1.5)));
  CHECK(HurwitzZeta(1e300, 1) == 1);
  CHECK(HurwitzZeta(2, kInfinity) == 0);
  // Where adding 1 changes nothing.
  CHECK(HurwitzZeta(1e30, 1e30) == 0);
  CHECK(HurwitzZeta(0x1p60, 0x1p60) == 0);
  CHECK(HurwitzZeta(2, -1e-100) == doctest::Approx(1e200));
  CHECK(HurwitzZeta(1e15 + 1, -1e-100) == -kInfinity);
  CHECK(Polygamma(1, 0) == kInfinity);
  CHECK(std::isnan(Polygamma(2, 0)));
  CHECK(std::isnan(Polygamma(0.5, 1)));
  CHECK(std::isnan(Polygamma(-1, 1)));
  CHECK(Polygamma(0, 2.5) == Digamma(2.5));
  CHECK(Polygamma(1, kInfinity) == 0);
  for (double (*function)(double) : {ErfInverse, Digamma, BesselI1Scaled, LogGamma}) {
    CHECK(std::isnan(function(kNan)));
  }
  for (double (*function)(double, double) : {HurwitzZeta, Polygamma}) {
    CHECK(std::isnan(function(kNan, 2)));
    CHECK(std::isnan(function(2, kNan)));
  }
}

}  // namespace
}  // namespace webhlo
