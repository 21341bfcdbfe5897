// SPDX-License-Identifier: Apache-2.0
#include "core/text/format.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace webhlo {
namespace {

std::vector<FormatItem> Items(std::string_view format) {
  std::vector<FormatItem> items;
  FormatReader reader(format);
  for (FormatItem item = reader.Next(); item.kind != FormatItem::Kind::kEnd; item = reader.Next()) {
    items.push_back(item);
  }
  return items;
}

TEST_CASE("a format is read as literals and the things between them") {
  using Kind = FormatItem::Kind;
  const std::vector<FormatItem> items = Items("#name, $1(?, #kind) <part>{} : ^same");
  const FormatItem expected[] = {
      {Kind::kAttribute, "name"},     {Kind::kLiteral, ", "},  {Kind::kOperand, "$1", 1},
      {Kind::kOptionalBegin, "kind"}, {Kind::kLiteral, ", "},  {Kind::kAttribute, "kind"},
      {Kind::kOptionalEnd, ")"},      {Kind::kLiteral, " "},   {Kind::kCustom, "part"},
      {Kind::kAttributes, "{}"},      {Kind::kLiteral, " : "}, {Kind::kTypes, "same"}};
  REQUIRE(items.size() == std::size(expected));
  for (size_t i = 0; i < items.size(); ++i) {
    CAPTURE(i);
    CHECK(items[i].kind == expected[i].kind);
    CHECK(items[i].text == expected[i].text);
    CHECK(items[i].index == expected[i].index);
  }
}

TEST_CASE("all that the dialect table's formats name is there") {
  for (const OpSyntax& syntax : AllSyntax()) {
    CAPTURE(syntax.name);
    for (const FormatItem& item : Items(NotationOf(syntax).format)) {
      CAPTURE(item.text);
      if (item.kind == FormatItem::Kind::kAttribute || item.kind == FormatItem::Kind::kSymbol) {
        CHECK(FindAttributeSpec(syntax, item.text) != nullptr);
      }
    }
    // A <part> that nobody knows ends the program.
    for (const std::string_view name : AttributesInFormat(syntax)) {
      CHECK(FindAttributeSpec(syntax, name) != nullptr);
    }
  }
}

}  // namespace
}  // namespace webhlo
