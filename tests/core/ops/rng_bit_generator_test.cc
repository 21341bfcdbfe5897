// SPDX-License-Identifier: Apache-2.0
// Philox by the book, with a counter of 128 bits that needs no carries, against the op whose state
// holds the counter in two words.
#include <array>
#include <string_view>
#include <vector>

#include "tests/core/ops/engines_testing.h"
#include "tests/core/ops/infer_test_util.h"

namespace webhlo {
namespace {

__extension__ using Counter = unsigned __int128;
using Words = std::array<uint32_t, 4>;

// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
Words Philox(Counter counter, uint64_t key) {
  Words x;
  for (int i = 0; i < 4; ++i) x[static_cast<size_t>(i)] = static_cast<uint32_t>(counter >> 32 * i);
  uint32_t left = static_cast<uint32_t>(key), right = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t{0xD2511F53} * x[0], b = uint64_t{0xCD9E8D57} * x[2];
    x = {static_cast<uint32_t>(b >> 32) ^ x[1] ^ left, static_cast<uint32_t>(b),
         static_cast<uint32_t>(a >> 32) ^ x[3] ^ right, static_cast<uint32_t>(a)};
    left += 0x9E3779B9;
    right += 0xBB67AE85;
  }
  return x;
}

TEST_CASE("philox: this file's own agrees with the published known answers") {
  CHECK(Philox(0, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(Philox(~Counter{0}, ~uint64_t{0}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
}

std::vector<uint64_t> Numbers(const TensorView& view) {
  std::vector<uint64_t> numbers;
  for (int64_t i = 0; i < view.NumElements(); ++i) numbers.push_back(view.U64(i));
  return numbers;
}

TEST_CASE("rng_bit_generator: Philox states at the edges of the counter, for every width") {
  const std::string_view types[] = {"13xui32", "7xui64", "5xi8", "9xui16"};
  constexpr uint64_t kLast = ~uint64_t{0};
  const uint64_t edges[] = {0, uint64_t{1} << 32, uint64_t{1} << 63, kLast};
  TestRandom random(5);
  for (int i = 0; i < 1000; ++i) {
    const TensorType type = T(types[i % 4]).tensor;
    const uint64_t key = static_cast<uint64_t>(random.Int(0, INT64_MAX - 1)) * 3;
    const uint64_t low = edges[i / 4 % 4] - static_cast<uint64_t>(random.Int(-1, 4));
    const uint64_t high = edges[i / 16 % 4] - static_cast<uint64_t>(random.Int(-1, 2));
    const bool three_words = i % 3 != 0;
    std::vector<uint64_t> state = {key, low};
    if (three_words) state.push_back(high);
    CAPTURE(low);
    CAPTURE(high);

    Graph graph;
    const Type state_type(TensorType(ElementType::kU64, {static_cast<int64_t>(state.size())}));
    const Attribute algorithm = Attribute::String(i % 2 == 0 ? "PHILOX" : "DEFAULT");
    const Node& node = BuildNode({"stablehlo.rng_bit_generator",
                                  {state_type},
                                  {state_type, Type(type)},
                                  {{"rng_algorithm", algorithm}},
                                  {}},
                                 &graph);
    std::vector<uint64_t> next(state.size());
    TestBuffer<uint8_t> bits(type.ByteSize());
    const TensorView input(&state_type.tensor, state.data());
    const TensorView outputs[] = {{&state_type.tensor, next.data()}, {&type, bits.data()}};
    class : public RegionRunner {
      Task Run(RegionId, std::span<const TensorView>, std::span<const TensorView>) override {
        return Internal("no region runs here");
      }
    } regions;
    Budget budget;
    const ReferenceArgs args{OpView(graph, node), {&input, 1}, outputs, regions, budget};
    REQUIRE(RunToEnd(RunReference(args)).ok());

    const Counter first = Counter{three_words ? high : key} << 64 | low;
    const bool wide = outputs[1].width() == 8;
    const int64_t each = wide ? 2 : 4;
    const int64_t blocks = (type.NumElements() + each - 1) / each;
    TestBuffer<uint8_t> expected_bits(type.ByteSize());
    const TensorView expected(&type, expected_bits.data());
    for (int64_t k = 0; k < type.NumElements(); ++k) {
      const Words words = Philox(first + static_cast<Counter>(k / each), key);
      const size_t w = static_cast<size_t>(k % each);
      const uint64_t value = wide ? words[2 * w] | uint64_t{words[2 * w + 1]} << 32 : words[w];
      expected.SetI64(k, static_cast<int64_t>(value));
    }
    CHECK(Numbers(outputs[1]) == Numbers(expected));

    const Counter last = first + static_cast<Counter>(blocks);
    state[1] = static_cast<uint64_t>(last);
    if (three_words) state[2] = static_cast<uint64_t>(last >> 64);
    CHECK(next == state);
  }
}

TEST_CASE("rng_bit_generator: the kernel's bits are the reference's, for every shape and width") {
  using namespace elementwise_testing;
  ThreadPool pool(2);
  TestRandom random(9);
  constexpr uint64_t kLast = ~uint64_t{0};
  for (const std::string_view algorithm : {"THREE_FRY", "PHILOX"}) {
    for (const std::string_view element : {"i8", "ui16", "f32", "ui32", "i64", "f64"}) {
      for (const std::string_view dims : {"", "1x", "7x", "300x", "3x5x7x", "3x10x5x", "9x1x4x"}) {
        for (const uint64_t low : {uint64_t{5}, (uint64_t{1} << 32) - 2, kLast - 2}) {
          const TensorType type = T(StrCat(dims, element)).tensor;
          const int64_t words = algorithm == "PHILOX" && random.Int(0, 1) == 0 ? 3 : 2;
          CAPTURE(algorithm);
          CAPTURE(ToString(type));
          CAPTURE(low);
          TestGraph test;
          const Type state(TensorType(ElementType::kU64, {words}));
          BuildNode({"stablehlo.rng_bit_generator",
                     {state},
                     {state, Type(type)},
                     {{"rng_algorithm", Attribute::String(std::string(algorithm))}},
                     {}},
                    &test.graph);
          test.node = static_cast<NodeId>(test.graph.nodes.size() - 1);
          std::vector<Tensor> inputs;
          const TensorView key = inputs.emplace_back(state.tensor).view();
          for (int64_t i = 0; i < words; ++i) key.SetI64(i, random.Int(0, INT64_MAX - 1));
          key.SetI64(1, static_cast<int64_t>(low));
          const size_t engines =
              CheckEnginesOn(test, inputs, pool, [](auto& expected, auto& actual) {
                for (size_t r = 0; r < 2; ++r) {
                  const TensorView a = expected[r].view(), b = actual[r].view();
                  CHECK(actual[r].PaddingIntact());
                  CHECK(std::memcmp(a.data(), b.data(), static_cast<size_t>(a.type().ByteSize())) ==
                        0);
                }
              });
          REQUIRE(engines == 1);
        }
      }
    }
  }
}

}  // namespace
}  // namespace webhlo
