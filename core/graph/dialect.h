// SPDX-License-Identifier: Apache-2.0
//
// The StableHLO and CHLO dialects as data: for every op of both (also those that the op table cannot
// run yet) its attributes with kinds and defaults, its VHLO name and versions, and its pretty text
// form. The importers, the printer and the verifier all work from these rows, so that syntax is
// complete from the start and an op file holds only semantics.
#ifndef WEBHLO_CORE_GRAPH_DIALECT_H_
#define WEBHLO_CORE_GRAPH_DIALECT_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace webhlo {

enum class AttributeKind : uint8_t {
  kBool,
  kInt,     // i64, or another integer type: channel ids, dims
  kFloat,
  kString,
  kEnum,    // String attribute holding a keyword
  kSymbol,
  kInts,    // list of i64 in any encoding, flattened (padding: low0, high0, low1, ...)
  kBools,   // list of booleans, held as Ints of 0/1
  kEnums,   // Array of String keywords: precision_config
  kDense,   // Dense: constant values, replica_groups
  kDict,
  kArray,
  kType,
  kAny,
};

struct AttributeSpec {
  std::string_view name;  // VHLO's name
  AttributeKind kind;
  bool required;
  // Canonical default in a small notation; an attribute equal to it is absent. "" = no default;
  // "false", "1", "DEFAULT", "[]" (empty list), "[0...]" / "[1...]" (a list of any length of 0 / 1),
  // "[DEFAULT...]" (precision_config).
  std::string_view default_value;
};

struct OpSyntax {
  std::string_view name;       // "stablehlo.dot_general", "chlo.erf"
  std::string_view vhlo_name;  // "dot_general" (VHLO "dot_general_v1", "_v2"); "" when VHLO has none
  int vhlo_versions;           // Highest known version; 0 when none
  // In VHLO's (alphabetical) order.
  std::span<const AttributeSpec> attributes;
  // The pretty form in the notation that core/graph/assembly_format.h documents; "" when the op has
  // only the generic form. Printer and text importer are both driven by it.
  std::string_view format;
  // Fixed number of regions, -1 for any.
  int num_regions = 0;
};

const OpSyntax* FindSyntax(std::string_view op_name);
const OpSyntax* FindSyntaxByVhloName(std::string_view vhlo_name);
std::span<const OpSyntax> AllSyntax();
const AttributeSpec* FindAttributeSpec(const OpSyntax& syntax, std::string_view attribute);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_DIALECT_H_
