// SPDX-License-Identifier: Apache-2.0
//
// The printer: numbers every value as the text will name it, then writes the ops, in their pretty
// form where the dialect table has one that fits, else in the generic form. Its parts stand beside
// the parser's, file by file.
#ifndef WEBHLO_CORE_TEXT_PRINTER_H_
#define WEBHLO_CORE_TEXT_PRINTER_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/graph/dialect.h"
#include "core/graph/graph.h"
#include "core/text/text.h"
#include "core/text/tokens.h"

namespace webhlo {

// ---- Attributes that stand by themselves (attributes.cc, dense.cc, stablehlo_attributes.cc)
// `1 : i32`; within arrays the types i64 and f64 are understood.
void AppendAttribute(std::string* out, const Attribute& value, bool in_array,
                     const PrintOptions& options);
// `name = value`, or the name of a unit.
void AppendNamed(std::string* out, const NamedAttribute& attribute, const PrintOptions& options);
void AppendInt(std::string* out, const Attribute& value);    // Without its type.
void AppendFloat(std::string* out, const Attribute& value);  // Likewise.
// What stands in `dense<...>`.
void AppendElements(std::string* out, const DenseElements& dense, const PrintOptions& options);
// An attribute that the dialect table knows, as it stands in a dictionary.
void AppendSpec(std::string* out, const AttributeSpec& spec, const Attribute& value,
                const PrintOptions& options);
// A field of an attribute group: `[2]`, `3`.
void AppendField(std::string* out, const Attribute& value);
// `[0, 1], [1, 0]`
void AppendPairs(std::string* out, std::span<const int64_t> values);
// The fields of a group that are present: `offset_dims = [2], index_vector_dim = 1`.
void AppendFields(std::string* out, std::span<const AttributeGroup::Field> fields,
                  std::span<const NamedAttribute> attributes);
// An attribute in the short spelling of assembly formats, as ParseShort reads it.
void AppendShort(std::string* out, const AttributeSpec& spec, const Attribute& value);
// `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`; "" when the numbers do not name every dimension once.
std::string ConvolutionDimensions(std::span<const NamedAttribute> attributes);

class Printer {
 public:
  Printer(const Graph& graph, const PrintOptions& options);

  std::string Module();
  std::string OneNode(const Node& node) {
    Op(node);
    return std::move(out_);
  }

 private:
  friend struct FormatPart;
  using Dict = std::vector<std::pair<std::string, std::string>>;  // name, printed value ("" = unit)

  // How the text names a value: %arg3, %3 or %3#1.
  struct ValueName {
    enum class Kind : uint8_t { kNone, kArgument, kResult, kOneOfResults };
    Kind kind = Kind::kNone;
    uint32_t number = 0;
    uint32_t index = 0;
  };

  // ---- Functions and modules (functions.cc, module.cc)
  void FunctionText(const Function& function);
  void NamedDict(std::span<const NamedAttribute> attributes, std::string_view before);

  // ---- Ops (ops.cc, op_types.cc, format_parts.cc, whole_ops.cc)
  void Op(const Node& node);
  void Generic(const Node& node, const OpSyntax* syntax);
  void Pretty(const Node& node, const OpSyntax& syntax);
  void Types(const Node& node, std::string_view kind);
  template <typename List>
  void TypeList(const List& ids);
  void TypeOf(ValueId id) { out_.append(ToString(g_.type(id))); }
  void ResultTypes(const Node& node);
  void FunctionType(const Node& node);
  void MantissaFormat(const Node& node);
  void SliceRanges(const Node& node);
  void DimNumbers(const Node& node);
  void Window(const Node& node);
  void DotDims(const Node& node);
  void Precision(const Node& node);
  void Regions(const Node& node);
  void Constant(const Node& node);
  void Barrier(const Node& node);
  void Reduce(const Node& node);
  void While(const Node& node);
  void Scan(const Node& node);
  // The list that an attribute holds; empty when it is absent.
  std::span<const int64_t> Ints(const Node& node, std::string_view attribute) const;

  // Attributes in text form but for `hidden`; `inherent` selects those that the table describes
  // (stablehlo_attributes.cc).
  Dict TextAttributes(const Node& node, const OpSyntax* syntax,
                      std::span<const std::string_view> hidden, std::optional<bool> inherent) const;
  void AttributeDict(const Dict& dict, std::string_view open, std::string_view close);
  // Those that the format of the node's op does not write elsewhere.
  void OpAttributes(const Node& node, std::string_view before = " ");

  // ---- Values and regions (regions.cc)
  // Region arguments take their names from `shared` when a form writes them only once.
  void NameRegion(RegionId id, const Region* shared = nullptr);
  void Value(ValueId id);
  void Operands(const Node& node, size_t begin = 0);
  void Argument(ValueId id);
  void RegionText(RegionId id, bool with_arguments);
  void RegionBody(const Region& region, std::string_view terminator);

  // ---- Locations (locations.cc)
  void Loc(LocationId id);
  void LocationTable();

  void NewLine() {
    out_.push_back('\n');
    out_.append(indent_ * 2, ' ');
  }
  static std::vector<ValueId> Ids(Range range) {
    std::vector<ValueId> ids(range.size);
    for (uint32_t i = 0; i < range.size; ++i) ids[i] = range.begin + i;
    return ids;
  }

  const Graph& g_;
  const PrintOptions options_;
  std::vector<ValueName> names_;
  uint32_t next_argument_ = 0;
  uint32_t next_result_ = 0;
  size_t indent_ = 0;
  std::string out_;
};

template <typename List>
void Printer::TypeList(const List& ids) {
  AppendList(&out_, ids, [&](ValueId id) { TypeOf(id); });
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_TEXT_PRINTER_H_
