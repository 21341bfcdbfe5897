// SPDX-License-Identifier: Apache-2.0
#include "core/graph/literals.h"

#include "core/graph/tensor.h"

namespace webhlo {

const DenseElements* ConstantElements(const Graph& graph, const Node* node) {
  if (!IsOp(node, ops::kConstant)) return nullptr;
  const Attribute* value = FindAttribute(graph.attributes(*node), "value");
  return value && value->kind() == Attribute::Kind::kDense ? &value->dense() : nullptr;
}

const DenseElements* SplatElements(const Graph& graph, const Node* node) {
  const DenseElements* elements = ConstantElements(graph, node);
  if (!elements) return nullptr;
  return elements->splat || elements->type.NumElements() == 1 ? elements : nullptr;
}

std::optional<double> SplatValue(const Graph& graph, const Node* node) {
  const DenseElements* elements = SplatElements(graph, node);
  if (!elements || IsComplex(elements->type.element) || elements->type.quantized) {
    return std::nullopt;
  }
  return LoadF64(elements->type.element, elements->bytes.data());
}

std::vector<int64_t> IntegersOf(const DenseElements& elements) {
  const ElementType element = elements.type.element;
  std::vector<int64_t> values(static_cast<size_t>(elements.type.NumElements()));
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t at = elements.splat ? 0 : i * static_cast<size_t>(ByteWidth(element));
    values[i] = LoadI64(element, elements.bytes.data() + at);
  }
  return values;
}

Attribute SplatOf(const DenseElements& splat, const TensorType& type) {
  DenseElements elements;
  elements.type = type;
  // A tensor without elements has none to state.
  if (type.NumElements() == 0) return Attribute::Dense(std::move(elements));
  elements.splat = true;
  const size_t width = static_cast<size_t>(ByteWidth(type.StorageType()));
  elements.bytes.assign(splat.bytes.begin(), splat.bytes.begin() + static_cast<ptrdiff_t>(width));
  return Attribute::Dense(std::move(elements));
}

Attribute SplatOf(const TensorType& type, double value) {
  DenseElements elements;
  elements.type = type;
  if (type.NumElements() == 0) return Attribute::Dense(std::move(elements));
  elements.splat = true;
  elements.bytes.resize(static_cast<size_t>(ByteWidth(type.element)));
  if (IsFloat(type.element)) {
    StoreF64(type.element, elements.bytes.data(), value);
  } else if (IsComplex(type.element)) {
    StoreC128(type.element, elements.bytes.data(), value);
  } else {
    StoreI64(type.element, elements.bytes.data(), static_cast<int64_t>(value));
  }
  return Attribute::Dense(std::move(elements));
}

}  // namespace webhlo
