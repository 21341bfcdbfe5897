// SPDX-License-Identifier: Apache-2.0
//
// Import: which encoding, then the importer, the verifier, and public names.
#include "core/import/import.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "core/base/strings.h"
#include "core/graph/verifier.h"
#include "core/import/bytecode_import.h"
#include "core/import/jax_export.h"
#include "core/import/key_path.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

// A path of more keys counts as one name.
constexpr size_t kMaxKeys = 64;

bool StartsWith(std::span<const uint8_t> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

// Whether the first bytes are UTF-8 without control characters.
bool LooksLikeText(std::span<const uint8_t> bytes) {
  bytes = bytes.first(std::min<size_t>(bytes.size(), 4096));
  for (size_t i = 0; i < bytes.size();) {
    const uint8_t c = bytes[i];
    if (c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') return false;
    const size_t length = c < 0x80   ? 1
                          : c < 0xc2 ? 0
                          : c < 0xe0 ? 2
                          : c < 0xf0 ? 3
                          : c < 0xf5 ? 4
                                     : 0;
    if (length == 0) return false;
    for (size_t k = 1; k < length && i + k < bytes.size(); ++k) {
      if ((bytes[i + k] & 0xc0) != 0x80) return false;
    }
    i += length;
  }
  return !bytes.empty();
}

std::vector<std::string> KeysOf(std::string_view text) {
  std::optional<std::vector<std::string>> keys = ParseKeyPath(text);
  if (!keys || keys->empty() || keys->size() > kMaxKeys) return {std::string(text)};
  return *std::move(keys);
}

// The name that a location gives its value: JAX puts an argument's key path there.
std::string_view NameOfLocation(const Graph& graph, LocationId id) {
  const Location& location = graph.locations[id];
  return location.kind == Location::Kind::kName ? std::string_view(location.text) : "";
}

std::span<const NamedAttribute> ListAt(const std::vector<std::vector<NamedAttribute>>& lists,
                                       size_t i) {
  return i < lists.size() ? lists[i] : std::span<const NamedAttribute>();
}

const Attribute* StringAttribute(std::span<const NamedAttribute> attributes,
                                 std::string_view name) {
  const Attribute* value = FindAttribute(attributes, name);
  return value && value->kind() == Attribute::Kind::kString ? value : nullptr;
}

// The last `count` keys, joined.
std::string Suffix(const std::vector<std::string>& keys, size_t count) {
  return Join(std::span(keys).last(count), ".");
}

void MakeNamesUnique(std::vector<Port>* ports) {
  std::vector<size_t> counts(ports->size(), 1);
  for (bool changed = true; changed;) {
    changed = false;
    std::unordered_map<std::string_view, size_t> uses;
    for (size_t i = 0; i < ports->size(); ++i) {
      Port& port = (*ports)[i];
      port.name = Suffix(port.keys, counts[i]);
    }
    for (const Port& port : *ports) ++uses[port.name];
    for (size_t i = 0; i < ports->size(); ++i) {
      const Port& port = (*ports)[i];
      if (uses[port.name] > 1 && counts[i] < port.keys.size()) {
        ++counts[i];
        changed = true;
      }
    }
  }
  // Paths that are equal altogether are told apart by their position.
  std::unordered_map<std::string, size_t> uses;
  for (const Port& port : *ports) ++uses[port.name];
  for (size_t i = 0; i < ports->size(); ++i) {
    Port& port = (*ports)[i];
    if (uses[port.name] == 1) continue;
    std::string name = StrCat(port.name, ".", i);
    while (uses.contains(name)) name.append("_");
    uses[name] = 1;
    port.name = std::move(name);
  }
}

Status FindEntry(Program* program) {
  const std::vector<Function>& functions = program->graph.functions;
  std::optional<uint32_t> entry;
  size_t candidates = 0;
  for (uint32_t i = 0; i < functions.size(); ++i) {
    if (functions[i].name == "main") {
      entry = i;
      candidates = 1;
      break;
    }
    if (!functions[i].is_private) {
      entry = i;
      ++candidates;
    }
  }
  if (!entry && functions.size() == 1) {
    entry = 0;
    candidates = 1;
  }
  if (candidates != 1) {
    return InvalidModel(StrCat("the program has no function @main and ", candidates,
                               " other public functions; one is needed"));
  }
  if (functions[*entry].body == kNone) {
    return InvalidModel(StrCat("function @", functions[*entry].name, " has no body"));
  }
  program->entry_index = *entry;
  return OkStatus();
}

// One device runs the program; a program for several is another program on each of them.
Status CheckDevices(const Graph& graph) {
  for (const std::string_view name : {"mhlo.num_partitions", "mhlo.num_replicas"}) {
    const Attribute* value = FindAttribute(graph.module_attributes, name);
    if (value && value->kind() == Attribute::Kind::kInt && value->int_value() > 1) {
      return Unsupported(StrCat("the program is for ", value->int_value(), " devices (", name,
                                "); one is here to run it"));
    }
  }
  return OkStatus();
}

Result<Program> ImportUnverified(std::span<const uint8_t> bytes, const ImportOptions& options) {
  Program program;
  switch (DetectFormat(bytes)) {
    case Format::kText: {
      const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      ASSIGN_OR_RETURN(program.graph, ParseText(text, options.file_name));
      program.producer = "text";
      return program;
    }
    case Format::kBytecode: {
      ASSIGN_OR_RETURN(program.graph, ImportBytecode(bytes, options));
      program.producer = BytecodeProducer(bytes);
      return program;
    }
    case Format::kJaxExport:
      return ImportJaxExport(bytes, options);
    case Format::kWhlo:
      return InvalidArgument(StrCat(options.file_name, ": a .whlo file is no single program"));
    case Format::kUnknown:
      break;
  }
  return InvalidModel(StrCat(options.file_name,
                             ": neither StableHLO text, MLIR bytecode nor a jax.export container"));
}

}  // namespace

Format DetectFormat(std::span<const uint8_t> bytes) {
  if (StartsWith(bytes, "ML\xefR")) return Format::kBytecode;
  if (StartsWith(bytes, "WHLO")) return Format::kWhlo;
  if (LooksLikeText(bytes)) return Format::kText;
  if (IsJaxExport(bytes)) return Format::kJaxExport;
  return Format::kUnknown;
}

Status NamePorts(Program* program) {
  RETURN_IF_ERROR(FindEntry(program));
  const Graph& graph = program->graph;
  const Function& entry = program->entry();
  const Region& body = graph.regions[entry.body];
  const size_t num_results = body.results.size;
  if (program->arguments.empty()) program->arguments.resize(body.arguments.size);
  if (program->results.empty()) program->results.resize(num_results);
  if (program->arguments.size() != body.arguments.size || program->results.size() != num_results) {
    return InvalidModel(StrCat("the container names ", program->arguments.size(), " arguments and ",
                               program->results.size(), " results, @", entry.name, " has ",
                               body.arguments.size, " and ", num_results));
  }
  for (uint32_t i = 0; i < body.arguments.size; ++i) {
    Port& port = program->arguments[i];
    const auto attributes = ListAt(entry.argument_attributes, i);
    if (port.keys.empty()) {
      const Attribute* info = StringAttribute(attributes, "jax.arg_info");
      const std::string_view name =
          info ? std::string_view(info->string())
               : NameOfLocation(graph, graph.values[body.arguments.begin + i].location);
      port.keys = name.empty() ? std::vector<std::string>{StrCat("arg", i)} : KeysOf(name);
    }
    const Attribute* alias = FindAttribute(attributes, "tf.aliasing_output");
    if (alias && alias->kind() == Attribute::Kind::kInt && alias->int_value() >= 0 &&
        alias->int_value() < static_cast<int64_t>(num_results)) {
      port.aliased_result = static_cast<int>(alias->int_value());
    }
    const Attribute* donor = FindAttribute(attributes, "jax.buffer_donor");
    port.donatable = donor && (donor->kind() == Attribute::Kind::kUnit ||
                               (donor->kind() == Attribute::Kind::kBool && donor->bool_value()));
  }
  for (size_t i = 0; i < num_results; ++i) {
    Port& port = program->results[i];
    if (!port.keys.empty()) continue;
    const Attribute* info = StringAttribute(ListAt(entry.result_attributes, i), "jax.result_info");
    if (info && !info->string().empty()) {
      port.keys = KeysOf(info->string());
      // Older JAX leaves out the word: "['logits']".
      if (port.keys[0].empty()) port.keys[0] = "result";
    } else {
      port.keys = {num_results == 1 ? "result" : StrCat("result", i)};
    }
  }
  MakeNamesUnique(&program->arguments);
  MakeNamesUnique(&program->results);
  return OkStatus();
}

Result<Program> Import(std::span<const uint8_t> bytes, const ImportOptions& options) {
  ASSIGN_OR_RETURN(Program program, ImportUnverified(bytes, options));
  program.file_bytes = bytes.size();
  if (options.require_known_ops) RETURN_IF_ERROR(CheckDevices(program.graph));
  RETURN_IF_ERROR(options.require_known_ops ? Verify(program.graph)
                                            : VerifyStructure(program.graph));
  if (options.require_entry) RETURN_IF_ERROR(NamePorts(&program));
  return program;
}

}  // namespace webhlo
