// SPDX-License-Identifier: Apache-2.0
//
// The parts of ops that have code of their own, each written and read.
#include "core/text/format_parts.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/base/strings.h"

namespace webhlo {
namespace {

constexpr std::string_view kConstant[] = {"value"};
constexpr std::string_view kMantissaFormat[] = {"exponent_bits", "mantissa_bits"};
constexpr std::string_view kPrecision[] = {"precision_config"};
constexpr std::string_view kReduce[] = {"dimensions"};
constexpr std::string_view kScan[] = {"dimension", "operandSegmentSizes", "resultSegmentSizes"};
constexpr std::string_view kSlice[] = {"start_indices", "limit_indices", "strides"};
constexpr std::string_view kWindow[] = {"window_strides", "padding", "lhs_dilation", "rhs_dilation",
                                        "window_reversal"};
constexpr std::string_view kWindowWords[] = {"stride", "pad", "lhs_dilate", "rhs_dilate",
                                             "reverse"};

struct DotDimensions {
  std::string_view word, lhs, rhs;
};
constexpr DotDimensions kDotDims[] = {
    {"batching_dims", "lhs_batching_dimensions", "rhs_batching_dimensions"},
    {"contracting_dims", "lhs_contracting_dimensions", "rhs_contracting_dimensions"},
};

bool FitsMantissaFormat(const Graph& graph, const Node& node) {
  for (const std::string_view name : kMantissaFormat) {
    const int64_t bits = FindAttribute(graph.attributes(node), name)->int_value();
    if (bits < 0 || bits > 9999) return false;
  }
  return true;
}

bool FitsSlice(const Graph& graph, const Node& node) {
  const auto size = [&](std::string_view name) {
    return FindAttribute(graph.attributes(node), name)->ints().size();
  };
  return size(kSlice[0]) == size(kSlice[1]) && size(kSlice[0]) == size(kSlice[2]);
}

bool FitsDimNumbers(const Graph& graph, const Node& node) {
  return !ConvolutionDimensions(graph.attributes(node)).empty();
}

// What the part would say is not in the graph.
bool FitsNothing(const Graph&, const Node&) { return false; }

}  // namespace

const FormatPart FormatPart::kAll[] = {
    {"format", kMantissaFormat, "", false, FitsMantissaFormat, &Printer::MantissaFormat},
    {"slice", kSlice, "", false, FitsSlice, &Printer::SliceRanges},
    {"dim_numbers", {}, "dimension_numbers", false, FitsDimNumbers, &Printer::DimNumbers},
    {"window", kWindow, "", false, nullptr, &Printer::Window},
    {"dot_dims", {}, "dot_dimension_numbers", false, nullptr, &Printer::DotDims},
    {"precision", kPrecision, "algorithm", false, nullptr, &Printer::Precision},
    {"regions", {}, "", false, nullptr, &Printer::Regions},
    {"sharding", {}, "", false, FitsNothing, nullptr},
    {"constant", kConstant, "", true, FitsConstant, &Printer::Constant},
    {"barrier", {}, "", true, FitsBarrier, &Printer::Barrier},
    {"reduce", kReduce, "", true, FitsReduce, &Printer::Reduce},
    {"while", {}, "", true, FitsWhile, &Printer::While},
    {"scan", kScan, "", true, FitsScan, &Printer::Scan},
    {"manual_computation", {}, "", true, FitsNothing, nullptr},
};

const PartReader PartReader::kAll[] = {
    {"format", &TextParser::ParseMantissaFormat},
    {"slice", &TextParser::ParseSliceRanges},
    {"dim_numbers", &TextParser::ParseDimNumbers},
    {"window", &TextParser::ParseWindow},
    {"dot_dims", &TextParser::ParseDotDims},
    {"precision", &TextParser::ParsePrecision},
    {"regions", &TextParser::ParseRegions},
    {"sharding", &TextParser::ParseSharding},
    {"constant", &TextParser::ParseConstant},
    {"barrier", &TextParser::ParseBarrier},
    {"reduce", &TextParser::ParseReduce},
    {"while", &TextParser::ParseWhile},
    {"scan", &TextParser::ParseScan},
    {"manual_computation", &TextParser::ParseManualComputation},
};
static_assert(std::size(FormatPart::kAll) == std::size(PartReader::kAll));

namespace {

template <class Row>
const Row& Find(std::string_view name) {
  const auto row = std::find_if(std::begin(Row::kAll), std::end(Row::kAll),
                                [&](const Row& r) { return r.name == name; });
  WEBHLO_CHECK(row != std::end(Row::kAll));
  return *row;
}

}  // namespace

const FormatPart& FindFormatPart(std::string_view name) { return Find<FormatPart>(name); }

const PartReader& FindPartReader(std::string_view name) { return Find<PartReader>(name); }

std::vector<std::string_view> FormatPart::AttributesOf(const OpSyntax& syntax) const {
  std::vector<std::string_view> names(attributes.begin(), attributes.end());
  if (const AttributeGroup* fields = FindAttributeGroup(syntax, group)) {
    for (const AttributeGroup::Field& field : fields->fields) names.push_back(field.name);
  }
  return names;
}

std::span<const int64_t> Printer::Ints(const Node& node, std::string_view attribute) const {
  const Attribute* value = FindAttribute(g_.attributes(node), attribute);
  return value ? value->ints() : std::span<const int64_t>();
}

// ---- `e8m10`

void Printer::MantissaFormat(const Node& node) {
  StrAppend(&out_, "e", FindAttribute(g_.attributes(node), "exponent_bits")->int_value(), "m",
            FindAttribute(g_.attributes(node), "mantissa_bits")->int_value());
}

bool TextParser::ParseMantissaFormat(Op* op) {
  const Token word = token();
  const size_t m = word.text.find('m');
  int64_t numbers[2] = {};
  bool ok = word.kind == Token::Kind::kIdentifier && word.text.size() < 12 && word.text[0] == 'e' &&
            m != std::string_view::npos && m > 1 && m + 1 < word.text.size();
  for (size_t i = 1; ok && i < word.text.size(); ++i) {
    if (i == m) continue;
    ok = IsDigitChar(word.text[i]);
    int64_t& number = numbers[i > m];
    number = number * 10 + (word.text[i] - '0');
  }
  if (!ok) return FailExpected("a format like e5m10");
  Advance();
  AddAttribute(op, "exponent_bits", Attribute::Int(numbers[0]));
  AddAttribute(op, "mantissa_bits", Attribute::Int(numbers[1]));
  return true;
}

// ---- `[1:5:2, 0:4]`

void Printer::SliceRanges(const Node& node) {
  const auto starts = Ints(node, "start_indices");
  const auto limits = Ints(node, "limit_indices");
  const auto strides = Ints(node, "strides");
  out_.push_back('[');
  for (size_t i = 0; i < starts.size(); ++i) {
    StrAppend(&out_, i ? ", " : "", starts[i], ":", limits[i]);
    if (strides[i] != 1) StrAppend(&out_, ":", strides[i]);
  }
  out_.push_back(']');
}

bool TextParser::ParseSliceRanges(Op* op) {
  std::vector<int64_t> starts, limits, strides;
  const auto range = [&] {
    if (!ParseInteger(&starts.emplace_back()) || !Expect(':') ||
        !ParseInteger(&limits.emplace_back())) {
      return false;
    }
    strides.push_back(1);
    return !Consume(':') || ParseInteger(&strides.back());
  };
  if (!ParseList('[', ']', range)) return false;
  AddAttribute(op, "start_indices", Attribute::Ints(std::move(starts)));
  AddAttribute(op, "limit_indices", Attribute::Ints(std::move(limits)));
  AddAttribute(op, "strides", Attribute::Ints(std::move(strides)));
  return true;
}

// ---- `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`

void Printer::DimNumbers(const Node& node) {
  StrAppend(&out_, ConvolutionDimensions(g_.attributes(node)));
}

bool TextParser::ParseDimNumbers(Op* op) { return ParseConvolutionDimensions(&op->attributes); }

// ---- `stride = [2, 2], pad = [[1, 0], [1, 1]]`

void Printer::Window(const Node& node) {
  bool first = true;
  for (size_t i = 0; i < std::size(kWindow); ++i) {
    const Attribute* value = FindAttribute(g_.attributes(node), kWindow[i]);
    if (!value) continue;
    StrAppend(&out_, first ? "" : ", ", kWindowWords[i], " = [");
    first = false;
    if (kWindow[i] == "padding") {
      AppendPairs(&out_, value->ints());
    } else {
      StrAppend(&out_, Join(value->ints()));
    }
    out_.push_back(']');
  }
}

bool TextParser::ParseWindow(Op* op) {
  while (token().kind == Token::Kind::kIdentifier) {
    const auto word = std::find(std::begin(kWindowWords), std::end(kWindowWords), token().text);
    if (word == std::end(kWindowWords)) {
      return FailExpected("stride, pad, lhs_dilate, rhs_dilate or reverse");
    }
    const std::string_view attribute = kWindow[word - std::begin(kWindowWords)];
    Advance();
    if (!Expect('=')) return false;
    std::vector<int64_t> values;
    if (attribute == "padding") {
      const auto pair = [&] {
        return Expect('[') && ParseInteger(&values.emplace_back()) && Expect(',') &&
               ParseInteger(&values.emplace_back()) && Expect(']');
      };
      if (!ParseList('[', ']', pair)) return false;
    } else if (!ParseIntList(&values)) {
      return false;
    }
    AddAttribute(op, attribute, Attribute::Ints(std::move(values)));
    if (!Consume(',')) break;
  }
  return true;
}

// ---- `batching_dims = [0] x [0], contracting_dims = [3] x [2]`, the former optional

void Printer::DotDims(const Node& node) {
  for (const DotDimensions& dims : kDotDims) {
    const auto lhs = Ints(node, dims.lhs);
    const auto rhs = Ints(node, dims.rhs);
    const bool optional = &dims == kDotDims;
    if (optional && lhs.empty() && rhs.empty()) continue;
    StrAppend(&out_, dims.word, " = [", Join(lhs), "] x [", Join(rhs), optional ? "], " : "]");
  }
}

bool TextParser::ParseDotDims(Op* op) {
  for (const DotDimensions& dims : kDotDims) {
    const bool optional = &dims == kDotDims;
    if (optional && !token().IsWord(dims.word)) continue;
    std::vector<int64_t> lhs, rhs;
    if (!ExpectWord(dims.word) || !Expect('=') || !ParseIntList(&lhs) || !ExpectWord("x") ||
        !ParseIntList(&rhs) || (optional && !Expect(','))) {
      return false;
    }
    AddAttribute(op, dims.lhs, Attribute::Ints(std::move(lhs)));
    AddAttribute(op, dims.rhs, Attribute::Ints(std::move(rhs)));
  }
  return true;
}

// ---- `, precision = [HIGHEST, DEFAULT], algorithm = <...>`, both optional

void Printer::Precision(const Node& node) {
  const std::span<const NamedAttribute> attributes = g_.attributes(node);
  if (const Attribute* precision = FindAttribute(attributes, "precision_config")) {
    out_.append(", precision = [");
    AppendList(&out_, precision->elements(),
               [&](const Attribute& element) { out_.append(element.string()); });
    out_.push_back(']');
  }
  const AttributeGroup* group = FindAttributeGroup(*FindSyntax(node.name), "algorithm");
  std::string algorithm;
  if (group) AppendFields(&algorithm, group->fields, attributes);
  if (!algorithm.empty()) StrAppend(&out_, ", algorithm = <", algorithm, ">");
}

bool TextParser::ParsePrecision(Op* op) {
  while (Consume(',')) {
    if (ConsumeWord("precision")) {
      std::vector<Attribute> elements;
      if (!Expect('=')) return false;
      const auto keyword = [&] {
        if (token().kind == Token::Kind::kHash) return ParseAttribute(&elements.emplace_back());
        if (token().kind != Token::Kind::kIdentifier) return FailExpected("a precision");
        elements.push_back(Attribute::String(std::string(token().text)));
        Advance();
        return true;
      };
      if (!ParseList('[', ']', keyword)) return false;
      AddAttribute(op, "precision_config", Attribute::Array(std::move(elements)));
    } else if (ConsumeWord("algorithm")) {
      Attribute algorithm;
      if (!Expect('=')) return false;
      if (token().Is('<') ? !ParseAttributeStruct(&algorithm, 0) : !ParseAttribute(&algorithm)) {
        return false;
      }
      AddAttribute(op, "algorithm", std::move(algorithm));
    } else {
      return FailExpected("'precision' or 'algorithm'");
    }
  }
  return true;
}

// ---- ` ({...}, {...})`, or nothing

void Printer::Regions(const Node& node) {
  if (node.regions.size == 0) return;
  out_.append(" (");
  AppendList(&out_, g_.regions_of(node), [&](RegionId id) { RegionText(id, true); });
  out_.push_back(')');
}

bool TextParser::ParseRegions(Op* op) {
  if (!token().Is('(')) return true;
  return ParseList('(', ')', [&] { return ParseRegion({}, &op->regions.emplace_back(kNone)); });
}

// ---- `<@mesh, [{"x"}]>`: where a value may live is no part of a graph

bool TextParser::ParseSharding(Op*) {
  std::string_view ignored;
  if (!token().Is('<')) return FailExpected("'<'");
  return TakeBalanced(&ignored);
}

}  // namespace webhlo
