// SPDX-License-Identifier: Apache-2.0
//
// Import: any supported encoding of a program -> Program, verified. This is the border: what passes
// is trusted by everything after it.
#ifndef WEBHLO_CORE_IMPORT_IMPORT_H_
#define WEBHLO_CORE_IMPORT_IMPORT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace webhlo {

// One argument or result of a program's entry function, with its public name.
struct Port {
  // Key path, outermost first: {"weights", "conv_stem.weight"}; {"arg0"} when nothing names it.
  std::vector<std::string> keys;
  // Last key, prefixed by as many keys as make it unique among the program's arguments (or
  // results), joined by '.'.
  std::string name;
  // Arguments only: the result that may reuse this argument's memory (tf.aliasing_output), or -1.
  int aliased_result = -1;
  bool donatable = false;  // jax.buffer_donor
  // Arguments of jax.export: the position among all leaves of the call, dropped ones included; else
  // -1.
  int leaf = -1;
};

// A verified program. `graph` holds one public entry function (`main`, else the only function) and
// those it calls.
struct Program {
  Graph graph;
  std::vector<Port> arguments;
  std::vector<Port> results;
  // Arguments of the exported call that the exporter dropped because nothing reads them.
  std::vector<Port> dropped_arguments;
  std::string producer;  // "StableHLO_v1.16.1", "jax.export 0.10.2, ...": for `inspect`

  const Function& entry() const { return graph.functions[entry_index]; }
  // Of the entry function, as `arguments` and `results` are.
  const Type& argument_type(uint32_t i) const {
    return graph.type(graph.regions[entry().body].arguments.begin + i);
  }
  const Type& result_type(uint32_t i) const {
    return graph.type(graph.results(graph.regions[entry().body])[i]);
  }
  uint32_t entry_index = 0;
  // How much was read for it: what the compiler may spend on it grows with that.
  size_t file_bytes = 0;
};

struct ImportOptions {
  // Verify ops against the table (Verify) or structure alone (VerifyStructure).
  bool require_known_ops = true;
  // Find the entry function and name its ports (NamePorts).
  bool require_entry = true;
  std::string_view file_name = "<input>";  // For messages and text locations.
};

enum class Format : uint8_t { kText, kBytecode, kJaxExport, kWhlo, kUnknown };
// Looks at the first bytes; text is anything that is valid UTF-8 and none of the others.
Format DetectFormat(std::span<const uint8_t> bytes);

// Text, bytecode and jax.export; `.whlo` files go through core/import/whlo.h.
Result<Program> Import(std::span<const uint8_t> bytes, const ImportOptions& options = {});

// Bytecode alone, without names and verification, as ParseText is for text.
Result<Graph> ImportBytecode(std::span<const uint8_t> bytes, const ImportOptions& options);

// Finds the entry function and gives ports their names: from `in_tree`/`out_tree` keys when the
// container gave some, else from argument locations (loc("weights['fc1.bias']")) and
// jax.result_info, else arg0, arg1, ... and result0, ...; a bare single result is `result`.
Status NamePorts(Program* program);

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_IMPORT_H_
