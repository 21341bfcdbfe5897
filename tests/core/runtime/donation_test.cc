// SPDX-License-Identifier: Apache-2.0
//
// Donated arguments: results take their memory, and nobody loses what he did not give away.
#include "core/runtime/donation.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "tests/core/runtime/session_testing.h"

namespace webhlo {
namespace {

// A step of training with momentum: (weights, momentum, gradient) -> (weights, momentum, norm).
constexpr std::string_view kStep = R"(
func.func @main(%w: tensor<4xf32> {tf.aliasing_output = 0 : i32}, %m: tensor<4xf32> {tf.aliasing_output = 1 : i32},
    %g: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<f32>) {
  %decay = stablehlo.constant dense<0.5> : tensor<4xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = stablehlo.multiply %m, %decay : tensor<4xf32>
  %1 = stablehlo.add %0, %g : tensor<4xf32>
  %2 = stablehlo.subtract %w, %1 : tensor<4xf32>
  %3 = stablehlo.multiply %g, %g : tensor<4xf32>
  %4 = stablehlo.reduce(%3 init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
  return %2, %1, %4 : tensor<4xf32>, tensor<4xf32>, tensor<f32>
})";

// Each takes the place of the other, and what the first was is asked for as well.
constexpr std::string_view kSwap = R"(
func.func @main(%a: tensor<2xf32> {tf.aliasing_output = 0 : i32}, %b: tensor<2xf32> {tf.aliasing_output = 1 : i32})
    -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %0 = stablehlo.add %a, %b : tensor<2xf32>
  return %b, %a, %a, %0 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
})";

// What is made of all of the input cannot be made in its place.
constexpr std::string_view kReverse = R"(
func.func @main(%x: tensor<4xf32> {jax.buffer_donor = true}) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = stablehlo.reverse %x, dims = [0] : tensor<4xf32>
  return %0, %0 : tensor<4xf32>, tensor<4xf32>
})";

Floats FloatsAt(const void* data, size_t count) {
  Floats values(count);
  std::memcpy(values.data(), data, count * sizeof(float));
  return values;
}

Floats Output(const Session& session, uint32_t i, size_t count) {
  return FloatsAt(session.OutputPointer(0, i), count);
}

uint32_t NewTensor(Session* session, const Floats& values) {
  Result<uint32_t> tensor = session->tensors().Create(values.size() * sizeof(float));
  Must(tensor.status());
  std::memcpy(session->tensors().Find(*tensor)->data(), values.data(),
              values.size() * sizeof(float));
  return *tensor;
}

Floats ValuesOf(Session* session, uint32_t tensor, size_t count) {
  return FloatsAt(session->tensors().Find(tensor)->data(), count);
}

void Give(Session* session, uint32_t i, const Floats& values) {
  Result<void*> input = session->InputPointer(0, i);
  Must(input.status());
  std::memcpy(*input, values.data(), values.size() * sizeof(float));
}

uint32_t Keep(Session* session, uint32_t i) {
  Result<uint32_t> kept = session->KeepOutput(0, i);
  Must(kept.status());
  return *kept;
}

void Run(Session* session) {
  Must(session->Start(0));
  Result<Executable::State> state = session->Advance(-1);
  Must(state.status());
  REQUIRE(*state == Executable::State::kDone);
}

// The engines of these tests.
template <class F>
void WithSessions(std::string_view program, F test) {
  for (const bool reference : {false, true}) {
    Session::Options options;
    if (reference) options.engine = PlanOptions::Engine::kReference;
    Session session(options);
    Add(&session, program);
    Bind(&session);
    Finish(&session);
    test(session);
  }
}

TEST_CASE("donation: a state that is kept and donated stays in its memory") {
  WithSessions(kStep, [](Session& session) {
    uint32_t state[] = {NewTensor(&session, {8, 8, 8, 8}), NewTensor(&session, {0, 0, 0, 0})};
    const void* const places[] = {session.tensors().Find(state[0])->data(),
                                  session.tensors().Find(state[1])->data()};
    for (int step = 0; step < 2; ++step) {
      for (uint32_t i = 0; i < 2; ++i) Must(session.BindInput(0, i, state[i], true));
      Give(&session, 2, {1, 2, 3, 4});
      const uint32_t next[] = {Keep(&session, 0), Keep(&session, 1)};
      Run(&session);
      CHECK(Output(session, 2, 1) == Floats{30});
      for (uint32_t i = 0; i < 2; ++i) {
        CHECK(session.tensors().Find(state[i]) == nullptr);
        CHECK(session.tensors().Find(next[i])->data() == places[i]);
        state[i] = next[i];
      }
    }
    CHECK(ValuesOf(&session, state[0], 4) == Floats{5.5, 3, 0.5, -2});
    CHECK(ValuesOf(&session, state[1], 4) == Floats{1.5, 3, 4.5, 6});
    CHECK(session.tensors().ByteSize() == 32);
  });
}

TEST_CASE("donation: the plan writes over the inputs, and copies nothing") {
  Session session({});
  Add(&session, kStep);
  Bind(&session);
  const Result<std::string> plan = session.Inspect("plan", "main");
  Must(plan.status());
  CHECK(plan->find(" -> input1, input0") != std::string::npos);
  CHECK(plan->find("copy") == std::string::npos);
}

TEST_CASE("donation: who keeps a tensor finds in it what he left") {
  WithSessions(kStep, [](Session& session) {
    const uint32_t w = NewTensor(&session, {8, 8, 8, 8});
    for (int i = 0; i < 2; ++i) {
      Must(session.BindInput(0, 0, w, false));
      Give(&session, 1, {2, 2, 2, 2});
      Give(&session, 2, {0, 0, 1, 1});
      Run(&session);
      CHECK(Output(session, 0, 4) == Floats{7, 7, 6, 6});
      CHECK(Output(session, 1, 4) == Floats{1, 1, 2, 2});
      CHECK(ValuesOf(&session, w, 4) == Floats{8, 8, 8, 8});
    }
  });
}

TEST_CASE("donation: inputs are given for each run, and results kept once") {
  WithSessions(kStep, [](Session& session) {
    for (uint32_t i = 0; i < 3; ++i) Give(&session, i, {1, 1, 1, 1});
    const uint32_t kept = Keep(&session, 0);
    CHECK(session.KeepOutput(0, 0).status().message() == "result 0 is kept already");
    Run(&session);
    CHECK(ValuesOf(&session, kept, 4) == Floats{-0.5, -0.5, -0.5, -0.5});
    // Another run would write into what was kept.
    CHECK(session.Start(0).message() == "input 0 is to be given for each run");
    Give(&session, 0, {3, 3, 3, 3});
    Run(&session);
    CHECK(ValuesOf(&session, kept, 4) == Floats{-0.5, -0.5, -0.5, -0.5});
  });
}

TEST_CASE("donation: a run that never began leaves what it was given") {
  WithSessions(kStep, [](Session& session) {
    const uint32_t w = NewTensor(&session, {8, 8, 8, 8});
    Must(session.BindInput(0, 0, w, true));
    const uint32_t kept = Keep(&session, 0);
    CHECK(session.Start(0).message() == "input 1 is to be given for each run");
    session.Stop();
    session.tensors().Dispose(kept);
    CHECK(ValuesOf(&session, w, 4) == Floats{8, 8, 8, 8});
  });
}

TEST_CASE("donation: results change places, and old values are saved") {
  WithSessions(kSwap, [](Session& session) {
    Give(&session, 0, {1, 2});
    Give(&session, 1, {10, 20});
    Run(&session);
    CHECK(Output(session, 0, 2) == Floats{10, 20});
    CHECK(Output(session, 1, 2) == Floats{1, 2});
    CHECK(Output(session, 2, 2) == Floats{1, 2});
    CHECK(Output(session, 3, 2) == Floats{11, 22});
  });
}

TEST_CASE("donation: what cannot be made in place is copied there") {
  WithSessions(kReverse, [](Session& session) {
    const uint32_t x = NewTensor(&session, {1, 2, 3, 4});
    const void* const place = session.tensors().Find(x)->data();
    Must(session.BindInput(0, 0, x, true));
    Run(&session);
    CHECK(session.OutputPointer(0, 0) == place);
    CHECK(Output(session, 0, 4) == Floats{4, 3, 2, 1});
    CHECK(Output(session, 1, 4) == Floats{4, 3, 2, 1});
  });
}

TEST_CASE("donation: donors take the first result of their type that no other argument names") {
  constexpr std::string_view text = R"(
func.func @main(%a: tensor<2xf32> {jax.buffer_donor = true}, %b: tensor<3xf32>, %c: tensor<2xf32> {jax.buffer_donor = true},
    %d: tensor<2xf32> {tf.aliasing_output = 1 : i32}, %e: tensor<2xi32> {tf.aliasing_output = 3 : i32})
    -> (tensor<3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  return %b, %a, %c, %d : tensor<3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
})";
  const Result<Program> program =
      Import({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  REQUIRE_MESSAGE(program.ok(), program.status().ToString());
  CHECK(HasDonors(*program));
  const std::vector<uint32_t> inputs = {0, 1, 2, 3, 4};
  // The last names a result of another type.
  CHECK(ResultsOverInputs(*program, program->graph, inputs) ==
        std::vector<uint32_t>{2, kNone, 3, 1, kNone});
}

}  // namespace
}  // namespace webhlo
