// SPDX-License-Identifier: Apache-2.0
//
// Ops whose whole text has code of its own: when it can be written, how, and how it is read.
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/graph/verifier.h"
#include "core/text/format_parts.h"

namespace webhlo {
namespace {

bool SameTypes(const Graph& g, std::span<const ValueId> a, Range b) {
  if (a.size() != b.size) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (g.values[a[i]].type != g.values[b.begin + i].type) return false;
  }
  return true;
}

// Ops that may stand after `applies`.
bool IsCommutativeBinary(OpName name) {
  static constexpr OpName kNames[] = {ops::kAdd,      ops::kAnd, ops::kMaximum, ops::kMinimum,
                                      ops::kMultiply, ops::kOr,  ops::kXor};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// What a reduction's region computes with.
Type ScalarOf(const TensorType& type) {
  TensorType scalar = type;
  scalar.dims.clear();
  scalar.bounds.clear();
  scalar.encoding.clear();
  return scalar;
}

// Whether a reduction's region is one commutative op on its two arguments: `applies stablehlo.add`.
bool IsCompactReduce(const Graph& graph, const Node& node) {
  if (node.operands.size != 2 || node.regions.size != 1) return false;
  const Region& region = graph.regions[graph.regions_of(node)[0]];
  if (region.arguments.size != 2 || region.nodes.size != 1 || region.results.size != 1) {
    return false;
  }
  const Node& inner = graph.nodes[region.nodes.begin];
  if (!IsCommutativeBinary(inner.name) || inner.attributes.size != 0 || inner.operands.size != 2 ||
      inner.results.size != 1) {
    return false;
  }
  const Type& input = graph.type(graph.operands(node)[0]);
  if (!input.IsTensor()) return false;
  const Type expected = ScalarOf(input.tensor);
  const std::span<const ValueId> operands = graph.operands(inner);
  return operands[0] == region.arguments.begin && operands[1] == region.arguments.begin + 1 &&
         graph.results(region)[0] == inner.results.begin && graph.type(operands[0]) == expected &&
         graph.type(operands[1]) == expected && graph.type(inner.results.begin) == expected;
}

}  // namespace

// ---- `{attributes} dense<...> : type`

bool FitsConstant(const Graph& graph, const Node& node) {
  const Attribute* value = FindAttribute(graph.attributes(node), "value");
  return node.operands.size == 0 && node.results.size == 1 &&
         value->kind() == Attribute::Kind::kDense &&
         graph.type(node.results.begin) == Type(value->dense().type);
}

void Printer::Constant(const Node& node) {
  OpAttributes(node);
  if (node.attributes.size > 1) out_.push_back(' ');
  AppendAttribute(&out_, *FindAttribute(g_.attributes(node), "value"), false, options_);
}

bool TextParser::ParseConstant(Op* op) {
  if (token().Is('(')) return ParseGenericOp(op);
  if (!ParseAttributes(op)) return false;
  const size_t begin = token().begin;
  Attribute value;
  if (!ParseAttribute(&value)) return false;
  if (value.kind() == Attribute::Kind::kDense) {
    op->result_types = {Type(value.dense().type)};
  } else {
    // Elements that the file leaves out: only their type is left.
    const size_t end = token().begin;
    lexer_.MoveTo(begin);
    if (!ConsumeWord("dense_resource")) return FailExpected("dense elements");
    while (!token().Is(':')) Advance();
    Advance();
    if (!ParseType(&op->result_types.emplace_back())) return false;
    lexer_.MoveTo(end);
  }
  AddAttribute(op, "value", std::move(value));
  return true;
}

// ---- `{attributes} %a, %b : types`

bool FitsBarrier(const Graph& graph, const Node& node) {
  return node.operands.size > 0 && SameTypes(graph, graph.operands(node), node.results);
}

void Printer::Barrier(const Node& node) {
  OpAttributes(node, "");
  if (node.attributes.size > 0) out_.push_back(' ');
  Operands(node);
  out_.append(" : ");
  TypeList(g_.operands(node));
}

bool TextParser::ParseBarrier(Op* op) {
  if (!ParseAttributes(op)) return false;
  if (Consume('(')) return Expect(')');
  std::vector<Type> types;
  if (!ParseOperands(&op->operands) || !Expect(':') || !ParseTypeList(&types)) return false;
  op->result_types = types;
  return SetOperandTypes(op, std::move(types));
}

// ---- `(%a init: %b), (%c init: %d) applies stablehlo.add across dimensions = [1] : type`, or
// `(...) across dimensions = [1] : type reducer(%x: t, %y: t) (...) {...}`

bool FitsReduce(const Graph& graph, const Node& node) {
  const uint32_t n = node.operands.size;
  return node.regions.size == 1 && n > 0 && n % 2 == 0 &&
         graph.regions[graph.regions_of(node)[0]].arguments.size == n;
}

void Printer::Reduce(const Node& node) {
  const std::span<const ValueId> operands = g_.operands(node);
  const size_t n = operands.size() / 2;
  for (size_t i = 0; i < n; ++i) {
    out_.append(i ? ", (" : "(");
    Value(operands[i]);
    out_.append(" init: ");
    Value(operands[i + n]);
    out_.push_back(')');
  }
  const RegionId body = g_.regions_of(node)[0];
  const bool compact = IsCompactReduce(g_, node);
  if (compact) StrAppend(&out_, " applies ", g_.op_name(g_.nodes[g_.regions[body].nodes.begin]));
  StrAppend(&out_, " across dimensions = [",
            Join(FindAttribute(g_.attributes(node), "dimensions")->ints()), "]");
  OpAttributes(node);
  out_.append(" : ");
  FunctionType(node);
  if (compact) return;
  ++indent_;
  NewLine();
  --indent_;
  out_.append("reducer");
  const Range arguments = g_.regions[body].arguments;
  for (uint32_t i = 0; i < n; ++i) {
    out_.push_back('(');
    Argument(arguments.begin + i);
    out_.append(", ");
    Argument(arguments.begin + i + static_cast<uint32_t>(n));
    out_.append(") ");
  }
  RegionText(body, false);
}

bool TextParser::ParseReduce(Op* op) {
  std::vector<ValueId> inits;
  do {
    if (!Expect('(') || !ParseOperand(&op->operands) || !ExpectWord("init") || !Expect(':') ||
        !ParseOperand(&inits) || !Expect(')')) {
      return false;
    }
  } while (Consume(','));
  const size_t n = inits.size();
  op->operands.insert(op->operands.end(), inits.begin(), inits.end());
  std::optional<OpName> inner;
  if (ConsumeWord("applies")) {
    if (token().kind == Token::Kind::kIdentifier) inner = FindOpName(token().text);
    if (!inner || !IsCommutativeBinary(*inner)) {
      return FailExpected("a commutative operation of two operands");
    }
    Advance();
  }
  std::vector<int64_t> dimensions;
  if (!ExpectWord("across") || !ExpectWord("dimensions") || !Expect('=') ||
      !ParseIntList(&dimensions) || !ParseAttributes(op) || !Expect(':') || !SetFunctionType(op)) {
    return false;
  }
  AddAttribute(op, "dimensions", Attribute::Ints(std::move(dimensions)));
  if (!inner) {
    if (!ExpectWord("reducer")) return false;
    std::vector<Argument> elements, accumulators;
    while (Consume('(')) {
      if (!ParseArgument(&elements.emplace_back()) || !Expect(',') ||
          !ParseArgument(&accumulators.emplace_back()) || !Expect(')')) {
        return false;
      }
    }
    elements.insert(elements.end(), accumulators.begin(), accumulators.end());
    return ParseRegion(elements, &op->regions.emplace_back(kNone));
  }
  if (op->operand_types.empty() || !op->operand_types[0].IsTensor() || n != 1) {
    return FailAt(op->offset, "'applies' reduces one tensor");
  }
  if (!ParseOptionalLocation(&op->location)) return false;
  if (op->location == kNone) op->location = FileLocation(op->position);
  if (builder_.depth() >= kMaxRegionDepth) return FailAt(op->offset, "regions nest too deeply");
  const Type type = ScalarOf(op->operand_types[0].tensor);
  op->regions.push_back(builder_.BeginRegion());
  const ValueId lhs = builder_.AddArgument(type, op->location);
  const ValueId rhs = builder_.AddArgument(type, op->location);
  const ValueId operands[] = {lhs, rhs};
  const ValueId result = builder_.AddNode(*inner, operands, {&type, 1}, {}, {}, op->location);
  builder_.EndRegion({&result, 1});
  return true;
}

// ---- `(%i = %0, %j = %1) : types attributes {...} cond {...} do {...}`

bool FitsWhile(const Graph& graph, const Node& node) {
  const std::span<const ValueId> operands = graph.operands(node);
  const std::span<const RegionId> regions = graph.regions_of(node);
  return regions.size() == 2 && SameTypes(graph, operands, node.results) &&
         SameTypes(graph, operands, graph.regions[regions[0]].arguments) &&
         SameTypes(graph, operands, graph.regions[regions[1]].arguments);
}

void Printer::While(const Node& node) {
  const std::span<const RegionId> regions = g_.regions_of(node);
  const std::span<const ValueId> operands = g_.operands(node);
  const Range arguments = g_.regions[regions[0]].arguments;
  out_.push_back('(');
  for (uint32_t i = 0; i < operands.size(); ++i) {
    if (i) out_.append(", ");
    Value(arguments.begin + i);
    out_.append(" = ");
    Value(operands[i]);
  }
  out_.push_back(')');
  if (!operands.empty()) {
    out_.append(" : ");
    TypeList(operands);
  }
  OpAttributes(node, " attributes ");
  NewLine();
  out_.append("cond ");
  RegionText(regions[0], false);
  out_.append(" do ");
  RegionText(regions[1], false);
}

bool TextParser::ParseWhile(Op* op) {
  std::vector<Argument> arguments;
  const auto item = [&] {
    Argument& argument = arguments.emplace_back();
    if (token().kind != Token::Kind::kValue) return FailExpected("an argument's name");
    argument.name = token().name();
    argument.offset = token().begin;
    Advance();
    return Expect('=') && ParseOperand(&op->operands);
  };
  if (!ParseList('(', ')', item)) return false;
  if (!arguments.empty()) {
    std::vector<Type> types;
    const size_t begin = token().begin;
    if (!Expect(':') || !ParseTypeList(&types)) return false;
    if (types.size() != arguments.size()) {
      return FailAt(begin, StrCat(types.size(), " types for ", arguments.size(), " arguments"));
    }
    for (size_t i = 0; i < types.size(); ++i) {
      arguments[i].type = types[i];
      arguments[i].location = FileLocation(Position(arguments[i].offset));
    }
    op->result_types = types;
    SetOperandTypes(op, std::move(types));
  }
  if (ConsumeWord("attributes") && !ParseAttributes(op)) return false;
  return ExpectWord("cond") && ParseRegion(arguments, &op->regions.emplace_back(kNone)) &&
         ExpectWord("do") && ParseRegion(arguments, &op->regions.emplace_back(kNone));
}

// ---- `(%inputs) inits (%inits) dimension=0 attributes {...} {...} : type`

bool FitsScan(const Graph& graph, const Node& node) {
  const std::span<const NamedAttribute> attributes = graph.attributes(node);
  const Attribute* in = FindAttribute(attributes, "operandSegmentSizes");
  const Attribute* out = FindAttribute(attributes, "resultSegmentSizes");
  if (node.regions.size != 1 || !in || !out || in->kind() != Attribute::Kind::kInts ||
      out->kind() != Attribute::Kind::kInts || in->ints().size() != 2 || out->ints().size() != 2) {
    return false;
  }
  const int64_t operands = node.operands.size;
  const int64_t carries = in->ints()[1];
  return carries >= 0 && carries <= operands && in->ints()[0] == operands - carries &&
         out->ints()[1] == carries && out->ints()[0] == node.results.size - carries;
}

void Printer::Scan(const Node& node) {
  const int64_t inits = Ints(node, "operandSegmentSizes")[1];
  const std::span<const ValueId> operands = g_.operands(node);
  out_.push_back('(');
  for (size_t i = 0; i < operands.size(); ++i) {
    const bool first_init = static_cast<int64_t>(operands.size() - i) == inits;
    out_.append(first_init ? ") inits (" : i ? ", " : "");
    Value(operands[i]);
  }
  if (inits == 0) out_.append(") inits (");
  StrAppend(&out_, ") dimension=", FindAttribute(g_.attributes(node), "dimension")->int_value());
  OpAttributes(node, " attributes ");
  out_.push_back(' ');
  RegionText(g_.regions_of(node)[0], true);
  out_.append(" : ");
  FunctionType(node);
}

bool TextParser::ParseScan(Op* op) {
  int64_t dimension = 0;
  if (!Expect('(') || !ParseOperands(&op->operands) || !Expect(')')) return false;
  const int64_t inputs = static_cast<int64_t>(op->operands.size());
  if (!ExpectWord("inits") || !Expect('(') || !ParseOperands(&op->operands) || !Expect(')') ||
      !ExpectWord("dimension") || !Expect('=') || !ParseInteger(&dimension)) {
    return false;
  }
  if (ConsumeWord("attributes") && !ParseAttributes(op)) return false;
  if (!ParseRegion({}, &op->regions.emplace_back(kNone)) || !Expect(':') || !SetFunctionType(op)) {
    return false;
  }
  const int64_t carries = static_cast<int64_t>(op->operands.size()) - inputs;
  const int64_t outputs = static_cast<int64_t>(op->result_types.size()) - carries;
  if (outputs < 0) return FailAt(op->offset, StrCat(op->name, " has fewer results than carries"));
  AddAttribute(op, "dimension", Attribute::Int(dimension));
  AddAttribute(op, "operandSegmentSizes", Attribute::Ints({inputs, carries}));
  AddAttribute(op, "resultSegmentSizes", Attribute::Ints({outputs, carries}));
  return true;
}

// ---- `(%x) in_shardings=[...] out_shardings=[...] manual_axes={...} (%arg: t) {...} : type`; only
// read, as a graph holds no shardings

bool TextParser::ParseManualComputation(Op* op) {
  if (!Expect('(') || !ParseOperands(&op->operands) || !Expect(')')) return false;
  for (std::string_view name : {"in_shardings", "out_shardings", "manual_axes"}) {
    std::string_view ignored;
    const bool axes = name == "manual_axes";
    if (!ExpectWord(name) || !Expect('=')) return false;
    if (!token().Is(axes ? '{' : '[')) return FailExpected(axes ? "'{'" : "'['");
    if (!TakeBalanced(&ignored)) return false;
  }
  std::vector<Argument> arguments;
  if (!ParseList('(', ')', [&] { return ParseArgument(&arguments.emplace_back()); })) return false;
  return ParseRegion(arguments, &op->regions.emplace_back(kNone)) && ParseAttributes(op) &&
         Expect(':') && SetFunctionType(op);
}

}  // namespace webhlo
