// SPDX-License-Identifier: Apache-2.0
// A run can be left between any two pieces of a step, when the clock says so, and be gone on with
// or begun anew. The clock here goes a millisecond a look, whatever the time.
#include "core/runtime/executable.h"

#include <cstring>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "core/runtime/session.h"
#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

double now = 0;  // Milliseconds.
int looks = 0;

double TickingClock() {
  ++looks;
  return now += 1;
}

struct StepCase {
  std::string_view name;
  std::string_view body;  // Of a function of f32 tensors %x and %y.
  std::string_view type;  // Of %x, %y
  std::string_view other;
  std::string_view result;
  std::vector<int64_t> weight = {};  // The sizes of %y, if it is one.
};

const StepCase kCases[] = {
    {"a fused loop", R"(
       %0 = stablehlo.tanh %x : tensor<100x300xf32>
       %1 = stablehlo.multiply %0, %y : tensor<100x300xf32>
       %2 = stablehlo.add %1, %x : tensor<100x300xf32>
       return %2 : tensor<100x300xf32>)",
     "tensor<100x300xf32>", "tensor<100x300xf32>", "tensor<100x300xf32>"},
    {"a fused loop over long rows", R"(
       %0 = stablehlo.broadcast_in_dim %y, dims = [0] : (tensor<3xf32>) -> tensor<3x9001xf32>
       %1 = stablehlo.multiply %0, %x : tensor<3x9001xf32>
       %2 = stablehlo.add %1, %x : tensor<3x9001xf32>
       return %2 : tensor<3x9001xf32>)",
     "tensor<3x9001xf32>", "tensor<3xf32>", "tensor<3x9001xf32>"},
    {"a product with a weight",
     R"(
       %0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0]
         : (tensor<70x50xf32>, tensor<50x90xf32>) -> tensor<70x90xf32>
       return %0 : tensor<70x90xf32>)",
     "tensor<70x50xf32>",
     "tensor<50x90xf32>",
     "tensor<70x90xf32>",
     {50, 90}},
    {"a product of a row",
     R"(
       %0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0]
         : (tensor<1x500xf32>, tensor<500x90xf32>) -> tensor<1x90xf32>
       return %0 : tensor<1x90xf32>)",
     "tensor<1x500xf32>",
     "tensor<500x90xf32>",
     "tensor<1x90xf32>",
     {500, 90}},
    {"a product of inputs", R"(
       %0 = stablehlo.dot_general %x, %y, batching_dims = [0] x [0], contracting_dims = [1] x [2]
         : (tensor<3x50x40xf32>, tensor<3x60x50xf32>) -> tensor<3x40x60xf32>
       return %0 : tensor<3x40x60xf32>)",
     "tensor<3x50x40xf32>", "tensor<3x60x50xf32>", "tensor<3x40x60xf32>"},
    {"a convolution",
     R"(
       %0 = stablehlo.convolution(%x, %y) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
         window = {pad = [[1, 1], [1, 1]]}
         {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
         : (tensor<2x20x20x8xf32>, tensor<3x3x8x16xf32>) -> tensor<2x20x20x16xf32>
       return %0 : tensor<2x20x20x16xf32>)",
     "tensor<2x20x20x8xf32>",
     "tensor<3x3x8x16xf32>",
     "tensor<2x20x20x16xf32>",
     {3, 3, 8, 16}},
    {"a depthwise convolution",
     R"(
       %0 = stablehlo.convolution(%x, %y) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
         window = {pad = [[1, 1], [1, 1]]}
         {batch_group_count = 1 : i64, feature_group_count = 12 : i64}
         : (tensor<1x40x40x12xf32>, tensor<3x3x1x12xf32>) -> tensor<1x40x40x12xf32>
       return %0 : tensor<1x40x40x12xf32>)",
     "tensor<1x40x40x12xf32>",
     "tensor<3x3x1x12xf32>",
     "tensor<1x40x40x12xf32>",
     {3, 3, 1, 12}},
    {"a transposition", R"(
       %0 = stablehlo.transpose %x, dims = [1, 0] : (tensor<130x170xf32>) -> tensor<170x130xf32>
       return %0 : tensor<170x130xf32>)",
     "tensor<130x170xf32>", "tensor<f32>", "tensor<170x130xf32>"},
    {"a concatenation", R"(
       %0 = stablehlo.concatenate %x, %y, dim = 1
         : (tensor<130x70xf32>, tensor<130x9xf32>) -> tensor<130x79xf32>
       return %0 : tensor<130x79xf32>)",
     "tensor<130x70xf32>", "tensor<130x9xf32>", "tensor<130x79xf32>"},
    {"a padding", R"(
       %0 = stablehlo.pad %x, %y, low = [2, 1], high = [3, 0], interior = [1, 2]
         : (tensor<130x70xf32>, tensor<f32>) -> tensor<264x209xf32>
       return %0 : tensor<264x209xf32>)",
     "tensor<130x70xf32>", "tensor<f32>", "tensor<264x209xf32>"},
    {"a reduction", R"(
       %0 = stablehlo.reduce(%x init: %y) applies stablehlo.add across dimensions = [0]
         : (tensor<3000x130xf32>, tensor<f32>) -> tensor<130xf32>
       return %0 : tensor<130xf32>)",
     "tensor<3000x130xf32>", "tensor<f32>", "tensor<130xf32>"},
    {"a large splat, written in a loop", R"(
       %c = stablehlo.constant dense<1.5> : tensor<30000xf32>
       %i = stablehlo.constant dense<0> : tensor<i32>
       %n = stablehlo.constant dense<40> : tensor<i32>
       %one = stablehlo.constant dense<1> : tensor<i32>
       %0:2 = stablehlo.while(%a = %i, %b = %c) : tensor<i32>, tensor<30000xf32>
       cond {
         %p = stablehlo.compare LT, %a, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
         stablehlo.return %p : tensor<i1>
       } do {
         %1 = stablehlo.add %a, %one : tensor<i32>
         %2 = stablehlo.reverse %b, dims = [0] : tensor<30000xf32>
         %3 = stablehlo.dynamic_update_slice %2, %x, %a : (tensor<30000xf32>, tensor<1xf32>, tensor<i32>) -> tensor<30000xf32>
         stablehlo.return %1, %3 : tensor<i32>, tensor<30000xf32>
       }
       return %0#1 : tensor<30000xf32>)",
     "tensor<1xf32>", "tensor<f32>", "tensor<30000xf32>"},
    {"a loop that is one function of the JIT, with a reduction", R"(
       %zero = stablehlo.constant dense<0.0> : tensor<f32>
       %0:3 = stablehlo.while(%i = %zero, %a = %x, %sum = %y) : tensor<f32>, tensor<70xf32>, tensor<f32>
       cond {
         %n = stablehlo.constant dense<2000.0> : tensor<f32>
         %p = stablehlo.compare LT, %i, %n : (tensor<f32>, tensor<f32>) -> tensor<i1>
         stablehlo.return %p : tensor<i1>
       } do {
         %one = stablehlo.constant dense<1.0> : tensor<f32>
         %half = stablehlo.constant dense<0.5> : tensor<70xf32>
         %1 = stablehlo.add %i, %one : tensor<f32>
         %2 = stablehlo.multiply %a, %half : tensor<70xf32>
         %3 = stablehlo.add %2, %x : tensor<70xf32>
         %4 = stablehlo.reduce(%3 init: %sum) applies stablehlo.maximum across dimensions = [0]
           : (tensor<70xf32>, tensor<f32>) -> tensor<f32>
         stablehlo.return %1, %3, %4 : tensor<f32>, tensor<70xf32>, tensor<f32>
       }
       %5 = stablehlo.broadcast_in_dim %0#2, dims = [] : (tensor<f32>) -> tensor<70xf32>
       %6 = stablehlo.add %5, %0#1 : tensor<70xf32>
       return %6 : tensor<70xf32>)",
     "tensor<70xf32>", "tensor<f32>", "tensor<70xf32>"},
};

void FillFloats(void* to, int64_t bytes) {
  TestRandom random(3);
  for (int64_t i = 0; i < bytes / 4; ++i) static_cast<float*>(to)[i] = random.Float();
}

void Prepare(const StepCase& c, Session* session) {
  const bool weight = !c.weight.empty();
  const std::string text =
      StrCat("module { func.func public @main(%x: ", c.type, " loc(\"inputs['x']\"), %y: ", c.other,
             weight ? " loc(\"weights['y']\")" : " loc(\"inputs['y']\")", ") -> ", c.result, " {",
             c.body, "\n}}");
  const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  Status status = session->AddProgram("main", bytes, "test.mlir");
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  const TensorType type(ElementType::kF32, c.weight);
  if (weight) REQUIRE(session->DeclareWeight("y", type).ok());
  status = RunToEnd(session->Bind());
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  if (weight) {
    Result<uint8_t*> buffer = session->WeightBuffer(0);
    REQUIRE(buffer.ok());
    FillFloats(*buffer, type.ByteSize());
    REQUIRE(RunToEnd(session->WeightArrived(0)).ok());
  }
  REQUIRE(session->Finish().ok());
}

// With its inputs written anew: a run may use their memory for other values.
void Start(Session* session) {
  const std::vector<int64_t>& inputs = session->executable(0).plan().input_bytes;
  for (uint32_t i = 0; i < inputs.size(); ++i) FillFloats(*session->InputPointer(0, i), inputs[i]);
  REQUIRE(session->Start(0).ok());
}

std::vector<uint8_t> Output(const Session& session) {
  const uint8_t* bytes = static_cast<const uint8_t*>(session.OutputPointer(0, 0));
  return {bytes, bytes + session.executable(0).plan().result_bytes[0]};
}

Executable::State Advance(Session* session, double deadline_ms) {
  Result<Executable::State> state = session->Advance(deadline_ms);
  REQUIRE_MESSAGE(state.ok(), state.status().ToString());
  return *state;
}

TEST_CASE("executable: every kind of step is left at its pieces and gone on with") {
  for (const StepCase& c : kCases) {
    for (int threads : {1, 2}) {
      CAPTURE(c.name);
      const SmallPieces small(4000);
      Session::Options options;
      options.num_threads = threads;
      options.clock = TickingClock;
      Session session(options);
      Prepare(c, &session);

      looks = 0;
      Start(&session);
      CHECK(Advance(&session, -1) == Executable::State::kDone);
      CHECK(looks == 0);  // Nobody asks for the time where there is no deadline.
      const std::vector<uint8_t> whole = Output(session);

      // A deadline that has passed already: one piece at a time.
      for (int round = 0; round < 2; ++round) {
        Start(&session);
        int pauses = 0;
        while (Advance(&session, 0) == Executable::State::kPaused) {
          if (round == 0 && pauses == 3) break;  // Given up: the next round begins anew.
          ++pauses;
        }
        CHECK(pauses >= 3);
        if (round == 1) CHECK(Output(session) == whole);
      }
    }
  }
}

// y = 2 * x until x is large; by steps, as a reversal is no part of a function of the loop.
constexpr StepCase kSmallSteps = {"many small steps", R"(
      %0:2 = stablehlo.while(%a = %x, %b = %y) : tensor<65xf32>, tensor<f32>
      cond {
        %c = stablehlo.constant dense<1000.0> : tensor<f32>
        %p = stablehlo.compare LT, %b, %c : (tensor<f32>, tensor<f32>) -> tensor<i1>
        stablehlo.return %p : tensor<i1>
      } do {
        %one = stablehlo.constant dense<1.0> : tensor<f32>
        %1 = stablehlo.add %b, %one : tensor<f32>
        %2 = stablehlo.add %a, %a : tensor<65xf32>
        %3 = stablehlo.reverse %2, dims = [0] : tensor<65xf32>
        stablehlo.return %3, %1 : tensor<65xf32>, tensor<f32>
      }
      return %0#0 : tensor<65xf32>)",
                                  "tensor<65xf32>", "tensor<f32>", "tensor<65xf32>"};

TEST_CASE("executable: small steps share a look at the clock") {
  Session::Options options;
  options.clock = TickingClock;
  Session session(options);
  Prepare(kSmallSteps, &session);
  Start(&session);
  looks = 0;
  CHECK(Advance(&session, 1e9) == Executable::State::kDone);
  CHECK(looks >= 10);   // A thousand trips of some steps each,
  CHECK(looks <= 500);  // and a look for each handful of trips.
}

TEST_CASE("executable: a deadline is seen at the first look behind it") {
  const SmallPieces small(4000);
  Session::Options options;
  options.clock = TickingClock;
  Session session(options);
  Prepare(kCases[0], &session);
  Start(&session);
  looks = 0;
  CHECK(Advance(&session, 4.5) == Executable::State::kPaused);
  CHECK(looks == 6);  // One to know when the time is up, and five until it is.
}

// The clock goes a millisecond a look, and nobody else looks at it in runs without a deadline.
TEST_CASE("executable: times of steps are recorded on request, and counted in loops") {
  Session::Options options;
  options.clock = TickingClock;
  Session silent(options);
  Prepare(kSmallSteps, &silent);
  Start(&silent);
  looks = 0;
  CHECK(Advance(&silent, -1) == Executable::State::kDone);
  CHECK(looks == 0);
  CHECK(silent.executable(0).times().empty());

  Session session(options);
  Prepare(kSmallSteps, &session);
  session.RecordTimes(true);
  const Executable& e = session.executable(0);
  // How often each step runs follows from that, whatever the plan is.
  int64_t trips = 0;
  for (int round = 0; round < 3; ++round) {
    Start(&session);
    if (round == 1) {
      // Left between two steps: what passes until it is gone on with counts for none.
      while (Advance(&session, 0) == Executable::State::kPaused) now += 1e6;
    } else {
      looks = 0;
      CHECK(Advance(&session, -1) == Executable::State::kDone);
    }
    const std::span<const Executable::StepTime> times = e.times();
    REQUIRE(times.size() == e.plan().steps.size());
    int64_t runs = 0;
    double ms = 0;
    for (size_t i = 0; i < times.size(); ++i) {
      const Step& step = e.plan().steps[i];
      CAPTURE(i);
      if (step.kind == Step::Kind::kJumpUnless) {
        if (round == 0) trips = times[i].runs - 1;
        CHECK(times[i].runs == trips + 1);
      } else if (step.kind == Step::Kind::kJump) {
        CHECK(times[i].runs == trips);
      }
      runs += times[i].runs;
      ms += times[i].ms;
    }
    CHECK(trips > 900);
    CHECK(ms < 1e6);
    if (round == 1) continue;
    CHECK(looks == runs + 1);  // One before each step, and one at the end.
    CHECK(ms == static_cast<double>(runs));
  }
}

TEST_CASE("executable: the time of a step of many pieces is one, however often it is left") {
  const SmallPieces small(4000);
  Session::Options options;
  options.clock = TickingClock;
  Session session(options);
  Prepare(kCases[0], &session);
  session.RecordTimes(true);
  Start(&session);
  int pauses = 0;
  while (Advance(&session, 0) == Executable::State::kPaused) ++pauses;
  const std::span<const Executable::StepTime> times = session.executable(0).times();
  REQUIRE(times.size() == 1);
  CHECK(times[0].runs == 1);
  CHECK(times[0].ms >= pauses);
}

TEST_CASE("executable: times are recorded until that is ended, in the middle of a run if need be") {
  const SmallPieces small(4000);
  Session::Options options;
  options.clock = TickingClock;
  Session session(options);
  Prepare(kCases[0], &session);
  const Executable& e = session.executable(0);
  Start(&session);
  CHECK(Advance(&session, 0) == Executable::State::kPaused);
  session.RecordTimes(true);
  while (Advance(&session, 0) == Executable::State::kPaused) continue;
  CHECK(e.times().size() == e.plan().steps.size());
  Start(&session);
  CHECK(Advance(&session, 0) == Executable::State::kPaused);
  session.RecordTimes(false);
  CHECK(e.times().empty());
  while (Advance(&session, 0) == Executable::State::kPaused) continue;
  Start(&session);
  looks = 0;
  CHECK(Advance(&session, -1) == Executable::State::kDone);
  CHECK(looks == 0);
}

// Where there is a JIT the jump back makes the trips but the first, by itself.
TEST_CASE("executable: trips of a loop that is a function are counted") {
  Session session({});
  Prepare(kCases[std::size(kCases) - 1], &session);
  session.RecordTimes(true);
  for (int round = 0; round < 2; ++round) {
    Start(&session);
    CHECK(Advance(&session, -1) == Executable::State::kDone);
    const Executable& e = session.executable(0);
    int64_t trips = 0;
    for (size_t i = 0; i < e.times().size(); ++i) {
      if (e.plan().steps[i].kind == Step::Kind::kJump) trips += e.times()[i].runs;
    }
    CHECK(trips >= 1999);
    CHECK(trips <= 2000);
  }
}

}  // namespace
}  // namespace webhlo
