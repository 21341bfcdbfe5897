// SPDX-License-Identifier: Apache-2.0
//
// What the Infer functions share: checks that end in an error naming the node, both sides and the
// specification's constraint label. An Infer sees operands and attributes of the right kinds (the
// verifier saw to it) and nothing more: counts, ranks, sizes and ranges are its own to check, and
// no arithmetic on attribute values may overflow.
#ifndef WEBHLO_CORE_OPS_INFER_UTIL_H_
#define WEBHLO_CORE_OPS_INFER_UTIL_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/sort.h"
#include "core/base/status.h"
#include "core/base/strings.h"
#include "core/graph/op_def.h"

namespace webhlo {

// "[1, 2]"
inline std::string Brackets(std::span<const int64_t> values) {
  return StrCat("[", Join(values), "]");
}

inline std::vector<Type> OperandTypes(const OpView& op) {
  std::vector<Type> types;
  for (size_t i = 0; i < op.num_operands(); ++i) types.push_back(op.operand_type(i));
  return types;
}

inline bool Contains(std::span<const int64_t> values, int64_t value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

inline std::vector<int64_t> Concat(std::span<const int64_t> a, std::span<const int64_t> b) {
  std::vector<int64_t> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

// A tensor of a plain element type. Its sizes may be free: a result's may be what an Infer finds.
inline Status CheckPlainElements(const OpView& op, const Type& type, std::string_view what) {
  if (!type.IsTensor()) {
    return op.UnsupportedError(StrCat(what, " has type ", ToString(type), ", expected a tensor"));
  }
  if (type.tensor.quantized || !type.tensor.encoding.empty()) {
    return op.UnsupportedError(StrCat(what, " has type ", ToString(type),
                                      "; quantized and encoded tensors are not supported"));
  }
  return OkStatus();
}

// A static tensor of a plain element type: all that references and kernels handle.
inline Status CheckPlainTensor(const OpView& op, const Type& type, std::string_view what) {
  RETURN_IF_ERROR(CheckPlainElements(op, type, what));
  if (type.tensor.IsStatic()) return OkStatus();
  return op.UnsupportedError(
      StrCat(what, " has type ", ToString(type), ", whose sizes are not known"));
}

// A plain tensor or a token: what control flow can carry.
inline Status CheckPlainValue(const OpView& op, const Type& type, std::string_view what) {
  return type.kind == Type::Kind::kToken ? OkStatus() : CheckPlainTensor(op, type, what);
}

inline Status CheckCounts(const OpView& op, size_t operands, size_t results) {
  OP_CHECK(op, op.num_operands() == operands, "has ", op.num_operands(), " operands, expected ",
           operands);
  OP_CHECK(op, op.num_results() == results, "has ", op.num_results(), " results, expected ",
           results);
  return OkStatus();
}

// Operands are static tensors of a plain element type, results tensors of one.
inline Status CheckTensors(const OpView& op) {
  for (size_t i = 0; i < op.num_operands(); ++i) {
    RETURN_IF_ERROR(CheckPlainTensor(op, op.operand_type(i), StrCat("operand ", i)));
  }
  for (size_t i = 0; i < op.num_results(); ++i) {
    RETURN_IF_ERROR(CheckPlainElements(op, op.result_type(i), StrCat("result ", i)));
  }
  return OkStatus();
}

inline Status CheckTensors(const OpView& op, size_t operands, size_t results = 1) {
  RETURN_IF_ERROR(CheckCounts(op, operands, results));
  return CheckTensors(op);
}

// The same for ops whose result has the sizes that the program states: they cannot be free.
inline Status CheckSizedTensors(const OpView& op, size_t operands, size_t results = 1) {
  RETURN_IF_ERROR(CheckTensors(op, operands, results));
  for (size_t i = 0; i < op.num_results(); ++i) {
    RETURN_IF_ERROR(CheckPlainTensor(op, op.result_type(i), StrCat("result ", i)));
  }
  return OkStatus();
}

inline Status CheckUnique(const OpView& op, std::string_view name, std::span<const int64_t> values,
                          std::string_view label) {
  std::vector<int64_t> sorted(values.begin(), values.end());
  Sort(sorted);
  OP_CHECK(op, std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), name, " ",
           Brackets(values), " repeats a dimension (", label, ")");
  return OkStatus();
}

inline Status CheckSorted(const OpView& op, std::string_view name, std::span<const int64_t> values,
                          std::string_view label) {
  OP_CHECK(op, std::is_sorted(values.begin(), values.end()), name, " ", Brackets(values),
           " is not sorted (", label, ")");
  return OkStatus();
}

// 0 <= values < bound
inline Status CheckRange(const OpView& op, std::string_view name, std::span<const int64_t> values,
                         int64_t bound, std::string_view label) {
  for (int64_t value : values) {
    OP_CHECK(op, value >= 0 && value < bound, name, " ", Brackets(values), " has ", value,
             ", expected 0 <= value < ", bound, " (", label, ")");
  }
  return OkStatus();
}

inline Status CheckRange(const OpView& op, std::string_view name, int64_t value, int64_t bound,
                         std::string_view label) {
  OP_CHECK(op, value >= 0 && value < bound, name, " is ", value, ", expected 0 <= value < ", bound,
           " (", label, ")");
  return OkStatus();
}

inline Status CheckSize(const OpView& op, std::string_view name, std::span<const int64_t> values,
                        size_t size, std::string_view label) {
  OP_CHECK(op, values.size() == size, name, " ", Brackets(values), " has ", values.size(),
           " entries, expected ", size, " (", label, ")");
  return OkStatus();
}

// `values`[i] >= `least` for all i.
inline Status CheckAtLeast(const OpView& op, std::string_view name, std::span<const int64_t> values,
                           int64_t least, std::string_view label) {
  for (int64_t value : values) {
    OP_CHECK(op, value >= least, name, " ", Brackets(values), " has ", value,
             ", expected at least ", least, " (", label, ")");
  }
  return OkStatus();
}

inline Status CheckElement(const OpView& op, std::string_view what, ElementType actual,
                           ElementType expected, std::string_view label) {
  OP_CHECK(op, actual == expected, what, " has element type ", ElementTypeName(actual),
           ", expected ", ElementTypeName(expected), " (", label, ")");
  return OkStatus();
}

inline Status CheckType(const OpView& op, std::string_view what, const Type& actual,
                        const Type& expected, std::string_view label) {
  OP_CHECK(op, actual == expected, what, " has type ", ToString(actual), ", expected ",
           ToString(expected), " (", label, ")");
  return OkStatus();
}

// The declared result is, or leaves free what is, of this type.
inline Status CheckResultType(const OpView& op, const TensorType& expected,
                              std::string_view label) {
  if (Admits(op.result(), expected)) return OkStatus();
  return CheckType(op, "result", op.result_type(0), expected, label);
}

inline Status CheckShape(const OpView& op, std::string_view what, const TensorType& actual,
                         std::span<const int64_t> expected, std::string_view label) {
  OP_CHECK(op, std::equal(actual.dims.begin(), actual.dims.end(), expected.begin(), expected.end()),
           what, " has shape ", Brackets(actual.dims), ", expected ", Brackets(expected), " (",
           label, ")");
  return OkStatus();
}

// The shape that an Infer computed fits the address space, so that the product of its dimensions
// cannot overflow.
inline Status SetResult(const OpView& op, std::span<Type> results, size_t i, ElementType element,
                        std::vector<int64_t> dims) {
  TensorType type(element, std::move(dims));
  OP_CHECK(op, type.FitsAddressSpace(), "result ", i, " would have type ", ToString(type),
           ", which does not fit the address space");
  results[i] = std::move(type);
  return OkStatus();
}

// The specification's is_promotable: the same kind of number, at least as wide.
inline bool IsPromotable(ElementType from, ElementType to) {
  if (from == to) return true;
  const bool same_kind = (IsSignedInteger(from) && IsSignedInteger(to)) ||
                         (IsUnsignedInteger(from) && IsUnsignedInteger(to)) ||
                         (IsFloat(from) && IsFloat(to)) || (IsComplex(from) && IsComplex(to));
  return same_kind && BitWidth(from) <= BitWidth(to);
}

// Region `i` takes the types of `arguments`, in that order.
inline Status CheckRegionArguments(const OpView& op, size_t i, std::span<const Type> arguments,
                                   std::string_view label) {
  const Region& region = op.region(i);
  OP_CHECK(op, region.arguments.size == arguments.size(), "region ", i, " has ",
           region.arguments.size, " arguments, expected ", arguments.size(), " (", label, ")");
  for (uint32_t k = 0; k < region.arguments.size; ++k) {
    RETURN_IF_ERROR(CheckType(op, StrCat("argument ", k, " of region ", i),
                              op.graph().type(region.arguments.begin + k), arguments[k], label));
  }
  return OkStatus();
}

inline Status CheckRegionResults(const OpView& op, size_t i, std::span<const Type> expected,
                                 std::string_view label) {
  const std::span<const ValueId> results = op.graph().results(op.region(i));
  OP_CHECK(op, results.size() == expected.size(), "region ", i, " returns ", results.size(),
           " values, expected ", expected.size(), " (", label, ")");
  for (size_t k = 0; k < results.size(); ++k) {
    RETURN_IF_ERROR(CheckType(op, StrCat("value ", k, " that region ", i, " returns"),
                              op.graph().type(results[k]), expected[k], label));
  }
  return OkStatus();
}

// The types that region `i` returns are those of the results.
inline Status TakeRegionResults(const OpView& op, size_t i, std::span<Type> results,
                                std::string_view label) {
  const std::span<const ValueId> returned = op.graph().results(op.region(i));
  OP_CHECK(op, returned.size() == results.size(), "region ", i, " returns ", returned.size(),
           " values for ", results.size(), " results (", label, ")");
  for (size_t k = 0; k < results.size(); ++k) {
    results[k] = op.graph().type(returned[k]);
    RETURN_IF_ERROR(CheckPlainValue(op, results[k], StrCat("result ", k)));
  }
  return OkStatus();
}

// The computation of reduce, reduce_window, scatter and their kin (region `region`): takes and
// returns scalars, (tensor<E0>, ..., tensor<EN-1>, tensor<E0>, ..., tensor<EN-1>) ->
// (tensor<E0>, ..., tensor<EN-1>) with is_promotable(inputs[i], Ei). Answers with the Ei.
inline Result<std::vector<ElementType>> CheckReducer(const OpView& op, size_t region,
                                                     std::span<const ElementType> inputs,
                                                     std::string_view label) {
  const Graph& graph = op.graph();
  const size_t n = inputs.size();
  OP_CHECK(op, op.num_regions() > region, "has no region ", region);
  const Region& body = op.region(region);
  const std::span<const ValueId> returned = graph.results(body);
  OP_CHECK(op, body.arguments.size == 2 * n && returned.size() == n, "region ", region, " takes ",
           body.arguments.size, " arguments and returns ", returned.size(), " values, expected ",
           2 * n, " and ", n, " (", label, ")");
  std::vector<ElementType> elements;
  std::vector<Type> arguments;
  for (size_t i = 0; i < n; ++i) {
    const Type& type = graph.type(returned[i]);
    RETURN_IF_ERROR(
        CheckPlainTensor(op, type, StrCat("value ", i, " that region ", region, " returns")));
    OP_CHECK(op, type.tensor.rank() == 0 && IsPromotable(inputs[i], type.tensor.element), "value ",
             i, " that region ", region, " returns has type ", ToString(type),
             ", expected a scalar that ", ElementTypeName(inputs[i]), " promotes to (", label, ")");
    elements.push_back(type.tensor.element);
    arguments.push_back(type);
  }
  for (size_t i = 0; i < n; ++i) arguments.push_back(arguments[i]);
  RETURN_IF_ERROR(CheckRegionArguments(op, region, arguments, label));
  return elements;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_INFER_UTIL_H_
