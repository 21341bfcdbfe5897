// SPDX-License-Identifier: Apache-2.0
#include "core/graph/quantized.h"

#include <algorithm>
#include <numeric>

#include "core/base/strings.h"

namespace webhlo {
namespace {

bool IsQuantized(const Type& type) {
  return type.tensor.quantized != nullptr ||
         std::any_of(type.elements.begin(), type.elements.end(), IsQuantized) ||
         std::any_of(type.results.begin(), type.results.end(), IsQuantized);
}

TensorType WithElement(const TensorType& type, ElementType element) {
  TensorType plain = type;
  plain.element = element;
  plain.quantized = nullptr;
  return plain;
}

void Replace(Type* type, TensorType (*replace)(const TensorType& type)) {
  if (type->tensor.quantized) type->tensor = replace(type->tensor);
  for (Type& element : type->elements) Replace(&element, replace);
  for (Type& result : type->results) Replace(&result, replace);
}

bool IsPerAxis(const TensorType& type) {
  return type.quantized && type.quantized->axes.size() == 1 && type.quantized->block_sizes.empty();
}

// What products have in common. `weight_dimension`: where per-axis weights may have their axis, and
// where the result has it then; -1 for any.
struct ProductLabels {
  std::string_view quantized, storage, expressed, per_tensor, hybrid;
};

Status CheckProduct(const OpView& op, const ProductLabels& labels) {
  const TensorType &lhs = op.operand(0), &rhs = op.operand(1), &result = op.result();
  OP_CHECK(op, rhs.quantized && !lhs.quantized == !result.quantized, "multiplies ", ToString(lhs),
           " and ", ToString(rhs), " to ", ToString(result), " (", labels.quantized, ")");
  const ElementType expressed = rhs.quantized->expressed;
  if (!lhs.quantized) {
    OP_CHECK(op, lhs.element == expressed && result.element == expressed, "rhs expresses ",
             ElementTypeName(expressed), ", lhs is ", ToString(lhs), ", the result ",
             ToString(result), " (", labels.hybrid, ")");
    return OkStatus();
  }
  OP_CHECK(op, lhs.quantized->storage == rhs.quantized->storage, "lhs is stored as ",
           ElementTypeName(lhs.quantized->storage), ", rhs as ",
           ElementTypeName(rhs.quantized->storage), " (", labels.storage, ")");
  OP_CHECK(op, lhs.quantized->expressed == expressed && result.quantized->expressed == expressed,
           "lhs, rhs and result express several types (", labels.expressed, ")");
  OP_CHECK(op, !rhs.quantized->axes.empty() || result.quantized->axes.empty(),
           "the result has an axis of quantization, rhs has none (", labels.per_tensor, ")");
  return OkStatus();
}

Status CheckDotGeneral(const OpView& op) {
  RETURN_IF_ERROR(CheckProduct(op, {"C14", "C17", "C18", "C19", "C20"}));
  const QuantizedType& rhs = *op.operand(1).quantized;
  const auto is_zero = [](int64_t zero_point) { return zero_point == 0; };
  OP_CHECK(op, std::all_of(rhs.zero_points.begin(), rhs.zero_points.end(), is_zero),
           "rhs has zero points (C15)");
  if (!IsPerAxis(op.operand(1))) return OkStatus();
  const std::span<const int64_t> contracting = op.Ints("rhs_contracting_dimensions");
  OP_CHECK(op, std::find(contracting.begin(), contracting.end(), rhs.axes[0]) == contracting.end(),
           "rhs is quantized along dimension ", rhs.axes[0], ", which is contracted (C16)");
  return OkStatus();
}

Status CheckConvolution(const OpView& op) {
  RETURN_IF_ERROR(CheckProduct(op, {"C28", "C31", "C32", "C33", "C34"}));
  const auto check = [&](const TensorType& type, std::string_view dimension,
                         std::string_view label) -> Status {
    OP_CHECK(op, !IsPerAxis(type) || type.quantized->axes[0] == op.Int(dimension), ToString(type),
             " is quantized along another dimension than ", dimension, " (", label, ")");
    return OkStatus();
  };
  RETURN_IF_ERROR(check(op.operand(1), "kernel_output_feature_dimension", "C29"));
  return check(op.result(), "output_feature_dimension", "C30");
}

// Where an axis of the operand is in the result of an op that moves whole dimensions.
Status CheckAxis(const OpView& op, std::span<const int64_t> result_dimension_of,
                 std::string_view label) {
  const TensorType &operand = op.operand(0), &result = op.result();
  if (!IsPerAxis(operand) && !IsPerAxis(result)) return OkStatus();
  OP_CHECK(op,
           IsPerAxis(operand) && IsPerAxis(result) &&
               result_dimension_of[static_cast<size_t>(operand.quantized->axes[0])] ==
                   result.quantized->axes[0],
           ToString(operand), " becomes ", ToString(result),
           ", whose axis of quantization is another (", label, ")");
  return OkStatus();
}

Status CheckReshape(const OpView& op) {
  const TensorType &operand = op.operand(0), &result = op.result();
  if (!IsPerAxis(operand)) return OkStatus();
  const auto before = [](const TensorType& type) {
    return std::accumulate(type.dims.begin(), type.dims.begin() + type.quantized->axes[0],
                           int64_t{1}, std::multiplies<int64_t>());
  };
  const auto at = [](const TensorType& type) {
    return type.dims[static_cast<size_t>(type.quantized->axes[0])];
  };
  OP_CHECK(op, IsPerAxis(result) && before(operand) == before(result) && at(operand) == at(result),
           ToString(operand), " becomes ", ToString(result),
           ", whose axis of quantization is another (C3)");
  return OkStatus();
}

// All quantized tensors of any other op are stored and read alike, but for scales, zero points and
// where their axis is.
Status CheckBaseline(const OpView& op) {
  const QuantizedType* first = nullptr;
  const auto check = [&](const Type& type) -> Status {
    const QuantizedType* q = type.tensor.quantized.get();
    if (!q) return OkStatus();
    if (!first) first = q;
    OP_CHECK(op,
             q->storage == first->storage && q->expressed == first->expressed &&
                 q->storage_min == first->storage_min && q->storage_max == first->storage_max,
             "has tensors of several baseline types, ", ToString(type), " among them");
    return OkStatus();
  };
  for (size_t i = 0; i < op.num_operands(); ++i) RETURN_IF_ERROR(check(op.operand_type(i)));
  for (size_t i = 0; i < op.num_results(); ++i) RETURN_IF_ERROR(check(op.result_type(i)));
  return OkStatus();
}

}  // namespace

bool HasQuantizedTypes(const Graph& graph) {
  return std::any_of(graph.types.begin(), graph.types.end(), IsQuantized);
}

bool HasQuantizedTypes(const Graph& graph, const Node& node) {
  const auto is_quantized = [&](ValueId v) { return graph.tensor(v).quantized != nullptr; };
  const std::span<const ValueId> operands = graph.operands(node);
  bool any = std::any_of(operands.begin(), operands.end(), is_quantized);
  for (uint32_t i = 0; i < node.results.size; ++i) any |= is_quantized(node.results.begin + i);
  return any;
}

TensorType StorageOf(const TensorType& type) {
  return type.quantized ? WithElement(type, type.quantized->storage) : type;
}

TensorType ExpressedOf(const TensorType& type) {
  return type.quantized ? WithElement(type, type.quantized->expressed) : type;
}

Graph WithTypes(const Graph& graph, TensorType (*replace)(const TensorType& type)) {
  Graph other = graph;
  for (Type& type : other.types) Replace(&type, replace);
  return other;
}

QuantizedReading ReadingOf(OpName name) {
  switch (name) {
    case ops::kUniformQuantize:
    case ops::kUniformDequantize:
    // What holds values holds them as they are.
    case ops::kTuple:
    case ops::kGetTupleElement:
    case ops::kAsyncStart:
    case ops::kAsyncDone:
      return QuantizedReading::kAsWritten;
    case ops::kConstant:
    case ops::kBitcastConvert:
      return QuantizedReading::kStorage;
    default:
      return QuantizedReading::kExpressed;
  }
}

Status CheckQuantization(const OpView& op) {
  if (ReadingOf(op.node().name) != QuantizedReading::kExpressed) return OkStatus();
  if (!HasQuantizedTypes(op.graph(), op.node())) return OkStatus();
  switch (op.node().name) {
    case ops::kDotGeneral:
      return CheckDotGeneral(op);
    case ops::kConvolution:
      return CheckConvolution(op);
    case ops::kReshape:
      RETURN_IF_ERROR(CheckReshape(op));
      break;
    case ops::kBroadcastInDim:
      RETURN_IF_ERROR(CheckAxis(op, op.Ints("broadcast_dimensions"), "C6"));
      break;
    case ops::kTranspose: {
      const std::span<const int64_t> permutation = op.Ints("permutation");
      std::vector<int64_t> inverse(permutation.size());
      for (size_t d = 0; d < permutation.size(); ++d) {
        inverse[static_cast<size_t>(permutation[d])] = static_cast<int64_t>(d);
      }
      RETURN_IF_ERROR(CheckAxis(op, inverse, "C4"));
      break;
    }
    // Reductions may compute in a wider storage; control flow and foreign calls are anything.
    default:
      if (op.num_regions() > 0 || op.Is(ops::kCustomCall) || op.Is(ops::kFuncCall) ||
          op.Is(ops::kComposite)) {
        return OkStatus();
      }
      break;
  }
  return CheckBaseline(op);
}

}  // namespace webhlo
