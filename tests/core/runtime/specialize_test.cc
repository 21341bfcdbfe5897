// SPDX-License-Identifier: Apache-2.0
// A program that leaves sizes free has an executable for each set of shapes that it is run with.
// They share the weights and what is made of them, whenever that is.
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "tests/core/runtime/session_testing.h"

namespace webhlo {
namespace {

constexpr size_t kIn = 32, kOut = 8;

// y = relu(x (w + w) + b), for any number of rows.
constexpr std::string_view kLayer = R"(module {
  func.func public @main(%x: tensor<?x32xf32> loc("x"), %w: tensor<32x8xf32> loc("weights['w']"),
      %b: tensor<8xf32> loc("weights['b']")) -> tensor<?x8xf32> {
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %v = stablehlo.add %w, %w : tensor<32x8xf32>
    %y = stablehlo.dot_general %x, %v, contracting_dims = [1] x [0] : (tensor<?x32xf32>, tensor<32x8xf32>) -> tensor<?x8xf32>
    %z = chlo.broadcast_add %y, %b : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
    %r = chlo.broadcast_maximum %z, %zero : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
    return %r : tensor<?x8xf32>
  }
})";

// Small whole numbers: sums of products are exact.
Floats Some(size_t count, int seed) {
  Floats values(count);
  for (size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>((static_cast<int>(i) * 7 + seed) % 11 - 5);
  }
  return values;
}

Floats Expected(const Floats& x, const Floats& w, const Floats& b) {
  Floats y;
  for (size_t row = 0; row < x.size() / kIn; ++row) {
    for (size_t c = 0; c < kOut; ++c) {
      float sum = b[c];
      for (size_t k = 0; k < kIn; ++k) sum += x[row * kIn + k] * 2 * w[k * kOut + c];
      y.push_back(sum > 0 ? sum : 0);
    }
  }
  return y;
}

class Layer {
 public:
  explicit Layer(Session::Options options = {}, std::string_view text = kLayer,
                 bool literals = false)
      : session(options) {
    Add(&session, text);
    if (literals) {
      Bind(&session);
      Finish(&session);
      return;
    }
    Must(session.DeclareWeight("w", TensorType(ElementType::kF32, {kIn, kOut})));
    Must(session.DeclareWeight("b", TensorType(ElementType::kF32, {kOut})));
    Bind(&session);
    Arrive(&session, 0, w);
    Arrive(&session, 1, b);
    Finish(&session);
  }

  void CheckRuns(int64_t rows) {
    CAPTURE(rows);
    const Floats x = Some(static_cast<size_t>(rows) * kIn, static_cast<int>(rows));
    session.StartSlice(-1, -1);
    Must(RunToEnd(session.Specialize(0, {{rows, kIn}})));
    if (rows > 0) std::memcpy(*session.InputPointer(0, 0), x.data(), x.size() * sizeof(float));
    Must(session.Start(0));
    const Result<Executable::State> state = session.Advance(-1);
    Must(state.status());
    CHECK(*state == Executable::State::kDone);
    CHECK(session.ResultShapesJson(0) == StrCat("[[", rows, ",8]]"));
    const auto* y = static_cast<const float*>(session.OutputPointer(0, 0));
    CHECK(Floats(y, y + static_cast<size_t>(rows) * kOut) == Expected(x, w, b));
  }

  // A figure of MemoryJson.
  std::string Figure(std::string_view name) const {
    const std::string json = session.MemoryJson();
    const size_t begin = json.find(StrCat("\"", name, "\":")) + name.size() + 3;
    return json.substr(begin, json.find_first_of(",}", begin) - begin);
  }

  const Floats w = Some(kIn * kOut, 3), b = Some(kOut, 5);
  Session session;
};

TEST_CASE("specialize: shapes share what is packed of the weights") {
  Layer layer;
  const std::string sources = StrCat((kIn * kOut + kOut) * sizeof(float));
  CHECK(layer.Figure("weights") == sources);
  CHECK(layer.Figure("packed") == "0");
  layer.CheckRuns(16);
  const std::string packed = layer.Figure("packed");
  CHECK(packed != "0");
  layer.CheckRuns(20);
  CHECK(layer.Figure("packed") == packed);
  CHECK(layer.Figure("weights") == sources);
  // The arena is the larger one's, for both.
  const std::string arena = layer.Figure("arena");
  layer.CheckRuns(16);
  CHECK(layer.Figure("arena") == arena);

  const Result<std::string> plans = layer.session.Inspect("plan", "");
  REQUIRE(plans.ok());
  const size_t first = plans->find("// ==== inputs x 16x32\n0: matmul.tiled 16x32x8");
  const size_t second = plans->find("// ==== inputs x 20x32\n0: matmul.tiled 20x32x8");
  CHECK(first == 0);
  CHECK(second != std::string::npos);

  // Another session that knows the names alone prints the same for that machine.
  Session other({.jit = true});
  const Result<std::vector<uint8_t>> whlo = layer.session.MakeWhlo();
  Must(whlo.status());
  Must(other.AddWhlo(*whlo));
  Must(other.DeclareDirectory());
  const std::vector<std::vector<std::vector<int64_t>>> shapes = {{{16, kIn}}, {{20, kIn}}};
  CHECK(other.Inspect("plan", "", shapes, {}).status().message() ==
        "stage \"plan\" comes after bind");
  Must(other.BindNames());
  for (const std::string_view stage : {"graph", "passes", "plan", "init", "jit", "memory"}) {
    CAPTURE(stage);
    const Result<std::string> text = other.Inspect(stage, "", shapes, {});
    Must(text.status());
    CHECK(*text == *layer.session.Inspect(stage, ""));
  }
  // Of more threads some kernels need more scratch memory, and a refused JIT has none of them.
  const Result<std::string> refused =
      other.Inspect("jit", "", shapes, {.num_threads = 4, .jit_refusal = "no modules today"});
  Must(refused.status());
  CHECK(refused->find("not installed: no modules today\n") != std::string::npos);
}

TEST_CASE("specialize: times are recorded for the shapes there are and those to come") {
  Layer layer;
  const auto times = [&] { return layer.session.executable(0).times(); };
  layer.CheckRuns(16);
  CHECK(times().empty());
  layer.session.RecordTimes(true);
  for (int64_t rows : {16, 20}) {
    layer.CheckRuns(rows);
    REQUIRE(!times().empty());
    CHECK(times()[0].runs == 1);
  }
  layer.session.RecordTimes(false);
  for (int64_t rows : {16, 20, 24}) {
    layer.CheckRuns(rows);
    CHECK(times().empty());
  }
}

// Of numbers, as text.
std::string Dense(const Floats& values) {
  std::string text = "dense<[";
  for (float v : values)
    StrAppend(&text, text.back() == '[' ? "" : ", ", static_cast<int>(v), ".0");
  return text + "]>";
}

TEST_CASE("specialize: shapes share what is packed of literals, and let go of it") {
  const Floats w = Some(kIn * kOut, 3), b = Some(kOut, 5);
  const std::string text = StrCat(R"(module {
  func.func public @main(%x: tensor<?x32xf32> loc("x")) -> tensor<?x8xf32> {
    %w = stablehlo.constant )",
                                  Dense(w), R"( : tensor<256xf32>
    %b = stablehlo.constant )",
                                  Dense(b), R"( : tensor<8xf32>
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %v = stablehlo.add %w, %w : tensor<256xf32>
    %m = stablehlo.reshape %v : (tensor<256xf32>) -> tensor<32x8xf32>
    %y = stablehlo.dot_general %x, %m, contracting_dims = [1] x [0] : (tensor<?x32xf32>, tensor<32x8xf32>) -> tensor<?x8xf32>
    %z = chlo.broadcast_add %y, %b : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
    %r = chlo.broadcast_maximum %z, %zero : (tensor<?x8xf32>, tensor<f32>) -> tensor<?x8xf32>
    return %r : tensor<?x8xf32>
  }
})");
  Session::Options options;
  options.max_specializations = 2;
  Layer layer(options, text, /*literals=*/true);
  layer.CheckRuns(16);
  const std::string packed = layer.Figure("packed"), bytes = layer.Figure("weights");
  CHECK(packed != "0");
  for (const int64_t rows : {20, 24, 16, 20}) {
    layer.CheckRuns(rows);
    CHECK(layer.Figure("packed") == packed);
    CHECK(layer.Figure("weights") == bytes);
  }
  // One row has another kernel, for which they arrive again.
  layer.CheckRuns(1);
}

TEST_CASE("specialize: the shapes used last are kept") {
  Session::Options options;
  options.max_specializations = 2;
  Layer layer(options);
  CHECK(*layer.session.Inspect("plan", "") ==
        "// compiled for the shapes of inputs once it is run\n");
  const auto kept = [&] {
    std::string headers;
    const std::string plans = *layer.session.Inspect("plan", "");
    for (size_t at = 0; (at = plans.find("inputs x ", at)) != std::string::npos; ++at) {
      StrAppend(&headers, plans.substr(at + 9, plans.find('\n', at) - at - 9), " ");
    }
    return headers;
  };
  layer.CheckRuns(16);
  layer.CheckRuns(20);
  layer.CheckRuns(16);
  CHECK(kept() == "16x32 20x32 ");
  // One row has another kernel, whose weights are packed anew from the sources.
  layer.CheckRuns(1);
  CHECK(kept() == "1x32 16x32 ");
  layer.CheckRuns(40);
  CHECK(kept() == "40x32 1x32 ");
  layer.CheckRuns(16);
  layer.CheckRuns(20);
  // What was packed for one row alone went with it.
  Layer other;
  other.CheckRuns(20);
  CHECK(layer.Figure("packed") == other.Figure("packed"));
  CHECK(layer.Figure("weights") == other.Figure("weights"));
}

// Looks at every chance, and each time its slice is over.
double late_ms = 0;
double Late() { return ++late_ms; }

TEST_CASE("specialize: one that is given up in the middle leaves nothing behind") {
  Session::Options options;
  options.clock = Late;
  options.work_between_looks = 0;
  Layer layer(options);
  layer.CheckRuns(16);
  const std::string packed = layer.Figure("packed"), weights = layer.Figure("weights");
  // One row has another kernel, so that its init plan runs again and its weights are packed anew.
  int pauses = 0;
  for (bool ended = false; !ended; ++pauses) {
    Task specializing = layer.session.Specialize(0, {{1, kIn}});
    for (int k = 0; k <= pauses && !ended; ++k) {
      layer.session.StartSlice(0, -1);
      ended = specializing.Resume();
    }
    if (ended) break;
    specializing = Task();
    CHECK(layer.Figure("packed") == packed);
    CHECK(layer.Figure("weights") == weights);
  }
  CHECK(pauses > 20);
  layer.CheckRuns(16);
  layer.CheckRuns(1);
  layer.CheckRuns(24);
}

TEST_CASE("specialize: shapes that do not fit are told, and the last ones stay") {
  Layer layer;
  const auto refused = [&](uint32_t p, Session::Shapes shapes, std::string_view message) {
    const Status status = RunToEnd(layer.session.Specialize(p, std::move(shapes)));
    CHECK(status.code() == StatusCode::kInvalidArgument);
    CHECK_MESSAGE(status.message().find(message) != std::string_view::npos, status.ToString());
  };
  CHECK(layer.session.Start(0).message() == "start comes after specialize");
  layer.CheckRuns(16);
  refused(0, {{16, 31}}, "input \"x\" is tensor<?x32xf32>, got tensor<16x31xf32>");
  refused(0, {{16}}, "input \"x\" is tensor<?x32xf32>, got tensor<16xf32>");
  refused(0, {{-1, 32}}, "input \"x\" is tensor<?x32xf32>, got tensor<-1x32xf32>");
  refused(0, {}, "argument 0 is tensor<?x32xf32>, expected one tensor<?x32xf32> of known sizes");
  refused(1, {{16, 32}}, "there is no program 1 that leaves sizes free");
  layer.CheckRuns(16);
  layer.CheckRuns(0);
}

TEST_CASE("specialize: a contradiction between inputs is the caller's") {
  Session session({});
  constexpr std::string_view kAdd = R"(module {
    func.func public @main(%x: tensor<?xf32> loc("x"), %y: tensor<?xf32> loc("y")) -> tensor<?xf32> {
      %0 = stablehlo.add %x, %y : tensor<?xf32>
      return %0 : tensor<?xf32>
    }
  })";
  Add(&session, kAdd);
  Bind(&session);
  CHECK(session.DescribeJson().find("\"shape\":[null]") != std::string::npos);
  Must(session.Finish());
  Must(RunToEnd(session.Specialize(0, {{3}, {3}})));
  const Status status = RunToEnd(session.Specialize(0, {{3}, {2}}));
  CHECK(status.code() == StatusCode::kInvalidArgument);
  CHECK(status.message().starts_with("program \"main\" with inputs x 3, y 2: "));
  CHECK(status.message().find("stablehlo.add") != std::string_view::npos);
}

// As JAX exports a function of an even number of rows, in halves.
TEST_CASE("specialize: sizes are computed, and what is demanded of them is told") {
  Session session({});
  Add(&session, R"(module {
    func.func public @main(%x: tensor<?xf32> loc("x")) -> tensor<?xf32> {
      %n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?xf32>) -> tensor<i32>
      %two = stablehlo.constant dense<2> : tensor<i32>
      %zero = stablehlo.constant dense<0> : tensor<i32>
      %rest = stablehlo.remainder %n, %two : tensor<i32>
      %even = stablehlo.compare EQ, %rest, %zero : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.custom_call @shape_assertion(%even, %n) {error_message = "b is {0}"} : (tensor<i1>, tensor<i32>) -> ()
      %half = stablehlo.divide %n, %two : tensor<i32>
      %0 = call @halve(%half, %x) : (tensor<i32>, tensor<?xf32>) -> tensor<?xf32>
      return %0 : tensor<?xf32>
    }
    func.func private @halve(%half: tensor<i32>, %x: tensor<?xf32>) -> tensor<?xf32> {
      %start = stablehlo.constant dense<0> : tensor<1xi32>
      %step = stablehlo.constant dense<1> : tensor<1xi32>
      %limit = stablehlo.reshape %half : (tensor<i32>) -> tensor<1xi32>
      %0 = stablehlo.real_dynamic_slice %x, %start, %limit, %step : (tensor<?xf32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<?xf32>
      return %0 : tensor<?xf32>
    }
  })");
  Bind(&session);
  Must(session.Finish());
  Must(RunToEnd(session.Specialize(0, {{6}})));
  CHECK(session.ResultShapesJson(0) == "[[3]]");
  const Status status = RunToEnd(session.Specialize(0, {{5}}));
  CHECK(status.code() == StatusCode::kInvalidArgument);
  CHECK(status.message().starts_with("program \"main\" with inputs x 5: refine-shapes: "));
  CHECK(status.message().ends_with(": b is 5"));
}

TEST_CASE("specialize: a slice whose start a run brings takes what sizes say") {
  const auto slice = [](std::string_view limit) {
    return StrCat(R"(module {
    func.func public @main(%x: tensor<?x4xf32> loc("x"), %at: tensor<i32> loc("at")) -> tensor<?x2xf32> {
      %n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?x4xf32>) -> tensor<i32>
      %one = stablehlo.constant dense<1> : tensor<1xi32>
      %two = stablehlo.constant dense<2> : tensor<1xi32>
      %steps = stablehlo.concatenate %one, %one, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
      %rows = stablehlo.reshape %n : (tensor<i32>) -> tensor<1xi32>
      %sizes = stablehlo.concatenate %rows, %two, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
      %zero = stablehlo.constant dense<0> : tensor<1xi32>
      %a = stablehlo.reshape %at : (tensor<i32>) -> tensor<1xi32>
      %start = stablehlo.concatenate %zero, %a, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
      %b = stablehlo.reshape %at : (tensor<i32>) -> tensor<1xi32>
      %again = stablehlo.concatenate %zero, %b, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
      %limit = )",
                  limit, R"( : tensor<2xi32>
      %0 = stablehlo.real_dynamic_slice %x, %start, %limit, %steps : (tensor<?x4xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x2xf32>
      return %0 : tensor<?x2xf32>
    }
  })");
  };
  Session session({});
  SUBCASE("behind its start") {
    Add(&session, slice("stablehlo.add %again, %sizes"));
    Bind(&session);
    Must(session.Finish());
    Must(RunToEnd(session.Specialize(0, {{2, 4}, {}})));
    CHECK(session.ResultShapesJson(0) == "[[2,2]]");
    const Floats x = {1, 2, 3, 4, 5, 6, 7, 8};
    std::memcpy(*session.InputPointer(0, 0), x.data(), x.size() * sizeof(float));
    const int32_t at = 1;
    std::memcpy(*session.InputPointer(0, 1), &at, sizeof(at));
    Must(session.Start(0));
    REQUIRE(*session.Advance(-1) == Executable::State::kDone);
    const float* result = static_cast<const float*>(session.OutputPointer(0, 0));
    CHECK(Floats(result, result + 4) == Floats{2, 3, 6, 7});
  }
  SUBCASE("of no known size") {
    Add(&session, slice("stablehlo.multiply %again, %sizes"));
    Bind(&session);
    Must(session.Finish());
    const Status status = RunToEnd(session.Specialize(0, {{2, 4}, {}}));
    CHECK(status.code() == StatusCode::kUnsupported);
    CHECK(status.message().ends_with("whose sizes depend on the values of inputs"));
  }
}

TEST_CASE("specialize: a size that only weights leave free is theirs") {
  Session session({});
  constexpr std::string_view kScale = R"(module {
    func.func public @main(%x: tensor<3xf32> loc("x"), %w: tensor<?xf32> loc("weights['w']")) -> tensor<?xf32> {
      %0 = chlo.broadcast_multiply %x, %w : (tensor<3xf32>, tensor<?xf32>) -> tensor<?xf32>
      return %0 : tensor<?xf32>
    }
  })";
  Add(&session, kScale);
  Must(session.DeclareWeight("w", TensorType(ElementType::kF32, {3})));
  Bind(&session);
  CHECK(session.DescribeJson().find("null") == std::string::npos);
  CHECK(session.executable(0).plan().result_bytes == std::vector<int64_t>{12});
}

}  // namespace
}  // namespace webhlo
