// SPDX-License-Identifier: Apache-2.0
#include "tests/core/text/text_testing.h"

namespace webhlo {
namespace {

TEST_CASE("locations print as aliases when asked for") {
  const Graph graph = Parsed(
      "func.func @main(%x: tensor<f32> loc(\"x\")) {\n"
      "return\n} loc(callsite(\"f\"(\"a.py\":1:2) at fused<\"m\">[\"b.py\":3:4 to 5:6, unknown]))");
  PrintOptions options;
  options.locations = true;
  const std::string text = Print(graph, options);
  CHECK(text.find("loc(\"a.py\":1:2)") != std::string::npos);
  CHECK(text.find("fused<\"m\">[") != std::string::npos);
  CHECK(text.find("\"b.py\":3:4 to 5:6") != std::string::npos);
  CHECK(Print(Parsed(text)) == Print(graph));
  CHECK(Print(Parsed(text), options).size() == text.size());
}

}  // namespace
}  // namespace webhlo
