// SPDX-License-Identifier: Apache-2.0
// Runs and loads in slices of time, by a clock that the tests move: whatever a step does, it is
// left in time and gone on with, or given up.
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "core/runtime/session.h"

namespace webhlo {
namespace {

// One millisecond passes from each look at the clock to the next.
double now_ms = 0;
double TickingClock() { return now_ms += 1; }

// A computation's value %x after a loop that goes on for ever where %x is negative. The bound is no
// literal that stands outside too: a computation that shares one stays out of init plans.
constexpr std::string_view kLoop = R"(
    %loop = stablehlo.while(%v = %x) : tensor<f32>
    cond {
      %half = stablehlo.constant dense<0.5> : tensor<f32>
      %go = stablehlo.compare LT, %v, %half : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %go : tensor<i1>
    } do {
      stablehlo.return %v : tensor<f32>
    })";

struct Endless {
  const char* name;
  std::string body;
};

// Each a program of one argument of four elements whose result is its own negation, or for ever.
std::vector<Endless> Programs() {
  const std::string less = StrCat(R"(
    %r = stablehlo.compare LT, %loop, %y : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %r : tensor<i1>)");
  const std::string scalars = "(%x: tensor<f32>, %y: tensor<f32>)";
  return {
      {"map", StrCat(R"(%0 = "stablehlo.map"(%a) ({ ^bb0(%x: tensor<f32>):)", kLoop, R"(
         stablehlo.return %loop : tensor<f32>
       }) {dimensions = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xf32>)")},
      {"sort", StrCat(R"(%0 = "stablehlo.sort"(%a) ({ ^bb0)", scalars, ":", kLoop, less, R"(
       }) {dimension = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>)")},
      {"reduce", StrCat(R"(%z = stablehlo.constant dense<0.0> : tensor<f32>
       %s = "stablehlo.reduce"(%a, %z) ({ ^bb0(%y: tensor<f32>, %x: tensor<f32>):)",
                        kLoop, R"(
         %r = stablehlo.add %y, %loop : tensor<f32>
         stablehlo.return %r : tensor<f32>
       }) {dimensions = array<i64: 0>} : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
       %0 = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<4xf32>)")},
      {"reduce_window", StrCat(R"(%z = stablehlo.constant dense<0.0> : tensor<f32>
       %0 = "stablehlo.reduce_window"(%a, %z) ({ ^bb0(%y: tensor<f32>, %x: tensor<f32>):)",
                               kLoop, R"(
         %r = stablehlo.add %y, %loop : tensor<f32>
         stablehlo.return %r : tensor<f32>
       }) {window_dimensions = array<i64: 1>} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>)")},
      {"scatter", StrCat(R"(%i = stablehlo.constant dense<[[0], [1], [2], [3]]> : tensor<4x1xi32>
       %z = stablehlo.constant dense<0.0> : tensor<4xf32>
       %0 = "stablehlo.scatter"(%z, %i, %a) ({ ^bb0(%y: tensor<f32>, %x: tensor<f32>):)",
                         kLoop, R"(
         %r = stablehlo.add %y, %loop : tensor<f32>
         stablehlo.return %r : tensor<f32>
       }) {scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0],
           scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}
         : (tensor<4xf32>, tensor<4x1xi32>, tensor<4xf32>) -> tensor<4xf32>)")},
      {"select_and_scatter", StrCat(R"(%z = stablehlo.constant dense<0.0> : tensor<f32>
       %0 = "stablehlo.select_and_scatter"(%a, %a, %z) ({ ^bb0)",
                                    scalars, R"(:
         %r = stablehlo.compare GE, %x, %y : (tensor<f32>, tensor<f32>) -> tensor<i1>
         stablehlo.return %r : tensor<i1>
       }, { ^bb0(%y: tensor<f32>, %x: tensor<f32>):)",
                                    kLoop, R"(
         stablehlo.return %loop : tensor<f32>
       }) {window_dimensions = array<i64: 1>, window_strides = array<i64: 1>}
         : (tensor<4xf32>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>)")},
  };
}

void Add(Session* session, const std::string& body, std::string_view location) {
  const std::string text =
      StrCat("module { func.func public @main(%a: tensor<4xf32> loc(\"", location,
             "\")) -> tensor<4xf32> {\n", body, "\n return %0 : tensor<4xf32>\n} }");
  const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  const Status status = session->AddProgram("main", bytes, "test.mlir");
  REQUIRE_MESSAGE(status.ok(), status.ToString());
}

Session::Options Ticking() {
  Session::Options options;
  options.clock = TickingClock;
  return options;
}

TEST_CASE("an endless computation is left when its slice is over, and the next run is as ever") {
  for (const Endless& program : Programs()) {
    CAPTURE(std::string(program.name));
    Session session(Ticking());
    Add(&session, program.body, "x");
    REQUIRE(RunToEnd(session.Bind()).ok());
    REQUIRE(session.Finish().ok());
    for (const float sign : {-1.f, 1.f, -1.f, 1.f}) {
      const float values[] = {sign, sign, sign, sign};
      std::memcpy(*session.InputPointer(0, 0), values, sizeof(values));
      REQUIRE(session.Start(0).ok());
      for (int slice = 0; slice < 3; ++slice) {
        const double start = now_ms;
        const Result<Executable::State> state = session.Advance(10);
        REQUIRE_MESSAGE(state.ok(), state.status().ToString());
        CHECK(now_ms <= start + 15);
        CHECK(*state == (sign < 0 ? Executable::State::kPaused : Executable::State::kDone));
        if (sign > 0) break;
      }
    }
  }
}

TEST_CASE("so is one in an init plan, while the model loads") {
  for (const Endless& program : Programs()) {
    CAPTURE(std::string(program.name));
    Session session(Ticking());
    Add(&session, program.body, "weights['w']");
    REQUIRE(session.DeclareWeight("w", TensorType(ElementType::kF32, {4})).ok());
    REQUIRE(RunToEnd(session.Bind()).ok());
    Result<uint8_t*> buffer = session.WeightBuffer(0);
    REQUIRE(buffer.ok());
    const float values[] = {-1, -1, -1, -1};
    std::memcpy(*buffer, values, sizeof(values));
    Task arriving = session.WeightArrived(0);
    for (int slice = 0; slice < 3; ++slice) {
      const double start = now_ms;
      session.StartSlice(10, -1);
      CHECK(!arriving.Resume());
      CHECK(now_ms <= start + 15);
    }
  }
}

TEST_CASE("a run in slices has the results of a run in one") {
  // Sorts 10 000 numbers by the reference.
  constexpr int64_t kCount = 10000;
  const std::string type = StrCat("tensor<", kCount, "xf32>");
  const std::string text = StrCat("module { func.func public @main(%a: ", type, ") -> ", type, R"( {
    %0 = "stablehlo.sort"(%a) ({ ^bb0(%x: tensor<f32>, %y: tensor<f32>):
      %1 = stablehlo.negate %x : tensor<f32>
      %2 = stablehlo.negate %y : tensor<f32>
      %3 = stablehlo.compare GT, %1, %2 : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %3 : tensor<i1>
    }) {dimension = 0 : i64} : ()",
                                  type, ") -> ", type, "\n return %0 : ", type, "\n} }");
  Session::Options options = Ticking();
  options.engine = PlanOptions::Engine::kReference;
  Session session(options);
  const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  REQUIRE(session.AddProgram("main", bytes, "test.mlir").ok());
  REQUIRE(RunToEnd(session.Bind()).ok());
  REQUIRE(session.Finish().ok());
  auto* input = static_cast<float*>(*session.InputPointer(0, 0));
  for (int64_t i = 0; i < kCount; ++i) input[i] = static_cast<float>(i * 7919 % kCount);
  REQUIRE(session.Start(0).ok());
  int slices = 0;
  for (;; ++slices) {
    const Result<Executable::State> state = session.Advance(2);
    REQUIRE_MESSAGE(state.ok(), state.status().ToString());
    if (*state == Executable::State::kDone) break;
  }
  CHECK(slices > 20);
  const auto* output = static_cast<const float*>(session.OutputPointer(0, 0));
  for (int64_t i = 0; i < kCount; ++i) {
    CHECK_MESSAGE(output[i] == static_cast<float>(i), "at ", i);
    if (output[i] != static_cast<float>(i)) break;
  }
}

// A product of two literals, worth folding.
constexpr std::string_view kFolds = R"(
    %i = stablehlo.iota dim = 0 : tensor<120x120xf32>
    %d = stablehlo.dot_general %i, %i, contracting_dims = [1] x [0]
      : (tensor<120x120xf32>, tensor<120x120xf32>) -> tensor<120x120xf32>
    %s = stablehlo.slice %d [0:1, 0:4] : (tensor<120x120xf32>) -> tensor<1x4xf32>
    %r = stablehlo.reshape %s : (tensor<1x4xf32>) -> tensor<4xf32>
    %0 = stablehlo.add %a, %r : tensor<4xf32>)";

TEST_CASE("a load pauses between passes, and its deadline ends it within one") {
  int slices = 0;
  {
    Session session(Ticking());
    Add(&session, std::string(kFolds), "x");
    Task binding = session.Bind();
    do {
      ++slices;
      session.StartSlice(0, -1);
    } while (!binding.Resume());
    CHECK(binding.status().ok());
    CHECK(slices > 1);
  }
  Session session(Ticking());
  Add(&session, std::string(kFolds), "x");
  Task binding = session.Bind();
  session.StartSlice(1000, 8);
  CHECK(binding.Resume());
  CHECK(binding.status().code() == StatusCode::kCancelled);
}

}  // namespace
}  // namespace webhlo
