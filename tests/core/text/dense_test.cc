// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "core/graph/tensor.h"
#include "tests/core/text/text_testing.h"

namespace webhlo {
namespace {

const DenseElements& ConstantOf(const Graph& graph) {
  return FindAttribute(graph.attributes(graph.nodes[0]), "value")->dense();
}

std::vector<uint8_t> BytesOf(std::string_view constant) {
  return ConstantOf(Parsed(Wrapped("%0 = stablehlo.constant " + std::string(constant)))).bytes;
}

TEST_CASE("elements in every spelling") {
  using Bytes = std::vector<uint8_t>;
  CHECK(BytesOf("dense<[[1, 2], [3, -4]]> : tensor<2x2xi8>") == Bytes{1, 2, 3, 252});
  CHECK(BytesOf("dense<[1, 255]> : tensor<2xui8>") == Bytes{1, 255});
  CHECK(BytesOf("dense<\"0x0102FF\"> : tensor<3xui8>") == Bytes{1, 2, 255});
  CHECK(BytesOf("dense<[true, false]> : tensor<2xi1>") == Bytes{1, 0});
  CHECK(BytesOf("dense<7> : tensor<1000000x1000000xi8>") == Bytes{7});
  CHECK(BytesOf("dense<[]> : tensor<0xf32>").empty());
  CHECK(BytesOf("dense<> : tensor<2x0xf32>").empty());
  CHECK(BytesOf("dense<[1.5, 0x7FC00000]> : tensor<2xf32>") ==
        Bytes{0, 0, 0xc0, 0x3f, 0, 0, 0xc0, 0x7f});
  CHECK(BytesOf("dense<[(1.0, 0.0), (0.0, -2.0)]> : tensor<2xcomplex<f32>>") ==
        Bytes{0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0});
  CHECK(BytesOf("dense<[-2, 1]> : tensor<2xi4>") == Bytes{254, 1});
  CHECK(BytesOf("dense<\"0x0E01\"> : tensor<2xi4>") == Bytes{254, 1});
  // Booleans: a byte each, or a bit each.
  CHECK(BytesOf("dense<\"0x0100010000000000010000\"> : tensor<11xi1>") ==
        Bytes{1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0});
  CHECK(BytesOf("dense<\"0x0501\"> : tensor<11xi1>") == Bytes{1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0});
  CHECK(BytesOf("dense<\"0xFF\"> : tensor<3xi1>") == Bytes{1});
  CHECK(BytesOf("dense_resource<w> : tensor<2xui16>\n return }\n"
                "{-# dialect_resources: { builtin: { w: \"0x0400000001000200\" } } #-}\n"
                "func.func @g() {") == Bytes{1, 0, 2, 0});
}

TEST_CASE("floats print so that they read back to the same bits") {
  const auto round_trip = [](ElementType type, uint64_t bits) {
    DenseElements dense;
    dense.type = TensorType(type, {});
    dense.splat = true;
    for (int i = 0; i < ByteWidth(type); ++i) dense.bytes.push_back(bits >> (8 * i) & 255);
    const std::string text = PrintAttribute(Attribute::Dense(dense));
    const Graph graph =
        Parsed("func.func @main() {\n%0 = stablehlo.constant " + text + "\nreturn\n}");
    CAPTURE(text);
    CHECK(*FindAttribute(graph.attributes(graph.nodes[0]), "value") == Attribute::Dense(dense));
    return text;
  };
  CHECK(round_trip(ElementType::kF32, std::bit_cast<uint32_t>(0.1f)) == "dense<0.1> : tensor<f32>");
  CHECK(round_trip(ElementType::kF32, 0x7fc00001) == "dense<0x7FC00001> : tensor<f32>");
  CHECK(round_trip(ElementType::kF32, 0x80000000) == "dense<-0.0> : tensor<f32>");
  CHECK(round_trip(ElementType::kF64, 0xfff0000000000000) ==
        "dense<0xFFF0000000000000> : tensor<f64>");
  CHECK(round_trip(ElementType::kF64, std::bit_cast<uint64_t>(1e300)) ==
        "dense<1.0e+300> : tensor<f64>");
  CHECK(round_trip(ElementType::kBF16, 0x7f80) == "dense<0x7F80> : tensor<bf16>");
  for (uint32_t bits = 0; bits < 65536; bits += 97) {
    round_trip(ElementType::kF16, bits);
    round_trip(ElementType::kBF16, bits);
    round_trip(ElementType::kF32, bits * 65537u);
  }
  for (uint32_t bits = 0; bits < 256; ++bits) {
    round_trip(ElementType::kF8E4M3FN, bits);
    round_trip(ElementType::kF8E5M2, bits);
    round_trip(ElementType::kF8E8M0FNU, bits);
  }
}

TEST_CASE("constants of many elements print as bytes") {
  DenseElements dense;
  dense.type = TensorType(ElementType::kU8, {101});
  for (int i = 0; i < 101; ++i) dense.bytes.push_back(static_cast<uint8_t>(i));
  const std::string text = PrintAttribute(Attribute::Dense(dense));
  CHECK(text.starts_with("dense<\"0x000102"));
  CHECK(PrintAttribute(Attribute::Dense(dense), {.elide_elements_above = 4}) ==
        "dense<...> : tensor<101xui8>");
}

}  // namespace
}  // namespace webhlo
