// SPDX-License-Identifier: Apache-2.0
//
// One file: what the writer writes is what the reader reads, part by part.
#include "core/import/whlo.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <optional>
#include <unordered_map>

#include "core/base/math.h"
#include "core/base/strings.h"
#include "core/graph/op_def.h"
#include "core/graph/verifier.h"
#include "core/model/model_view.h"

namespace webhlo {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::Vector;

// The schema's enumerations, in its order.
constexpr Type::Kind kTypeKinds[] = {
    Type::Kind::kTensor, Type::Kind::kUnrankedTensor, Type::Kind::kScalar, Type::Kind::kToken,
    Type::Kind::kTuple,  Type::Kind::kFunction,       Type::Kind::kFuture, Type::Kind::kBuffer,
    Type::Kind::kNone,   Type::Kind::kOpaque,
};
constexpr Attribute::Kind kAttributeKinds[] = {
    Attribute::Kind::kUnit,  Attribute::Kind::kBool,   Attribute::Kind::kInt,
    Attribute::Kind::kFloat, Attribute::Kind::kString, Attribute::Kind::kSymbol,
    Attribute::Kind::kType,  Attribute::Kind::kInts,   Attribute::Kind::kArray,
    Attribute::Kind::kDict,  Attribute::Kind::kDense,  Attribute::Kind::kOpaque,
};
constexpr Location::Kind kLocationKinds[] = {
    Location::Kind::kUnknown,  Location::Kind::kFile,  Location::Kind::kName,
    Location::Kind::kCallSite, Location::Kind::kFused,
};

template <typename Enum, typename Kind, size_t kSize>
Enum ToSchema(const Kind (&kinds)[kSize], Kind kind) {
  return static_cast<Enum>(std::find(kinds, kinds + kSize, kind) - kinds);
}
template <typename Enum, typename Kind, size_t kSize>
bool FromSchema(const Kind (&kinds)[kSize], Enum value, Kind* kind) {
  if (static_cast<size_t>(value) >= kSize) return false;
  *kind = kinds[static_cast<size_t>(value)];
  return true;
}

// ---- Writing
// -------------------------------------------------------------------------------------

class ProgramWriter {
 public:
  ProgramWriter(const NamedProgram& program, FlatBufferBuilder* builder)
      : name_(program.name),
        program_(program.program),
        graph_(program.program.graph),
        fbb_(*builder) {}

  Offset<model::Program> Write() {
    // Types, names and constants gather entries while the rest is written.
    std::vector<uint32_t> value_types;
    std::vector<uint32_t> value_locations;
    const std::vector<uint32_t> location_ids = OrderLocations();
    for (const Value& value : graph_.values) {
      value_types.push_back(TypeIndex(graph_.types[value.type]));
      value_locations.push_back(location_ids[value.location]);
    }
    std::vector<model::Node> nodes;
    for (const Node& node : graph_.nodes) {
      nodes.emplace_back(NameIndex(graph_.op_name(node)), location_ids[node.location],
                         ToSpan(node.operands), ToSpan(node.results), ToSpan(node.attributes),
                         ToSpan(node.regions));
    }
    std::vector<model::Region> regions;
    for (const Region& region : graph_.regions) {
      regions.emplace_back(ToSpan(region.arguments), ToSpan(region.nodes), ToSpan(region.results));
    }
    std::vector<Offset<model::Function>> functions;
    for (const Function& function : graph_.functions) {
      functions.push_back(model::CreateFunction(
          fbb_, fbb_.CreateString(function.name), function.is_private, function.body,
          Lists(function.argument_attributes), Lists(function.result_attributes),
          Attributes(function.attributes), location_ids[function.location]));
    }
    const auto module_attributes = Attributes(graph_.module_attributes);
    const auto attribute_pool = Attributes(graph_.attribute_pool);
    std::vector<Offset<model::Location>> locations;
    for (const LocationId id : location_order_) {
      locations.push_back(WriteLocation(graph_.locations[id], location_ids));
    }
    const auto constants = fbb_.CreateVector(constants_);
    const auto types = fbb_.CreateVector(types_);
    const auto names = fbb_.CreateVectorOfStrings(names_);
    const auto arguments = Ports(program_.arguments);
    const auto results = Ports(program_.results);
    const auto dropped = Ports(program_.dropped_arguments);
    return model::CreateProgram(
        fbb_, fbb_.CreateString(name_), fbb_.CreateString(program_.producer),
        fbb_.CreateString(graph_.module_name), module_attributes, types, names, constants,
        fbb_.CreateVector(locations), fbb_.CreateVector(value_types),
        fbb_.CreateVector(value_locations), fbb_.CreateVectorOfStructs(nodes),
        fbb_.CreateVectorOfStructs(regions), fbb_.CreateVector(graph_.operand_pool), attribute_pool,
        fbb_.CreateVector(graph_.region_pool), fbb_.CreateVector(functions), program_.entry_index,
        arguments, results, dropped);
  }

 private:
  static model::Span ToSpan(Range range) { return model::Span(range.begin, range.size); }

  uint32_t NameIndex(std::string_view name) {
    const auto [it, inserted] =
        name_ids_.try_emplace(std::string(name), static_cast<uint32_t>(names_.size()));
    if (inserted) names_.emplace_back(name);
    return it->second;
  }

  Offset<flatbuffers::String> Text(std::string_view text) {
    return text.empty() ? Offset<flatbuffers::String>()
                        : fbb_.CreateString(text.data(), text.size());
  }
  Offset<flatbuffers::String> Shared(std::string_view text) {
    return fbb_.CreateSharedString(text.data(), text.size());
  }
  template <typename T>
  Offset<Vector<T>> Numbers(const std::vector<T>& values) {
    return values.empty() ? Offset<Vector<T>>() : fbb_.CreateVector(values);
  }

  // Every type stands behind those that it holds.
  uint32_t TypeIndex(const Type& type) {
    const size_t hash = HashType(type);
    const auto [begin, end] = type_ids_.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      if (it->second.first == type) return it->second.second;
    }
    std::vector<uint32_t> elements, results;
    for (const Type& element : type.elements) elements.push_back(TypeIndex(element));
    for (const Type& result : type.results) results.push_back(TypeIndex(result));
    const TensorType& tensor = type.tensor;
    Offset<model::Quantized> quantized;
    Offset<flatbuffers::String> element;
    if (tensor.quantized) {
      const QuantizedType& q = *tensor.quantized;
      quantized = model::CreateQuantized(fbb_, Shared(ElementTypeName(q.storage)),
                                         Shared(ElementTypeName(q.expressed)), q.storage_min,
                                         q.storage_max, Numbers(q.scales), Numbers(q.zero_points),
                                         Numbers(q.axes), Numbers(q.block_sizes));
    } else {
      element = Shared(ElementTypeName(tensor.element));
    }
    types_.push_back(model::CreateType(fbb_, ToSchema<model::TypeKind>(kTypeKinds, type.kind),
                                       element, quantized, Numbers(tensor.dims),
                                       Numbers(tensor.bounds), Text(tensor.encoding),
                                       Numbers(elements), Numbers(results), Text(type.text)));
    const uint32_t index = static_cast<uint32_t>(types_.size() - 1);
    type_ids_.emplace(hash, std::make_pair(type, index));
    return index;
  }

  uint32_t ConstantIndex(const std::shared_ptr<const DenseElements>& dense) {
    const auto [it, inserted] =
        constant_ids_.try_emplace(dense.get(), static_cast<uint32_t>(constants_.size()));
    if (inserted) {
      const uint32_t type = TypeIndex(Type(dense->type));
      constants_.push_back(
          model::CreateConstant(fbb_, type, dense->splat, fbb_.CreateVector(dense->bytes)));
    }
    return it->second;
  }

  Offset<model::Attribute> WriteAttribute(const Attribute& attribute) {
    using Kind = Attribute::Kind;
    int64_t int_value = 0;
    uint64_t float_bits = 0;
    Offset<flatbuffers::String> text;
    uint32_t type = kNoIndex;
    Offset<Vector<int64_t>> ints;
    Offset<Vector<Offset<model::Attribute>>> elements;
    Offset<Vector<Offset<model::NamedAttribute>>> fields;
    uint32_t dense = kNoIndex;
    switch (attribute.kind()) {
      case Kind::kUnit:
        break;
      case Kind::kBool:
        int_value = attribute.bool_value();
        break;
      case Kind::kInt:
        int_value = attribute.int_value();
        type = TypeIndex(attribute.type());
        break;
      case Kind::kFloat:
        float_bits = std::bit_cast<uint64_t>(attribute.float_value());
        type = TypeIndex(attribute.type());
        break;
      case Kind::kString:
      case Kind::kSymbol:
      case Kind::kOpaque:
        text = fbb_.CreateSharedString(attribute.string());
        break;
      case Kind::kType:
        type = TypeIndex(attribute.type());
        break;
      case Kind::kInts:
        ints = fbb_.CreateVector(attribute.ints().data(), attribute.ints().size());
        break;
      case Kind::kArray: {
        std::vector<Offset<model::Attribute>> list;
        for (const Attribute& element : attribute.elements()) {
          list.push_back(WriteAttribute(element));
        }
        elements = fbb_.CreateVector(list);
        break;
      }
      case Kind::kDict:
        fields = Attributes(attribute.fields());
        break;
      case Kind::kDense:
        dense = ConstantIndex(attribute.shared_dense());
        break;
    }
    return model::CreateAttribute(fbb_,
                                  ToSchema<model::AttributeKind>(kAttributeKinds, attribute.kind()),
                                  int_value, float_bits, text, type, ints, elements, fields, dense);
  }

  Offset<Vector<Offset<model::NamedAttribute>>> Attributes(
      std::span<const NamedAttribute> attributes) {
    std::vector<Offset<model::NamedAttribute>> list;
    for (const NamedAttribute& attribute : attributes) {
      const auto value = WriteAttribute(attribute.value);
      list.push_back(model::CreateNamedAttribute(fbb_, NameIndex(attribute.name), value));
    }
    return fbb_.CreateVector(list);
  }

  Offset<Vector<Offset<model::AttributeList>>> Lists(
      const std::vector<std::vector<NamedAttribute>>& lists) {
    std::vector<Offset<model::AttributeList>> out;
    for (const auto& list : lists) {
      out.push_back(model::CreateAttributeList(fbb_, Attributes(list)));
    }
    return fbb_.CreateVector(out);
  }

  // New numbers of all locations, children before parents; location_order_ lists the old ones. A
  // child that would close a circle becomes the unknown location.
  std::vector<uint32_t> OrderLocations() {
    std::vector<uint32_t> ids(graph_.locations.size(), kNoIndex);
    std::vector<bool> open(graph_.locations.size());
    ids[0] = 0;
    std::vector<LocationId> stack;
    for (LocationId root = 1; root < graph_.locations.size(); ++root) {
      stack.push_back(root);
      while (!stack.empty()) {
        const LocationId id = stack.back();
        if (ids[id] != kNoIndex) {
          stack.pop_back();
          continue;
        }
        const size_t before = stack.size();
        if (!open[id]) {
          open[id] = true;
          for (const LocationId child : graph_.locations[id].children) {
            if (ids[child] == kNoIndex && !open[child]) stack.push_back(child);
          }
        }
        if (stack.size() > before) continue;
        location_order_.push_back(id);
        ids[id] = static_cast<uint32_t>(location_order_.size());
        stack.pop_back();
      }
    }
    return ids;
  }

  Offset<model::Location> WriteLocation(const Location& location,
                                        const std::vector<uint32_t>& ids) {
    const uint32_t self = ++locations_written_;
    std::vector<uint32_t> children;
    for (const LocationId child : location.children) {
      children.push_back(ids[child] < self ? ids[child] : 0);
    }
    return model::CreateLocation(fbb_, ToSchema<model::LocationKind>(kLocationKinds, location.kind),
                                 Shared(location.text), location.line, location.column,
                                 location.end_line, location.end_column, Numbers(children));
  }

  Offset<Vector<Offset<model::Port>>> Ports(const std::vector<Port>& ports) {
    std::vector<Offset<model::Port>> list;
    for (const Port& port : ports) {
      std::vector<Offset<flatbuffers::String>> keys;
      for (const std::string& key : port.keys) keys.push_back(Shared(key));
      const auto key_vector = fbb_.CreateVector(keys);
      list.push_back(model::CreatePort(fbb_, key_vector, fbb_.CreateString(port.name),
                                       port.aliased_result, port.donatable, port.leaf));
    }
    return fbb_.CreateVector(list);
  }

  const std::string& name_;
  const Program& program_;
  const Graph& graph_;
  FlatBufferBuilder& fbb_;
  std::vector<Offset<model::Type>> types_;
  std::unordered_multimap<size_t, std::pair<Type, uint32_t>> type_ids_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, uint32_t> name_ids_;
  std::vector<Offset<model::Constant>> constants_;
  std::unordered_map<const DenseElements*, uint32_t> constant_ids_;
  std::vector<LocationId> location_order_;
  uint32_t locations_written_ = 0;
};

// ---- Reading
// -------------------------------------------------------------------------------------

template <typename T>
uint32_t Size(const Vector<T>* vector) {
  return vector ? vector->size() : 0;
}
// Copies bytes: nothing makes sure that a vector's elements are aligned in the file.
template <typename T>
std::vector<T> ToVector(const Vector<T>* vector) {
  std::vector<T> out(Size(vector));
  if (!out.empty()) std::memcpy(out.data(), vector->Data(), out.size() * sizeof(T));
  return out;
}

// Offsets may lead to the same bytes from many places. What is copied out of the file is bounded by
// a multiple of its size.
class Budget {
 public:
  explicit Budget(size_t file_size) : left_(65536 + 64 * uint64_t{file_size}) {}
  // Keeps counting down to zero; ok() tells at the end of each step.
  void Charge(uint64_t bytes) {
    if (bytes > left_) exhausted_ = true;
    left_ -= std::min(bytes, left_);
  }
  bool ok() const { return !exhausted_; }

 private:
  uint64_t left_;
  bool exhausted_ = false;
};

class ProgramReader {
 public:
  ProgramReader(const model::Program& source, Budget* budget, Program* program)
      : source_(source), budget_(*budget), program_(*program), graph_(program->graph) {}

  Status Read() {
    RETURN_IF_ERROR(ReadTypes());
    RETURN_IF_ERROR(ReadConstants());
    for (const auto* name : *source_.names()) names_.push_back(Text(name));
    RETURN_IF_ERROR(ReadLocations());
    RETURN_IF_ERROR(ReadGraph());
    program_.producer = Text(source_.producer());
    program_.entry_index = source_.entry();
    ReadPorts(source_.arguments(), &program_.arguments);
    ReadPorts(source_.results(), &program_.results);
    ReadPorts(source_.dropped_arguments(), &program_.dropped_arguments);
    return CheckBudget();
  }

 private:
  Status Error(std::string_view message) const {
    return InvalidModel(StrCat(".whlo: program \"", source_.name()->c_str(), "\": ", message));
  }
  Status CheckBudget() const {
    return budget_.ok() ? OkStatus() : Error("unfolds to more than the file can hold");
  }

  std::string Text(const flatbuffers::String* text) {
    if (!text) return {};
    budget_.Charge(text->size());
    return budget_.ok() ? text->str() : std::string();
  }
  template <typename T>
  std::vector<T> Numbers(const Vector<T>* vector) {
    budget_.Charge(uint64_t{Size(vector)} * sizeof(T));
    return budget_.ok() ? ToVector(vector) : std::vector<T>();
  }

  static bool ReadElement(const flatbuffers::String* name, ElementType* element) {
    const auto parsed =
        name ? ParseElementType(std::string_view(name->c_str(), name->size())) : std::nullopt;
    if (parsed) *element = *parsed;
    return parsed.has_value();
  }

  Status ReadTypes() {
    // Types hold others by value: each counts the sizes of those that it holds.
    std::vector<uint64_t> weights;
    for (const model::Type* source : *source_.types()) {
      Type type;
      if (!FromSchema(kTypeKinds, source->kind(), &type.kind))
        return Error("a type of unknown kind");
      TensorType& tensor = type.tensor;
      if (const model::Quantized* q = source->quantized()) {
        auto quantized = std::make_shared<QuantizedType>();
        if (!ReadElement(q->storage(), &quantized->storage) ||
            !ReadElement(q->expressed(), &quantized->expressed)) {
          return Error("a quantized type of unknown elements");
        }
        quantized->storage_min = q->storage_min();
        quantized->storage_max = q->storage_max();
        quantized->scales = Numbers(q->scales());
        quantized->zero_points = Numbers(q->zero_points());
        quantized->axes = Numbers(q->axes());
        quantized->block_sizes = Numbers(q->block_sizes());
        tensor.element = ElementType::kQuantized;
        tensor.quantized = std::move(quantized);
      } else if (!ReadElement(source->element(), &tensor.element)) {
        return Error("a type of unknown elements");
      }
      tensor.dims = Numbers(source->dims());
      tensor.bounds = Numbers(source->bounds());
      tensor.encoding = Text(source->encoding());
      type.text = Text(source->text());
      uint64_t weight = sizeof(Type) + 8 * (tensor.dims.size() + tensor.bounds.size()) +
                        tensor.encoding.size() + type.text.size();
      const auto add = [&](const Vector<uint32_t>* from, std::vector<Type>* to) {
        for (uint32_t i = 0; i < Size(from) && budget_.ok(); ++i) {
          weight += weights[from->Get(i)];
          budget_.Charge(weights[from->Get(i)]);
          if (budget_.ok()) to->push_back(types_[from->Get(i)]);
        }
      };
      add(source->elements(), &type.elements);
      add(source->results(), &type.results);
      RETURN_IF_ERROR(CheckBudget());
      types_.push_back(std::move(type));
      weights.push_back(weight);
    }
    return CheckBudget();
  }

  Status ReadConstants() {
    for (uint32_t i = 0; i < Size(source_.constants()); ++i) {
      const model::Constant& source = *source_.constants()->Get(i);
      const Type& type = types_[source.type()];
      if (!type.IsTensor() || !type.tensor.IsStatic() || !type.tensor.FitsAddressSpace()) {
        return Error(StrCat("a constant of type ", ToString(type)));
      }
      DenseElements dense;
      dense.type = type.tensor;
      dense.splat = source.splat();
      const int64_t count = dense.splat ? 1 : type.tensor.NumElements();
      const int64_t size = count * ByteWidth(type.tensor.StorageType());
      if (size != Size(source.bytes())) {
        return Error(
            StrCat("a constant of type ", ToString(type), " has ", Size(source.bytes()), " bytes"));
      }
      dense.bytes = Numbers(source.bytes());
      constants_.push_back(std::make_shared<const DenseElements>(std::move(dense)));
    }
    return CheckBudget();
  }

  Status ReadLocations() {
    for (uint32_t i = 0; i < Size(source_.locations()); ++i) {
      const model::Location& source = *source_.locations()->Get(i);
      Location location;
      if (!FromSchema(kLocationKinds, source.kind(), &location.kind)) {
        return Error("a location of unknown kind");
      }
      location.text = Text(source.text());
      location.line = source.line();
      location.column = source.column();
      location.end_line = source.end_line();
      location.end_column = source.end_column();
      location.children = Numbers(source.children());
      graph_.locations.push_back(std::move(location));
      if (!budget_.ok()) break;
    }
    return CheckBudget();
  }

  Result<Attribute> ReadAttribute(const model::Attribute& source) {
    using Kind = Attribute::Kind;
    Kind kind;
    if (!FromSchema(kAttributeKinds, source.kind(), &kind)) {
      return Error("an attribute of unknown kind");
    }
    switch (kind) {
      case Kind::kUnit:
        return Attribute();
      case Kind::kBool:
        return Attribute::Bool(source.int_value() != 0);
      case Kind::kInt:
      case Kind::kFloat: {
        const Type& type = types_[source.type()];
        const ElementType element = type.tensor.element;
        const bool fits =
            type.kind == Type::Kind::kScalar &&
            (kind == Kind::kFloat ? IsFloat(element)
                                  : IsInteger(element) || element == ElementType::kI1);
        if (!fits) return Error(StrCat("a number of type ", ToString(type)));
        return kind == Kind::kFloat
                   ? Attribute::Float(std::bit_cast<double>(source.float_bits()), element)
                   : Attribute::Int(source.int_value(), element);
      }
      case Kind::kString:
        return Attribute::String(Text(source.text()));
      case Kind::kSymbol:
        return Attribute::Symbol(Text(source.text()));
      case Kind::kOpaque:
        return Attribute::Opaque(Text(source.text()));
      case Kind::kType:
        budget_.Charge(sizeof(Type));
        return Attribute::TypeOf(types_[source.type()]);
      case Kind::kInts:
        return Attribute::Ints(Numbers(source.ints()));
      case Kind::kArray: {
        std::vector<Attribute> elements;
        for (uint32_t i = 0; i < Size(source.elements()) && budget_.ok(); ++i) {
          ASSIGN_OR_RETURN(Attribute element, ReadAttribute(*source.elements()->Get(i)));
          elements.push_back(std::move(element));
        }
        return Attribute::Array(std::move(elements));
      }
      case Kind::kDict: {
        ASSIGN_OR_RETURN(std::vector<NamedAttribute> fields, ReadAttributes(source.fields()));
        return Attribute::Dict(std::move(fields));
      }
      case Kind::kDense:
        return Attribute::Dense(constants_[source.dense()]);
    }
    return Error("an attribute of unknown kind");
  }

  Result<std::vector<NamedAttribute>> ReadAttributes(
      const Vector<Offset<model::NamedAttribute>>* source) {
    std::vector<NamedAttribute> attributes;
    for (uint32_t i = 0; i < Size(source) && budget_.ok(); ++i) {
      const model::NamedAttribute& attribute = *source->Get(i);
      ASSIGN_OR_RETURN(Attribute value, ReadAttribute(*attribute.value()));
      const std::string& name = names_[attribute.name()];
      budget_.Charge(sizeof(NamedAttribute) / 4 + name.size());
      attributes.push_back({name, std::move(value)});
    }
    return attributes;
  }

  Result<std::vector<std::vector<NamedAttribute>>> ReadLists(
      const Vector<Offset<model::AttributeList>>* source) {
    std::vector<std::vector<NamedAttribute>> lists;
    for (uint32_t i = 0; i < Size(source) && budget_.ok(); ++i) {
      ASSIGN_OR_RETURN(auto list, ReadAttributes(source->Get(i)->attributes()));
      lists.push_back(std::move(list));
    }
    return lists;
  }

  static Range ToRange(const model::Span& span) { return {span.begin(), span.size()}; }

  Status ReadGraph() {
    graph_.module_name = Text(source_.module_name());
    ASSIGN_OR_RETURN(graph_.module_attributes, ReadAttributes(source_.module_attributes()));
    std::vector<TypeId> type_ids;
    for (const Type& type : types_) type_ids.push_back(graph_.InternType(type));
    const bool has_locations = Size(source_.value_locations()) > 0;
    for (uint32_t i = 0; i < source_.value_types()->size(); ++i) {
      graph_.values.push_back({type_ids[source_.value_types()->Get(i)],
                               has_locations ? source_.value_locations()->Get(i) : 0});
    }
    // Attribute names share the file's table; a graph interns those of ops alone.
    std::vector<std::optional<OpName>> names(names_.size());
    for (const model::Node* source : *source_.nodes()) {
      std::optional<OpName>& name = names[source->name()];
      if (!name) name = graph_.InternName(names_[source->name()]);
      Node node;
      node.name = *name;
      node.op = FindOp(*name);
      node.location = source->location();
      node.operands = ToRange(source->operands());
      node.results = ToRange(source->results());
      node.attributes = ToRange(source->attributes());
      node.regions = ToRange(source->regions());
      graph_.nodes.push_back(node);
    }
    for (const model::Region* source : *source_.regions()) {
      graph_.regions.push_back(
          {ToRange(source->arguments()), ToRange(source->nodes()), ToRange(source->results())});
    }
    graph_.operand_pool = ToVector(source_.operand_pool());
    graph_.region_pool = ToVector(source_.region_pool());
    ASSIGN_OR_RETURN(graph_.attribute_pool, ReadAttributes(source_.attribute_pool()));
    RETURN_IF_ERROR(CheckBudget());
    for (const model::Function* source : *source_.functions()) {
      Function function;
      function.name = Text(source->name());
      function.is_private = source->is_private();
      function.body = source->body();
      ASSIGN_OR_RETURN(function.argument_attributes, ReadLists(source->argument_attributes()));
      ASSIGN_OR_RETURN(function.result_attributes, ReadLists(source->result_attributes()));
      ASSIGN_OR_RETURN(function.attributes, ReadAttributes(source->attributes()));
      function.location = source->location();
      graph_.functions.push_back(std::move(function));
    }
    return CheckBudget();
  }

  void ReadPorts(const Vector<Offset<model::Port>>* source, std::vector<Port>* ports) {
    for (uint32_t i = 0; i < Size(source) && budget_.ok(); ++i) {
      const model::Port& from = *source->Get(i);
      Port& port = ports->emplace_back();
      for (const auto* key : *from.keys()) port.keys.push_back(Text(key));
      port.name = Text(from.name());
      port.aliased_result = from.aliased_result();
      port.donatable = from.donatable();
      port.leaf = from.leaf();
    }
  }

  const model::Program& source_;
  Budget& budget_;
  Program& program_;
  Graph& graph_;
  std::vector<Type> types_;
  std::vector<std::shared_ptr<const DenseElements>> constants_;
  std::vector<std::string> names_;
};

std::string_view EncodingName(const Encoding& encoding) {
  return encoding.is_raw() ? "raw" : NameOf(encoding.precision);
}

Result<Encoding> ReadEncoding(const model::Weight& source) {
  const std::string_view name = source.encoding() ? source.encoding()->string_view() : "raw";
  const std::optional<Precision> precision = name == "raw" ? Precision::kF32 : ParsePrecision(name);
  if (!precision || (*precision == Precision::kF32 && name != "raw")) {
    return Unsupported(StrCat(".whlo: weight \"", source.name()->string_view(),
                              "\" has the encoding \"", name,
                              "\", which this build does not know"));
  }
  return Encoding{.precision = *precision, .k = source.k(), .transposed = source.transposed()};
}

Result<WhloFile> ReadView(const ModelView& view, const ImportOptions& options) {
  const model::Model& model = view.model();
  Budget budget(view.size());
  WhloFile file;
  for (const model::Program* source : *model.programs()) {
    NamedProgram& program = file.programs.emplace_back();
    budget.Charge(source->name()->size());
    program.name = source->name()->str();
    RETURN_IF_ERROR(ProgramReader(*source, &budget, &program.program).Read());
    const Graph& graph = program.program.graph;
    RETURN_IF_ERROR(options.require_known_ops ? Verify(graph) : VerifyStructure(graph));
  }
  for (uint32_t i = 0; i < model.weights()->size(); ++i) {
    const model::Weight& source = *model.weights()->Get(i);
    const model::Segment& segment = *model.segments()->Get(i);
    WeightEntry weight;
    weight.name = source.name()->str();
    const auto dtype = ParseElementType(source.dtype()->string_view());
    if (!dtype) {
      return InvalidModel(StrCat(".whlo: weight \"", weight.name, "\" has the unknown type ",
                                 source.dtype()->c_str()));
    }
    weight.dtype = *dtype;
    weight.shape = ToVector(source.shape());
    ASSIGN_OR_RETURN(weight.encoding, ReadEncoding(source));
    if (source.file()) weight.file = source.file()->str();
    weight.offset = segment.offset();
    weight.size = segment.size();
    const TensorType type(weight.dtype, weight.shape);
    if (!type.IsStatic() || !type.FitsAddressSpace() || !weight.encoding.Suits(type) ||
        weight.encoding.ByteSize(type) != weight.size || weight.size > UINT64_MAX - weight.offset) {
      return InvalidModel(StrCat(".whlo: weight \"", weight.name, "\" of type ", ToString(type),
                                 ", encoded as ", EncodingName(weight.encoding), ", has ",
                                 weight.size, " bytes"));
    }
    budget.Charge(weight.name.size() + weight.file.size() + 8 * weight.shape.size());
    if (!budget.ok())
      return InvalidModel(".whlo: the weights unfold to more than the file can hold");
    file.weights.push_back(std::move(weight));
  }
  for (uint32_t i = 0; i < Size(model.ties()); ++i) {
    const model::Tie& tie = *model.ties()->Get(i);
    budget.Charge(tie.argument()->size() + tie.tensor()->size());
    if (!budget.ok()) return InvalidModel(".whlo: the ties unfold to more than the file can hold");
    file.ties.push_back({tie.argument()->str(), tie.tensor()->str()});
  }
  for (uint32_t i = 0; i < Size(model.metadata()); ++i) {
    const model::Entry& entry = *model.metadata()->Get(i);
    budget.Charge(entry.key()->size() + entry.value()->size());
    if (!budget.ok())
      return InvalidModel(".whlo: the metadata unfold to more than the file can hold");
    const std::string key = entry.key()->str();
    if (!file.metadata.emplace(key, entry.value()->str()).second) {
      return InvalidModel(StrCat(".whlo: the metadata have \"", key, "\" twice"));
    }
  }
  return file;
}

}  // namespace

Result<std::vector<uint8_t>> WriteWhlo(std::span<const NamedProgram> programs,
                                       std::span<const WeightEntry> weights,
                                       std::span<const TiedWeight> ties, const Metadata& metadata,
                                       uint64_t least_size) {
  uint64_t constant_bytes = 0;
  for (const NamedProgram& program : programs) {
    for (const NamedAttribute& attribute : program.program.graph.attribute_pool) {
      if (attribute.value.kind() == Attribute::Kind::kDense) {
        constant_bytes += attribute.value.dense().bytes.size();
      }
    }
  }
  // The builder asserts at 2 GiB; everything but the constants is small beside them.
  if (constant_bytes > FLATBUFFERS_MAX_BUFFER_SIZE / 2) {
    return Unsupported("a .whlo file whose programs hold more than 1 GiB of constants");
  }
  FlatBufferBuilder builder(1 << 16);
  std::vector<Offset<model::Program>> program_offsets;
  for (const NamedProgram& program : programs) {
    program_offsets.push_back(ProgramWriter(program, &builder).Write());
  }
  std::vector<Offset<model::Weight>> weight_offsets;
  for (const WeightEntry& weight : weights) {
    const auto name = builder.CreateString(weight.name);
    const auto dtype = builder.CreateSharedString(ElementTypeName(weight.dtype).data(),
                                                  ElementTypeName(weight.dtype).size());
    const auto shape = builder.CreateVector(weight.shape);
    const std::string_view encoding_name = EncodingName(weight.encoding);
    const auto encoding = builder.CreateSharedString(encoding_name.data(), encoding_name.size());
    const auto file = weight.file.empty() ? Offset<flatbuffers::String>()
                                          : builder.CreateSharedString(weight.file);
    weight_offsets.push_back(model::CreateWeight(builder, name, dtype, shape, encoding, file,
                                                 weight.encoding.k, weight.encoding.transposed));
  }
  std::vector<Offset<model::Tie>> tie_offsets;
  for (const TiedWeight& tie : ties) {
    const auto argument = builder.CreateString(tie.argument);
    tie_offsets.push_back(model::CreateTie(builder, argument, builder.CreateString(tie.tensor)));
  }
  std::vector<Offset<model::Entry>> entry_offsets;
  for (const auto& [key, value] : metadata) {
    const auto key_offset = builder.CreateString(key);
    entry_offsets.push_back(model::CreateEntry(builder, key_offset, builder.CreateString(value)));
  }
  // Segments lie behind the FlatBuffer, whose size is known when it is finished: their offsets are
  // filled in then.
  std::vector<model::Segment> segments(weights.size());
  const auto segment_vector = builder.CreateVectorOfStructs(segments);
  builder.Finish(
      model::CreateModel(builder, builder.CreateVector(program_offsets),
                         builder.CreateVector(weight_offsets), segment_vector,
                         builder.CreateVector(tie_offsets), builder.CreateVector(entry_offsets)),
      model::ModelIdentifier());

  std::vector<uint8_t> file = MakeModelHeader(builder.GetSize());
  file.insert(file.end(), builder.GetBufferPointer(),
              builder.GetBufferPointer() + builder.GetSize());
  file.resize(RoundUp(std::max<size_t>(file.size(), least_size), kSegmentAlignment));
  uint64_t offset = file.size();
  for (size_t i = 0; i < weights.size(); ++i) {
    const bool inside = weights[i].file.empty();
    segments[i] = model::Segment(inside ? offset : weights[i].offset, weights[i].size);
    if (inside) offset = RoundUp<uint64_t>(offset + weights[i].size, kSegmentAlignment);
  }
  if (!segments.empty()) {
    const auto* finished = model::GetModel(builder.GetBufferPointer())->segments();
    const size_t position = reinterpret_cast<const uint8_t*>(finished->Get(0)) -
                            static_cast<const uint8_t*>(builder.GetBufferPointer());
    std::memcpy(file.data() + kModelHeaderSize + position, segments.data(),
                segments.size() * sizeof(model::Segment));
  }
  return file;
}

Result<uint64_t> WhloHeadSize(std::span<const uint8_t> bytes) { return ModelHeadSize(bytes); }

Result<WhloFile> ReadWhlo(std::span<const uint8_t> bytes, const ImportOptions& options) {
  Result<ModelView> view = ModelView::Open(bytes);
  if (!view.ok()) return view.status().WithContext(options.file_name);
  Result<WhloFile> file = ReadView(*view, options);
  if (!file.ok()) return file.status().WithContext(options.file_name);
  for (NamedProgram& named : file->programs) {
    named.program.file_bytes = bytes.size() / file->programs.size();
  }
  return file;
}

}  // namespace webhlo
