// SPDX-License-Identifier: Apache-2.0
#include "core/graph/attribute.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/base/sort.h"

namespace webhlo {

Attribute::Attribute(const Attribute& other) = default;
Attribute::Attribute(Attribute&& other) noexcept = default;
Attribute& Attribute::operator=(const Attribute& other) = default;
Attribute& Attribute::operator=(Attribute&& other) noexcept = default;
Attribute::~Attribute() = default;

Attribute Attribute::Bool(bool value) { return Attribute(Kind::kBool, int64_t{value}); }

Attribute Attribute::Int(int64_t value, ElementType type) {
  return Attribute(Kind::kInt, Type::Scalar(type), value);
}

Attribute Attribute::Float(double value, ElementType type) {
  return Attribute(Kind::kFloat, Type::Scalar(type), std::bit_cast<int64_t>(value));
}

Attribute Attribute::String(std::string value) {
  return Attribute(Kind::kString, std::move(value));
}

Attribute Attribute::Symbol(std::string value) {
  return Attribute(Kind::kSymbol, std::move(value));
}

Attribute Attribute::TypeOf(Type type) { return Attribute(Kind::kType, std::move(type)); }

Attribute Attribute::Ints(std::vector<int64_t> values) {
  return Attribute(Kind::kInts, std::move(values));
}

Attribute Attribute::Array(std::vector<Attribute> elements) {
  return Attribute(Kind::kArray, std::move(elements));
}

Attribute Attribute::Dict(std::vector<NamedAttribute> fields) {
  SortByName(&fields);
  return Attribute(Kind::kDict, std::move(fields));
}

Attribute Attribute::Dense(DenseElements elements) {
  return Attribute(Kind::kDense, std::move(elements));
}

Attribute Attribute::Dense(std::shared_ptr<const DenseElements> elements) {
  Attribute a(Kind::kDense);
  a.payload_ = std::move(elements);
  return a;
}

Attribute Attribute::Opaque(std::string text) { return Attribute(Kind::kOpaque, std::move(text)); }

bool Attribute::operator==(const Attribute& other) const {
  // Floats compare by bits: a NaN attribute equals itself, and -0 is not +0.
  if (kind_ != other.kind_ || number_ != other.number_) return false;
  if (payload_ == other.payload_) return true;
  switch (kind_) {
    case Kind::kUnit:
    case Kind::kBool:
      return true;
    case Kind::kInt:
    case Kind::kFloat:
    case Kind::kType:
      return type() == other.type();
    case Kind::kString:
    case Kind::kSymbol:
    case Kind::kOpaque:
      return string() == other.string();
    case Kind::kInts:
      return As<std::vector<int64_t>>() == other.As<std::vector<int64_t>>();
    case Kind::kArray:
      return As<std::vector<Attribute>>() == other.As<std::vector<Attribute>>();
    case Kind::kDict:
      return As<std::vector<NamedAttribute>>() == other.As<std::vector<NamedAttribute>>();
    case Kind::kDense:
      return dense() == other.dense();
  }
  return false;
}

const Attribute* FindAttribute(std::span<const NamedAttribute> attributes, std::string_view name) {
  const auto it = std::lower_bound(
      attributes.begin(), attributes.end(), name,
      [](const NamedAttribute& attribute, std::string_view n) { return attribute.name < n; });
  return it != attributes.end() && it->name == name ? &it->value : nullptr;
}

void SortByName(std::vector<NamedAttribute>* attributes) {
  Sort(*attributes,
       [](const NamedAttribute& a, const NamedAttribute& b) { return a.name < b.name; });
}

}  // namespace webhlo
