// SPDX-License-Identifier: Apache-2.0
#include "core/import/jax_export.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "core/graph/op_def.h"
#include "core/import/bytecode_file.h"
#include "core/import/bytecode_import.h"
#include "core/import/jax_export_generated.h"
#include "core/import/key_path.h"

namespace webhlo {
namespace {

using jax_format::Exported;
using jax_format::PyTree;
using jax_format::PyTreeKind;
using KeyPath = std::vector<std::string>;

constexpr int kOldestCallingConvention = 9;
constexpr int kNewestCallingConvention = 10;
// Python trees nest no deeper; the schema's verifier and the walk below recurse as deep.
constexpr int kMaxTreeDepth = 128;

std::string_view View(const flatbuffers::String* text) {
  return text ? std::string_view(text->c_str(), text->size()) : std::string_view();
}

// The leaves of a tree of Python containers as key paths, in JAX's order.
class LeafCollector {
 public:
  explicit LeafCollector(size_t file_size) : budget_(65536 + 64 * uint64_t{file_size}) {}

  bool Visit(const PyTree& tree) {
    switch (tree.kind()) {
      case PyTreeKind::None:
        return true;
      case PyTreeKind::Leaf:
        for (const std::string& key : path_) {
          const uint64_t cost = 32 + key.size();
          if (cost > budget_) return false;
          budget_ -= cost;
        }
        leaves.push_back(path_);
        return true;
      default:
        break;
    }
    const auto* children = tree.children();
    const auto* names = tree.children_names();
    if (!children) return true;
    for (flatbuffers::uoffset_t i = 0; i < children->size(); ++i) {
      const bool named = names && i < names->size();
      path_.push_back(named ? std::string(View(names->Get(i))) : std::to_string(i));
      if (!Visit(*children->Get(i))) return false;
      path_.pop_back();
    }
    return true;
  }

  std::vector<KeyPath> leaves;

 private:
  uint64_t budget_;
  KeyPath path_;
};

// A call's tree is (positional arguments, keyword arguments). Both lose that level: a positional
// argument begins with its position, a keyword argument with its name.
Result<std::vector<KeyPath>> ArgumentPaths(const PyTree* tree, size_t file_size) {
  if (!tree) return std::vector<KeyPath>();
  LeafCollector collector(file_size);
  if (!collector.Visit(*tree)) return InvalidModel("jax.export: in_tree unfolds beyond any use");
  for (KeyPath& path : collector.leaves) {
    if (path.size() < 2) return InvalidModel("jax.export: in_tree is not a pair of argument lists");
    path.erase(path.begin());
  }
  return std::move(collector.leaves);
}

Result<std::vector<KeyPath>> ResultPaths(const PyTree* tree, size_t file_size) {
  if (!tree) return std::vector<KeyPath>();
  LeafCollector collector(file_size);
  if (!collector.Visit(*tree)) return InvalidModel("jax.export: out_tree unfolds beyond any use");
  for (KeyPath& path : collector.leaves) path.insert(path.begin(), "result");
  return std::move(collector.leaves);
}

Status CheckRunnable(const Exported& exported) {
  const int convention = exported.calling_convention_version();
  if (convention < kOldestCallingConvention || convention > kNewestCallingConvention) {
    return Unsupported(StrCat("jax.export: calling convention ", convention, "; this build knows ",
                              kOldestCallingConvention, " to ", kNewestCallingConvention));
  }
  const uint32_t devices = std::max<uint32_t>(exported.num_devices(), exported.num_devices_short());
  if (devices > 1) {
    return Unsupported(
        StrCat("jax.export: the program is for ", devices, " devices; export it for one"));
  }
  if (exported.ordered_effects() && exported.ordered_effects()->size() > 0) {
    return Unsupported(StrCat("jax.export: the program has the ordered effect ",
                              View(exported.ordered_effects()->Get(0)->type_name()),
                              "; a program that runs here can only compute"));
  }
  return OkStatus();
}

const Attribute* GlobalConstant(const Function& function, size_t argument) {
  if (argument >= function.argument_attributes.size()) return nullptr;
  return FindAttribute(function.argument_attributes[argument], "jax.global_constant");
}

// A program for several platforms takes the platform's number as its first argument. It is decided
// here: the argument becomes a constant.
Status BindPlatform(const Exported& exported, Graph* graph, Function* function) {
  const Attribute* constant = GlobalConstant(*function, 0);
  if (!constant || constant->kind() != Attribute::Kind::kString ||
      constant->string() != "_platform_index") {
    return OkStatus();
  }
  int64_t platform = 0;
  const auto* platforms = exported.platforms();
  for (flatbuffers::uoffset_t i = 0; platforms && i < platforms->size(); ++i) {
    if (View(platforms->Get(i)) == "cpu") platform = i;
  }
  Region& body = graph->regions[function->body];
  const ValueId value = body.arguments.begin;
  const Type type = graph->type(value);
  if (!type.IsTensor() || type.tensor.rank() != 0 || !IsInteger(type.tensor.element)) {
    return InvalidModel(StrCat("jax.export: the platform's number is a ", ToString(type)));
  }
  DenseElements elements;
  elements.type = type.tensor;
  elements.splat = true;  // As every constant of equal elements.
  for (int i = 0; i < ByteWidth(type.tensor.element); ++i) {
    elements.bytes.push_back(static_cast<uint8_t>(platform >> (8 * i)));
  }
  Node node;
  node.name = ops::kConstant;
  node.op = FindOp(node.name);
  node.results = {value, 1};
  node.attributes = {static_cast<uint32_t>(graph->attribute_pool.size()), 1};
  node.location = graph->values[value].location;
  graph->attribute_pool.push_back({"value", Attribute::Dense(std::move(elements))});

  const uint32_t position = body.nodes.begin;
  graph->nodes.insert(graph->nodes.begin() + position, node);
  for (Region& region : graph->regions) {
    // Regions inside this one stand before it; an empty one may share its position.
    if (&region != &body && region.nodes.begin >= position && region.nodes.size > 0) {
      ++region.nodes.begin;
    }
  }
  ++body.nodes.size;
  ++body.arguments.begin;
  --body.arguments.size;
  auto& lists = function->argument_attributes;
  lists.erase(lists.begin());
  if (std::all_of(lists.begin(), lists.end(), [](const auto& list) { return list.empty(); })) {
    lists.clear();
  }
  return OkStatus();
}

bool IsPositional(const KeyPath& keys) {
  return std::isdigit(static_cast<unsigned char>(keys[0][0])) != 0;
}

// What in_tree does not hold are the names of positional parameters; the argument's location does:
// loc("weights['fc1.bias']"). Parameters of `*args` have one key more there.
void NameByLocation(const Graph& graph, LocationId location, KeyPath* keys) {
  const bool is_positional = IsPositional(*keys);
  const Location& l = graph.locations[location];
  if (l.kind == Location::Kind::kName) {
    std::optional<KeyPath> path = ParseKeyPath(l.text);
    if (path && !(*path)[0].empty() &&
        (path->size() == keys->size() || path->size() == keys->size() + is_positional)) {
      *keys = std::move(*path);
      return;
    }
  }
  if (is_positional) (*keys)[0].insert(0, "arg");
}

Status SetPorts(const Exported& exported, size_t file_size, Program* program) {
  Graph& graph = program->graph;
  const auto main = std::find_if(graph.functions.begin(), graph.functions.end(),
                                 [](const Function& f) { return f.name == "main"; });
  if (main == graph.functions.end() || main->body == kNone) {
    return InvalidModel("jax.export: the module has no function @main");
  }
  RETURN_IF_ERROR(BindPlatform(exported, &graph, &*main));
  const Region& body = graph.regions[main->body];

  ASSIGN_OR_RETURN(std::vector<KeyPath> arguments, ArgumentPaths(exported.in_tree(), file_size));
  ASSIGN_OR_RETURN(std::vector<KeyPath> results, ResultPaths(exported.out_tree(), file_size));
  if (results.size() != body.results.size) {
    return InvalidModel(StrCat("jax.export: out_tree has ", results.size(),
                               " leaves, @main returns ", body.results.size, " values"));
  }
  for (KeyPath& path : results) program->results.emplace_back().keys = std::move(path);

  const auto* kept = exported.module_kept_arguments();
  const size_t num_kept = kept ? kept->size() : 0;
  if (num_kept != body.arguments.size) {
    return InvalidModel(
        StrCat("jax.export: ", num_kept, " arguments are kept, @main takes ", body.arguments.size));
  }
  std::vector<bool> is_kept(arguments.size());
  std::map<std::string, KeyPath> parameters;  // Names of positional ones, from kept arguments.
  for (uint32_t i = 0; i < num_kept; ++i) {
    const uint32_t leaf = kept->Get(i);
    if (leaf >= arguments.size() || is_kept[leaf]) {
      return InvalidModel(StrCat("jax.export: kept argument ", leaf, " is not one of in_tree's ",
                                 arguments.size(), " leaves, or is kept twice"));
    }
    is_kept[leaf] = true;
    Port& port = program->arguments.emplace_back();
    port.leaf = static_cast<int>(leaf);
    port.keys = arguments[leaf];
    NameByLocation(graph, graph.values[body.arguments.begin + i].location, &port.keys);
    const auto rest = static_cast<ptrdiff_t>(arguments[leaf].size()) - 1;
    parameters[arguments[leaf][0]].assign(port.keys.begin(), port.keys.end() - rest);
  }
  for (size_t leaf = 0; leaf < arguments.size(); ++leaf) {
    if (is_kept[leaf]) continue;
    Port& port = program->dropped_arguments.emplace_back();
    port.leaf = static_cast<int>(leaf);
    port.keys = std::move(arguments[leaf]);
    if (const auto it = parameters.find(port.keys[0]); it != parameters.end()) {
      port.keys.erase(port.keys.begin());
      port.keys.insert(port.keys.begin(), it->second.begin(), it->second.end());
    } else if (IsPositional(port.keys)) {
      port.keys[0].insert(0, "arg");
    }
    port.name = port.keys.back();
  }
  return OkStatus();
}

Result<Program> ImportVerified(const Exported& exported, size_t file_size,
                               const ImportOptions& options) {
  RETURN_IF_ERROR(CheckRunnable(exported));
  const auto* module = exported.mlir_module();
  if (!module) return InvalidModel("jax.export: the container holds no program");
  const std::span<const uint8_t> bytecode(module->data(), module->size());
  Program program;
  ASSIGN_OR_RETURN(program.graph, ImportBytecode(bytecode, options));
  RETURN_IF_ERROR(SetPorts(exported, file_size, &program));
  const std::string_view version = View(exported.jax_version());
  program.producer =
      StrCat("jax.export", version.empty() ? "" : " ", version, ", ", BytecodeProducer(bytecode));
  return program;
}

}  // namespace

bool IsJaxExport(std::span<const uint8_t> bytes) {
  // The root's vtable, then its 14th field: a vector that begins as bytecode does.
  constexpr size_t kModuleField = 4 + 2 * 13;
  const auto read = [&](uint64_t at, size_t width) -> uint64_t {
    uint64_t value = 0;
    if (at > bytes.size() || bytes.size() - at < width) return UINT32_MAX;
    for (size_t i = width; i-- > 0;) value = value << 8 | bytes[at + i];
    return value;
  };
  const uint64_t root = read(0, 4);
  const int64_t vtable =
      static_cast<int64_t>(root) - static_cast<int32_t>(static_cast<uint32_t>(read(root, 4)));
  if (root >= bytes.size() || vtable < 0 || read(vtable, 2) < kModuleField + 2) return false;
  const uint64_t field = read(vtable + kModuleField, 2);
  if (field == 0) return false;
  const uint64_t vector = root + field + read(root + field, 4);
  return vector < bytes.size() && bytes.size() - vector > 4 &&
         IsBytecode(bytes.subspan(vector + 4));
}

Result<Program> ImportJaxExport(std::span<const uint8_t> bytes, const ImportOptions& options) {
  // Generated accessors read through pointers of each field's own alignment.
  std::vector<uint8_t> aligned;
  if (reinterpret_cast<uintptr_t>(bytes.data()) % 8 != 0) {
    aligned.assign(bytes.begin(), bytes.end());
    bytes = aligned;
  }
  // A table takes at least eight bytes, so that a file cannot have more than this without sharing.
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), kMaxTreeDepth,
                                 static_cast<flatbuffers::uoffset_t>(bytes.size() / 8 + 1));
  if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE || !jax_format::VerifyExportedBuffer(verifier)) {
    return InvalidModel(StrCat(options.file_name, ": jax.export: the container is malformed"));
  }
  Result<Program> program =
      ImportVerified(*jax_format::GetExported(bytes.data()), bytes.size(), options);
  if (!program.ok() && !program.status().message().starts_with(options.file_name)) {
    return program.status().WithContext(options.file_name);
  }
  return program;
}

}  // namespace webhlo
