// SPDX-License-Identifier: Apache-2.0
//
// Weights in fewer bits, from a load's precision and from files: which products have them, and that
// the two ways lead to the same bits.
#include <cmath>

#include "core/import/whlo.h"
#include "tests/core/kernels/kernel_testing.h"
#include "tests/core/runtime/session_testing.h"

namespace webhlo {
namespace {

// [1, 80] and [6, 80] times one table [64, 80], of which a row is looked up too; a small product;
// and one with weights that are computed of weights.
constexpr std::string_view kProducts = R"(module {
  func.func public @main(%arg0: tensor<64x80xf32> loc("weights['table']"), %arg1: tensor<80x20xf32> loc("weights['small']"),
      %arg2: tensor<80x64xf32> loc("weights['other']"), %arg3: tensor<1x80xf32> loc("inputs['x']"),
      %arg4: tensor<6x80xf32> loc("inputs['y']"))
      -> (tensor<1x64xf32>, tensor<6x64xf32>, tensor<1x20xf32>, tensor<1x64xf32>, tensor<1x80xf32>) {
    %0 = stablehlo.dot_general %arg3, %arg0, contracting_dims = [1] x [1] : (tensor<1x80xf32>, tensor<64x80xf32>) -> tensor<1x64xf32>
    %1 = stablehlo.dot_general %arg4, %arg0, contracting_dims = [1] x [1] : (tensor<6x80xf32>, tensor<64x80xf32>) -> tensor<6x64xf32>
    %2 = stablehlo.dot_general %arg3, %arg1, contracting_dims = [1] x [0] : (tensor<1x80xf32>, tensor<80x20xf32>) -> tensor<1x20xf32>
    %3 = stablehlo.tanh %arg2 : tensor<80x64xf32>
    %4 = stablehlo.dot_general %arg3, %3, contracting_dims = [1] x [0] : (tensor<1x80xf32>, tensor<80x64xf32>) -> tensor<1x64xf32>
    %5 = stablehlo.slice %arg0 [3:4, 0:80] : (tensor<64x80xf32>) -> tensor<1x80xf32>
    return %0, %1, %2, %4, %5 : tensor<1x64xf32>, tensor<6x64xf32>, tensor<1x20xf32>, tensor<1x64xf32>, tensor<1x80xf32>
  }
})";
constexpr int64_t kSizes[] = {64 * 80, 80 * 20, 80 * 64};
constexpr std::string_view kNames[] = {"table", "small", "other"};
constexpr std::pair<int64_t, int64_t> kShapes[] = {{64, 80}, {80, 20}, {80, 64}};

Floats Random(int64_t length, uint32_t seed) {
  TestRandom random(seed);
  Floats values;
  for (int64_t i = 0; i < length; ++i) values.push_back(random.Float());
  return values;
}

Floats Weight(uint32_t i) { return Random(kSizes[i], 10 + i); }

void DeclareAll(Session* session) {
  for (uint32_t i = 0; i < 3; ++i) {
    Must(session->DeclareWeight(
        std::string(kNames[i]),
        TensorType(ElementType::kF32, {kShapes[i].first, kShapes[i].second})));
  }
}

Session::Options With(std::optional<Precision> precision) {
  Session::Options options;
  options.precision = precision;
  return options;
}

// All results, one behind the other.
Floats Results(Session* session) {
  const Floats x = Random(80, 1), y = Random(480, 2);
  std::memcpy(*session->InputPointer(0, 0), x.data(), x.size() * sizeof(float));
  std::memcpy(*session->InputPointer(0, 1), y.data(), y.size() * sizeof(float));
  Must(session->Start(0));
  REQUIRE(*session->Advance(-1) == Executable::State::kDone);
  Floats all;
  const Plan& plan = session->executable(0).plan();
  for (uint32_t r = 0; r < plan.results.size(); ++r) {
    const float* result = static_cast<const float*>(session->OutputPointer(0, r));
    all.insert(all.end(), result, result + plan.result_bytes[r] / 4);
  }
  return all;
}

Floats Run(std::optional<Precision> precision) {
  Session session(With(precision));
  Add(&session, kProducts);
  DeclareAll(&session);
  Bind(&session);
  for (uint32_t i = 0; i < 3; ++i) Arrive(&session, i, Weight(i));
  Finish(&session);
  return Results(&session);
}

// As `convert` does: the head, then the segments that it announces.
std::vector<uint8_t> Convert(std::optional<Precision> precision, std::vector<Floats> weights) {
  Session session(With(precision));
  Add(&session, kProducts);
  DeclareAll(&session);
  Bind(&session);
  const size_t head = session.MakeWhlo()->size() + 64;
  std::vector<uint8_t> file(head);
  for (uint32_t i = 0; i < 3; ++i) {
    const uint8_t* bytes = reinterpret_cast<const uint8_t*>(weights[i].data());
    std::span<const uint8_t> segment(bytes, weights[i].size() * sizeof(float));
    if (session.IsEncoded(i)) {
      Result<uint8_t*> buffer = session.WeightBuffer(i);
      Must(buffer.status());
      std::copy(segment.begin(), segment.end(), *buffer);
      Must(RunToEnd(session.EncodeWeight(i)));
      segment = session.encoded_weight();
    }
    file.insert(file.end(), segment.begin(), segment.end());
    file.resize((file.size() + 63) / 64 * 64);
  }
  const Result<std::vector<uint8_t>> whole = session.MakeWhlo(head);
  REQUIRE(whole->size() == head);
  std::copy(whole->begin(), whole->end(), file.begin());
  return file;
}

std::vector<Floats> AllWeights() { return {Weight(0), Weight(1), Weight(2)}; }

Status Fill(Session* session, std::span<const uint8_t> file) {
  RETURN_IF_ERROR(session->AddWhlo(file));
  RETURN_IF_ERROR(session->DeclareDirectory());
  Bind(session);
  const Result<WhloFile> read = ReadWhlo(file);
  for (uint32_t i = 0; i < read->weights.size(); ++i) {
    ASSIGN_OR_RETURN(uint8_t* const buffer, session->WeightBuffer(i));
    std::copy_n(file.begin() + static_cast<ptrdiff_t>(read->weights[i].offset),
                read->weights[i].size, buffer);
    RETURN_IF_ERROR(RunToEnd(session->WeightArrived(i)));
  }
  return session->Finish();
}

double Difference(const Floats& a, const Floats& b) {
  double largest = 0, difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max<double>(largest, std::abs(a[i]));
    difference = std::max<double>(difference, std::abs(a[i] - b[i]));
  }
  return difference / largest;
}

constexpr std::pair<Precision, double> kBounds[] = {{Precision::kBf16, 3e-3},
                                                    {Precision::kF16, 4e-4},
                                                    {Precision::kInt8, 1e-2},
                                                    {Precision::kInt4, 0.15}};

TEST_CASE("precision: large weights of products, written or computed, and no others") {
  const Floats exact = Run({});
  CHECK(Run(Precision::kF32) == exact);
  for (const auto& [format, bound] : kBounds) {
    const Precision precision = format;  // Lambdas take no bindings.
    CAPTURE(NameOf(precision));
    const Floats rounded = Run(precision);
    CHECK(Difference(exact, rounded) < bound);
    const auto differs = [&](size_t from, size_t to) {
      return !std::equal(exact.begin() + static_cast<ptrdiff_t>(from),
                         exact.begin() + static_cast<ptrdiff_t>(to),
                         rounded.begin() + static_cast<ptrdiff_t>(from));
    };
    CHECK(differs(0, 64));
    CHECK(differs(64, 64 * 7));
    CHECK_FALSE(differs(448, 468));  // The small one.
    CHECK(differs(468, 532));
    CHECK_FALSE(differs(532, 612));  // The table, looked up.
  }
}

TEST_CASE("precision: a file in fewer bits is smaller, and runs to the same bits") {
  const size_t raw = Convert({}, AllWeights()).size();
  for (const auto& [format, bound] : kBounds) {
    const Precision precision = format;  // Lambdas take no bindings.
    CAPTURE(NameOf(precision));
    const std::vector<uint8_t> file = Convert(precision, AllWeights());
    const Result<WhloFile> read = ReadWhlo(file);
    REQUIRE_MESSAGE(read.ok(), read.status().ToString());
    CHECK(read->weights[0].encoding == Encoding{precision, 80, true});
    CHECK(read->weights[1].encoding.is_raw());
    CHECK(read->weights[2].encoding.is_raw());  // It is read by tanh alone.
    CHECK(file.size() + kSizes[0] * 7 / 4 < raw);

    Session session({});
    Must(Fill(&session, file));
    const Floats got = Results(&session), exact = Run({}), rounded = Run(precision);
    CHECK(std::equal(got.begin(), got.begin() + 448, rounded.begin()));
    CHECK(std::equal(got.begin() + 448, got.begin() + 532, exact.begin() + 448));
    CHECK(Difference(exact, got) < bound);  // The table that is looked up is rounded, too.
    const std::string plan = *session.Inspect("plan", "main");
    CHECK(plan.find(NameOf(precision)) != std::string::npos);

    // Asked for f32, it is what was decoded.
    Session plain(With(Precision::kF32));
    Must(Fill(&plain, file));
    CHECK(Difference(Results(&plain), got) < 1e-2);
    CHECK(plain.Inspect("plan", "main")->find(NameOf(precision)) == std::string::npos);
  }
}

// A table whose rows are looked up is the product's as well.
constexpr std::string_view kTied = R"(module {
  func.func public @main(%arg0: tensor<70x64xf32> loc("weights['table']"), %arg1: tensor<3x1xi32> loc("inputs['i']"))
      -> (tensor<3x64xf32>, tensor<3x70xf32>) {
    %0 = "stablehlo.gather"(%arg0, %arg1) <{
      dimension_numbers = #stablehlo.gather<
        offset_dims = [1],
        collapsed_slice_dims = [0],
        start_index_map = [0],
        index_vector_dim = 1>,
      slice_sizes = array<i64: 1, 64>,
      indices_are_sorted = false
    }> : (tensor<70x64xf32>, tensor<3x1xi32>) -> tensor<3x64xf32>
    %1 = stablehlo.dot_general %0, %arg0, contracting_dims = [1] x [1] : (tensor<3x64xf32>, tensor<70x64xf32>) -> tensor<3x70xf32>
    return %0, %1 : tensor<3x64xf32>, tensor<3x70xf32>
  }
})";

TEST_CASE("precision: a table of rows that a product reads is there once") {
  for (const bool finite : {true, false}) {
    Floats table = Random(70 * 64, 5);
    if (!finite) table[2] = INFINITY;  // Its panel stays as written.
    for (const auto& [format, bound] : kBounds) {
      const Precision precision = format;  // Lambdas take no bindings.
      CAPTURE(NameOf(precision));
      Session session(With(precision));
      Add(&session, kTied);
      Must(session.DeclareWeight("table", TensorType(ElementType::kF32, {70, 64})));
      Bind(&session);
      Arrive(&session, 0, table);
      Finish(&session);
      CHECK(session.MemoryJson().find("\"weights\":0,") != std::string::npos);
      const int32_t indices[] = {5, 99, 31};
      std::memcpy(*session.InputPointer(0, 0), indices, sizeof(indices));
      Must(session.Start(0));
      REQUIRE(*session.Advance(-1) == Executable::State::kDone);
      const float* rows = static_cast<const float*>(session.OutputPointer(0, 0));
      for (int64_t i = 0; i < 3 * 64; ++i) {
        const int64_t row = i / 64 == 1 ? 69 : indices[i / 64];
        const float exact = table[static_cast<size_t>(row * 64 + i % 64)];
        REQUIRE(std::abs(rows[i] - exact) <= bound);
        if (!finite && row == 5) REQUIRE(rows[i] == exact);
      }
    }
  }
}

TEST_CASE("precision: weights that are not finite stay as written, in memory and in files") {
  std::vector<Floats> weights = AllWeights();
  weights[0][70] = INFINITY;
  const std::vector<uint8_t> file = Convert(Precision::kInt8, weights);
  CHECK(ReadWhlo(file)->weights[0].encoding.is_raw());
  Session session({});
  Must(Fill(&session, file));
  CHECK(std::isinf(Results(&session)[0]));
}

TEST_CASE("precision: a scale that is not finite is refused") {
  std::vector<uint8_t> file = Convert(Precision::kInt4, AllWeights());
  const uint64_t offset = ReadWhlo(file)->weights[0].offset;
  file[offset + 16] = 0x80;
  file[offset + 17] = 0x7f;
  Session session({});
  const Status status = Fill(&session, file);
  CHECK(status.code() == StatusCode::kInvalidModel);
  CHECK(status.message().find("\"table\"") != std::string_view::npos);
}

}  // namespace
}  // namespace webhlo
