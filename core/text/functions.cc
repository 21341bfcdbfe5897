// SPDX-License-Identifier: Apache-2.0
//
// Functions: `func.func @name(...) -> ... {...}`, and "func.func"() of the generic form, which is
// read only.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/text/parser.h"
#include "core/text/printer.h"
#include "core/text/tokens.h"

namespace webhlo {

// ---- Written

void Printer::FunctionText(const Function& function) {
  NewLine();
  out_.append(function.is_private ? "func.func private " : "func.func ");
  AppendSymbol(&out_, function.name);
  std::span<const NamedAttribute> attributes = function.attributes;
  const Type* declared = nullptr;
  if (function.body == kNone) {
    const Attribute* type = FindAttribute(attributes, "function_type");
    if (type && type->kind() == Attribute::Kind::kType) declared = &type->type();
  }
  const size_t num_arguments = declared                 ? declared->elements.size()
                               : function.body == kNone ? 0
                                                        : g_.regions[function.body].arguments.size;
  out_.push_back('(');
  for (size_t i = 0; i < num_arguments; ++i) {
    if (i) out_.append(", ");
    if (declared) {
      out_.append(ToString(declared->elements[i]));
    } else {
      const ValueId id = g_.regions[function.body].arguments.begin + static_cast<uint32_t>(i);
      Value(id);
      out_.append(": ");
      TypeOf(id);
    }
    if (i < function.argument_attributes.size()) {
      NamedDict(function.argument_attributes[i], " ");
    }
    if (!declared) {
      Loc(g_.values[g_.regions[function.body].arguments.begin + i].location);
    }
  }
  out_.push_back(')');
  std::vector<std::string> results;
  if (declared) {
    for (const Type& type : declared->results) results.push_back(ToString(type));
  } else if (function.body != kNone) {
    for (const ValueId id : g_.results(g_.regions[function.body])) {
      results.push_back(ToString(g_.type(id)));
    }
  }
  if (!results.empty()) {
    const bool has_attributes =
        std::any_of(function.result_attributes.begin(), function.result_attributes.end(),
                    [](const auto& list) { return !list.empty(); });
    const bool parenthesized = results.size() > 1 || has_attributes || results[0].starts_with('(');
    out_.append(parenthesized ? " -> (" : " -> ");
    for (size_t i = 0; i < results.size(); ++i) {
      StrAppend(&out_, i ? ", " : "", results[i]);
      if (i < function.result_attributes.size()) NamedDict(function.result_attributes[i], " ");
    }
    if (parenthesized) out_.push_back(')');
  }
  std::vector<NamedAttribute> others;
  for (const NamedAttribute& attribute : attributes) {
    if (!declared || attribute.name != "function_type") others.push_back(attribute);
  }
  NamedDict(others, " attributes ");
  if (function.body != kNone) {
    out_.append(" {");
    RegionBody(g_.regions[function.body], "return");
  }
  Loc(function.location);
}

// ---- Read

bool TextParser::Normalize(std::vector<NamedAttribute>* attributes, size_t offset) {
  const Status status = NormalizeAttributes(nullptr, attributes);
  return status.ok() || Fail(offset, status.code(), status.message());
}

bool TextParser::CheckResultTypes(RegionId body, std::span<const Type> declared, size_t offset) {
  const std::span<const ValueId> results = graph_.results(graph_.regions[body]);
  if (results.size() != declared.size()) {
    return FailAt(offset, StrCat("the function returns ", results.size(), " values, its type says ",
                                 declared.size()));
  }
  for (size_t i = 0; i < results.size(); ++i) {
    if (!(graph_.type(results[i]) == declared[i])) {
      return FailAt(offset, StrCat("result ", i, " is ", ToString(graph_.type(results[i])),
                                   ", the function's type says ", ToString(declared[i])));
    }
  }
  return true;
}

bool TextParser::AddFunction(Function function, size_t offset, LineAndColumn position) {
  const auto no_attributes = [](const auto& list) { return list.empty(); };
  auto& arguments = function.argument_attributes;
  auto& results = function.result_attributes;
  for (auto* lists : {&arguments, &results}) {
    for (auto& list : *lists) {
      if (!Normalize(&list, offset)) return false;
    }
    if (std::all_of(lists->begin(), lists->end(), no_attributes)) lists->clear();
  }
  if (!Normalize(&function.attributes, offset)) return false;
  if (function.location == kNone) function.location = FileLocation(position);
  graph_.functions.push_back(std::move(function));
  return true;
}

bool TextParser::ParseFunctionResults(std::vector<Type>* types,
                                      std::vector<std::vector<NamedAttribute>>* attributes) {
  if (token().kind != Token::Kind::kArrow) return true;
  Advance();
  if (!token().Is('(')) {
    attributes->emplace_back();
    return ParseType(&types->emplace_back());
  }
  return ParseList('(', ')', [&] {
    attributes->emplace_back();
    return ParseType(&types->emplace_back()) &&
           (!token().Is('{') || ParseDictionary(&attributes->back()));
  });
}

// `func.func private @name(%a: t {...} loc(...)) -> (t {...}) attributes {...} {...}`.
bool TextParser::ParseFunction() {
  const size_t offset = token().begin;
  const LineAndColumn position = Position(offset);
  Advance();
  Function function;
  function.location = kNone;
  if (token().IsWord("public") || token().IsWord("private") || token().IsWord("nested")) {
    function.is_private = !token().IsWord("public");
    Advance();
  }
  if (!ParseSymbolName(&function.name)) return false;
  std::vector<Argument> arguments;
  bool named = false;
  const auto argument = [&] {
    Argument& a = arguments.emplace_back();
    a.offset = token().begin;
    a.location = kNone;
    if (token().kind == Token::Kind::kValue) {
      named = true;
      a.name = token().name();
      Advance();
      if (!Expect(':')) return false;
    } else if (named) {
      return FailExpected("an argument's name");
    }
    auto& attributes = function.argument_attributes.emplace_back();
    if (!ParseType(&a.type)) return false;
    if (token().Is('{') && !ParseDictionary(&attributes)) return false;
    if (!ParseOptionalLocation(&a.location)) return false;
    if (a.location == kNone) a.location = FileLocation(Position(a.offset));
    return true;
  };
  std::vector<Type> results;
  if (!ParseList('(', ')', argument) ||
      !ParseFunctionResults(&results, &function.result_attributes)) {
    return false;
  }
  if (ConsumeWord("attributes")) {
    if (!token().Is('{')) return FailExpected("'{'");
    if (!ParseDictionary(&function.attributes)) return false;
  }
  if (token().Is('{')) {
    if (!arguments.empty() && !named) return FailHere("the function's arguments have no names");
    if (!ParseRegion(arguments, &function.body) ||
        !CheckResultTypes(function.body, results, offset)) {
      return false;
    }
  } else {
    Type type = Type::Of(Type::Kind::kFunction);
    for (Argument& a : arguments) type.elements.push_back(std::move(a.type));
    type.results = std::move(results);
    function.attributes.push_back({"function_type", Attribute::TypeOf(std::move(type))});
  }
  return ParseOptionalLocation(&function.location) &&
         AddFunction(std::move(function), offset, position);
}

// A "func.func"() in the generic form.
bool TextParser::AddGenericFunction(std::vector<NamedAttribute> attributes, RegionId body,
                                    size_t offset, LineAndColumn position, LocationId location) {
  Function function;
  function.body = body;
  function.location = location;
  Attribute type;
  const auto lists = [&](const Attribute& value, std::vector<std::vector<NamedAttribute>>* out) {
    if (value.kind() != Attribute::Kind::kArray) return false;
    for (const Attribute& element : value.elements()) {
      if (element.kind() != Attribute::Kind::kDict) return false;
      out->emplace_back(element.fields().begin(), element.fields().end());
    }
    return true;
  };
  for (NamedAttribute& attribute : attributes) {
    const Attribute& value = attribute.value;
    const bool is_string = value.kind() == Attribute::Kind::kString;
    bool ok = true;
    if (attribute.name == "sym_name") {
      ok = is_string;
      if (ok) function.name = value.string();
    } else if (attribute.name == "sym_visibility") {
      ok = is_string;
      if (ok) function.is_private = value.string() == "private" || value.string() == "nested";
    } else if (attribute.name == "function_type" || attribute.name == "type") {
      ok = value.kind() == Attribute::Kind::kType && value.type().kind == Type::Kind::kFunction;
      type = value;
    } else if (attribute.name == "arg_attrs") {
      ok = lists(value, &function.argument_attributes);
    } else if (attribute.name == "res_attrs") {
      ok = lists(value, &function.result_attributes);
    } else {
      function.attributes.push_back(std::move(attribute));
      continue;
    }
    if (!ok) {
      return FailAt(offset,
                    StrCat("attribute '", attribute.name, "' of the function is ill-formed"));
    }
  }
  if (function.name.empty() || type.kind() != Attribute::Kind::kType) {
    return FailAt(offset, "the function has no name or type");
  }
  const auto fits = [&](size_t lists_size, size_t values) {
    return lists_size == 0 || lists_size == values;
  };
  if (!fits(function.argument_attributes.size(), type.type().elements.size()) ||
      !fits(function.result_attributes.size(), type.type().results.size())) {
    return FailAt(offset, "the function has attributes for more values than its type");
  }
  if (body == kNone) {
    function.attributes.push_back({"function_type", type});
  } else {
    const Range arguments = graph_.regions[body].arguments;
    const std::vector<Type>& declared = type.type().elements;
    bool same = arguments.size == declared.size();
    for (uint32_t i = 0; same && i < arguments.size; ++i) {
      same = graph_.type(arguments.begin + i) == declared[i];
    }
    if (!same) return FailAt(offset, "the function's arguments are not what its type says");
    if (!CheckResultTypes(body, type.type().results, offset)) return false;
  }
  return AddFunction(std::move(function), offset, position);
}

}  // namespace webhlo
