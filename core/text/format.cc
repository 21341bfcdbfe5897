// SPDX-License-Identifier: Apache-2.0
#include "core/text/format.h"

#include <algorithm>

#include "core/base/strings.h"

namespace webhlo {
namespace {

bool IsNameChar(char c) { return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'); }

size_t NameEnd(std::string_view text, size_t begin) {
  while (begin < text.size() && IsNameChar(text[begin])) ++begin;
  return begin;
}

// The attributes that `<name>` writes.
std::span<const std::string_view> AttributesOfCustom(std::string_view name) {
  static constexpr std::string_view kValue[] = {"value"};
  static constexpr std::string_view kFormat[] = {"exponent_bits", "mantissa_bits"};
  static constexpr std::string_view kSlice[] = {"limit_indices", "start_indices", "strides"};
  static constexpr std::string_view kDimNumbers[] = {
      "input_batch_dimension",           "input_feature_dimension",
      "input_spatial_dimensions",        "kernel_input_feature_dimension",
      "kernel_output_feature_dimension", "kernel_spatial_dimensions",
      "output_batch_dimension",          "output_feature_dimension",
      "output_spatial_dimensions"};
  static constexpr std::string_view kWindow[] = {"lhs_dilation", "padding", "rhs_dilation",
                                                 "window_reversal", "window_strides"};
  static constexpr std::string_view kDotDims[] = {
      "lhs_batching_dimensions", "lhs_contracting_dimensions", "rhs_batching_dimensions",
      "rhs_contracting_dimensions"};
  static constexpr std::string_view kPrecision[] = {
      "accumulation_type",        "allow_imprecise_accumulation",
      "lhs_component_count",      "lhs_precision_type",
      "num_primitive_operations", "precision_config",
      "rhs_component_count",      "rhs_precision_type"};
  static constexpr std::string_view kDimensions[] = {"dimensions"};
  static constexpr std::string_view kScan[] = {"dimension", "operandSegmentSizes",
                                               "resultSegmentSizes"};
  if (name == "constant") return kValue;
  if (name == "format") return kFormat;
  if (name == "slice") return kSlice;
  if (name == "dim_numbers") return kDimNumbers;
  if (name == "window") return kWindow;
  if (name == "dot_dims") return kDotDims;
  if (name == "precision") return kPrecision;
  if (name == "reduce") return kDimensions;
  if (name == "scan") return kScan;
  return {};
}

bool SameTypes(const Graph& g, std::span<const ValueId> a, Range b) {
  if (a.size() != b.size) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (g.values[a[i]].type != g.values[b.begin + i].type) return false;
  }
  return true;
}

// Ops whose whole text has code of its own.
bool FitsWholeOp(const Graph& g, const Node& node, std::string_view name) {
  const std::span<const ValueId> operands = g.operands(node);
  const std::span<const RegionId> regions = g.regions_of(node);
  const std::span<const NamedAttribute> attributes = g.attributes(node);
  if (name == "constant") {
    const Attribute* value = FindAttribute(attributes, "value");
    return operands.empty() && node.results.size == 1 && value &&
           value->kind() == Attribute::Kind::kDense &&
           g.type(node.results.begin) == Type(value->dense().type);
  }
  if (name == "reduce") {
    if (regions.size() != 1 || operands.empty() || operands.size() % 2 != 0) return false;
    return g.regions[regions[0]].arguments.size == operands.size();
  }
  if (name == "while") {
    return regions.size() == 2 && SameTypes(g, operands, node.results) &&
           SameTypes(g, operands, g.regions[regions[0]].arguments) &&
           SameTypes(g, operands, g.regions[regions[1]].arguments);
  }
  if (name == "barrier") return !operands.empty() && SameTypes(g, operands, node.results);
  if (name == "scan") {
    const Attribute* in = FindAttribute(attributes, "operandSegmentSizes");
    const Attribute* out = FindAttribute(attributes, "resultSegmentSizes");
    if (regions.size() != 1 || !in || !out || in->kind() != Attribute::Kind::kInts ||
        out->kind() != Attribute::Kind::kInts || in->ints().size() != 2 ||
        out->ints().size() != 2) {
      return false;
    }
    const int64_t num_operands = static_cast<int64_t>(operands.size());
    const int64_t carries = in->ints()[1];
    return carries >= 0 && carries <= num_operands && in->ints()[0] == num_operands - carries &&
           out->ints()[1] == carries && out->ints()[0] == node.results.size - carries;
  }
  return false;
}

}  // namespace

FormatItem FormatReader::Next() {
  using Kind = FormatItem::Kind;
  if (rest_.empty()) return {};
  const auto take = [&](size_t length) {
    const std::string_view text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return text;
  };
  switch (rest_[0]) {
    case '$': {
      const std::string_view text = take(2);
      if (text[1] == '*') return {Kind::kOperands, text};
      return {Kind::kOperand, text, text[1] - '0'};
    }
    case '#':
    case '@':
    case '^': {
      const Kind kind = rest_[0] == '#'   ? Kind::kAttribute
                        : rest_[0] == '@' ? Kind::kSymbol
                                          : Kind::kTypes;
      return {kind, take(NameEnd(rest_, 1)).substr(1)};
    }
    case '<': {
      const std::string_view text = take(rest_.find('>') + 1);
      return {Kind::kCustom, text.substr(1, text.size() - 2)};
    }
    default:
      break;
  }
  if (rest_.starts_with("{}")) return {Kind::kAttributes, take(2)};
  if (rest_.starts_with("(?")) {
    in_optional_ = true;
    take(2);
    const size_t name = rest_.find('#') + 1;
    return {Kind::kOptionalBegin, rest_.substr(name, NameEnd(rest_, name) - name)};
  }
  if (in_optional_ && rest_[0] == ')') {
    in_optional_ = false;
    return {Kind::kOptionalEnd, take(1)};
  }
  size_t end = 1;
  while (end < rest_.size() &&
         std::string_view("$#@^<").find(rest_[end]) == std::string_view::npos &&
         !rest_.substr(end).starts_with("{}") && !rest_.substr(end).starts_with("(?") &&
         !(in_optional_ && rest_[end] == ')')) {
    ++end;
  }
  return {Kind::kLiteral, take(end)};
}

std::vector<std::string_view> AttributesInFormat(const OpSyntax& syntax) {
  std::vector<std::string_view> names;
  FormatReader reader(syntax.format);
  for (FormatItem item = reader.Next(); item.kind != FormatItem::Kind::kEnd; item = reader.Next()) {
    if (item.kind == FormatItem::Kind::kAttribute || item.kind == FormatItem::Kind::kSymbol) {
      names.push_back(item.text);
    } else if (item.kind == FormatItem::Kind::kCustom) {
      const auto attributes = AttributesOfCustom(item.text);
      names.insert(names.end(), attributes.begin(), attributes.end());
    }
  }
  return names;
}

bool FitsFormat(const Graph& graph, const Node& node, const OpSyntax& syntax) {
  using Kind = FormatItem::Kind;
  if (syntax.format.empty()) return false;
  size_t fixed_operands = 0;
  bool variadic = false;
  bool has_regions = false;
  bool optional = false;
  FormatReader reader(syntax.format);
  FormatItem item = reader.Next();
  if (item.kind == Kind::kCustom) return FitsWholeOp(graph, node, item.text);
  for (; item.kind != Kind::kEnd; item = reader.Next()) {
    switch (item.kind) {
      case Kind::kOperand:
        fixed_operands = std::max<size_t>(fixed_operands, item.index + 1);
        break;
      case Kind::kOperands:
        variadic = true;
        break;
      case Kind::kOptionalBegin:
        optional = true;
        break;
      case Kind::kOptionalEnd:
        optional = false;
        break;
      case Kind::kAttribute:
      case Kind::kSymbol: {
        const AttributeSpec* spec = FindAttributeSpec(syntax, item.text);
        if (!optional && (!spec || spec->default_value.empty()) &&
            !FindAttribute(graph.attributes(node), item.text)) {
          return false;
        }
        break;
      }
      case Kind::kCustom:
        has_regions |= item.text == "regions";
        // What it would say is not in the graph.
        if (item.text == "sharding") return false;
        if (item.text == "dim_numbers" && ConvolutionDimensions(graph.attributes(node)).empty()) {
          return false;
        }
        for (std::string_view name : AttributesOfCustom(item.text)) {
          const AttributeSpec* spec = FindAttributeSpec(syntax, name);
          if (spec && spec->required && !FindAttribute(graph.attributes(node), name)) return false;
        }
        if (item.text == "slice") {
          const auto size = [&](std::string_view name) {
            return FindAttribute(graph.attributes(node), name)->ints().size();
          };
          if (size("start_indices") != size("limit_indices") ||
              size("start_indices") != size("strides")) {
            return false;
          }
        }
        break;
      case Kind::kTypes: {
        const bool one_result = item.text == "same" || item.text == "complex" ||
                                item.text == "select" || item.text == "tuple";
        const bool none = item.text == "operand" || item.text == "operands";
        if (one_result && node.results.size != 1) return false;
        if (none && node.results.size != 0) return false;
        if (item.text == "tuple") {
          const Type& type = graph.type(node.results.begin);
          const auto operands = graph.operands(node);
          if (type.kind != Type::Kind::kTuple || type.elements.size() != operands.size()) {
            return false;
          }
          for (size_t i = 0; i < operands.size(); ++i) {
            if (!(type.elements[i] == graph.type(operands[i]))) return false;
          }
        }
        if (item.text == "operand") {
          const auto operands = graph.operands(node);
          if (operands.empty()) return false;
          for (ValueId id : operands) {
            if (graph.values[id].type != graph.values[operands[0]].type) return false;
          }
        }
        break;
      }
      default:
        break;
    }
  }
  if (variadic ? node.operands.size < fixed_operands : node.operands.size != fixed_operands) {
    return false;
  }
  return has_regions || node.regions.size == 0;
}

bool IsCommutativeBinary(std::string_view op_name) {
  static constexpr std::string_view kNames[] = {
      "stablehlo.add",      "stablehlo.and", "stablehlo.maximum", "stablehlo.minimum",
      "stablehlo.multiply", "stablehlo.or",  "stablehlo.xor"};
  return std::find(std::begin(kNames), std::end(kNames), op_name) != std::end(kNames);
}

bool IsCompactReduce(const Graph& graph, const Node& node) {
  if (node.operands.size != 2 || node.regions.size != 1) return false;
  const Region& region = graph.regions[graph.regions_of(node)[0]];
  if (region.arguments.size != 2 || region.nodes.size != 1 || region.results.size != 1) {
    return false;
  }
  const Node& inner = graph.nodes[region.nodes.begin];
  if (!IsCommutativeBinary(graph.op_name(inner)) || inner.attributes.size != 0 ||
      inner.operands.size != 2 || inner.results.size != 1) {
    return false;
  }
  const Type& input = graph.type(graph.operands(node)[0]);
  if (!input.IsTensor()) return false;
  TensorType scalar = input.tensor;
  scalar.dims.clear();
  scalar.bounds.clear();
  scalar.encoding.clear();
  const Type expected(scalar);
  const std::span<const ValueId> operands = graph.operands(inner);
  return operands[0] == region.arguments.begin && operands[1] == region.arguments.begin + 1 &&
         graph.results(region)[0] == inner.results.begin && graph.type(operands[0]) == expected &&
         graph.type(operands[1]) == expected && graph.type(inner.results.begin) == expected;
}

std::string ConvolutionDimensions(std::span<const NamedAttribute> attributes) {
  std::string out;
  // One of the three lists: a letter for each of two dimensions, numbers for the spatial ones.
  const auto append = [&](std::string_view a, char letter_a, std::string_view b, char letter_b,
                          std::string_view spatial) {
    const Attribute* first = FindAttribute(attributes, a);
    const Attribute* second = FindAttribute(attributes, b);
    const Attribute* rest = FindAttribute(attributes, spatial);
    if (!first || !second) return false;
    const std::span<const int64_t> numbers = rest ? rest->ints() : std::span<const int64_t>();
    const int64_t rank = static_cast<int64_t>(numbers.size()) + 2;
    std::vector<std::string> names(rank);
    const auto place = [&](int64_t dim, std::string name) {
      if (dim < 0 || dim >= rank || !names[dim].empty()) return false;
      names[dim] = std::move(name);
      return true;
    };
    if (!place(first->int_value(), std::string(1, letter_a)) ||
        !place(second->int_value(), std::string(1, letter_b))) {
      return false;
    }
    for (size_t i = 0; i < numbers.size(); ++i) {
      if (!place(numbers[i], std::to_string(i))) return false;
    }
    StrAppend(&out, "[", Join(names), "]");
    return true;
  };
  if (!append("input_batch_dimension", 'b', "input_feature_dimension", 'f',
              "input_spatial_dimensions")) {
    return "";
  }
  out.append("x");
  if (!append("kernel_input_feature_dimension", 'i', "kernel_output_feature_dimension", 'o',
              "kernel_spatial_dimensions")) {
    return "";
  }
  out.append("->");
  if (!append("output_batch_dimension", 'b', "output_feature_dimension", 'f',
              "output_spatial_dimensions")) {
    return "";
  }
  return out;
}

TensorType RealPartType(const TensorType& type) {
  TensorType part = type;
  if (type.element == ElementType::kC64) part.element = ElementType::kF32;
  if (type.element == ElementType::kC128) part.element = ElementType::kF64;
  return part;
}

}  // namespace webhlo
