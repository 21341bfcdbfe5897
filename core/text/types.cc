// SPDX-License-Identifier: Apache-2.0
//
// Types of MLIR text. Types of dialects that nobody here knows are kept in their own spelling.
#include "core/base/strings.h"
#include "core/graph/tensor.h"
#include "core/text/parser.h"

namespace webhlo {

bool TextParser::ParseTypeList(std::vector<Type>* out, int depth) {
  do {
    if (!ParseType(&out->emplace_back(), depth)) return false;
  } while (Consume(','));
  return true;
}

bool TextParser::ParseTypeListInParens(std::vector<Type>* out, int depth) {
  return ParseList('(', ')', [&] { return ParseType(&out->emplace_back(), depth); });
}

bool TextParser::ParseFunctionType(Type* out, int depth) {
  *out = Type::Of(Type::Kind::kFunction);
  if (!ParseTypeListInParens(&out->elements, depth + 1) || !ExpectArrow()) return false;
  if (token().Is('(')) return ParseTypeListInParens(&out->results, depth + 1);
  return ParseType(&out->results.emplace_back(), depth + 1);
}

bool TextParser::ParseType(Type* out, int depth) {
  if (depth > kMaxNesting) return FailHere("types nest too deeply");
  if (!Unfold(1)) return false;
  if (token().Is('(')) return ParseFunctionType(out, depth);
  if (token().kind == Token::Kind::kBang) return ParseDialectType(out, depth);
  if (token().kind != Token::Kind::kIdentifier) return FailExpected("a type");
  const std::string_view word = token().text;
  const size_t begin = token().begin;
  if (word == "tensor") return ParseTensorType(out, depth);
  if (word == "tuple") {
    Advance();
    *out = Type::Of(Type::Kind::kTuple);
    return ParseList('<', '>', [&] { return ParseType(&out->elements.emplace_back(), depth + 1); });
  }
  if (word == "none") {
    Advance();
    *out = Type::Of(Type::Kind::kNone);
    return true;
  }
  if (word == "memref" || word == "vector") {
    // Plain buffers have a type of their own, layouts and memory spaces do not.
    Advance();
    if (!token().Is('<')) return FailExpected("'<'");
    const size_t open = token().begin;
    bool unranked = false;
    Type buffer = Type::Of(Type::Kind::kBuffer);
    if (word == "memref") {
      const Status before = status_;
      if (ParseDims(&buffer.tensor.dims, &unranked) && !unranked &&
          ParseElementType(&buffer.tensor, depth) && Consume('>')) {
        *out = std::move(buffer);
        return true;
      }
      status_ = before;
      lexer_.MoveTo(open);
    }
    std::string_view inside;
    if (!TakeBalanced(&inside)) return false;
    *out = Type::Of(Type::Kind::kOpaque);
    out->text = lexer_.text().substr(begin, inside.data() + inside.size() - &lexer_.text()[begin]);
    return true;
  }
  *out = Type::Of(Type::Kind::kScalar);
  return ParseElementType(&out->tensor, depth);
}

// `<` is current. Reads the dimensions up to the element type, whose token becomes current. They
// are no tokens: `4x0xf32` holds the number 4 and the name x0xf32, or the number 0x0.
bool TextParser::ParseDims(std::vector<int64_t>* dims, bool* unranked) {
  if (!token().Is('<')) return FailExpected("'<'");
  const std::string_view text = lexer_.text();
  size_t at = token().end();
  const auto here = [&] { return at < text.size() ? text[at] : '\0'; };
  for (;;) {
    at = lexer_.SkipSpace(at);
    const char c = here();
    if (c == '*') {
      at = lexer_.SkipSpace(at + 1);
      *unranked = true;
    } else if (c == '?') {
      at = lexer_.SkipSpace(at + 1);
      dims->push_back(kDynamic);
    } else if (IsDigitChar(c)) {
      int64_t value = 0;
      while (IsDigitChar(here())) {
        if (__builtin_mul_overflow(value, int64_t{10}, &value) ||
            __builtin_add_overflow(value, int64_t{here() - '0'}, &value)) {
          return FailAt(at, "dimension size is too large");
        }
        ++at;
      }
      at = lexer_.SkipSpace(at);
      dims->push_back(value);
    } else {
      break;
    }
    if (here() != 'x') return FailAt(at, "expected 'x' in dimension list");
    ++at;
    if (*unranked) break;
  }
  lexer_.MoveTo(at);
  return true;
}

bool TextParser::ParseElementType(TensorType* out, int depth) {
  if (token().kind == Token::Kind::kBang) {
    const size_t begin = token().begin;
    Type type;
    if (!ParseDialectType(&type, depth + 1)) return false;
    if (type.kind == Type::Kind::kScalar) {
      out->element = type.tensor.element;
      out->quantized = type.tensor.quantized;
      return true;
    }
    return Fail(begin, StatusCode::kUnsupported,
                StrCat("element type '", ToString(type), "' is not supported"));
  }
  if (token().kind != Token::Kind::kIdentifier) return FailExpected("an element type");
  if (token().text == "complex") {
    const size_t begin = token().begin;
    Advance();
    TensorType part;
    if (!Expect('<') || !ParseElementType(&part, depth + 1) || !Expect('>')) return false;
    if (part.element == ElementType::kF32) {
      out->element = ElementType::kC64;
    } else if (part.element == ElementType::kF64) {
      out->element = ElementType::kC128;
    } else {
      return Fail(
          begin, StatusCode::kUnsupported,
          StrCat("complex numbers of ", ElementTypeName(part.element), " are not supported"));
    }
    return true;
  }
  const auto element = webhlo::ParseElementType(token().text);
  if (!element) return FailHere(StrCat("unknown type '", token().text, "'"));
  out->element = *element;
  Advance();
  return true;
}

bool TextParser::ParseTensorType(Type* out, int depth) {
  const size_t begin = token().begin;
  Advance();
  *out = Type();
  bool unranked = false;
  TensorType& tensor = out->tensor;
  if (!ParseDims(&tensor.dims, &unranked)) return false;
  if (unranked) {
    if (!tensor.dims.empty()) return FailAt(begin, "an unranked tensor has no dimensions");
    out->kind = Type::Kind::kUnrankedTensor;
  }
  if (!ParseElementType(&tensor, depth)) return false;
  if (Consume(',') && !ParseEncoding(&tensor, depth)) return false;
  if (!Expect('>')) return false;
  if (!tensor.FitsAddressSpace()) return FailAt(begin, "tensor is too large");
  return true;
}

// Bounds in either spelling; any other encoding is kept as text.
bool TextParser::ParseEncoding(TensorType* out, int depth) {
  if (depth > kMaxNesting) return FailHere("attributes nest too deeply");
  if (token().kind == Token::Kind::kHash) {
    const std::string_view name = token().name();
    if (name.ends_with(".bounds")) {
      Advance();
      return ParseBounds(out);
    }
    if (name.ends_with(".type_extensions")) {
      Advance();
      if (!Expect('<') || !ExpectWord("bounds") || !Expect('=')) return false;
      return ParseBounds(out) && Expect('>');
    }
    const auto alias = aliases_.find(token().text);
    if (alias != aliases_.end() && !alias->second.busy) {
      const size_t resume = token().end();
      const size_t begin = token().begin;
      alias->second.busy = true;
      lexer_.MoveTo(alias->second.offset);
      const bool ok = ParseEncoding(out, depth + 1);
      alias->second.busy = false;
      lexer_.MoveTo(resume);
      if (ok && out->bounds.empty()) out->encoding = lexer_.text().substr(begin, resume - begin);
      return ok;
    }
  }
  const size_t begin = token().begin;
  Attribute ignored;
  if (!ParseAttribute(&ignored, depth + 1)) return false;
  std::string_view text = lexer_.text().substr(begin, token().begin - begin);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\t' ||
                           text.back() == '\r')) {
    text.remove_suffix(1);
  }
  out->encoding = text;
  return true;
}

// `<?, 8>` or `[?, 8]`.
bool TextParser::ParseBounds(TensorType* out) {
  const size_t begin = token().begin;
  const char open = token().Is('[') ? '[' : '<';
  const auto item = [&] {
    int64_t bound = kDynamic;
    if (!Consume('?') && !ParseInteger(&bound)) return false;
    out->bounds.push_back(bound);
    return true;
  };
  if (!ParseList(open, open == '[' ? ']' : '>', item)) return false;
  if (out->bounds.size() != out->dims.size()) {
    return FailAt(begin, StrCat(out->bounds.size(), " bounds for a tensor of rank ", out->rank()));
  }
  return true;
}

bool TextParser::ParseDialectType(Type* out, int depth) {
  if (depth > kMaxNesting) return FailHere("types nest too deeply");
  const std::string_view name = token().name();
  const size_t begin = token().begin;
  if (name == "quant.uniform") {
    Advance();
    *out = Type::Of(Type::Kind::kScalar);
    out->tensor.element = ElementType::kQuantized;
    return ParseQuantized(&out->tensor.quantized);
  }
  if (name == "stablehlo.token" || name == "mhlo.token") {
    Advance();
    *out = Type::Of(Type::Kind::kToken);
    return true;
  }
  if (name == "stablehlo.future") {
    Advance();
    *out = Type::Of(Type::Kind::kFuture);
    return ParseList('<', '>', [&] { return ParseType(&out->elements.emplace_back(), depth + 1); });
  }
  const auto alias = aliases_.find(token().text);
  if (alias != aliases_.end()) {
    if (!alias->second.type) {
      if (alias->second.busy) return FailHere(StrCat("type alias '", name, "' refers to itself"));
      const size_t resume = token().end();
      const size_t before = unfolded_;
      alias->second.busy = true;
      lexer_.MoveTo(alias->second.offset);
      Type type;
      if (!ParseType(&type, depth + 1)) return false;
      alias->second.weight = unfolded_ - before;
      alias->second.type = std::make_shared<const Type>(std::move(type));
      alias->second.busy = false;
      lexer_.MoveTo(resume);
    } else {
      if (!Unfold(alias->second.weight)) return false;
      Advance();
    }
    *out = *alias->second.type;
    return true;
  }
  const size_t open = token().end();
  if (open < lexer_.text().size() && lexer_.text()[open] == '<') {
    Advance();
    std::string_view inside;
    if (!TakeBalanced(&inside)) return false;
    *out = Type::Of(Type::Kind::kOpaque);
    out->text = lexer_.text().substr(begin, open - begin + inside.size());
    return true;
  }
  if (name.find('.') == std::string_view::npos) {
    return FailHere(StrCat("type alias '!", name, "' is not defined"));
  }
  Advance();
  *out = Type::Of(Type::Kind::kOpaque);
  out->text = lexer_.text().substr(begin, open - begin);
  return true;
}

// `<i8<-128:127>:f32:0, {0.1:2, 0.2}>`.
bool TextParser::ParseQuantized(std::shared_ptr<const QuantizedType>* out) {
  auto q = std::make_shared<QuantizedType>();
  const size_t begin = token().begin;
  if (!Expect('<')) return false;
  if (token().kind != Token::Kind::kIdentifier) return FailExpected("a storage type");
  // Unsigned storage is written u8.
  std::string storage(token().text);
  if (storage.size() > 1 && storage[0] == 'u' && IsDigitChar(storage[1])) storage.insert(1, "i");
  const auto element = webhlo::ParseElementType(storage);
  if (!element || *element == ElementType::kIndex) return FailExpected("a storage type");
  q->storage = *element;
  Advance();
  const int bits = BitWidth(q->storage);
  if (IsUnsignedInteger(q->storage)) {
    q->storage_max = bits >= 63 ? std::numeric_limits<int64_t>::max() : (int64_t{1} << bits) - 1;
  } else if (IsSignedInteger(q->storage)) {
    q->storage_max = static_cast<int64_t>((uint64_t{1} << (bits - 1)) - 1);
    q->storage_min = -q->storage_max - 1;
  }
  if (Consume('<')) {
    if (!ParseInteger(&q->storage_min) || !Expect(':') || !ParseInteger(&q->storage_max) ||
        !Expect('>')) {
      return false;
    }
  }
  TensorType expressed;
  if (!Expect(':') || !ParseElementType(&expressed, 0)) return false;
  if (!IsFloat(expressed.element)) return FailAt(begin, "expressed type is not a float type");
  q->expressed = expressed.element;
  if (Consume(':')) {
    if (token().Is('{')) {
      const auto block = [&] {
        return ParseInteger(&q->axes.emplace_back()) && Expect(':') &&
               ParseInteger(&q->block_sizes.emplace_back());
      };
      if (!ParseList('{', '}', block)) return false;
    } else if (!ParseInteger(&q->axes.emplace_back())) {
      return false;
    }
  }
  if (!Expect(',') || !ParseQuantizedScales(q.get(), 0) || !Expect('>')) return false;
  if (q->axes.empty() && q->scales.size() != 1) {
    return FailAt(begin, "per-tensor quantization has one scale");
  }
  *out = std::move(q);
  return true;
}

// `0.1:2`, or a list of them, which sub-channel quantization nests by axis.
bool TextParser::ParseQuantizedScales(QuantizedType* out, int depth) {
  if (depth > kMaxNesting) return FailHere("scales nest too deeply");
  if (token().Is('{')) {
    return ParseList('{', '}', [&] { return ParseQuantizedScales(out, depth + 1); });
  }
  if (!ParseDouble(&out->scales.emplace_back())) return false;
  int64_t zero_point = 0;
  if (Consume(':') && !ParseInteger(&zero_point)) return false;
  out->zero_points.push_back(zero_point);
  return true;
}

}  // namespace webhlo
