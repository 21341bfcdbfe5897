// SPDX-License-Identifier: Apache-2.0
//
// Attribute: the constant facts of a node, as a small tree of plain values.
//
// Attributes are kept in one canonical, flat form whatever encoding a program came in, named as in
// VHLO: `#stablehlo.gather<offset_dims = [2], ...>` becomes `offset_dims = Ints[2]`, ... Lists of
// integers are Ints whether they were `array<i64: 1>`, `dense<1> : tensor<1xi64>` or `[1]`;
// enumerations are Strings ("LT", "HIGHEST"). See core/graph/dialect.h for each op's names, kinds
// and defaults; an attribute that equals its default is absent.
#ifndef WEBHLO_CORE_GRAPH_ATTRIBUTE_H_
#define WEBHLO_CORE_GRAPH_ATTRIBUTE_H_

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/graph/type.h"

namespace webhlo {

// Elements of a constant: little-endian, row-major, ByteWidth(type) bytes an element (i1 and
// sub-byte types one byte each). When `splat`, `bytes` holds one element that stands for all.
struct DenseElements {
  TensorType type;
  bool splat = false;
  std::vector<uint8_t> bytes;
  bool operator==(const DenseElements&) const = default;
};

struct NamedAttribute;

class Attribute {
 public:
  enum class Kind : uint8_t {
    kUnit,
    kBool,
    kInt,     // int_value(), type(): a kScalar type, i64 when the text gives none
    kFloat,   // float_value(), type()
    kString,  // string(): also enumeration keywords
    kSymbol,  // @name: string()
    kType,    // type()
    kInts,    // ints(): i64 lists; window_reversal's booleans as 0/1
    kArray,   // elements()
    kDict,    // fields(), sorted by name
    kDense,   // dense()
    kOpaque,  // An attribute of a dialect we do not know, in its own spelling: string()
  };

  Attribute() = default;  // kUnit
  // Not inline: attributes come and go in hundreds of places.
  Attribute(const Attribute& other);
  Attribute(Attribute&& other) noexcept;
  Attribute& operator=(const Attribute& other);
  Attribute& operator=(Attribute&& other) noexcept;
  ~Attribute();
  static Attribute Bool(bool value);
  static Attribute Int(int64_t value, ElementType type = ElementType::kI64);
  static Attribute Float(double value, ElementType type);
  static Attribute String(std::string value);
  static Attribute Symbol(std::string value);
  static Attribute TypeOf(Type type);
  static Attribute Ints(std::vector<int64_t> values);
  static Attribute Array(std::vector<Attribute> elements);
  static Attribute Dict(std::vector<NamedAttribute> fields);
  static Attribute Dense(DenseElements elements);
  static Attribute Dense(std::shared_ptr<const DenseElements> elements);
  static Attribute Opaque(std::string text);

  Kind kind() const { return kind_; }
  bool bool_value() const { return number_ != 0; }
  int64_t int_value() const { return number_; }
  double float_value() const { return std::bit_cast<double>(number_); }
  const std::string& string() const { return As<std::string>(); }
  const Type& type() const { return As<Type>(); }
  std::span<const int64_t> ints() const { return As<std::vector<int64_t>>(); }
  std::span<const Attribute> elements() const { return As<std::vector<Attribute>>(); }
  std::span<const NamedAttribute> fields() const;
  const DenseElements& dense() const { return As<DenseElements>(); }
  std::shared_ptr<const DenseElements> shared_dense() const {
    return std::static_pointer_cast<const DenseElements>(payload_);
  }

  bool operator==(const Attribute& other) const;

 private:
  explicit Attribute(Kind kind, int64_t number = 0) : kind_(kind), number_(number) {}
  template <typename T>
  Attribute(Kind kind, T payload, int64_t number = 0)
      : kind_(kind), number_(number), payload_(std::make_shared<const T>(std::move(payload))) {}

  template <typename T>
  const T& As() const {
    return *static_cast<const T*>(payload_.get());
  }

  Kind kind_ = Kind::kUnit;
  int64_t number_ = 0;  // A float's bits, too.
  // What the kind says. Shared and immutable, so attributes copy cheaply between graphs.
  std::shared_ptr<const void> payload_;
};

struct NamedAttribute {
  std::string name;
  Attribute value;
  bool operator==(const NamedAttribute&) const = default;
};

void SortByName(std::vector<NamedAttribute>* attributes);

inline std::span<const NamedAttribute> Attribute::fields() const {
  return As<std::vector<NamedAttribute>>();
}

// The attribute of that name in a list sorted by name, or null.
const Attribute* FindAttribute(std::span<const NamedAttribute> attributes, std::string_view name);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_ATTRIBUTE_H_
