// SPDX-License-Identifier: Apache-2.0
#include "core/import/vhlo_ops.h"

#include <algorithm>
#include <charconv>

#include "core/base/strings.h"
#include "core/graph/tensor.h"
#include "core/import/bytecode_attributes.h"

namespace webhlo {
namespace {

// Attributes that an op has lost. dynamic_conv's second version takes its padding as an operand, which
// the first had as well, beside an attribute that said nothing.
constexpr struct {
  std::string_view vhlo_name;
  int last_version;
  std::string_view attribute;
} kDropped[] = {{"dynamic_conv", 1, "padding"}};

// No op lists more integers than this; it keeps a splat of a huge type from unfolding.
constexpr int64_t kMaxInts = 1 << 16;

bool IsIntList(AttributeKind kind) {
  return kind == AttributeKind::kInts || kind == AttributeKind::kPairs ||
         kind == AttributeKind::kBools;
}

Result<Attribute> IntsFromDense(const OpSyntax& syntax, std::string_view name,
                                const DenseElements& dense) {
  const ElementType element = dense.type.element;
  const int64_t count = dense.type.NumElements();
  if (count > kMaxInts || !(IsInteger(element) || element == ElementType::kI1)) {
    return InvalidModel(StrCat(syntax.name, ": the attribute ", name,
                               " is not a list of integers but ", ToString(dense.type)));
  }
  const int width = ByteWidth(element);
  std::vector<int64_t> values;
  for (int64_t i = 0; i < count; ++i) {
    values.push_back(LoadI64(element, dense.bytes.data() + (dense.splat ? 0 : i * width)));
  }
  return Attribute::Ints(std::move(values));
}

// VHLO knows no symbol references: names of functions are strings.
Attribute SymbolsFromStrings(const Attribute& attribute) {
  if (attribute.kind() == Attribute::Kind::kString) return Attribute::Symbol(attribute.string());
  if (attribute.kind() != Attribute::Kind::kArray) return attribute;
  std::vector<Attribute> symbols;
  for (const Attribute& element : attribute.elements()) {
    symbols.push_back(element.kind() == Attribute::Kind::kString
                          ? Attribute::Symbol(element.string())
                          : element);
  }
  return Attribute::Array(std::move(symbols));
}

}  // namespace

Result<VhloOp> FindVhloOp(std::string_view name, const BytecodeFile& file) {
  const auto unknown = [&] { return NewerThanThisBuild(file, StrCat("the op vhlo.", name)); };
  const size_t suffix = name.rfind("_v");
  if (suffix == std::string_view::npos) return unknown();
  VhloOp op;
  const char* const end = name.data() + name.size();
  const auto [next, error] = std::from_chars(name.data() + suffix + 2, end, op.version);
  if (error != std::errc() || next != end) return unknown();
  op.syntax = FindSyntaxByVhloName(name.substr(0, suffix));
  if (!op.syntax || op.version < 1 || op.version > op.syntax->vhlo_versions) return unknown();
  return op;
}

std::vector<std::string_view> VhloPropertyNames(const VhloOp& op) {
  std::vector<std::string_view> names;
  for (const AttributeSpec& spec : op.syntax->attributes) {
    if (spec.since <= op.version) names.push_back(spec.name);
  }
  for (const auto& dropped : kDropped) {
    if (dropped.vhlo_name == op.syntax->vhlo_name && op.version <= dropped.last_version) {
      names.insert(std::lower_bound(names.begin(), names.end(), dropped.attribute),
                   dropped.attribute);
    }
  }
  return names;
}

Status UpgradeVhloAttributes(const VhloOp& op, std::vector<NamedAttribute>* attributes) {
  const OpSyntax& syntax = *op.syntax;
  std::erase_if(*attributes, [&](const NamedAttribute& attribute) {
    for (const auto& dropped : kDropped) {
      if (dropped.vhlo_name == syntax.vhlo_name && op.version <= dropped.last_version &&
          dropped.attribute == attribute.name) {
        return true;
      }
    }
    return false;
  });
  for (NamedAttribute& attribute : *attributes) {
    const AttributeSpec* spec = FindAttributeSpec(syntax, attribute.name);
    if (!spec) continue;
    if (IsIntList(spec->kind) && attribute.value.kind() == Attribute::Kind::kDense) {
      ASSIGN_OR_RETURN(attribute.value,
                       IntsFromDense(syntax, attribute.name, attribute.value.dense()));
    } else if (spec->kind == AttributeKind::kSymbol || spec->kind == AttributeKind::kSymbols) {
      attribute.value = SymbolsFromStrings(attribute.value);
    }
  }
  return NormalizeAttributes(&syntax, attributes);
}

}  // namespace webhlo
