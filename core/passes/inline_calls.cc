// SPDX-License-Identifier: Apache-2.0
//
// Inlines func.call and the decompositions of composites, so that the passes after it see one
// function. The verifier has rejected recursion; what is left to bound is a program whose calls
// multiply (a calls b twice, b calls c twice, ...).
#include "core/base/strings.h"
#include "core/passes/pass.h"
#include "core/passes/rewriter.h"

namespace webhlo {
namespace {

constexpr size_t kMaxNodes = 4'000'000;

std::string_view Callee(const Graph& graph, const Node& node) {
  const std::string_view op = graph.op_name(node);
  const std::string_view attribute = op == "func.call"             ? "callee"
                                     : op == "stablehlo.composite" ? "decomposition"
                                                                   : "";
  if (attribute.empty()) return {};
  const Attribute* symbol = FindAttribute(graph.attributes(node), attribute);
  return symbol ? std::string_view(symbol->string()) : std::string_view();
}

}  // namespace

Status InlineCalls(const PassContext& context, const Graph& source, Graph* target) {
  if (source.functions.size() == 1 && !HasOp(source, {"func.call", "stablehlo.composite"})) {
    return OkStatus();
  }
  size_t visited = 0;
  Rewriter rewriter(source, target, [&](Rewriter& r, const Node& node) -> Status {
    if (++visited > kMaxNodes) {
      return Unsupported(StrCat("function calls expand to more than ", kMaxNodes, " nodes"));
    }
    const std::string_view callee = Callee(source, node);
    if (callee.empty()) return r.Clone(node);
    const Function* function = source.FindFunction(callee);
    if (!function) return InvalidModel(StrCat("no function @", callee));
    ASSIGN_OR_RETURN(const std::vector<ValueId> results,
                     r.InlineRegion(function->body, r.MapAll(source.operands(node))));
    for (uint32_t i = 0; i < node.results.size; ++i) {
      r.SetMapped(node.results.begin + i, results[i]);
    }
    return OkStatus();
  });
  const Function* entry = source.FindFunction(context.entry);
  if (!entry) return Internal(StrCat("no entry function @", context.entry));
  return rewriter.RunFunction(*entry);
}

}  // namespace webhlo
