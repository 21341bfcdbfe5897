// SPDX-License-Identifier: Apache-2.0
//
// `<name>` of a format (core/text/format.h): parts of an op's text, or all of it, that have code of
// their own.
#ifndef WEBHLO_CORE_TEXT_FORMAT_PARTS_H_
#define WEBHLO_CORE_TEXT_FORMAT_PARTS_H_

#include <span>
#include <string_view>
#include <vector>

#include "core/graph/dialect.h"
#include "core/graph/graph.h"
#include "core/text/parser.h"
#include "core/text/printer.h"

namespace webhlo {

struct FormatPart {
  std::string_view name;
  // The attributes that it writes: these, and the fields of an attribute group.
  std::span<const std::string_view> attributes;
  std::string_view group;
  bool is_whole_op;
  // Whether it can say what a node that has the required ones of these attributes is. Null: always.
  bool (*fits)(const Graph& graph, const Node& node);
  void (Printer::*print)(const Node& node);  // Null where nothing fits.

  std::vector<std::string_view> AttributesOf(const OpSyntax& syntax) const;

  static const FormatPart kAll[];
};

const FormatPart& FindFormatPart(std::string_view name);

// How it is read. In a table of its own, as what never reads text, a page's wasm, prints all the
// same: the linker leaves the reader out there.
struct PartReader {
  std::string_view name;
  bool (TextParser::*parse)(TextParser::Op* op);

  static const PartReader kAll[];
};

const PartReader& FindPartReader(std::string_view name);

// FormatPart::fits of the whole ops (whole_ops.cc).
bool FitsConstant(const Graph& graph, const Node& node);
bool FitsBarrier(const Graph& graph, const Node& node);
bool FitsReduce(const Graph& graph, const Node& node);
bool FitsWhile(const Graph& graph, const Node& node);
bool FitsScan(const Graph& graph, const Node& node);

}  // namespace webhlo

#endif  // WEBHLO_CORE_TEXT_FORMAT_PARTS_H_
