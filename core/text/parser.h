// SPDX-License-Identifier: Apache-2.0
//
// The parser: recursive descent over TextLexer that builds the graph as it goes.
//
// Every Parse function returns false once `status_` holds an error; the first error wins. Recursion
// is bounded by kMaxNesting for types, attributes and locations and by kMaxRegionDepth for regions;
// every loop consumes input.
#ifndef WEBHLO_CORE_TEXT_PARSER_H_
#define WEBHLO_CORE_TEXT_PARSER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/graph/dialect.h"
#include "core/graph/graph.h"
#include "core/text/lexer.h"

namespace webhlo {

class TextParser {
 public:
  TextParser(std::string_view text, std::string_view file_name)
      : lexer_(text), file_name_(file_name), builder_(&graph_) {}

  Result<Graph> Run();

 private:
  friend struct PartReader;
  static constexpr int kMaxNesting = 64;

  using LineAndColumn = std::pair<uint32_t, uint32_t>;

  // A region's argument as its op names it.
  struct Argument {
    std::string_view name;
    Type type;
    LocationId location = 0;
    size_t offset = 0;
  };

  // An op while it is read. Operands are resolved at once; `operand_types` are what the text says.
  struct Op {
    std::string_view name;
    size_t offset = 0;
    LineAndColumn position;
    const OpSyntax* syntax = nullptr;
    std::vector<std::pair<std::string_view, uint32_t>> result_names;  // Name, count.
    std::vector<ValueId> operands;
    std::vector<Type> operand_types;
    bool has_operand_types = false;
    std::vector<Type> result_types;
    std::vector<NamedAttribute> attributes;
    std::vector<RegionId> regions;
    LocationId location = 0;
  };

  // ---- Tokens and errors (tokens.cc)
  const Token& token() const { return lexer_.token(); }
  void Advance() { lexer_.Advance(); }
  bool Fail(size_t offset, StatusCode code, std::string_view message);
  bool FailAt(size_t offset, std::string_view message) {
    return Fail(offset, StatusCode::kInvalidModel, message);
  }
  bool FailHere(std::string_view message) { return FailAt(token().begin, message); }
  bool FailExpected(std::string_view what);
  bool Expect(char c);
  bool ExpectWord(std::string_view word);
  bool ExpectArrow();
  bool Consume(char c) {
    if (!token().Is(c)) return false;
    Advance();
    return true;
  }
  bool ConsumeWord(std::string_view word) {
    if (!token().IsWord(word)) return false;
    Advance();
    return true;
  }
  // `item` between `open` and `close`, separated by commas.
  template <typename Item>
  bool ParseList(char open, char close, Item item);
  bool Unescape(const Token& string, std::string* out);
  bool ParseString(std::string* out);
  bool ParseSymbolName(std::string* out);
  bool ParseInteger(int64_t* out);  // With an optional sign; also hexadecimal, also above 2^63.
  bool ParseDouble(double* out);    // Decimal float or integer, with an optional sign.
  // The balanced text from the current bracket; the token after it becomes current.
  bool TakeBalanced(std::string_view* out);
  // Linear in all, as long as the offsets grow from call to call.
  LineAndColumn Position(size_t offset);

  // ---- Types (types.cc)
  bool ParseType(Type* out, int depth = 0);
  bool ParseTensorType(Type* out, int depth);
  bool ParseDims(std::vector<int64_t>* dims, bool* unranked);
  bool ParseElementType(TensorType* out, int depth);
  bool ParseEncoding(TensorType* out, int depth);
  bool ParseBounds(TensorType* out);
  bool ParseQuantized(std::shared_ptr<const QuantizedType>* out);
  bool ParseQuantizedScales(QuantizedType* out, int depth);
  bool ParseDialectType(Type* out, int depth);
  bool ParseFunctionType(Type* out, int depth = 0);
  bool ParseTypeList(std::vector<Type>* out, int depth = 0);          // At least one.
  bool ParseTypeListInParens(std::vector<Type>* out, int depth = 0);  // (a, b)

  // ---- Attributes (attributes.cc, stablehlo_attributes.cc, dense.cc)
  bool ParseAttribute(Attribute* out, int depth = 0);
  bool ParseNumber(Attribute* out);
  bool ParseArrayOf(Attribute* out);
  bool ParseDictionary(std::vector<NamedAttribute>* out, int depth = 0);
  bool ParseHashAttribute(Attribute* out, int depth);
  bool ParseDialectAttribute(std::string_view name, size_t begin, Attribute* out, int depth);
  bool ParseAttributeStruct(Attribute* out, int depth);
  bool ParseConvolutionDimensions(std::vector<NamedAttribute>* out);
  bool ParseIntList(std::vector<int64_t>* out);
  // An attribute in the short spelling of assembly formats.
  bool ParseShort(const AttributeSpec& spec, Attribute* out);
  bool ParseDense(Attribute* out);
  bool ParseDenseResource(Attribute* out);
  bool DecodeElements(std::string_view literal, size_t offset, DenseElements* out);
  bool DecodeHex(std::string_view digits, size_t offset, DenseElements* out);
  bool AppendElement(std::string_view literal, size_t offset, ElementType type,
                     std::vector<uint8_t>* out);

  // ---- Ops (ops.cc, op_types.cc, format_parts.cc, whole_ops.cc)
  bool ParseOp(bool* is_terminator, std::vector<ValueId>* terminator_operands);
  bool ParseGenericOp(Op* op);
  bool ParsePrettyOp(Op* op);
  bool ParseFormat(Op* op);
  bool ParseLiteral(std::string_view literal);
  bool ParseReturn(Op* op);
  bool ParseAttributes(Op* op);  // Zero or one dictionary.
  bool FinishOp(Op* op);
  void AddAttribute(Op* op, std::string_view name, Attribute value) {
    op->attributes.push_back({std::string(name), std::move(value)});
  }
  bool ParseFormatTypes(Op* op, std::string_view kind);
  bool SetOperandTypes(Op* op, std::vector<Type> types);
  bool SetFunctionType(Op* op);
  bool CheckOperandTypes(const Op& op);
  bool ParseMantissaFormat(Op* op);
  bool ParseSliceRanges(Op* op);
  bool ParseDimNumbers(Op* op);
  bool ParseWindow(Op* op);
  bool ParseDotDims(Op* op);
  bool ParsePrecision(Op* op);
  bool ParseRegions(Op* op);
  bool ParseSharding(Op* op);
  bool ParseConstant(Op* op);
  bool ParseBarrier(Op* op);
  bool ParseReduce(Op* op);
  bool ParseWhile(Op* op);
  bool ParseScan(Op* op);
  bool ParseManualComputation(Op* op);

  // ---- Values and regions (regions.cc)
  bool DefineValue(std::string_view name, size_t offset, ValueId first, uint32_t count);
  bool ParseOperand(std::vector<ValueId>* operands);
  bool ParseOperands(std::vector<ValueId>* operands);  // Zero or more.
  bool ParseResultNames(Op* op);
  bool ParseArgument(Argument* argument);
  // An absent body (`{}`) leaves *region at kNone when `may_be_empty`.
  bool ParseRegion(std::span<const Argument> arguments, RegionId* region,
                   bool may_be_empty = false);

  // ---- Locations (locations.cc)
  bool ParseOptionalLocation(LocationId* out);
  bool ParseLocation(LocationId* out, int depth);  // The inside of loc(...).
  bool ResolveLocationAlias(std::string_view name, size_t offset, LocationId* out, int depth);
  LocationId FileLocation(LineAndColumn position);

  // ---- Functions (functions.cc)
  bool ParseFunction();
  bool AddGenericFunction(std::vector<NamedAttribute> attributes, RegionId body, size_t offset,
                          LineAndColumn position, LocationId location);
  bool AddFunction(Function function, size_t offset, LineAndColumn position);
  bool ParseFunctionResults(std::vector<Type>* types,
                            std::vector<std::vector<NamedAttribute>>* attributes);
  bool Normalize(std::vector<NamedAttribute>* attributes, size_t offset);
  bool CheckResultTypes(RegionId body, std::span<const Type> declared, size_t offset);

  // ---- Modules (module.cc)
  void CollectAliases();
  bool ParseResources();
  bool ParseTopLevel(bool nested);
  bool ParseModule();
  bool ParseTopLevelGenericOp();
  bool SkipAliasDefinition();
  bool SkipMesh();
  void SetModule(std::string name, std::vector<NamedAttribute> attributes);
  // Aliases of aliases can stand for exponentially much: what all uses unfold to is bounded by the
  // size of the text.
  bool Unfold(size_t weight);

  struct Alias {
    size_t offset = 0;  // Of the definition's right side.
    bool busy = false;  // Being resolved: a second visit means a cycle.
    LocationId location = kNone;
    std::shared_ptr<const Attribute> attribute;
    std::shared_ptr<const Type> type;
    size_t weight = 0;  // Types and attributes that one use stands for.
  };
  struct Definition {
    ValueId first = kNone;
    uint32_t count = 0;
    size_t scope = 0;  // How many scopes were open.
  };

  TextLexer lexer_;
  const std::string_view file_name_;
  Graph graph_;
  GraphBuilder builder_;
  Status status_;

  std::unordered_map<std::string_view, Alias> aliases_;               // With their sigil.
  std::unordered_map<std::string_view, std::string_view> resources_;  // Hexadecimal digits.
  std::unordered_map<std::string_view, Definition> values_;           // Visible names, without `%`.
  std::vector<std::pair<std::string_view, Definition>> undo_;  // What leaving a scope restores.
  std::vector<size_t> scope_starts_;                           // Into undo_.
  size_t unfolded_ = 0;
  // Where resources begin and end, if there are any.
  size_t resources_begin_ = std::string_view::npos;
  size_t resources_end_ = 0;
  bool has_module_ = false;
  int module_depth_ = 0;

  // Where Position stands.
  size_t line_offset_ = 0;
  size_t line_start_ = 0;
  uint32_t line_ = 1;
};

template <typename Item>
bool TextParser::ParseList(char open, char close, Item item) {
  if (!Expect(open)) return false;
  if (Consume(close)) return true;
  do {
    if (!item()) return false;
  } while (Consume(','));
  return Expect(close);
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_TEXT_PARSER_H_
