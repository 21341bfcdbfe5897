// SPDX-License-Identifier: Apache-2.0
#include "core/import/vhlo_ops.h"

#include <algorithm>
#include <charconv>

#include "core/base/strings.h"
#include "core/import/bytecode_attributes.h"

namespace webhlo {
namespace {

// Attributes that an op has lost. dynamic_conv's second version takes its padding as an operand,
// which the first had as well, beside an attribute that said nothing.
constexpr struct {
  std::string_view vhlo_name;
  int last_version;
  std::string_view attribute;
} kDropped[] = {{"dynamic_conv", 1, "padding"}};

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
  if (!op.syntax || op.version < 1 || op.version > NotationOf(*op.syntax).vhlo_versions)
    return unknown();
  return op;
}

std::vector<std::string_view> VhloPropertyNames(const VhloOp& op) {
  std::vector<std::string_view> names;
  for (const AttributeSpec& spec : op.syntax->attributes) {
    if (spec.since <= op.version) names.push_back(spec.name);
  }
  for (const auto& dropped : kDropped) {
    if (dropped.vhlo_name == NotationOf(*op.syntax).vhlo_name &&
        op.version <= dropped.last_version) {
      names.insert(std::lower_bound(names.begin(), names.end(), dropped.attribute),
                   dropped.attribute);
    }
  }
  return names;
}

Status UpgradeVhloAttributes(const VhloOp& op, std::vector<NamedAttribute>* attributes) {
  std::erase_if(*attributes, [&](const NamedAttribute& attribute) {
    for (const auto& dropped : kDropped) {
      if (dropped.vhlo_name == NotationOf(*op.syntax).vhlo_name &&
          op.version <= dropped.last_version && dropped.attribute == attribute.name) {
        return true;
      }
    }
    return false;
  });
  return NormalizeAttributes(op.syntax, attributes);
}

}  // namespace webhlo
