// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.einsum and stablehlo.unary_einsum: sums of products by letters, one a dimension
// (https://www.tensorflow.org/xla/operation_semantics; the specification has dot_general, reduce
// and transpose in their place). "ij,jk->ik" is the product of matrices.
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

// The letters of each operand, and of the result.
struct Config {
  std::vector<std::string_view> operands;
  std::string_view result;
};

bool Has(std::string_view letters, char letter) {
  return letters.find(letter) != std::string_view::npos;
}

Config ReadConfig(const OpView& op) {
  const std::string_view text = op.String("einsum_config");
  Config config;
  const size_t arrow = std::min(text.find("->"), text.size());
  for (size_t begin = 0; begin <= arrow;) {
    const size_t end = std::min(text.find(',', begin), arrow);
    config.operands.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (arrow < text.size()) config.result = text.substr(arrow + 2);
  return config;
}

Status CheckLetters(const OpView& op, std::string_view what, std::string_view letters) {
  for (size_t i = 0; i < letters.size(); ++i) {
    if (letters[i] == '.') return op.UnsupportedError(StrCat("has an ellipsis in ", what));
    OP_CHECK(op, std::isalpha(static_cast<unsigned char>(letters[i])), "einsum_config has '",
             letters[i], "' in ", what, ", expected letters");
    if (Has(letters.substr(0, i), letters[i])) {
      return op.UnsupportedError(StrCat("has '", letters[i], "' twice in ", what));
    }
  }
  return OkStatus();
}

Status InferFor(const OpView& op, size_t arity, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, arity));
  const Config config = ReadConfig(op);
  OP_CHECK(op,
           config.operands.size() == arity &&
               op.String("einsum_config").find("->") != std::string_view::npos,
           "einsum_config is \"", op.String("einsum_config"), "\", expected ",
           arity == 1 ? "\"a->b\"" : "\"a,b->c\"");
  std::vector<int64_t> dims(config.result.size(), -1);
  RETURN_IF_ERROR(CheckLetters(op, "the result", config.result));
  for (size_t i = 0; i < arity; ++i) {
    const std::string_view letters = config.operands[i];
    const TensorType& operand = op.operand(i);
    RETURN_IF_ERROR(CheckLetters(op, StrCat("operand ", i), letters));
    OP_CHECK(op, static_cast<int64_t>(letters.size()) == operand.rank(), "operand ", i, " is ",
             ToString(operand), ", einsum_config has \"", letters, "\"");
    OP_CHECK(op, operand.element == op.operand(0).element, "operand ", i, " is ", ToString(operand),
             ", operand 0 is ", ToString(op.operand(0)));
    for (size_t d = 0; d < letters.size(); ++d) {
      for (size_t k = 0; k < i; ++k) {
        const size_t other = config.operands[k].find(letters[d]);
        OP_CHECK(op,
                 other == std::string_view::npos || op.operand(k).dims[other] == operand.dims[d],
                 "dimension ", letters[d], " is ", operand.dims[d], " in operand ", i,
                 ", but another size in operand ", k);
      }
      if (const size_t at = config.result.find(letters[d]); at != std::string_view::npos) {
        dims[at] = operand.dims[d];
      }
    }
  }
  for (size_t i = 0; i < dims.size(); ++i) {
    OP_CHECK(op, dims[i] >= 0, "no operand has dimension ", config.result[i], " of the result");
  }
  return SetResult(op, results, 0, op.operand(0).element, std::move(dims));
}

// A value of the expansion and the letters of its dimensions.
struct Lettered {
  ValueId value;
  std::string letters;

  std::vector<int64_t> PlacesOf(std::string_view wanted) const {
    std::vector<int64_t> places;
    for (char letter : wanted) places.push_back(static_cast<int64_t>(letters.find(letter)));
    return places;
  }
};

// Sums over what neither the result nor the other operand has.
Lettered SumOver(Expansion& e, size_t operand, std::string_view letters, std::string_view kept) {
  Lettered x{e.Operand(operand), {}};
  std::vector<int64_t> summed;
  for (size_t d = 0; d < letters.size(); ++d) {
    if (Has(kept, letters[d])) {
      x.letters += letters[d];
    } else {
      summed.push_back(static_cast<int64_t>(d));
    }
  }
  x.value = e.Sum(x.value, summed);
  return x;
}

Lettered Product(Expansion& e, const Lettered& a, const Lettered& b, std::string_view result) {
  std::string batching, contracting, free;
  for (char letter : a.letters) {
    (!Has(b.letters, letter) ? free : Has(result, letter) ? batching : contracting) += letter;
  }
  for (char letter : b.letters) {
    if (!Has(a.letters, letter)) free += letter;
  }
  Lettered product{kNone, batching + free};
  TensorType type(e.type(a.value).element, {});
  for (char letter : product.letters) {
    const Lettered& from = Has(a.letters, letter) ? a : b;
    type.dims.push_back(e.type(from.value).dims[from.letters.find(letter)]);
  }
  product.value =
      e.Emit(ops::kDotGeneral, {a.value, b.value}, type,
             {{"lhs_batching_dimensions", Attribute::Ints(a.PlacesOf(batching))},
              {"lhs_contracting_dimensions", Attribute::Ints(a.PlacesOf(contracting))},
              {"rhs_batching_dimensions", Attribute::Ints(b.PlacesOf(batching))},
              {"rhs_contracting_dimensions", Attribute::Ints(b.PlacesOf(contracting))}});
  return product;
}

Status Expand(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const Config config = ReadConfig(e.op());
  Lettered x;
  if (config.operands.size() == 1) {
    x = SumOver(e, 0, config.operands[0], config.result);
  } else {
    const std::string_view lhs = config.operands[0], rhs = config.operands[1];
    x = Product(e, SumOver(e, 0, lhs, StrCat(rhs, config.result)),
                SumOver(e, 1, rhs, StrCat(lhs, config.result)), config.result);
  }
  if (x.letters != config.result) {
    x.value = e.Emit(ops::kTranspose, {x.value}, e.op().result(),
                     {{"permutation", Attribute::Ints(x.PlacesOf(config.result))}});
  }
  e.SetResult(0, x.value);
  return OkStatus();
}

Status Infer(const OpView& op, std::span<Type> results) { return InferFor(op, 2, results); }
Status InferUnary(const OpView& op, std::span<Type> results) { return InferFor(op, 1, results); }

constexpr OpDef kOps[] = {
    {.name = "stablehlo.einsum", .infer = Infer, .expand = Expand},
    {.name = "stablehlo.unary_einsum", .infer = InferUnary, .expand = Expand},
};

}  // namespace

WEBHLO_EXPORT_OPS(einsum, kOps);

}  // namespace webhlo
