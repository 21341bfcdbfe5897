// SPDX-License-Identifier: Apache-2.0
//
// One file: all that makes a graph from a stranger one that is trusted.
// Structure is checked in one walk over the regions that functions own; nothing in it trusts an id
// before it was compared with the array it points into. Verify then asks every op's Infer.
#include "core/graph/verifier.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/graph/dialect.h"
#include "core/graph/literals.h"
#include "core/graph/op_def.h"
#include "core/graph/quantized.h"

namespace webhlo {
namespace {

// Importers nest types and attributes less deep than this.
constexpr int kMaxNesting = 256;
// Places named for each op that is missing.
constexpr size_t kMaxPlaces = 3;

Status Error(std::string message) { return InvalidModel(std::move(message)); }

Status CheckQuantized(const TensorType& type) {
  const QuantizedType& q = *type.quantized;
  const auto error = [&](std::string_view what) {
    return Error(StrCat("type ", ToString(type), ": ", what));
  };
  if (!IsInteger(q.storage) || !IsFloat(q.expressed)) return error("ill-formed quantized type");
  if (q.storage_min > q.storage_max) return error("storage minimum is above its maximum");
  if (q.scales.empty() || q.scales.size() != q.zero_points.size()) {
    return error("scales and zero points differ in number");
  }
  for (const int64_t axis : q.axes) {
    if (axis < 0 || axis >= type.rank()) return error("quantization axis is out of range");
  }
  if (!q.block_sizes.empty()) {
    if (q.block_sizes.size() != q.axes.size())
      return error("axes and block sizes differ in number");
    // Every axis is cut into blocks that have one scale each.
    int64_t scales = 1;
    for (size_t i = 0; i < q.axes.size(); ++i) {
      const int64_t dim = type.dims[q.axes[i]];
      if (q.block_sizes[i] <= 0) return error("block size is not positive");
      if (dim == kDynamic) return OkStatus();
      if (dim % q.block_sizes[i] != 0) return error("block size does not divide its dimension");
      if (__builtin_mul_overflow(scales, dim / q.block_sizes[i], &scales)) {
        return error("too many blocks");
      }
    }
    if (scales != static_cast<int64_t>(q.scales.size()))
      return error("one scale a block is needed");
    return OkStatus();
  }
  if (q.axes.size() > 1) return error("per-axis quantization has one axis");
  const int64_t expected = q.axes.empty() ? 1 : type.dims[q.axes[0]];
  if (expected != kDynamic && expected != static_cast<int64_t>(q.scales.size())) {
    return error(StrCat(q.scales.size(), " scales, ", expected, " are needed"));
  }
  return OkStatus();
}

Status CheckTensorType(const TensorType& type) {
  if ((type.element == ElementType::kQuantized) != (type.quantized != nullptr)) {
    return Error("a quantized type has no parameters");
  }
  for (const int64_t dim : type.dims) {
    if (dim < 0 && dim != kDynamic) return Error(StrCat("dimension size ", dim, " is negative"));
  }
  if (!type.FitsAddressSpace()) return Error(StrCat("type ", ToString(type), " is too large"));
  if (!type.bounds.empty()) {
    if (type.bounds.size() != type.dims.size()) {
      return Error(StrCat("type ", ToString(type), ": bounds and dimensions differ in number"));
    }
    for (size_t i = 0; i < type.bounds.size(); ++i) {
      if (type.bounds[i] == kDynamic) continue;
      if (type.bounds[i] < 0 || type.dims[i] != kDynamic) {
        return Error(StrCat("type ", ToString(type), ": bound of dimension ", i, " is ill-placed"));
      }
    }
  }
  return type.quantized ? CheckQuantized(type) : OkStatus();
}

Status CheckType(const Type& type, int depth = 0) {
  if (depth > kMaxNesting) return Error("types nest too deeply");
  switch (type.kind) {
    case Type::Kind::kTensor:
    case Type::Kind::kBuffer:
      return CheckTensorType(type.tensor);
    case Type::Kind::kScalar:
    case Type::Kind::kUnrankedTensor:
      if ((type.tensor.element == ElementType::kQuantized) != (type.tensor.quantized != nullptr)) {
        return Error("a quantized type has no parameters");
      }
      return OkStatus();
    default:
      for (const Type& element : type.elements) RETURN_IF_ERROR(CheckType(element, depth + 1));
      for (const Type& result : type.results) RETURN_IF_ERROR(CheckType(result, depth + 1));
      return OkStatus();
  }
}

Status CheckDense(const DenseElements& dense) {
  RETURN_IF_ERROR(CheckTensorType(dense.type));
  if (!dense.type.IsStatic()) return Error("constant elements have a dynamic shape");
  const uint64_t width = ByteWidth(dense.type.StorageType());
  const uint64_t n = static_cast<uint64_t>(dense.type.NumElements());
  if (dense.splat && n == 0) return Error("a splat has no elements");
  if (dense.bytes.size() != (dense.splat ? width : n * width)) {
    return Error(
        StrCat("constant of type ", ToString(dense.type), " has ", dense.bytes.size(), " bytes"));
  }
  return OkStatus();
}

Status CheckAttribute(const Attribute& value, int depth = 0) {
  if (depth > kMaxNesting) return Error("attributes nest too deeply");
  switch (value.kind()) {
    case Attribute::Kind::kType:
      return CheckType(value.type());
    case Attribute::Kind::kDense:
      return CheckDense(value.dense());
    case Attribute::Kind::kArray:
      for (const Attribute& element : value.elements()) {
        RETURN_IF_ERROR(CheckAttribute(element, depth + 1));
      }
      return OkStatus();
    case Attribute::Kind::kDict:
      for (const NamedAttribute& field : value.fields()) {
        RETURN_IF_ERROR(CheckAttribute(field.value, depth + 1));
      }
      return OkStatus();
    default:
      return OkStatus();
  }
}

Status CheckAttributes(std::span<const NamedAttribute> attributes) {
  for (size_t i = 0; i < attributes.size(); ++i) {
    if (i > 0 && attributes[i].name <= attributes[i - 1].name) {
      return Error(StrCat("attribute '", attributes[i].name, "' is out of order or given twice"));
    }
    const Status status = CheckAttribute(attributes[i].value);
    if (!status.ok()) return status.WithContext(StrCat("attribute '", attributes[i].name, "'"));
  }
  return OkStatus();
}

Status CheckAttributesOfOp(const OpSyntax& syntax, std::span<const NamedAttribute> attributes) {
  for (const NamedAttribute& attribute : attributes) {
    const AttributeSpec* spec = FindAttributeSpec(syntax, attribute.name);
    std::string_view expected;
    if (spec && !MatchesKind(*spec, attribute.value, &expected)) {
      return Error(StrCat("attribute '", attribute.name, "' is not ", expected));
    }
  }
  for (const AttributeSpec& spec : syntax.attributes) {
    if (spec.required && !FindAttribute(attributes, spec.name)) {
      return Error(StrCat("attribute '", spec.name, "' is missing"));
    }
  }
  return OkStatus();
}

class StructureChecker {
 public:
  explicit StructureChecker(const Graph& graph) : g_(graph) {}

  Status Check();
  // Nodes that functions reach, inner ones before their region's op.
  const std::vector<NodeId>& nodes() const { return nodes_; }

 private:
  struct CallSite {
    NodeId node;
    uint32_t callee;
  };
  enum class Seen : uint8_t { kNo, kVisible, kGone };

  Status CheckArrays();
  Status CheckRegion(RegionId id, uint32_t function, int depth);
  Status CheckNode(NodeId id, uint32_t function, int depth);
  Status CheckUse(ValueId id) const;
  Status Define(Range values);
  static Status Misnumbered() {
    return Error("a region's values are not numbered after those that it sees");
  }
  void Hide(Range values) {
    std::fill_n(seen_values_.begin() + values.begin, values.size, Seen::kGone);
  }
  Status CheckCalls();

  const Graph& g_;
  std::vector<Seen> seen_values_;
  std::vector<bool> seen_nodes_, seen_regions_;
  std::vector<NodeId> nodes_;
  std::unordered_map<std::string_view, uint32_t> functions_;
  std::vector<std::vector<CallSite>> calls_;  // By function.
  // What a region defines has higher numbers than what it sees (core/graph/uses.h): from first_ on
  // in the innermost open region, below end_ all that was defined so far.
  ValueId first_ = 0, end_ = 0;
};

bool Fits(Range range, size_t size) {
  return range.begin <= size && range.size <= size - range.begin;
}

// What every walk relies on: ids and ranges lie within their arrays.
Status StructureChecker::CheckArrays() {
  for (const Type& type : g_.types) RETURN_IF_ERROR(CheckType(type));
  for (const Value& value : g_.values) {
    if (value.type >= g_.types.size() || value.location >= g_.locations.size()) {
      return Error("a value refers to a type or location that does not exist");
    }
  }
  for (const Location& location : g_.locations) {
    size_t expected = location.children.size();
    if (location.kind == Location::Kind::kCallSite) expected = 2;
    if (location.kind == Location::Kind::kName) expected = std::min<size_t>(expected, 1);
    if (location.children.size() != expected) return Error("a location has too many or few parts");
    for (const LocationId child : location.children) {
      if (child >= g_.locations.size())
        return Error("a location refers to one that does not exist");
    }
  }
  for (const ValueId id : g_.operand_pool) {
    if (id >= g_.values.size()) return Error("an operand refers to a value that does not exist");
  }
  for (const RegionId id : g_.region_pool) {
    if (id >= g_.regions.size()) return Error("an op refers to a region that does not exist");
  }
  for (const Region& region : g_.regions) {
    if (!Fits(region.arguments, g_.values.size()) || !Fits(region.nodes, g_.nodes.size()) ||
        !Fits(region.results, g_.operand_pool.size())) {
      return Error("a region refers to what does not exist");
    }
  }
  for (const Node& node : g_.nodes) {
    if (!g_.HasName(node.name) || node.location >= g_.locations.size() ||
        !Fits(node.operands, g_.operand_pool.size()) || !Fits(node.results, g_.values.size()) ||
        !Fits(node.attributes, g_.attribute_pool.size()) ||
        !Fits(node.regions, g_.region_pool.size())) {
      return Error("a node refers to what does not exist");
    }
  }
  return OkStatus();
}

Status StructureChecker::CheckUse(ValueId id) const {
  if (seen_values_[id] == Seen::kVisible) return OkStatus();
  return Error("a value is used where it is not defined");
}

Status StructureChecker::Define(Range values) {
  if (values.size > 0 && values.begin < first_) return Misnumbered();
  for (uint32_t i = values.begin; i < values.end(); ++i) {
    if (seen_values_[i] != Seen::kNo) return Error("a value is defined twice");
    seen_values_[i] = Seen::kVisible;
  }
  if (values.size > 0) end_ = std::max(end_, values.end());
  return OkStatus();
}

Status StructureChecker::CheckNode(NodeId id, uint32_t function, int depth) {
  if (seen_nodes_[id]) return Error("a node stands in two regions");
  seen_nodes_[id] = true;
  const Node& node = g_.nodes[id];
  const auto context = [&](const Status& status) {
    return status.ok() ? status : status.WithContext(DescribeNode(g_, node));
  };
  for (const ValueId operand : g_.operands(node)) RETURN_IF_ERROR(context(CheckUse(operand)));
  RETURN_IF_ERROR(context(CheckAttributes(g_.attributes(node))));
  if (const OpSyntax* syntax = FindSyntax(node.name)) {
    if (syntax->num_regions >= 0 &&
        node.regions.size != static_cast<uint32_t>(syntax->num_regions)) {
      return context(
          Error(StrCat("has ", node.regions.size, " regions, expected ", syntax->num_regions)));
    }
    RETURN_IF_ERROR(context(CheckAttributesOfOp(*syntax, g_.attributes(node))));
  }
  for (const RegionId region : g_.regions_of(node)) {
    RETURN_IF_ERROR(CheckRegion(region, function, depth + 1));
  }
  // A composite calls the function that decomposes it.
  if (const std::string_view attribute = CalleeAttribute(node.name); !attribute.empty()) {
    const std::string& callee = FindAttribute(g_.attributes(node), attribute)->string();
    const auto it = functions_.find(callee);
    if (it == functions_.end()) {
      return context(Error(StrCat("calls @", callee, ", which the program lacks")));
    }
    calls_[function].push_back({id, it->second});
  }
  nodes_.push_back(id);
  return context(Define(node.results));
}

Status StructureChecker::CheckRegion(RegionId id, uint32_t function, int depth) {
  if (depth > kMaxRegionDepth) return Error("regions nest too deeply");
  if (seen_regions_[id]) return Error("a region belongs to two ops");
  seen_regions_[id] = true;
  const Region& region = g_.regions[id];
  // A function's body sees nothing from outside.
  if (depth == 1) end_ = 0;
  const ValueId outer_first = std::exchange(first_, depth == 1 ? 0 : region.arguments.begin);
  if (first_ < (depth == 1 ? 0 : end_)) return Misnumbered();
  RETURN_IF_ERROR(Define(region.arguments));
  for (NodeId n = region.nodes.begin; n < region.nodes.end(); ++n) {
    RETURN_IF_ERROR(CheckNode(n, function, depth));
  }
  for (const ValueId result : g_.results(region)) RETURN_IF_ERROR(CheckUse(result));
  Hide(region.arguments);
  for (NodeId n = region.nodes.begin; n < region.nodes.end(); ++n) Hide(g_.nodes[n].results);
  first_ = outer_first;
  return OkStatus();
}

Status StructureChecker::CheckCalls() {
  for (const std::vector<CallSite>& calls : calls_) {
    for (const CallSite& call : calls) {
      const Node& node = g_.nodes[call.node];
      const Function& callee = g_.functions[call.callee];
      const auto error = [&](std::string_view what) {
        return Error(StrCat(DescribeNode(g_, node), ": @", callee.name, " ", what));
      };
      if (callee.body == kNone) {
        return Unsupported(StrCat(DescribeNode(g_, node), ": @", callee.name, " has no body"));
      }
      const Region& body = g_.regions[callee.body];
      const std::span<const ValueId> operands = g_.operands(node);
      const std::span<const ValueId> results = g_.results(body);
      if (operands.size() != body.arguments.size || node.results.size != results.size()) {
        return error("has another number of arguments or results");
      }
      for (uint32_t i = 0; i < operands.size(); ++i) {
        if (g_.values[operands[i]].type != g_.values[body.arguments.begin + i].type) {
          return error(StrCat("takes ", ToString(g_.type(body.arguments.begin + i)),
                              " as argument ", i, ", not ", ToString(g_.type(operands[i]))));
        }
      }
      for (uint32_t i = 0; i < results.size(); ++i) {
        if (g_.values[results[i]].type != g_.values[node.results.begin + i].type) {
          return error(StrCat("returns ", ToString(g_.type(results[i])), " as result ", i, ", not ",
                              ToString(g_.type(node.results.begin + i))));
        }
      }
    }
  }
  // Depth first, without recursion of our own: a function met again while it is open calls itself.
  enum class State : uint8_t { kNew, kOpen, kDone };
  std::vector<State> states(g_.functions.size(), State::kNew);
  struct Frame {
    uint32_t function;
    size_t next = 0;
  };
  std::vector<Frame> stack;
  for (uint32_t root = 0; root < states.size(); ++root) {
    if (states[root] != State::kNew) continue;
    states[root] = State::kOpen;
    stack.push_back({root});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next == calls_[frame.function].size()) {
        states[frame.function] = State::kDone;
        stack.pop_back();
        continue;
      }
      const CallSite call = calls_[frame.function][frame.next++];
      if (states[call.callee] == State::kOpen) {
        return Unsupported(StrCat(DescribeNode(g_, g_.nodes[call.node]), ": recursion through @",
                                  g_.functions[call.callee].name, " is not supported"));
      }
      if (states[call.callee] == State::kNew) {
        states[call.callee] = State::kOpen;
        stack.push_back({call.callee});
      }
    }
  }
  return OkStatus();
}

Status StructureChecker::Check() {
  if (g_.locations.empty()) return Error("the graph has no locations");
  RETURN_IF_ERROR(CheckArrays());
  seen_values_.assign(g_.values.size(), Seen::kNo);
  seen_nodes_.assign(g_.nodes.size(), false);
  seen_regions_.assign(g_.regions.size(), false);
  calls_.resize(g_.functions.size());
  RETURN_IF_ERROR(CheckAttributes(g_.module_attributes));
  for (uint32_t i = 0; i < g_.functions.size(); ++i) {
    const Function& function = g_.functions[i];
    if (!functions_.emplace(function.name, i).second) {
      return Error(StrCat("two functions have the name @", function.name));
    }
    if (function.location >= g_.locations.size()) return Error("a function has no location");
  }
  for (uint32_t i = 0; i < g_.functions.size(); ++i) {
    const Function& function = g_.functions[i];
    const auto check = [&]() -> Status {
      RETURN_IF_ERROR(CheckAttributes(function.attributes));
      for (const auto& list : function.argument_attributes) RETURN_IF_ERROR(CheckAttributes(list));
      for (const auto& list : function.result_attributes) RETURN_IF_ERROR(CheckAttributes(list));
      if (function.body == kNone) return OkStatus();
      if (function.body >= g_.regions.size()) return Error("has no body");
      const Region& body = g_.regions[function.body];
      const auto fits = [](size_t lists, size_t values) { return lists == 0 || lists == values; };
      if (!fits(function.argument_attributes.size(), body.arguments.size) ||
          !fits(function.result_attributes.size(), body.results.size)) {
        return Error("has attributes for more or fewer values than it has");
      }
      return CheckRegion(function.body, i, 1);
    };
    if (Status status = check(); !status.ok()) {
      return status.WithContext(StrCat("function @", function.name));
    }
  }
  return CheckCalls();
}

// Whether an inferred type may stand for the declared one: dimensions that only one of them knows
// are no contradiction.
bool Compatible(const Type& inferred, const Type& declared) {
  if (inferred.kind != declared.kind) return false;
  if (!inferred.IsTensor()) return inferred == declared;
  const TensorType& a = inferred.tensor;
  const TensorType& b = declared.tensor;
  if (a.element != b.element || a.rank() != b.rank()) return false;
  if (a.quantized && b.quantized && !(*a.quantized == *b.quantized)) return false;
  for (int i = 0; i < a.rank(); ++i) {
    if (a.dims[i] != b.dims[i] && a.dims[i] != kDynamic && b.dims[i] != kDynamic) return false;
  }
  return true;
}

// Whether sizes that the program leaves free reach the node.
bool HasFreeSizes(const Graph& g, const Node& node) {
  const auto is_free = [&](ValueId v) { return g.type(v).IsFree(); };
  if (std::any_of(g.operands(node).begin(), g.operands(node).end(), is_free)) return true;
  for (RegionId id : g.regions_of(node)) {
    const Region& region = g.regions[id];
    for (ValueId v = region.arguments.begin; v < region.arguments.end(); ++v) {
      if (is_free(v)) return true;
    }
    const auto results = g.results(region);
    if (std::any_of(results.begin(), results.end(), is_free)) return true;
  }
  return false;
}

Status CheckOpsAreKnown(const Graph& g, std::span<const NodeId> nodes) {
  struct Missing {
    size_t count = 0;
    std::string places;
  };
  std::map<std::string_view, Missing> missing;
  for (const NodeId id : nodes) {
    const Node& node = g.nodes[id];
    if (node.op) continue;
    Missing& entry = missing[g.op_name(node)];
    if (entry.count++ < kMaxPlaces) {
      StrAppend(&entry.places, entry.places.empty() ? "" : ", ",
                DescribeLocation(g, node.location));
    }
  }
  if (missing.empty()) return OkStatus();
  std::string message = "operations that this build cannot run:";
  for (const auto& [name, entry] : missing) {
    StrAppend(&message, "\n  ", name, " (", entry.count, "): ", entry.places,
              entry.count > kMaxPlaces ? ", ..." : "");
  }
  return Unsupported(std::move(message));
}

// Dumps leave out the elements of large constants; such a program can be looked at, not run.
Status CheckConstantsArePresent(const Graph& g, const Node& node) {
  const OpSyntax* syntax = FindSyntax(node.name);
  if (!syntax) return OkStatus();
  for (const NamedAttribute& attribute : g.attributes(node)) {
    const AttributeSpec* spec = FindAttributeSpec(*syntax, attribute.name);
    if (spec && spec->kind == AttributeKind::kDense &&
        attribute.value.kind() != Attribute::Kind::kDense) {
      return Unsupported(StrCat(DescribeNode(g, node), ": the elements of '", attribute.name,
                                "' are not in the file"));
    }
  }
  return OkStatus();
}

}  // namespace

Status VerifyStructure(const Graph& graph) { return StructureChecker(graph).Check(); }

Status Verify(const Graph& graph) {
  StructureChecker checker(graph);
  RETURN_IF_ERROR(checker.Check());
  RETURN_IF_ERROR(CheckOpsAreKnown(graph, checker.nodes()));
  // An Infer knows no quantized types.
  Graph storage, expressed;
  const bool quantized = HasQuantizedTypes(graph);
  if (quantized) {
    storage = WithTypes(graph, StorageOf);
    expressed = WithTypes(graph, ExpressedOf);
  }
  const auto read = [&](OpName name) -> const Graph& {
    const QuantizedReading reading = ReadingOf(name);
    if (!quantized || reading == QuantizedReading::kAsWritten) return graph;
    return reading == QuantizedReading::kStorage ? storage : expressed;
  };
  std::vector<Type> inferred;
  std::vector<const DenseElements*> literal_of(graph.values.size()), literals;
  for (const NodeId id : checker.nodes()) {
    const Node& node = graph.nodes[id];
    RETURN_IF_ERROR(CheckConstantsArePresent(graph, node));
    if (const DenseElements* elements = ConstantElements(graph, &node)) {
      for (uint32_t i = 0; i < node.results.size; ++i) {
        literal_of[node.results.begin + i] = elements;
      }
    }
    if (HasFreeSizes(graph, node)) continue;  // Asked once they are known.
    const Graph& types = read(node.name);
    inferred.clear();
    for (uint32_t i = 0; i < node.results.size; ++i) {
      inferred.push_back(types.type(node.results.begin + i));
    }
    literals.clear();
    if (node.op->shape_operands) {
      for (ValueId operand : graph.operands(node)) literals.push_back(literal_of[operand]);
    }
    const OpView op(types, node, literals);
    if (node.op->infer) RETURN_IF_ERROR(node.op->infer(op, inferred));
    if (quantized) RETURN_IF_ERROR(CheckQuantization(OpView(graph, node)));
    for (uint32_t i = 0; i < node.results.size; ++i) {
      const Type& declared = types.type(node.results.begin + i);
      if (!Compatible(inferred[i], declared)) {
        return op.Error(StrCat("result ", i, " is declared as ", ToString(declared), ", but is ",
                               ToString(inferred[i])));
      }
    }
  }
  return OkStatus();
}

}  // namespace webhlo
