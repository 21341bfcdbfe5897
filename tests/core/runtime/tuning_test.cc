// SPDX-License-Identifier: Apache-2.0
// What is measured of kernels: a table that is read like any file, plans that follow it, and a
// session that measures while nothing runs and goes on with the fastest kernels, over the weights
// that it has.
#include "core/runtime/tuning.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "tests/core/runtime/session_testing.h"

namespace webhlo {
namespace {

TEST_CASE("tuning: what is written reads back") {
  Tuning tuning;
  CHECK(tuning.empty());
  tuning.Set(0xfedcba9876543210, "matmul.tiled");
  tuning.Set(1, "winograd");
  CHECK(tuning.Write() == "0000000000000001 winograd\nfedcba9876543210 matmul.tiled\n");
  const Result<Tuning> read = Tuning::Read(tuning.Write());
  Must(read.status());
  CHECK(read->Write() == tuning.Write());
  CHECK(read->Fastest(1) == "winograd");
  CHECK(read->Fastest(2).empty());
}

TEST_CASE("tuning: what is no line of one is an error") {
  const std::string long_name(65, 'x');
  for (const std::string& line :
       {std::string("x"), std::string("0000000000000001"), std::string("0000000000000001 "),
        std::string("000000000000000g winograd"), std::string("-000000000000001 winograd"),
        std::string("0000000000000001winograd"), StrCat("0000000000000001 ", long_name)}) {
    for (const std::string& text : {line, StrCat("0000000000000001 winograd\n", line, "\n")}) {
      CAPTURE(text);
      CHECK(Tuning::Read(text).status().code() == StatusCode::kInvalidArgument);
    }
  }
  CHECK(Tuning::Read("\n").status().code() == StatusCode::kInvalidArgument);
}

// A convolution that Winograd's transform suits, a product of what it gives, and one of that: both
// products have the same sizes.
constexpr std::string_view kNetwork = R"(module {
  func.func public @main(%x: tensor<1x16x16x32xf32> loc("x"), %f: tensor<32x3x3x32xf32> loc("weights['f']"),
      %b: tensor<32xf32> loc("weights['b']"), %w: tensor<32x32xf32> loc("weights['w']")) -> tensor<256x32xf32> {
    %y = stablehlo.convolution(%x, %f) dim_numbers = [b, 0, 1, f]x[o, 0, 1, i]->[b, 0, 1, f], window = {pad = [[1, 1], [1, 1]]}
        {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x16x16x32xf32>, tensor<32x3x3x32xf32>) -> tensor<1x16x16x32xf32>
    %c = stablehlo.broadcast_in_dim %b, dims = [3] : (tensor<32xf32>) -> tensor<1x16x16x32xf32>
    %z = stablehlo.add %y, %c : tensor<1x16x16x32xf32>
    %t = stablehlo.tanh %z : tensor<1x16x16x32xf32>
    %r = stablehlo.reshape %t : (tensor<1x16x16x32xf32>) -> tensor<256x32xf32>
    %p = stablehlo.dot_general %r, %w, contracting_dims = [1] x [0] : (tensor<256x32xf32>, tensor<32x32xf32>) -> tensor<256x32xf32>
    %q = stablehlo.dot_general %p, %w, contracting_dims = [1] x [0] : (tensor<256x32xf32>, tensor<32x32xf32>) -> tensor<256x32xf32>
    return %q : tensor<256x32xf32>
  }
})";

Floats Waves(size_t count, float step) {
  Floats values(count);
  for (size_t i = 0; i < count; ++i) values[i] = std::sin(static_cast<float>(i) * step);
  return values;
}

struct Network {
  explicit Network(Session::Options options, std::string_view tuning = {}) : session(options) {
    Add(&session, kNetwork);
    Must(session.DeclareWeight("f", TensorType(ElementType::kF32, {32, 3, 3, 32})));
    Must(session.DeclareWeight("b", TensorType(ElementType::kF32, {32})));
    Must(session.DeclareWeight("w", TensorType(ElementType::kF32, {32, 32})));
    if (!tuning.empty()) Must(session.UseTuning(tuning));
    Bind(&session);
    Arrive(&session, 0, Waves(32 * 9 * 32, 0.7F));
    Arrive(&session, 1, Waves(32, 0.3F));
    Arrive(&session, 2, Waves(32 * 32, 0.9F));
    Finish(&session);
  }

  void Start() {
    const Floats x = Waves(16 * 16 * 32, 0.1F);
    const Result<void*> input = session.InputPointer(0, 0);
    Must(input.status());
    std::memcpy(*input, x.data(), x.size() * sizeof(float));
    Must(session.Start(0));
  }

  Floats Run() {
    Start();
    const Result<Executable::State> state = session.Advance(-1);
    Must(state.status());
    CHECK(*state == Executable::State::kDone);
    Floats y(256 * 32);
    std::memcpy(y.data(), session.OutputPointer(0, 0), y.size() * sizeof(float));
    return y;
  }

  // The kernels that run steps, in order.
  std::string Kernels() const {
    std::vector<std::string> names;
    for (const Step& step : session.executable(0).plan().steps) {
      names.push_back(step.choice.kernel);
    }
    return Join(names);
  }

  // Slices in which it measures.
  int Tune(double slice_ms) {
    for (int slices = 1;; ++slices) {
      const Result<bool> done = session.Tune(slice_ms);
      Must(done.status());
      if (*done) return slices;
    }
  }

  Session session;
};

// The kernels have other orders of additions.
void CheckNear(const Floats& a, const Floats& b) {
  REQUIRE(a.size() == b.size());
  float worst = 0;
  for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  CHECK(worst < 1e-4F);
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("tuning: each kind of step is measured once, and plans follow what was measured") {
  Network network({.tune = true});
  const Floats expected = network.Run();
  CHECK(network.session.tuning().empty());
  network.Tune(-1);
  const std::string tuning = network.session.tuning();
  CHECK(std::count(tuning.begin(), tuning.end(), '\n') == 2);
  CheckNear(network.Run(), expected);

  // The same elsewhere, from the beginning.
  const Network other({}, tuning);
  CHECK(other.Kernels() == network.Kernels());
  const Result<std::string> plan = other.session.Inspect("plan", "main");
  Must(plan.status());
  CHECK(plan->find("; measured fastest of winograd, convolution.tiled") != plan->npos);
  const std::string reason =
      R"({"why":"measured fastest","candidates":["winograd","convolution.tiled")";
  for (const Network* made : std::initializer_list<const Network*>{&network, &other}) {
    const Result<std::string> choices = made->session.Facts("choices", "main");
    Must(choices.status());
    CHECK_MESSAGE(choices->starts_with(StrCat("[", reason)), *choices);
  }
}

TEST_CASE("tuning: kernels are replaced between runs, over the weights that are there") {
  Network network({.tune = true});
  const Floats expected = network.Run();
  const std::string kernels = network.Kernels();
  REQUIRE(kernels.starts_with("winograd, "));
  network.session.RecordTimes(true);
  network.Tune(-1);
  const std::string measured = network.session.tuning();
  const auto use = [&](std::string_view convolution) {
    std::string lines = measured;
    for (const std::string_view name : {"winograd", "convolution.tiled", "convolution.patches"}) {
      if (lines.find(StrCat(name, "\n")) != lines.npos) {
        lines = Replaced(lines, StrCat(name, "\n"), StrCat(convolution, "\n"));
        break;
      }
    }
    Must(network.session.UseTuning(lines));
    network.Tune(-1);
    CHECK(!network.session.executable(0).times().empty());
    CHECK(network.Kernels().starts_with(StrCat(convolution, ", ")));
    return network.Run();
  };
  // Each is packed from what the one before had packed. The product's kernel may be another than
  // before.
  const Floats winograd = use("winograd"), tiled = use("convolution.tiled");
  CheckNear(winograd, expected);
  CheckNear(tiled, expected);
  CheckNear(use("convolution.patches"), expected);
  CHECK(use("winograd") == winograd);
  CHECK(use("convolution.tiled") == tiled);
}

TEST_CASE("tuning: literals that a convolution packs are unpacked like any weight") {
  std::string filter;
  for (const float v : Waves(size_t{32} * 9 * 32, 0.5F)) {
    StrAppend(&filter, filter.empty() ? "" : ", ", static_cast<int>(v * 9), ".0");
  }
  Session session({.tune = true});
  Add(&session, StrCat(R"(module {
  func.func public @main(%x: tensor<1x16x16x32xf32> loc("x")) -> tensor<1x16x16x32xf32> {
    %l = stablehlo.constant dense<[)",
                       filter, R"(]> : tensor<9216xf32>
    %f = stablehlo.reshape %l : (tensor<9216xf32>) -> tensor<3x3x32x32xf32>
    %y = stablehlo.convolution(%x, %f) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {pad = [[1, 1], [1, 1]]}
        {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x16x16x32xf32>, tensor<3x3x32x32xf32>) -> tensor<1x16x16x32xf32>
    return %y : tensor<1x16x16x32xf32>
  }
})"));
  Bind(&session);
  Finish(&session);
  const Result<bool> done = session.Tune(-1);
  Must(done.status());
  CHECK(*done);
  const Result<std::string> plan = session.Inspect("plan", "main");
  Must(plan.status());
  CHECK_MESSAGE(plan->find("; measured fastest of ") != plan->npos, *plan);
}

TEST_CASE("tuning: a name that no row has, or that proposes nothing, changes no plan") {
  Network network({.tune = true});
  const std::string kernels = network.Kernels();
  network.Tune(-1);
  std::string lines;
  const std::string measured = network.session.tuning();
  for (size_t at = 0; at < measured.size(); at = measured.find('\n', at) + 1) {
    StrAppend(&lines, measured.substr(at, 17), at == 0 ? "depthwise" : "nobody", "\n");
  }
  const Network other({}, lines);
  CHECK(other.Kernels() == kernels);
}

// One millisecond passes from each look at the clock to the next.
double now_ms = 0;
double TickingClock() { return now_ms += 1; }

TEST_CASE("tuning: it falls into slices, between which runs are made, and not within one") {
  Network network({.clock = TickingClock, .work_between_looks = 1, .tune = true});
  const Floats expected = network.Run();
  const Result<bool> begun = network.session.Tune(4);
  Must(begun.status());
  CHECK_FALSE(*begun);
  CHECK(network.Run() == expected);
  network.Start();
  CHECK(network.session.Tune(4).status().code() == StatusCode::kInvalidArgument);
  network.session.Stop();
  CHECK(network.Tune(4) > 10);
  CheckNear(network.Run(), expected);
}

TEST_CASE("tuning: a session that was not made for it measures nothing") {
  Network network({});
  CHECK(network.session.Tune(-1).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("tuning: where memory is to be saved, no filter is transformed") {
  const Network network({.save_memory = true, .tune = true});
  CHECK(network.Kernels().starts_with("convolution.tiled, "));
}

}  // namespace
}  // namespace webhlo
