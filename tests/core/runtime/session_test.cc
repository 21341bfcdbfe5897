// SPDX-License-Identifier: Apache-2.0
// The phases of a session: names meet weights or a message says why not, programs share what they
// can, runs stop and start again, and memory that is not there is an error.
#include "core/runtime/session.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "tests/core/runtime/session_testing.h"

namespace webhlo {
namespace {

// y = x * 2 scale
constexpr std::string_view kDoubled = R"(module {
  func.func public @main(%arg0: tensor<3xf32> loc("weights['norm']['scale']"), %arg1: tensor<3xf32> loc("inputs['x']"))
      -> tensor<3xf32> {
    %0 = stablehlo.add %arg0, %arg0 : tensor<3xf32>
    %1 = stablehlo.multiply %arg1, %0 : tensor<3xf32>
    return %1 : tensor<3xf32>
  }
})";

// Counts to n, which may be never.
constexpr std::string_view kCountTo = R"(module {
  func.func public @main(%arg0: tensor<i32>) -> tensor<i32> {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.while(%iterArg = %c) : tensor<i32>
    cond {
      %1 = stablehlo.compare NE, %iterArg, %arg0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %c_0 = stablehlo.constant dense<1> : tensor<i32>
      %1 = stablehlo.add %iterArg, %c_0 : tensor<i32>
      stablehlo.return %1 : tensor<i32>
    }
    return %0 : tensor<i32>
  }
})";

// state + x, and its double
constexpr std::string_view kAccumulate = R"(module {
  func.func public @main(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
    %0 = stablehlo.add %arg0, %arg1 : tensor<3xf32>
    %1 = stablehlo.add %0, %0 : tensor<3xf32>
    return %0, %1 : tensor<3xf32>, tensor<3xf32>
  }
})";

// Of x and n: what is computed, that once more, part of something larger, x itself, a constant, and
// what a loop carries: n times twice x.
constexpr std::string_view kResultsOfAllKinds = R"(module {
  func.func public @main(%arg0: tensor<3xf32>, %arg1: tensor<i32>)
      -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
    %0 = stablehlo.add %arg0, %arg0 : tensor<3xf32>
    %1 = stablehlo.concatenate %0, %arg0, dim = 0 : (tensor<3xf32>, tensor<3xf32>) -> tensor<6xf32>
    %2 = stablehlo.slice %1 [0:3] : (tensor<6xf32>) -> tensor<3xf32>
    %c = stablehlo.constant dense<[7.0, 8.0, 9.0]> : tensor<3xf32>
    %i = stablehlo.constant dense<0> : tensor<i32>
    %3:2 = stablehlo.while(%iterArg = %i, %iterArg_0 = %arg0) : tensor<i32>, tensor<3xf32>
    cond {
      %4 = stablehlo.compare NE, %iterArg, %arg1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %4 : tensor<i1>
    } do {
      %c_0 = stablehlo.constant dense<1> : tensor<i32>
      %4 = stablehlo.add %iterArg, %c_0 : tensor<i32>
      %5 = stablehlo.add %iterArg_0, %iterArg_0 : tensor<3xf32>
      stablehlo.return %4, %5 : tensor<i32>, tensor<3xf32>
    }
    return %0, %0, %2, %arg0, %c, %3#1
      : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
  }
})";

Program Imported(std::string_view text) {
  Result<Program> program = Import({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  REQUIRE(program.ok());
  return std::move(*program);
}

const TensorType kThree(ElementType::kF32, {3});

void Declare(Session* session, const char* name, const TensorType& type = kThree) {
  REQUIRE(session->DeclareWeight(name, type).ok());
}

void Advance(Session* session, uint32_t p) {
  REQUIRE(session->Start(p).ok());
  Result<Executable::State> state = session->Advance(-1);
  REQUIRE_MESSAGE(state.ok(), state.status().ToString());
  CHECK(*state == Executable::State::kDone);
}

Floats Output(const Session& session, uint32_t p, uint32_t i = 0) {
  const auto* values = static_cast<const float*>(session.OutputPointer(p, i));
  return Floats(values, values + 3);
}

Floats Run(Session* session, uint32_t p, const Floats& x) {
  std::memcpy(*session->InputPointer(p, 0), x.data(), x.size() * sizeof(float));
  Advance(session, p);
  return Output(*session, p);
}

void CheckRefused(const Status& status, std::string_view message) {
  CHECK(status.code() == StatusCode::kInvalidArgument);
  CHECK(status.message() == message);
}

TEST_CASE("session: programs share one weight set, and what is computed from it") {
  Session one({}), three({});
  Add(&one, kDoubled);
  Add(&three, kDoubled, "doubled");
  Add(&three, kAffine, "affine");
  Add(&three, kDoubled, "again");
  CheckRefused(three.AddProgram("again", {}, ""), "two programs are named \"again\"");
  for (Session* session : {&one, &three}) Declare(session, "scale");
  Declare(&three, "bias");
  for (Session* session : {&one, &three}) {
    Bind(session);
    CHECK(session->Finish().message().starts_with("these weights did not arrive: scale"));
    Arrive(session, 0, {1, 2, 3});
  }
  Arrive(&three, 1, {10, 20, 30});
  CheckRefused(three.Start(0), "start comes after finish");
  for (Session* session : {&one, &three}) Finish(session);
  CheckRefused(three.Start(3), "there is no program 3");

  CHECK(Run(&three, 0, {1, 1, 1}) == Floats{2, 4, 6});
  CHECK(Run(&three, 1, {1, 1, 1}) == Floats{11, 22, 33});
  CHECK(Run(&three, 2, {2, 2, 2}) == Floats{4, 8, 12});
  CHECK(Run(&three, 0, {1, 1, 1}) == Floats{2, 4, 6});
  // 2 scale once, and for `affine` scale and bias.
  CHECK(one.MemoryJson().starts_with("{\"weights\":12,"));
  CHECK(three.MemoryJson().starts_with("{\"weights\":36,"));
}

// Two layers of one form, and one of another.
constexpr std::string_view kLayers = R"(module {
  func.func public @main(%arg0: tensor<3xf32> loc("a['scale']"), %arg1: tensor<3xf32> loc("a['bias']"),
      %arg2: tensor<3xf32> loc("b['scale']"), %arg3: tensor<3xf32> loc("b['bias']"),
      %arg4: tensor<3xf32> loc("c['bias']"), %arg5: tensor<3xf32> loc("x")) -> tensor<3xf32> {
    %0 = stablehlo.multiply %arg0, %arg0 : tensor<3xf32>
    %1 = stablehlo.add %0, %arg1 : tensor<3xf32>
    %2 = stablehlo.multiply %arg5, %1 : tensor<3xf32>
    %3 = stablehlo.multiply %arg2, %arg2 : tensor<3xf32>
    %4 = stablehlo.add %3, %arg3 : tensor<3xf32>
    %5 = stablehlo.multiply %2, %4 : tensor<3xf32>
    %6 = stablehlo.add %arg4, %arg4 : tensor<3xf32>
    %7 = stablehlo.add %5, %6 : tensor<3xf32>
    return %7 : tensor<3xf32>
  }
})";

TEST_CASE("session: what layers of one form make of their weights is planned once") {
  const Program program = Imported(kLayers);
  const Result<ProgramPlans> plans =
      MakePlans(program, {true, true, true, true, true, false}, CompileOptions());
  REQUIRE(plans.ok());
  CHECK(plans->init_plans.size() == 2);
  REQUIRE(plans->inits.size() == 3);
  CHECK(plans->inits[0].plan == plans->inits[1].plan);
  CHECK(plans->inits[0].plan != plans->inits[2].plan);
  CHECK(plans->inits[0].arguments == std::vector<uint32_t>{0, 1});
  CHECK(plans->inits[1].arguments == std::vector<uint32_t>{2, 3});

  Session session({});
  Add(&session, kLayers);
  for (const char* name : {"a.scale", "b.scale", "c.bias", "b.bias", "a.bias"}) {
    Declare(&session, name);
  }
  Bind(&session);
  Arrive(&session, 0, {1, 2, 3});
  Arrive(&session, 1, {2, 2, 2});
  Arrive(&session, 2, {5, 5, 5});
  Arrive(&session, 3, {1, 1, 1});
  Arrive(&session, 4, {0, 1, 2});
  Finish(&session);
  CHECK(Run(&session, 0, {1, 2, 1}) == Floats{1 * 5 + 10, 2 * 5 * 5 + 10, 11 * 5 + 10});
}

// Literals that products take, and one that nobody packs.
constexpr std::string_view kLiteralWeights = R"(module {
  func.func public @main(%arg0: tensor<3xf32> loc("scale"), %arg1: tensor<3xf32> loc("x")) -> tensor<3xf32> {
    %w = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]> : tensor<3x3xf32>
    %v = stablehlo.constant dense<[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]> : tensor<3x3xf32>
    %c = stablehlo.constant dense<[10.0, 20.0, 30.0]> : tensor<3xf32>
    %s = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<3xf32>) -> tensor<3x3xf32>
    %ws = stablehlo.multiply %w, %s : tensor<3x3xf32>
    %0 = stablehlo.dot_general %arg1, %ws, contracting_dims = [0] x [0] : (tensor<3xf32>, tensor<3x3xf32>) -> tensor<3xf32>
    %1 = stablehlo.dot_general %0, %v, contracting_dims = [0] x [0] : (tensor<3xf32>, tensor<3x3xf32>) -> tensor<3xf32>
    %2 = stablehlo.add %1, %c : tensor<3xf32>
    return %2 : tensor<3xf32>
  }
})";

TEST_CASE("session: literals that products take are weights that are there from the beginning") {
  const Program program = Imported(kLiteralWeights);
  CompileOptions options;
  const Result<ProgramPlans> plans = MakePlans(program, {true, false}, options);
  REQUIRE(plans.ok());
  // The first is multiplied by a weight, the second is as it is.
  CHECK(plans->literals.size() >= 2);
  REQUIRE(plans->inits.size() == 1);
  CHECK(plans->inits[0].arguments.size() == 2);
  CHECK(std::any_of(plans->constants.begin(), plans->constants.end(),
                    [](const ConstantSource& c) { return c.is_weight && c.argument >= 2; }));
  options.fold_literals = false;
  CHECK(MakePlans(program, {true, false}, options)->literals.empty());

  Session session({});
  Add(&session, kLiteralWeights);
  Declare(&session, "scale");
  Bind(&session);
  CHECK(session.Finish().message() == "these weights did not arrive: scale");
  CHECK(session.WeightBuffer(1).status().message() == "there is no weight 1");
  Arrive(&session, 0, {1, 10, 100});
  Finish(&session);
  // x (w s) = (741, 852, 963)
  CHECK(Run(&session, 0, {1, 1, 1}) == Floats{963 + 10, 741 + 20, 852 + 30});
}

// kDoubled as exported from a function that does not read weights['bias'] and `seed`.
std::vector<uint8_t> WithDropped() {
  Program program = Imported(kDoubled);
  for (std::vector<std::string> keys : {std::vector<std::string>{"weights", "bias"}, {"seed"}}) {
    Port& port = program.dropped_arguments.emplace_back();
    port.name = keys.back();
    port.keys = std::move(keys);
  }
  const NamedProgram named = {"main", std::move(program)};
  return *WriteWhlo({&named, 1}, {});
}

TEST_CASE("session: weights of arguments that the exporter dropped are let be") {
  Session session({});
  REQUIRE(session.AddWhlo(WithDropped()).ok());
  CHECK(session.DescribeJson().find("\"dropped\":[[\"weights\",\"bias\"],[\"seed\"]]") !=
        std::string::npos);
  // Of another type than any argument: nobody reads it.
  Declare(&session, "bias", TensorType(ElementType::kI8, {7}));
  Declare(&session, "scale");
  Declare(&session, "other");
  SUBCASE("and no others") {
    CheckRefused(RunToEnd(session.Bind()),
                 "no argument takes the weight tensors other; arguments without a tensor: x");
  }
  SUBCASE("nor written") {
    REQUIRE(session.Tie("seed", "other").ok());
    CHECK(ReadWhlo(*session.MakeWhlo())->weights.empty());  // Before Bind: programs alone.
    Bind(&session);
    CHECK(session.DescribeJson().find("\"needed\":[1],\"taken\":[1]") != std::string::npos);
    CHECK(*session.Facts("weights", "main") ==
          R"([{"name":"scale","dtype":"f32","shape":[3],"bytes":12}])");
    Result<WhloFile> file = ReadWhlo(*session.MakeWhlo());
    REQUIRE(file.ok());
    REQUIRE(file->weights.size() == 1);
    CHECK(file->weights[0].name == "scale");
    CHECK(file->ties.empty());
    CHECK(file->programs[0].program.dropped_arguments.size() == 2);
    Arrive(&session, 1, {1, 2, 3});
    Finish(&session);
    CHECK(Run(&session, 0, {1, 1, 1}) == Floats{2, 4, 6});
  }
}

TEST_CASE("session: a .whlo file keeps ties, and tells where companions hold the weights") {
  std::vector<uint8_t> whlo;
  std::string file;
  SUBCASE("inside") {}
  SUBCASE("outside") { file = "sub/weights.safetensors"; }
  {
    Session session({});
    Add(&session, kAffine);
    Declare(&session, "scale");
    REQUIRE(session.Tie("bias", "scale").ok());
    if (!file.empty()) REQUIRE(session.PlaceWeight(0, file, 80).ok());
    CheckRefused(session.PlaceWeight(1, file, 80), "there is no weight 1");
    Bind(&session);
    whlo = *session.MakeWhlo();
  }
  Result<WhloFile> read = ReadWhlo(whlo);
  REQUIRE(read.ok());
  REQUIRE(read->weights.size() == 1);
  CHECK(read->weights[0].file == file);
  CHECK(read->weights[0].offset == (file.empty() ? whlo.size() : 80));
  CHECK(read->weights[0].size == 12);

  Session session({});
  REQUIRE(session.AddWhlo(whlo).ok());
  Declare(&session, "scale");
  Bind(&session);
  Arrive(&session, 0, {1, 2, 3});
  Finish(&session);
  CHECK(Run(&session, 0, {1, 1, 1}) == Floats{2, 4, 6});
}

TEST_CASE("session: a loop without end stops at its deadline, and the next run is as ever") {
  for (const bool reference : {false, true}) {
    Session::Options options;
    if (reference) options.engine = PlanOptions::Engine::kReference;
    Session session(options);
    Add(&session, kCountTo);
    Bind(&session);
    Finish(&session);
    for (const int32_t n : {-1, 5, -1, 7}) {
      std::memcpy(*session.InputPointer(0, 0), &n, sizeof(n));
      REQUIRE(session.Start(0).ok());
      Result<Executable::State> state = session.Advance(n < 0 ? 5 : -1);
      REQUIRE_MESSAGE(state.ok(), state.status().ToString());
      CHECK(*state == (n < 0 ? Executable::State::kPaused : Executable::State::kDone));
      if (n >= 0) CHECK(*static_cast<const int32_t*>(session.OutputPointer(0, 0)) == n);
    }
  }
}

TEST_CASE("session: a kept result is the next run's input") {
  Session session({});
  Add(&session, kAccumulate);
  Bind(&session);
  Finish(&session);
  Result<uint32_t> state = session.tensors().Create(12);
  REQUIRE(state.ok());
  std::memset(session.tensors().Find(*state)->data(), 0, 12);
  const Floats x = {1, 2, 3};
  for (int i = 0; i < 4; ++i) {
    REQUIRE(session.BindInput(0, 0, *state, true).ok());
    std::memcpy(*session.InputPointer(0, 1), x.data(), 12);
    Result<uint32_t> next = session.KeepOutput(0, 0);
    REQUIRE(next.ok());
    Advance(&session, 0);
    session.tensors().Dispose(*state);
    state = next;
  }
  CHECK(Output(session, 0, 1) == Floats{8, 16, 24});
  float kept[3];
  std::memcpy(kept, session.tensors().Find(*state)->data(), 12);
  CHECK(Floats(kept, kept + 3) == Floats{4, 8, 12});
  CHECK(session.MemoryJson().find("\"tensors\":12,") != std::string::npos);

  Result<uint32_t> wrong = session.tensors().Create(8);
  REQUIRE(wrong.ok());
  CheckRefused(session.BindInput(0, 0, *wrong, false), "the tensor has 8 bytes, the input 12");
  session.tensors().Dispose(*wrong);
  CheckRefused(session.BindInput(0, 0, *wrong, false), "this tensor was disposed");
}

TEST_CASE("session: a result can be kept wherever it comes from, and is no other run's") {
  for (const bool reference : {false, true}) {
    Session::Options options;
    if (reference) options.engine = PlanOptions::Engine::kReference;
    Session session(options);
    Add(&session, kResultsOfAllKinds);
    Bind(&session);
    Finish(&session);
    const auto begin = [&](int32_t n, const Floats& x) {
      std::memcpy(*session.InputPointer(0, 0), x.data(), 12);
      std::memcpy(*session.InputPointer(0, 1), &n, sizeof(n));
    };
    const Floats x = {1, 2, 3};
    const Floats expected[] = {{2, 4, 6}, {2, 4, 6}, {2, 4, 6}, x, {7, 8, 9}, {4, 8, 12}};
    for (unsigned keep = 0; keep < 1U << 6; ++keep) {
      // A run that is given up leaves what it was to keep to its caller.
      begin(-1, x);
      Result<uint32_t> given_up = session.KeepOutput(0, 0);
      REQUIRE(given_up.ok());
      REQUIRE(session.Start(0).ok());
      CHECK(*session.Advance(0) == Executable::State::kPaused);
      session.Stop();
      session.tensors().Dispose(*given_up);

      begin(2, x);
      uint32_t kept[6] = {};
      for (uint32_t i = 0; i < 6; ++i) {
        if ((keep >> i & 1) != 0) kept[i] = *session.KeepOutput(0, i);
      }
      Advance(&session, 0);
      for (uint32_t i = 0; i < 6; ++i) {
        if (kept[i] == 0) CHECK(Output(session, 0, i) == expected[i]);
      }
      begin(0, {5, 5, 5});
      Advance(&session, 0);
      CHECK(Output(session, 0) == Floats{10, 10, 10});
      CHECK(Output(session, 0, 5) == Floats{5, 5, 5});
      for (uint32_t i = 0; i < 6; ++i) {
        if (kept[i] == 0) continue;
        float values[3];
        std::memcpy(values, session.tensors().Find(kept[i])->data(), 12);
        CHECK(Floats(values, values + 3) == expected[i]);
        session.tensors().Dispose(kept[i]);
      }
    }
    CHECK(session.tensors().ByteSize() == 0);
  }
}

TEST_CASE("session: memory that is not there is an error") {
  // More than any address space has, and little enough for every sum of a few.
  constexpr int64_t kElements = int64_t{1} << 56;
  const std::string type = StrCat("tensor<", kElements, "xf32>");
  Session session({});
  Add(&session,
      StrCat("module { func.func public @main(%arg0: ", type,
             " loc(\"weights['w']\"), %arg1: ", type, " loc(\"inputs['x']\")) -> ", type,
             " { %0 = stablehlo.add %arg0, %arg1 : ", type, " return %0 : ", type, " } }"));
  if (kMaxBlock < 4 * kElements) {  // In WebAssembly that is told before any weight is read.
    Declare(&session, "w", TensorType(ElementType::kF32, {kElements}));
    const Status status = RunToEnd(session.Bind());
    CHECK(status.code() == StatusCode::kOutOfMemory);
    CHECK(status.message() == StrCat("argument 0, ", type, ": ", 4 * kElements,
                                     " bytes; one tensor or arena has less than 2 GiB, all memory "
                                     "4 GiB"));
    return;
  }
  SUBCASE("for a weight") {
    Declare(&session, "w", TensorType(ElementType::kF32, {kElements}));
    Bind(&session);
    const Status status = session.WeightBuffer(0).status();
    CHECK(status.code() == StatusCode::kOutOfMemory);
    CHECK(status.message() == StrCat("weight \"w\": cannot allocate ", 4 * kElements, " bytes"));
  }
  SUBCASE("for a run") {
    Bind(&session);
    const Status status = session.Finish();
    CHECK(status.code() == StatusCode::kOutOfMemory);
    CHECK(status.message().starts_with("the arena: cannot allocate "));
    CheckRefused(session.Start(0), "start comes after finish");
  }
  SUBCASE("for a tensor, and the session works on") {
    CHECK(session.tensors().Create(uint64_t{1} << 60).status().code() == StatusCode::kOutOfMemory);
    CHECK(session.tensors().Create(16).ok());
  }
}

}  // namespace
}  // namespace webhlo
