// SPDX-License-Identifier: Apache-2.0
//
// The types of an op's operands and results, in the ways that `^kind` of a format names. Brief ones
// write so little that the others follow; what follows from what is said once, for both directions.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/text/format.h"
#include "core/text/parser.h"
#include "core/text/printer.h"

namespace webhlo {
namespace {

// The operand types that follow from `brief` ones. False when these are not what `kind` writes.
bool OperandTypesFrom(std::string_view kind, std::span<const Type> brief, size_t num_operands,
                      std::vector<Type>* out) {
  if (kind == "select") {
    if (brief.size() != 2) return false;
    *out = {brief[0], brief[1], brief[1]};
    return true;
  }
  Type type = brief[0];
  if (kind == "tuple") {
    *out = std::move(type.elements);
    return type.kind == Type::Kind::kTuple;
  }
  if (kind == "complex") {
    if (!type.IsTensor() || !IsComplex(type.tensor.element)) return false;
    type.tensor.element = ComplexPart(type.tensor.element);
  }
  out->assign(num_operands, type);
  return true;
}

}  // namespace

std::vector<Type> BriefTypes(const Graph& graph, const Node& node, std::string_view kind) {
  const std::span<const ValueId> operands = graph.operands(node);
  std::vector<Type> brief;
  if (kind == "select" || kind == "operand") {
    if (operands.empty()) return {};
    brief.push_back(graph.type(operands[0]));
  }
  if (kind != "operand") brief.push_back(graph.type(node.results.begin));
  // A type that begins with a parenthesis would read as a function type.
  for (const Type& type : brief) {
    if (type.kind == Type::Kind::kFunction) return {};
  }
  std::vector<Type> types;
  const bool follow =
      OperandTypesFrom(kind, brief, operands.size(), &types) &&
      std::equal(types.begin(), types.end(), operands.begin(), operands.end(),
                 [&](const Type& type, ValueId id) { return type == graph.type(id); });
  return follow ? brief : std::vector<Type>();
}

// ---- Written

void Printer::ResultTypes(const Node& node) {
  const bool bare =
      node.results.size == 1 && g_.type(node.results.begin).kind != Type::Kind::kFunction;
  if (!bare) out_.push_back('(');
  TypeList(Ids(node.results));
  if (!bare) out_.push_back(')');
}

void Printer::FunctionType(const Node& node) {
  out_.push_back('(');
  TypeList(g_.operands(node));
  out_.append(") -> ");
  ResultTypes(node);
}

void Printer::Types(const Node& node, std::string_view kind) {
  if (kind == "results") return TypeList(Ids(node.results));
  if (kind == "operands") return TypeList(g_.operands(node));
  if (kind == "arrow") {
    TypeList(g_.operands(node));
    out_.append(" -> ");
    return ResultTypes(node);
  }
  if (kind == "cast") {
    TypeList(g_.operands(node));
    out_.append(" to ");
    return TypeList(Ids(node.results));
  }
  if (kind == "fn") return FunctionType(node);
  const std::vector<Type> brief = BriefTypes(g_, node, kind);
  if (brief.empty()) return FunctionType(node);
  AppendList(&out_, brief, [&](const Type& type) { out_.append(ToString(type)); });
}

// ---- Read

bool TextParser::SetOperandTypes(Op* op, std::vector<Type> types) {
  op->operand_types = std::move(types);
  op->has_operand_types = true;
  return true;
}

bool TextParser::SetFunctionType(Op* op) {
  Type type;
  if (!token().Is('(')) return FailExpected("a function type");
  if (!ParseFunctionType(&type)) return false;
  op->result_types = std::move(type.results);
  return SetOperandTypes(op, std::move(type.elements));
}

bool TextParser::CheckOperandTypes(const Op& op) {
  if (!op.has_operand_types) return true;
  if (op.operands.size() != op.operand_types.size()) {
    return FailAt(op.offset, StrCat(op.name, " has ", op.operands.size(), " operands, its type ",
                                    op.operand_types.size()));
  }
  for (size_t i = 0; i < op.operands.size(); ++i) {
    const Type& defined = graph_.type(op.operands[i]);
    if (!(defined == op.operand_types[i])) {
      return FailAt(op.offset,
                    StrCat(op.name, ": operand ", i, " is ", ToString(defined),
                           " where it is defined, ", ToString(op.operand_types[i]), " here"));
    }
  }
  return true;
}

bool TextParser::ParseFormatTypes(Op* op, std::string_view kind) {
  std::vector<Type> types;
  if (kind == "results") return ParseTypeList(&op->result_types);
  if (kind == "operands") return ParseTypeList(&types) && SetOperandTypes(op, std::move(types));
  if (kind == "cast") {
    if (op->operands.empty() || (ParseTypeList(&types) && SetOperandTypes(op, std::move(types)))) {
      return ExpectWord("to") && ParseTypeList(&op->result_types);
    }
    return false;
  }
  if (kind == "fn" || token().Is('(')) return SetFunctionType(op);
  if (kind == "arrow") {
    if (!ParseTypeList(&types) || !SetOperandTypes(op, std::move(types)) || !ExpectArrow()) {
      return false;
    }
    if (token().Is('(')) return ParseTypeListInParens(&op->result_types);
    return ParseType(&op->result_types.emplace_back());
  }
  const size_t begin = token().begin;
  std::vector<Type> brief;
  if (!(kind == "select" ? ParseTypeList(&brief) : ParseType(&brief.emplace_back()))) return false;
  if (!OperandTypesFrom(kind, brief, op->operands.size(), &types)) {
    return FailAt(begin, kind == "select"  ? "expected the types of predicate and result"
                         : kind == "tuple" ? "expected a tuple type"
                                           : "expected a complex tensor type");
  }
  if (kind != "operand") op->result_types = {brief.back()};
  return SetOperandTypes(op, std::move(types));
}

}  // namespace webhlo
