// SPDX-License-Identifier: Apache-2.0
//
// Constant elements: `dense<...> : type` and `dense_resource<name> : type`. The literal comes
// before its type, so the parser skips it and decodes it once the type is known. What it allocates
// is bounded by the literal's length, never by the type: a splat keeps one element.
#include <algorithm>
#include <array>

#include "core/base/strings.h"
#include "core/graph/tensor.h"
#include "core/text/parser.h"
#include "core/text/printer.h"
#include "core/text/tokens.h"

namespace webhlo {
namespace {

// Constants of more elements print as one hexadecimal string.
constexpr int64_t kMaxListedElements = 100;

bool IsLiteralChar(char c) {
  return IsDigitChar(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '+' || c == '-' || c == '_';
}

void AppendBits(uint64_t bits, int width, std::vector<uint8_t>* out) {
  for (int i = 0; i < width; ++i) out->push_back(static_cast<uint8_t>(bits >> (8 * i)));
}

uint64_t LoadBits(const uint8_t* p, int width) {
  uint64_t bits = 0;
  for (int i = 0; i < width; ++i) bits |= static_cast<uint64_t>(p[i]) << (8 * i);
  return bits;
}

void AppendElement(std::string* out, ElementType type, const uint8_t* p) {
  if (type == ElementType::kI1) return StrAppend(out, *p != 0);
  if (IsFloat(type)) {
    return AppendFloat(out, type, LoadF64(type, p), LoadBits(p, ByteWidth(type)));
  }
  if (IsComplex(type)) {
    const ElementType part = ComplexPart(type);
    out->push_back('(');
    AppendElement(out, part, p);
    out->append(", ");
    AppendElement(out, part, p + ByteWidth(part));
    return out->push_back(')');
  }
  const int64_t value = LoadI64(type, p);
  IsUnsignedInteger(type) ? StrAppend(out, static_cast<uint64_t>(value)) : StrAppend(out, value);
}

}  // namespace

// ---- Written

void AppendElements(std::string* out, const DenseElements& dense, const PrintOptions& options) {
  const TensorType& type = dense.type;
  const ElementType element = type.StorageType();
  const int width = ByteWidth(element);
  if (dense.splat) return AppendElement(out, element, dense.bytes.data());
  const int64_t n = type.NumElements();
  if (n == 0) return;
  if (options.elide_elements_above >= 0 && n > options.elide_elements_above) {
    return StrAppend(out, "...");
  }
  if (n > kMaxListedElements) {
    out->append("\"0x");
    for (const uint8_t byte : dense.bytes) AppendHexByte(out, byte);
    return out->push_back('"');
  }
  // Brackets open and close where an index begins or ends a row of some dimension.
  for (int64_t i = 0; i < n; ++i) {
    int64_t opens = 0;
    int64_t size = 1;
    int64_t closes = 0;
    for (int d = type.rank(); d-- > 0;) {
      size *= type.dims[d];
      opens += i % size == 0;
      closes += (i + 1) % size == 0;
    }
    if (i) out->append(", ");
    out->append(opens, '[');
    AppendElement(out, element, &dense.bytes[i * width]);
    out->append(closes, ']');
  }
}

// ---- Read

// One number as `type` stores it.
bool TextParser::AppendElement(std::string_view literal, size_t offset, ElementType type,
                               std::vector<uint8_t>* out) {
  const auto bad = [&] {
    return FailAt(offset, StrCat("expected an element of type ", ElementTypeName(type), ", found '",
                                 literal.substr(0, 40), "'"));
  };
  const int width = ByteWidth(type);
  if (IsFloat(type)) {
    if (literal.starts_with("0x")) {
      uint64_t bits = 0;
      if (!ToUnsigned(literal, &bits)) return bad();
      AppendBits(bits, width, out);
      return true;
    }
    if (!IsDecimal(literal)) return bad();
    AppendBits(EncodeFloat(type, ParseDecimal(literal)), width, out);
    return true;
  }
  if (type == ElementType::kI1 && (literal == "true" || literal == "false")) {
    out->push_back(literal == "true");
    return true;
  }
  const bool negative = literal.starts_with('-');
  uint64_t magnitude = 0;
  if (!ToUnsigned(literal.substr(negative), &magnitude)) return bad();
  const int bits = BitWidth(type);
  const bool is_unsigned = IsUnsignedInteger(type) || type == ElementType::kI1;
  // Bit patterns and unsigned values may use the sign's bit.
  const bool hex = literal.find("0x") != std::string_view::npos;
  const uint64_t top = uint64_t{1} << (bits - 1);
  const uint64_t limit = negative             ? (is_unsigned ? 0 : top)
                         : is_unsigned || hex ? top - 1 + top
                                              : top - 1;
  if (magnitude > limit) return bad();
  uint8_t buffer[8] = {};
  StoreI64(type, buffer, static_cast<int64_t>(negative ? 0 - magnitude : magnitude));
  out->insert(out->end(), buffer, buffer + width);
  return true;
}

bool TextParser::DecodeHex(std::string_view digits, size_t offset, DenseElements* out) {
  if (digits.size() % 2 != 0) return FailAt(offset, "hexadecimal data has half a byte");
  const int64_t n = out->type.NumElements();
  const ElementType type = out->type.StorageType();
  const uint64_t width = ByteWidth(type);
  const uint64_t size = digits.size() / 2;
  // Booleans are a byte each, or eight to a byte as before LLVM's version 23.
  const bool packed = type == ElementType::kI1 && size != static_cast<uint64_t>(n) && n > 1 &&
                      size == (static_cast<uint64_t>(n) + 7) / 8;
  out->splat = !packed && size == width && n != 1;
  if (!packed && !out->splat && size != static_cast<uint64_t>(n) * width) {
    return FailAt(offset, StrCat("hexadecimal data of ", size, " bytes for ", ToString(out->type)));
  }
  static constexpr auto kDigits = [] {
    std::array<int8_t, 256> values{};
    for (int c = 0; c < 256; ++c)
      values[c] = static_cast<int8_t>(HexDigitValue(static_cast<char>(c)));
    return values;
  }();
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; ++i) {
    const int high = kDigits[static_cast<uint8_t>(digits[2 * i])];
    const int low = kDigits[static_cast<uint8_t>(digits[2 * i + 1])];
    if ((high | low) < 0) return FailAt(offset + 2 * i, "expected a hexadecimal digit");
    bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  if (packed) {
    // One byte that is all ones or all zeros is a splat in both conventions.
    out->bytes.resize(n);
    for (int64_t i = 0; i < n; ++i) out->bytes[i] = bytes[i / 8] >> (i % 8) & 1;
    return true;
  }
  if (type == ElementType::kI1) {
    for (uint8_t& byte : bytes) byte = byte != 0;
  } else if (BitWidth(type) < 8 && IsInteger(type)) {
    for (uint8_t& byte : bytes) StoreI64(type, &byte, byte);
  }
  out->bytes = std::move(bytes);
  return true;
}

// `literal` is what stands between the angle brackets, at `offset`.
bool TextParser::DecodeElements(std::string_view literal, size_t offset, DenseElements* out) {
  const TensorType& type = out->type;
  const ElementType element = type.StorageType();
  const int64_t n = type.NumElements();
  size_t i = 0;
  // SkipSpace works on the whole text and may leave the literal.
  const auto skip_space = [&] {
    i = std::min(lexer_.SkipSpace(offset + i) - offset, literal.size());
  };
  const auto at = [&] { return i < literal.size() ? literal[i] : '\0'; };
  skip_space();
  if (i >= literal.size()) {
    if (n != 0) return FailAt(offset, StrCat("no elements for ", ToString(type)));
    return true;
  }
  if (at() == '"') {
    const size_t end = lexer_.SkipString(offset + i);
    if (end > offset + literal.size()) return FailAt(offset + i, "expected '\"'");
    const std::string_view text = literal.substr(i + 1, end - offset - i - 2);
    if (!text.starts_with("0x")) {
      return Fail(offset, StatusCode::kUnsupported, "constants of strings are not supported");
    }
    i = end - offset;
    skip_space();
    if (i < literal.size()) return FailAt(offset + i, "expected '>'");
    return DecodeHex(text.substr(2), offset, out);
  }
  const bool listed = at() == '[';
  const int rank = type.rank();
  std::vector<int64_t> counts(rank, 0);  // Items seen so far in the open list of each depth.
  int depth = 0;
  int64_t elements = 0;
  bool want_item = true;
  // Complex elements count as one; their parts are read here.
  const auto read_number = [&](ElementType number_type) {
    skip_space();
    const size_t begin = i;
    while (IsLiteralChar(at())) ++i;
    return AppendElement(literal.substr(begin, i - begin), offset + begin, number_type,
                         &out->bytes);
  };
  const auto end_item = [&] {
    want_item = false;
    if (depth > 0) ++counts[depth - 1];
  };
  for (skip_space(); i < literal.size(); skip_space()) {
    const char c = at();
    if (want_item && c == '[') {
      if (depth == rank) return FailAt(offset + i, "lists nest deeper than the tensor's rank");
      counts[depth++] = 0;
      ++i;
      skip_space();
      if (at() != ']') continue;
      want_item = false;
    }
    if (at() == ']') {
      if (want_item || depth == 0) return FailAt(offset + i, "expected an element");
      if (counts[depth - 1] != type.dims[depth - 1]) {
        return FailAt(offset + i, StrCat("a list of ", counts[depth - 1], " elements in dimension ",
                                         depth - 1, " of ", ToString(type)));
      }
      ++i;
      --depth;
      end_item();
    } else if (c == ',') {
      if (want_item || depth == 0) return FailAt(offset + i, "expected an element");
      ++i;
      want_item = true;
    } else {
      if (!want_item) return FailAt(offset + i, "expected ','");
      if (listed && depth != rank) return FailAt(offset + i, "expected '['");
      if (IsComplex(element)) {
        const ElementType part = ComplexPart(element);
        if (c != '(') return FailAt(offset + i, "expected '('");
        ++i;
        if (!read_number(part)) return false;
        skip_space();
        if (at() != ',') return FailAt(offset + i, "expected ','");
        ++i;
        if (!read_number(part)) return false;
        skip_space();
        if (at() != ')') return FailAt(offset + i, "expected ')'");
        ++i;
      } else if (!read_number(element)) {
        return false;
      }
      ++elements;
      end_item();
    }
  }
  if (depth != 0 || want_item) return FailAt(offset + literal.size(), "expected an element or ']'");
  if (!listed) {
    out->splat = n > 1;
    if (n == 0) out->bytes.clear();
    return true;
  }
  if (elements != n) {
    return FailAt(offset, StrCat(elements, " elements for ", ToString(type)));
  }
  return true;
}

bool TextParser::ParseDense(Attribute* out) {
  const size_t word = token().begin;
  Advance();
  if (!token().Is('<')) return FailExpected("'<'");
  const size_t begin = token().end();
  std::string_view inside;
  if (!TakeBalanced(&inside)) return false;
  const std::string_view literal = inside.substr(1, inside.size() - 2);
  if (!Expect(':')) return false;
  const size_t type_begin = token().begin;
  Type type;
  if (!ParseType(&type)) return false;
  if (type.kind == Type::Kind::kOpaque) {
    *out = Attribute::Opaque(
        StrCat(lexer_.text().substr(word, begin - word), literal, "> : ", type.text));
    return true;
  }
  if (!type.IsTensor() || !type.tensor.IsStatic()) {
    return FailAt(type_begin, "constant elements need a static tensor type");
  }
  DenseElements dense;
  dense.type = std::move(type.tensor);
  if (!DecodeElements(literal, begin, &dense)) return false;
  *out = Attribute::Dense(std::move(dense));
  return true;
}

bool TextParser::ParseDenseResource(Attribute* out) {
  const size_t begin = token().begin;
  Advance();
  if (!Expect('<')) return false;
  const Token name = token();
  std::string key;
  if (name.kind == Token::Kind::kString) {
    if (!ParseString(&key)) return false;
  } else if (name.kind == Token::Kind::kIdentifier) {
    key = name.text;
    Advance();
  } else {
    return FailExpected("a resource's name");
  }
  if (!Expect('>') || !Expect(':')) return false;
  const size_t type_begin = token().begin;
  Type type;
  if (!ParseType(&type)) return false;
  if (!type.IsTensor() || !type.tensor.IsStatic()) {
    return FailAt(type_begin, "constant elements need a static tensor type");
  }
  if (key == "__elided__") {
    *out = Attribute::Opaque(
        StrCat(lexer_.text().substr(begin, type_begin - begin), ToString(type.tensor)));
    return true;
  }
  const auto resource = resources_.find(key);
  if (resource == resources_.end()) {
    return FailAt(name.begin, StrCat("resource '", key, "' is not in the file"));
  }
  // Four bytes of alignment stand before the data.
  std::string_view digits = resource->second;
  const size_t offset = digits.data() - lexer_.text().data();
  if (digits.size() < 8) return FailAt(offset, "resource is shorter than its header");
  DenseElements dense;
  dense.type = std::move(type.tensor);
  if (!DecodeHex(digits.substr(8), offset + 8, &dense)) return false;
  *out = Attribute::Dense(std::move(dense));
  return true;
}

}  // namespace webhlo
