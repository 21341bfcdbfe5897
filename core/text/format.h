// SPDX-License-Identifier: Apache-2.0
//
// The notation of OpSyntax::format: how an op is written in StableHLO's pretty form. The printer
// and the parser both walk it, so that what one writes the other reads.
//
//   $0 $1        an operand
//   $*           all operands that are left, separated by commas
//   #name        an attribute in its short spelling: `[0, 1]`, `LT`, `3`
//   @name        a string or symbol attribute as a symbol: `@main`
//   {}           the attributes that are not named elsewhere, ` {a = 1 : i64}`, or nothing
//   (? ... )     printed only when the attribute inside is present
//   <name>       a part, or a whole op, that has code of its own in printer and parser
//   ^fn          `(operand types) -> result types`
//   ^same        one type when operands and the result agree, else as ^fn
//   ^complex     the result's type when the operands are its parts, else as ^fn
//   ^select      `predicate type, result type` when the branches agree, else as ^fn
//   ^tuple       the result's type, whose elements are the operands'
//   ^results     the result types
//   ^arrow       `operand types -> result types`, several results in parentheses
//   ^cast        `operand types to result types`
//   ^operand     the type of every operand, without results
//   ^operands    the operand types, without results
//
// Everything else is literal. The printer copies literals as they stand; the parser matches their
// words and marks and ignores their spaces.
#ifndef WEBHLO_CORE_TEXT_FORMAT_H_
#define WEBHLO_CORE_TEXT_FORMAT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph/dialect.h"
#include "core/graph/graph.h"

namespace webhlo {

struct FormatItem {
  enum class Kind : uint8_t {
    kEnd,
    kLiteral,
    kOperand,  // index
    kOperands,
    kAttribute,
    kSymbol,
    kAttributes,
    kOptionalBegin,  // text: the attribute that decides
    kOptionalEnd,
    kCustom,
    kTypes,
  };
  Kind kind = Kind::kEnd;
  std::string_view text;
  int index = 0;
};

class FormatReader {
 public:
  explicit FormatReader(std::string_view format) : rest_(format) {}
  FormatItem Next();

 private:
  std::string_view rest_;
  bool in_optional_ = false;
};

// Attributes that an op's format writes outside of `{}`.
std::vector<std::string_view> AttributesInFormat(const OpSyntax& syntax);

// Whether a node can be written in its pretty form and read back: operand, result and region counts
// and types are what the format assumes. Otherwise the generic form is used.
bool FitsFormat(const Graph& graph, const Node& node, const OpSyntax& syntax);

// What `^same`, `^complex`, `^select`, `^tuple` or `^operand` write for a node; nothing when its
// other types do not follow from that.
std::vector<Type> BriefTypes(const Graph& graph, const Node& node, std::string_view kind);

}  // namespace webhlo

#endif  // WEBHLO_CORE_TEXT_FORMAT_H_
