// SPDX-License-Identifier: Apache-2.0
//
// docs/ops.md: every op of the dialects and how it runs, as the op table and the cases tell.
#ifndef __EMSCRIPTEN__
#include <map>
#include <set>

#include "core/graph/dialect.h"
#include "core/graph/verifier.h"
#include "tests/core/cases.h"
#include "tests/core/golden.h"
#include "tests/core/ops/elementwise_testing.h"

namespace webhlo::elementwise_testing {
namespace {

std::string ElementName(ElementType element) {
  const std::string type = ToString(TensorType(element, {}));
  return type.substr(7, type.size() - 8);
}

std::string Means(const OpDef& op) {
  if (op.control_flow != ControlFlow::kNone) return "control flow";
  if (op.expand) return "expands";
  return op.elements ? "elements" : "task";
}

// "`a`, `b`", or nothing.
template <typename List>
std::string Quoted(const List& list) {
  std::string text;
  for (const auto& name : list) StrAppend(&text, text.empty() ? "" : ", ", "`", name, "`");
  return text;
}

std::string RunsBy(const OpDef& op) {
  std::vector<std::string_view> names;
  if (op.elementwise) names.push_back("fusion");
  for (const KernelRow& row : op.kernels) names.push_back(row.name);
  return Quoted(names);
}

// Types of operands that the JIT knows of elementwise ops.
std::map<std::string, std::set<ElementType>> CompiledTypes() {
  std::map<std::string, std::set<ElementType>> types;
  for (const webhlo::elementwise_testing::Case& c : AllCases()) {
    std::vector<TensorType> operands;
    for (ElementType element : c.operands) operands.emplace_back(element, std::vector<int64_t>{1});
    const TestGraph test = OneOp(c.name, operands, TensorType(c.result, {1}), c.attributes);
    const ElementwiseOp& op = *test.op().node().op->elementwise;
    if (op.can_emit && op.can_emit(test.op())) types[c.name].insert(c.operands[0]);
  }
  return types;
}

struct Seen {
  std::set<ElementType> elements;
  std::set<std::string> programs;
};

std::map<std::string, Seen> SeenInCases() {
  std::map<std::string, Seen> seen;
  for (const webhlo::Case& program : webhlo::Cases()) {
    const Result<Graph> graph = ParseText(program.text, program.name);
    REQUIRE(graph.ok());
    for (const Node& node : graph->nodes) {
      Seen& op = seen[std::string(graph->op_name(node))];
      op.programs.insert(program.name);
      const auto add = [&](ValueId v) {
        if (graph->type(v).IsTensor()) op.elements.insert(graph->tensor(v).element);
      };
      for (ValueId v : graph->operands(node)) add(v);
      for (uint32_t k = 0; k < node.results.size; ++k) add(node.results.begin + k);
    }
  }
  return seen;
}

std::string Names(const std::set<ElementType>& elements) {
  std::vector<std::string> names;
  for (ElementType element : elements) names.push_back(ElementName(element));
  return Join(names, " ");
}

TEST_CASE("golden: docs/ops.md has every op and how it runs") {
  const std::map<std::string, std::set<ElementType>> compiled = CompiledTypes();
  const std::map<std::string, Seen> seen = SeenInCases();
  std::map<std::string, std::string> rows;
  for (const OpSyntax& syntax : AllSyntax()) {
    const std::string name(syntax.name);
    if (!name.starts_with("stablehlo.") && !name.starts_with("chlo.")) continue;
    const OpDef* op = FindOp(*FindOpName(syntax.name));
    std::string& row = rows[name];
    row = StrCat("| `", name, "` | ");
    if (!op) {
      StrAppend(&row, "- | | | | |\n");
      continue;
    }
    const auto types = compiled.find(name);
    const auto cases = seen.find(name);
    StrAppend(&row, Means(*op), " | ", RunsBy(*op), " | ",
              types == compiled.end() ? "" : Names(types->second), " | ",
              cases == seen.end() ? "" : Names(cases->second.elements), " | ",
              cases == seen.end() ? 0 : cases->second.programs.size(), " |\n");
  }
  std::string written =
      "| op | means | runs by | JIT | types | cases |\n| - | - | - | - | - | - |\n";
  for (const auto& [name, row] : rows) written += row;
  Section("docs/ops.md", "<!-- ops -->\n", "<!-- end -->\n").Check(written);
}

}  // namespace
}  // namespace webhlo::elementwise_testing
#endif
