// SPDX-License-Identifier: Apache-2.0
//
// What a bytecode file says beside its graph; ImportBytecode (core/import/import.h) gives the graph
// alone.
#ifndef WEBHLO_CORE_IMPORT_BYTECODE_IMPORT_H_
#define WEBHLO_CORE_IMPORT_BYTECODE_IMPORT_H_

#include <span>
#include <string>

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace webhlo {

// The producer's name in the file's header: "StableHLO_v1.16.1". Empty when there is none.
std::string BytecodeProducer(std::span<const uint8_t> bytes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_BYTECODE_IMPORT_H_
