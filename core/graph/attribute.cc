// SPDX-License-Identifier: Apache-2.0
#include "core/graph/attribute.h"

#include <algorithm>
#include <bit>

namespace webhlo {
namespace {

template <typename T>
std::shared_ptr<const T> Share(T value) {
  return std::make_shared<const T>(std::move(value));
}

template <typename T>
bool SamePayload(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
  return a == b || (a && b && *a == *b);
}

}  // namespace

Attribute Attribute::Bool(bool value) {
  Attribute a;
  a.kind_ = Kind::kBool;
  a.int_ = value;
  return a;
}

Attribute Attribute::Int(int64_t value, ElementType type) {
  Attribute a;
  a.kind_ = Kind::kInt;
  a.int_ = value;
  a.type_ = Share(Type::Scalar(type));
  return a;
}

Attribute Attribute::Float(double value, ElementType type) {
  Attribute a;
  a.kind_ = Kind::kFloat;
  a.float_ = value;
  a.type_ = Share(Type::Scalar(type));
  return a;
}

Attribute Attribute::String(std::string value) {
  Attribute a;
  a.kind_ = Kind::kString;
  a.string_ = Share(std::move(value));
  return a;
}

Attribute Attribute::Symbol(std::string value) {
  Attribute a;
  a.kind_ = Kind::kSymbol;
  a.string_ = Share(std::move(value));
  return a;
}

Attribute Attribute::TypeOf(Type type) {
  Attribute a;
  a.kind_ = Kind::kType;
  a.type_ = Share(std::move(type));
  return a;
}

Attribute Attribute::Ints(std::vector<int64_t> values) {
  Attribute a;
  a.kind_ = Kind::kInts;
  a.ints_ = Share(std::move(values));
  return a;
}

Attribute Attribute::Array(std::vector<Attribute> elements) {
  Attribute a;
  a.kind_ = Kind::kArray;
  a.elements_ = Share(std::move(elements));
  return a;
}

Attribute Attribute::Dict(std::vector<NamedAttribute> fields) {
  std::sort(fields.begin(), fields.end(),
            [](const NamedAttribute& x, const NamedAttribute& y) { return x.name < y.name; });
  Attribute a;
  a.kind_ = Kind::kDict;
  a.fields_ = Share(std::move(fields));
  return a;
}

Attribute Attribute::Dense(DenseElements elements) { return Dense(Share(std::move(elements))); }

Attribute Attribute::Dense(std::shared_ptr<const DenseElements> elements) {
  Attribute a;
  a.kind_ = Kind::kDense;
  a.dense_ = std::move(elements);
  return a;
}

Attribute Attribute::Opaque(std::string text) {
  Attribute a;
  a.kind_ = Kind::kOpaque;
  a.string_ = Share(std::move(text));
  return a;
}

bool Attribute::operator==(const Attribute& other) const {
  // Floats compare by bits: a NaN attribute equals itself, and -0 is not +0.
  return kind_ == other.kind_ && int_ == other.int_ &&
         std::bit_cast<uint64_t>(float_) == std::bit_cast<uint64_t>(other.float_) &&
         SamePayload(string_, other.string_) && SamePayload(type_, other.type_) &&
         SamePayload(ints_, other.ints_) && SamePayload(elements_, other.elements_) &&
         SamePayload(fields_, other.fields_) && SamePayload(dense_, other.dense_);
}

const Attribute* FindAttribute(std::span<const NamedAttribute> attributes, std::string_view name) {
  const auto it = std::lower_bound(
      attributes.begin(), attributes.end(), name,
      [](const NamedAttribute& attribute, std::string_view n) { return attribute.name < n; });
  return it != attributes.end() && it->name == name ? &it->value : nullptr;
}

}  // namespace webhlo
