// SPDX-License-Identifier: Apache-2.0
//
// VHLO's versioned ops: `vhlo.dot_general_v1` -> `stablehlo.dot_general`, with what changed between
// versions. Names, versions and attributes come from core/graph/dialect.h; here are the few
// upgrades that those rows cannot say. Programs only ever upgrade: an older version lacks
// attributes, whose absence means what the older op did.
#ifndef WEBHLO_CORE_IMPORT_VHLO_OPS_H_
#define WEBHLO_CORE_IMPORT_VHLO_OPS_H_

#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/graph/attribute.h"
#include "core/graph/dialect.h"
#include "core/import/bytecode_file.h"

namespace webhlo {

struct VhloOp {
  const OpSyntax* syntax = nullptr;
  int version = 1;
};

// `name` without the dialect: "dot_general_v2".
Result<VhloOp> FindVhloOp(std::string_view name, const BytecodeFile& file);

// The op's attributes in the order in which its properties list them.
std::vector<std::string_view> VhloPropertyNames(const VhloOp& op);

// `attributes` of that version, as decoded -> canonical, for today's op.
Status UpgradeVhloAttributes(const VhloOp& op, std::vector<NamedAttribute>* attributes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_VHLO_OPS_H_
