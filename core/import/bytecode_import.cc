// SPDX-License-Identifier: Apache-2.0
//
// One file: one walk, all of whose steps share its stack.
// The IR section of a portable artifact -> Graph. The walk keeps its own stack of open ops and
// regions; values are found by their number among the regions that are visible.
#include "core/import/bytecode_import.h"

#include <algorithm>
#include <optional>

#include "core/base/strings.h"
#include "core/graph/dialect.h"
#include "core/graph/verifier.h"
#include "core/import/bytecode_attributes.h"
#include "core/import/bytecode_file.h"
#include "core/import/import.h"
#include "core/import/vhlo_ops.h"

namespace webhlo {
namespace {

enum OpFlags : uint8_t {
  kHasAttributes = 0x01,
  kHasResults = 0x02,
  kHasOperands = 0x04,
  kHasSuccessors = 0x08,
  kHasRegions = 0x10,
  kHasUseListOrders = 0x20,
  kHasProperties = 0x40,
};

constexpr size_t kMaxOpName = 256;

// What the walk does with an op.
enum class Role : uint8_t { kModule, kFunction, kReturn, kCast, kNode };

// A name of the file's op table.
struct Op {
  std::string full_name;  // "vhlo.add_v1"
  Role role = Role::kNode;
  bool known = false;                        // Whether what follows was looked up.
  std::optional<VhloOp> vhlo;                // Ops of VHLO that have a row in the dialect table.
  std::vector<std::string_view> properties;  // Names of the property list's entries.
  std::string_view name() const { return vhlo ? vhlo->syntax->name : full_name; }
};

struct OpInstance {
  const Op* op = nullptr;
  LocationId location = 0;
  std::vector<NamedAttribute> attributes;
  std::vector<Type> result_types;
  std::vector<ValueId> operands;
  size_t first_result = 0;  // Among the values of the region around it.
  uint64_t num_regions = 0;
  bool isolated = false;
};

struct OpenRegion {
  RegionId id = kNone;  // kNone: the file's top level or a module's body.
  uint64_t ops_left = 0;
  // Values have numbers first_value, first_value + 1, ...; kNone while an op is not built yet.
  uint64_t first_value = 0;
  uint64_t num_values = 0;
  std::vector<ValueId> values;
  bool has_results = false;
  std::vector<ValueId> results;
};

struct Frame {
  OpInstance op;
  uint64_t regions_left = 0;
  std::vector<RegionId> regions;
  std::optional<OpenRegion> region;
  bool own_reader = false;
};

class Importer {
 public:
  Importer(const BytecodeFile& file, Graph* graph)
      : file_(file),
        graph_(*graph),
        builder_(graph),
        table_(file, graph),
        budget_((uint64_t{1} << 16) + 4 * uint64_t{file.bytes.size()}) {}

  Status Run() {
    RETURN_IF_ERROR(CollectOps());
    readers_.push_back(file_.Reader(file_.ir));
    Frame& top = stack_.emplace_back();
    top.region.emplace();
    RETURN_IF_ERROR(OpenBlock(&*top.region));
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      if (frame.region) {
        if (frame.region->ops_left == 0) {
          RETURN_IF_ERROR(CloseRegion());
        } else {
          --frame.region->ops_left;
          RETURN_IF_ERROR(ReadOp());
        }
      } else if (frame.regions_left > 0) {
        --frame.regions_left;
        RETURN_IF_ERROR(ReadRegion());
      } else {
        RETURN_IF_ERROR(FinishFrame());
      }
      if (!reader().ok()) return reader().Error("IR section");
    }
    if (!reader().empty()) return InvalidModel("bytecode: data is left over in the IR section");
    if (!has_module_) return InvalidModel("bytecode: the file holds no module");
    return OkStatus();
  }

 private:
  ByteReader& reader() { return readers_.back(); }

  // Entries are shared: few bytes can name them often. This bounds the work and the memory that
  // comes of it, far above what real programs need. A unit is about an attribute's worth.
  Status Charge(uint64_t units) {
    if (units > budget_) return InvalidModel("bytecode: the program unfolds beyond any use");
    budget_ -= units;
    return OkStatus();
  }
  // Names are copied with every list.
  Status ChargeNames(std::span<const NamedAttribute> attributes) {
    uint64_t units = 0;
    for (const NamedAttribute& attribute : attributes) units += attribute.name.size() / 32;
    return Charge(units);
  }

  Status CollectOps() {
    constexpr std::string_view kInternal[] = {"stablehlo", "chlo", "mhlo"};
    for (const BytecodeFile::OpName& entry : file_.op_names) {
      const std::string_view dialect = file_.dialects[entry.dialect];
      if (dialect.size() + entry.name.size() > kMaxOpName) {
        return InvalidModel("bytecode: an op's name is too long");
      }
      if (std::find(std::begin(kInternal), std::end(kInternal), dialect) != std::end(kInternal)) {
        return Unsupported(StrCat(
            "the file holds ", dialect, ".", entry.name,
            " in MLIR's internal bytecode, which changes from build to build; make a portable "
            "artifact of it: `stablehlo-translate --serialize --target=1.0.0`, "
            "stablehlo.serialize_portable_artifact or jax.export"));
      }
      Op& op = ops_.emplace_back();
      op.full_name = StrCat(dialect, ".", entry.name);
      if (op.full_name == "builtin.module") {
        op.role = Role::kModule;
        op.properties = {"sym_name", "sym_visibility"};
      } else if (op.full_name == "builtin.unrealized_conversion_cast") {
        op.role = Role::kCast;
      } else if (op.full_name == "vhlo.func_v1") {
        op.role = Role::kFunction;
        op.properties = {"arg_attrs", "function_type", "res_attrs", "sym_name", "sym_visibility"};
      } else if (op.full_name == "func.func") {
        op.role = Role::kFunction;
      } else if (op.full_name == "vhlo.return_v1" || op.full_name == "func.return" ||
                 op.full_name == "sdy.return") {
        op.role = Role::kReturn;
      }
    }
    return OkStatus();
  }

  // Completes an op when the program uses it.
  Status LookUp(size_t index) {
    Op& op = ops_[index];
    if (op.role != Role::kNode || op.known) return OkStatus();
    op.known = true;
    const std::string_view dialect = file_.dialects[file_.op_names[index].dialect];
    if (dialect == "vhlo") {
      ASSIGN_OR_RETURN(op.vhlo, FindVhloOp(file_.op_names[index].name, file_));
      op.properties = VhloPropertyNames(*op.vhlo);
    } else if (const OpSyntax* syntax = FindSyntax(op.full_name); syntax && dialect == "sdy") {
      for (const AttributeSpec& spec : syntax->attributes) op.properties.push_back(spec.name);
    }
    return OkStatus();
  }

  std::string Describe(const OpInstance& op) const {
    const std::string where = DescribeLocation(graph_, op.location);
    return where == "unknown" ? std::string(op.op->name()) : StrCat(op.op->name(), " at ", where);
  }
  Status Error(const OpInstance& op, std::string_view message) const {
    return InvalidModel(StrCat(Describe(op), ": ", message));
  }

  // The regions whose values an op in the innermost one may use: down to the isolated op around.
  ValueId FindValue(uint64_t number) {
    for (size_t i = stack_.size(); i-- > 0;) {
      const Frame& frame = stack_[i];
      if (frame.region) {
        const OpenRegion& region = *frame.region;
        if (number >= region.first_value && number - region.first_value < region.values.size()) {
          return region.values[number - region.first_value];
        }
      }
      if (frame.op.isolated) break;
    }
    return kNone;
  }

  // The number that the next region's values begin with.
  uint64_t NextValueNumber() {
    const Frame& frame = stack_.back();
    if (frame.op.isolated || stack_.size() < 2) return 0;
    const OpenRegion& outer = *stack_[stack_.size() - 2].region;
    return outer.first_value + outer.num_values;
  }

  Status OpenBlock(OpenRegion* region) {
    bool has_arguments;
    region->ops_left = reader().CheckCount(reader().VarintWithFlag(&has_arguments));
    if (!has_arguments) return OkStatus();
    const size_t count = reader().Count();
    for (size_t i = 0; i < count && reader().ok(); ++i) {
      uint64_t type_index;
      bool has_location = true;
      if (file_.version < 4) {
        type_index = reader().Varint();
      } else {
        type_index = reader().VarintWithFlag(&has_location);
      }
      LocationId location = 0;
      if (has_location) {
        ASSIGN_OR_RETURN(location, table_.GetLocation(reader().Varint()));
      }
      if (!reader().ok()) break;
      ASSIGN_OR_RETURN(const Type* type, table_.GetType(type_index));
      RETURN_IF_ERROR(Charge(table_.TypeWeight(type_index)));
      if (region->id == kNone || region->values.size() == region->num_values) {
        return InvalidModel("bytecode: a block has more arguments than its region has values");
      }
      region->values.push_back(builder_.AddArgument(*type, location));
    }
    if (file_.version >= 3 && reader().Byte()) SkipUseLists(count);
    return OkStatus();
  }

  // Orders of uses: only a printer of MLIR cares.
  void SkipUseLists(size_t num_values) {
    const size_t lists = num_values > 1 ? reader().Count() : 1;
    for (size_t i = 0; i < lists && reader().ok(); ++i) {
      if (num_values > 1) reader().Varint();
      bool pairs;
      const size_t count = reader().CheckCount(reader().VarintWithFlag(&pairs));
      for (size_t k = 0; k < count && reader().ok(); ++k) reader().Varint();
    }
  }

  Status ReadOp() {
    OpInstance op;
    const size_t name = reader().Index(ops_.size());
    const uint8_t flags = reader().Byte();
    const uint64_t location = reader().Varint();
    if (!reader().ok()) return OkStatus();
    RETURN_IF_ERROR(LookUp(name));
    op.op = &ops_[name];
    ASSIGN_OR_RETURN(op.location, table_.GetLocation(location));
    if (flags & kHasAttributes) RETURN_IF_ERROR(ReadAttributes(&op));
    if (flags & kHasProperties) RETURN_IF_ERROR(ReadProperties(&op));
    if (flags & kHasResults) {
      const size_t count = reader().Count();
      for (size_t i = 0; i < count && reader().ok(); ++i) {
        const uint64_t index = reader().Varint();
        if (!reader().ok()) break;
        ASSIGN_OR_RETURN(const Type* type, table_.GetType(index));
        RETURN_IF_ERROR(Charge(table_.TypeWeight(index)));
        op.result_types.push_back(*type);
      }
    }
    if (flags & kHasOperands) {
      const size_t count = reader().Count();
      for (size_t i = 0; i < count && reader().ok(); ++i) {
        const uint64_t number = reader().Varint();
        const ValueId value = FindValue(number);
        if (value == kNone && reader().ok()) {
          return Error(op, StrCat("operand ", i, " is used before it is defined"));
        }
        op.operands.push_back(value);
      }
    }
    if (flags & kHasSuccessors) {
      return Unsupported(StrCat(Describe(op), ": jumps between blocks"));
    }
    if (flags & kHasUseListOrders) SkipUseLists(op.result_types.size());
    if (flags & kHasRegions) {
      op.num_regions = reader().CheckCount(reader().VarintWithFlag(&op.isolated));
    }
    if (!reader().ok()) return OkStatus();
    return StartOp(std::move(op));
  }

  Status ReadAttributes(OpInstance* op) {
    const uint64_t index = reader().Varint();
    if (!reader().ok()) return OkStatus();
    ASSIGN_OR_RETURN(const Attribute* attribute, table_.GetAttribute(index));
    RETURN_IF_ERROR(Charge(table_.AttributeWeight(index)));
    if (attribute->kind() != Attribute::Kind::kDict) {
      return Error(*op, "its attributes are not a dictionary");
    }
    RETURN_IF_ERROR(ChargeNames(attribute->fields()));
    op->attributes.assign(attribute->fields().begin(), attribute->fields().end());
    return OkStatus();
  }

  Status ReadProperties(OpInstance* op) {
    const size_t index = reader().Index(file_.properties.size());
    if (!reader().ok()) return OkStatus();
    ByteReader properties = file_.Reader(file_.properties[index]);
    if (op->op->full_name == "func.func") {
      return Unsupported("func.func in MLIR's internal bytecode; make a portable artifact");
    }
    const bool is_module = op->op->role == Role::kModule;
    // What an op of another dialect keeps there only that dialect knows.
    if (op->op->properties.empty() && !op->op->vhlo) return OkStatus();
    for (const std::string_view name : op->op->properties) {
      bool present = true;
      const uint64_t attribute =
          is_module ? properties.VarintWithFlag(&present) : properties.Varint();
      if (!properties.ok()) break;
      if (!present) continue;
      ASSIGN_OR_RETURN(const Attribute* value, table_.GetAttribute(attribute));
      RETURN_IF_ERROR(Charge(table_.AttributeWeight(attribute)));
      op->attributes.push_back({std::string(name), *value});
    }
    RETURN_IF_ERROR(ChargeNames(op->attributes));
    if (properties.ok() && !properties.empty()) properties.Fail("data is left over");
    return properties.ok() ? OkStatus() : properties.Error(StrCat("properties of ", Describe(*op)));
  }

  Status StartOp(OpInstance op) {
    const Frame& parent = stack_.back();
    const bool at_top = stack_.size() == 1;
    const bool in_module = stack_.size() == 2;
    const Role role = op.op->role;
    if (at_top != (role == Role::kModule)) {
      return Unsupported(StrCat(
          Describe(op), at_top ? ": stands outside of a module" : ": modules within modules"));
    }
    if (at_top && has_module_) return Unsupported("the file holds more than one module");
    if (!at_top && in_module != (role == Role::kFunction)) {
      if (!in_module) return Error(op, "functions within functions");
      // sdy.mesh and the like describe the program to other tools.
      if (op.num_regions == 0 && op.result_types.empty() && !op.op->vhlo) return OkStatus();
      return Error(op, "stands outside of a function");
    }
    if (parent.region->has_results) {
      return Error(op, "stands behind the end of its region");
    }
    if (stack_.size() > kMaxRegionDepth) {
      return Unsupported(StrCat(Describe(op), ": regions nest deeper than ", kMaxRegionDepth));
    }
    OpenRegion& region = *stack_.back().region;
    op.first_result = region.values.size();
    if (op.result_types.size() > region.num_values - region.values.size()) {
      return Error(op, "its region declares fewer values than it has");
    }
    region.values.resize(op.first_result + op.result_types.size(), kNone);
    if (op.num_regions == 0) return FinishOp(op, {});
    Frame& frame = stack_.emplace_back();
    frame.regions_left = op.num_regions;
    frame.op = std::move(op);
    // From version 2 on the regions of an isolated op are a section of their own.
    if (frame.op.isolated && file_.version >= 2) {
      constexpr uint8_t kIrSection = 4;
      uint8_t id;
      const ByteReader section = reader().Section(&id);
      if (reader().ok() && id != kIrSection) reader().Fail("an op's regions are not an IR section");
      if (!reader().ok()) return OkStatus();
      readers_.push_back(section);
      frame.own_reader = true;
    }
    return OkStatus();
  }

  Status ReadRegion() {
    Frame& frame = stack_.back();
    const uint64_t blocks = reader().Varint();
    const Role role = frame.op.op->role;
    if (!reader().ok()) return OkStatus();
    if (blocks > 1) {
      return Unsupported(StrCat(Describe(frame.op), ": a region of ", blocks, " blocks"));
    }
    if (role == Role::kFunction || role == Role::kModule) {
      if (frame.op.num_regions != 1) return Error(frame.op, "has more than one region");
      if (role == Role::kFunction && blocks == 0) return OkStatus();  // A declaration.
    }
    const uint64_t first_value = NextValueNumber();
    frame.region.emplace();
    frame.region->first_value = first_value;
    if (role != Role::kModule) {
      frame.region->id = builder_.BeginRegion();
      frame.regions.push_back(frame.region->id);
    }
    if (blocks == 0) return OkStatus();
    frame.region->num_values = reader().CheckCount(reader().Varint());
    return OpenBlock(&*frame.region);
  }

  Status CloseRegion() {
    Frame& frame = stack_.back();
    OpenRegion& region = *frame.region;
    if (region.values.size() != region.num_values) {
      return InvalidModel(StrCat("bytecode: a region declares ", region.num_values,
                                 " values and has ", region.values.size()));
    }
    if (region.id != kNone) {
      if (frame.op.op->role == Role::kFunction) RETURN_IF_ERROR(CheckSignature(frame.op, region));
      builder_.EndRegion(region.results);
    }
    frame.region.reset();
    if (stack_.size() == 1) stack_.pop_back();
    return OkStatus();
  }

  const Attribute* Find(const OpInstance& op, std::string_view name) const {
    for (const NamedAttribute& attribute : op.attributes) {
      if (attribute.name == name) return &attribute.value;
    }
    return nullptr;
  }
  std::string_view FindString(const OpInstance& op, std::string_view name) const {
    const Attribute* attribute = Find(op, name);
    const bool is_string = attribute && attribute->kind() == Attribute::Kind::kString;
    return is_string ? std::string_view(attribute->string()) : std::string_view();
  }

  // A function's block must have the arguments and results that its type promises to callers.
  Status CheckSignature(const OpInstance& op, const OpenRegion& region) {
    const Attribute* type = Find(op, "function_type");
    if (!type || type->kind() != Attribute::Kind::kType ||
        type->type().kind != Type::Kind::kFunction) {
      return Error(op, "the function has no function type");
    }
    const Region& body = graph_.regions[region.id];
    const std::vector<Type>& arguments = type->type().elements;
    const std::vector<Type>& results = type->type().results;
    bool same = arguments.size() == body.arguments.size && results.size() == region.results.size();
    for (size_t i = 0; same && i < arguments.size(); ++i) {
      same = graph_.type(body.arguments.begin + static_cast<ValueId>(i)) == arguments[i];
    }
    for (size_t i = 0; same && i < results.size(); ++i) {
      same = graph_.type(region.results[i]) == results[i];
    }
    if (same) return OkStatus();
    return Error(
        op, StrCat("@", FindString(op, "sym_name"),
                   ": the body's arguments and results are not those of ", ToString(type->type())));
  }

  Status FinishFrame() {
    const OpInstance op = std::move(stack_.back().op);
    const std::vector<RegionId> regions = std::move(stack_.back().regions);
    if (stack_.back().own_reader) {
      if (!reader().empty()) reader().Fail("data is left over");
      if (!reader().ok()) return reader().Error(Describe(op));
      readers_.pop_back();
    }
    stack_.pop_back();
    return FinishOp(op, regions);
  }

  Status FinishOp(const OpInstance& op, std::span<const RegionId> regions) {
    switch (op.op->role) {
      case Role::kModule:
        return FinishModule(op);
      case Role::kFunction:
        return FinishFunction(op, regions);
      case Role::kReturn: {
        OpenRegion& region = *stack_.back().region;
        if (!op.result_types.empty() || !regions.empty()) {
          return Error(op, "a return has results or regions");
        }
        region.has_results = true;
        region.results = op.operands;
        return OkStatus();
      }
      case Role::kCast:
        return FinishCast(op, regions);
      case Role::kNode:
        return FinishNode(op, regions);
    }
    return OkStatus();
  }

  Status FinishModule(const OpInstance& op) {
    has_module_ = true;
    graph_.module_name = FindString(op, "sym_name");
    for (const NamedAttribute& attribute : op.attributes) {
      if (attribute.name == "sym_name" || attribute.name == "sym_visibility") continue;
      graph_.module_attributes.push_back(attribute);
    }
    return Normalize(op, nullptr, &graph_.module_attributes);
  }

  Status Normalize(const OpInstance& op, const OpSyntax* syntax,
                   std::vector<NamedAttribute>* attributes) {
    Status status = NormalizeAttributes(syntax, attributes);
    return status.ok() ? status : status.WithContext(Describe(op));
  }

  // `arg_attrs`, `res_attrs`: a dictionary for each argument or result, or nothing.
  Status ReadPortAttributes(const OpInstance& op, std::string_view name, size_t count,
                            std::vector<std::vector<NamedAttribute>>* lists) {
    const Attribute* attribute = Find(op, name);
    if (!attribute) return OkStatus();
    const bool is_array = attribute->kind() == Attribute::Kind::kArray;
    if (is_array && attribute->elements().empty()) return OkStatus();
    if (!is_array || attribute->elements().size() != count) {
      return Error(op, StrCat(name, " is not a list of ", count, " dictionaries"));
    }
    bool any = false;
    for (const Attribute& element : attribute->elements()) {
      if (element.kind() != Attribute::Kind::kDict) {
        return Error(op, StrCat(name, " holds something that is not a dictionary"));
      }
      RETURN_IF_ERROR(ChargeNames(element.fields()));
      auto& list = lists->emplace_back(element.fields().begin(), element.fields().end());
      RETURN_IF_ERROR(Normalize(op, nullptr, &list));
      any |= !list.empty();
    }
    if (!any) lists->clear();
    return OkStatus();
  }

  Status FinishFunction(const OpInstance& op, std::span<const RegionId> regions) {
    constexpr std::string_view kInherent[] = {"arg_attrs", "function_type", "res_attrs", "sym_name",
                                              "sym_visibility"};
    Function function;
    function.name = FindString(op, "sym_name");
    if (function.name.empty()) return Error(op, "a function without a name");
    RETURN_IF_ERROR(Charge(function.name.size() / 32));
    const std::string_view visibility = FindString(op, "sym_visibility");
    function.is_private = !visibility.empty() && visibility != "public";
    function.location = op.location;
    const Attribute* type = Find(op, "function_type");
    if (!type || type->kind() != Attribute::Kind::kType ||
        type->type().kind != Type::Kind::kFunction) {
      return Error(op, "the function has no function type");
    }
    RETURN_IF_ERROR(ReadPortAttributes(op, "arg_attrs", type->type().elements.size(),
                                       &function.argument_attributes));
    RETURN_IF_ERROR(ReadPortAttributes(op, "res_attrs", type->type().results.size(),
                                       &function.result_attributes));
    for (const NamedAttribute& attribute : op.attributes) {
      if (std::find(std::begin(kInherent), std::end(kInherent), attribute.name) ==
          std::end(kInherent)) {
        function.attributes.push_back(attribute);
      }
    }
    if (regions.empty()) {
      function.attributes.push_back({"function_type", *type});
    } else {
      function.body = regions[0];
    }
    RETURN_IF_ERROR(Normalize(op, nullptr, &function.attributes));
    graph_.functions.push_back(std::move(function));
    return OkStatus();
  }

  // A cast between a type's spelling in VHLO and in other dialects, which here is one type.
  Status FinishCast(const OpInstance& op, std::span<const RegionId> regions) {
    bool same = regions.empty() && op.operands.size() == op.result_types.size();
    for (size_t i = 0; same && i < op.operands.size(); ++i) {
      same = graph_.type(op.operands[i]) == op.result_types[i];
    }
    if (!same) return Unsupported(StrCat(Describe(op), ": a cast between different types"));
    for (size_t i = 0; i < op.operands.size(); ++i) {
      stack_.back().region->values[op.first_result + i] = op.operands[i];
    }
    return OkStatus();
  }

  Status FinishNode(const OpInstance& op, std::span<const RegionId> regions) {
    std::vector<NamedAttribute> attributes = op.attributes;
    if (op.op->vhlo) {
      Status status = UpgradeVhloAttributes(*op.op->vhlo, &attributes);
      if (!status.ok()) return status.WithContext(Describe(op));
    } else {
      RETURN_IF_ERROR(Normalize(op, FindSyntax(op.op->full_name), &attributes));
    }
    for (const NamedAttribute& attribute : attributes) {
      const Attribute& value = attribute.value;
      if (value.kind() == Attribute::Kind::kInts) {
        RETURN_IF_ERROR(Charge(value.ints().size() / 8));
      } else if (value.kind() == Attribute::Kind::kDense) {
        RETURN_IF_ERROR(Charge(value.dense().bytes.size() / 16));
      }
    }
    const ValueId first = builder_.AddNode(op.op->name(), op.operands, op.result_types,
                                           std::move(attributes), regions, op.location);
    OpenRegion& region = *stack_.back().region;
    for (size_t i = 0; i < op.result_types.size(); ++i) {
      region.values[op.first_result + i] = first + static_cast<ValueId>(i);
    }
    return OkStatus();
  }

  const BytecodeFile& file_;
  Graph& graph_;
  GraphBuilder builder_;
  AttributeTable table_;
  uint64_t budget_;
  bool has_module_ = false;
  std::vector<Op> ops_;
  std::vector<ByteReader> readers_;  // The IR section, and one for each open section inside it.
  std::vector<Frame> stack_;
};

}  // namespace

Result<Graph> ImportBytecode(std::span<const uint8_t> bytes, const ImportOptions& options) {
  Result<BytecodeFile> file = ReadBytecodeFile(bytes);
  if (!file.ok()) return file.status().WithContext(options.file_name);
  Graph graph;
  if (Status status = Importer(*file, &graph).Run(); !status.ok()) {
    return status.WithContext(options.file_name);
  }
  return graph;
}

std::string BytecodeProducer(std::span<const uint8_t> bytes) {
  const Result<BytecodeFile> file = ReadBytecodeFile(bytes);
  return file.ok() ? file->producer : std::string();
}

}  // namespace webhlo
