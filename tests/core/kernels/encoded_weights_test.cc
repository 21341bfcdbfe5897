// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/encoded_weights.h"

#include "core/kernels/matmul/compact.h"
#include "core/kernels/matmul/panels.h"
#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

constexpr Precision kAll[] = {Precision::kBf16, Precision::kF16, Precision::kInt8,
                              Precision::kInt4};

TensorType Floats(int64_t elements) { return {ElementType::kF32, {elements}}; }

bool EncodeAll(const EncodedWeights& weights, const float* from, uint8_t* to) {
  bool fits = true;
  for (int64_t part = 0; part < weights.parts(); ++part) fits &= weights.Encode(part, from, to);
  return fits;
}
bool DecodeAll(const EncodedWeights& weights, const uint8_t* from, float* to) {
  bool good = true;
  for (int64_t part = 0; part < weights.parts(); ++part) good &= weights.Decode(part, from, to);
  return good;
}

TEST_CASE("encoded weights: what is decoded is what compact panels hold, and encodes to the same") {
  TestRandom random(1);
  for (int round = 0; round < 80; ++round) {
    const Precision precision = kAll[round % 4];
    CAPTURE(NameOf(precision));
    const int64_t k = random.Int(1, 100), n = random.Int(1, 40);
    const bool transposed = random.Int(0, 1) == 1;
    const Encoding encoding = {precision, k, transposed};
    const EncodedWeights encoded(encoding, k * n);
    TestBuffer<float> weights = random.Floats(k * n), decoded(k * n);
    for (int64_t i = 0; i < k; ++i) weights[i] = 0;
    const int64_t bytes = static_cast<int64_t>(encoding.ByteSize(Floats(k * n)));
    TestBuffer<uint8_t> file(bytes), again(bytes);
    REQUIRE(EncodeAll(encoded, weights.data(), file.data()));
    REQUIRE(DecodeAll(encoded, file.data(), decoded.data()));
    CHECK((file.PaddingIntact() && decoded.PaddingIntact()));
    REQUIRE(EncodeAll(encoded, decoded.data(), again.data()));
    CHECK(again.SameBits(file));

    const CompactShape shape = {precision, k, n};
    const PanelShape panels = {k, n, CompactShape::kWidth};
    TestBuffer<float> packed(panels.floats()), from_file(panels.floats());
    PackPanels(panels, weights.data(), transposed, nullptr, 0, panels.count(), packed.data());
    PackPanels(panels, decoded.data(), transposed, nullptr, 0, panels.count(), from_file.data());
    TestBuffer<uint8_t> a(shape.panel_bytes()), b(shape.panel_bytes());
    for (int64_t i = 0; i < shape.count(); ++i) {
      REQUIRE(EncodePanel(shape, packed.data() + i * panels.panel_floats(), a.data()));
      REQUIRE(EncodePanel(shape, from_file.data() + i * panels.panel_floats(), b.data()));
      CHECK(a.SameBits(b));
    }
  }
}

TEST_CASE("encoded weights: what does not fit is told, either way") {
  for (Precision precision : kAll) {
    CAPTURE(NameOf(precision));
    const Encoding encoding = {precision, 40, false};
    const EncodedWeights encoded(encoding, 120);
    TestBuffer<float> weights(120);
    for (float bad : {INFINITY, -INFINITY, NAN}) {
      for (int64_t i = 0; i < 120; ++i) weights[i] = i == 119 ? bad : 1;
      TestBuffer<uint8_t> file(static_cast<int64_t>(encoding.ByteSize(Floats(120))));
      CHECK_FALSE(EncodeAll(encoded, weights.data(), file.data()));
    }
    // Bits of ones are a NaN, as a scale too.
    const TestBuffer<uint8_t> ones(static_cast<int64_t>(encoding.ByteSize(Floats(120))));
    CHECK(DecodeAll(encoded, ones.data(), weights.data()) == !encoding.has_groups());
  }
}

TEST_CASE("encoded weights: how many bytes there must be") {
  const auto bytes = [](Precision precision, int64_t k, int64_t elements) {
    const Encoding encoding = {precision, k, false};
    const TensorType type = Floats(elements);
    return encoding.Suits(type) ? static_cast<int64_t>(encoding.ByteSize(type)) : -1;
  };
  CHECK(bytes(Precision::kF32, 0, 100) == 400);
  CHECK(bytes(Precision::kBf16, 0, 100) == 200);
  CHECK(bytes(Precision::kInt8, 50, 100) == 2 * 2 * 34);
  CHECK(bytes(Precision::kInt4, 100, 100) == 4 * 18);
  CHECK(bytes(Precision::kF16, 0, 0) == 0);
  CHECK(bytes(Precision::kInt4, INT64_MAX, 0) == -1);
  CHECK(bytes(Precision::kInt8, 0, 100) == -1);
  CHECK(bytes(Precision::kInt8, -50, 100) == -1);
  CHECK(bytes(Precision::kInt8, 51, 100) == -1);
  CHECK_FALSE(Encoding{Precision::kF16}.Suits({ElementType::kF64, {4}}));
  CHECK(Encoding{}.Suits({ElementType::kF64, {4}}));
}

}  // namespace
}  // namespace webhlo
