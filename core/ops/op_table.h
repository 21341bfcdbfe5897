// SPDX-License-Identifier: Apache-2.0
//
// The op table: how a file of core/ops/ hands over its ops.
//
// Every core/ops/<stem>.cc (but op_table.cc) defines `kOps_<stem>`, a span over its OpDefs, with
// the macro below. The build lists the folder and writes core/ops/op_table.inc, one line a file:
// `WEBHLO_OPS(<stem>)`; op_table.cc includes it. So a new op is a new file and no other edit, a
// file without the span is a link error, and nothing is registered at run time. Code that defines
// no op lives in headers or in core/kernels/.
//
// Everything else reaches ops through FindOp (core/graph/op_def.h), once UseOps was called.
#ifndef WEBHLO_CORE_OPS_OP_TABLE_H_
#define WEBHLO_CORE_OPS_OP_TABLE_H_

#include <span>

#include "core/graph/op_def.h"

namespace webhlo {

// Makes all ops known to FindOp; further calls do nothing.
void UseOps();
// The lane function that a JIT module imports by this name (jit::Record::Import).
const void* FindLaneFunction(std::string_view name);

}  // namespace webhlo

// At the bottom of core/ops/<stem>.cc, inside namespace webhlo, `table` a constexpr array of OpDef:
//
//   constexpr OpDef kOps[] = {{.name = "stablehlo.gather", .infer = Infer, .reference =
//   Reference}}; WEBHLO_EXPORT_OPS(gather, kOps);
#define WEBHLO_EXPORT_OPS(stem, table)                       \
  extern const std::span<const ::webhlo::OpDef> kOps_##stem; \
  constinit const std::span<const ::webhlo::OpDef> kOps_##stem(table)

#endif  // WEBHLO_CORE_OPS_OP_TABLE_H_
