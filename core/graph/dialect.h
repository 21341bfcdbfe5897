// SPDX-License-Identifier: Apache-2.0
//
// The StableHLO and CHLO dialects as data: for every op of both (also those that the op table
// cannot run yet) its attributes with kinds and defaults, its VHLO name and versions, and its
// pretty text form. The importers, the parser, the printer and the verifier all work from these
// rows, so that syntax is complete from the start and an op file holds only semantics.
// NormalizeAttributes brings the attributes of any encoding into the one canonical form that
// core/graph/attribute.h describes.
#ifndef WEBHLO_CORE_GRAPH_DIALECT_H_
#define WEBHLO_CORE_GRAPH_DIALECT_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/graph/attribute.h"
#include "core/graph/op_name.h"

namespace webhlo {

enum class AttributeKind : uint8_t {
  kBool,
  kUnit,   // Bool true; present or absent in text: use_global_device_ids
  kInt,    // Int of type i64, whatever integer type the program gave it
  kInt32,  // The same, an i32 in StableHLO text: version, exponent_bits
  kFloat,
  kString,
  kEnum,  // String holding a keyword of FindEnum's list
  kSymbol,
  kInts,     // list of i64 in any encoding
  kPairs,    // list of pairs of i64, flattened: padding is low0, high0, low1, ...
  kBools,    // list of booleans, held as Ints of 0/1
  kEnums,    // Array of String keywords: precision_config
  kSymbols,  // Array of Symbols: called_computations
  kDense,  // Dense: constant values; Opaque for `dense_resource<__elided__>`, which Verify refuses
  kDict,
  kAccuracy,  // Dict {atol, mode, rtol, ulps}; zeros are absent
  kArray,
  kType,
  kAny,
};

struct AttributeSpec {
  std::string_view name;  // VHLO's name
  AttributeKind kind;
  bool required;
  // Canonical default in a small notation; an attribute equal to it is absent. "" = no default;
  // "false", "1", "DEFAULT", "[]" (empty list, string or dictionary), "[0...]" / "[1...]" (a list
  // of any length of 0 / 1), "[DEFAULT...]" (precision_config). `none` (the type) is always absent.
  std::string_view default_value;
  // First VHLO version of the op that has the attribute.
  uint8_t since = 1;
};

struct OpSyntax {
  std::string_view name;  // "stablehlo.dot_general", "chlo.erf"
  // In VHLO's (alphabetical) order.
  std::span<const AttributeSpec> attributes;
  // Fixed number of regions, -1 for any.
  int num_regions = 0;
};

// How encodings write an op: what nobody needs who runs it.
struct OpNotation {
  std::string_view
      vhlo_name;      // "dot_general" (VHLO "dot_general_v1", "_v2"); "" when VHLO has none
  int vhlo_versions;  // Highest known version; 0 when none
  // The pretty form in the notation that core/text/format.h documents; "" when the op has only
  // the generic form. Printer and parser are both driven by it.
  std::string_view format;
};
// Of a row of the table.
const OpNotation& NotationOf(const OpSyntax& syntax);

// The row of an op, null for a name that is not known.
const OpSyntax* FindSyntax(OpName name);
const OpSyntax* FindSyntax(std::string_view name);
// The attribute with which an op calls a function: "callee" of func.call, "decomposition" of a
// composite; "" for all others.
std::string_view CalleeAttribute(OpName name);
const OpSyntax* FindSyntaxByVhloName(std::string_view vhlo_name);
std::span<const OpSyntax> AllSyntax();
const AttributeSpec* FindAttributeSpec(const OpSyntax& syntax, std::string_view attribute);

// The keywords of an enumeration attribute, by their number in VHLO ("" where a number is unused).
struct EnumSpec {
  std::string_view attribute;  // "comparison_direction"
  std::string_view mnemonic;   // `#stablehlo<comparison_direction LT>`; "" = a plain i32 in text
  std::span<const std::string_view> keywords;
};
const EnumSpec* FindEnum(std::string_view attribute);

// StableHLO text groups some of VHLO's flat attributes: `dimension_numbers = #stablehlo.gather<
// offset_dims = [2], ...>`. An op uses the group when it has the attribute `key`.
struct AttributeGroup {
  std::string_view attribute;  // "dimension_numbers"
  std::string_view mnemonic;   // "stablehlo.gather"
  std::string_view key;
  struct Field {
    std::string_view text_name, name;
  };
  std::span<const Field> fields;
};
std::span<const AttributeGroup> AttributeGroups();
const AttributeGroup* FindAttributeGroup(const OpSyntax& syntax, std::string_view attribute);

// Brings `attributes` of an op (null `syntax`: an unknown op, a function, an argument, a module) as
// an importer read them into canonical form: groups flattened, kinds as the table says, constants
// of equal elements splat, defaults and sharding annotations (`sdy.*`) dropped, sorted by name.
// Lists of i64 that no row describes are Ints as well (portable bytecode cannot tell `array<i64:
// ...>` from a dense list). The error names the attribute and both forms.
Status NormalizeAttributes(const OpSyntax* syntax, std::vector<NamedAttribute>* attributes);

// Makes equal elements a splat. Every Dense of a graph is in this form.
void CollapseSplat(DenseElements* elements);

// Whether an attribute's payload is what its row asks for; `why` receives what was expected.
bool MatchesKind(const AttributeSpec& spec, const Attribute& value, std::string_view* why);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_DIALECT_H_
