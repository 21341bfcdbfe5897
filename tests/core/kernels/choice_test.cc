// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/choice.h"

#include <doctest/doctest.h>

namespace webhlo {
namespace {

TEST_CASE("choice: written as one line, read back, printed for readers") {
  const KernelChoice choice = {.kernel = "xnnpack.fully_connected",
                               .sizes = "8x784x128 bias relu",
                               .parameters = {2, -1},
                               .pack_key = "panels8 784x128 bias",
                               .packed_operands = 6,
                               .scratch_bytes = uint64_t{1} << 40,
                               .in_place_operand = KernelChoice::kAnyOperand};
  CHECK(ToString(choice) == "xnnpack.fully_connected 8x784x128 bias relu");
  CHECK(choice.Packs(1));
  CHECK_FALSE(choice.Packs(0));
  CHECK_FALSE(choice.Packs(64));
  const std::string line = WriteKernelChoice(choice);
  CHECK(line ==
        "xnnpack.fully_connected|8x784x128 bias relu|2,-1|panels8 784x128 bias|6|1099511627776|-2");
  const Result<KernelChoice> again = ReadKernelChoice(line);
  REQUIRE(again.ok());
  CHECK(*again == choice);
  CHECK(ReadKernelChoice("fill||||0|0|-1").ok());
}

TEST_CASE("choice: a line that is none is an error") {
  for (const char* line :
       {"", "|||||0|-1", "fill", "fill||||0|0|", "fill||||0|0|-1|", "fill||x||0|0|-1",
        "fill||1,,2||0|0|-1", "fill||||-1|0|-1", "fill||||0|0|99999999999"}) {
    CAPTURE(line);
    CHECK(ReadKernelChoice(line).status().code() == StatusCode::kInvalidArgument);
  }
}

std::optional<KernelChoice> Proposes(const KernelRequest&) { return KernelChoice(); }
std::optional<KernelChoice> ProposesNothing(const KernelRequest&) { return std::nullopt; }
bool Never(const KernelRequest&) { return false; }

TEST_CASE("choice: the first row that proposes and is good, else the first that proposes") {
  const Graph graph;
  const Node node;
  const KernelRequest request = {.op = OpView(graph, node)};
  const auto choose = [&](std::vector<KernelRow> rows) {
    std::vector<std::string> proposed;
    const std::optional<KernelChoice> quiet = ChooseKernel(rows, request);
    const std::optional<KernelChoice> choice = ChooseKernel(rows, request, {}, &proposed);
    CHECK(quiet == choice);
    std::string text = choice ? choice->kernel : "none";
    for (const std::string& name : proposed) text += " " + name;
    return text;
  };
  const KernelRow good = {.name = "good", .propose = Proposes};
  const KernelRow better = {.name = "better", .propose = Proposes};
  const KernelRow poor = {.name = "poor", .propose = Proposes, .prefers = Never};
  const KernelRow poorer = {.name = "poorer", .propose = Proposes, .prefers = Never};
  const KernelRow unable = {.name = "unable", .propose = ProposesNothing};
  CHECK(choose({better, good}) == "better better good");
  CHECK(choose({poor, unable, good}) == "good poor good");
  CHECK(choose({unable, poor, poorer}) == "poor poor poorer");
  CHECK(choose({good, poor}) == "good good poor");
  CHECK(choose({unable}) == "none");
  CHECK(choose({}) == "none");
}

}  // namespace
}  // namespace webhlo
