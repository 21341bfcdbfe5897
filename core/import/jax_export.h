// SPDX-License-Identifier: Apache-2.0
//
// The container that jax.export writes: a FlatBuffer with a portable artifact, the shapes of the
// Python call (in_tree, out_tree) and what the program was lowered for. The graph comes from the
// artifact, the key paths of arguments and results from the trees.
#ifndef WEBHLO_CORE_IMPORT_JAX_EXPORT_H_
#define WEBHLO_CORE_IMPORT_JAX_EXPORT_H_

#include <cstdint>
#include <span>

#include "core/base/status.h"
#include "core/import/import.h"

namespace webhlo {

// A cheap look for a portable artifact where the container keeps it.
bool IsJaxExport(std::span<const uint8_t> bytes);

// The program with its ports' keys. Ports have no names yet (NamePorts), the graph is not verified.
Result<Program> ImportJaxExport(std::span<const uint8_t> bytes, const ImportOptions& options);

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_JAX_EXPORT_H_
